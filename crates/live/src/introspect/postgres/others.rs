//! Types, relations, and the objects on them.

use std::collections::BTreeMap;

use autogen_dialect::postgres::{defaults, types};
use autogen_dialect::{Dialect, argument_types, statistics};
use autogen_schema::{
    Access, Carrier, Check, Collation, CollationProvider, Domain, EnumType, Firing, Metadata, Name,
    Partition, PartitionNames, Partitioning, Policy, QName, Reads, Routine, RoutineKind,
    RowSecurity, Schema, Statistics, Table, Trigger, View, ViewKind,
};

use super::columns::{expr, named_type};
use super::left::{attribute, lies_in};
use super::names::Naming;
use super::rows::{
    AttachedRow, CollationRow, PartitionRow, ReadRow, RelationRow, RoutineRow, TypeRow,
};
use super::{Building, Buildings, Views};
use crate::Scope;
use crate::introspect::note;

/// Storage parameters from `key=value` texts.
pub(super) fn storage(options: Option<Vec<String>>) -> BTreeMap<String, String> {
    options
        .unwrap_or_default()
        .iter()
        .filter_map(|option| option.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

pub(super) fn types(rows: Vec<TypeRow>, naming: &Naming, schema: &mut Schema) {
    for row in rows {
        let name = naming.name(&row.schema, row.name.clone());
        let object = format!("type {name}");
        if !matches!(row.kind, 'e' | 'd') {
            lies_in(schema, &row.schema, object.clone());
        }
        match row.kind {
            'e' => {
                let values = row.labels.unwrap_or_default();
                schema.add_enum(EnumType { name, values, comment: row.comment });
            }
            'd' => {
                schema.domains.insert(name.clone(), domain(row, name, naming));
            }
            'c' => {
                let message = "a composite type is not compared";
                schema.unsupported.push(note("U0104", object, message));
            }
            'r' => {
                let message = "a range type is not compared";
                schema.unsupported.push(note("U0105", object, message));
            }
            _ => {
                let message = "a base type is not compared";
                schema.unsupported.push(note("U0106", object, message));
            }
        }
    }
}

pub(super) fn collation(row: CollationRow, naming: &Naming) -> Collation {
    Collation {
        name: naming.name(&row.schema, row.name),
        provider: match row.provider {
            'i' => CollationProvider::Icu,
            'b' => CollationProvider::Builtin,
            _ => CollationProvider::Libc,
        },
        locale: row.locale.unwrap_or_default(),
        ctype: row.ctype,
        nondeterministic: !row.deterministic,
        rules: row.rules,
        comment: row.comment,
    }
}

fn domain(row: TypeRow, name: QName, naming: &Naming) -> Domain {
    let (base_schema, base_name) = (row.base_schema.as_deref(), row.base_name.as_deref());
    let base = named_type(row.base_kind, base_schema, base_name, naming)
        .unwrap_or_else(|| types::parse(row.base.as_deref().unwrap_or_default()));
    let checks = row.checks.unwrap_or_default().into_iter().map(|check| Check {
        name: Name::Exact(check.name),
        expr: expr(&check.expr),
        not_valid: !check.validated,
        no_inherit: false,
        not_enforced: false,
        comment: check.comment,
    });
    let mut checks: Vec<Check> = checks.collect();
    checks.sort();
    Domain {
        name,
        nullable: !row.not_null,
        default: row.default.as_deref().map(|text| defaults::parse(expr(text).as_str(), &base)),
        base,
        collation: row.collation.and_then(|oid| naming.collations.get(&oid).cloned()),
        checks,
        comment: row.comment,
    }
}

/// Adds views to the schema, and starts the tables.
pub(super) fn relations(
    rows: Vec<RelationRow>,
    naming: &Naming,
    scope: &Scope,
    schema: &mut Schema,
) -> (Buildings, Views) {
    let mut tables = Buildings::new();
    let mut views = Vec::new();
    for row in rows {
        let name = naming.name(&row.schema, row.name.clone());
        if !scope.holds(&name, &naming.default_schema) {
            let kind = if matches!(row.kind, 'v' | 'm') { "view" } else { "table" };
            lies_in(schema, &row.schema, format!("{kind} {name}"));
            continue;
        }
        let left = match row.kind {
            'f' => Some(("U0101", "a foreign table is not compared")),
            'r' if row.inherits => Some(("U0102", "a table that inherits is not compared")),
            'r' if row.typed => Some(("U0103", "a table of a composite type is not compared")),
            _ => None,
        };
        if let Some((code, message)) = left {
            lies_in(schema, &row.schema, format!("table {name}"));
            schema.unsupported.push(note(code, format!("table {name}"), message));
        } else if row.kind == 'v' || row.kind == 'm' {
            views.push((row.id, view(row, name, naming)));
        } else {
            if let Some(heirs) = &row.heirs {
                let message = format!(
                    "other tables inherit from it ({}), and so it is never dropped",
                    heirs.join(", ")
                );
                schema.unsupported.push(note("U0119", format!("table {name}"), &message));
            }
            let id = row.id;
            let table = table(row, name, naming, &mut tables);
            tables.insert(id, Building::new(table));
        }
    }
    (tables, views.into_iter().collect())
}

/// A table without the objects on it; its partitions become tables to be read.
fn table(row: RelationRow, name: QName, naming: &Naming, partitions: &mut Buildings) -> Table {
    let mut table = Table::new(name);
    table.options.unlogged = row.unlogged;
    table.options.storage = storage(row.options);
    table.options.tablespace = row.tablespace;
    if let Some(by) = row.partition_by {
        let mut rows: BTreeMap<i64, Vec<PartitionRow>> = BTreeMap::new();
        for partition in row.partitions.unwrap_or_default() {
            rows.entry(partition.parent).or_default().push(partition);
        }
        for partition in rows.values().flatten() {
            partitions.insert(partition.id, own(partition, row.id, naming));
        }
        table.partitioning = Some(partitioning(by, row.id, &mut rows, naming));
    }
    table.row_security = security(row.row_security, row.forced);
    table.comment = row.comment;
    table
}

fn security(enabled: bool, forced: bool) -> Option<RowSecurity> {
    RowSecurity { enabled, forced, policies: Vec::new() }.settled()
}

/// The own objects of a partition, still empty.
fn own(row: &PartitionRow, root: i64, naming: &Naming) -> Building {
    let mut table = Table::new(naming.name(&row.schema, row.name.clone()));
    table.row_security = security(row.row_security, row.forced);
    Building { root: Some(root), ..Building::new(table) }
}

/// Adds the own objects to partitions.
pub(super) fn own_objects(tables: &mut Buildings) {
    let owned: Vec<(i64, Table)> = tables
        .extract_if(.., |_, building| building.root.is_some())
        .filter_map(|(_, building)| Some((building.root?, building.table)))
        .collect();
    for (root, mut own) in owned {
        own.columns.clear();
        let root = tables.get_mut(&root).and_then(|it| it.table.partitioning.as_mut());
        if let Some(partition) = root.and_then(|table| table.partition_mut(&own.name)) {
            *partition.own = own;
        }
    }
}

fn partitioning(
    by: String,
    of: i64,
    rows: &mut BTreeMap<i64, Vec<PartitionRow>>,
    naming: &Naming,
) -> Partitioning {
    let mut made = Partitioning::new(by);
    for row in rows.remove(&of).unwrap_or_default() {
        let name = naming.name(&row.schema, row.name);
        let below = row.partition_by.map(|by| partitioning(by, row.id, rows, naming));
        let names = PartitionNames {
            indexes: row.indexes.into_iter().flatten().collect(),
            foreign_keys: row.foreign_keys.into_iter().flatten().collect(),
        };
        made.partitions.push(Partition {
            partitioning: below,
            comment: row.comment,
            names: Metadata(names),
            ..Partition::new(name, row.bound)
        });
    }
    made
}

fn view(row: RelationRow, name: QName, naming: &Naming) -> View {
    let kind = if row.kind == 'm' { ViewKind::Materialized } else { ViewKind::Plain };
    let options = storage(row.options);
    let options: Vec<String> =
        options.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let with =
        if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    let query = naming.text(row.definition.unwrap_or_default().trim().trim_end_matches(';'));
    let (words, quoted) = (kind.words(), Dialect::Postgres.quote_name(&name));
    let definition = format!("CREATE {words} {quoted}{with} AS\n{query}");
    let mut view = View::new(name, kind, definition);
    view.comment = row.comment;
    let mut columns = Vec::new();
    for (column, data_type, comment) in row.columns.unwrap_or_default() {
        if let Some(text) = comment {
            view.column_comments.insert(column.clone(), text);
        }
        columns.push((column, naming.text(&data_type)));
    }
    view.columns = Metadata(Some(columns));
    view.access = Metadata(row.access.map(Access::from).unwrap_or_default());
    view.reads = Metadata(Some(reads(row.reads.unwrap_or_default(), naming)));
    view
}

fn reads(rows: Vec<ReadRow>, naming: &Naming) -> Reads {
    let mut reads = Reads::default();
    for (kind, schema, name, column) in rows {
        let name = naming.name(&schema, name);
        match (kind.as_str(), column) {
            ("routine", _) => {
                reads.routines.insert(name);
            }
            ("type", _) => {
                reads.types.insert(name);
            }
            (_, Some(column)) => {
                reads.relations.insert(name.clone());
                reads.columns.insert((name, column));
            }
            (_, None) => {
                reads.relations.insert(name);
            }
        }
    }
    reads
}

/// Adds triggers and policies to their tables.
pub(super) fn attached(
    rows: Vec<AttachedRow>,
    naming: &Naming,
    scope: &Scope,
    tables: &mut Buildings,
    views: &mut Views,
    schema: &mut Schema,
) {
    for row in rows {
        let relation = naming.name(&row.schema, row.relation_name.clone());
        let object = format!("{} {} of {relation}", row.what, row.name);
        if row.what == "trigger" {
            let triggers = match (tables.get_mut(&row.relation), views.get_mut(&row.relation)) {
                (Some(building), _) => &mut building.table.triggers,
                (None, Some(view)) => &mut view.triggers,
                (None, None) => continue,
            };
            let definition = naming.text(&row.definition.unwrap_or_default());
            let firing = match row.firing {
                Some('D') => Firing::Disabled,
                Some('R') => Firing::Replica,
                Some('A') => Firing::Always,
                _ => Firing::Origin,
            };
            let trigger = Trigger::new(row.name, definition);
            triggers.push(Trigger { firing, comment: row.comment, ..trigger });
            continue;
        }
        let Some(building) = tables.get_mut(&row.relation) else {
            let of_view = row.relation_kind == 'v' || row.relation_kind == 'm';
            if of_view && scope.holds(&relation, &naming.default_schema) {
                let message = format!("a {} of a view is not compared", row.what);
                let carrier = Carrier::View(relation);
                attribute(schema, object.clone(), message.clone(), carrier);
                schema.unsupported.push(note("U0113", object, &message));
            }
            continue;
        };
        match row.what.as_str() {
            "policy" => {
                let policy = Policy {
                    name: row.name.clone(),
                    definition: policy(&row, &relation, naming),
                    comment: row.comment,
                    source: Metadata(None),
                };
                let security = building.table.row_security.get_or_insert_default();
                security.policies.push(policy);
                security.policies.sort();
            }
            _ => {
                schema.unsupported.push(note("U0114", object, "a rule is not compared"));
            }
        }
    }
}

/// The statement that creates a policy.
fn policy(row: &AttachedRow, table: &QName, naming: &Naming) -> String {
    let dialect = Dialect::Postgres;
    let command = match row.command.as_deref() {
        Some("r") => "SELECT",
        Some("a") => "INSERT",
        Some("w") => "UPDATE",
        Some("d") => "DELETE",
        _ => "ALL",
    };
    let mut text =
        format!("CREATE POLICY {} ON {}", dialect.quote(&row.name), dialect.quote_name(table));
    if row.restrictive {
        text.push_str(" AS RESTRICTIVE");
    }
    text.push_str(&format!(" FOR {command}"));
    let roles = row.roles.clone().unwrap_or_default();
    text.push_str(&format!(" TO {}", roles.join(", ")));
    if let Some(using) = &row.using {
        text.push_str(&format!(" USING ({})", naming.text(expr(using).as_str())));
    }
    if let Some(check) = &row.check {
        text.push_str(&format!(" WITH CHECK ({})", naming.text(expr(check).as_str())));
    }
    text
}

pub(super) fn routines(rows: Vec<RoutineRow>, naming: &Naming, schema: &mut Schema) {
    for row in rows {
        let name = naming.name(&row.schema, row.name.clone());
        let object = format!("{} {}", row.what, row.name);
        match row.what.as_str() {
            "aggregate" if row.definition.is_none() => {
                let object = format!("aggregate {name}({})", row.arguments);
                let message = "an aggregate of this kind is not compared";
                schema.unsupported.push(note("U0115", object, message));
            }
            "function" | "procedure" | "aggregate" => {
                let definition = naming.text(row.definition.unwrap_or_default().trim_end());
                let rest = definition.strip_prefix("CREATE OR REPLACE ");
                let kind = match row.what.as_str() {
                    "procedure" => RoutineKind::Procedure,
                    "aggregate" => RoutineKind::Aggregate,
                    _ => RoutineKind::Function,
                };
                schema.routines.push(Routine {
                    name,
                    arguments: argument_types(&naming.text(&row.arguments), kind).join(", "),
                    kind,
                    definition: rest.map_or(definition.clone(), |rest| format!("CREATE {rest}")),
                    comment: row.comment,
                    source: Metadata(None),
                    access: Metadata(row.access.map(Access::from).unwrap_or_default()),
                });
            }
            "statistics" => {
                let text = naming.text(row.definition.as_deref().unwrap_or_default());
                let target = row.arguments.parse::<i32>().ok().filter(|target| *target >= 0);
                match statistics(&text) {
                    Some(read) => {
                        let made =
                            Statistics { name: name.clone(), target, comment: row.comment, ..read };
                        schema.statistics.insert(name, made);
                    }
                    None => {
                        let message = "extended statistics of this kind are not compared";
                        let object = format!("statistics {name}");
                        schema.unsupported.push(note("U0116", object, message));
                    }
                }
            }
            _ => {
                let message = "an event trigger is not compared";
                schema.unsupported.push(note("U0117", object, message));
            }
        }
    }
}
