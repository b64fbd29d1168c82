//! The module tree: every file that a crate declares, and the names in it.

use std::collections::BTreeSet;
use std::rc::Rc;

use autogen_schema::{Bearing, Origin, QName, Unread};
use proc_macro2::Span;
use syn::{Attribute, Expr, ExprLit, ItemEnum, ItemImpl, ItemStruct, Lit, Meta, UseTree};

use super::conditions::{Conditions, shown};
use super::graph::{Def, ModuleId, Modules, OwnMacros, Site, ValueImpl, implements, plain};
use super::harmless::READ;
use crate::attr::{derives, metas, under_condition};
use crate::codes::CONDITION;
use crate::column_type::parse_expr;
use crate::diagnostic::{Finding, Findings};
use crate::model::Model;
use crate::read_struct::{Context, read_struct};
use crate::relation::read_relation_enum;
use crate::relation_impl::read_relation_impl;

impl Modules {
    /// Starts with the conditions and folders of these crates.
    pub(crate) fn of(crates: &[super::crates::Crate], dialect: Option<&'static str>) -> Self {
        let own_macros = OwnMacros::of(crates);
        let crates = crates.iter().map(|it| {
            let conditions = Conditions { features: it.features.clone(), dialect };
            (conditions, it.folder.clone(), it.name.clone())
        });
        Self { crates: crates.collect(), own_macros, ..Self::default() }
    }

    pub(super) fn file_id(&mut self, path: &str) -> usize {
        if let Some(at) = self.index.get(path) {
            return *at;
        }
        self.index.insert(path.to_owned(), self.files.len());
        self.files.push(path.to_owned());
        self.files.len() - 1
    }

    pub(super) fn define(&mut self, id: ModuleId, name: String, def: Def) {
        let def = self.condition.clone().map_or(def, Def::Open);
        self.modules[id].names.entry(name).or_insert(def);
    }

    /// Reports a problem in the current file.
    pub(super) fn report(&mut self, finding: Finding) {
        let file = self.files.get(self.at).cloned().unwrap_or_default();
        self.problems.push(finding.locate(&file));
    }

    /// Lists what could not be read, unless only tests contain it.
    pub(super) fn leave(&mut self, span: Span, what: String, why: String, table: Option<QName>) {
        let origin = self.place(self.at, span);
        self.unread.push(Unread { origin, what, why, table, bearing: Bearing::Likely });
    }

    /// Lists what could not be read and rarely declares a table.
    pub(super) fn leave_unlikely(&mut self, span: Span, what: String, why: String) {
        let origin = self.place(self.at, span);
        self.unread.push(Unread { origin, what, why, table: None, bearing: Bearing::Unlikely });
    }

    /// Why it is unknown whether the current item exists.
    pub(super) fn uncertain(&self) -> Option<String> {
        let all = self.conditions.join(", ");
        (!all.is_empty())
            .then(|| format!("it exists only under `{all}`, which cannot be determined here"))
    }

    /// The derives of an item, by their names in SeaORM and autogen.
    pub(super) fn derives(&self, attrs: &[Attribute]) -> Vec<String> {
        let real = |name: String| self.aliases.get(&name).map_or(name, |it| (*it).to_owned());
        derives(attrs).into_iter().map(real).collect()
    }

