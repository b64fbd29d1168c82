//! From two schemas to the statements of a migration, up and down.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, Question, Refusal, Request, Step};
use autogen_schema::{Change, Declared, Fill, Pair, QName, Rename, Schema, Unsupported, Using};
use serde::Serialize;

use crate::diff::Past;
use crate::prerequisites::Prerequisites;
use crate::rename::{self, Candidate, Wishes};
use crate::stages::Stages;
use crate::target::{Resolver, known_types};
use crate::{
    Ambiguity, Options, PlanError, Unmanaged, detach, diff, gone, limits, namesake, order, outside,
    partitions,
};

/// The severity of a hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Can hurt on a busy or large table.
    Warning,
    /// Loses data, or fails on rows that may be there.
    Danger,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// What can go wrong in a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hazard {
    /// A stable code, explained by `autogen explain`.
    pub code: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub safer: String,
    /// A query on the schema before the plan, which returns a row, or fails on a value, if the
    /// hazard really applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<String>,
    /// The database's answer, if it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<bool>,
}

/// A step with its hazards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// Its hazards; filled in by the lint.
    pub hazards: Vec<Hazard>,
}

/// Steps that run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepGroup {
    /// Whether they run in one transaction.
    pub transaction: bool,
    /// The steps.
    pub steps: Vec<PlannedStep>,
}

/// One direction of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectionPlan {
    /// The changes, in the order in which they apply.
    pub changes: Vec<Change>,
    /// The statements.
    pub groups: Vec<StepGroup>,
    /// Why this direction is not possible, if so.
    pub refusals: Vec<Refusal>,
    /// The given values of new columns.
    pub fills: Vec<Fill>,
    /// The given conversions.
    pub usings: Vec<Using>,
}

impl DirectionPlan {
    /// All steps, in their order.
    pub fn steps(&self) -> impl Iterator<Item = &PlannedStep> {
        self.groups.iter().flat_map(|group| &group.steps)
    }

    /// Whether SQLite's foreign keys must be off before the transaction starts.
    pub fn foreign_keys_off(&self) -> bool {
        self.steps().any(|it| it.step.foreign_keys_off)
    }
}

/// The two sides of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The database.
    pub dialect: Dialect,
    /// The current schema.
    pub before: &'a Schema,
    /// The desired schema.
    pub after: &'a Declared,
    /// Everything else.
    pub options: &'a Options,
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The database.
    pub dialect: Dialect,
    /// The canonical schemas before and after.
    pub schema: Pair<Schema>,
    /// The way up.
    pub up: DirectionPlan,
    /// The way down.
    pub down: DirectionPlan,
    /// The renames that the models declare, where it comes from models.
    pub renames: Option<Vec<Rename>>,
    /// What could not be decided.
    pub ambiguities: Vec<Ambiguity>,
    /// Likely renames without a decision.
    pub candidates: Vec<Candidate>,
    /// Objects that only the database has and that are kept.
    pub unmanaged: Vec<Unmanaged>,
    /// Its tables and enums that no model ever named: not part of the history.
    pub unknown: BTreeSet<QName>,
    /// What the catalog has and autogen cannot represent.
    pub unsupported: Vec<Unsupported>,
    /// Questions that a server could decide; empty once it was asked.
    pub questions: Vec<Question>,
    /// Whether a server could still normalize views and the like; false once it was asked.
    pub unnormalized: bool,
}

impl Plan {
    /// The changes of the way up.
    pub fn changes(&self) -> &[Change] {
        &self.up.changes
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.up.changes.is_empty()
    }
}

