//! Numbers and nouns that agree: `1 statement`, `2 statements`.

use std::fmt::Display;

/// A number of things.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    format!("{number} {}", plural(number, noun))
}

/// The noun in the form that goes with the number.
pub fn plural<N: PartialEq + From<u8>>(number: N, noun: &str) -> String {
    if number == N::from(1) {
        return noun.to_owned();
    }
    if noun == "index" {
        return "indexes".to_owned();
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn nouns_agree_with_their_numbers() {
        let shown = |noun| [0_u64, 1, 2].map(|number| counted(number, noun));
        assert_eq!(shown("row"), ["0 rows", "1 row", "2 rows"]);
        assert_eq!(shown("policy"), ["0 policies", "1 policy", "2 policies"]);
        assert_eq!(shown("identity"), ["0 identities", "1 identity", "2 identities"]);
        assert_eq!(shown("index"), ["0 indexes", "1 index", "2 indexes"]);
        assert_eq!(shown("primary key"), ["0 primary keys", "1 primary key", "2 primary keys"]);
    }
}
