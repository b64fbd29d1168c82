//! Renames: declared, given or asked for, and never guessed. A likely one without a decision
//! becomes a [`Candidate`].

mod candidates;
mod carry;
mod due;
mod given;
mod relabel;

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Change, Pair, QName, Rename, Schema, split_assignment};

use self::carry::{Carried, frees};
use self::due::{News, fits, is_in_rows, labels, unclear};
pub use self::given::Given;
pub(crate) use self::given::flag;
use self::given::{Text, within};
use self::relabel::Relabels;
use crate::PlanError;

/// A dropped object and a similar created one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The rename that it may be.
    pub rename: Rename,
    /// How likely it is, in percent.
    pub score: u8,
}

impl Candidate {
    /// The dropped name, as an argument of `--no-rename`.
    pub fn before(&self) -> String {
        before(&self.rename)
    }

    /// The new name, in the same syntax.
    pub fn after(&self) -> String {
        match &self.rename {
            Rename::Table { after, .. } => within(after, &[]),
            Rename::Column { table, after, .. } => within(table, &[after]),
            Rename::Type { after, .. } => format!("type:{}", within(after, &[])),
            Rename::Value { of, after, .. } => format!("type:{}", within(of, &[after])),
            Rename::Label { table, column, after, .. } => within(table, &[column, after]),
        }
    }

    /// The rename as an argument of `--rename`.
    pub fn flag(&self) -> String {
        flag(&self.rename)
    }
}

/// The old name of a rename, in the syntax of `--no-rename`.
pub(crate) fn before(rename: &Rename) -> String {
    let flag = flag(rename);
    split_assignment(&flag).map_or_else(String::new, |(before, _)| before.to_owned())
}

/// The result of applying the decided renames.
pub(crate) struct Renamed {
    /// The changes, in their order.
    pub(crate) changes: Vec<Change>,
    /// The schema after them.
    pub(crate) schema: Schema,
    /// The undecided ones.
    pub(crate) candidates: Vec<Candidate>,
    /// Declared exchanges of names that may be applied already.
    pub(crate) unclear: Vec<Rename>,
    /// New labels for rows, which are not renames in the database: they are among the other
    /// changes.
    pub(crate) relabels: Vec<Change>,
    /// Declared renames of values in rows that may be applied already.
    pub(crate) in_rows: Vec<Rename>,
}

/// All information about renames.
pub(crate) struct Wishes<'a> {
    /// From the models, where they stay after they were applied.
    pub(crate) declared: &'a [Rename],
    /// Those that were applied, if known.
    pub(crate) done: Option<&'a [Rename]>,
    /// From the command line or a question: they must apply.
    pub(crate) given: &'a [Given],
    /// Names that are not renamed.
    pub(crate) denied: &'a BTreeSet<String>,
    /// Whether every model declares its whole table.
    pub(crate) whole: bool,
    /// Objects that no model ever named: they are kept.
    pub(crate) unknown: &'a BTreeSet<QName>,
    /// Schemas in which only declared objects are the project's.
    pub(crate) visited: &'a BTreeSet<String>,
    /// The columns of each enum type, if its values are part of the columns' types.
    pub(crate) inlined: &'a Inlined,
    /// The partitions before and after, if partitions are tables: a table may become one, and one
    /// may become a table, under the same name.
    pub(crate) partitions: Pair<BTreeSet<QName>>,
}

/// Enums that are not types in the database, and the columns whose types contain their
/// values.
pub(crate) type Inlined = BTreeMap<QName, Vec<(QName, String)>>;

