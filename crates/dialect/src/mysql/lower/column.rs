//! Columns. `MODIFY COLUMN` restates the whole column: anything omitted would be lost without
//! an error.

use autogen_schema::{
    Change, Check, Column, ColumnChange, ColumnType, Constraint, Default, Expr, Index, IndexKey,
    Pair, QName, Schema,
};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::backfill::NULL;
use crate::ddl;
use crate::mysql::Flavor;
use crate::mysql::locks::{self, Algorithm, TableState, is_virtual};
use crate::mysql::{convert, defaults, render, shapes, types};
use crate::step::Work;

impl Lowering<'_> {
    pub(super) fn column(&mut self, change: &ColumnChange) {
        match change {
            ColumnChange::Add { table, column, .. } => self.add_column(table, column),
            ColumnChange::Drop { table, column, .. } => {
                let alone = is_virtual(column) || self.pulls_virtual(table, &column.name);
                self.alone_if(alone);
                let algorithm = self.algorithm(table, |state| state.drop_column(column));
                let clause = format!("DROP COLUMN {}", Mysql.quote(&column.name));
                self.alter(table, algorithm, &[&column.name], clause);
                self.alone_if(alone);
            }
            ColumnChange::Rename { table, name } => self.rename_column(table, name),
            ColumnChange::Alter { table, column } => self.alter_column(table, column),
            ColumnChange::RenameLabel { table, column, label } => {
                self.rename_label(table, column, label);
            }
            ColumnChange::Relabel { table, column, labels } => {
                let owner = self.schema.tables.get(table);
                if let Some(column) = owner.and_then(|it| it.column(column)) {
                    let kept = self.kept(table, &column.name);
                    let sql = ddl::relabel(Mysql, table, column, labels, &kept);
                    let effect = self.on(table, locks::BACKFILL);
                    self.work(Work::Backfill, effect, sql);
                }
            }
        }
    }

    fn add_column(&mut self, table: &QName, column: &Column) {
        self.known_type(table, column);
        let own_value = column.default.is_some()
            || column.identity.is_some()
            || column.generated.is_some()
            || column.nullable;
        let restoring = self.request.restoring;
        let given = self.fill(table, column).filter(|_| restoring || !own_value);
        let shape = || self.placeholder_shape(column).filter(|_| restoring && !own_value);
        match given.or_else(shape) {
            Some(fill) => {
                let open = Column { default: None, ..column.clone().nullable() };
                self.add(table, &open);
                if fill.as_str() != NULL || !column.nullable {
                    self.backfill(table, column, fill.as_str());
                }
                let algorithm =
                    self.algorithm(table, |it| it.alter_column(Pair::new(&open, column)));
                self.modify(table, algorithm, column);
            }
            None if restoring && !own_value => self.restore_column(table, column),
            None => self.add(table, column),
        }
    }

    /// MySQL cannot fill rows with a geometry by a default.
    fn placeholder_shape(&self, column: &Column) -> Option<Expr> {
        let is_shape =
            matches!(&column.data_type, ColumnType::Verbatim(text) if shapes::is_shape(text));
        let shape = convert::placeholder(self.flavor, &column.data_type)?;
        (is_shape && self.flavor == Flavor::Mysql).then(|| Expr::new(shape))
    }

    fn add(&mut self, table: &QName, column: &Column) {
        let mut algorithm = self.algorithm(table, |state| state.add_column(column));
        let definition = render::column(self.flavor, column);
        let place = match self.predecessor(table, &column.name) {
            None => String::new(),
            Some(before) => {
                // Servers that cannot drop a column instantly cannot add one in between instantly.
                if !self.caps.instant_drop_column {
                    algorithm = algorithm.max(self.algorithm(table, |state| state.rebuild()));
                }
                let put = |state: TableState<'_>| state.add_between(column, before.as_deref());
                algorithm = algorithm.max(self.algorithm(table, put));
                before.map_or(" FIRST".to_owned(), |it| format!(" AFTER {}", Mysql.quote(&it)))
            }
        };
        let alone = is_virtual(column) && algorithm < Algorithm::Copy;
        self.alone_if(alone);
        self.alter(table, algorithm, &[&column.name], format!("ADD COLUMN {definition}{place}"));
        self.alone_if(alone);
    }

    /// Whether a virtual column after this one moves with it: MariaDB allows nothing else in the
    /// same statement. A virtual column that this plan recreates may be after all others,
    /// whatever the model's order.
    pub(super) fn pulls_virtual(&self, table: &QName, name: &str) -> bool {
        if self.flavor == Flavor::Mysql {
            return false;
        }
        let anew = |change: &Change| {
            change.altered_column().is_some_and(|(of, column)| {
                of == table && (is_virtual(&column.before) || is_virtual(&column.after))
            })
        };
        let behind = if self.request.changes.iter().any(anew) { None } else { Some(name) };
        let owner = self.schema.tables.get(table);
        let state = owner.map(|table| self.state(table));
        state.is_some_and(|it| it.virtual_behind(behind))
    }

    /// Restores a required column whose values are lost: its placeholder value is set by a
    /// default that is dropped again.
    fn restore_column(&mut self, table: &QName, column: &Column) {
        let Some(value) = convert::placeholder(self.flavor, &column.data_type) else {
            self.add(table, column);
            return;
        };
        let large = value.starts_with('(');
        let algorithm = self.algorithm(table, |state| state.add_column(column));
        let algorithm = if large { Algorithm::Copy } else { algorithm };
        // The clauses in order: the default follows NOT NULL.
        let open = Column { comment: None, invisible: false, ..column.clone() };
        let definition = format!("{} DEFAULT {value}", render::column(self.flavor, &open));
        self.alter(table, algorithm, &[&column.name], format!("ADD COLUMN {definition}"));
        if open != *column {
            self.modify(table, Algorithm::Instant, column);
            return;
        }
        let name = Mysql.quote(&column.name);
        let clause = format!("ALTER COLUMN {name} DROP DEFAULT");
        self.alter(table, Algorithm::Instant, &[&column.name], clause);
    }

    pub(super) fn backfill(&mut self, table: &QName, column: &Column, value: &str) {
        let value = ddl::as_operand(Mysql, value);
        let name = Mysql.quote(&column.name);
        self.update(table, &column.name, &value, Some(&format!("{name} IS NULL")));
    }

    /// Updates rows. Columns with ON UPDATE CURRENT_TIMESTAMP record when somebody changed the
    /// row, and a migration must not count.
    ///
    /// Source: MySQL manual, 13.2.5 "Automatic Initialization and Updating for TIMESTAMP and
    /// DATETIME": a column that is explicitly set is not updated automatically.
    pub(super) fn update(
        &mut self,
        table: &QName,
        column: &str,
        value: &str,
        condition: Option<&str>,
    ) {
        let effect = self.on(table, locks::BACKFILL);
        let kept = self.kept(table, column);
        let condition = condition.map(|it| format!(" WHERE {it}")).unwrap_or_default();
        let (place, name) = (Mysql.quote_name(table), Mysql.quote(column));
        self.work(
            Work::Backfill,
            effect,
            format!("UPDATE {place} SET {name} = {value}{kept}{condition}"),
        );
    }

    /// The assignments that keep the values of such columns, after the one of `set`.
    fn kept(&self, table: &QName, set: &str) -> String {
        let columns = self.schema.tables.get(table).into_iter().flat_map(|it| &it.columns);
        let touched = columns.filter(|it| it.on_update.is_some() && it.name != set);
        touched.map(|it| Mysql.quote(&it.name)).map(|name| format!(", {name} = {name}")).collect()
    }

    pub(super) fn modify(&mut self, table: &QName, algorithm: Algorithm, column: &Column) {
        let definition = self.restated(table, column);
        self.alter(table, algorithm, &[&column.name], format!("MODIFY COLUMN {definition}"));
    }

    /// The whole column, with the check that MariaDB stores with it, which would be lost as well.
    pub(super) fn restated(&self, table: &QName, column: &Column) -> String {
        let owner = self.schema.tables.get(table);
        let own = owner.and_then(|owner| render::own_check(self.flavor, owner, column));
        let check = own.map(|check| format!(" CHECK ({})", check.expr));
        format!("{}{}", render::column(self.flavor, column), check.unwrap_or_default())
    }

    fn rename_column(&mut self, table: &QName, name: &Pair<String>) {
        if self.rename_dividing(table, name) {
            return;
        }
        let points = |key: &autogen_schema::ForeignKey| {
            key.references == *table && key.referenced_columns.contains(&name.before)
        };
        let mut tables = self.schema.tables.values();
        let referenced = tables.any(|other| other.foreign_keys.iter().any(points));
        let algorithm = self.algorithm(table, |state| state.rename_column(referenced));
        let (before, after) = (Mysql.quote(&name.before), Mysql.quote(&name.after));
        let clause = format!("RENAME COLUMN {before} TO {after}");
        match self.follow(table, name) {
            Some((worse, clauses)) => {
                self.flush();
                self.alter(table, algorithm.max(worse), &[], clause);
                clauses.into_iter().for_each(|it| self.alter(table, algorithm.max(worse), &[], it));
                self.flush();
            }
            None => self.call(table, algorithm, name),
        }
    }

    /// MySQL cannot rename a column of the partition key, except together with restating the
    /// partitioning, which distributes all rows again.
    fn rename_dividing(&mut self, table: &QName, name: &Pair<String>) -> bool {
        let owner = self.schema.tables.get(table);
        let by = owner.and_then(|it| it.partitioning.as_ref());
        let named = by.filter(|it| Expr::new(it.by.as_str()).mentions(&name.before));
        let Some(by) = named.filter(|_| self.flavor == Flavor::Mysql) else { return false };
        let mut by = by.clone();
        by.rename_column(&name.before, &name.after);
        let by = render::partitioning(&by);
        let (before, after) = (Mysql.quote(&name.before), Mysql.quote(&name.after));
        let mut clauses = vec![format!("RENAME COLUMN {before} TO {after}")];
        clauses.extend(self.follow(table, name).into_iter().flat_map(|(_, clauses)| clauses));
        clauses.push(Algorithm::Copy.clause().to_owned());
        let (effect, place) = (self.on(table, Algorithm::Copy.effect()), Mysql.quote_name(table));
        let sql = format!("ALTER TABLE {place}\n    {}{by}", clauses.join(",\n    "));
        self.work(Algorithm::Copy.work(), effect, sql);
        true
    }

    /// MySQL cannot rename a column that an expression of the table names: all of these are
    /// restated in the same statement. MariaDB renames them by itself.
    fn follow(&self, table: &QName, name: &Pair<String>) -> Option<(Algorithm, Vec<String>)> {
        if self.flavor == Flavor::Mariadb {
            return None;
        }
        let owner = self.schema.tables.get(table)?;
        let mut renamed = Schema::default();
        renamed.add_table(owner.clone());
        let change = ColumnChange::Rename { table: table.clone(), name: name.clone() };
        Change::from(change).apply(&mut renamed).ok()?;
        let after = renamed.tables.get(table)?;
        let (mut algorithm, mut clauses) = (Algorithm::Instant, Vec::new());
        for (old, new) in owner.columns.iter().zip(&after.columns) {
            if old.generated != new.generated {
                algorithm = Algorithm::Copy;
                clauses.push(format!("MODIFY COLUMN {}", render::column(self.flavor, new)));
            } else if let Some(default) = &new.default
                && old.default != new.default
            {
                let text = render::default(self.flavor, &new.data_type, default);
                let name = Mysql.quote(&new.name);
                clauses.push(format!("ALTER COLUMN {name} SET DEFAULT {text}"));
            }
        }
        for check in owner.checks.iter().filter(|it| it.expr.mentions(&name.before)) {
            algorithm = Algorithm::Copy;
            let text = check.name.text().unwrap_or_default();
            let moved = Check {
                expr: check.expr.rename_column(&name.before, &name.after),
                ..check.clone()
            };
            clauses.push(format!("DROP CHECK {}", Mysql.quote(text)));
            clauses.push(format!("ADD {}", ddl::constraint(Mysql, &Constraint::Check(moved))));
        }
        let computes = |index: &Index| {
            index.parts.iter().any(|part| match &part.key {
                IndexKey::Expression(expr) => expr.mentions(&name.before),
                IndexKey::Column(_) => false,
            })
        };
        for index in owner.indexes.iter().filter(|it| computes(it)) {
            let moved = after.indexes.iter().find(|it| it.name == index.name)?;
            algorithm = Algorithm::Copy;
            let text = index.name.text().unwrap_or_default();
            clauses.push(format!("DROP INDEX {}", Mysql.quote(text)));
            clauses.push(format!("ADD {}", render::index(self.flavor, moved)));
        }
        (!clauses.is_empty()).then_some((algorithm, clauses))
    }

    /// The new value exists next to the old one until no row has the old one.
    fn rename_label(&mut self, table: &QName, name: &str, label: &Pair<String>) {
        let owner = self.schema.tables.get(table);
        let Some(column) = owner.and_then(|it| it.column(name)).cloned() else { return };
        let ColumnType::InlineEnum(labels) = &column.data_type else { return };
        let mut both = labels.clone();
        both.push(label.after.clone());
        let between = Column { data_type: ColumnType::InlineEnum(both), ..column.clone() };
        let step = Pair::new(column.clone(), between.clone());
        let algorithm = self.algorithm(table, |state| state.alter_column(step.as_ref()));
        self.modify(table, algorithm, &between);
        let (before, after) = (Mysql.quote_text(&label.before), Mysql.quote_text(&label.after));
        let condition = format!("{} = {before}", Mysql.quote(name));
        self.update(table, name, &after, Some(&condition));
        let mut renamed = Schema::default();
        renamed
            .tables
            .extend(self.schema.tables.get_key_value(table).map(|(n, t)| (n.clone(), t.clone())));
        let change = ColumnChange::RenameLabel {
            table: table.clone(),
            column: name.to_owned(),
            label: label.clone(),
        };
        if Change::from(change).apply(&mut renamed).is_ok()
            && let Some(last) = renamed.tables.get(table).and_then(|it| it.column(name))
        {
            self.modify(table, Algorithm::Copy, last);
        }
    }

    fn alter_column(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        self.known_type(table, after);
        if before.data_type != after.data_type && !self.convert(table, column) {
            return;
        }
        self.fill_nulls(table, column);
        if let Some(clause) = self.default_alone(column) {
            self.alter(table, Algorithm::Instant, &[&after.name], clause);
            return;
        }
        if before.generated.is_some() != after.generated.is_some()
            || before.generated.as_ref().map(|it| it.storage)
                != after.generated.as_ref().map(|it| it.storage)
        {
            self.change_kind(table, column);
            return;
        }
        let algorithm = self.algorithm(table, |state| state.alter_column(column.as_ref()));
        // For MariaDB, another expression is a column that is dropped and added.
        let recomputed = is_virtual(after) && before.generated != after.generated;
        let alone = recomputed && self.flavor == Flavor::Mariadb;
        self.alone_if(alone);
        self.modify(table, algorithm, after);
        self.alone_if(alone);
    }

    /// Gives rows without a value the one given for a column that becomes required, or its
    /// default.
    pub(super) fn fill_nulls(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        if !before.nullable || after.nullable {
            return;
        }
        let default = after.default.as_ref();
        let default = default.map(|it| render::default(self.flavor, &after.data_type, it));
        if let Some(value) = self.fill(table, after).map(|fill| fill.0).or(default) {
            self.backfill(table, after, &value);
        }
    }

    /// The clause for a column in which only a constant default changes: it changes nothing else.
    fn default_alone(&self, column: &Pair<Column>) -> Option<String> {
        let Pair { before, after } = column;
        let same = Column { default: before.default.clone(), ..after.clone() } == *before;
        if !same || before.default == after.default {
            return None;
        }
        let name = Mysql.quote(&after.name);
        match &after.default {
            // MySQL accepts no default for these types here, and an INSERT could not omit the
            // column without one.
            None if self.flavor == Flavor::Mysql
                && after.nullable
                && types::is_large(&after.data_type) =>
            {
                None
            }
            // The default of a nullable column is NULL.
            None if after.nullable => Some(format!("ALTER COLUMN {name} SET DEFAULT NULL")),
            None => Some(format!("ALTER COLUMN {name} DROP DEFAULT")),
            Some(Default::Expression(expr)) if defaults::moment(expr.as_str()).is_some() => None,
            // Here MySQL reads a constant in parentheses as a constant, which these types cannot
            // have as a default.
            Some(Default::Literal(_)) if types::is_large(&after.data_type) => None,
            Some(default) => {
                let value = render::default(self.flavor, &after.data_type, default);
                Some(format!("ALTER COLUMN {name} SET DEFAULT {value}"))
            }
        }
    }

    /// Refuses a type that the server lacks.
    pub(super) fn known_type(&mut self, table: &QName, column: &Column) {
        if types::is_missing(&column.data_type) {
            let dialect = self.flavor.dialect();
            self.refuse(
                "A0445",
                format!("{table}.{}", column.name),
                format!("{dialect} has no type {}", types::render(&column.data_type)),
                "choose another `column_type`",
            );
        }
    }
}
