//! Tables.

use autogen_schema::{
    Change, Column, ColumnType, Defined, Pair, QName, Table, TableChange, TableOptions,
};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::mysql::locks::{self, Ground, Way};
use crate::mysql::{charsets, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn table(&mut self, change: &TableChange) {
        match change {
            TableChange::Create(table) => self.create_table(table),
            TableChange::Drop(table) => {
                let name = Mysql.quote_name(&table.name);
                self.step(locks::BRIEF, format!("DROP TABLE {name}"));
            }
            TableChange::Rename(name) => {
                let (before, after) = (&name.before, &name.after);
                self.step(
                    locks::BRIEF,
                    format!(
                        "RENAME TABLE {} TO {}",
                        Mysql.quote_name(before),
                        Mysql.quote_name(after)
                    ),
                );
            }
            TableChange::Comment { table, comment } => {
                let way = self.way(table, |ground| ground.table_comment());
                let text = Mysql.quote_text(comment.after.as_deref().unwrap_or_default());
                self.alter(table, way, &["COMMENT"], format!("COMMENT={text}"));
            }
            TableChange::Options { table, options } => self.options(table, options),
            TableChange::Reorder { table, columns } => self.reorder(table, &columns.after),
        }
    }

    /// Where the order of columns counts: the column behind which a new one
    /// comes, or none where it is the first.
    pub(super) fn predecessor(&self, table: &QName, name: &str) -> Option<Option<String>> {
        let later = self.request.changes.get(self.cause..).unwrap_or_default();
        let order = later.iter().find_map(|change| match change {
            Change::Table(TableChange::Reorder { table: it, columns }) if it == table => {
                Some(&columns.after)
            }
            _other => None,
        })?;
        let there = self.schema.tables.get(table)?;
        let place = order.iter().position(|it| it == name)?;
        let before = order.iter().take(place).rev();
        Some(before.into_iter().find(|it| there.column(it).is_some()).cloned())
    }

    /// Puts a column that was added where its statement did.
    pub(super) fn put_in_place(&mut self, table: &QName, name: &str) {
        let Some(before) = self.predecessor(table, name) else { return };
        let Some(table) = self.schema.table_mut(table) else { return };
        let Some(at) = table.columns.iter().position(|it| it.name == name) else { return };
        let column = table.columns.remove(at);
        let behind = before.and_then(|it| table.columns.iter().position(|c| c.name == it));
        table.columns.insert(behind.map_or(0, |at| at + 1), column);
    }

    /// Each column that does not stand where it shall is put behind the one
    /// before it; what is there already is left out of it.
    fn reorder(&mut self, table: &QName, order: &[String]) {
        let Some(owner) = self.schema.tables.get(table).cloned() else { return };
        let way = self.way(table, |ground| ground.reorder(order));
        let mut now: Vec<&str> = owner.columns.iter().map(|it| it.name.as_str()).collect();
        let mut before: Option<&str> = None;
        for (place, name) in order.iter().enumerate() {
            let (Some(column), Some(at)) =
                (owner.column(name), now.iter().position(|it| it == name))
            else {
                continue;
            };
            if at != place {
                let behind =
                    before.map_or("FIRST".to_owned(), |it| format!("AFTER {}", Mysql.quote(it)));
                let definition = self.restated(table, column);
                self.alter(table, way, &[name], format!("MODIFY COLUMN {definition} {behind}"));
                let moved = now.remove(at);
                now.insert(place.min(now.len()), moved);
            }
            before = Some(name);
        }
    }

    fn create_table(&mut self, table: &Table) {
        for column in &table.columns {
            self.known_type(&table.name, column);
        }
        for index in &table.indexes {
            self.possible_index(&table.name, index);
        }
        for constraint in table.constraints() {
            self.possible_constraint(&table.name, &constraint);
        }
        self.step(Effect::NONE, render::create_table(self.flavor, table));
        for trigger in &table.triggers {
            self.step(Effect::NONE, trigger.statement().to_owned());
        }
    }

    fn options(&mut self, table: &QName, options: &Pair<TableOptions>) {
        let Pair { before, after } = options;
        if before.engine != after.engine {
            let engine = after.engine.as_deref().unwrap_or("InnoDB");
            let clause = format!("ENGINE={}", render::word(engine));
            self.alter(table, Way::Copy, &["ENGINE"], clause);
        }
        let charset = |it: &TableOptions| (it.charset.clone(), it.collation.clone());
        if charset(before) != charset(after) {
            self.convert_charset(table, after);
        }
        if before.row_format != after.row_format {
            let format = after.row_format.as_deref().unwrap_or("DEFAULT");
            let clause = format!("ROW_FORMAT={}", render::word(format));
            let way = self.way(table, |ground| ground.rebuild());
            self.alter(table, way, &["ROW_FORMAT"], clause);
        }
    }

    /// The columns that say nothing of their own follow their table, so their
    /// values are converted with it. The conversion takes all text with it, and
    /// gives large text a larger type: what shall stay as it is, is said anew.
    fn convert_charset(&mut self, table: &QName, after: &TableOptions) {
        let clause = match (&after.charset, &after.collation) {
            (_, Some(collation)) => format!(
                "CONVERT TO CHARACTER SET {} COLLATE {}",
                render::word(charsets::charset_of(collation)),
                render::word(collation)
            ),
            (Some(charset), None) => {
                format!("CONVERT TO CHARACTER SET {}", render::word(charset))
            }
            (None, None) => "CONVERT TO CHARACTER SET DEFAULT".to_owned(),
        };
        let Some(owner) = self.schema.tables.get(table).cloned() else { return };
        let text = self.way(table, |ground| match ground.has_text() {
            true => Way::Copy,
            false => Ground::table_collation(&ground),
        });
        self.alter(table, text, &["CHARACTER SET"], clause);
        let large = |column: &Column| matches!(column.data_type, ColumnType::Text(_));
        let own = |column: &Column| column.collation.is_some() || column.charset.is_some();
        let restated: Vec<&Column> =
            owner.columns.iter().filter(|column| large(column) || own(column)).collect();
        if !restated.is_empty() {
            self.flush();
        }
        for column in restated {
            self.modify(table, Way::Copy, column);
        }
    }
}