/// Plans the migration from one schema to the other.
///
/// # Errors
/// If the schema cannot exist, a rename does not apply, or a change cannot be made.
pub fn plan(input: Input<'_>) -> Result<Plan, PlanError> {
    let Input { dialect, options, .. } = input;
    let before = dialect.canonicalize(input.before);
    let mut wanted = wanted(dialect, &before, input.after);
    dialect.leave_out_defaults(&before, &mut wanted);
    let mut problems = limits::problems(dialect, &wanted);
    problems.extend(dialect.lacking(&wanted, options.server));
    problems.extend(limits::claimed(&before, &wanted));
    if !problems.is_empty() {
        return Err(PlanError::Invalid { dialect, problems });
    }
    let wishes = Wishes {
        declared: &input.after.renames,
        done: input.after.done.as_deref(),
        given: &options.renames,
        denied: &options.no_renames,
        whole: input.after.is_whole(),
        unknown: &input.after.unknown,
        visited: &input.after.visited,
        inlined: &inlined(dialect, input.after),
        partitions: Pair::new(&before, &wanted).map(|it| detach::partitions(dialect, it)),
    };
    let renamed = rename::settle(&before, &wanted, &wishes)?;
    let resolver = Resolver::new(dialect, input.after, options);
    let beside = detach::beside_declared(dialect, &renamed.schema, &wanted);
    let beside = beside.as_ref().unwrap_or(&renamed.schema);
    let (mut target, mut findings) = resolver.resolve(beside, &wanted);
    if input.after.is_models() {
        detach::keep_attached(&renamed.schema, &mut target);
    }
    if !findings.refusals.is_empty() {
        return Err(PlanError::Invalid { dialect, problems: findings.refusals });
    }
    let mut left = partitions::left_behind(dialect, &renamed.schema, &target);
    let sides = Pair::new(&renamed.schema, &target);
    left.extend(gone::still_read(dialect, &before, &renamed.changes, sides, input.after));
    left.extend(limits::unguarded(dialect, &renamed.schema, &target));
    let (kept, grown) = (&findings.kept, &findings.grown);
    let server = options.server;
    let past =
        Past { renames: &renamed.changes, original: &before, kept, grown, undoes: &[], server };
    let mut found = diff::diff(dialect, past, Pair::new(&renamed.schema, &target));
    found.extend(renamed.relabels);
    let Prerequisites { first, rest, last } = Prerequisites::of(dialect, found);
    let ordered = order::order(dialect, Pair::new(&renamed.schema, &target), rest)?;
    let stages = Stages::of(dialect, &before, renamed.changes, ordered);
    let mut back: Vec<Change> = last.iter().rev().map(Change::inverse).collect();
    back.extend(stages.back(dialect, Pair::new(&before, &target), renamed.schema, server)?);
    back.extend(first.iter().rev().map(Change::inverse));
    let mut changes = first;
    changes.extend(stages.changes());
    changes.extend(last);
    let mut problems = outside::in_use(&before, &changes);
    problems.extend(outside::lost(&before, &changes));
    problems.extend(namesake::refused(dialect, &before, &changes));
    let declared = &input.after.schema;
    problems.extend(limits::left_referring(dialect, &before, declared, &target));
    problems.extend(left);
    problems.extend(partitions::renamed(dialect, &target, &changes, &options.no_renames));
    if !problems.is_empty() {
        return Err(PlanError::Invalid { dialect, problems });
    }

    let fills: Vec<Fill> = options.fills.iter().chain(&input.after.fills).cloned().collect();
    let schema = Pair::new(before, target);
    let request = Request {
        schema: schema.as_ref(),
        changes: &changes,
        fills: &fills,
        usings: &input.after.usings,
        restoring: false,
        server: options.server,
    };
    let steps = dialect.lower(&request).map_err(PlanError::Refused)?;
    let down = way_down(dialect, &schema, back, options.server);
    findings.ambiguities.extend(renamed.candidates.iter().map(ambiguity));
    findings.ambiguities.extend(renamed.unclear.iter().map(unclear));
    findings.ambiguities.extend(renamed.in_rows.iter().filter_map(in_rows));
    findings.ambiguities.sort();
    Ok(Plan {
        dialect,
        up: DirectionPlan {
            changes,
            groups: group(steps),
            refusals: Vec::new(),
            fills,
            usings: input.after.usings.clone(),
        },
        down,
        renames: input.after.is_models().then(|| input.after.renames.clone()),
        ambiguities: findings.ambiguities,
        candidates: renamed.candidates,
        unmanaged: findings.unmanaged,
        unknown: input.after.unknown.difference(&input.after.dropped).cloned().collect(),
        unsupported: unsupported(&schema.before, &wanted),
        questions: findings.questions,
        unnormalized: findings.unnormalized,
        schema,
    })
}

