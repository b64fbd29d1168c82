//! Files that macros and attributes name: `include!` reads one, and an unknown macro may
//! create entities from the text of one.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprMacro, Lit, LitStr, Token};

use super::tree::{Content, SourceTree, join, parent};

/// A text without any of these words declares no entity.
const SPOKEN: [&str; 5] = ["Autogen", "DeriveEntity", "EntityName", "EntityTrait", "sea_orm"];

/// Macros that insert the text of a file.
const BRINGING: [&str; 3] = ["include_str", "include_bytes", "include"];

/// Whether a macro only inserts the text of a file.
pub(super) fn is_bringing(name: &str) -> bool {
    BRINGING.contains(&name)
}

/// The name of a file, as `include!` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    pub(super) text: String,
    /// Whether it is relative to the crate's folder, not to the file that names it.
    pub(super) of_crate: bool,
}

/// A file whose text a macro may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Handed {
    /// By `include_str!`; `None` if only the compiler knows its name.
    Included(Option<FileName>),
    /// By name, in an unknown folder.
    Named(String),
}

impl FileName {
    /// `"file.rs"` or `concat!(env!("CARGO_MANIFEST_DIR"), "/src/file.rs")`.
    pub(super) fn read(tokens: TokenStream) -> Option<Self> {
        let parts = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens).ok()?;
        let (Some(only), 1) = (parts.first(), parts.len()) else { return None };
        let name = Self::of(only)?;
        (!name.of_crate || name.text.starts_with('/')).then_some(name)
    }

    fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                Some(Self { text: text.value(), of_crate: false })
            }
            Expr::Macro(ExprMacro { mac, .. }) if mac.path.is_ident("concat") => {
                Self::joined(mac.tokens.clone())
            }
            Expr::Macro(ExprMacro { mac, .. }) if mac.path.is_ident("env") => {
                let name: LitStr = syn::parse2(mac.tokens.clone()).ok()?;
                let manifest = name.value() == "CARGO_MANIFEST_DIR";
                manifest.then(|| Self { text: String::new(), of_crate: true })
            }
            _ => None,
        }
    }

    fn joined(tokens: TokenStream) -> Option<Self> {
        let parts = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens).ok()?;
        let mut whole = Self { text: String::new(), of_crate: false };
        for (at, part) in parts.iter().enumerate() {
            let part = Self::of(part)?;
            if part.of_crate && at > 0 {
                return None;
            }
            whole.of_crate |= part.of_crate;
            whole.text.push_str(&part.text);
        }
        Some(whole)
    }

    /// Its path, when named in this file of a crate in this folder.
    pub(super) fn path(&self, file: &str, folder: &str) -> String {
        match self.of_crate {
            true => join(folder, self.text.trim_start_matches('/')),
            false => join(&parent(file), &self.text),
        }
    }
}

/// The files that tokens name, at any depth.
pub(super) fn handed(tokens: &TokenStream) -> Vec<Handed> {
    let mut found = Vec::new();
    let mut open = vec![tokens.clone()];
    while let Some(tokens) = open.pop() {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [first, tail @ ..] = rest {
            rest = tail;
            match (first, tail) {
                (
                    TokenTree::Ident(name),
                    [TokenTree::Punct(mark), TokenTree::Group(group), after @ ..],
                ) if mark.as_char() == '!' && BRINGING.iter().any(|it| name == it) => {
                    found.push(Handed::Included(FileName::read(group.stream())));
                    rest = after;
                }
                (TokenTree::Literal(literal), _) => found.extend(named(literal)),
                (TokenTree::Group(group), _) => open.push(group.stream()),
                (TokenTree::Ident(_) | TokenTree::Punct(_), _) => {}
            }
        }
    }
    found
}

/// A text that is the name of a Rust file.
fn named(literal: &proc_macro2::Literal) -> Option<Handed> {
    let text = syn::parse_str::<LitStr>(&literal.to_string()).ok()?.value();
    text.ends_with(".rs").then_some(Handed::Named(text))
}

impl Handed {
    /// Whether its text mentions entities; `None` if it cannot be read.
    pub(super) fn mentions_entities(
        &self,
        files: &dyn SourceTree,
        file: &str,
        folder: &str,
    ) -> Option<bool> {
        let paths = match self {
            Self::Included(None) => return None,
            Self::Included(Some(name)) => vec![name.path(file, folder)],
            Self::Named(name) => vec![join(&parent(file), name), join(folder, name)],
        };
        paths.iter().map(|path| files.read(path)).find_map(|it| match it {
            Content::Text(text) => Some(SPOKEN.iter().any(|word| text.contains(word))),
            Content::Unreadable(_) | Content::Absent => None,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let path = |text: &str| {
            let name = FileName::read(text.parse().unwrap())?;
            Some(name.path("kit/src/lib.rs", "kit"))
        };
        for (text, expected) in [
            ("\"a.rs\"", Some("kit/src/a.rs")),
            ("\"../a.rs\",", Some("kit/a.rs")),
            ("concat!(\"a\", \"/b.rs\")", Some("kit/src/a/b.rs")),
            ("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src/x\", \".rs\",)", Some("kit/src/x.rs")),
            ("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"x.rs\")", None),
            ("concat!(env!(\"OUT_DIR\"), \"/x.rs\")", None),
            ("concat!(\"a\", env!(\"CARGO_MANIFEST_DIR\"))", None),
            ("env!(\"CARGO_MANIFEST_DIR\")", None),
            ("NAME", None),
            ("\"a\", \"b\"", None),
        ] {
            assert_eq!(path(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn files_that_tokens_name() {
        let found = handed(&"(x = \"e.rs\", y = \"e.sql\", f![include_str!(N)])".parse().unwrap());
        assert_eq!(found, [Handed::Named("e.rs".to_owned()), Handed::Included(None)]);
    }
}
