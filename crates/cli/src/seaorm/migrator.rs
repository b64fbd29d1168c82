//! The file with `impl MigratorTrait`: its list, and where to add a line. Only the addition
//! changes; everything else is kept byte for byte.

use std::ops::Range;
use std::path::Path;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, ImplItem, Item, Token};

use crate::error::Error;

/// A migrator, read from its file.
#[derive(Debug)]
pub(crate) struct Migrator {
    /// Whether the text began with a byte order mark.
    marked: bool,
    text: String,
    /// What is listed.
    pub(super) listed: Vec<Expr>,
    /// Their positions in the text.
    places: Vec<Range<usize>>,
    /// The end of the comma after the last one, if there is one.
    comma: Option<usize>,
    /// The position of the closing bracket.
    close: usize,
    /// The position after which modules are declared, and their visibility.
    modules: usize,
    visibility: String,
    /// The table that `migration_table_name` names.
    pub(super) table: Option<String>,
    /// The modules that are declared here.
    pub(super) declared: Vec<String>,
}

/// Whether a source contains a migrator; an unreadable one does not.
pub(super) fn is_in(text: &str) -> bool {
    text.contains("MigratorTrait")
        && syn::parse_file(text).is_ok_and(|file| implementation(&file.items).is_some())
}

fn implementation(items: &[Item]) -> Option<&syn::ItemImpl> {
    items.iter().find_map(|item| match item {
        Item::Impl(it) => {
            let (name, _) = it.trait_.as_ref()?;
            let name = name.segments.last()?.ident.to_string();
            ["MigratorTrait", "MigratorTraitSelf"].contains(&name.as_str()).then_some(it)
        }
        _ => None,
    })
}

impl Migrator {
    /// Reads the file.
    pub(super) fn read(path: &Path, text: String) -> Result<Self, Error> {
        // The parser counts without the byte order mark.
        let (marked, text) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (true, rest.to_owned()),
            None => (false, text),
        };
        let parsed = syn::parse_file(&text).map_err(|error| {
            let line = error.span().start().line;
            Error::usage(
                "A0653",
                format!("{}:{line}: {error}", path.display()),
                "correct the file; the compiler says the same",
            )
        })?;
        let unclear = |why: &str| {
            Error::usage(
                "A0654",
                format!("{}: {why}", path.display()),
                "list the migrations in one `vec![..]` within `fn migrations()`",
            )
        };
        let item = implementation(&parsed.items)
            .ok_or_else(|| unclear("there is no `impl MigratorTrait`"))?;
        let method = |name: &str| {
            item.items.iter().find_map(|it| match it {
                ImplItem::Fn(it) if it.sig.ident == name => Some(it),
                _ => None,
            })
        };
        let migrations =
            method("migrations").ok_or_else(|| unclear("it has no `fn migrations()`"))?;
        let mut lists = Lists::default();
        lists.visit_block(&migrations.block);
        let list = match lists.found.len() {
            0 => return Err(unclear("`fn migrations()` has no `vec![..]`")),
            1 => lists.found.pop(),
            // Of several, the one with entries.
            _ => {
                let mut full = lists.found.into_iter().filter(|it| !it.items.is_empty());
                let first = full.next();
                if full.next().is_some() {
                    return Err(unclear("`fn migrations()` has several `vec![..]`"));
                }
                first
            }
        };
        let list = list.ok_or_else(|| unclear("`fn migrations()` lists nothing"))?;
        let places = list.items.iter().map(|it| it.span().byte_range()).collect();
        let comma = list.items.trailing_punct().then(|| {
            let last = list.items.pairs().next_back();
            last.and_then(|it| it.punct().map(|comma| comma.span().byte_range().end))
        });
        let table = method("migration_table_name").and_then(|it| {
            let mut texts = Texts::default();
            texts.visit_block(&it.block);
            texts.0.into_iter().next()
        });
        let (modules, visibility) = module_place(&text, &parsed);
        let declared = parsed.items.iter().filter_map(|it| match it {
            Item::Mod(it) => Some(it.ident.to_string()),
            _ => None,
        });
        Ok(Self {
            listed: list.items.into_iter().collect(),
            places,
            comma: comma.flatten(),
            close: list.close,
            modules,
            visibility,
            table,
            declared: declared.collect(),
            marked,
            text,
        })
    }

    /// The text with more migrations at the end of the list.
    pub(super) fn with(&self, names: &[&str]) -> String {
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = self.text.clone();
        let (place, entries, comma) = self.addition(names, end);
        text.insert_str(place, &entries);
        if let Some(place) = comma {
            text.insert(place, ',');
        }
        let mut modules: String =
            names.iter().map(|name| format!("{}mod {name};{end}", self.visibility)).collect();
        if !self.text[..self.modules].is_empty() && !self.text[..self.modules].ends_with('\n') {
            modules.insert_str(0, end);
        }
        // The list is after the modules or before them.
        let shift = if place <= self.modules { text.len() - self.text.len() } else { 0 };
        text.insert_str(self.modules + shift, &modules);
        if self.marked {
            text.insert(0, '\u{feff}');
        }
        text
    }

    /// The addition to the list and its position, and where a comma is missing.
    fn addition(&self, names: &[&str], end: &str) -> (usize, String, Option<usize>) {
        let entry = |name: &&str| format!("Box::new({name}::Migration)");
        let all: Vec<String> = names.iter().map(entry).collect();
        let (Some(first), Some(last)) = (self.places.first(), self.places.last()) else {
            let indent = indent_of(&self.text, self.close);
            let lines: String = all.iter().map(|it| format!("{indent}    {it},{end}")).collect();
            let before = &self.text[..self.close];
            // `vec![]`, or brackets with a comment between them.
            return match before.trim_end_matches([' ', '\t']).ends_with('\n') {
                true => (line_start(&self.text, self.close), lines, None),
                false => (self.close, format!("{end}{lines}{indent}"), None),
            };
        };
        let own_line = line_start(&self.text, self.close) > last.end;
        let blank = self.text[line_start(&self.text, self.close)..self.close].trim().is_empty();
        if own_line && blank {
            let indent = indent_of(&self.text, first.start);
            let mut lines: Vec<String> =
                all.iter().map(|it| format!("{indent}{it},{end}")).collect();
            // A list without a trailing comma is continued without one.
            if self.comma.is_none()
                && let Some(line) = lines.last_mut()
            {
                *line = line.replacen(&format!(",{end}"), end, 1);
            }
            let missing = self.comma.is_none().then_some(last.end);
            return (line_start(&self.text, self.close), lines.concat(), missing);
        }
        let joined = all.join(", ");
        match self.comma {
            Some(comma) => (comma, format!(" {joined},"), None),
            None => (last.end, format!(", {joined}"), None),
        }
    }
}

