//! What may declare a table and is not read: the rules for listing it.
//!
//! A macro that the project does not define may expand to anything. It is listed unless it is
//! a well-known one that creates no entities, and even then if its tokens mention entities.
//! The same holds for a struct or module under an attribute macro, and for an entity inside
//! another item.

use autogen_schema::{Bearing, QName};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Item, ItemMod, ItemStruct};

use super::conditions::attributes;
use super::graph::{Call, Called, ModuleId, Modules, Suspect, plain};
use super::harmless::{EVALUATING, HARMLESS, PLAIN, QUOTING};
use crate::attr::{derived, is_ours, metas, possible, under_condition};

/// Words that mention entities.
const WORDS: &[&str] = &[
    "Autogen",
    "DeriveEntity",
    "DeriveEntityModel",
    "DeriveModel",
    "EntityName",
    "EntityTrait",
    "autogen",
    "sea_autogen",
    "sea_orm",
    "table_name",
];

/// Whether tokens mention entities, at any depth.
pub(super) fn mentions(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => WORDS.iter().any(|it| word == it),
        TokenTree::Group(group) => mentions(&group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether tokens contain a struct, a module, or an unknown macro.
fn may_be_items(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => may_be_items(&group.stream()),
        TokenTree::Ident(word) => {
            let called =
                is_called(&tokens[at + 1..]) && syn::parse_str::<syn::Ident>(&plain(word)).is_ok();
            ["struct", "mod"].iter().any(|it| word == it) || (called && !is_harmless(&plain(word)))
        }
        TokenTree::Punct(mark) => mark.as_char() == '#' && !is_plain_attribute(&tokens[at + 1..]),
        TokenTree::Literal(_) => false,
    })
}

/// Whether the following attribute is not a macro.
fn is_plain_attribute(rest: &[TokenTree]) -> bool {
    let [TokenTree::Group(group), ..] = rest else { return false };
    match group.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) => PLAIN_ATTRIBUTES.iter().any(|it| name == it),
        Some(_) | None => false,
    }
}

const PLAIN_ATTRIBUTES: [&str; 9] =
    ["allow", "cfg", "cold", "deprecated", "doc", "expect", "inline", "must_use", "track_caller"];

fn is_called(rest: &[TokenTree]) -> bool {
    matches!(rest, [TokenTree::Punct(mark), TokenTree::Group(_), ..] if mark.as_char() == '!')
}

fn is_harmless(name: &str) -> bool {
    [HARMLESS, QUOTING, EVALUATING].iter().any(|all| all.contains(&name))
}

impl Suspect {
    fn with_attributes(mut self, attrs: &[Attribute]) -> Self {
        let attrs = possible(attrs);
        self.attributes = attrs.iter().map(|attr| attr.path().clone()).collect();
        self.helpers = derived(&attrs).iter().any(|path| !is_plain(path));
        self.all = attrs;
        self
    }

    fn with_derives(mut self, attrs: &[Attribute]) -> Self {
        self.all = possible(attrs);
        self.derives = derived(&self.all);
        self
    }
}

/// Whether it is a derive of the standard library.
fn is_plain(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|it| PLAIN.iter().any(|name| it.ident == name))
}

impl Modules {
    /// Lists a struct whose attributes may turn it into something else.
    pub(super) fn look_at_attributes(
        &mut self,
        id: ModuleId,
        item: &ItemStruct,
        table: Option<&QName>,
    ) {
        let name = plain(&item.ident);
        let names_a_table = |attr: &&syn::Meta| {
            let list = attr.require_list().ok();
            let ours = attr.path().is_ident("sea_orm") || attr.path().is_ident("autogen");
            let keys = ["table_name", "table"];
            list.filter(|_| ours).is_some_and(|list| {
                let mut words = list.tokens.clone().into_iter();
                words.any(|it| matches!(&it, TokenTree::Ident(word) if keys.iter().any(|key| word == key)))
            })
        };
        if table.is_none() && metas(&item.attrs).iter().find(names_a_table).is_some() {
            let why = "it names a table, but has no derive that is known to declare one".to_owned();
            return self.leave(item.ident.span(), format!("the struct `{name}`"), why, None);
        }
        if let Some(attr) =
            item.attrs.iter().find(|attr| under_condition(attr).any(|it| is_ours(&it)))
            && table.is_none()
        {
            let cfg = super::conditions::shown(&attr.meta);
            let why = format!(
                "whether it is a model depends on `{cfg}`, which cannot be determined \
                         here"
            );
            return self.leave(item.ident.span(), format!("the struct `{name}`"), why, None);
        }
        let what = format!("the struct `{name}`");
        let suspect = self.suspect(id, item.ident.span(), what, Bearing::Likely);
        let suspect = Suspect { table: table.cloned(), ..suspect };
        self.suspects.push(suspect.with_attributes(&item.attrs));
    }

