//! The module tree: every file that a crate declares, and the names in it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, Item, ItemEnum, ItemStruct, Lit, Meta, UseTree};

use super::tree::{SourceTree, join, parent};
use crate::attr::{derives, is_live, metas};
use crate::codes::{NO_MODULE, SYNTAX};
use crate::column_type::{TypeDecl, parse_expr};
use crate::diagnostic::{Diagnostic, Finding, Findings};
use crate::model::{Model, Relation};
use crate::read_struct::{Context, read_struct};
use crate::relation::read_relation_enum;
use crate::relation_impl::read_relation_impl;

pub(crate) type ModuleId = usize;

/// What a name means in a module.
#[derive(Debug)]
pub(crate) enum Def {
    Module(ModuleId),
    /// A name for something elsewhere; `true` where the path begins with `::`.
    Use(Vec<String>, bool),
    Alias(Rc<syn::ItemType>),
    Enum(Rc<ItemEnum>),
    /// A struct that derives `DeriveValueType`.
    Value(Rc<ItemStruct>),
    /// A struct or enum that derives `FromJsonQueryResult`.
    Json,
    /// The `Entity` of a model in this module.
    Entity(usize),
    /// Some other type.
    Other,
}

/// A module with its names.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: usize,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) krate: usize,
    pub(crate) names: BTreeMap<String, Def>,
    pub(crate) globs: Vec<(Vec<String>, bool)>,
}

/// A model where it was found.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) model: Model,
    pub(crate) module: ModuleId,
    pub(crate) relations: Vec<Relation>,
}

/// An `impl ValueType for X`.
#[derive(Debug)]
pub(crate) struct ValueImpl {
    pub(crate) module: ModuleId,
    pub(crate) of: Vec<String>,
    pub(crate) ty: TypeDecl,
}

/// All modules of all crates.
#[derive(Default)]
pub(crate) struct Modules {
    pub(crate) files: Vec<String>,
    pub(crate) modules: Vec<Module>,
    pub(crate) sites: Vec<Site>,
    pub(crate) impls: Vec<ValueImpl>,
    /// Enums that derive `Autogen`: declared even where no column uses them.
    pub(crate) whole_enums: Vec<(ModuleId, Rc<ItemEnum>)>,
    pub(crate) problems: Vec<Diagnostic>,
    /// Parsed files: one may belong to several targets.
    parsed: BTreeMap<String, Option<Rc<syn::File>>>,
    seen: BTreeMap<(usize, usize, usize), usize>,
    open: Vec<String>,
}

/// Where the files of a module's children lie.
struct Place<'a> {
    file: &'a str,
    children: String,
    inline: bool,
}

