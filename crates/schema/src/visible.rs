//! Text for people: characters that a terminal, a comment or a reader would mistake for
//! something else are escaped.

use std::borrow::Cow;

/// Whether a character moves the cursor, ends a line, or changes the order in
/// which others are read: C0 and C1 controls, line and paragraph separators,
/// bidirectional marks, and the byte order mark.
///
/// Sources: Unicode Standard Annex #9, "Unicode Bidirectional Algorithm", 2;
/// Unicode Technical Report #36, 3.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
        )
}

/// The text on one line, with hidden characters written out: `\n`, `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, |_| false)
}

/// The same, but line ends and tabs are kept.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| c == '\n' || c == '\t')
}

/// One of our messages: its continuation lines are indented, so a line end without an indent
/// after it is part of a name or a text, and is escaped.
pub fn visible_message(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut message = visible(lines.next().unwrap_or_default()).into_owned();
    for line in lines {
        message.push_str(if line.starts_with("  ") { "\n" } else { "\\n" });
        message.push_str(&visible(line));
    }
    message
}

fn shown(text: &str, kept: fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && !kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' if !kept(c) => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' if !kept(c) => shown.push_str("\\t"),
            c if is_hidden(c) && !kept(c) => shown.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert!(matches!(visible("plain é 日"), Cow::Borrowed(_)));
        assert_eq!(
            visible("a\r\n\tb\u{1b}[2J\u{202e}\u{2028}"),
            "a\\r\\n\\tb\\u{1b}[2J\\u{202e}\\u{2028}"
        );
        assert_eq!(visible_lines("a\n\tb\r"), "a\n\tb\\r");
        assert_eq!(visible_message("no `a\nb\r`:\n  c\n"), "no `a\\nb\\r`:\n  c\\n");
    }
}
