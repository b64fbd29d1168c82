//! SeaORM's expanded format, an entity in several items: combined into the equivalent struct
//! of the compact format.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Expr, ExprLit, Ident, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, Lit, LitStr,
    Stmt, Type, Variant,
};

use super::conditions::open;
use super::graph::{Def, ModuleId, Modules, Parts, implements, plain};
use crate::attr::items_of;
use crate::case::{column_of, variant_of};
use crate::codes::EXPANDED;
use crate::column_type::parse_expr;
use crate::diagnostic::Findings;
use crate::model::Model;
use crate::read_struct::{Context, optional, read_struct};

/// The column definition in `def()`.
#[derive(Default)]
struct Said {
    attributes: Vec<TokenStream>,
    nullable: bool,
}

impl Modules {
    pub(super) fn read_part(&mut self, id: ModuleId, item: &ItemStruct, entity: bool, model: bool) {
        if let Some(why) = self.uncertain() {
            if entity {
                let what = format!("the entity `{}`", plain(&item.ident));
                self.leave(item.ident.span(), what, why, None);
            }
            return;
        }
        let parts = &mut self.modules[id].parts;
        if entity {
            parts.entity = Some(Rc::new(item.clone()));
        }
        if model {
            parts.model = Some(Rc::new(item.clone()));
        }
    }

    pub(super) fn read_part_enum(
        &mut self,
        id: ModuleId,
        item: &ItemEnum,
        has: &dyn Fn(&str) -> bool,
    ) {
        let parts = &mut self.modules[id].parts;
        if has("DeriveColumn") {
            parts.column = Some(Rc::new(item.clone()));
        }
        if has("DerivePrimaryKey") {
            parts.primary = Some(Rc::new(item.clone()));
        }
    }

    pub(super) fn read_part_impl(&mut self, id: ModuleId, item: &ItemImpl) {
        let parts = &mut self.modules[id].parts;
        let place = if implements(item, "EntityName") {
            &mut parts.name
        } else if implements(item, "ColumnTrait") {
            &mut parts.column_def
        } else if implements(item, "PrimaryKeyTrait") {
            &mut parts.primary_auto
        } else {
            return;
        };
        *place = Some(Rc::new(item.clone()));
    }

    /// Notes a constant that is a plain text and is certainly defined.
    pub(super) fn read_text(&mut self, id: ModuleId, name: &Ident, value: &Expr) {
        if self.uncertain().is_none()
            && let Some(text) = literal(value)
        {
            self.modules[id].texts.insert(plain(name), text);
        }
    }

    /// Notes the constants of an `impl Entity { .. }`.
    pub(super) fn read_texts(&mut self, id: ModuleId, item: &ItemImpl) {
        let Some(of) = named_type(item).filter(|_| item.trait_.is_none()) else { return };
        if self.uncertain().is_some() {
            return;
        }
        for inner in &item.items {
            if let ImplItem::Const(inner) = inner
                && open(&inner.attrs).is_none()
                && let Some(text) = literal(&inner.expr)
            {
                self.modules[id].texts.insert(format!("{of}::{}", plain(&inner.ident)), text);
            }
        }
    }

    /// A literal text, or the value of a constant of this file.
    fn text(&self, id: ModuleId, of: &ItemImpl, expr: &Expr) -> Option<String> {
        let Expr::Path(path) = expr else { return literal(expr) };
        let (leading, no_self) = (path.path.leading_colon.is_some(), path.qself.is_none());
        let names: Vec<String> = path.path.segments.iter().map(|it| plain(&it.ident)).collect();
        let name = match names.split_first()? {
            (first, [name]) if first == "Self" => format!("{}::{name}", named_type(of)?),
            _ => names.join("::"),
        };
        let known = self.constant(id, &name);
        known.filter(|_| no_self && !leading)
    }

    /// The text constant of this name in a module; imports from the same file count.
    fn constant(&self, id: ModuleId, name: &str) -> Option<String> {
        let module = self.modules.get(id)?;
        if let Some(text) = module.texts.get(name) {
            return Some(text.clone());
        }
        let imported = match module.names.get(name) {
            Some(Def::Use(path, false)) => path.join("::"),
            Some(_) => return None,
            None => name.to_owned(),
        };
        let (first, rest) = imported.split_once("::")?;
        let at =
            if first == "self" { Some(id) } else { module.parent.filter(|_| first == "super") };
        let at = at.filter(|at| self.modules.get(*at).is_some_and(|it| it.file == module.file))?;
        // The rest is shorter than the path, unless it is an import: one import is followed.
        self.modules[at].texts.get(rest).cloned()
    }

