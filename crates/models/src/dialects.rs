//! `dialects(..)`: parts of `#[autogen(..)]` that count only for some databases.
//!
//! Before anything reads an attribute, what counts for another database is removed from it, with
//! the list itself. So no reader knows of it, and a list that is left is one that can't be read.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Item, Meta, Token};

use crate::codes::{DIALECTS, LONE_DIALECTS, REPEATED};
use crate::diagnostic::{Diagnostic, Finding, Findings, suggest};

/// The key.
pub(crate) const KEY: &str = "dialects";

/// The names that it takes.
pub const DIALECT_NAMES: [&str; 4] = ["sqlite", "postgres", "mysql", "mariadb"];

/// The databases that models are read for: each by itself if any attribute names some, or else
/// all at once.
pub(crate) fn readings(item: &TokenStream) -> Vec<Option<&'static str>> {
    match mentions(item.clone()) {
        true => DIALECT_NAMES.map(Some).to_vec(),
        false => vec![None],
    }
}

/// Whether a list of databases may be in the tokens.
fn mentions(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == KEY,
        TokenTree::Group(group) => mentions(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether a list of databases may be in a source file.
pub(crate) fn mentioned_in(text: &str) -> bool {
    text.match_indices(KEY).any(|(at, _)| text[at + KEY.len()..].trim_start().starts_with('('))
}

/// Keeps of a struct or an enum what counts for a database; without one, what counts for all.
pub(crate) fn keep(item: &mut Item, dialect: Option<&str>) {
    match item {
        Item::Struct(item) => {
            keep_attributes(&mut item.attrs, dialect);
            if let Fields::Named(fields) = &mut item.fields {
                fields.named.iter_mut().for_each(|it| keep_attributes(&mut it.attrs, dialect));
            }
        }
        Item::Enum(item) => {
            keep_attributes(&mut item.attrs, dialect);
            item.variants.iter_mut().for_each(|it| keep_attributes(&mut it.attrs, dialect));
        }
        _ => {}
    }
}

fn keep_attributes(attrs: &mut [Attribute], dialect: Option<&str>) {
    attrs.iter_mut().for_each(|attr| keep_parts(attr, dialect));
}

/// The same for one attribute.
pub(crate) fn keep_parts(attr: &mut Attribute, dialect: Option<&str>) {
    if let Meta::List(list) = &mut attr.meta
        && list.path.is_ident("autogen")
        && mentions(list.tokens.clone())
    {
        list.tokens = kept(list.tokens.clone(), dialect);
    }
}

/// The items of an attribute that count. A list among them is for all; where it can't be read,
/// everything is left for the reader to report.
fn kept(tokens: TokenStream, dialect: Option<&str>) -> TokenStream {
    let items = split(tokens.clone());
    let (lists, rest): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| is_list(item));
    let counts = match lists.as_slice() {
        [] => true,
        [list] if !rest.is_empty() => match names(list) {
            Some(names) => holds(&names, dialect),
            None => return tokens,
        },
        [_, ..] => return tokens,
    };
    let rest = rest.into_iter().filter(|_| counts).filter_map(|item| kept_item(item, dialect));
    joined(rest)
}

/// An item without the list among its own parts; `None` if it does not count.
fn kept_item(mut item: Vec<TokenTree>, dialect: Option<&str>) -> Option<Vec<TokenTree>> {
    let Some(TokenTree::Group(group)) = item.last() else { return Some(item) };
    let span = group.span();
    let (lists, rest): (Vec<_>, Vec<_>) =
        split(group.stream()).into_iter().partition(|part| is_list(part));
    let [list] = lists.as_slice() else { return Some(item) };
    let Some(names) = names(list).filter(|_| !rest.is_empty()) else { return Some(item) };
    if !holds(&names, dialect) {
        return None;
    }
    let mut inner = proc_macro2::Group::new(Delimiter::Parenthesis, joined(rest.into_iter()));
    inner.set_span(span);
    item.pop();
    item.push(TokenTree::Group(inner));
    Some(item)
}

fn holds(names: &[String], dialect: Option<&str>) -> bool {
    dialect.is_some_and(|dialect| names.iter().any(|name| name == dialect))
}

/// The items between commas.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut items = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => items.push(Vec::new()),
            TokenTree::Punct(_)
            | TokenTree::Group(_)
            | TokenTree::Ident(_)
            | TokenTree::Literal(_) => items.last_mut().into_iter().for_each(|it| {
                it.push(token.clone());
            }),
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

fn joined(items: impl Iterator<Item = Vec<TokenTree>>) -> TokenStream {
    let comma = || TokenTree::Punct(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone));
    items.flat_map(|item| item.into_iter().chain([comma()])).collect()
}

fn is_list(item: &[TokenTree]) -> bool {
    matches!(item.first(), Some(TokenTree::Ident(ident)) if ident == KEY)
}

