//! The walk over files and items: what each adds to its module.

use std::rc::Rc;

use proc_macro2::{Span, TokenStream};
use syn::{Item, ItemMod};

use super::conditions::{attributes, open};
use super::graph::{Def, Module, ModuleId, Modules, Place, plain};
use super::limits::{TooDeep, measure};
use super::modules::{open_paths, path_attribute};
use super::tree::{Content, SourceTree, join, parent};
use crate::codes::{NO_MODULE, SYNTAX, TOO_DEEP, UNREADABLE};
use crate::diagnostic::{Diagnostic, Finding, Findings, origin};

/// More nested modules than in real code.
const DEPTH: usize = 64;

/// More items than any project has. An item that is reached by several paths is counted for
/// each: files that declare one another twice would double without end.
const ITEMS: usize = 200_000;

impl Modules {
    /// Reads a crate from the file at its root.
    pub(crate) fn add_root(
        &mut self,
        files: &dyn SourceTree,
        krate: usize,
        path: &str,
    ) -> ModuleId {
        let id = self.modules.len();
        self.modules.push(Module { krate, ..Module::default() });
        let file = self.file_id(path);
        self.modules[id].file = file;
        let place = Place { file: path.to_owned(), children: parent(path), inline: false };
        self.read_file(files, id, place);
        id
    }

    /// Reads the items of a file into a module.
    pub(super) fn read_file(&mut self, files: &dyn SourceTree, id: ModuleId, place: Place) {
        let path = place.file.clone();
        if self.open.len() > DEPTH || self.open.contains(&path) {
            let why = "modules declare each other without end";
            let hint = format!("at most {DEPTH} nested modules are read");
            return self.too_deep(&path, why, hint);
        }
        let before = self.at;
        self.at = self.file_id(&path);
        if let Some(parsed) = self.parse(files, self.modules[id].krate, &path)
            && let (conditions, true) = self.inner(id, &parsed)
        {
            self.open.push(path);
            let depth = self.conditions.len();
            self.conditions.extend(conditions);
            self.look_at_file(id, &parsed);
            self.read_items(files, id, &parsed.items, &place);
            self.conditions.truncate(depth);
            self.open.pop();
        }
        self.at = before;
    }

    fn too_deep(&mut self, path: &str, why: &str, hint: String) {
        self.problems.push(Diagnostic {
            origin: origin(path, proc_macro2::Span::call_site()),
            code: TOO_DEEP,
            message: why.to_owned(),
            hint,
        });
    }

    /// The unknown conditions of a file as a whole, and whether it exists.
    fn inner(&self, id: ModuleId, file: &syn::File) -> (Option<String>, bool) {
        let mut attrs = file.attrs.clone();
        let live = self.conditions_of(id).keeps(&mut attrs);
        (open(&attrs), live)
    }

    pub(super) fn conditions_of(&self, id: ModuleId) -> super::conditions::Conditions {
        let krate = self.crates.get(self.modules[id].krate);
        krate.map(|(conditions, _, _)| conditions.clone()).unwrap_or_default()
    }

    fn parse(&mut self, files: &dyn SourceTree, krate: usize, path: &str) -> Option<Rc<syn::File>> {
        let key = (krate, path.to_owned());
        if let Some(known) = self.parsed.get(&key) {
            return known.clone();
        }
        let mut findings = Findings::default();
        let parsed = match files.read(path) {
            Content::Absent => None,
            Content::Unreadable(why) => {
                self.problems.push(Diagnostic {
                    origin: autogen_schema::Origin { file: path.to_owned(), ..Default::default() },
                    code: UNREADABLE,
                    message: format!("the file can't be read: {why}"),
                    hint: "its models would seem to be removed: correct the file".to_owned(),
                });
                None
            }
            Content::Text(text) => {
                self.own_macros.look_at(krate, &text);
                parse(&text, &mut findings)
            }
        };
        let located = findings.0.into_iter().map(|finding| finding.locate(path));
        self.problems.extend(located);
        let conditions = self.crates.get(krate).map(|(it, _, _)| it.clone()).unwrap_or_default();
        let parsed = parsed.map(|mut file| {
            conditions.settle(&mut file.items);
            Rc::new(file)
        });
        self.parsed.insert(key, parsed.clone());
        parsed
    }

