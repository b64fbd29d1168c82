//! How a migration that was stopped in the middle finds out what it did:
//! SeaORM notes only whole migrations.

use autogen_dialect::Dialect;
use autogen_dialect::sqlite::other_runners;
use autogen_schema::{Change, ColumnChange, IndexChange, QName, Schema, TableChange};

use super::literal;
use crate::plan::{Direction, Plan, PlannedStep};

/// The condition under which a statement that commits by itself is still to be
/// run, where one of its changes tells.
pub(super) fn condition(plan: &Plan, way: &Direction, planned: &PlannedStep) -> Option<String> {
    // Statements about rows can be run again.
    if planned.step.transaction {
        return None;
    }
    looked_for(plan, way, planned)
}

/// The condition under which a statement is still to be run, in a transaction or
/// not, where one of its changes tells.
pub(super) fn looked_for(plan: &Plan, way: &Direction, planned: &PlannedStep) -> Option<String> {
    let mut causes = planned.step.causes.iter().filter_map(|at| way.changes.get(*at));
    causes.find_map(|change| missing(plan.dialect, change, &planned.step.sql))
}

/// A change may take several statements: the answer counts for the one that
/// makes it.
fn missing(dialect: Dialect, change: &Change, sql: &str) -> Option<String> {
    let name = |table: &QName| table.schema.is_none().then(|| literal(&table.name));
    let says = |words: &str, name: &str| sql.contains(&format!("{words} {}", dialect.quote(name)));
    match change {
        Change::Table(TableChange::Create(table)) if says("CREATE TABLE", &table.name.name) => {
            Some(format!("!manager.has_table({}).await?", name(&table.name)?))
        }
        Change::Table(TableChange::Drop(table)) if says("DROP TABLE", &table.name.name) => {
            Some(format!("manager.has_table({}).await?", name(&table.name)?))
        }
        Change::Column(ColumnChange::Add { table, column, .. })
            if says("ADD COLUMN", &column.name) =>
        {
            let (table, column) = (name(table)?, literal(&column.name));
            Some(format!("!manager.has_column({table}, {column}).await?"))
        }
        Change::Column(ColumnChange::Drop { table, column, .. })
            if says("DROP COLUMN", &column.name) =>
        {
            let (table, column) = (name(table)?, literal(&column.name));
            Some(format!("manager.has_column({table}, {column}).await?"))
        }
        Change::Column(ColumnChange::Rename { table, name: names })
            if says("RENAME COLUMN", &names.before) =>
        {
            let (table, column) = (name(table)?, literal(&names.after));
            Some(format!("!manager.has_column({table}, {column}).await?"))
        }
        Change::Index(IndexChange::Create { table, index }) => {
            let index = index.name.text().filter(|it| says("INDEX", it))?;
            Some(format!("!manager.has_index({}, {}).await?", name(table)?, literal(index)))
        }
        Change::Index(IndexChange::Drop { table, index }) => {
            let index = index.name.text().filter(|it| says("INDEX", it))?;
            Some(format!("manager.has_index({}, {}).await?", name(table)?, literal(index)))
        }
        _other => None,
    }
}

/// A query that gives a row where a table that is made anew on SQLite, or
/// dropped, is so already: one that tells for all, since they go together.
pub(super) fn rebuilt(plan: &Plan, up: bool) -> Option<String> {
    let (way, before, after) = match up {
        true => (&plan.up, &plan.schema.before, &plan.schema.after),
        false => (&plan.down, &plan.schema.after, &plan.schema.before),
    };
    let text = |schema: &Schema, name: &QName| {
        schema.tables.get(name).map(|table| plan.dialect.create_table(table))
    };
    way.changes.iter().filter_map(Change::table).find_map(|name| {
        match (text(before, name), text(after, name)) {
            (before, Some(now)) if before.as_ref() != Some(&now) => {
                Some(other_runners::is_made(&now))
            }
            (Some(_), None) => Some(other_runners::is_gone(&name.name)),
            (Some(_) | None, Some(_) | None) => None,
        }
    })
}