    /// The model that the items of a module declare together.
    pub(super) fn expanded(&mut self, id: ModuleId) -> Option<Model> {
        let parts = std::mem::take(&mut self.modules[id].parts);
        let Some(entity) = &parts.entity else {
            if let Some(name) = &parts.name {
                let why = "its entity derives no `DeriveEntity`".to_owned();
                self.leave(name.impl_token.span, "an `impl EntityName`".to_owned(), why, None);
            }
            return None;
        };
        let span = entity.ident.span();
        let named = self.name_of(id, entity, parts.name.as_deref());
        // A model that derives `Autogen` declares its table itself.
        let own = named.as_ref().and_then(|(table, _)| {
            let mut sites = self.sites.iter();
            sites.position(|it| it.module == id && it.model.table.name.name == *table)
        });
        if let Some(site) = own {
            self.modules[id].entity = Some(site);
            self.define_entity(id, site);
            return None;
        }
        let (Some((table, schema)), Some(model), Some(columns)) =
            (named, &parts.model, &parts.column)
        else {
            let why = "its name, its model or its columns are not in the same module".to_owned();
            self.leave(span, format!("the entity `{}`", plain(&entity.ident)), why, None);
            return None;
        };
        let mut findings = Findings::default();
        let fields = columns.variants.iter().map(|it| field(&parts, model, it, &mut findings));
        let fields: Vec<TokenStream> = fields.collect();
        let schema = schema.map(|schema| quote!(, schema_name = #schema));
        let ident = &model.ident;
        let item = quote!(#[sea_orm(table_name = #table #schema)] struct #ident { #(#fields),* });
        let found = syn::parse2::<ItemStruct>(item).ok().and_then(|item| {
            read_struct(&item, Context { whole: false, entity: Some(true) }, &mut findings)
        });
        findings.0.into_iter().for_each(|finding| self.report(finding));
        found
    }

    /// The table and the schema that an entity names.
    fn name_of(
        &self,
        id: ModuleId,
        entity: &ItemStruct,
        by_hand: Option<&ItemImpl>,
    ) -> Option<(String, Option<String>)> {
        let said = |key: &str| attribute(&entity.attrs, key);
        if let Some(table) = said("table_name") {
            return Some((table, said("schema_name")));
        }
        let by_hand = by_hand?;
        let table = self.text(id, by_hand, last(by_hand, "table_name")?)?;
        if !has_method(by_hand, "schema_name") {
            return Some((table, None));
        }
        match last(by_hand, "schema_name")? {
            Expr::Path(none) if none.path.is_ident("None") => Some((table, None)),
            Expr::Call(some) => Some((table, Some(self.text(id, by_hand, some.args.first()?)?))),
            _ => None,
        }
    }
}

fn has_method(item: &ItemImpl, name: &str) -> bool {
    item.items.iter().any(|it| matches!(it, ImplItem::Fn(function) if function.sig.ident == name))
}

/// The name of the implementing type, if it is a plain name.
fn named_type(item: &ItemImpl) -> Option<String> {
    match &*item.self_ty {
        Type::Path(of) => of.path.get_ident().map(plain),
        _ => None,
    }
}

fn attribute(attrs: &[Attribute], key: &str) -> Option<String> {
    let mut ignored = Findings::default();
    let items = items_of(attrs, "sea_orm", &mut ignored);
    items.iter().find(|item| item.key == key)?.text(&mut ignored)
}

/// The returned expression of a method: its last one, with nothing but imports before it.
fn last<'a>(item: &'a ItemImpl, name: &str) -> Option<&'a Expr> {
    item.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == name => {
            match function.block.stmts.split_last() {
                Some((Stmt::Expr(expr, None), before)) => {
                    before.iter().all(is_import).then_some(expr)
                }
                Some(_) | None => None,
            }
        }
        _ => None,
    })
}