    pub(super) fn read_items(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        items: &[Item],
        place: &Place,
    ) {
        if self.items > ITEMS {
            return;
        }
        self.items += items.len();
        if self.items > ITEMS {
            let why = "files are declared or included again and again";
            let hint = format!("at most {ITEMS} items are read");
            return self.too_deep(&place.file, why, hint);
        }
        // Imports first: an attribute may be an imported name.
        let imports = |item: &&Item| matches!(item, Item::Use(_) | Item::ExternCrate(_));
        for item in items.iter().filter(imports) {
            self.read_item(files, id, item, place);
        }
        for item in items.iter().filter(|item| !imports(item)) {
            self.read_item(files, id, item, place);
        }
    }

    fn read_item(&mut self, files: &dyn SourceTree, id: ModuleId, item: &Item, place: &Place) {
        let condition = attributes(item).and_then(|it| open(it));
        let depth = self.conditions.len();
        self.conditions.extend(condition.clone());
        self.condition = condition;
        self.look_at_item(id, item);
        self.read_kind(files, id, item, place);
        self.look_inside(id, item);
        self.condition = None;
        self.conditions.truncate(depth);
    }

    fn read_kind(&mut self, files: &dyn SourceTree, id: ModuleId, item: &Item, place: &Place) {
        match item {
            Item::Mod(child) => self.read_module(files, id, child, place),
            Item::Use(item) => {
                let leading = item.leading_colon.is_some();
                self.read_use(id, &item.tree, &mut Vec::new(), leading);
            }
            Item::ExternCrate(item) => {
                self.read_macro_use(id, item);
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                let path = vec![item.ident.to_string()];
                self.define(id, name.to_string(), Def::Use(path, true));
            }
            Item::Type(item) => {
                self.define(id, item.ident.to_string(), Def::Alias(Rc::new(item.clone())));
            }
            Item::Enum(item) => {
                let derived = self.derives(&item.attrs);
                let has = |name: &str| derived.iter().any(|derive| derive == name);
                if item.ident == "Relation" {
                    self.modules[id].relations = Some(Rc::new(item.clone()));
                }
                self.read_part_enum(id, item, &has);
                self.read_enum(id, item, &has);
            }
            Item::Struct(item) => {
                let listed = self.unread.len();
                self.read_struct(id, item);
                if self.unread.len() == listed {
                    self.look_at_derives(id, &item.ident, &item.attrs);
                }
            }
            Item::Union(item) => self.look_at_derives(id, &item.ident, &item.attrs),
            Item::Const(item) => self.read_text(id, &item.ident, &item.expr),
            Item::Static(item) => self.read_text(id, &item.ident, &item.expr),
            Item::Impl(item) => self.read_impl(id, item),
            Item::Macro(item) => self.read_macro(files, id, item, place),
            Item::Fn(item) => self.read_function(id, item),
            _ => {}
        }
    }

    pub(super) fn read_module(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        item: &ItemMod,
        place: &Place,
    ) {
        let name = plain(&item.ident);
        let open = open_paths(&item.attrs);
        if let Some((condition, _)) = &open {
            // The file is uncertain, so its content is too.
            self.condition = Some(condition.clone());
            self.conditions.push(condition.clone());
        }
        let child = self.modules.len();
        self.modules.push(Module {
            file: self.at,
            parent: Some(id),
            krate: self.modules[id].krate,
            ..Module::default()
        });
        self.define(id, name.clone(), Def::Module(child));
        self.condition = None;
        self.look_at_module(id, item);
        let said = path_attribute(&item.attrs);
        if let Some((_, items)) = &item.content {
            let inner = Place {
                file: place.file.clone(),
                children: join(&place.children, said.as_deref().unwrap_or(&name)),
                inline: true,
            };
            return self.read_items(files, child, items, &inner);
        }
        let other = open.into_iter().flat_map(|(_, paths)| paths).map(Some);
        for path in std::iter::once(said).chain(other) {
            self.read_module_file(files, child, item, path.as_deref(), place);
        }
    }

