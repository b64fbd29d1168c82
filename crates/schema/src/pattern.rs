//! Patterns of names, as shells write them: `*` for any characters, `?` for one.

/// Whether the pattern matches the whole text.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // The position of the last `*`, and the end of the text that it matches so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            Some(_) | None => match star {
                Some((at, reach)) => {
                    star = Some((at, reach + 1));
                    p = at + 1;
                    t = reach + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches_pattern as matches;

    #[test]
    fn patterns() {
        assert!(matches("a*c?", "abbcd") && matches("*", "") && matches("*_log", "audit_log"));
        assert!(matches("*", "a") && matches("a*c", "abbc") && matches("a?c", "abc"));
        assert!(!matches("a*c", "abd") && !matches("a", "ab"));
        // No other character is special in a name.
        assert!(matches("[a]{b}", "[a]{b}") && !matches("[a]", "a"));
    }
}
