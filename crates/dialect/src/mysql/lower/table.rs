//! Tables.

use std::collections::BTreeSet;

use autogen_schema::{
    Change, Column, ColumnType, Defined, Pair, QName, Table, TableChange, TableOptions,
};

use super::{COMMENT, Lowering};
use crate::Dialect::Mysql;
use crate::mysql::Flavor;
use crate::mysql::locks::{self, Algorithm, TableState};
use crate::mysql::{charsets, render, types};
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
                self.rename_table(name);
            }
            TableChange::Comment { table, comment } => {
                let algorithm = self.algorithm(table, |state| state.table_comment());
                let text = Mysql.quote_text(comment.after.as_deref().unwrap_or_default());
                self.alter(table, algorithm, &[COMMENT], format!("COMMENT={text}"));
            }
            TableChange::Options { table, options } => self.options(table, options),
            TableChange::Reorder { table, columns } => self.reorder(table, &columns.after),
        }
    }

    /// Names that pass from one table to another are exchanged in one statement, so that none of
    /// them is ever missing.
    fn rename_table(&mut self, name: &Pair<QName>) {
        let clause =
            format!("{} TO {}", Mysql.quote_name(&name.before), Mysql.quote_name(&name.after));
        let earlier = self.request.changes.get(..self.cause).unwrap_or_default();
        let run: Vec<&Pair<QName>> =
            earlier.iter().rev().map_while(Change::renamed_table).collect();
        let passed = |it: &&Pair<QName>| it.before == name.after || it.after == name.before;
        self.flush();
        match self.steps.last_mut() {
            Some(last) if run.iter().any(passed) && last.sql.starts_with("RENAME TABLE ") => {
                last.sql = format!("{},\n    {clause}", last.sql);
                last.causes.push(self.cause);
            }
            Some(_) | None => self.step(locks::BRIEF, format!("RENAME TABLE {clause}")),
        }
    }

    /// If the order of columns is compared: the column after which a new one is added, or none
    /// for the first.
    pub(super) fn predecessor(&self, table: &QName, name: &str) -> Option<Option<String>> {
        let later = self.request.changes.get(self.cause..).unwrap_or_default();
        let order = later.iter().find_map(|change| {
            let Change::Table(TableChange::Reorder { table: it, columns }) = change else {
                return None;
            };
            (it == table).then_some(&columns.after)
        })?;
        let owner = self.schema.tables.get(table)?;
        let place = order.iter().position(|column| column == name)?;
        let before = order.iter().take(place).rev();
        Some(before.into_iter().find(|column| owner.column(column).is_some()).cloned())
    }

    /// Moves an added column to the position that its statement gives it.
    pub(super) fn put_in_place(&mut self, table: &QName, name: &str) {
        let Some(before) = self.predecessor(table, name) else { return };
        let Some(table) = self.schema.table_mut(table) else { return };
        let Some(at) = table.columns.iter().position(|it| it.name == name) else { return };
        let column = table.columns.remove(at);
        let behind = before.and_then(|it| table.columns.iter().position(|c| c.name == it));
        table.columns.insert(behind.map_or(0, |at| at + 1), column);
    }

    /// As many columns as possible keep their position; each of the others is moved after its
    /// final predecessor, from the first to the last.
    fn reorder(&mut self, table: &QName, order: &[String]) {
        let Some(owner) = self.schema.tables.get(table).cloned() else { return };
        let algorithm = self.algorithm(table, |state| state.reorder(order));
        let places: Vec<usize> = order
            .iter()
            .filter_map(|name| owner.columns.iter().position(|it| it.name == *name))
            .collect();
        let staying = longest_rise(&places);
        let mut before: Option<&Column> = None;
        for (at, place) in places.into_iter().enumerate() {
            let Some(column) = owner.columns.get(place) else { continue };
            if !staying.contains(&at) {
                let behind = before
                    .map_or("FIRST".to_owned(), |it| format!("AFTER {}", Mysql.quote(&it.name)));
                let definition = self.restated(table, column);
                let clause = format!("MODIFY COLUMN {definition} {behind}");
                self.alter(table, algorithm, &[&column.name], clause);
            }
            before = Some(column);
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
            self.alter(table, Algorithm::Copy, &["ENGINE"], clause);
        }
        let charset = |it: &TableOptions| (it.charset.clone(), it.collation.clone());
        if charset(before) != charset(after) {
            self.convert_charset(table, after);
        }
        if before.row_format != after.row_format {
            let format = after.row_format.as_deref().unwrap_or("DEFAULT");
            let clause = format!("ROW_FORMAT={}", render::word(format));
            let algorithm = self.algorithm(table, |state| state.rebuild());
            self.alter(table, algorithm, &["ROW_FORMAT"], clause);
        }
    }

    /// Columns without their own character set follow their table, so their values are converted
    /// with it. `CONVERT TO` would also convert text that must not change, and give large text a
    /// larger type: if there is any, each following column is restated.
    fn convert_charset(&mut self, table: &QName, after: &TableOptions) {
        let Some(owner) = self.schema.tables.get(table).cloned() else { return };
        let has_charset = |column: &Column| column.collation.is_some() || column.charset.is_some();
        let large = |column: &Column| matches!(column.data_type, ColumnType::Text(_));
        let goal = self.ends.after.tables.get(table).cloned();
        let stays = |column: &Column| {
            let later = goal.as_ref().and_then(|table| table.column(&column.name));
            has_charset(column) || later.is_some_and(has_charset)
        };
        let texts = || owner.columns.iter().filter(|column| types::has_charset(&column.data_type));
        // In MariaDB, JSON is text with a fixed character set.
        let json = |column: &&Column| {
            matches!(column.data_type, ColumnType::Json | ColumnType::JsonBinary)
                && self.flavor == Flavor::Mariadb
        };
        let documents: Vec<&Column> = owner.columns.iter().filter(json).collect();
        let algorithm = self.algorithm(table, |state| match state.has_text() {
            true => Algorithm::Copy,
            false => TableState::table_collation(&state),
        });
        let default = self.request.schema.after.collation.0.as_deref();
        let collation = after.collation.as_deref().or(default.filter(|_| after.charset.is_none()));
        let named = match (collation, &after.charset) {
            (Some(collation), _) => Some(format!(
                "CHARACTER SET {} COLLATE {}",
                render::word(charsets::charset_of(collation)),
                render::word(collation)
            )),
            (None, Some(charset)) => Some(format!("CHARACTER SET {}", render::word(charset))),
            (None, None) => None,
        };
        if let Some(named) = named.as_ref().filter(|_| {
            !documents.is_empty() || texts().any(|column| large(column) || stays(column))
        }) {
            self.flush();
            self.alter(table, algorithm, &["CHARACTER SET"], format!("DEFAULT {named}"));
            for column in texts().filter(|column| !stays(column)) {
                self.modify(table, algorithm, column);
            }
            return;
        }
        let said = named.filter(|_| after.charset.is_some() || after.collation.is_some());
        let to = said.unwrap_or_else(|| "CHARACTER SET DEFAULT".to_owned());
        self.alter(table, algorithm, &["CHARACTER SET"], format!("CONVERT TO {to}"));
        let mut restated: Vec<&Column> =
            texts().filter(|column| large(column) || has_charset(column)).collect();
        restated.extend(documents);
        // `CONVERT TO` also converts columns that become large text in the same statement.
        let text = |name: &str| texts().any(|column| column.name == name);
        let mut columns = goal.iter().flat_map(|table| &table.columns);
        let coming = columns.any(|column| large(column) && !text(&column.name));
        if coming || !restated.is_empty() {
            self.flush();
        }
        for column in restated {
            self.modify(table, Algorithm::Copy, column);
        }
    }
}