/// Any other statement may return early or change the meaning of a name.
fn is_import(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Item(Item::Use(_)))
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// The field for a variant of `Column`, in the compact format.
fn field(
    parts: &Parts,
    model: &ItemStruct,
    variant: &Variant,
    findings: &mut Findings,
) -> TokenStream {
    let name = plain(&variant.ident);
    let owned = model.fields.iter().find(|field| {
        let ident = field.ident.as_ref().map(plain).unwrap_or_default();
        attribute(&field.attrs, "enum_name").unwrap_or_else(|| variant_of(&ident)) == name
    });
    let (column, _) = column_of(&column_of_variant(&name), None, None, None);
    let column = attribute(&variant.attrs, "column_name").unwrap_or(column);
    let said = match definition(parts, &name) {
        Some(expr) => said(expr, variant, findings),
        None => {
            unreadable(variant, "`ColumnTrait::def` has no plain arm for it", findings);
            Said::default()
        }
    };
    let mut attributes = vec![quote!(column_name = #column), quote!(enum_name = #name)];
    let keys: Vec<&Variant> = parts.primary.iter().flat_map(|it| &it.variants).collect();
    if keys.iter().any(|key| key.ident == variant.ident) {
        attributes.push(quote!(primary_key));
        attributes.extend(counts(parts, variant, keys.len(), findings));
    }
    let nullable = said.nullable;
    attributes.extend(said.attributes);
    let (ident, ty) = match owned.and_then(|field| Some((field.ident.clone()?, field.ty.clone()))) {
        Some((ident, ty)) => (ident, ty),
        None => (Ident::new(&column_of_variant(&name), variant.ident.span()), unit()),
    };
    // Only the definition determines whether the column is nullable.
    let inner = optional(&ty, true).unwrap_or(&ty);
    let ty = if nullable { quote!(Option<#inner>) } else { inner.to_token_stream() };
    quote!(#[sea_orm(#(#attributes),*)] #ident: #ty)
}

fn unit() -> Type {
    syn::parse_quote!(())
}

fn column_of_variant(variant: &str) -> String {
    use heck::ToSnakeCase;
    variant.to_snake_case()
}

/// Whether the primary key is auto-increment.
fn counts(
    parts: &Parts,
    variant: &Variant,
    keys: usize,
    findings: &mut Findings,
) -> Option<TokenStream> {
    let said = parts.primary_auto.as_deref().and_then(|it| last(it, "auto_increment"));
    match said {
        Some(Expr::Lit(ExprLit { lit: Lit::Bool(value), .. })) => {
            let value = value.value && keys == 1;
            Some(quote!(auto_increment = #value))
        }
        Some(_) => {
            unreadable(variant, "`auto_increment` is neither `true` nor `false`", findings);
            None
        }
        None => None,
    }
}

/// The arm of `ColumnTrait::def` for a variant.
fn definition<'a>(parts: &'a Parts, variant: &str) -> Option<&'a Expr> {
    let Expr::Match(cases) = last(parts.column_def.as_deref()?, "def")? else { return None };
    let arm = cases.arms.iter().find(|arm| {
        let path = match &arm.pat {
            syn::Pat::Path(path) => path.path.segments.last(),
            _ => None,
        };
        path.is_some_and(|last| plain(&last.ident) == variant)
    })?;
    match &*arm.body {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => Some(expr),
            _ => None,
        },
        other => Some(other),
    }
}

fn unreadable(variant: &Variant, why: &str, findings: &mut Findings) {
    findings.add(
        variant.ident.span(),
        EXPANDED,
        format!("the column `{}` can't be read: {why}", variant.ident),
        "write it as sea-orm-cli does, or in the compact format, with `DeriveEntityModel`",
    );
}

/// `ColumnType::Integer.def().null().unique()`, as attributes.
fn said(expr: &Expr, variant: &Variant, findings: &mut Findings) -> Said {
    let mut said = Said::default();
    let mut at = expr;
    while let Expr::MethodCall(call) = at {
        let argument = call.args.first();
        let method = call.method.to_string();
        let added = match (method.as_str(), argument) {
            ("def", None) => {
                match base(&call.receiver) {
                    Some(found) => said.attributes.extend(found),
                    None => unreadable(variant, "its type is in an unknown form", findings),
                }
                return said;
            }
            ("null" | "nullable", None) => {
                said.nullable = true;
                None
            }
            ("unique", None) => Some(quote!(unique)),
            ("indexed", None) => Some(quote!(indexed)),
            ("seaography_ignore", None) => None,
            ("unique_key", Some(it)) => Some(quote!(unique_key = #it)),
            ("renamed_from", Some(it)) => Some(quote!(renamed_from = #it)),
            ("comment", Some(it)) => Some(quote!(comment = #it)),
            ("extra", Some(it)) => Some(quote!(extra = #it)),
            ("default_value" | "default", Some(it @ Expr::Lit(_))) => {
                Some(quote!(default_value = #it))
            }
            ("default_value" | "default", Some(it)) => {
                let text = it.to_token_stream().to_string();
                Some(quote!(default_expr = #text))
            }
            _ => {
                let why = format!("`{method}` is an unknown method");
                unreadable(variant, &why, findings);
                None
            }
        };
        said.attributes.extend(added);
        at = &call.receiver;
    }
    unreadable(variant, "it does not end in `.def()`", findings);
    said
}

/// The type; none if it equals the type of the field.
fn base(expr: &Expr) -> Option<Option<TokenStream>> {
    if is_of_enum(expr) {
        return Some(None);
    }
    parse_expr(expr)?;
    let text = expr.to_token_stream().to_string();
    let text = match text.find("ColumnType") {
        Some(at) => text[at..].to_owned(),
        None => text,
    };
    let text = LitStr::new(&text, proc_macro2::Span::call_site());
    Some(Some(quote!(column_type = #text)))
}

/// `Mood::db_type()`, with or without `.get_column_type().to_owned()`.
fn is_of_enum(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => is_of_enum(&call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().is_some_and(|it| it.ident == "db_type"),
            _ => false,
        },
        _ => false,
    }
}
