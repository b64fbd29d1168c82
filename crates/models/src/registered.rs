//! Models that registered themselves at run time: their tokens as text, with what only the
//! compiler knew.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{ColumnType, Declared, EnumType, FkAction, Origin, Pair, QName, Rename};
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::assemble::{RelationActions, Settled, SettledEnum, assemble, no_models, relation_key};
use crate::codes::SYNTAX;
use crate::column_type::TypeDecl;
use crate::diagnostic::{Diagnostic, Findings};
use crate::dialects::{self, mentioned_in};
use crate::read_struct::{Context, read_struct};
use crate::read_types::read_enum;
use crate::source::variants;

/// A struct or enum that derives `Autogen`.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its tokens.
    pub item: String,
    /// Its position.
    pub origin: Origin,
    /// The column types of the fields without an explicit one, in order.
    pub types: Vec<ColumnType>,
    /// The enums that those types name.
    pub enums: Vec<EnumType>,
    /// The foreign keys of its relations.
    pub keys: Vec<RegisteredKey>,
}

impl Registered {
    /// Keeps what counts for a database, with the types of the fields that are inferred for it.
    fn keep(&mut self, dialect: Option<&str>) {
        let Ok(mut item) = syn::parse_str::<syn::Item>(&self.item) else { return };
        if !mentioned_in(&self.item) {
            return;
        }
        if let syn::Item::Struct(item) = &item {
            let known = inferred_fields(item).into_iter().zip(std::mem::take(&mut self.types));
            let known: BTreeMap<String, ColumnType> =
                known.map(|((field, _), ty)| (field, ty)).collect();
            let counted = inferred_for(item, dialect).into_iter();
            self.types = counted.filter_map(|(field, _)| known.get(&field).cloned()).collect();
        }
        dialects::keep(&mut item, dialect);
        self.item = item.to_token_stream().to_string();
    }
}

/// The fields of a struct whose column type the compiler determines for some database, with
/// their types, in order.
pub fn inferred_fields(item: &syn::ItemStruct) -> Vec<(String, syn::Type)> {
    let mut found: Vec<(String, syn::Type)> = Vec::new();
    for dialect in dialects::readings(&item.to_token_stream()) {
        for (field, ty) in inferred_for(item, dialect) {
            if !found.iter().any(|(known, _)| *known == field) {
                found.push((field, ty));
            }
        }
    }
    let order: Vec<String> =
        item.fields.iter().filter_map(|it| Some(it.ident.as_ref()?.unraw().to_string())).collect();
    found.sort_by_key(|(field, _)| order.iter().position(|name| name == field));
    found
}

fn inferred_for(item: &syn::ItemStruct, dialect: Option<&str>) -> Vec<(String, syn::Type)> {
    let mut kept = syn::Item::Struct(item.clone());
    dialects::keep(&mut kept, dialect);
    let syn::Item::Struct(kept) = kept else { return Vec::new() };
    let context = Context { whole: true, entity: None };
    let model = read_struct(&kept, context, &mut Findings::default());
    let fields = model.filter(|model| !model.skip).into_iter().flat_map(|model| model.fields);
    let inferred = fields.filter_map(|field| match field.ty {
        TypeDecl::Rust(ty) => Some((field.name, *ty)),
        TypeDecl::Known(_) | TypeDecl::Enum { .. } | TypeDecl::Array(_) => None,
    });
    inferred.collect()
}

/// A relation that owns its foreign key.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "SQL's own words")]
pub struct RegisteredKey {
    pub columns: Vec<String>,
    pub references: QName,
    pub referenced_columns: Vec<String>,
    pub on_delete: FkAction,
    pub on_update: FkAction,
    pub name: Option<String>,
}

/// Combines everything that registered itself into one schema, in any order.
pub fn read_registered(mut all: Vec<Registered>) -> Result<Declared, Vec<Diagnostic>> {
    all.sort_by(|a, b| (&a.origin, &a.item).cmp(&(&b.origin, &b.item)));
    let whole = read_for(all.clone(), None);
    match all.iter().any(|one| mentioned_in(&one.item)) {
        true => variants(whole, |dialect| read_for(all.clone(), Some(dialect))),
        false => whole,
    }
}

/// The same for one database.
fn read_for(
    mut all: Vec<Registered>,
    dialect: Option<&'static str>,
) -> Result<Declared, Vec<Diagnostic>> {
    for one in &mut all {
        one.keep(dialect);
    }
    let mut problems = Vec::new();
    let mut models = Vec::new();
    let mut enums = Vec::new();
    let labels = labels_of(&all);
    for one in all {
        let mut findings = Findings::default();
        match syn::parse_str::<syn::Item>(&one.item) {
            Ok(syn::Item::Struct(item)) => {
                let context = Context { whole: true, entity: None };
                if let Some(model) = read_struct(&item, context, &mut findings) {
                    let origin = one.origin.clone();
                    enums.extend(one.enums.iter().map(|item| SettledEnum {
                        item: item.clone(),
                        renames: Vec::new(),
                        origin: origin.clone(),
                    }));
                    models.push(settle(model, one, &labels, &mut enums));
                }
            }
            Ok(syn::Item::Enum(item)) => {
                let decl = read_enum(&item, is_active(&item), true, &mut findings);
                if let Some((item, decl)) = decl.and_then(|d| Some((d.native.clone()?, d))) {
                    enums.push(SettledEnum {
                        item,
                        renames: decl.renames,
                        origin: one.origin.clone(),
                    });
                }
            }
            Ok(_) => {}
            Err(error) => findings.add_syn(error, SYNTAX, ""),
        }
        // Spans in text from a string have no file.
        problems.extend(
            findings
                .0
                .into_iter()
                .map(|finding| Diagnostic { origin: Origin::default(), ..finding.locate("") }),
        );
    }
    if models.is_empty() && problems.is_empty() {
        return Err(vec![no_models(Origin::default(), &[])]);
    }
    place_enums(&mut models, &mut enums);
    let mut declared = assemble(models, enums, &BTreeMap::new(), problems)?;
    // The compiler has accepted all entities, so these are none.
    declared.keyless.clear();
    Ok(declared)
}