    fn read_module_file(
        &mut self,
        files: &dyn SourceTree,
        child: ModuleId,
        item: &ItemMod,
        said: Option<&str>,
        place: &Place,
    ) {
        let name = plain(&item.ident);
        if said.is_none() && paths(&name, place).iter().all(|path| files.has(path)) {
            self.two_files(item.ident.span(), &name, place);
        }
        match self.file_of(files, said, &name, place) {
            Some(found) => {
                self.modules[child].file = self.file_id(&found.file);
                self.read_file(files, child, found);
            }
            // One of the files exists for every target; the others need not.
            None if open_paths(&item.attrs).is_some() => {
                let what = format!("a file of the module `{name}`");
                let why = "it is missing, and its name depends on the target".to_owned();
                self.leave_unlikely(item.ident.span(), what, why);
            }
            None => {
                let what = format!("the file of module `{name}`");
                self.missing(item.ident.span(), &what, "`mod`");
            }
        }
    }

    /// Where the file of a declared module is.
    fn file_of(
        &self,
        files: &dyn SourceTree,
        said: Option<&str>,
        name: &str,
        place: &Place,
    ) -> Option<Place> {
        let at = |file: String, children: String| Place { file, children, inline: false };
        if let Some(said) = said {
            let base = if place.inline { place.children.clone() } else { parent(&place.file) };
            let path = join(&base, said);
            return files.has(&path).then(|| at(path.clone(), parent(&path)));
        }
        let folder = join(&place.children, name);
        paths(name, place).into_iter().find(|path| files.has(path)).map(|path| at(path, folder))
    }

    /// rustc rejects this; one of the two would be treated as absent.
    fn two_files(&mut self, span: Span, name: &str, place: &Place) {
        let [file, folder] = paths(name, place);
        self.report(Finding {
            span,
            code: NO_MODULE,
            message: format!("the module `{name}` has two files: {file} and {folder}"),
            hint: "delete one of them".to_owned(),
        });
    }
}

/// The two possible paths of a module's file.
fn paths(name: &str, place: &Place) -> [String; 2] {
    let file = join(&place.children, &format!("{name}.rs"));
    [file, join(&join(&place.children, name), "mod.rs")]
}

/// Parses a file, unless it is nested too deeply.
fn parse(text: &str, findings: &mut Findings) -> Option<syn::File> {
    const HINT: &str = "`cargo check` reports the same place";
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A first line such as `#!/usr/bin/env cargo` is a comment; `#![..]` is not.
    let shebang = text.starts_with("#!") && !text[2..].trim_start().starts_with('[');
    let commented = shebang.then(|| format!("// {}", &text[2..]));
    let tokens: TokenStream = match commented.as_deref().unwrap_or(text).parse() {
        Ok(tokens) => tokens,
        Err(error) => {
            let error = syn::Error::from(error);
            findings.add_syn(error, SYNTAX, HINT);
            for finding in &mut findings.0 {
                // The lexer reports the position but not the problem.
                "a bracket, a quote or a comment is not closed".clone_into(&mut finding.message);
            }
            return None;
        }
    };
    if let Err(TooDeep { span, what }) = measure(tokens.clone()) {
        findings.add(
            span,
            TOO_DEEP,
            format!("{what} are nested too deep here"),
            "split it into several steps",
        );
        return None;
    }
    match syn::parse2(tokens) {
        Ok(file) => Some(file),
        Err(error) => {
            findings.add_syn(error, SYNTAX, HINT);
            None
        }
    }
}