fn line_start(text: &str, place: usize) -> usize {
    text[..place].rfind('\n').map_or(0, |at| at + 1)
}

fn indent_of(text: &str, place: usize) -> String {
    let line = &text[line_start(text, place)..place];
    line.chars().take_while(|c| *c == ' ' || *c == '\t').collect()
}

/// After the last module that is a migration, otherwise after the last module, otherwise
/// after the imports, otherwise at the beginning.
fn module_place(text: &str, file: &syn::File) -> (usize, String) {
    let is_migration = |name: &str| {
        let mut rest = name.chars();
        rest.next() == Some('m') && rest.next().is_some_and(|c| c.is_ascii_digit())
    };
    let declared = || {
        file.items.iter().filter_map(|item| match item {
            Item::Mod(it) if it.semi.is_some() => Some(it),
            _ => None,
        })
    };
    let last = declared().rfind(|it| is_migration(&it.ident.to_string()));
    if let Some(found) = last.or_else(|| declared().next_back()) {
        let visibility = match &found.vis {
            syn::Visibility::Inherited => String::new(),
            given => {
                text.get(given.span().byte_range()).map(|it| format!("{it} ")).unwrap_or_default()
            }
        };
        return (line_end(text, found.span().byte_range().end), visibility);
    }
    let used = file.items.iter().rfind(|it| matches!(it, Item::Use(_)));
    match (used, file.items.first()) {
        (Some(used), _) => (line_end(text, used.span().byte_range().end), String::new()),
        (None, Some(first)) => (line_start(text, first.span().byte_range().start), String::new()),
        (None, None) => (text.len(), String::new()),
    }
}

/// After the end of the line.
fn line_end(text: &str, place: usize) -> usize {
    text[place..].find('\n').map_or(text.len(), |at| place + at + 1)
}

/// A `vec![..]`.
struct List {
    items: Punctuated<Expr, Token![,]>,
    close: usize,
}

#[derive(Default)]
struct Lists {
    found: Vec<List>,
}

impl<'ast> Visit<'ast> for Lists {
    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if it.path.is_ident("vec")
            && let Ok(items) = parser.parse2(it.tokens.clone())
        {
            let close = it.delimiter.span().close().byte_range().start;
            self.found.push(List { items, close });
        }
    }
}

#[derive(Default)]
struct Texts(Vec<String>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_lit_str(&mut self, it: &'ast syn::LitStr) {
        self.0.push(it.value());
    }
}
