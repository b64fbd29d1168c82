//! Combines models whose types and keys are resolved into one [`Declared`].

use std::collections::BTreeMap;

use autogen_schema::{
    Bearing, ColumnType, Declared, DeclaredObject, EnumType, Fill, ForeignKey, Name, Namespace,
    Origin, QName, Rename, Table, Unread, Using, View, ViewKind, counted,
};

use crate::codes::{NO_MODELS, NO_PARENT, TWO_ENUMS, TWO_MODELS, UNKNOWN_COLUMN};
use crate::diagnostic::{Diagnostic, Findings, suggest};
use crate::model::{Model, NamedKey};
use crate::read_struct::settle;

/// A model whose types are known.
#[derive(Debug)]
pub struct Settled {
    /// The model.
    pub model: Model,
    /// The types of its columns, in their order.
    pub types: Vec<ColumnType>,
    /// Renamed values of enums that rows hold as text or numbers.
    pub labels: Vec<Rename>,
    /// The foreign keys of its relations.
    pub keys: Vec<ForeignKey>,
    /// Where it was declared.
    pub origin: Origin,
}

/// A native enum that some column uses or that derives `Autogen`.
#[derive(Debug)]
pub struct SettledEnum {
    /// The enum.
    pub item: EnumType,
    /// The renames that it declares.
    pub renames: Vec<Rename>,
    /// Where it was declared.
    pub origin: Origin,
}

/// Combines everything into one schema.
///
/// `others` are tables that foreign keys may reference although they are not part of the
/// result: models outside the requested folder.
pub fn assemble(
    models: Vec<Settled>,
    enums: Vec<SettledEnum>,
    others: &BTreeMap<QName, Vec<String>>,
    mut problems: Vec<Diagnostic>,
) -> Result<Declared, Vec<Diagnostic>> {
    let mut declared = Declared::default();
    if models.is_empty() && problems.is_empty() {
        return Err(vec![no_models(Origin::default(), &[])]);
    }
    add_enums(&mut declared, enums, &mut problems);
    let mut named: Vec<(QName, NamedKey, Origin)> = Vec::new();
    let (skipped, models): (Vec<_>, Vec<_>) = models.into_iter().partition(|one| one.model.skip);
    let mut others = others.clone();
    for one in skipped {
        let table = one.model.table;
        if let Some((kind, query)) = one.model.view {
            add_view(&mut declared, &table, kind, &query, one.origin, &mut problems);
            continue;
        }
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        others.insert(table.name.clone(), columns);
        declared.skipped.insert(table.name);
    }
    for settled in models {
        add_model(&mut declared, settled, &mut named, &mut problems);
    }
    for (table, key, origin) in named {
        add_named_key(&mut declared, &table, key, origin, &others, &mut problems);
    }
    if !problems.is_empty() {
        problems.sort();
        problems.dedup();
        return Err(problems);
    }
    declared.schema.reform_tables(autogen_schema::Table::sort);
    add_namespaces(&mut declared);
    declared.renames.sort();
    declared.renames.dedup();
    declared.fills.sort();
    declared.usings.sort();
    Ok(declared)
}

/// Adds the view that a struct declares.
fn add_view(
    declared: &mut Declared,
    table: &Table,
    kind: ViewKind,
    query: &str,
    origin: Origin,
    problems: &mut Vec<Diagnostic>,
) {
    let name = &table.name;
    if let Some(first) = declared.origins.get(name) {
        problems.push(Diagnostic {
            code: TWO_MODELS,
            message: format!("a second model of `{name}`"),
            hint: format!("the first one is in {}:{}", first.file, first.line),
            origin,
        });
        return;
    }
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let schema = name.schema.as_deref().map(|schema| format!("{}.", quoted(schema)));
    let query = query.trim().trim_end_matches(';');
    let definition = format!(
        "CREATE {} {}{} AS {query}",
        kind.words(),
        schema.unwrap_or_default(),
        quoted(&name.name)
    );
    let mut view = View::new(name.clone(), kind, definition);
    view.comment.clone_from(&table.comment);
    declared.origins.insert(name.clone(), origin.clone());
    declared.places.insert(DeclaredObject::View(name.clone()), origin);
    declared.schema.views.insert(name.clone(), view);
}

