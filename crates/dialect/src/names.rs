//! Generated names, and names that are too long.

use std::collections::BTreeSet;

/// Shortens a name to so many bytes, on a character boundary. What is cut off
/// lives on in eight hex digits of its hash, so that two long names stay two.
pub(crate) fn fit(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let tail = format!("_{:08x}", fnv1a(name));
    let mut end = max.saturating_sub(tail.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{tail}", &name[..end])
}

/// FNV-1a in 32 bits: enough to tell names of one schema apart, and the same
/// on every machine and in every version.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Finds a name that is not taken, by a number at the end, and takes it.
pub(crate) fn unused(base: &str, max: usize, taken: &mut BTreeSet<String>) -> String {
    let mut name = fit(base, max);
    let mut number = 0;
    while taken.contains(&name) {
        number += 1;
        name = fit(&format!("{base}{number}"), max);
    }
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_apart() {
        let (a, b) = (format!("{}a", "é".repeat(40)), format!("{}b", "é".repeat(40)));
        assert!(fit(&a, 63).len() <= 63);
        assert_ne!(fit(&a, 63), fit(&b, 63));
        assert_eq!(fit("short", 63), "short");
    }
}
