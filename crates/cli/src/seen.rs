//! What was not read is not absent: which tables a comparison of models and a database may
//! drop. A table that no model ever named is kept; and while something in the models is
//! unread, no table is dropped that may be declared there.

use autogen_live::names;
use autogen_plan::Plan;
use autogen_schema::{
    Bearing, Change, ColumnChange, Declared, EnumChange, QName, Schema, TableChange, Unread,
    counted,
};

use crate::error::Error;
use crate::loaded::Loaded;
use crate::output;
use crate::project::Project;

/// How many names are reported in one line.
const SHOWN: usize = 8;

/// How many places are reported.
const PLACES: usize = 5;

/// Finds what only the database has and no model ever named.
pub(crate) fn settle(
    project: &Project,
    default_schema: Option<&str>,
    from: &Loaded,
    to: &mut Loaded,
) -> Result<(), Error> {
    if !to.declared.is_models() {
        return Ok(());
    }
    let existing = &from.declared.schema;
    let named = match from.own {
        true => existing.clone(),
        // It determines what may be dropped: an unreadable one is not absent.
        false => project.folder.snapshot()?.map(|snapshot| snapshot.schema).unwrap_or_default(),
    };
    let drops =
        |name: &QName| project.drops.iter().any(|pattern| names(pattern, name, default_schema));
    to.declared.leave_unknown(existing, &named);
    to.declared.dropped =
        unnamed(existing, &to.declared).filter(|name| drops(name)).cloned().collect();
    let fits = |pattern: &&String| {
        to.declared.dropped.iter().any(|name| names(pattern, name, default_schema))
    };
    match project.drops.iter().find(|pattern| !fits(pattern)) {
        Some(pattern) => Err(nothing_to_drop(
            pattern,
            "no table or enum that only the database has matches that name",
        )),
        None => {
            if project.config.drop_unknown_tables {
                let unread = &to.declared.unread;
                let gone = |name: &&QName| !unread.iter().any(|item| item.may_declare(name));
                let all: Vec<QName> = to.declared.unknown.iter().filter(gone).cloned().collect();
                to.declared.dropped.extend(all);
            }
            Ok(())
        }
    }
}

/// The tables and enums that no model names now.
fn unnamed<'a>(existing: &'a Schema, declared: &'a Declared) -> impl Iterator<Item = &'a QName> {
    let named = &declared.schema;
    let tables = existing.tables.keys().filter(|name| !named.tables.contains_key(*name));
    let enums = existing.enums.keys().filter(|name| !named.enums.contains_key(*name));
    tables.chain(enums).filter(|name| !declared.skipped.contains(*name))
}

/// Refuses `--drop` for a comparison without models.
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
        "write the name of a table as `autogen inspect` shows it; `*` matches any text",
    )
}

/// Refuses to drop what may be declared in unread code.
pub(crate) fn require(declared: &Declared, plan: &Plan, compiled: bool) -> Result<(), Error> {
    let unread = &declared.unread;
    let going = plan.up.changes.iter().filter_map(|it| going(declared, plan, it));
    let going = going.filter(|it| unread.iter().any(|item| it.may_be_in(item)));
    let going: Vec<Going<'_>> = going.collect();
    if going.is_empty() {
        return Ok(());
    }
    let places = places(unread.iter().filter(|item| going.iter().any(|it| it.may_be_in(item))));
    let going: Vec<String> = going.iter().map(ToString::to_string).collect();
    Err(Error::refused(
        "A0671",
        format!(
            "no model that was read has {}, and not all was read:{}",
            listed(&going),
            places.iter().map(|it| format!("\n  {it}")).collect::<String>()
        ),
        &format!(
            "{}; or, where it is none of them, {}`exclude` it in autogen.toml, or name it in a \
             model with `#[autogen(skip)]` to leave it alone",
            match (declared.is_models(), compiled) {
                (false, _) =>
                    "write the snapshot or file again, from models that are read with `--compiled`",
                (true, true) => "derive `Autogen` on the model, which then registers",
                (true, false) => "read the models with `--compiled`",
            },
            match declared.is_models() {
                true => "pass `--drop NAME` to drop it, ",
                false => "",
            }
        ),
    ))
}

/// Places that were not read, the likely ones first, and how many more.
fn places<'a>(unread: impl Iterator<Item = &'a Unread>) -> Vec<String> {
    let mut all: Vec<&Unread> = unread.collect();
    all.sort_by_key(|it| it.bearing);
    let mut places: Vec<String> = all.iter().take(PLACES).map(ToString::to_string).collect();
    let more = all.len().saturating_sub(PLACES);
    if more > 0 {
        places.push(format!("and {}", counted(more, "more place")));
    }
    places
}

/// What a change drops.
enum Going<'a> {
    Table(&'a QName),
    Enum(&'a QName),
    Column(&'a QName, &'a str),
}

impl Going<'_> {
    /// Whether unread code may declare it. A column can only be declared where its own model may
    /// be changed.
    fn may_be_in(&self, item: &Unread) -> bool {
        match self {
            Self::Table(name) | Self::Enum(name) => item.may_declare(name),
            Self::Column(table, _) => {
                item.bearing == Bearing::Likely && item.table.as_ref() == Some(*table)
            }
        }
    }
}

impl std::fmt::Display for Going<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(name) => write!(f, "table {name}"),
            Self::Enum(name) => write!(f, "enum {name}"),
            Self::Column(table, name) => write!(f, "column {table}.{name}"),
        }
    }
}

/// What a change drops, unless it was requested.
fn going<'a>(declared: &Declared, plan: &Plan, change: &'a Change) -> Option<Going<'a>> {
    let after = &plan.schema.after;
    let unsaid = |name: &QName| !declared.dropped.contains(name);
    if let Change::Table(TableChange::Drop(table)) = change {
        let goes = !after.tables.contains_key(&table.name) && unsaid(&table.name);
        return goes.then_some(Going::Table(&table.name));
    }
    if let Change::Enum(EnumChange::Drop(item)) = change {
        let goes = !after.enums.contains_key(&item.name) && unsaid(&item.name);
        return goes.then_some(Going::Enum(&item.name));
    }
    if let Change::Column(ColumnChange::Drop { table, column, .. }) = change {
        return Some(Going::Column(table, &column.name));
    }
    None
}

/// Reports what was not read, and what is kept since no model ever named it.
pub(crate) fn tell(project: &Project, unread: &[Unread], plan: &Plan) {
    let kept: Vec<String> = plan.unknown.iter().map(ToString::to_string).collect();
    // The user wants to know why these are not dropped.
    let all = project.config.drop_unknown_tables && !kept.is_empty();
    tell_unread(unread, all);
    if !kept.is_empty() {
        output::note(&format!("no model ever named {}: left alone", listed(&kept)));
    }
}

/// Reports what was not read: what probably declares a table, or everything.
pub(crate) fn tell_unread(unread: &[Unread], all: bool) {
    for place in places(unread.iter().filter(|it| all || it.bearing == Bearing::Likely)) {
        output::note(&format!("not read: {place}"));
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
