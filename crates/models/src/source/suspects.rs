//! Items under macros that may turn them into entities: judged once all names are known.
//!
//! A macro is identified by its name and crate of origin: imports and manifests may rename
//! both.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Bearing, Unread};

use quote::ToTokens;
use syn::Attribute;

use super::crates::Crate;
use super::graph::{Called, Def, MacroUse, ModuleId, Modules, Suspect, plain};
use super::harmless::{
    DERIVES, GIVING_BACK, HARMLESS, HELPERS, KNOWN, KNOWN_CRATES, MACRO_CRATES, PLAIN, READ,
};
use super::named_files::handed;
use super::resolve::{Found, Resolver};
use super::tree::SourceTree;

/// Why the call of a macro is not read.
const DEFINED_ELSEWHERE: &str = "it is defined elsewhere";

/// Identifies macros by names, imports and manifests.
struct Judge<'m> {
    modules: &'m Modules,
    crates: &'m [Crate],
    resolver: Resolver<'m>,
}

/// A macro, identified where it is defined.
struct Real {
    path: Vec<String>,
    /// Whether its crate is outside of the workspace.
    foreign: bool,
    /// Whether it was imported under the written name.
    imported: bool,
}

impl Judge<'_> {
    /// What a macro may change in an item unnoticed: its name, why its effect is unknown, and
    /// when that matters.
    fn verdict(&self, suspect: &Suspect) -> Option<(String, String, Bearing)> {
        if let Some(call) = &suspect.call {
            let why = self.unknown_call(suspect.module, call)?;
            return Some((String::new(), why, suspect.bearing));
        }
        let attribute = |path: &&syn::Path| !self.knows_attribute(suspect, path);
        if let Some(path) = suspect.attributes.iter().find(attribute) {
            let why = format!("the effect of the attribute `#[{}]` on it is unknown", shown(path));
            let name = self.name(suspect.module, path);
            // Only a glob import could import it: it is more likely a helper attribute of a derive.
            let rather_a_helper = suspect.table.is_none() && self.may_help(suspect, path);
            let bearing = if rather_a_helper { Bearing::Unlikely } else { suspect.bearing };
            return Some((name, why, bearing));
        }
        let path = suspect.derives.iter().find(|path| !self.knows_derive(suspect.module, path))?;
        let why = format!("the output of the derive `{}` is unknown", shown(path));
        Some((self.name(suspect.module, path), why, Bearing::Unlikely))
    }

    /// Whether attributes name a file that mentions entities, or one that cannot be read.
    fn reads_entities(&self, suspect: &Suspect, files: &dyn SourceTree) -> bool {
        let unknown = |attribute: &&Attribute| {
            !self.real(suspect.module, attribute.path()).is_known(attribute.path(), KNOWN)
        };
        let tokens = |attribute: &Attribute| attribute.meta.to_token_stream();
        let named =
            suspect.all.iter().filter(unknown).flat_map(|attribute| handed(&tokens(attribute)));
        let file = self.modules.files.get(suspect.file).map_or("", String::as_str);
        let folder = self.modules.folder_of(suspect.module);
        let mut found = named.map(|handed| handed.mentions_entities(files, file, &folder));
        found.any(|mentions| mentions != Some(false))
    }

    fn real(&self, module: ModuleId, path: &syn::Path) -> Real {
        let written: Vec<String> = path.segments.iter().map(|it| plain(&it.ident)).collect();
        self.real_path(module, &written, path.leading_colon.is_some())
    }

    fn real_path(&self, module: ModuleId, written: &[String], leading: bool) -> Real {
        let found = self.resolver.path(module, written, leading);
        if let Some(Found::Foreign(path)) = found {
            let foreign = path.len() > 1;
            return Real { path, foreign, imported: foreign };
        }
        let names = &self.modules.modules[module].names;
        let import = written.first().and_then(|first| match names.get(first) {
            Some(Def::Use(path, _)) if path.len() > 1 => Some(path.clone()),
            Some(_) | None => None,
        });
        // A module or type of this name there is not a macro.
        let imported = found.is_none() && import.is_some();
        let (first, rest) = written.split_at(written.len().min(1));
        let mut path = import.unwrap_or_else(|| first.to_vec());
        path.extend_from_slice(rest);
        if let Some(first) = path.first_mut() {
            *first = self.renamed(module, first);
        }
        Real { path, foreign: false, imported }
    }

    /// A crate by its real name.
    fn renamed(&self, module: ModuleId, name: &str) -> String {
        let krate = self.crates.get(self.modules.modules[module].krate);
        let real = krate.and_then(|it| it.renames.get(name));
        real.map_or(name, String::as_str).to_owned()
    }

    /// The name of a macro where it is defined.
    fn name(&self, module: ModuleId, path: &syn::Path) -> String {
        self.real(module, path).path.pop().unwrap_or_default()
    }

    /// Why the expansion of a call is unknown. A macro is known by its bare name, or by its path
    /// from the crate.
    fn unknown_call(&self, module: ModuleId, call: &Called) -> Option<String> {
        let real = self.real_path(module, &call.path, false);
        let known = |from: usize| {
            let name = real.path.get(from..).unwrap_or_default().join("::");
            HARMLESS.contains(&name.as_str())
                || (!call.items && GIVING_BACK.contains(&name.as_str()))
        };
        let last = real.path.len().saturating_sub(1);
        if (0..last).any(known) {
            return None;
        }
        if real.foreign || call.path.len() != 1 || !known(last) {
            return Some(DEFINED_ELSEWHERE.to_owned());
        }
        let krate = self.redefines(module, call.path.first()?)?;
        Some(format!("the crate `{krate}` may define it: its macros need no import (`macro_use`)"))
    }

    /// The unknown crate that may redefine a name.
    fn redefines(&self, module: ModuleId, name: &str) -> Option<&str> {
        let root = self.root_of(module);
        let all = self.modules.macro_uses.iter().filter(|used| used.root == root);
        let mut named = all.filter(|used| used.only.is_empty() || used.only.contains(name));
        named.find(|used| !self.knows_macros_of(used)).map(|used| used.name.as_str())
    }

    fn root_of(&self, mut module: ModuleId) -> ModuleId {
        while let Some(parent) = self.modules.modules[module].parent {
            module = parent;
        }
        module
    }

    /// Macros of the workspace are read; procedural ones only where their code is.
    fn knows_macros_of(&self, used: &MacroUse) -> bool {
        let real = self.renamed(used.root, &used.name);
        let harmless = self.crates.iter().any(|krate| krate.name == real && !krate.makes_macros);
        let known = [KNOWN_CRATES, MACRO_CRATES].iter().any(|all| all.contains(&real.as_str()));
        harmless || known || real == "self"
    }

    fn knows_derive(&self, module: ModuleId, path: &syn::Path) -> bool {
        let real = self.real(module, path);
        // A macro of this name is read as a model.
        real.path.last().is_some_and(|it| READ.contains(&it.as_str()))
            || real.is_known(path, DERIVES)
            || real.is_known(path, PLAIN)
    }

    fn knows_attribute(&self, suspect: &Suspect, path: &syn::Path) -> bool {
        if self.real(suspect.module, path).is_known(path, KNOWN) {
            return true;
        }
        let helper = path.get_ident().is_some_and(|it| HELPERS.contains(&plain(it).as_str()));
        self.may_help(suspect, path) && (helper || !self.is_open(suspect.module))
    }

    /// Whether an attribute may be a helper of a derive: its name is not imported.
    fn may_help(&self, suspect: &Suspect, path: &syn::Path) -> bool {
        let imported = || self.real(suspect.module, path).imported;
        suspect.helpers && path.get_ident().is_some() && !imported()
    }

    /// Whether a glob import may import unknown macros.
    fn is_open(&self, module: ModuleId) -> bool {
        let (mut seen, mut rest) = (BTreeSet::from([module]), vec![module]);
        while let Some(at) = rest.pop() {
            for (path, leading) in &self.modules.modules[at].globs {
                match self.resolver.path(at, path, *leading) {
                    Some(Found::Module(inner)) if seen.insert(inner) => rest.push(inner),
                    // The variants of an enum are not macros.
                    Some(Found::Module(_) | Found::Def(..)) => {}
                    Some(Found::Foreign(path)) if is_of_known(&path) => {}
                    Some(Found::Foreign(_) | Found::Unbound(_)) | None => return true,
                }
            }
        }
        false
    }
}