/// What autogen cannot represent on either side.
fn unsupported(before: &Schema, wanted: &Schema) -> Vec<Unsupported> {
    let both = before.unsupported.iter().chain(&wanted.unsupported);
    both.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The declared canonical schema. Models may name types that only the database has, and
/// character sets whose meaning depends on the server.
fn wanted(dialect: Dialect, before: &Schema, after: &Declared) -> Schema {
    let known = match after.is_exhaustive() {
        true => BTreeMap::new(),
        false => known_types(before, &after.schema),
    };
    if known.is_empty() && before.charsets.0.is_none() {
        return dialect.canonicalize(&after.schema);
    }
    let mut schema = after.schema.clone();
    schema.charsets.clone_from(&before.charsets);
    for (name, domain) in known {
        schema.domains.entry(name).or_insert(domain);
    }
    dialect.canonicalize(&schema)
}

/// The columns of each declared enum, if its values are part of the columns' types.
fn inlined(dialect: Dialect, declared: &Declared) -> rename::Inlined {
    if dialect.has_enum_types() {
        return rename::Inlined::new();
    }
    let mut found = declared.enum_columns.clone();
    found.extend(declared.schema.enum_columns());
    found
}

/// The direction that restores an earlier schema, by these changes.
pub(crate) fn way_down(
    dialect: Dialect,
    schema: &Pair<Schema>,
    changes: Vec<Change>,
    server: Option<u32>,
) -> DirectionPlan {
    let fills = dialect.backfills(&schema.before, &changes);
    let request = Request {
        schema: Pair::new(&schema.after, &schema.before),
        changes: &changes,
        fills: &fills,
        usings: &[],
        restoring: true,
        server,
    };
    let (steps, refusals) = match dialect.lower(&request) {
        Ok(steps) => (steps, Vec::new()),
        Err(refusals) => (Vec::new(), refusals),
    };
    DirectionPlan { changes, groups: group(steps), refusals, fills, usings: Vec::new() }
}

/// Groups the steps that may share a transaction.
fn group(steps: Vec<Step>) -> Vec<StepGroup> {
    let mut groups: Vec<StepGroup> = Vec::new();
    let mut closed = true;
    for step in steps {
        let transaction = step.transaction;
        let commit = step.commit;
        let planned = PlannedStep { step, hazards: Vec::new() };
        match groups.last_mut() {
            Some(group) if !closed && transaction && group.transaction => group.steps.push(planned),
            // Outside of transactions, every statement is separate anyway.
            Some(group) if !transaction && !group.transaction => group.steps.push(planned),
            Some(_) | None => groups.push(StepGroup { transaction, steps: vec![planned] }),
        }
        closed = commit || !transaction;
    }
    groups
}

fn unclear(rename: &Rename) -> Ambiguity {
    let flag = rename::flag(rename);
    Ambiguity {
        code: "D0104",
        object: rename::before(rename),
        message: "it cannot be determined whether this swap of names was made: it is not made now"
            .to_owned(),
        hint: format!("pass --rename {flag}, or remove `renamed_from` from the models"),
    }
}

/// A value that rows hold as plain text, and that may be renamed already.
fn in_rows(rename: &Rename) -> Option<Ambiguity> {
    let Rename::Label { table, column, before, after } = rename else { return None };
    let flag = rename::flag(rename);
    Some(Ambiguity {
        code: "D0108",
        object: format!("{table}.{column}"),
        message: format!(
            "it cannot be determined whether rows with {before} were changed to {after}: they \
             are kept unchanged"
        ),
        hint: format!("pass --rename {flag}, or remove `renamed_from` from the models"),
    })
}

fn ambiguity(candidate: &Candidate) -> Ambiguity {
    let (before, flag) = (candidate.before(), candidate.flag());
    Ambiguity {
        code: "D0104",
        object: before.clone(),
        message: format!(
            "this looks like a rename ({}%), but is planned as a drop and an add",
            candidate.score
        ),
        hint: format!("pass --rename {flag}, or --no-rename {before}"),
    }
}
