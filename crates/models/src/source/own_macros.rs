//! Derives and attribute macros that the workspace itself defines.
//!
//! They are not run. If their crate never mentions entities, they create none, and their uses
//! need not be listed.

use proc_macro2::TokenTree;
use syn::{ItemExternCrate, ItemFn, Meta};

use super::bodies::words;
use super::crates::Crate;
use super::graph::{MacroUse, ModuleId, Modules, OwnMacros, plain};
use crate::attr::possible;

/// A macro whose crate contains none of these words creates no entity: words of entities, and
/// words for reading a text that may contain them.
const SPOKEN: [&str; 11] = [
    "Entity",
    "sea_orm",
    "utogen",
    "table_name",
    "include!",
    "include_str!",
    "include_bytes!",
    "read_to_string",
    "fs::",
    "File::",
    "Command::",
];

impl OwnMacros {
    pub(super) fn of(crates: &[Crate]) -> Self {
        let all = crates.iter().enumerate().filter(|(_, it)| it.makes_macros);
        Self { silent: all.map(|(at, _)| at).collect(), ..Self::default() }
    }

    /// Searches the text of a file of a crate.
    pub(super) fn look_at(&mut self, krate: usize, text: &str) {
        if self.silent.contains(&krate) && SPOKEN.iter().any(|word| text.contains(word)) {
            self.silent.remove(&krate);
        }
    }

    pub(super) fn is_silent(&self, name: &str) -> bool {
        self.homes.get(name).is_some_and(|all| all.is_subset(&self.silent))
    }
}

impl Modules {
    /// Notes a crate whose macros are visible everywhere: `#[macro_use] extern crate`.
    pub(super) fn read_macro_use(&mut self, id: ModuleId, item: &ItemExternCrate) {
        let all = possible(&item.attrs);
        let Some(found) = all.iter().find(|it| it.path().is_ident("macro_use")) else { return };
        let only = found.meta.require_list().map(|list| words(&list.tokens)).unwrap_or_default();
        self.macro_uses.push(MacroUse { root: id, name: plain(&item.ident), only });
    }

    /// Notes a procedural macro that the project defines.
    pub(super) fn read_function(&mut self, id: ModuleId, item: &ItemFn) {
        let krate = self.modules[id].krate;
        for attr in &item.attrs {
            let name = match &attr.meta {
                Meta::List(list) if list.path.is_ident("proc_macro_derive") => {
                    match list.tokens.clone().into_iter().next() {
                        Some(TokenTree::Ident(name)) => plain(&name),
                        Some(_) | None => continue,
                    }
                }
                Meta::Path(path) if path.is_ident("proc_macro_attribute") => plain(&item.sig.ident),
                Meta::List(_) | Meta::Path(_) | Meta::NameValue(_) => continue,
            };
            self.own_macros.homes.entry(name).or_default().insert(krate);
        }
    }
}
