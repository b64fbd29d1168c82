//! Changes of type and kind that need more than one `MODIFY`.

use autogen_schema::{Column, ColumnType, Expr, Pair, QName};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::mysql::convert::{self, Conversion};
use crate::mysql::locks::{Algorithm, is_virtual};
use crate::mysql::types;

impl Lowering<'_> {
    /// Converts the values to a form that the last `MODIFY` accepts. Each step can safely run
    /// again.
    ///
    /// Returns whether the last `MODIFY` is still needed.
    pub(super) fn convert(&mut self, table: &QName, column: &Pair<Column>) -> bool {
        let Pair { before, after } = column;
        let given =
            self.request.usings.iter().find(|it| {
                !self.request.restoring && it.table == *table && it.column == after.name
            });
        if let Some(given) = given {
            let expr = given.expr.clone();
            self.convert_aside(table, column, &expr);
            return false;
        }
        let name = Mysql.quote(&after.name);
        match convert::conversion(&name, &before.data_type, &after.data_type) {
            Conversion::Direct => true,
            Conversion::ThroughBytes { room, expr, pending } => {
                let bytes = Column {
                    data_type: ColumnType::VarBinary(Some(room)),
                    default: None,
                    collation: None,
                    charset: None,
                    ..before.clone()
                };
                self.modify(table, Algorithm::Copy, &bytes);
                self.update(table, &after.name, &expr, Some(&pending));
                true
            }
            Conversion::Impossible => {
                self.refuse(
                    "A0402",
                    format!("{table}.{}", after.name),
                    format!(
                        "autogen knows no conversion from {} to {}",
                        types::render(&before.data_type),
                        types::render(&after.data_type)
                    ),
                    "add #[autogen(using = \"..\")] to the field; where no models are compared, write \
                     the revision by hand (autogen revision)",
                );
                false
            }
        }
    }

    /// Computes the values in a second column, and empties the column before its type changes.
    /// The column keeps its position and its indexes.
    fn convert_aside(&mut self, table: &QName, column: &Pair<Column>, expr: &Expr) {
        let Pair { before, after } = column;
        let owner = self.schema.tables.get(table);
        let in_key = owner
            .and_then(|it| it.primary_key.as_ref())
            .is_some_and(|key| key.columns.iter().any(|part| part.column == after.name));
        if in_key {
            self.refuse(
                "A0402",
                format!("{table}.{}", after.name),
                "a column of the primary key can't be converted by an expression".to_owned(),
                "write the revision by hand: drop the key, convert, and add it again",
            );
            return;
        }
        let mut taken = owner
            .map(|it| it.columns.iter().map(|column| column.name.clone()).collect())
            .unwrap_or_default();
        let base = format!("{}__after", after.name);
        let aside = crate::names::unused(&base, crate::mysql::MAX_NAME, &mut taken);
        let beside = Column {
            name: aside.clone(),
            nullable: true,
            default: None,
            on_update: None,
            comment: None,
            invisible: false,
            ..after.clone()
        };
        let (name, other) = (Mysql.quote(&after.name), Mysql.quote(&aside));
        let set = format!("{name} IS NOT NULL");
        let open = |it: &Column| Column { default: None, ..it.clone().nullable() };
        let state = self.algorithm(table, |state| state.add_column(&beside));
        let definition = crate::mysql::render::column(self.flavor, &beside);
        self.alter(table, state, &[&aside], format!("ADD COLUMN {definition}"));
        self.update(table, &aside, &format!("({expr})"), Some(&set));
        if !before.nullable {
            let opened = open(before);
            let algorithm = self.algorithm(table, |it| it.alter_column(Pair::new(before, &opened)));
            self.modify(table, algorithm, &opened);
        }
        self.update(table, &after.name, "NULL", Some(&set));
        self.modify(table, Algorithm::Copy, &open(after));
        self.update(table, &after.name, &other, Some(&format!("{name} IS NULL")));
        let algorithm = self.algorithm(table, |state| state.drop_column(&beside));
        self.alter(table, algorithm, &[&aside], format!("DROP COLUMN {other}"));
        let last = Pair::new(open(after), after.clone());
        if last.before != last.after {
            let algorithm = self.algorithm(table, |state| state.alter_column(last.as_ref()));
            self.modify(table, algorithm, after);
        }
    }

    /// A column becomes generated, or plain. A stored one can do so in place; a virtual one has
    /// to be recreated.
    pub(super) fn change_kind(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        if !is_virtual(before) && !is_virtual(after) {
            self.modify(table, Algorithm::Copy, after);
            return;
        }
        // Through a stored column, which keeps the values: its kind can change in place in both
        // directions, but not in one step from or to a virtual one.
        self.replace_column(table, column);
    }

    fn replace_column(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        let name = Mysql.quote(&after.name);
        let Some(owner) = self.schema.tables.get(table).cloned() else { return };
        let mut taken = owner.columns.iter().map(|column| column.name.clone()).collect();
        let base = format!("{}__after", after.name);
        let aside = crate::names::unused(&base, crate::mysql::MAX_NAME, &mut taken);
        let indexes: Vec<_> =
            owner.indexes.iter().filter(|index| index.uses(&after.name)).cloned().collect();
        for index in &indexes {
            let clause =
                format!("DROP INDEX {}", Mysql.quote(index.name.text().unwrap_or_default()));
            self.alter(table, Algorithm::Copy, &[], clause);
        }
        self.flush();
        let keeps = after.generated.is_none() && before.generated.is_some();
        let beside = Column { name: aside.clone(), ..after.clone() };
        let open = if keeps { beside.clone().nullable() } else { beside.clone() };
        let algorithm = self.algorithm(table, |state| state.add_column(&open));
        let definition = crate::mysql::render::column(self.flavor, &open);
        self.alter(table, algorithm, &[&aside], format!("ADD COLUMN {definition}"));
        if keeps {
            self.update(table, &aside, &name, None);
        }
        let algorithm =
            self.algorithm(table, |state| state.drop_column(before)).max(Algorithm::Rebuild);
        self.alter(table, algorithm, &[&after.name], format!("DROP COLUMN {name}"));
        self.flush();
        let renamed = Algorithm::Instant;
        let clause = format!("RENAME COLUMN {} TO {name}", Mysql.quote(&aside));
        self.alter(table, renamed, &[&aside, &after.name], clause);
        if keeps && !after.nullable {
            let algorithm = self.algorithm(table, |it| it.alter_column(Pair::new(&open, after)));
            self.modify(table, algorithm, after);
        }
        for index in &indexes {
            let algorithm = self.algorithm(table, |state| state.create_index(index));
            let index = crate::mysql::render::index(self.flavor, index);
            self.alter(table, algorithm, &[], format!("ADD {index}"));
        }
    }
}
