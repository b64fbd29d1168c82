//! What could declare a table where nobody reads: the rules by which it is listed.
//!
//! A macro whose definition is not in the project may stand for anything. It is listed,
//! unless it is one of those that everybody knows to make no entities; and even then
//! where its tokens speak of entities. So is a struct or module under an attribute
//! macro, and an entity in the body of a function.

use autogen_schema::QName;
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemStruct};

use super::modules::{Def, ModuleId, Modules, plain};
use crate::attr::{is_ours, metas, under_condition};

/// Macros between items that make no entities.
pub(super) const HARMLESS: &[&str] = &[
    "assert_eq_size",
    "assert_impl_all",
    "assert_not_impl_any",
    "assert_obj_safe",
    "bitflags",
    "bitflags::bitflags",
    "built::include",
    "compile_error",
    "const_assert",
    "const_format::assertcp",
    "criterion_group",
    "criterion_main",
    "criterion::criterion_group",
    "criterion::criterion_main",
    "derive_new",
    "embed_migrations",
    "i18n",
    "inventory::collect",
    "inventory::submit",
    "lazy_static",
    "lazy_static::lazy_static",
    "libfuzzer_sys::fuzz_target",
    "fuzz_target",
    "metrics::describe_counter",
    "pin_project",
    "pin_project_lite::pin_project",
    "rust_i18n::i18n",
    "shadow",
    "shadow_rs::shadow",
    "slint::include_modules",
    "static_assertions::assert_eq_size",
    "static_assertions::assert_impl_all",
    "static_assertions::const_assert",
    "std::compile_error",
    "std::thread_local",
    "task_local",
    "thread_local",
    "tokio::task_local",
    "tonic::include_proto",
    "tonic::include_file_descriptor_set",
    "uniffi::include_scaffolding",
    "uniffi::setup_scaffolding",
    "sea_autogen::migrations",
    "global_asm",
    "core::arch::global_asm",
];

/// Macros in bodies that quote code, or print: what they hold is not there.
const QUOTING: &[&str] = &[
    "quote",
    "quote_spanned",
    "parse_quote",
    "parse_quote_spanned",
    "stringify",
    "concat",
    "format",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "matches",
    "vec",
    "dbg",
    "todo",
    "unimplemented",
    "unreachable",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
];

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

/// Attributes of the compiler, and those of others that add no entity and no field.
const KNOWN: &[&str] = &[
    "allow",
    "async_trait",
    "automatically_derived",
    "autogen",
    "cfg",
    "cfg_attr",
    "cold",
    "compact_model",
    "cfg_eval",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "global_allocator",
    "inline",
    "link",
    "macro_export",
    "macro_use",
    "model",
    "must_use",
    "no_mangle",
    "non_exhaustive",
    "path",
    "pyclass",
    "repr",
    "rustfmt",
    "sea_orm",
    "serde_as",
    "test",
    "track_caller",
    "typeshare",
    "warn",
    "wasm_bindgen",
    "napi",
    "builder",
];

/// Crates and tools whose attributes add no entity and no field.
const KNOWN_CRATES: &[&str] = &[
    "async_trait",
    "bon",
    "clippy",
    "derive_where",
    "diagnostic",
    "miri",
    "napi",
    "pyo3",
    "rustfmt",
    "rust_analyzer",
    "sea_orm",
    "serde_with",
    "tokio",
    "tracing",
    "typeshare",
    "wasm_bindgen",
];

/// Derives of the standard library, none of which has attributes of its own.
const PLAIN: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

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

    /// The first attribute that may be a macro. Attributes of derives go by a plain
    /// name that nothing brought in.
    fn unknown_attribute(
        &self,
        id: ModuleId,
        attrs: &[Attribute],
        helpers: bool,
    ) -> Option<String> {
        let unknown = |attr: &&Attribute| {
            let path = &attr.path().segments;
            let (Some(first), Some(last)) = (path.first(), path.last()) else { return false };
            if path.len() > 1 {
                return !KNOWN_CRATES.iter().any(|it| first.ident == it);
            }
            let name = plain(&last.ident);
            let imported = matches!(self.modules[id].names.get(&name), Some(Def::Use(path, _)) if path.len() > 1);
            !KNOWN.contains(&name.as_str()) && (imported || !helpers)
        };
        let attr = attrs.iter().find(unknown)?;
        let path = attr.path().segments.iter().map(|it| it.ident.to_string());
        Some(path.collect::<Vec<_>>().join("::"))
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

    /// Lists entities in the bodies of functions and constants.
    pub(super) fn look_inside(&mut self, item: &Item) {
        let mut bodies = Bodies { modules: self, inside: false };
        bodies.visit_item(item);
    }
}

struct Bodies<'a> {
    modules: &'a mut Modules,
    inside: bool,
}

impl Bodies<'_> {
    fn is_test(attrs: &[Attribute]) -> bool {
        let last = |attr: &Attribute| attr.path().segments.last().map(|it| it.ident.to_string());
        attrs
            .iter()
            .filter_map(last)
            .any(|it| ["test", "rstest", "test_case", "bench"].contains(&it.as_str()))
    }
}

impl<'ast> Visit<'ast> for Bodies<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !Self::is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let before = std::mem::replace(&mut self.inside, true);
        visit::visit_block(self, block);
        self.inside = before;
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        let derived = self.modules.derives(&item.attrs);
        let made = ["DeriveEntityModel", "DeriveEntity", "Autogen"];
        if derived.iter().any(|it| made.contains(&it.as_str())) {
            let what = format!("the struct `{}`", plain(&item.ident));
            let why = "it stands in the body of a function or constant".to_owned();
            self.modules.leave(item.ident.span(), what, why, None);
        }
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let Some(last) = item.path.segments.last() else { return };
        let name = plain(&last.ident);
        let makes = ["DeriveEntityModel", "DeriveEntity", "Autogen", "table_name"];
        if self.inside && !QUOTING.contains(&name.as_str()) && says(&item.tokens, &makes) {
            let why = "it stands in the body of a function or constant".to_owned();
            self.modules.leave(last.ident.span(), format!("the macro `{name}!`"), why, None);
        }
    }
}

/// Whether one of these words is among the tokens, at any depth.
fn says(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => words.iter().any(|it| word == it),
        TokenTree::Group(group) => says(&group.stream(), words),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
