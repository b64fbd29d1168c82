//! Renames: declared, given or asked for, and never guessed. What looks like
//! one and is open becomes a [`Candidate`].

mod candidates;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use autogen_schema::{
    Change, ColumnChange, ColumnType, DomainChange, EnumChange, Pair, QName, Rename, Schema,
    SequenceChange, Table, TableChange,
};

use crate::PlanError;

/// Something that goes beside something alike that comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// What it would be.
    pub rename: Rename,
    /// How much speaks for it, in percent.
    pub score: u8,
}

impl Candidate {
    /// The name that goes, as `--no-rename` takes it.
    pub fn before(&self) -> String {
        Text(&self.rename).to_string().split('=').next().unwrap_or_default().to_owned()
    }

    /// The rename as `--rename` takes it.
    pub fn flag(&self) -> String {
        flag(&self.rename)
    }
}

/// A rename as `--rename` takes it.
pub(crate) fn flag(rename: &Rename) -> String {
    Text(rename).to_string()
}

/// A rename in the words of `--rename`.
struct Text<'a>(&'a Rename);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rename::Table { before, after } => write!(f, "{before}={after}"),
            Rename::Column { table, before, after } => write!(f, "{table}.{before}={after}"),
            Rename::Type { before, after } => write!(f, "type:{before}={after}"),
            Rename::Value { of, before, after } => write!(f, "type:{of}.{before}={after}"),
            Rename::Label { table, column, before, after } => {
                write!(f, "{table}.{column}.{before}={after}")
            }
        }
    }
}

/// A rename as somebody wrote it, before it is known what the names mean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    text: String,
    of_type: bool,
    before: Vec<String>,
    after: Vec<String>,
}

impl std::str::FromStr for Given {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |problem: &str| PlanError::Rename {
            rename: text.to_owned(),
            problem: problem.to_owned(),
        };
        let (of_type, names) = match text.strip_prefix("type:") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (before, after) = names.split_once('=').ok_or_else(|| error("there is no `=`"))?;
        let split = |name: &str| name.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (before, after) = (split(before), split(after));
        if before.iter().chain(&after).any(String::is_empty) {
            return Err(error("a name is empty"));
        }
        if before.len() > 3 || after.len() > 2 {
            return Err(error("a name has too many parts"));
        }
        Ok(Self { text: text.to_owned(), of_type, before, after })
    }
}

impl Given {
    /// Finds out what is meant: `a.b` is a column where `a` is a table, else
    /// a table in a schema.
    fn resolve(&self, schema: &Schema, inlined: &Inlined) -> Result<Rename, PlanError> {
        let whole = |parts: &[String]| match parts {
            [schema, name] => QName::new(Some(schema.clone()), name),
            [name] => QName::bare(name),
            _other => QName::bare(parts.join(".")),
        };
        let exists = |name: &QName| match self.of_type {
            true => has_type(schema, name) || inlined.contains_key(name),
            false => has_relation(schema, name),
        };
        let name = whole(&self.before);
        if self.before.len() < 3 && exists(&name) {
            let mut after = whole(&self.after);
            if self.after.len() == 1 {
                after.schema.clone_from(&name.schema);
            }
            return Ok(match self.of_type {
                true => Rename::Type { before: name, after },
                false => Rename::Table { before: name, after },
            });
        }
        let error = |problem: String| PlanError::Rename { rename: self.text.clone(), problem };
        let Some((part, owner)) = self.before.split_last().filter(|(_, owner)| !owner.is_empty())
        else {
            let kind = if self.of_type { "type" } else { "table" };
            return Err(error(format!("there is no {kind} {name}")));
        };
        let owner = whole(owner);
        let after = self.after.last().cloned().unwrap_or_default();
        if !exists(&owner) {
            return Err(error(format!("there is no {owner}")));
        }
        Ok(match self.of_type {
            true => Rename::Value { of: owner, before: part.clone(), after },
            false => Rename::Column { table: owner, before: part.clone(), after },
        })
    }
}

