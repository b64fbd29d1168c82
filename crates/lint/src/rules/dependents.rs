//! DD110: a kept text names something that is dropped or renamed.

use autogen_plan::{Named, Severity};
use autogen_schema::QName;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD110",
    title: "a kept text names something that is dropped or renamed",
    severity: Severity::Danger,
    page: "The migration drops or renames a column, a table, a view or a routine, and keeps a text that names it. The database accepts that, because it compiles the text only when it runs: the bodies of PostgreSQL's functions and procedures; views, triggers, routines and events on MySQL and MariaDB; views and triggers on SQLite. After the migration, the text fails: a trigger makes every statement fail that fires it.\n\nautogen looks for names in the text. A column counts if the text also names its table, or if it is the column of NEW or OLD in a trigger of its table. Names in strings that are run with EXECUTE or PREPARE are not found.\n\nOn MySQL and MariaDB, triggers and views that name a renamed column are recreated with the new name. The new name is written wherever the old one is in the text: if a trigger also names a column of another table that has the old name, correct the text in the migration.\n\nChange the text in the same revision: declare the view, the trigger or the routine in an .sql file (`sql` in autogen.toml), or write its new definition into the migration.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    case.first.then_some(())?;
    let gone = gone(case)?;
    let (named, renamed, name) = match &gone {
        Gone::Column { table, column, renamed } => {
            (Named::Column(table, column), *renamed, format!("{table}.{column}"))
        }
        Gone::Relation { name, renamed } => (Named::Relation(name), *renamed, name.to_string()),
        Gone::Routine(name) => (Named::Routine(name), false, name.to_string()),
    };
    let objects = case.late_texts.naming(named, renamed);
    let Some((first, more)) = objects.split_first() else { return rewritten(case) };
    let (uses, it) = if more.is_empty() { ("uses", "it") } else { ("use", "them") };
    let list = [&[*first], more].concat().join(", ");
    let what = if renamed { "has another name" } else { "is gone" };
    Finding::new(
        format!("{list} still {uses} {name}, which {what} afterwards"),
        format!("change {it} in the same revision"),
    )
}

/// A trigger that is recreated with the new name of a column, also where it means a column of
/// another table.
fn rewritten(case: &Case<'_>) -> Option<Finding> {
    let (table, name) = case.change.renamed_column()?;
    let own = case.origin.table(table)?;
    let stays = |other: &&QName| {
        let after = case.schema.after.tables.get(*other);
        **other != own && after.is_some_and(|it| it.column(&name.before).is_some())
    };
    let others = case.schema.before.tables.keys().filter(stays);
    let mut losing = others.flat_map(|other| {
        let objects = case.late_texts.losing(other, &name.before);
        objects.into_iter().map(move |it| (it, other))
    });
    let (object, other) = losing.next()?;
    Finding::new(
        format!(
            "{object} is recreated with {} in place of {}, also where it means {other}.{}",
            name.after, name.before, name.before
        ),
        "correct its text in the migration",
    )
}

/// What a change takes away, by its name before the plan.
enum Gone {
    Column { table: QName, column: String, renamed: bool },
    Relation { name: QName, renamed: bool },
    Routine(QName),
}

fn gone(case: &Case<'_>) -> Option<Gone> {
    let change = case.change;
    let renamed = change.renamed_column().map(|(table, name)| (table, &name.before));
    let dropped = change.dropped_column().map(|(table, column)| (table, &column.name));
    if let Some((on, column)) = dropped.or(renamed) {
        let returns = case.schema.after.tables.get(on).and_then(|it| it.column(column));
        let (table, column) = (case.origin.table(on)?, case.origin.column(on, column)?);
        let renamed = renamed.is_some();
        return (renamed || returns.is_none()).then_some(Gone::Column { table, column, renamed });
    }
    if let Some(routine) = change.dropped_routine() {
        let returns = case.schema.after.routines.iter().any(|it| it.name == routine.name);
        return (!returns).then(|| Gone::Routine(routine.name.clone()));
    }
    relation(case)
}

/// The relation that is gone; another one may take its name.
fn relation(case: &Case<'_>) -> Option<Gone> {
    let renamed = case.change.renamed_table().map(|name| &name.before);
    let dropped = case.change.dropped_table().map(|it| &it.name);
    let table = dropped.or(renamed);
    let name = match (table, case.change.dropped_view()) {
        (Some(table), _) => case.origin.table(table)?,
        (None, Some(view)) => view.name.clone(),
        (None, None) => return None,
    };
    let after = case.schema.after;
    let partition = after.partitions().contains_key(&name);
    let taken = after.tables.contains_key(&name) || after.views.contains_key(&name);
    (!taken && !partition).then_some(Gone::Relation { name, renamed: renamed.is_some() })
}