/// More modules inside one another than anybody writes.
const DEPTH: usize = 64;

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
        self.read_file(files, id, path, parent(path));
        id
    }

    fn read_file(&mut self, files: &dyn SourceTree, id: ModuleId, path: &str, children: String) {
        if self.open.len() > DEPTH || self.open.iter().any(|open| open == path) {
            return;
        }
        let file = self.file_id(path);
        self.modules[id].file = file;
        let Some(parsed) = self.parse(files, path) else {
            return;
        };
        if !is_live(&parsed.attrs) {
            return;
        }
        self.open.push(path.to_owned());
        let place = Place { file: path, children, inline: false };
        self.read_items(files, id, &parsed.items, &place);
        self.open.pop();
    }

    fn file_id(&mut self, path: &str) -> usize {
        // A file that belongs to several targets is rare, so a scan will do.
        if self.parsed.contains_key(path)
            && let Some(at) = self.files.iter().position(|file| file == path)
        {
            return at;
        }
        self.files.push(path.to_owned());
        self.files.len() - 1
    }

    fn parse(&mut self, files: &dyn SourceTree, path: &str) -> Option<Rc<syn::File>> {
        if let Some(known) = self.parsed.get(path) {
            return known.clone();
        }
        let parsed = match files.read(path) {
            None => None,
            Some(text) => match syn::parse_file(&text) {
                Ok(file) => Some(Rc::new(file)),
                Err(error) => {
                    let mut found = Findings::default();
                    found.add_syn(error, SYNTAX, "`cargo check` reports the same place");
                    for finding in &mut found.0 {
                        // The lexer knows the place but not what is wrong there.
                        if finding.message == "cannot parse string into token stream" {
                            "a bracket, a quote or a comment is not closed"
                                .clone_into(&mut finding.message);
                        }
                    }
                    self.problems.extend(found.0.into_iter().map(|finding| finding.locate(path)));
                    None
                }
            },
        };
        self.parsed.insert(path.to_owned(), parsed.clone());
        parsed
    }

    fn read_items(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        items: &[Item],
        place: &Place<'_>,
    ) {
        let mut relations: Option<&ItemEnum> = None;
        let mut by_hand: Option<&syn::ItemImpl> = None;
        let mut entity = None;
        for item in items {
            match item {
                Item::Mod(child) if is_live(&child.attrs) => {
                    self.read_module(files, id, child, place);
                }
                Item::Use(item) if is_live(&item.attrs) => {
                    let leading = item.leading_colon.is_some();
                    self.read_use(id, &item.tree, &mut Vec::new(), leading);
                }
                Item::ExternCrate(item) if is_live(&item.attrs) => {
                    let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                    let path = vec![item.ident.to_string()];
                    self.define(id, name.to_string(), Def::Use(path, true));
                }
                Item::Type(item) if is_live(&item.attrs) => {
                    self.define(id, item.ident.to_string(), Def::Alias(Rc::new(item.clone())));
                }
                Item::Enum(item) if is_live(&item.attrs) => {
                    let derived = derives(&item.attrs);
                    let has = |name: &str| derived.iter().any(|derive| derive == name);
                    if item.ident == "Relation" {
                        relations = Some(item);
                    }
                    self.read_enum(id, item, &has);
                }
                Item::Struct(item) if is_live(&item.attrs) => {
                    entity = self.read_struct(id, item).or(entity);
                }
                Item::Impl(item) if is_live(&item.attrs) => {
                    if implements(item, "RelationTrait") {
                        by_hand = Some(item);
                    }
                    self.read_impl(id, item);
                }
                _ => {}
            }
        }
        if let (Some(site), Some(relations)) = (entity, relations) {
            self.read_relations(site, relations, by_hand);
        }
    }

    fn define(&mut self, id: ModuleId, name: String, def: Def) {
        self.modules[id].names.entry(name).or_insert(def);
    }

    fn read_module(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        item: &syn::ItemMod,
        place: &Place<'_>,
    ) {
        let name = item.ident.to_string();
        let name = name.trim_start_matches("r#");
        let child = self.modules.len();
        self.modules.push(Module {
            file: self.modules[id].file,
            parent: Some(id),
            krate: self.modules[id].krate,
            ..Module::default()
        });
        self.define(id, name.to_owned(), Def::Module(child));
        let said = path_attribute(&item.attrs);
        if let Some((_, items)) = &item.content {
            if self.open.len() > DEPTH {
                return;
            }
            let inner = Place {
                file: place.file,
                children: join(&place.children, said.as_deref().unwrap_or(name)),
                inline: true,
            };
            self.open.push(String::new());
            self.read_items(files, child, items, &inner);
            self.open.pop();
            return;
        }
        if let Some(said) = said {
            let base = if place.inline { place.children.clone() } else { parent(place.file) };
            let path = join(&base, &said);
            if files.has(&path) {
                let children = parent(&path);
                self.read_file(files, child, &path, children);
                return;
            }
        } else {
            let file = join(&place.children, &format!("{name}.rs"));
            let folder = join(&place.children, name);
            let nested = join(&folder, "mod.rs");
            for path in [file, nested] {
                if files.has(&path) {
                    self.read_file(files, child, &path, folder);
                    return;
                }
            }
        }
        let conditional = item.attrs.iter().any(|attr| attr.path().is_ident("cfg"));
        if !conditional {
            self.report(
                id,
                Finding {
                    span: item.ident.span(),
                    code: NO_MODULE,
                    message: format!("the file of module `{name}` is missing"),
                    hint: "make it, or take the `mod` away".to_owned(),
                },
            );
        }
    }

    pub(crate) fn report(&mut self, module: ModuleId, finding: Finding) {
        let file = self.files.get(self.modules[module].file);
        let file = file.cloned().unwrap_or_default();
        self.problems.push(finding.locate(&file));
    }

    fn read_use(&mut self, id: ModuleId, tree: &UseTree, path: &mut Vec<String>, leading: bool) {
        match tree {
            UseTree::Path(part) => {
                path.push(plain(&part.ident));
                self.read_use(id, &part.tree, path, leading);
                path.pop();
            }
            UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = path.last().cloned() {
                    self.define(id, last, Def::Use(path.clone(), leading));
                }
            }
            UseTree::Name(name) => {
                let name = plain(&name.ident);
                let mut full = path.clone();
                full.push(name.clone());
                self.define(id, name, Def::Use(full, leading));
            }
            UseTree::Rename(rename) => {
                let mut full = path.clone();
                if rename.ident != "self" {
                    full.push(plain(&rename.ident));
                }
                self.define(id, plain(&rename.rename), Def::Use(full, leading));
            }
            UseTree::Glob(_) => self.modules[id].globs.push((path.clone(), leading)),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(id, tree, path, leading);
                }
            }
        }
    }

    fn read_enum(&mut self, id: ModuleId, item: &ItemEnum, has: &dyn Fn(&str) -> bool) {
        let name = plain(&item.ident);
        let def = if has("DeriveActiveEnum") || has("Autogen") {
            let item = Rc::new(item.clone());
            if has("Autogen") {
                self.whole_enums.push((id, Rc::clone(&item)));
            }
            Def::Enum(item)
        } else if has("DeriveValueType") {
            // On an enum it stands for a string.
            let stand_in = ItemStruct {
                attrs: item.attrs.clone(),
                vis: item.vis.clone(),
                struct_token: syn::token::Struct::default(),
                ident: item.ident.clone(),
                generics: item.generics.clone(),
                fields: syn::Fields::Unit,
                semi_token: None,
            };
            Def::Value(Rc::new(stand_in))
        } else if has("FromJsonQueryResult") {
            Def::Json
        } else {
            Def::Other
        };
        self.define(id, name, def);
    }

    fn read_struct(&mut self, id: ModuleId, item: &ItemStruct) -> Option<usize> {
        let derived = derives(&item.attrs);
        let has = |name: &str| derived.iter().any(|derive| derive == name);
        let name = plain(&item.ident);
        let (entity, whole) = (has("DeriveEntityModel"), has("Autogen"));
        let value = has("DeriveValueType");
        if value {
            self.define(id, name.clone(), Def::Value(Rc::new(item.clone())));
        } else if has("FromJsonQueryResult") {
            self.define(id, name.clone(), Def::Json);
        } else {
            self.define(id, name.clone(), Def::Other);
        }
        if value || !(entity || whole) {
            return None;
        }
        // The same file can belong to a library and a binary.
        let start = item.ident.span().start();
        let place = (self.modules[id].file, start.line, start.column);
        if let Some(site) = self.seen.get(&place).copied() {
            if entity {
                self.define(id, "Entity".to_owned(), Def::Entity(site));
            }
            return None;
        }
        let mut findings = Findings::default();
        let context = Context { whole, entity: Some(entity) };
        let model = read_struct(item, context, &mut findings);
        for finding in findings.0 {
            self.report(id, finding);
        }
        let model = model?;
        let site = self.sites.len();
        self.seen.insert(place, site);
        if entity {
            self.define(id, "Entity".to_owned(), Def::Entity(site));
        }
        self.sites.push(Site { model, module: id, relations: Vec::new() });
        entity.then_some(site)
    }

    fn read_relations(&mut self, site: usize, item: &ItemEnum, by_hand: Option<&syn::ItemImpl>) {
        let module = self.sites[site].module;
        let mut findings = Findings::default();
        let relations = if derives(&item.attrs).iter().any(|name| name == "DeriveRelation") {
            read_relation_enum(item, &mut findings)
        } else if let Some(by_hand) = by_hand {
            read_relation_impl(by_hand, &mut findings)
        } else {
            Vec::new()
        };
        self.sites[site].relations = relations;
        for finding in findings.0 {
            self.report(module, finding);
        }
    }

    /// `impl ValueType for X { fn column_type() -> ColumnType { .. } }`
    fn read_impl(&mut self, id: ModuleId, item: &syn::ItemImpl) {
        if !implements(item, "ValueType") {
            return;
        }
        let syn::Type::Path(of) = &*item.self_ty else {
            return;
        };
        let body = item.items.iter().find_map(|item| match item {
            syn::ImplItem::Fn(function) if function.sig.ident == "column_type" => {
                function.block.stmts.last()
            }
            _ => None,
        });
        let Some(syn::Stmt::Expr(expr, None)) = body else {
            return;
        };
        if let Some(ty) = parse_expr(expr) {
            let of = of.path.segments.iter().map(|segment| plain(&segment.ident));
            self.impls.push(ValueImpl { module: id, of: of.collect(), ty });
        }
    }

    /// The files of the modules that a file declares, at any depth.
    pub(crate) fn files_below(&self, file: &str) -> BTreeSet<String> {
        let Some(top) = self.files.iter().position(|known| known == file) else {
            return BTreeSet::new();
        };
        // Parents come before their children.
        let mut below = vec![false; self.modules.len()];
        let mut found = BTreeSet::new();
        for (at, module) in self.modules.iter().enumerate() {
            below[at] = module.file == top || module.parent.is_some_and(|parent| below[parent]);
            if below[at] {
                found.extend(self.files.get(module.file).cloned());
            }
        }
        found
    }

    /// The place of a span in the file of a module.
    pub(crate) fn origin(&self, module: ModuleId, span: Span) -> autogen_schema::Origin {
        let file = self.files.get(self.modules[module].file);
        crate::diagnostic::origin(file.map_or("", String::as_str), span)
    }
}

fn implements(item: &syn::ItemImpl, name: &str) -> bool {
    item.trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last())
        .is_some_and(|last| last.ident == name)
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), ToOwned::to_owned)
}

fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    metas(attrs).into_iter().find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        Meta::NameValue(_) | Meta::Path(_) | Meta::List(_) => None,
    })
}