/// The positions of the longest increasing subsequence of a list; of several, the one that
/// begins first.
fn longest_rise(list: &[usize]) -> BTreeSet<usize> {
    // For each element, the length of the longest increasing subsequence from there, and its
    // next element.
    let mut known: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, value) in list.iter().enumerate().rev() {
        let later = list.iter().enumerate().skip(at + 1).filter(|(_, it)| *it > value);
        let next = later.map(|(place, _)| place).max_by_key(|place| {
            let length = known.get(list.len() - 1 - place).map_or(0, |it| it.0);
            (length, std::cmp::Reverse(*place))
        });
        let rest = next.and_then(|place| known.get(list.len() - 1 - place));
        known.push((1 + rest.map_or(0, |it| it.0), next));
    }
    known.reverse();
    let longest = known.iter().map(|it| it.0).max().unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut open = known.iter().position(|it| it.0 == longest);
    while let Some(at) = open {
        found.insert(at);
        open = known.get(at).and_then(|it| it.1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises() {
        let of = |list: &[usize]| longest_rise(list).into_iter().collect::<Vec<_>>();
        assert_eq!(of(&[]), [0_usize; 0]);
        assert_eq!(of(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(of(&[0, 3, 2, 4, 1]), [0, 1, 3]);
        assert_eq!(of(&[2, 0, 1]), [1, 2]);
        assert_eq!(of(&[1, 0]), [0]);
    }
}