/// The renames that hold, carried out.
pub(crate) struct Renamed {
    /// The changes, in their order.
    pub(crate) changes: Vec<Change>,
    /// The schema after them.
    pub(crate) schema: Schema,
    /// What is open.
    pub(crate) candidates: Vec<Candidate>,
    /// Declared swaps of names of which nobody knows whether they were done.
    pub(crate) unclear: Vec<Rename>,
    /// New names for values of which only rows tell: a table, its column, and
    /// the old value.
    pub(crate) in_rows: Vec<Rename>,
}

/// What is known of renames.
pub(crate) struct Wishes<'a> {
    /// From the models; they stay there after they were carried out.
    pub(crate) declared: &'a [Rename],
    /// Those of them that were carried out, where it is known.
    pub(crate) done: Option<&'a [Rename]>,
    /// From the command line or a question: they must fit.
    pub(crate) given: &'a [Given],
    /// Names that are none.
    pub(crate) denied: &'a BTreeSet<String>,
    /// Whether what nobody mentions goes.
    pub(crate) whole: bool,
    /// Schemas of which only what is declared is ours.
    pub(crate) visited: &'a BTreeSet<String>,
    /// The columns of each enum type, where the database keeps its values
    /// there.
    pub(crate) inlined: &'a Inlined,
}

/// Enum types that are no types of their own in the database, and the columns
/// at which their values stand.
pub(crate) type Inlined = BTreeMap<QName, Vec<(QName, String)>>;

impl Wishes<'_> {
    /// Whether the thing that goes is somebody else's, and does not go.
    fn is_foreign(&self, rename: &Rename) -> bool {
        match rename {
            Rename::Table { before, .. } | Rename::Type { before, .. } => {
                before.schema.as_ref().is_some_and(|schema| self.visited.contains(schema))
            }
            Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
        }
    }

    /// Whether the models say it for the first time.
    fn news(&self, rename: &Rename) -> News {
        let is_new = |it: &Rename| self.done.is_some_and(|done| !done.contains(it));
        match is_new(rename) {
            false => News::Unknown,
            true if self.declared.iter().any(|it| is_new(it) && frees(it, rename)) => News::Freed,
            true => News::New,
        }
    }

    /// A value of a type that stands at columns is a value of each of them.
    fn expanded(&self, rename: Rename) -> Vec<Rename> {
        let Rename::Value { of, before, after } = &rename else { return vec![rename] };
        let Some(places) = self.inlined.get(of) else { return vec![rename] };
        let label = |(table, column): &(QName, String)| Rename::Label {
            table: table.clone(),
            column: column.clone(),
            before: before.clone(),
            after: after.clone(),
        };
        places.iter().map(label).collect()
    }
}

/// Carries out what is declared and given, and looks for what is open.
pub(crate) fn settle(
    schema: &Schema,
    after: &Schema,
    wishes: &Wishes<'_>,
) -> Result<Renamed, PlanError> {
    let mut carried = Carried { schema: schema.clone(), changes: Vec::new() };
    let mut renames = Vec::new();
    for given in wishes.given {
        let rename = given.resolve(schema, wishes.inlined)?;
        check(after, given, &rename, &renames)?;
        renames.push(rename);
    }
    let declared = |carried: &Carried, whole: bool| {
        let open = wishes.declared.iter().filter(move |it| is_whole(it) == whole);
        let open = open.flat_map(|it| wishes.expanded(it.clone()));
        open.filter(|it| fits(&carried.schema, after, it, wishes.news(it))).collect::<Vec<_>>()
    };
    let (mut wholes, parts): (Vec<_>, Vec<_>) = renames.into_iter().partition(is_whole);
    wholes.extend(declared(&carried, true));
    wholes.sort();
    wholes.dedup();
    let current = |name: &QName| {
        let renamed = wholes.iter().find_map(|rename| match rename {
            Rename::Table { before, after } | Rename::Type { before, after } if before == name => {
                Some(after.clone())
            }
            Rename::Table { .. }
            | Rename::Type { .. }
            | Rename::Column { .. }
            | Rename::Value { .. }
            | Rename::Label { .. } => None,
        });
        renamed.unwrap_or_else(|| name.clone())
    };
    // What is given names the owner as it was, what is declared as it will be.
    let mut parts: Vec<Rename> = parts
        .into_iter()
        .map(|rename| match rename {
            Rename::Column { table, before, after } => {
                Rename::Column { table: current(&table), before, after }
            }
            Rename::Value { of, before, after } => {
                Rename::Value { of: current(&of), before, after }
            }
            whole @ (Rename::Table { .. } | Rename::Type { .. } | Rename::Label { .. }) => whole,
        })
        .flat_map(|rename| wishes.expanded(rename))
        .collect();
    for part in &parts {
        check_part(after, part)?;
    }
    let in_rows = wishes.declared.iter().filter(|it| wishes.news(it) != News::Unknown);
    let in_rows = in_rows.flat_map(|it| wishes.expanded(it.clone()));
    let in_rows = in_rows.filter(|it| is_in_rows(schema, it)).collect();
    let unclear = match wishes.done {
        Some(_) => Vec::new(),
        None => unclear(schema, after, wishes.declared, &wholes),
    };
    carried.all(wholes)?;
    parts.extend(declared(&carried, false));
    parts.sort();
    parts.dedup();
    carried.all(parts)?;
    let candidates = candidates::find(&carried.schema, after, wishes);
    Ok(Renamed { changes: carried.changes, schema: carried.schema, candidates, unclear, in_rows })
}