/// How many unread places the error for "no models" names.
const NAMED: usize = 5;

/// The error for no models; it names what may be a model: the likely ones, or else all.
pub(crate) fn no_models(origin: Origin, unread: &[Unread]) -> Diagnostic {
    let (likely, others): (Vec<&Unread>, Vec<&Unread>) =
        unread.iter().partition(|it| it.bearing == Bearing::Likely);
    let told = if likely.is_empty() { others } else { likely };
    let mut lines: Vec<String> =
        told.iter().take(NAMED).map(|it| format!("\n  not read: {it}")).collect();
    let more = told.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("\n  not read: {}", counted(more, "more place")));
    }
    Diagnostic {
        origin,
        code: NO_MODELS,
        message: format!("no models found{}", lines.concat()),
        hint: "a model derives `Autogen` or `DeriveEntityModel`, and its module is declared \
               with `mod` from the crate's root"
            .to_owned(),
    }
}

fn add_enums(declared: &mut Declared, enums: Vec<SettledEnum>, problems: &mut Vec<Diagnostic>) {
    let mut origins: BTreeMap<QName, Origin> = BTreeMap::new();
    for found in enums {
        let name = found.item.name.clone();
        declared.renames.extend(found.renames);
        if let Some(before) = declared.schema.enums.get(&name) {
            // An enum that only a `column_type` names has no labels.
            if before.values.is_empty() {
                declared.schema.add_enum(found.item);
            } else if !found.item.values.is_empty() && before.values != found.item.values {
                let first = origins.get(&name).cloned().unwrap_or_default();
                problems.push(Diagnostic {
                    origin: found.origin,
                    code: TWO_ENUMS,
                    message: format!("another enum `{name}` has other labels"),
                    hint: format!("the first one is in {}:{}", first.file, first.line),
                });
            }
            continue;
        }
        origins.insert(name, found.origin);
        declared.schema.add_enum(found.item);
    }
}

fn add_model(
    declared: &mut Declared,
    settled: Settled,
    named: &mut Vec<(QName, NamedKey, Origin)>,
    problems: &mut Vec<Diagnostic>,
) {
    let Settled { mut model, types, labels, keys, origin } = settled;
    let name = model.table.name.clone();
    if let Some(first) = declared.origins.get(&name) {
        problems.push(Diagnostic {
            code: TWO_MODELS,
            message: format!("`{}` is a second model of the table `{name}`", model.ident),
            hint: format!("the first one is in {}:{}", first.file, first.line),
            origin,
        });
        return;
    }
    let mut findings = Findings::default();
    for ((column, field), ty) in model.table.columns.iter_mut().zip(&model.fields).zip(types) {
        settle(column, field, ty, &mut findings);
        if !model.whole && !field.explicit {
            let inferred = declared.inferred.entry(name.clone()).or_default();
            inferred.insert(column.name.clone());
        }
    }
    let located = findings.0.into_iter();
    problems.extend(located.map(|finding| finding.locate(&origin.file)));
    for key in keys {
        add_key(&mut model.table.foreign_keys, key);
    }
    for key in model.foreign_keys {
        named.push((name.clone(), key, origin.clone()));
    }
    let table = |(column, expr)| (name.clone(), column, expr);
    declared.fills.extend(model.fills.into_iter().map(table).map(|(table, column, expr)| Fill {
        table,
        column,
        expr,
    }));
    let table = |(column, expr)| (name.clone(), column, expr);
    declared.usings.extend(
        model.usings.into_iter().map(table).map(|(table, column, expr)| Using {
            table,
            column,
            expr,
        }),
    );
    declared.renames.extend(model.renames);
    declared.renames.extend(labels);
    if !model.whole {
        declared.partial.insert(name.clone());
    }
    if model.entity && model.table.primary_key.is_none() {
        declared.keyless.insert(name.clone());
    }
    declared.schema.add_table(model.table);
    declared.origins.insert(name, origin);
}

/// Adds a key unless there is one of the same structure; an explicit name wins.
fn add_key(keys: &mut Vec<ForeignKey>, key: ForeignKey) {
    let same = |other: &ForeignKey| {
        other.columns == key.columns
            && other.references == key.references
            && (other.referenced_columns == key.referenced_columns
                || other.referenced_columns.is_empty()
                || key.referenced_columns.is_empty())
    };
    match keys.iter().position(same) {
        Some(at) if key.name.is_enforced() || !keys[at].name.is_enforced() => keys[at] = key,
        Some(_) => {}
        None => keys.push(key),
    }
}

