//! The limits of a database that a schema must satisfy.

use std::collections::BTreeSet;
use std::fmt::Display;

use autogen_dialect::{Dialect, Refusal};
use autogen_schema::{ForeignKey, IndexKey, QName, Routine, Schema, Table, Trigger, ViewKind};

use crate::detach;

/// Everything in a canonical schema that the database would reject, or silently truncate.
pub(crate) fn problems(dialect: Dialect, schema: &Schema) -> Vec<Refusal> {
    let mut found = Vec::new();
    for item in schema.enums.values() {
        too_long(dialect, "enum", &item.name.name, &item.name, &mut found);
    }
    for table in schema.tables.values() {
        check_table(dialect, schema, table, &mut found);
    }
    for view in schema.views.values() {
        let name = &view.name;
        too_long(dialect, "view", &name.name, name, &mut found);
        hung(dialect, name, &view.triggers, &mut found);
        if view.kind == ViewKind::Materialized && !dialect.has_schemas() {
            found.push(Refusal {
                code: "A0704",
                object: name.to_string(),
                message: format!("{dialect} has no materialized views"),
                hint: "declare a plain view".to_owned(),
            });
        }
    }
    for routine in &schema.routines {
        let name = &routine.name;
        too_long(dialect, "function", &name.name, name, &mut found);
    }
    found
}

fn hung(dialect: Dialect, on: &QName, triggers: &[Trigger], found: &mut Vec<Refusal>) {
    for trigger in triggers {
        too_long(dialect, "trigger", &trigger.name, &format_args!("{on}.{}", trigger.name), found);
    }
}

/// Tables that are kept although they are not declared, and that reference a dropped one.
pub(crate) fn left_referring(
    dialect: Dialect,
    before: &Schema,
    declared: &Schema,
    target: &Schema,
) -> Vec<Refusal> {
    let partitions = detach::partitions(dialect, target);
    let goes = |name: &QName| {
        let stays = target.tables.contains_key(name) || partitions.contains(name);
        before.tables.contains_key(name) && !stays
    };
    let kept = target.tables.values().filter(|it| !declared.tables.contains_key(&it.name));
    let keys = kept.flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
    keys.filter(|(_, key)| goes(&key.references))
        .map(|(table, key)| Refusal {
            code: "A0418",
            object: key.references.to_string(),
            message: format!(
                "it would be dropped, but {}, which no model names, references it",
                table.name
            ),
            hint: format!(
                "drop the foreign key by hand first, or keep the model; `--drop {}` drops that \
                 table as well",
                table.name
            ),
        })
        .collect()
}

/// New foreign keys to columns by which no row can be found: the database refuses them, or each
/// write to the table (SQLite).
pub(crate) fn unguarded(dialect: Dialect, before: &Schema, target: &Schema) -> Vec<Refusal> {
    let mut found = Vec::new();
    for (table, current) in target.tables_beside(before) {
        let is_new = |key: &&ForeignKey| {
            !current.is_some_and(|table| table.foreign_keys.iter().any(|it| it.same_ends(key)))
        };
        for key in table.foreign_keys.iter().filter(is_new) {
            let Some(parent) = target.tables.get(&key.references) else { continue };
            if dialect.can_be_referenced(parent, &key.referenced_columns) {
                continue;
            }
            let columns = key.referenced_columns.join(", ");
            found.push(Refusal {
                code: "A0437",
                object: format!("{}.{}", table.name, key.name),
                message: format!("it references {}({columns}), which is not unique", parent.name),
                hint: "make these columns unique; or, where the database should have no foreign \
                       key, add `skip_fk` to the relation"
                    .to_owned(),
            });
        }
    }
    found
}

