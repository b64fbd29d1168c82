//! What could declare a table where nobody reads: the rules by which it is listed.
//!
//! A macro whose definition is not in the project may stand for anything. It is listed,
//! unless it is one of those that everybody knows to make no entities; and even then
//! where its tokens speak of entities. So is a struct or module under an attribute
//! macro, and an entity inside of another item.

use autogen_schema::{Bearing, QName, Unread};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Item, ItemMod, ItemStruct};

use super::conditions::attributes;
use super::graph::{Def, ModuleId, Modules, plain};
use super::harmless::{DERIVES, KNOWN, KNOWN_CRATES, PLAIN};
use crate::attr::{derived, is_ours, metas, possible, under_condition};

/// Words that speak of entities.
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

/// Whether tokens speak of entities, at any depth.
pub(super) fn mentions(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => WORDS.iter().any(|it| word == it),
        TokenTree::Group(group) => mentions(&group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

impl Modules {
    /// Lists a struct whose attributes may make it something else than it seems.
    pub(super) fn look_at_attributes(
        &mut self,
        id: ModuleId,
        item: &ItemStruct,
        derived: &[String],
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
            let why = "it names a table, and derives nothing that is known to make one".to_owned();
            return self.leave(item.ident.span(), format!("the struct `{name}`"), why, None);
        }
        if let Some(attr) =
            item.attrs.iter().find(|attr| under_condition(attr).any(|it| is_ours(&it)))
            && table.is_none()
        {
            let cfg = super::conditions::shown(&attr.meta);
            let why =
                format!("whether it is a model depends on `{cfg}`, which can't be known here");
            return self.leave(item.ident.span(), format!("the struct `{name}`"), why, None);
        }
        let helpers = derived.iter().any(|it| !PLAIN.contains(&it.as_str()));
        if let Some(attr) = self.unknown_attribute(id, &item.attrs, helpers) {
            let why = format!("what the attribute `#[{attr}]` makes of it is not known");
            self.leave(item.ident.span(), format!("the struct `{name}`"), why, table.cloned());
        }
    }

    /// Lists a module under an attribute macro.
    pub(super) fn look_at_module(&mut self, id: ModuleId, item: &ItemMod) {
        if let Some(attr) = self.unknown_attribute(id, &item.attrs, false) {
            let why = format!("what the attribute `#[{attr}]` makes of it is not known");
            let what = format!("the module `{}`", plain(&item.ident));
            self.leave(item.ident.span(), what, why, None);
        }
    }

    /// Lists an item under an attribute macro, where that hardly makes an entity of it.
    pub(super) fn look_at_item(&mut self, id: ModuleId, item: &Item) {
        if matches!(item, Item::Struct(_) | Item::Mod(_)) {
            return;
        }
        let Some(attrs) = attributes(item) else { return };
        let helpers = derived(&possible(attrs)).iter().any(|path| !is_plain(path));
        if let Some(attr) = self.unknown_attribute(id, attrs, helpers) {
            let why = format!("what the attribute `#[{attr}]` makes of it is not known");
            self.doubt_macro(attr, item.span(), "an item".to_owned(), why);
        }
    }

    /// Lists an item with a derive that may add more than implementations.
    pub(super) fn look_at_derives(&mut self, id: ModuleId, name: &Ident, attrs: &[Attribute]) {
        let all = derived(&possible(attrs));
        let unknown = all.iter().find(|path| !is_plain(path) && !self.is_known(id, path, DERIVES));
        if let Some(path) = unknown {
            let why = format!("what the derive `{}` adds is not known", shown(path));
            self.doubt_macro(shown(path), name.span(), format!("the type `{}`", plain(name)), why);
        }
    }

    /// Lists what stands under a macro, unless the workspace defines that as a harmless one.
    fn doubt_macro(&mut self, path: String, span: Span, what: String, why: String) {
        let last = path.rsplit("::").next().unwrap_or_default().to_owned();
        let origin = self.place(self.at, span);
        let bearing = Bearing::Unlikely;
        self.own_macros.wait(last, Unread { origin, what, why, table: None, bearing });
    }

    /// The first attribute that may be a macro. Attributes of derives go by a plain
    /// name that nothing brought in.
    fn unknown_attribute(
        &self,
        id: ModuleId,
        attrs: &[Attribute],
        helpers: bool,
    ) -> Option<String> {
        let unknown = |attr: &&Attribute| {
            let path = attr.path();
            let helper = helpers && path.get_ident().is_some_and(|it| !self.is_imported(id, it));
            !helper && !self.is_known(id, path, KNOWN)
        };
        possible(attrs).iter().find(unknown).map(|attr| shown(attr.path()))
    }

    fn is_imported(&self, id: ModuleId, name: &Ident) -> bool {
        let def = self.modules[id].names.get(&plain(name));
        matches!(def, Some(Def::Use(path, _)) if path.len() > 1)
    }

    /// Whether a macro goes by one of these names, or is of a crate whose macros make no
    /// entities.
    fn is_known(&self, id: ModuleId, path: &syn::Path, names: &[&str]) -> bool {
        let segments: Vec<String> = path.segments.iter().map(|it| plain(&it.ident)).collect();
        let Some(first) = segments.first() else { return false };
        let real = match self.modules[id].names.get(first) {
            Some(Def::Use(path, _)) => path.first().unwrap_or(first),
            Some(_) | None => first,
        };
        let of_a_crate = segments.len() > 1 || real != first;
        (of_a_crate && KNOWN_CRATES.contains(&real.as_str()))
            || (segments.len() == 1 && names.contains(&first.as_str()))
    }

    /// Lists tokens that the parser makes nothing of.
    pub(super) fn look_at_tokens(&mut self, tokens: &TokenStream) {
        if mentions(tokens)
            && let Some(first) = tokens.clone().into_iter().next()
        {
            let why = "the parser does not know this form".to_owned();
            self.leave(first.span(), "an item".to_owned(), why, None);
        }
    }
}

fn shown(path: &syn::Path) -> String {
    let names: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
    names.join("::")
}

/// Whether it is a derive of the standard library.
fn is_plain(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|it| PLAIN.iter().any(|name| it.ident == name))
}
