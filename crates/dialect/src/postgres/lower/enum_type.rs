//! Enum types: values are added in place where possible; to remove or reorder them, the type
//! is recreated and the columns are converted.

use autogen_schema::{
    Column, Default, EnumChange, EnumType, Expr, Literal, Pair, Partitioning, QName,
};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::ddl;
use crate::postgres::{locks, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn enum_type(&mut self, change: &EnumChange) {
        match change {
            EnumChange::Create(item) => {
                self.create_enum(item);
                self.enum_comment(item);
            }
            EnumChange::Drop(item) => {
                self.step(Effect::NONE, format!("DROP TYPE {}", Postgres.quote_name(&item.name)));
            }
            EnumChange::Rename(name) => self.rename_enum(name),
            EnumChange::RenameValue { of, value } => {
                let sql = format!(
                    "ALTER TYPE {} RENAME VALUE {} TO {}",
                    Postgres.quote_name(of),
                    Postgres.quote_text(&value.before),
                    Postgres.quote_text(&value.after)
                );
                self.step(Effect::NONE, sql);
            }
            EnumChange::Alter(item) => {
                if item.after.extends(&item.before) {
                    self.add_values(item);
                } else {
                    self.rebuild_enum(item);
                }
                if item.before.comment != item.after.comment {
                    let object = format!("TYPE {}", Postgres.quote_name(&item.after.name));
                    let text = item.after.comment.as_deref();
                    self.step(Effect::NONE, render::comment(&object, text));
                }
            }
        }
    }

    fn create_enum(&mut self, item: &EnumType) {
        let labels: Vec<String> =
            item.values.iter().map(|value| Postgres.quote_text(value)).collect();
        let name = Postgres.quote_name(&item.name);
        self.step(Effect::NONE, format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")));
    }

    fn enum_comment(&mut self, item: &EnumType) {
        if let Some(text) = &item.comment {
            let object = format!("TYPE {}", Postgres.quote_name(&item.name));
            self.step(Effect::NONE, render::comment(&object, Some(text)));
        }
    }

    fn rename_enum(&mut self, name: &Pair<QName>) {
        let mut current = name.before.clone();
        if name.before.schema != name.after.schema {
            let target = name.after.schema.as_deref().unwrap_or("public");
            let sql = format!(
                "ALTER TYPE {} SET SCHEMA {}",
                Postgres.quote_name(&current),
                Postgres.quote(target)
            );
            self.step(Effect::NONE, sql);
            current.schema.clone_from(&name.after.schema);
        }
        if name.before.name != name.after.name {
            let sql = format!(
                "ALTER TYPE {} RENAME TO {}",
                Postgres.quote_name(&current),
                Postgres.quote(&name.after.name)
            );
            self.step(Effect::NONE, sql);
        }
    }

    fn add_values(&mut self, item: &Pair<EnumType>) {
        let mut values = item.before.values.clone();
        let used = self.uses_new_value(item);
        for (at, value) in item.after.values.iter().enumerate() {
            if values.get(at) == Some(value) {
                continue;
            }
            let place = match values.get(at) {
                Some(next) => format!(" BEFORE {}", Postgres.quote_text(next)),
                None => String::new(),
            };
            let name = Postgres.quote_name(&item.after.name);
            let label = Postgres.quote_text(value);
            self.step(Effect::NONE, format!("ALTER TYPE {name} ADD VALUE {label}{place}"));
            if let Some(step) = self.steps.last_mut() {
                // A new value can be used only after a commit.
                step.commit = used;
            }
            values.insert(at, value.clone());
        }
    }

    /// Whether a later change of the plan uses one of the new values.
    fn uses_new_value(&self, item: &Pair<EnumType>) -> bool {
        let new = |text: &str| {
            item.after.values.iter().any(|value| value == text)
                && !item.before.values.iter().any(|value| value == text)
        };
        self.ends.after.tables.values().any(|table| {
            let of_type = |column: &&Column| column.data_type.enum_name() == Some(&item.after.name);
            let default =
                |column: &Column| match &column.default {
                    Some(Default::Literal(Literal::Text(text))) => new(text),
                    Some(Default::Expression(expr)) => item.after.values.iter().any(|value| {
                        new(value) && expr.as_str().contains(&Postgres.quote_text(value))
                    }),
                    Some(Default::Literal(_)) | None => false,
                };
            let says = |text: &str| {
                item.after
                    .values
                    .iter()
                    .any(|value| new(value) && text.contains(&Postgres.quote_text(value)))
            };
            table.columns.iter().filter(of_type).any(default)
                || (table.columns.iter().any(|column| of_type(&column))
                    && (table.checks.iter().any(|check| says(check.expr.as_str()))
                        || table.indexes.iter().any(|index| {
                            index.predicate.as_ref().is_some_and(|it| says(it.as_str()))
                        })))
        })
    }

    /// Recreates the type. A row with a removed value makes the cast fail, and with it the whole
    /// transaction.
    fn rebuild_enum(&mut self, item: &Pair<EnumType>) {
        let name = &item.after.name;
        if let Some((object, message)) = self.clings(name) {
            let hint = "drop that in a separate revision, or keep the values";
            self.refuse("A0435", object, message, hint);
            return;
        }
        let retired = name.sibling(self.unused_type_name(&format!("{}__before", name.name)));
        self.rename_enum(&Pair::new(name.clone(), retired.clone()));
        self.create_enum(&item.after);
        if item.before.comment == item.after.comment {
            self.enum_comment(&item.after);
        }
        for (table, column) in self.columns_of(name) {
            self.convert_column(&table, &column);
        }
        self.step(Effect::NONE, format!("DROP TYPE {}", Postgres.quote_name(&retired)));
    }

    /// What prevents recreating the type: a domain over it, or the key of a partitioned table.
    fn clings(&self, name: &QName) -> Option<(String, String)> {
        if let Some(other) = self.built_on(name) {
            let message = format!("its values can't be removed while {other} depends on it");
            return Some((format!("enum {name}"), message));
        }
        let divided = self.columns_of(name).into_iter().find(|(table, column)| {
            let owner = self.schema.tables.get(table);
            let by = owner.and_then(|it| it.partitioning.as_ref());
            by.is_some_and(|by| divides(by, &column.name))
        });
        divided.map(|(table, column)| {
            let message =
                format!("it is partitioned by {}, which has the enum type {name}", column.name);
            (format!("table {table}"), message)
        })
    }

    fn convert_column(&mut self, table: &QName, column: &Column) {
        let quoted = Postgres.quote(&column.name);
        let target = Postgres.render_type(&column.data_type);
        let through = if column.data_type.element().is_some() { "text[]" } else { "text" };
        // The default may name a value that only one of the two types has.
        let after = self.ends.after.tables.get(table);
        let after = after.and_then(|table| table.column(&column.name)).unwrap_or(column);
        let mut actions = Vec::new();
        if column.default.is_some() {
            actions.push(format!("ALTER COLUMN {quoted} DROP DEFAULT"));
        }
        actions.push(format!(
            "ALTER COLUMN {quoted} TYPE {target} USING {quoted}::{through}::{target}"
        ));
        if let Some(default) = &after.default {
            let default = ddl::default(Postgres, default);
            actions.push(format!("ALTER COLUMN {quoted} SET DEFAULT {default}"));
        }
        self.alter(table, locks::REWRITE, &actions.join(", "));
        self.targets_again(table, &column.name);
    }

    /// The columns that have the type at this point of the plan.
    pub(super) fn columns_of(&self, name: &QName) -> Vec<(QName, Column)> {
        let tables = self.schema.tables.values();
        tables
            .flat_map(|table| table.columns.iter().map(|column| (table.name.clone(), column)))
            .filter(|(_, column)| column.data_type.named() == Some(name))
            .map(|(table, column)| (table, column.clone()))
            .collect()
    }

    pub(super) fn unused_type_name(&self, base: &str) -> String {
        let types = self.schema.enums.keys().chain(self.schema.domains.keys());
        let mut taken = types.map(|name| name.name.clone()).collect();
        crate::names::unused(base, crate::postgres::MAX_NAME, &mut taken)
    }
}

/// Whether a table, or a partition of it, is partitioned by this column.
pub(super) fn divides(by: &Partitioning, column: &str) -> bool {
    let below = by.partitions.iter().filter_map(|it| it.partitioning.as_ref());
    Expr::new(by.by.clone()).mentions(column) || below.into_iter().any(|it| divides(it, column))
}
