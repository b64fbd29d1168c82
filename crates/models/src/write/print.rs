//! Tokens as formatted source.

use autogen_schema::visible;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Items as a file, a blank line between them.
pub(super) fn file(items: Vec<TokenStream>) -> String {
    let texts = items.into_iter().map(|item| match syn::parse2::<syn::File>(item.clone()) {
        Ok(parsed) => lists_on_a_line(&prettyplease::unparse(&parsed)),
        Err(_) => format!("{item}\n"),
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The text with each list of an attribute on one line.
fn lists_on_a_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if depth == 0 {
            // An attribute begins a line; elsewhere, a bracket is no list.
            let begins = c == '#' && shown.trim_end_matches(' ').ends_with(['\n', '(']);
            let begins = begins || (c == '#' && shown.trim().is_empty());
            if begins && chars.peek() == Some(&'[') {
                shown.push(c);
                shown.extend(chars.next());
                depth = 1;
                continue;
            }
            shown.push(c);
            continue;
        }
        match c {
            '\\' if quoted => {
                shown.push(c);
                shown.extend(chars.next());
                continue;
            }
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            '\n' if !quoted && depth > 1 => {
                while chars.next_if_eq(&' ').is_some() {}
                let space = !shown.ends_with('[') && chars.peek() != Some(&']');
                shown.push_str(if space { " " } else { "" });
                continue;
            }
            _ => {}
        }
        shown.push(c);
    }
    shown
}

/// A text as tokens: it consists of keys and literals.
pub(super) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// `#[namespace(item, item)]`, where there are items.
pub(super) fn attribute(namespace: &str, items: &[String]) -> TokenStream {
    if items.is_empty() {
        return TokenStream::new();
    }
    let namespace = tokens(namespace);
    let items = items.iter().map(|item| tokens(item));
    quote!(#[#namespace(#(#items),*)])
}

/// `key = "value"`
pub(super) fn pair(key: &str, value: &str) -> String {
    format!("{key} = {}", literal(value))
}

/// A string literal.
pub(super) fn literal(value: &str) -> String {
    Literal::string(value).to_string()
}

/// A comment as a doc comment, where it is read back as the same text.
pub(super) fn docs(text: &str) -> Option<TokenStream> {
    let same = text.trim() == text
        && !text.is_empty()
        && text.lines().all(|line| line.trim_end() == line)
        && text.lines().collect::<Vec<_>>().join("\n") == text
        && text.lines().all(|line| visible(line) == line);
    if !same {
        return None;
    }
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    Some(quote!(#(#lines)*))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_on_one_line() {
        let columns: Vec<String> =
            (0..9).map(|at| format!("\"a column with [a] name {at}\"")).collect();
        let index = format!("index(name = \"x\", columns = [{}])", columns.join(", "));
        let attribute = attribute("autogen", &[index]);
        let text = file(vec![quote!(#attribute pub struct A { #[doc = " [x"] pub a: [u8; 3] })]);
        assert!(text.contains(&format!("columns = [{}]", columns.join(", "))), "{text}");
        assert!(syn::parse_file(&text).is_ok(), "{text}");
    }

    #[test]
    fn only_a_text_that_is_read_back_is_documentation() {
        for text in ["one line", "two\n\nlines", "  ", "/ x", "*/", "\"quotes\""] {
            let found = docs(text).map(|docs| {
                let item: syn::ItemStruct = syn::parse_quote!(#docs struct A;);
                crate::attr::docs(&item.attrs)
            });
            assert_eq!(found.is_none(), text.trim().is_empty(), "{text:?}");
            assert!(found.is_none_or(|it| it.as_deref() == Some(text)), "{text:?}");
        }
        for text in [" before", "after ", "a \nb", "a\rb", "a\tb", "\u{202e}x", "a\n"] {
            assert!(docs(text).is_none(), "{text:?}");
        }
    }
}
