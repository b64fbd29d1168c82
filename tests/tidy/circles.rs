//! Which files of a crate import which, from paths: `use` items, and paths in the code. A
//! name that a file only re-exports (`pub use`) counts for the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;

/// What a name refers to.
enum Name {
    /// It is defined here.
    Item,
    /// It is another module.
    Module,
    /// Something imported from this path, as written in its module.
    Import(Vec<String>),
}

/// A module of a crate: a file, or a block within one.
struct Module {
    file: usize,
    names: BTreeMap<String, Name>,
    /// The paths before `::*` in imports.
    globs: Vec<Vec<String>>,
    /// All other paths in its code.
    paths: BTreeSet<Vec<String>>,
}

type ModulePath = Vec<String>;

/// The modules of one crate.
pub(crate) struct Crate {
    files: Vec<String>,
    modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    /// Reads the files under `crates/*/src`: their names and texts.
    pub(crate) fn read(sources: &[(String, String)]) -> Self {
        let mut read = Self { files: Vec::new(), modules: BTreeMap::new() };
        for (name, text) in sources {
            let (_, below) = name.split_once("/src/").expect("a source");
            let parts = below.trim_end_matches(".rs").split('/').map(str::to_owned);
            let mut path: ModulePath = parts.collect();
            if path.last().is_some_and(|it| ["mod", "lib", "main"].contains(&it.as_str())) {
                path.pop();
            }
            let file = read.files.len();
            read.files.push(name.clone());
            let items = syn::parse_file(text).expect("Rust").items;
            read.module(&path, file, &items);
        }
        read
    }

    fn module(&mut self, path: &ModulePath, file: usize, items: &[syn::Item]) {
        let mut found =
            Module { file, names: BTreeMap::new(), globs: Vec::new(), paths: BTreeSet::new() };
        for item in items.iter().filter(|it| !is_test(it)) {
            if let syn::Item::Mod(inner) = item {
                found.names.insert(inner.ident.to_string(), Name::Module);
                if let Some((_, items)) = &inner.content {
                    let inner = [path.as_slice(), &[inner.ident.to_string()]].concat();
                    self.module(&inner, file, items);
                }
                continue;
            }
            found.item(item);
        }
        self.modules.insert(path.clone(), found);
    }

    /// For each file, the files that it imports, and a name from each.
    pub(crate) fn imports(&self) -> BTreeMap<&str, BTreeMap<&str, String>> {
        let mut all: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
        for (path, module) in &self.modules {
            for said in &module.paths {
                let Some(file) = self.resolve(path, said, 0) else { continue };
                if file != module.file && !self.holds(file, path) {
                    let from = all.entry(&self.files[module.file]).or_default();
                    from.entry(&self.files[file]).or_insert_with(|| said.join("::"));
                }
            }
        }
        all
    }

    /// Whether the module is inside the file's: items of a folder's own file are visible in the
    /// whole folder.
    fn holds(&self, file: usize, module: &ModulePath) -> bool {
        let of = |above: &[String]| self.modules.get(above).is_some_and(|it| it.file == file);
        (0..module.len()).any(|length| of(&module[..length]))
    }

    /// The file that defines what a path names, seen from a module.
    fn resolve(&self, from: &ModulePath, said: &[String], depth: usize) -> Option<usize> {
        let (first, rest) = said.split_first()?;
        if depth > 20 {
            return None;
        }
        match first.as_str() {
            "crate" => self.within(&Vec::new(), rest, depth),
            "self" => self.within(from, rest, depth),
            "super" => self.within(&from.get(..from.len().checked_sub(1)?)?.to_vec(), rest, depth),
            _ => self.within(from, said, depth),
        }
    }

    fn within(&self, module: &ModulePath, said: &[String], depth: usize) -> Option<usize> {
        let here = self.modules.get(module)?;
        let Some((first, rest)) = said.split_first() else { return Some(here.file) };
        if first == "super" {
            return self.resolve(module, said, depth + 1);
        }
        match here.names.get(first) {
            Some(Name::Item) => Some(here.file),
            Some(Name::Module) => {
                let inner = [module.as_slice(), std::slice::from_ref(first)].concat();
                self.within(&inner, rest, depth)
            }
            Some(Name::Import(path)) => {
                let whole = [path.as_slice(), rest].concat();
                // A name may be imported from the crate or module of the same name.
                (whole != said).then(|| self.resolve(module, &whole, depth + 1)).flatten()
            }
            None => here.globs.iter().find_map(|glob| {
                let whole = [glob.as_slice(), said].concat();
                self.resolve(module, &whole, depth + 1)
            }),
        }
    }

    /// The circles: the files of each, with their imports.
    pub(crate) fn circles(&self) -> Vec<String> {
        let imports = self.imports();
        let mut graph = petgraph::graphmap::DiGraphMap::<&str, ()>::new();
        for (from, others) in &imports {
            for to in others.keys() {
                graph.add_edge(from, to, ());
            }
        }
        let tied = petgraph::algo::tarjan_scc(&graph).into_iter().filter(|it| it.len() > 1);
        tied.flat_map(|files| {
            let within = files.clone();
            let inside = move |to: &&str| within.contains(to);
            let mut ties = Vec::new();
            for from in &files {
                for (to, name) in imports.get(from).into_iter().flatten() {
                    if inside(to) {
                        ties.push(format!("{from} -> {to}: {name}"));
                    }
                }
            }
            ties.sort();
            ties
        })
        .collect()
    }
}

