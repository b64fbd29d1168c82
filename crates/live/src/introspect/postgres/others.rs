//! Types, relations, and what hangs on them.

use std::collections::BTreeMap;

use autogen_dialect::Dialect;
use autogen_dialect::postgres::{defaults, types};
use autogen_schema::{
    Check, Domain, EnumType, Name, Partitioning, Policy, QName, Routine, RowSecurity, Schema,
    Table, Trigger, View, ViewKind,
};

use super::columns::{expr, named_type};
use super::names::Naming;
use super::rows::{AttachedRow, RelationRow, RoutineRow, TypeRow};
use super::{Building, Buildings};
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
        match row.kind {
            'e' => {
                let values = row.labels.unwrap_or_default();
                schema.add_enum(EnumType { name, values, comment: row.comment });
            }
            'd' => {
                schema.domains.insert(name.clone(), domain(row, name, naming));
            }
            'c' => {
                let message = "a composite type is left as it is";
                schema.unsupported.push(note("U0104", object, message));
            }
            'r' => {
                let message = "a range type is left as it is";
                schema.unsupported.push(note("U0105", object, message));
            }
            _ => {
                let message = "a base type is left as it is";
                schema.unsupported.push(note("U0106", object, message));
            }
        }
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
        base,
        nullable: !row.not_null,
        default: row.default.as_deref().map(|text| defaults::parse(expr(text).as_str())),
        collation: row.collation.and_then(|oid| naming.collations.get(&oid).cloned()),
        checks,
        comment: row.comment,
    }
}

/// Puts views into the schema, and begins the tables.
pub(super) fn relations(
    rows: Vec<RelationRow>,
    naming: &Naming,
    scope: &Scope,
    schema: &mut Schema,
) -> Buildings {
    let mut tables = Buildings::new();
    for row in rows {
        let name = naming.name(&row.schema, row.name.clone());
        if !scope.holds(&name, &naming.default_schema) {
            continue;
        }
        let left = match row.kind {
            'f' => Some(("U0101", "a foreign table is left as it is")),
            'r' if row.inherits => Some(("U0102", "a table that inherits is left as it is")),
            'r' if row.typed => Some(("U0103", "a table of a composite type is left as it is")),
            _ => None,
        };
        if let Some((code, message)) = left {
            schema.unsupported.push(note(code, format!("table {name}"), message));
        } else if row.kind == 'v' || row.kind == 'm' {
            schema.views.insert(name.clone(), view(row, name));
        } else {
            let id = row.id;
            tables.insert(id, Building { table: table(row, name), numbers: Vec::new() });
        }
    }
    tables
}

fn table(row: RelationRow, name: QName) -> Table {
    let mut table = Table::new(name);
    table.options.unlogged = row.unlogged;
    table.options.storage = storage(row.options);
    table.options.tablespace = row.tablespace;
    table.partitioning = row.partition_by.map(|by| Partitioning { by });
    if row.row_security || row.forced {
        let (enabled, forced) = (row.row_security, row.forced);
        table.row_security = Some(RowSecurity { enabled, forced, policies: Vec::new() });
    }
    table.comment = row.comment;
    table
}

fn view(row: RelationRow, name: QName) -> View {
    let (kind, words) = if row.kind == 'm' {
        (ViewKind::Materialized, "MATERIALIZED VIEW")
    } else {
        (ViewKind::Plain, "VIEW")
    };
    let options = storage(row.options);
    let options: Vec<String> =
        options.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let with =
        if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    let query = row.definition.unwrap_or_default();
    let query = query.trim().trim_end_matches(';');
    let definition =
        format!("CREATE {words} {}{with} AS\n{query}", Dialect::Postgres.quote_name(&name));
    View { name, kind, definition, comment: row.comment }
}

/// Puts triggers and policies into their tables.
pub(super) fn attached(
    rows: Vec<AttachedRow>,
    naming: &Naming,
    scope: &Scope,
    tables: &mut Buildings,
    schema: &mut Schema,
) {
    for row in rows {
        let relation = naming.name(&row.schema, row.relation_name.clone());
        let object = format!("{} {} of {relation}", row.what, row.name);
        let Some(building) = tables.get_mut(&row.relation) else {
            let of_view = row.relation_kind == 'v' || row.relation_kind == 'm';
            if of_view && scope.holds(&relation, &naming.default_schema) {
                let message = format!("a {} of a view is left as it is", row.what);
                schema.unsupported.push(note("U0113", object, &message));
            }
            continue;
        };
        match row.what.as_str() {
            "trigger" => {
                if row.unusual {
                    let message = "the trigger is disabled, or enabled for replication; that it \
                                   is so is left as it is";
                    schema.unsupported.push(note("U0112", object, message));
                }
                building.table.triggers.push(Trigger {
                    name: row.name,
                    definition: row.definition.unwrap_or_default(),
                    comment: row.comment,
                });
            }
            "policy" => {
                let policy = Policy { name: row.name.clone(), definition: policy(&row, &relation) };
                let security = building.table.row_security.get_or_insert_default();
                security.policies.push(policy);
                security.policies.sort();
            }
            _ => {
                schema.unsupported.push(note("U0114", object, "a rule is left as it is"));
            }
        }
    }
}

/// The statement that creates a policy.
fn policy(row: &AttachedRow, table: &QName) -> String {
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
    if row.unusual {
        text.push_str(" AS RESTRICTIVE");
    }
    text.push_str(&format!(" FOR {command}"));
    let roles = row.roles.clone().unwrap_or_default();
    text.push_str(&format!(" TO {}", roles.join(", ")));
    if let Some(using) = &row.using {
        text.push_str(&format!(" USING ({})", expr(using)));
    }
    if let Some(check) = &row.check {
        text.push_str(&format!(" WITH CHECK ({})", expr(check)));
    }
    text
}

pub(super) fn routines(rows: Vec<RoutineRow>, naming: &Naming, schema: &mut Schema) {
    for row in rows {
        let name = naming.name(&row.schema, row.name.clone());
        let object = format!("{} {}", row.what, row.name);
        match row.what.as_str() {
            "function" | "procedure" => schema.routines.push(Routine {
                name,
                arguments: row.arguments,
                definition: row.definition.unwrap_or_default().trim_end().to_owned(),
                comment: row.comment,
            }),
            "aggregate" => {
                let object = format!("aggregate {name}({})", row.arguments);
                schema.unsupported.push(note("U0115", object, "an aggregate is left as it is"));
            }
            "statistics" => {
                let message = "extended statistics are left as they are";
                schema.unsupported.push(note("U0116", format!("statistics {name}"), message));
            }
            _ => {
                let message = "an event trigger is left as it is";
                schema.unsupported.push(note("U0117", object, message));
            }
        }
    }
}
