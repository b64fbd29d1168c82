//! The heading of a migration file: changed line by line, so that all else in the
//! file stays as somebody wrote it.

/// The keys of a heading.
const KEYS: [&str; 9] = [
    "revision", "parents", "dialect", "labels", "depends", "replaces", "message", "before", "after",
];

/// The key of a line, if it is one of a heading.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("-- ")?.split_once(": ")?;
    KEYS.contains(&key).then_some(key)
}

fn is_above(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("--")
}

/// A file without its heading.
pub(crate) fn body(text: &str) -> String {
    let mut heading = true;
    let mut body = String::new();
    for line in text.lines() {
        heading &= is_above(line);
        if !(heading && key(line).is_some()) {
            body.push_str(line);
            body.push('\n');
        }
    }
    body
}

/// A file with other values in its heading; keys that it lacks are left out.
pub(crate) fn with(text: &str, values: &[(&str, &str)]) -> String {
    let mut heading = true;
    let mut changed = String::new();
    for line in text.lines() {
        heading &= is_above(line);
        let value = key(line).filter(|_| heading);
        let value = value.and_then(|key| values.iter().find(|(it, _)| *it == key));
        match value {
            Some((key, value)) => changed.push_str(&format!("-- {key}: {value}")),
            None => changed.push_str(line),
        }
        changed.push('\n');
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        let text = "-- revision: 1\n-- parents: none\n\n-- autogen: irreversible\n-- revision\n\
                    CREATE TABLE t (\n-- parents: 5\na int);\n";
        assert_eq!(
            body(text),
            "\n-- autogen: irreversible\n-- revision\nCREATE TABLE t (\n-- parents: 5\na int);\n"
        );
        let changed = with(text, &[("parents", "7"), ("after", "x")]);
        assert_eq!(changed, text.replace("-- parents: none", "-- parents: 7"));
    }
}