/// Whether an enum is an active enum of SeaORM.
pub fn is_active(item: &syn::ItemEnum) -> bool {
    let mut ignored = Findings::default();
    crate::attr::items_of(&item.attrs, "sea_orm", &mut ignored)
        .iter()
        .any(|part| part.key == "db_type" || part.key == "rs_type")
}

/// Renamed values of enums that are not types of the database, by the name of the enum; the
/// types of fields do not contain them.
fn labels_of(all: &[Registered]) -> BTreeMap<String, Vec<Pair<String>>> {
    let mut found: BTreeMap<String, Vec<Pair<String>>> = BTreeMap::new();
    let mut twice: BTreeSet<String> = BTreeSet::new();
    for one in all {
        let Ok(syn::Item::Enum(item)) = syn::parse_str::<syn::Item>(&one.item) else { continue };
        let decl = read_enum(&item, is_active(&item), true, &mut Findings::default());
        let ident = item.ident.to_string();
        let labels = decl.map(|decl| decl.labels).unwrap_or_default();
        if found.insert(ident.clone(), labels).is_some() {
            twice.insert(ident);
        }
    }
    found.retain(|ident, labels| !labels.is_empty() && !twice.contains(ident));
    found
}

/// The name of a field's type, without `Option`.
fn ident_of(ty: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let inner = match &last.arguments {
        syn::PathArguments::AngleBracketed(list) if last.ident == "Option" => {
            list.args.iter().find_map(|it| match it {
                syn::GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    };
    inner.map_or_else(|| Some(last.ident.to_string()), ident_of)
}

fn settle(
    model: crate::model::Model,
    one: Registered,
    labels: &BTreeMap<String, Vec<Pair<String>>>,
    enums: &mut Vec<SettledEnum>,
) -> Settled {
    let mut relabelled = Vec::new();
    let mut resolved = one.types.into_iter();
    let mut types = Vec::new();
    for (field, column) in model.fields.iter().zip(&model.table.columns) {
        let ty = match &field.ty {
            TypeDecl::Rust(ty) => {
                let labels = ident_of(ty).and_then(|ident| labels.get(&ident));
                relabelled.extend(labels.into_iter().flatten().map(|label| Rename::Label {
                    table: model.table.name.clone(),
                    column: column.name.clone(),
                    before: label.before.clone(),
                    after: label.after.clone(),
                }));
                resolved.next()
            }
            TypeDecl::Enum { name, values } => {
                enums.push(SettledEnum {
                    item: EnumType {
                        name: QName::bare(name.clone()),
                        values: values.clone(),
                        comment: None,
                    },
                    renames: Vec::new(),
                    origin: one.origin.clone(),
                });
                None
            }
            TypeDecl::Known(_) | TypeDecl::Array(_) => None,
        };
        types.push(ty.unwrap_or_else(|| column.data_type.clone()));
    }
    let keys = one
        .keys
        .into_iter()
        .map(|key| {
            relation_key(
                &model.table.name,
                key.columns,
                key.references,
                key.referenced_columns,
                RelationActions {
                    name: key.name.as_deref(),
                    on_delete: key.on_delete,
                    on_update: key.on_update,
                },
            )
        })
        .collect();
    Settled { model, types, labels: relabelled, keys, origin: one.origin }
}

/// SeaORM's types have neither the schema nor the comment of their enum; the enum itself has
/// both, if it is registered.
fn place_enums(models: &mut [Settled], enums: &mut [SettledEnum]) {
    let mut places: BTreeMap<String, QName> = BTreeMap::new();
    for found in enums.iter() {
        if found.item.name.schema.is_some() {
            places.insert(found.item.name.name.clone(), found.item.name.clone());
        }
    }
    for ty in models.iter_mut().flat_map(|model| &mut model.types) {
        place(ty, &places);
    }
    for found in enums.iter_mut() {
        if let Some(name) = places.get(&found.item.name.name) {
            found.item.name = name.clone();
        }
    }
    enums.sort_by_key(|found| {
        (found.item.name.clone(), found.item.comment.is_none(), found.origin.clone())
    });
}

fn place(ty: &mut ColumnType, places: &BTreeMap<String, QName>) {
    if let ColumnType::Array(element) = ty {
        place(element, places);
    } else if let ColumnType::Enum(name) = ty
        && name.schema.is_none()
        && let Some(full) = places.get(&name.name)
    {
        *name = full.clone();
    }
}