/// The databases of a list that can be read.
fn names(item: &[TokenTree]) -> Option<Vec<String>> {
    let [_, TokenTree::Group(group)] = item else { return None };
    let mut found: Vec<String> = Vec::new();
    for name in idents(group.stream())? {
        let name = name.to_string();
        if !DIALECT_NAMES.contains(&name.as_str()) || found.contains(&name) {
            return None;
        }
        found.push(name);
    }
    (!found.is_empty()).then_some(found)
}

fn idents(tokens: TokenStream) -> Option<Vec<Ident>> {
    let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
    Some(parser.parse2(tokens).ok()?.into_iter().collect())
}

/// Reports a list that was left: it can't be read, or limits nothing.
pub(crate) fn report(span: Span, list: Option<TokenStream>, findings: &mut Findings) {
    let all = DIALECT_NAMES.join(", ");
    let listed = list.and_then(idents);
    let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
        return findings.add(
            span,
            DIALECTS,
            "`dialects` names no database",
            format!("write `dialects(..)` with some of {all}"),
        );
    };
    let before = findings.0.len();
    for (at, name) in listed.iter().enumerate() {
        let text = name.to_string();
        if !DIALECT_NAMES.contains(&text.as_str()) {
            let near = suggest(&text, DIALECT_NAMES);
            let hint = if near.is_empty() { format!("known are {all}") } else { near };
            let message = format!("`{text}` is not a database that autogen knows");
            findings.add(name.span(), DIALECTS, message, hint);
        } else if listed[..at].contains(name) {
            let message = format!("`{text}` is given twice");
            findings.add(name.span(), REPEATED, message, "remove one of them");
        }
    }
    if findings.0.len() == before {
        findings.add(
            span,
            LONE_DIALECTS,
            "this `dialects` limits nothing",
            "write one list beside what it limits: `#[autogen(index(..), dialects(postgres))]`, \
             or `index(.., dialects(postgres))`",
        );
    }
}

/// Problems of the readings for several databases: what only some have is said of these.
pub(crate) fn together<T: About>(readings: Vec<(Option<&'static str>, Vec<T>)>) -> Vec<T> {
    let all = readings.len();
    let mut found: Vec<(T, Vec<&str>)> = Vec::new();
    for (dialect, problems) in readings {
        for problem in problems {
            let dialect = dialect.unwrap_or_default();
            match found.iter_mut().find(|(known, _)| known.is(&problem)) {
                Some((_, dialects)) if !dialects.contains(&dialect) => dialects.push(dialect),
                Some(_) => {}
                None => found.push((problem, vec![dialect])),
            }
        }
    }
    for (problem, dialects) in &mut found {
        if dialects.len() < all {
            problem.message().push_str(&format!(" (for {})", dialects.join(", ")));
        }
    }
    found.into_iter().map(|(problem, _)| problem).collect()
}

/// A problem that several readings may have.
pub(crate) trait About {
    fn is(&self, other: &Self) -> bool;
    fn message(&mut self) -> &mut String;
}

impl About for Finding {
    fn is(&self, other: &Self) -> bool {
        let place = |it: &Self| format!("{:?}", it.span);
        (self.code, &self.message, place(self)) == (other.code, &other.message, place(other))
    }

    fn message(&mut self) -> &mut String {
        &mut self.message
    }
}

impl About for Diagnostic {
    fn is(&self, other: &Self) -> bool {
        self == other
    }

    fn message(&mut self) -> &mut String {
        &mut self.message
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_kept(text: &str, dialect: Option<&str>, expected: &str) {
        let kept = kept(text.parse().unwrap(), dialect);
        let expected: TokenStream = expected.parse().unwrap();
        assert_eq!(kept.to_string(), expected.to_string(), "{text} for {dialect:?}");
    }

    #[test]
    fn what_counts_for_another_database_is_removed() {
        let whole = "index(\"a\"), check = \"a > 0\", dialects(postgres, sqlite)";
        assert_kept(whole, Some("sqlite"), "index(\"a\"), check = \"a > 0\",");
        assert_kept(whole, Some("mysql"), "");
        assert_kept(whole, None, "");
        let one = "skip, index(\"a\", dialects(postgres), where = \"b\")";
        assert_kept(one, Some("postgres"), "skip, index(\"a\", where = \"b\",),");
        assert_kept(one, Some("mariadb"), "skip,");
        let both = "index(\"a\", dialects(mysql)), dialects(postgres)";
        assert_kept(both, Some("mysql"), "");
        assert_kept(both, Some("postgres"), "");
    }

    #[test]
    fn a_list_that_can_not_be_read_is_left() {
        for text in [
            "skip, dialects()",
            "skip, dialects(oracle)",
            "skip, dialects(mysql, mysql)",
            "dialects(mysql)",
            "skip, dialects(mysql), dialects(sqlite)",
            "skip, dialects = \"mysql\"",
        ] {
            assert_kept(text, Some("mysql"), text);
        }
        assert_kept("index(dialects(mysql))", Some("mysql"), "index(dialects(mysql)),");
    }
}