fn add_named_key(
    declared: &mut Declared,
    table: &QName,
    named: NamedKey,
    origin: Origin,
    others: &BTreeMap<QName, Vec<String>>,
    problems: &mut Vec<Diagnostic>,
) {
    let NamedKey { span, mut key, external } = named;
    let place =
        if span.start().line > 0 { crate::diagnostic::origin(&origin.file, span) } else { origin };
    let parent = declared.schema.tables.get(&key.references);
    let columns: Option<Vec<String>> = parent
        .map(|parent| parent.columns.iter().map(|c| c.name.clone()).collect())
        .or_else(|| others.get(&key.references).cloned());
    match columns {
        _ if external => {}
        None => {
            let known: Vec<String> =
                declared.schema.tables.keys().map(ToString::to_string).collect();
            let near = suggest(&key.references.to_string(), known.iter().map(String::as_str));
            problems.push(Diagnostic {
                origin: place,
                code: NO_PARENT,
                message: format!("no model declares the table `{}`", key.references),
                hint: if near.is_empty() {
                    "correct the name, or add `external` if the table belongs to another \
                     application"
                        .to_owned()
                } else {
                    near
                },
            });
            return;
        }
        Some(columns) => {
            for column in &key.referenced_columns {
                if !columns.contains(column) {
                    let near = suggest(column, columns.iter().map(String::as_str));
                    problems.push(Diagnostic {
                        origin: place.clone(),
                        code: UNKNOWN_COLUMN,
                        message: format!("`{}` has no column `{column}`", key.references),
                        hint: if near.is_empty() {
                            "name a column of that table".to_owned()
                        } else {
                            near
                        },
                    });
                }
            }
        }
    }
    if key.referenced_columns.is_empty()
        && let Some(primary) = parent.and_then(|parent| parent.primary_key.as_ref())
        && primary.columns.len() == key.columns.len()
    {
        // Only SQLite allows a key without referenced columns; explicit ones work everywhere.
        key.referenced_columns = primary.columns.iter().map(|part| part.column.clone()).collect();
    }
    if let Some(table) = declared.schema.table_mut(table) {
        replace_key(&mut table.foreign_keys, key);
    }
}

/// A foreign key that is declared by name replaces the relation's, unless that has another name:
/// then the table has both.
fn replace_key(keys: &mut Vec<ForeignKey>, key: ForeignKey) {
    let both = |other: &ForeignKey| {
        other.name.is_enforced() && key.name.is_enforced() && other.name != key.name
    };
    keys.retain(|other| !other.same_ends(&key) || both(other));
    keys.push(key);
}

/// Adds the schemas that objects name.
fn add_namespaces(declared: &mut Declared) {
    let tables = declared.schema.tables.keys();
    let names: Vec<String> =
        tables.chain(declared.schema.enums.keys()).filter_map(|name| name.schema.clone()).collect();
    for name in names {
        declared.schema.namespaces.insert(name.clone(), Namespace { name, comment: None });
    }
}

/// The foreign key of a relation.
pub fn relation_key(
    table: &QName,
    columns: Vec<String>,
    references: QName,
    referenced_columns: Vec<String>,
    relation: RelationActions<'_>,
) -> ForeignKey {
    let name = match relation.name {
        Some(name) => Name::exact(name),
        None => Name::proposed(crate::table_attr::key_name(&table.name, &columns)),
    };
    let mut key = ForeignKey::new(name, &[], references, &[]);
    key.columns = columns;
    key.referenced_columns = referenced_columns;
    key.on_delete = relation.on_delete;
    key.on_update = relation.on_update;
    key
}

/// What a relation declares in addition to its columns.
#[derive(Debug, Clone, Copy)]
pub struct RelationActions<'a> {
    /// The explicit name.
    pub name: Option<&'a str>,
    /// `ON DELETE`.
    pub on_delete: autogen_schema::FkAction,
    /// `ON UPDATE`.
    pub on_update: autogen_schema::FkAction,
}