    pub(super) fn read_use(
        &mut self,
        id: ModuleId,
        tree: &UseTree,
        path: &mut Vec<String>,
        leading: bool,
    ) {
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
                if let Some(known) = READ.iter().find(|it| rename.ident == **it) {
                    self.aliases.insert(plain(&rename.rename), known);
                }
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

    pub(super) fn read_enum(&mut self, id: ModuleId, item: &ItemEnum, has: &dyn Fn(&str) -> bool) {
        let name = plain(&item.ident);
        self.look_at_derives(id, &item.ident, &item.attrs);
        let def = if has("DeriveActiveEnum") || has("Autogen") {
            let item = Rc::new(item.clone());
            if has("Autogen") {
                match self.uncertain() {
                    Some(why) => {
                        self.leave(item.ident.span(), format!("the enum `{name}`"), why, None)
                    }
                    None => self.whole_enums.push((id, Rc::clone(&item))),
                }
            }
            Def::Enum(item)
        } else if has("DeriveValueType") {
            // On an enum it means a string.
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

    pub(super) fn read_struct(&mut self, id: ModuleId, item: &ItemStruct) {
        let derived = self.derives(&item.attrs);
        let has = |name: &str| derived.iter().any(|derive| derive == name);
        let name = plain(&item.ident);
        let (entity, whole) = (has("DeriveEntityModel"), has("Autogen"));
        let value = has("DeriveValueType");
        let def = match (value, has("FromJsonQueryResult")) {
            (true, _) => Def::Value(Rc::new(item.clone())),
            (false, true) => Def::Json,
            (false, false) => Def::Other,
        };
        self.define(id, name, def);
        if has("DeriveEntity") || has("DeriveModel") {
            self.read_part(id, item, has("DeriveEntity"), has("DeriveModel") && !whole);
        }
        if value || !(entity || whole) {
            if !has("DeriveEntity") && !has("DeriveModel") {
                self.look_at_attributes(id, item, None);
            }
            return;
        }
        let mut findings = Findings::default();
        let context = Context { whole, entity: Some(entity) };
        let model = read_struct(item, context, &mut findings);
        findings.0.into_iter().for_each(|finding| self.report(finding));
        let Some(model) = model else { return };
        self.look_at_attributes(id, item, Some(&model.table.name));
        self.add_site(id, model);
    }

    /// Adds a model that certainly exists.
    pub(super) fn add_site(&mut self, id: ModuleId, model: Model) {
        if let Some(why) = self.uncertain() {
            let what = format!("the model of `{}`", model.table.name);
            return self.leave(model.span, what, why, None);
        }
        // A library and a binary can contain the same file.
        let start = model.span.start();
        let place = (self.at, start.line, start.column, model.table.name.clone());
        let entity = model.entity;
        let known = self.seen.get(&place).copied();
        let site = known.unwrap_or(self.sites.len());
        if known.is_none() {
            self.seen.insert(place, site);
            self.sites.push(Site { model, module: id, file: self.at, relations: Vec::new() });
            self.modules[id].entity = Some(site).filter(|_| entity).or(self.modules[id].entity);
        }
        if entity {
            self.define_entity(id, site);
        }
    }

    /// The expanded format also has a struct of this name.
    pub(super) fn define_entity(&mut self, id: ModuleId, site: usize) {
        self.modules[id].names.insert("Entity".to_owned(), Def::Entity(site));
    }

    /// Reads what can only be read once a whole module is known.
    pub(super) fn join(&mut self) {
        for id in 0..self.modules.len() {
            self.at = self.modules[id].file;
            if let Some(model) = self.expanded(id) {
                self.add_site(id, model);
            }
            let module = &self.modules[id];
            let (relations, by_hand) = (module.relations.clone(), module.by_hand.clone());
            let relations = relations.filter(|it| !it.variants.is_empty());
            if let (Some(site), Some(relations)) = (module.entity, relations) {
                self.at = self.sites[site].file;
                self.read_relations(site, &relations, by_hand.as_deref());
            }
        }
    }

    fn read_relations(&mut self, site: usize, item: &ItemEnum, by_hand: Option<&ItemImpl>) {
        let mut findings = Findings::default();
        let relations = if self.derives(&item.attrs).iter().any(|name| name == "DeriveRelation") {
            read_relation_enum(item, &mut findings)
        } else if let Some(by_hand) = by_hand {
            read_relation_impl(by_hand, &mut findings)
        } else {
            Vec::new()
        };
        self.sites[site].relations = relations;
        let variants = item.variants.iter().map(|it| (&it.ident, &it.attrs));
        let all = variants.chain([(&item.ident, &item.attrs)]);
        for (ident, condition) in
            all.filter_map(|(it, attrs)| Some((it, super::conditions::open(attrs)?)))
        {
            findings.add(
                ident.span(),
                CONDITION,
                format!("whether the relation `{ident}` exists depends on `{condition}`"),
                "that cannot be determined here: read the models with `--compiled`",
            );
        }
        findings.0.into_iter().for_each(|finding| self.report(finding));
    }

    /// `impl ValueType for X { fn column_type() -> ColumnType { .. } }`.
    pub(super) fn read_impl(&mut self, id: ModuleId, item: &ItemImpl) {
        if implements(item, "RelationTrait") {
            self.modules[id].by_hand = Some(Rc::new(item.clone()));
        }
        self.read_part_impl(id, item);
        self.read_texts(id, item);
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

    /// The position of a span in the file of a module.
    pub(crate) fn origin(&self, module: ModuleId, span: Span) -> Origin {
        self.place(self.modules[module].file, span)
    }

    /// The position of a span in a file.
    pub(crate) fn place(&self, file: usize, span: Span) -> Origin {
        let file = self.files.get(file);
        crate::diagnostic::origin(file.map_or("", String::as_str), span)
    }
}

pub(super) fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    metas(attrs).iter().find_map(path_of)
}

/// The paths of a module under unknown conditions, with the first of these conditions.
pub(super) fn open_paths(attrs: &[Attribute]) -> Option<(String, Vec<String>)> {
    let paths_of = |attr: &Attribute| {
        let paths: Vec<String> = under_condition(attr).filter_map(|it| path_of(&it)).collect();
        (!paths.is_empty()).then(|| (shown(&attr.meta), paths))
    };
    let mut all = attrs.iter().filter_map(paths_of);
    let (condition, mut paths) = all.next()?;
    paths.extend(all.flat_map(|(_, paths)| paths));
    Some((condition, paths))
}

fn path_of(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        Meta::NameValue(_) | Meta::Path(_) | Meta::List(_) => None,
    }
}
