//! Columns.

use autogen_schema::{
    Column, ColumnChange, ColumnType, Expr, GeneratedStorage, Grantable, Identity, Pair, QName,
};

use super::Lowering;
use super::actions::Actions;
use super::enum_type::divides;
use super::identity::sequence_of;
use crate::Dialect::Postgres;
use crate::backfill::NULL;
use crate::ddl;
use crate::names;
use crate::postgres::convert::{self, Conversion};
use crate::postgres::invalidates::is_replaced;
use crate::postgres::{MAX_NAME, locks, render, repeated};
use crate::step::{Effect, Step, Work};

impl Lowering<'_> {
    pub(super) fn column(&mut self, change: &ColumnChange) {
        match change {
            ColumnChange::Add { table, column, .. } => self.add_column(table, column),
            ColumnChange::Drop { table, column, .. } => {
                let name = Postgres.quote(&column.name);
                self.alter(table, locks::BRIEF, &format!("DROP COLUMN {name}"));
            }
            ColumnChange::Rename { table, name } => {
                let before = Postgres.quote(&name.before);
                let after = Postgres.quote(&name.after);
                self.alter(table, locks::BRIEF, &format!("RENAME COLUMN {before} TO {after}"));
                let owner = self.schema.tables.get(table);
                if let Some(column) = owner.and_then(|it| it.column(&name.before)).cloned() {
                    let place = name.as_ref().map(|column| (table, column.as_str()));
                    self.rename_counter(&column, place);
                }
            }
            ColumnChange::Alter { table, column } => self.alter_column(table, column),
            // In PostgreSQL, values belong to a type.
            ColumnChange::RenameLabel { .. } => {}
            ColumnChange::Relabel { table, column, labels } => {
                let owner = self.schema.tables.get(table);
                if let Some(column) = owner.and_then(|it| it.column(column)) {
                    let sql = ddl::relabel(Postgres, table, column, labels, "");
                    self.work(Work::Backfill, self.on(table, locks::BACKFILL), sql);
                }
            }
        }
    }

    fn add_column(&mut self, table: &QName, column: &Column) {
        let effect = if self.is_constrained(column) { locks::REWRITE } else { add_effect(column) };
        let effect = self.on(table, effect);
        let own_value = column.default.is_some()
            || column.identity.is_some()
            || column.generated.is_some()
            || column.nullable;
        let restoring = self.request.restoring;
        match self.fill(table, column).filter(|_| restoring || !own_value) {
            Some(fill) => self.add_filled(table, column, effect, &fill),
            None if restoring && !own_value => self.restore_column(table, column, effect),
            None => {
                if let Some(Identity::Serial(Some(sequence))) = &column.identity {
                    let name = Postgres.quote_name(sequence);
                    self.step(Effect::NONE, format!("CREATE SEQUENCE {name}"));
                }
                self.alter(table, effect, &format!("ADD COLUMN {}", render::column(column)));
                match &column.identity {
                    Some(Identity::Serial(Some(sequence))) => {
                        self.give_counter(column, sequence, true);
                        self.own_sequence(table, column, sequence);
                    }
                    Some(_) => self.give_counter(column, &sequence_of(table, column), false),
                    None => {}
                }
            }
        }
        self.comment_and_grant(table, column);
    }

    fn comment_and_grant(&mut self, table: &QName, column: &Column) {
        self.column_comment(table, column);
        if self.compares_privileges() {
            let place = Grantable::Column(table.clone(), column.name.clone());
            self.grant_again(|it| *it == place);
        } else if let Some(access) = &column.access.0 {
            self.grant_column(table, &column.name, access);
        }
    }

    /// Adds a column whose values are computed before it gets its default.
    fn add_filled(&mut self, table: &QName, column: &Column, effect: Effect, fill: &Expr) {
        let open = Column { default: None, ..column.clone().nullable() };
        self.alter(table, effect, &format!("ADD COLUMN {}", render::column(&open)));
        if fill.as_str() != NULL || !column.nullable {
            self.backfill(table, column, fill.as_str());
        }
        if !column.nullable {
            self.set_not_null(table, column);
        }
        if let Some(default) = &column.default {
            let (name, value) = (Postgres.quote(&column.name), ddl::default(Postgres, default));
            self.alter(table, locks::BRIEF, &format!("ALTER COLUMN {name} SET DEFAULT {value}"));
        }
    }

    /// Whether the column's type is a domain with restrictions: then every row is rewritten, even
    /// without a default.
    fn is_constrained(&self, column: &Column) -> bool {
        let name = column.data_type.named();
        let domain = name.and_then(|name| self.schema.domains.get(name));
        domain.is_some_and(|it| !it.checks.is_empty() || !it.nullable)
    }

    /// Restores a required column whose values are lost: its placeholder value is set by a
    /// default that is dropped again.
    fn restore_column(&mut self, table: &QName, column: &Column, effect: Effect) {
        let Some(value) = Postgres.placeholder(&self.schema, &column.data_type) else {
            self.alter(table, effect, &format!("ADD COLUMN {}", render::column(column)));
            return;
        };
        let name = Postgres.quote(&column.name);
        self.alter(
            table,
            effect,
            &format!("ADD COLUMN {} DEFAULT {value}", render::column(column)),
        );
        self.alter(table, locks::BRIEF, &format!("ALTER COLUMN {name} DROP DEFAULT"));
    }

    fn backfill(&mut self, table: &QName, column: &Column, value: &str) {
        let value = ddl::as_operand(Postgres, value);
        let effect = self.on(table, locks::BACKFILL);
        let name = Postgres.quote(&column.name);
        let sql = format!(
            "UPDATE {} SET {name} = {value} WHERE {name} IS NULL",
            Postgres.quote_name(table)
        );
        self.work(Work::Backfill, effect, sql);
    }

    fn set_not_null(&mut self, table: &QName, column: &Column) {
        let effect = self.on(table, locks::SCAN);
        let name = Postgres.quote(&column.name);
        let sql =
            format!("ALTER TABLE {} ALTER COLUMN {name} SET NOT NULL", Postgres.quote_name(table));
        self.work(Work::SetNotNull, effect, sql);
    }

    pub(super) fn column_comment(&mut self, table: &QName, column: &Column) {
        if let Some(text) = &column.comment {
            let object = column_object(table, column);
            self.step(Effect::NONE, render::comment(&object, Some(text)));
        }
    }

    fn alter_column(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        let mut actions = Actions { name: Postgres.quote(&after.name), ..Actions::default() };
        self.leave_identity(table, column, &mut actions);
        if is_replaced(column.as_ref(), self.request.server) {
            return self.replace_computed(table, column);
        }
        if let (Some(before), Some(after)) = (&before.generated, &after.generated)
            && before != after
        {
            let effect = match after.storage {
                GeneratedStorage::Stored => locks::REWRITE,
                GeneratedStorage::Virtual => locks::BRIEF,
            };
            actions.add(effect, &format!("SET EXPRESSION AS ({})", after.expr));
        }
        if before.generated.is_some() && after.generated.is_none() {
            actions.add(locks::BRIEF, "DROP EXPRESSION");
            if before.data_type != after.data_type {
                // A generated column allows no USING.
                self.flush(table, &mut actions);
            }
        }
        self.change_type(table, column, &mut actions);
        if before.default != after.default || actions.default_dropped {
            match &after.default {
                Some(default) => {
                    let value = ddl::default(Postgres, default);
                    actions.add(locks::BRIEF, &format!("SET DEFAULT {value}"));
                }
                None if !actions.default_dropped => actions.add(locks::BRIEF, "DROP DEFAULT"),
                None => {}
            }
        }
        if !before.nullable && after.nullable {
            actions.add(locks::BRIEF, "DROP NOT NULL");
        }
        if before.nullable && !after.nullable {
            let default = after.default.as_ref().map(|default| ddl::default(Postgres, default));
            let fill = self.fill(table, after).map(|fill| fill.0).or(default);
            if let Some(value) = fill {
                self.flush(table, &mut actions);
                self.backfill(table, after, &value);
            }
            actions.add(locks::SCAN, "SET NOT NULL");
            actions.work.push(Work::SetNotNull);
        }
        self.flush(table, &mut actions);
        if before.data_type != after.data_type || before.collation != after.collation {
            self.targets_again(table, &after.name);
        }
        self.enter_identity(table, column);
        if before.comment != after.comment {
            let object = column_object(table, after);
            self.step(locks::QUIET, render::comment(&object, after.comment.as_deref()));
        }
    }

    /// A generated column that becomes a plain one in a server that can't do it in place: another
    /// column takes its values and its name.
    fn replace_computed(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        let columns = self.schema.tables.get(table).map(|it| it.columns.as_slice());
        let mut taken = columns.unwrap_or_default().iter().map(|it| it.name.clone()).collect();
        let other = names::unused(&format!("{}__new", before.name), MAX_NAME, &mut taken);
        let other = Column { name: other, ..after.clone() };
        let name = Postgres.quote(&before.name);
        let values = self.fill(table, after).unwrap_or_else(|| Expr::new(name.clone()));
        self.add_filled(table, &other, locks::BRIEF, &values);
        self.alter(table, locks::BRIEF, &format!("DROP COLUMN {name}"));
        let rename = format!("RENAME COLUMN {} TO {name}", Postgres.quote(&other.name));
        self.alter(table, locks::BRIEF, &rename);
        self.comment_and_grant(table, &Column { access: before.access.clone(), ..after.clone() });
    }

    pub(super) fn flush(&mut self, table: &QName, actions: &mut Actions) {
        if !actions.clauses.is_empty() {
            let effect = self.on(table, actions.effect);
            let clauses = actions.clauses.join(", ");
            let sql = format!("ALTER TABLE {} {clauses}", Postgres.quote_name(table));
            let mut step = Step::new(self.cause, effect, sql);
            step.work.append(&mut actions.work);
            self.steps.push(step);
        }
        actions.clauses.clear();
        actions.effect = Effect::NONE;
    }

    /// A column of another table whose type is the row type of this one.
    ///
    /// Source: `find_composite_type_dependencies` in `src/backend/commands/tablecmds.c`.
    fn column_of_rows(&self, table: &QName) -> Option<String> {
        let tables = self.schema.tables.values().filter(|it| it.name != *table);
        let mut columns = tables.flat_map(|it| it.columns.iter().map(move |column| (it, column)));
        let (other, column) =
            columns.find(|(_, column)| column.data_type.of_rows().as_ref() == Some(table))?;
        Some(format!("{}.{}", other.name, column.name))
    }

    fn change_type(&mut self, table: &QName, column: &Pair<Column>, actions: &mut Actions) {
        let Pair { before, after } = column;
        if before.data_type == after.data_type && before.collation == after.collation {
            return;
        }
        // Source: PostgreSQL manual, ALTER TABLE: the type of a partition key's column cannot
        // change.
        let owner = self.schema.tables.get(table);
        let by = owner.and_then(|it| it.partitioning.as_ref());
        if by.is_some_and(|by| divides(by, &before.name)) {
            self.refuse(
                "A0432",
                format!("{table}.{}", after.name),
                "its type can't be changed: the table is partitioned by it".to_owned(),
                "make it an unpartitioned table in one revision, and partition that in the next",
            );
            return;
        }
        if let Some(user) = self.column_of_rows(table) {
            self.refuse(
                "A0436",
                format!("{table}.{}", after.name),
                format!("its type can't be changed while column {user} has rows of the table as its type"),
                "drop that column or give it another type in a separate revision first",
            );
            return;
        }
        let target = Postgres.render_type(&after.data_type);
        let collate = match (&before.collation, &after.collation) {
            (_, Some(name)) => format!(" COLLATE {}", Postgres.quote_collation(name)),
            (Some(_), None) if is_text(&after.data_type) => " COLLATE \"default\"".to_owned(),
            (Some(_) | None, None) => String::new(),
        };
        let given =
            self.request.usings.iter().find(|it| {
                !self.request.restoring && it.table == *table && it.column == after.name
            });
        let conversion = match given {
            Some(given) => Conversion::Using(given.expr.to_string()),
            None => {
                let types = column.as_ref().map(|it| &it.data_type);
                convert::conversion_over(&actions.name, &self.schema, types)
            }
        };
        let (using, effect) = match conversion {
            Conversion::Free => (String::new(), self.keep_rows(table, column, actions)),
            Conversion::FreeInUtc => {
                self.in_utc();
                (String::new(), self.keep_rows(table, column, actions))
            }
            Conversion::Assignment => (String::new(), locks::REWRITE),
            Conversion::Using(expr) => (format!(" USING {expr}"), locks::REWRITE),
            Conversion::Impossible => {
                self.refuse(
                    "A0402",
                    format!("{table}.{}", after.name),
                    format!(
                        "autogen knows no conversion from {} to {target}",
                        Postgres.render_type(&before.data_type)
                    ),
                    "add #[autogen(using = \"..\")] to the field; where no models are compared, write \
                     the revision by hand (autogen revision)",
                );
                return;
            }
        };
        // A default contains a cast to the old type, which may be dropped after this change.
        let of_type = before.data_type.named();
        let leaves_type = of_type.is_some() && of_type != after.data_type.named();
        if (!using.is_empty() || leaves_type) && before.default.is_some() {
            actions.add(locks::BRIEF, "DROP DEFAULT");
            actions.default_dropped = true;
        }
        actions.add(effect, &format!("TYPE {target}{collate}{using}"));
    }

    /// The effect of a change that keeps the rows.
    fn keep_rows(&self, table: &QName, column: &Pair<Column>, actions: &mut Actions) -> Effect {
        let Some(owner) = self.schema.tables.get(table) else { return locks::BRIEF };
        let work = repeated::work(&self.schema, owner, column);
        let effect = if work.is_empty() { locks::BRIEF } else { locks::SCAN };
        actions.work.extend(work);
        effect
    }

    /// Sets the transaction's time zone to UTC.
    fn in_utc(&mut self) {
        let sql = "SET LOCAL TIME ZONE 'UTC'";
        let mut same_transaction = self.steps.iter().rev().take_while(|step| !step.commit);
        if !same_transaction.any(|step| step.sql == sql) {
            self.step(Effect::NONE, sql.to_owned());
        }
    }
}

/// Whether values of the type sort by a collation.
fn is_text(data_type: &ColumnType) -> bool {
    let element = data_type.element().unwrap_or(data_type);
    matches!(element, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
}

fn column_object(table: &QName, column: &Column) -> String {
    format!("COLUMN {}.{}", Postgres.quote_name(table), Postgres.quote(&column.name))
}

fn add_effect(column: &Column) -> Effect {
    let stored = column
        .generated
        .as_ref()
        .is_some_and(|it| it.storage == autogen_schema::GeneratedStorage::Stored);
    let volatile = match &column.default {
        Some(autogen_schema::Default::Expression(expr)) => !is_stable(expr.as_str()),
        Some(autogen_schema::Default::Literal(_)) | None => false,
    };
    if stored || volatile || column.identity.is_some() { locks::REWRITE } else { locks::BRIEF }
}

/// Expressions that PostgreSQL evaluates once for all rows.
fn is_stable(expr: &str) -> bool {
    let lower = expr.to_ascii_lowercase();
    let stable = [
        "now()",
        "current_timestamp",
        "current_date",
        "current_time",
        "localtimestamp",
        "localtime",
        "transaction_timestamp()",
        "statement_timestamp()",
        "current_user",
    ];
    stable.contains(&lower.as_str())
}
