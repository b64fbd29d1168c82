//! What was not seen is not absent: what goes where models meet a database. A table
//! that no model ever named stays; and while something in the models is unread, none
//! goes that may stand there.

use std::collections::BTreeSet;

use autogen_live::names;
use autogen_plan::Plan;
use autogen_schema::{
    Change, ColumnChange, Declared, EnumChange, QName, Schema, TableChange, Unread,
};

use crate::error::Error;
use crate::output;
use crate::project::Project;
use crate::source::Loaded;

/// So many names are told in one line.
const SHOWN: usize = 8;

/// Finds out what only the database has and no model ever named.
pub(crate) fn settle(
    project: &Project,
    default_schema: Option<&str>,
    from: &Loaded,
    to: &mut Loaded,
) -> Result<(), Error> {
    if !to.declared.is_models() {
        return Ok(());
    }
    let there = &from.declared.schema;
    let named = match from.own {
        true => there.clone(),
        // One that can't be read is told where it counts.
        false => project.folder.snapshot().ok().flatten().map(|it| it.schema).unwrap_or_default(),
    };
    let drops =
        |name: &QName| project.drops.iter().any(|pattern| names(pattern, name, default_schema));
    to.declared.leave_strangers(there, &named);
    to.declared.dropped = unnamed(there, &to.declared).filter(|it| drops(it)).cloned().collect();
    let fits =
        |pattern: &&String| to.declared.dropped.iter().any(|it| names(pattern, it, default_schema));
    match project.drops.iter().find(|pattern| !fits(pattern)) {
        Some(pattern) => Err(nothing_to_drop(
            pattern,
            "no table or enum that only the database has goes by that name",
        )),
        None => {
            // All of them go only where everything was read.
            if project.config.drop_unknown_tables && to.declared.unread.is_empty() {
                let all = to.declared.strangers.clone();
                to.declared.dropped.extend(all);
            }
            Ok(())
        }
    }
}

/// The tables and enums that no model names now.
fn unnamed<'a>(there: &'a Schema, declared: &'a Declared) -> impl Iterator<Item = &'a QName> {
    let own = &declared.schema;
    let tables = there.tables.keys().filter(|it| !own.tables.contains_key(*it));
    let enums = there.enums.keys().filter(|it| !own.enums.contains_key(*it));
    tables.chain(enums).filter(|it| !declared.skipped.contains(*it))
}

/// Refuses `--drop` where everything counts as it is.
pub(crate) fn require_models(project: &Project, to: &Declared) -> Result<(), Error> {
    match project.drops.first() {
        Some(name) if !to.is_models() => {
            Err(nothing_to_drop(name, "only a comparison with models leaves tables alone"))
        }
        Some(_) | None => Ok(()),
    }
}

fn nothing_to_drop(pattern: &str, why: &str) -> Error {
    Error::usage(
        "A0672",
        format!("--drop {pattern} drops nothing: {why}"),
        "write the name of a table as `autogen inspect` shows it; `*` fits anything",
    )
}

/// Refuses to drop what may stand where nobody could read.
pub(crate) fn require(declared: &Declared, plan: &Plan) -> Result<(), Error> {
    let unread = &declared.unread;
    if unread.is_empty() {
        return Ok(());
    }
    let going: Vec<String> =
        plan.up.changes.iter().filter_map(|it| going(declared, plan, it)).collect();
    if going.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = unread.iter().map(|it| format!("\n  {it}")).collect();
    Err(Error::refused(
        "A0671",
        format!(
            "no model that was read has {}, and not all was read:{}",
            listed(&going),
            places.concat()
        ),
        "read the models with `--compiled`; or, where it is none of them, say \
         `--drop NAME` to drop it, `exclude` it in autogen.toml, or name it in a model with \
         `#[autogen(skip)]` to leave it alone",
    ))
}

/// What a change takes away that may be declared where nobody could read.
fn going(declared: &Declared, plan: &Plan, change: &Change) -> Option<String> {
    let after = &plan.schema.after;
    let unsaid = |name: &QName| !declared.dropped.contains(name);
    if let Change::Table(TableChange::Drop(table)) = change {
        let name = &table.name;
        let goes = !after.tables.contains_key(name) && unsaid(name);
        return goes.then(|| format!("table {name}"));
    }
    if let Change::Enum(EnumChange::Drop(item)) = change {
        let goes = !after.enums.contains_key(&item.name) && unsaid(&item.name);
        return goes.then(|| format!("enum {}", item.name));
    }
    if let Change::Column(ColumnChange::Drop { table, column, .. }) = change {
        let touched = declared.unread.iter().any(|it| it.table.as_ref() == Some(table));
        return touched.then(|| format!("column {table}.{}", column.name));
    }
    None
}

/// Tells what was not read, and what is left alone since nobody ever named it.
pub(crate) fn tell(unread: &[Unread], plan: &Plan) {
    for item in unread {
        output::note(&format!("not read: {item}"));
    }
    let kept: BTreeSet<&QName> = plan.strangers.iter().collect();
    if !kept.is_empty() {
        let names: Vec<String> = kept.iter().map(ToString::to_string).collect();
        output::note(&format!("no model ever named {}: left alone", listed(&names)));
    }
}

/// Some names, and how many more.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