impl Real {
    /// Whether it has one of these names, or is from a crate whose macros create no entities.
    fn is_known(&self, written: &syn::Path, names: &[&str]) -> bool {
        let Some((last, crates)) = self.path.split_last() else { return false };
        if is_of_known(crates) {
            return true;
        }
        !self.foreign && written.segments.len() == 1 && names.contains(&last.as_str())
    }
}

/// Whether a path starts at a crate whose macros create no entities.
pub(super) fn is_of_known(path: &[String]) -> bool {
    path.iter().any(|it| KNOWN_CRATES.contains(&it.as_str()))
}

/// What is under macros that may create an entity; each item is reported once.
pub(super) fn unknown(
    modules: &Modules,
    crates: &[Crate],
    libraries: &BTreeMap<String, ModuleId>,
    files: &dyn SourceTree,
) -> Vec<Unread> {
    let resolver = Resolver::new(modules, crates, libraries.clone());
    let judge = Judge { modules, crates, resolver };
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for suspect in &modules.suspects {
        let Some((name, why, mut bearing)) = judge.verdict(suspect) else { continue };
        if judge.reads_entities(suspect, files) {
            bearing = Bearing::Likely;
        }
        if bearing == Bearing::Unlikely && modules.own_macros.is_silent(&name) {
            continue;
        }
        let origin = modules.place(suspect.file, suspect.span);
        if told.insert(origin.clone()) {
            let (what, table) = (suspect.what.clone(), suspect.table.clone());
            found.push(Unread { origin, what, why, table, bearing });
        }
    }
    found
}

fn shown(path: &syn::Path) -> String {
    let names: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
    names.join("::")
}