fn is_whole(rename: &Rename) -> bool {
    match rename {
        Rename::Table { .. } | Rename::Type { .. } => true,
        Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
    }
}

/// Whether a declared rename was declared before. Without that, a swap can't be
/// told from one that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// It was, or nobody knows.
    Unknown,
    /// It was not.
    New,
    /// It was not, and so was another one that gives up the new name.
    Freed,
}

/// Whether a declared rename is still to be done.
fn fits(schema: &Schema, wanted: &Schema, rename: &Rename, news: News) -> bool {
    match rename {
        Rename::Table { before, after } => {
            let gone = !wanted.tables.contains_key(before) || news == News::New;
            let due = !schema.tables.contains_key(after) && gone;
            schema.tables.contains_key(before) && (due || news == News::Freed)
        }
        Rename::Type { before, after } => {
            schema.enums.contains_key(before) && !schema.enums.contains_key(after)
        }
        Rename::Column { table, before, after } => {
            let (Some(there), Some(wanted)) = (schema.tables.get(table), wanted.tables.get(table))
            else {
                return false;
            };
            let swaps = there.column(after).is_some() && wanted.column(before).is_some();
            there.column(before).is_some()
                && (there.column(after).is_none()
                    || (swaps && !same_types(there, wanted))
                    || news == News::Freed)
        }
        Rename::Value { of, before, after } => schema
            .enums
            .get(of)
            .is_some_and(|item| item.values.contains(before) && !item.values.contains(after)),
        Rename::Label { table, column, before, after } => {
            let has = |label| labels(schema, table, column).is_some_and(|it| it.contains(label));
            has(before) && !has(after)
        }
    }
}

/// Declared swaps that names and types leave open.
fn unclear(schema: &Schema, wanted: &Schema, declared: &[Rename], given: &[Rename]) -> Vec<Rename> {
    let both = |tables: &BTreeMap<QName, Arc<Table>>, one: &QName, other: &QName| {
        tables.contains_key(one) && tables.contains_key(other)
    };
    let open = |rename: &&Rename| match rename {
        Rename::Table { before, after } => {
            both(&schema.tables, before, after) && both(&wanted.tables, before, after)
        }
        Rename::Column { table, before, after } => {
            match (schema.tables.get(table), wanted.tables.get(table)) {
                (Some(there), Some(wanted)) => {
                    let both =
                        |it: &Table| it.column(before).is_some() && it.column(after).is_some();
                    both(there) && both(wanted) && same_types(there, wanted)
                }
                (Some(_) | None, _) => false,
            }
        }
        Rename::Type { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
    };
    declared.iter().filter(open).filter(|it| !given.contains(it)).cloned().collect()
}

/// Whether a value has another name where the database keeps it as any text.
fn is_in_rows(schema: &Schema, rename: &Rename) -> bool {
    match rename {
        Rename::Label { table, column, .. } => {
            let there = schema.tables.get(table).is_some_and(|it| it.column(column).is_some());
            there && labels(schema, table, column).is_none()
        }
        Rename::Table { .. }
        | Rename::Column { .. }
        | Rename::Type { .. }
        | Rename::Value { .. } => false,
    }
}

/// The values that stand at a column.
fn labels<'s>(schema: &'s Schema, table: &QName, column: &str) -> Option<&'s Vec<String>> {
    let column = schema.tables.get(table)?.column(column)?;
    if let ColumnType::InlineEnum(labels) = &column.data_type { Some(labels) } else { None }
}

