//! Names in the syntax of the command line: joined by dots. A dot, an equals sign or a
//! backslash in a name has a backslash before it.

/// Joins names: `users.e\.mail`.
pub fn path<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(escaped).collect();
    names.join(".")
}

/// The names of a path.
pub fn split_path(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, names.last_mut()) {
            ('.', _) => names.push(String::new()),
            ('\\', Some(name)) => name.extend(chars.next()),
            (c, Some(name)) => name.push(c),
            (_, None) => {}
        }
    }
    names
}

/// What is on both sides of the first equals sign that is not part of a name.
pub fn split_assignment(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let at = text.char_indices().find_map(|(at, c)| {
        let found = c == '=' && !escaped;
        escaped = c == '\\' && !escaped;
        found.then_some(at)
    })?;
    Some((&text[..at], &text[at + 1..]))
}

fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '.' | '=' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_read_as_it_was_written() {
        for names in [["users", "name"], ["a.b", "c=d"], ["\\", "é\\."], ["\"q\"", "x y"]] {
            assert_eq!(split_path(&path(names)), names);
            let text = format!("{}=x=y", path(names));
            let found = split_assignment(&text).map(|(before, after)| (split_path(before), after));
            assert_eq!(found, Some((names.map(String::from).to_vec(), "x=y")));
        }
        assert_eq!(split_assignment("a\\=b"), None);
    }
}