impl Wishes<'_> {
    /// Whether the object belongs to somebody else, and is kept.
    fn is_foreign(&self, rename: &Rename) -> bool {
        match rename {
            Rename::Table { before, .. } | Rename::Type { before, .. } => {
                let visited = |schema: &String| self.visited.contains(schema);
                self.unknown.contains(before) || before.schema.as_ref().is_some_and(visited)
            }
            Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
        }
    }

    /// Whether the models declare it for the first time.
    fn news(&self, rename: &Rename) -> News {
        let is_new = |it: &Rename| self.done.is_some_and(|done| !done.contains(it));
        match is_new(rename) {
            false => News::Unknown,
            true if self.declared.iter().any(|it| is_new(it) && frees(it, rename)) => News::Freed,
            true => News::New,
        }
    }

    /// A value of such an enum is a value of each of its columns.
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

/// Applies what is declared and given, and finds what is undecided.
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
    // A given rename names the owner as it was, a declared one as it will be.
    let mut parts: Vec<Rename> = parts
        .into_iter()
        .map(|rename| match rename {
            Rename::Column { table, before, after } => {
                Rename::Column { table: current(&table), before, after }
            }
            Rename::Value { of, before, after } => {
                Rename::Value { of: current(&of), before, after }
            }
            Rename::Label { table, column, before, after } => {
                Rename::Label { table: current(&table), column, before, after }
            }
            whole @ (Rename::Table { .. } | Rename::Type { .. }) => whole,
        })
        .flat_map(|rename| wishes.expanded(rename))
        .collect();
    for part in &parts {
        check_part(after, part)?;
    }
    let unclear = match wishes.done {
        Some(_) => Vec::new(),
        None => unclear(schema, after, wishes.declared, &wholes),
    };
    carried.all(wholes)?;
    let of_rows: Vec<Rename>;
    (of_rows, parts) = parts.into_iter().partition(|it| is_in_rows(&carried.schema, it));
    parts.extend(declared(&carried, false));
    parts.sort();
    parts.dedup();
    carried.all(parts)?;
    let Relabels { changes: relabels, unclear: in_rows } =
        relabel::find(&carried.schema, after, wishes, of_rows);
    let candidates = candidates::find(&carried.schema, after, wishes);
    Ok(Renamed {
        changes: carried.changes,
        schema: carried.schema,
        candidates,
        unclear,
        relabels,
        in_rows,
    })
}

fn is_whole(rename: &Rename) -> bool {
    match rename {
        Rename::Table { .. } | Rename::Type { .. } => true,
        Rename::Column { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
    }
}

/// Refuses a given rename that does not apply.
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

/// Refuses a given rename to a column or value that is not declared: the next comparison
/// would drop it.
fn check_part(wanted: &Schema, rename: &Rename) -> Result<(), PlanError> {
    match rename {
        Rename::Column { table, after, .. } => {
            let declared =
                wanted.tables.get(table).is_some_and(|table| table.column(after).is_some());
            let problem = format!("no model has the column {table}.{after}");
            if declared { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Value { of, after, .. } => {
            let declared = wanted.enums.get(of).is_some_and(|item| item.values.contains(after));
            let problem = format!("no model has the value {of}.{after}");
            if declared { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Label { table, column, after, .. } => {
            let declared = match labels(wanted, table, column) {
                Some(labels) => labels.contains(after),
                None => has_column(wanted, table, column),
            };
            let problem = format!("no model has the value {table}.{column}.{after}");
            if declared { Ok(()) } else { Err(refused(rename, &problem)) }
        }
        Rename::Table { .. } | Rename::Type { .. } => Ok(()),
    }
}

fn refused(rename: &Rename, problem: &str) -> PlanError {
    PlanError::Rename { rename: Text(rename).to_string(), problem: problem.to_owned() }
}

/// Tables and sequences share their names.
fn has_relation(schema: &Schema, name: &QName) -> bool {
    schema.tables.contains_key(name) || schema.sequences.contains_key(name)
}

fn has_column(schema: &Schema, table: &QName, column: &str) -> bool {
    schema.tables.get(table).is_some_and(|it| it.column(column).is_some())
}

fn has_type(schema: &Schema, name: &QName) -> bool {
    schema.enums.contains_key(name) || schema.domains.contains_key(name)
}