/// A swap of two names can't be told from none by the names alone, so a
/// declared one is carried out only where the types tell that it is due.
fn same_types(there: &Table, wanted: &Table) -> bool {
    wanted
        .columns
        .iter()
        .all(|column| there.column(&column.name).is_some_and(|it| it.data_type == column.data_type))
}

/// Refuses a given rename that leads nowhere.
fn check(
    wanted: &Schema,
    given: &Given,
    rename: &Rename,
    others: &[Rename],
) -> Result<(), PlanError> {
    let missing = match rename {
        Rename::Table { after, .. } if !has_relation(wanted, after) => {
            Some(format!("no model has the table {after}"))
        }
        Rename::Type { after, .. } if !has_type(wanted, after) => {
            Some(format!("no model has the type {after}"))
        }
        Rename::Table { before, .. } | Rename::Type { before, .. } => {
            let twice = others.iter().any(|other| match other {
                Rename::Table { before: it, .. } | Rename::Type { before: it, .. } => it == before,
                Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
            });
            twice.then(|| format!("{before} is renamed twice")).filter(|_| !others.contains(rename))
        }
        Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => None,
    };
    match missing {
        Some(problem) => Err(PlanError::Rename { rename: given.text.clone(), problem }),
        None => Ok(()),
    }
}

/// Refuses a given rename to a column or value that nobody wants: what shall
/// be would be looked for once more.
fn check_part(wanted: &Schema, rename: &Rename) -> Result<(), PlanError> {
    match rename {
        Rename::Column { table, after, .. } => {
            let there = wanted.tables.get(table).is_some_and(|it| it.column(after).is_some());
            let problem = format!("no model has the column {table}.{after}");
            if there { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Value { of, after, .. } => {
            let there = wanted.enums.get(of).is_some_and(|it| it.values.contains(after));
            let problem = format!("no model has the value {of}.{after}");
            if there { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Label { table, column, after, .. } => {
            let there = labels(wanted, table, column).is_some_and(|it| it.contains(after));
            let problem = format!("no model has the value {table}.{column}.{after}");
            if there { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Table { .. } | Rename::Type { .. } => Ok(()),
    }
}

struct Carried {
    schema: Schema,
    changes: Vec<Change>,
}

impl Carried {
    /// Carries out renames, those first whose new name is free. Where names
    /// are swapped in a circle, one goes through a third name.
    fn all(&mut self, mut pending: Vec<Rename>) -> Result<(), PlanError> {
        while !pending.is_empty() {
            let free = pending.iter().position(|rename| !self.is_taken(rename));
            match free {
                Some(at) => {
                    let rename = pending.remove(at);
                    self.one(&rename)?;
                }
                None => {
                    let (aside, rest) = set_aside(pending.remove(0));
                    if self.is_taken(&aside) {
                        return Err(refused(&aside, "the new name is taken"));
                    }
                    if !pending.iter().any(|other| frees(other, &rest)) {
                        return Err(refused(&rest, "the new name is taken"));
                    }
                    self.one(&aside)?;
                    pending.push(rest);
                }
            }
        }
        Ok(())
    }

    fn is_taken(&self, rename: &Rename) -> bool {
        match rename {
            Rename::Table { after, .. } => has_relation(&self.schema, after),
            Rename::Type { after, .. } => has_type(&self.schema, after),
            Rename::Column { table, after, .. } => {
                self.schema.tables.get(table).is_some_and(|it| it.column(after).is_some())
            }
            Rename::Value { of, after, .. } => {
                self.schema.enums.get(of).is_some_and(|it| it.values.contains(after))
            }
            Rename::Label { table, column, after, .. } => {
                labels(&self.schema, table, column).is_some_and(|it| it.contains(after))
            }
        }
    }

    fn one(&mut self, rename: &Rename) -> Result<(), PlanError> {
        let change = change(&self.schema, rename);
        change.apply(&mut self.schema).map_err(|error| refused(rename, &error.to_string()))?;
        self.changes.push(change);
        Ok(())
    }
}

fn refused(rename: &Rename, problem: &str) -> PlanError {
    PlanError::Rename { rename: Text(rename).to_string(), problem: problem.to_owned() }
}

/// Whether carrying out `other` frees the name that `rename` wants.
fn frees(other: &Rename, rename: &Rename) -> bool {
    match (other, rename) {
        (Rename::Table { before, .. }, Rename::Table { after, .. })
        | (Rename::Type { before, .. }, Rename::Type { after, .. }) => before == after,
        (
            Rename::Column { table, before, .. },
            Rename::Column { table: other_table, after, .. },
        ) => table == other_table && before == after,
        (Rename::Value { of, before, .. }, Rename::Value { of: other_of, after, .. }) => {
            of == other_of && before == after
        }
        (
            Rename::Label { table, column, before, .. },
            Rename::Label { table: other_table, column: other_column, after, .. },
        ) => table == other_table && column == other_column && before == after,
        (
            Rename::Table { .. }
            | Rename::Type { .. }
            | Rename::Column { .. }
            | Rename::Value { .. }
            | Rename::Label { .. },
            _,
        ) => false,
    }
}

/// The rename in two halves, through a name that nobody else has.
fn set_aside(rename: Rename) -> (Rename, Rename) {
    let aside = |name: &str| format!("{name}__swap");
    match rename {
        Rename::Table { before, after } => {
            let middle = before.sibling(aside(&before.name));
            (
                Rename::Table { before, after: middle.clone() },
                Rename::Table { before: middle, after },
            )
        }
        Rename::Type { before, after } => {
            let middle = before.sibling(aside(&before.name));
            (Rename::Type { before, after: middle.clone() }, Rename::Type { before: middle, after })
        }
        Rename::Column { table, before, after } => {
            let middle = aside(&before);
            (
                Rename::Column { table: table.clone(), before, after: middle.clone() },
                Rename::Column { table, before: middle, after },
            )
        }
        Rename::Value { of, before, after } => {
            let middle = aside(&before);
            (
                Rename::Value { of: of.clone(), before, after: middle.clone() },
                Rename::Value { of, before: middle, after },
            )
        }
        Rename::Label { table, column, before, after } => {
            let middle = aside(&before);
            let half = |before, after| Rename::Label {
                table: table.clone(),
                column: column.clone(),
                before,
                after,
            };
            (half(before, middle.clone()), half(middle, after))
        }
    }
}

/// Tables and sequences share their names.
fn has_relation(schema: &Schema, name: &QName) -> bool {
    schema.tables.contains_key(name) || schema.sequences.contains_key(name)
}

fn has_type(schema: &Schema, name: &QName) -> bool {
    schema.enums.contains_key(name) || schema.domains.contains_key(name)
}

fn change(schema: &Schema, rename: &Rename) -> Change {
    match rename.clone() {
        Rename::Table { before, after } if schema.sequences.contains_key(&before) => {
            SequenceChange::Rename(Pair::new(before, after)).into()
        }
        Rename::Type { before, after } if schema.domains.contains_key(&before) => {
            DomainChange::Rename(Pair::new(before, after)).into()
        }
        Rename::Table { before, after } => TableChange::Rename(Pair::new(before, after)).into(),
        Rename::Column { table, before, after } => {
            ColumnChange::Rename { table, name: Pair::new(before, after) }.into()
        }
        Rename::Type { before, after } => EnumChange::Rename(Pair::new(before, after)).into(),
        Rename::Value { of, before, after } => {
            EnumChange::RenameValue { of, value: Pair::new(before, after) }.into()
        }
        Rename::Label { table, column, before, after } => {
            ColumnChange::RenameLabel { table, column, label: Pair::new(before, after) }.into()
        }
    }
}
