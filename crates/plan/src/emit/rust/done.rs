//! How an interrupted migration finds out what it has done: SeaORM notes only whole
//! migrations.

use autogen_dialect::Dialect;
use autogen_dialect::sqlite::other_runners;
use autogen_schema::{Change, Index, QName, Schema};

use super::literal;
use crate::plan::{DirectionPlan, Plan, PlannedStep};

/// The condition to run a statement that commits by itself, if one of its changes shows
/// whether it ran.
pub(super) fn condition(plan: &Plan, way: &DirectionPlan, planned: &PlannedStep) -> Option<String> {
    // Statements on rows can run again.
    if planned.step.transaction {
        return None;
    }
    looked_for(plan, way, planned)
}

/// The condition to run a statement, in a transaction or not, if one of its changes shows
/// whether it ran.
pub(super) fn looked_for(
    plan: &Plan,
    way: &DirectionPlan,
    planned: &PlannedStep,
) -> Option<String> {
    let mut causes = planned.step.causes.iter().filter_map(|at| way.changes.get(*at));
    causes.find_map(|change| missing(plan.dialect, change, &planned.step.sql))
}

/// A change may need several statements: the condition is for the one that makes it.
fn missing(dialect: Dialect, change: &Change, sql: &str) -> Option<String> {
    let made_here =
        |sign: &Sign<'_>| sql.contains(&format!("{} {}", sign.words, dialect.quote(sign.said)));
    let query = |sign: Option<Sign<'_>>| sign.filter(made_here)?.there();
    query(comes(change)).map(|found| format!("!{found}")).or_else(|| query(goes(change)))
}

/// The object that exists only after the change.
fn comes(change: &Change) -> Option<Sign<'_>> {
    let table = change.created_table().map(|it| Sign::table("CREATE TABLE", &it.name));
    let column =
        change.added_column().map(|(table, it)| Sign::column("ADD COLUMN", table, &it.name));
    let renamed = change.renamed_column().map(|(table, name)| Sign {
        said: &name.before,
        ..Sign::column("RENAME COLUMN", table, &name.after)
    });
    table.or(column).or(renamed).or_else(|| change.created_index().and_then(Sign::index))
}

/// The object that exists only before the change.
fn goes(change: &Change) -> Option<Sign<'_>> {
    let table = change.dropped_table().map(|it| Sign::table("DROP TABLE", &it.name));
    let column =
        change.dropped_column().map(|(table, it)| Sign::column("DROP COLUMN", table, &it.name));
    table.or(column).or_else(|| change.dropped_index().and_then(Sign::index))
}

/// How a statement names an object, and the query for it.
struct Sign<'c> {
    words: &'static str,
    said: &'c str,
    method: &'static str,
    table: &'c QName,
    part: Option<&'c str>,
}

impl<'c> Sign<'c> {
    fn table(words: &'static str, table: &'c QName) -> Self {
        Self { words, said: &table.name, method: "has_table", table, part: None }
    }

    fn column(words: &'static str, table: &'c QName, name: &'c str) -> Self {
        Self { words, said: name, method: "has_column", table, part: Some(name) }
    }

    fn index((table, index): (&'c QName, &'c Index)) -> Option<Self> {
        let name = index.name.text()?;
        Some(Self { words: "INDEX", said: name, method: "has_index", table, part: Some(name) })
    }

    /// The query, if there is one for the current schema.
    fn there(&self) -> Option<String> {
        let table = self.table.schema.is_none().then(|| literal(&self.table.name))?;
        let part = self.part.map(|it| format!(", {}", literal(it))).unwrap_or_default();
        Some(format!("manager.{}({table}{part}).await?", self.method))
    }
}

/// A query that returns a row if a table that SQLite recreates or drops is already in its new
/// state: one is enough, since all change together.
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