impl Module {
    fn item(&mut self, item: &syn::Item) {
        let name = match item {
            syn::Item::Const(it) => Some(&it.ident),
            syn::Item::Enum(it) => Some(&it.ident),
            syn::Item::Fn(it) => Some(&it.sig.ident),
            syn::Item::Static(it) => Some(&it.ident),
            syn::Item::Struct(it) => Some(&it.ident),
            syn::Item::Trait(it) => Some(&it.ident),
            syn::Item::Type(it) => Some(&it.ident),
            syn::Item::Macro(it) => it.ident.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.names.insert(name.to_string(), Name::Item);
        }
        if let syn::Item::Macro(it) = item {
            // The types that a macro of the crate defines.
            for name in defined(it.mac.tokens.clone(), &["enum", "struct", "trait"]) {
                self.names.insert(name, Name::Item);
            }
        }
        if let syn::Item::Use(it) = item {
            let hands_on = !matches!(it.vis, syn::Visibility::Inherited);
            self.tree(&mut Vec::new(), &it.tree, hands_on);
        }
        Paths(self).visit_item(item);
    }

    fn tree(&mut self, path: &mut Vec<String>, tree: &syn::UseTree, hands_on: bool) {
        match tree {
            syn::UseTree::Path(it) => {
                path.push(it.ident.to_string());
                self.tree(path, &it.tree, hands_on);
                path.pop();
            }
            syn::UseTree::Name(it) => self.import(path, &it.ident, &it.ident, hands_on),
            syn::UseTree::Rename(it) => self.import(path, &it.ident, &it.rename, hands_on),
            syn::UseTree::Glob(_) => {
                self.globs.push(path.clone());
                if !hands_on {
                    self.paths.insert(path.clone());
                }
            }
            syn::UseTree::Group(it) => {
                it.items.iter().for_each(|tree| self.tree(path, tree, hands_on));
            }
        }
    }

    fn import(&mut self, path: &[String], name: &syn::Ident, own: &syn::Ident, hands_on: bool) {
        let mut whole = path.to_vec();
        if name != "self" {
            whole.push(name.to_string());
        }
        let own = if own == "self" { path.last().cloned() } else { Some(own.to_string()) };
        if let Some(own) = own {
            self.names.entry(own).or_insert_with(|| Name::Import(whole.clone()));
        }
        // An imported module counts by the items that are used of it.
        if !hands_on {
            self.paths.insert(whole);
        }
    }
}

/// The paths in the code of a module.
struct Paths<'m>(&'m mut Module);

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let said = path.segments.iter().map(|it| it.ident.to_string());
            self.0.paths.insert(said.collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        type Arguments = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;
        if let Ok(arguments) = it.parse_body_with(Arguments::parse_terminated) {
            arguments.iter().for_each(|it| self.visit_expr(it));
        }
        syn::visit::visit_macro(self, it);
    }

    fn visit_item_use(&mut self, _: &'ast syn::ItemUse) {}

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}

/// The names after these words in a macro's tokens.
pub(crate) fn defined(tokens: proc_macro2::TokenStream, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = false;
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(it) => found.extend(defined(it.stream(), words)),
            proc_macro2::TokenTree::Ident(it) if after => found.push(it.to_string()),
            proc_macro2::TokenTree::Ident(it) => {
                after = words.iter().any(|word| it == word);
                continue;
            }
            proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => {}
        }
        after = false;
    }
    found
}

fn is_test(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(it) => &it.attrs,
        syn::Item::Fn(it) => &it.attrs,
        syn::Item::Use(it) => &it.attrs,
        _ => return false,
    };
    attributes.iter().any(|it| {
        it.path().is_ident("cfg")
            && it.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

#[test]
fn paths_lead_to_the_files_that_define_things() {
    let sources = [
        ("src/lib.rs", "mod a; mod b; pub use a::A;"),
        ("src/a.rs", "use crate::b; pub struct A; fn f() { b::g(); }"),
        ("src/b/mod.rs", "mod c; use c::C; pub fn g() { let _ = vec![super::A]; }"),
        ("src/b/c.rs", "pub struct C; #[cfg(test)] mod tests { use crate::A; }"),
    ];
    let sources = sources.map(|(name, text)| (format!("x/{name}"), text.to_owned()));
    let read = Crate::read(&sources);
    let imports: Vec<(&str, Vec<&str>)> =
        read.imports().into_iter().map(|(from, to)| (from, to.into_keys().collect())).collect();
    assert_eq!(
        imports,
        [
            ("x/src/a.rs", vec!["x/src/b/mod.rs"]),
            ("x/src/b/mod.rs", vec!["x/src/a.rs", "x/src/b/c.rs"])
        ]
    );
    assert_eq!(
        read.circles(),
        ["x/src/a.rs -> x/src/b/mod.rs: b::g", "x/src/b/mod.rs -> x/src/a.rs: super::A"]
    );
}