    /// Notes a module that may be under an attribute macro.
    pub(super) fn look_at_module(&mut self, id: ModuleId, item: &ItemMod) {
        let what = format!("the module `{}`", plain(&item.ident));
        let suspect = self.suspect(id, item.ident.span(), what, Bearing::Likely);
        self.suspects.push(suspect.with_attributes(&item.attrs));
    }

    /// Notes a file that is under an attribute macro as a whole. An attribute without a path is
    /// the compiler's.
    pub(super) fn look_at_file(&mut self, id: ModuleId, file: &syn::File) {
        let path = |attr: &Attribute| attr.path().segments.len() > 1;
        let foreign: Vec<Attribute> = possible(&file.attrs).into_iter().filter(path).collect();
        if let Some(first) = foreign.first() {
            let span = first.path().span();
            let suspect = self.suspect(id, span, "the file".to_owned(), Bearing::Likely);
            self.suspects.push(suspect.with_attributes(&foreign));
        }
    }

    /// Notes an item that may be under an attribute macro. The macro hardly turns it into an
    /// entity, but may add values to an enum that columns use.
    pub(super) fn look_at_item(&mut self, id: ModuleId, item: &Item) {
        if matches!(item, Item::Struct(_) | Item::Mod(_)) {
            return;
        }
        let Some(attrs) = attributes(item).filter(|it| !it.is_empty()) else { return };
        let is_used = |it: &syn::ItemEnum| {
            let derived = self.derives(&it.attrs);
            ["DeriveActiveEnum", "Autogen"].iter().any(|name| derived.iter().any(|it| it == name))
        };
        let suspect = match item {
            Item::Enum(item) if is_used(item) => {
                let what = format!("the enum `{}`", plain(&item.ident));
                self.suspect(id, item.ident.span(), what, Bearing::Likely)
            }
            _ => self.suspect(id, item.span(), "an item".to_owned(), Bearing::Unlikely),
        };
        self.suspects.push(suspect.with_attributes(attrs));
    }

    /// Notes an item with a derive that may add more than implementations.
    pub(super) fn look_at_derives(&mut self, id: ModuleId, name: &Ident, attrs: &[Attribute]) {
        let what = format!("the type `{}`", plain(name));
        let suspect = self.suspect(id, name.span(), what, Bearing::Unlikely);
        self.suspects.push(suspect.with_derives(attrs));
    }

    /// Notes a call between items of a macro that the project does not define.
    pub(super) fn look_at_call(&mut self, call: &Call) {
        let what = format!("the macro `{}!`", call.path.join("::"));
        let suspect = self.suspect(call.module, call.span, what, Bearing::Likely);
        let called = Called { path: call.path.clone(), items: may_be_items(&call.tokens) };
        self.suspects.push(Suspect { call: Some(called), ..suspect });
    }

    fn suspect(&self, module: ModuleId, span: Span, what: String, bearing: Bearing) -> Suspect {
        Suspect {
            module,
            file: self.at,
            span,
            what,
            table: None,
            bearing,
            call: None,
            attributes: Vec::new(),
            derives: Vec::new(),
            all: Vec::new(),
            helpers: false,
        }
    }

    /// Lists tokens that the parser cannot read.
    pub(super) fn look_at_tokens(&mut self, tokens: &TokenStream) {
        if mentions(tokens)
            && let Some(first) = tokens.clone().into_iter().next()
        {
            let why = "the parser does not support this form".to_owned();
            self.leave(first.span(), "an item".to_owned(), why, None);
        }
    }
}
