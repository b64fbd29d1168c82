//! Tokens as formatted source.

use autogen_schema::visible;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Items as a file, a blank line between them.
pub(super) fn file(items: Vec<TokenStream>) -> String {
    let texts = items.into_iter().map(|item| match syn::parse2::<syn::File>(item.clone()) {
        Ok(parsed) => prettyplease::unparse(&parsed),
        Err(_) => format!("{item}\n"),
    });
    texts.collect::<Vec<_>>().join("\n")
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