/// Declared objects whose name in the database belongs to an object that autogen cannot
/// represent, and must not change.
pub(crate) fn claimed(before: &Schema, wanted: &Schema) -> Vec<Refusal> {
    let new = wanted.tables.keys().filter(|name| !before.tables.contains_key(*name));
    let names: Vec<String> = new.map(|name| format!(" {name}")).collect();
    let new = wanted.routines.iter().filter(|routine| {
        let same = |other: &Routine| other.key() == routine.key();
        !before.routines.iter().any(same)
    });
    let labels: Vec<String> = new
        .map(|routine| format!("{} {}", routine.kind.words().to_lowercase(), routine.name))
        .collect();
    let claims = before.unsupported.iter().filter_map(|item| {
        let by_file = labels.contains(&item.object);
        // These are dropped together with their table.
        let goes_along = item.code == "U0121" || item.object.starts_with("name of index ");
        let by_model = names.iter().any(|name| item.object.ends_with(name.as_str()));
        match (by_file, by_model && !goes_along) {
            (true, _) => Some((item, "an .sql file", "remove the statement from the file")),
            (false, true) if item.code == "U0128" => Some((
                item,
                "a table",
                "it is now a partition: drop what only it has first, or detach it by hand",
            )),
            (false, true) => Some((item, "a model", "exclude the model with #[autogen(skip)]")),
            (false, false) => None,
        }
    });
    claims
        .map(|(item, who, hint)| Refusal {
            code: "A0414",
            object: item.object.clone(),
            message: format!("{who} declares it, but it can't be changed: {}", item.message),
            hint: hint.to_owned(),
        })
        .collect()
}

fn check_table(dialect: Dialect, schema: &Schema, table: &Table, found: &mut Vec<Refusal>) {
    let name = &table.name;
    too_long(dialect, "table", &name.name, name, found);
    let (count, most) = (table.columns.len(), dialect.max_columns());
    if count > most {
        found.push(Refusal {
            code: "A0416",
            object: name.to_string(),
            message: format!("it has {count} columns; {dialect} takes {most}"),
            hint: "put some of them into a second table, or into one column of JSON".to_owned(),
        });
    }
    let mut seen = BTreeSet::new();
    for column in &table.columns {
        let object = format_args!("{name}.{}", column.name);
        too_long(dialect, "column", &column.name, &object, found);
        if !seen.insert(&column.name) {
            found.push(Refusal {
                code: "A0413",
                object: object.to_string(),
                message: "two columns have this name".to_owned(),
                hint: "rename one of the fields, or its `column_name`".to_owned(),
            });
        }
    }
    for (kind, constraint) in table.constraint_names() {
        let text = constraint.text().unwrap_or_default();
        too_long(dialect, kind, text, &format_args!("{name}.{text}"), found);
    }
    for index in &table.indexes {
        let text = index.name.text().unwrap_or_default();
        let object = format_args!("{name}.{text}");
        too_long(dialect, "index", text, &object, found);
        for part in &index.parts {
            if let IndexKey::Column(column) = &part.key {
                known_column(table, column, &object, found);
            }
        }
        index.include.iter().for_each(|column| known_column(table, column, &object, found));
    }
    hung(dialect, name, &table.triggers, found);
    for policy in table.row_security.iter().flat_map(|security| &security.policies) {
        let object = format_args!("{name}.{}", policy.name);
        too_long(dialect, "policy", &policy.name, &object, found);
    }
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let parts = key.chain(table.uniques.iter().flat_map(|unique| &unique.columns));
    for part in parts {
        known_column(table, &part.column, name, found);
    }
    for key in &table.foreign_keys {
        let object = format_args!("{name}.{}", key.name);
        key.columns.iter().for_each(|column| known_column(table, column, &object, found));
        let Some(target) = schema.tables.get(&key.references) else { continue };
        for column in &key.referenced_columns {
            known_column(target, column, &object, found);
        }
        if target.options.unlogged && !table.options.unlogged {
            found.push(Refusal {
                code: "A0415",
                object: object.to_string(),
                message: format!("{name} references {}, which is UNLOGGED", target.name),
                hint: "make both UNLOGGED, or neither".to_owned(),
            });
        }
    }
}

fn known_column(table: &Table, column: &str, object: &dyn Display, found: &mut Vec<Refusal>) {
    if table.column(column).is_none() {
        found.push(Refusal {
            code: "A0411",
            object: object.to_string(),
            message: format!("table {} has no column {column}", table.name),
            hint: "use the column's name in the database, not the Rust field".to_owned(),
        });
    }
}

fn too_long(
    dialect: Dialect,
    kind: &str,
    name: &str,
    object: &dyn Display,
    found: &mut Vec<Refusal>,
) {
    let Some(max) = dialect.max_name().filter(|max| name.len() > *max) else { return };
    found.push(Refusal {
        code: "A0412",
        object: object.to_string(),
        message: format!(
            "the {kind} name is {} bytes long; {dialect} keeps {max} and cuts off the rest",
            name.len()
        ),
        hint: "choose a shorter name".to_owned(),
    });
}
