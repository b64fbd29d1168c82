//! Drift: manual changes in a database that are not in the migrations. It is the difference
//! between the schema of the database's revision and the actual schema. The changes of the
//! models are a separate comparison, between the schema of the revision and the models.

use std::collections::BTreeSet;

use autogen_live::adopt::print;
use autogen_live::introspect;
use autogen_live::revisions::known;
use autogen_plan::{Adopted, Options, Plan, Revisions, emit};
use autogen_schema::{Change, Declared, QName, Schema, visible};

use crate::comparing::{Sides, make, matched, normalize_views};
use crate::conflicts::conflicts;
use crate::error::Error;
use crate::expected::expected;
use crate::hand_texts;
use crate::loaded::Loaded;
use crate::output;
use crate::project::Project;

/// The code for a missing right.
const NOT_ALLOWED: &str = "A0308";

/// The manual changes.
pub(crate) struct Drift {
    /// The schema of the revision, in the form of the database.
    pub(crate) base: Schema,
    /// The changes from there to the actual schema.
    pub(crate) plan: Plan,
}

impl Drift {
    /// Finds drift; `None` if there is none, or if the expected schema is unknown.
    pub(crate) async fn find(
        project: &Project,
        revisions: &Revisions,
        sides: &Sides,
    ) -> Result<Option<Self>, Error> {
        let there = &sides.from;
        let Some(connection) = &there.connection else { return Ok(None) };
        let history = match project.history(connection, revisions).await {
            // A role that may read the schema need not be allowed to read the history.
            Err(error) if error.code == NOT_ALLOWED => return Ok(None),
            read => known(read?, revisions)?,
        };
        let dialect = connection.dialect();
        let Some(mut expected) = expected(project, revisions, &history, dialect).await? else {
            return Ok(None);
        };
        let side = |schema: &Schema| Loaded {
            declared: Declared::whole(schema.clone()),
            dialect: Some(connection.dialect()),
            connection: None,
            scripts: None,
            own: true,
        };
        // Only schemas that the revision has are read, and all of them.
        let mut to = side(&there.declared.schema);
        let known: BTreeSet<&String> = expected.namespaces.keys().collect();
        if known != there.declared.schema.namespaces.keys().collect() {
            let known = known.into_iter().cloned().collect();
            to = side(&introspect(connection, &project.scope(known)).await?);
        }
        to.connection = Some(connection.clone());
        expected.take_line_ends(&to.declared.schema);
        // Objects that neither models nor the history ever named are not drift.
        let mut unknown = sides.to.declared.unknown.clone();
        unknown.retain(|it| !expected.tables.contains_key(it) && !expected.enums.contains_key(it));
        to.declared.schema = to.declared.schema.without_unknown(&unknown);
        let sides = matched(project, side(&expected), to).await?;
        if sides.from.declared.schema == sides.to.declared.schema {
            return Ok(None);
        }
        let sides = Self::settled(sides).await?;
        if sides.from.declared.schema == sides.to.declared.schema {
            return Ok(None);
        }
        let mut plan = make(&sides, &Options::default()).await?;
        if by_hand(&plan).next().is_none() {
            return Ok(None);
        }
        autogen_lint::annotate(&mut plan);
        Ok(Some(Self { base: sides.from.declared.schema, plan }))
    }

    /// The expected schema, with the server's texts where they mean the same as the actual ones:
    /// the server normalizes the migrations' texts, since the actual ones are already its own.
    async fn settled(sides: Sides) -> Result<Sides, Error> {
        let Sides { from, to, .. } = sides;
        let mut back = Sides { from: to, to: from, ..sides };
        normalize_views(&back.from.declared.schema, &mut back.to.declared);
        let mut plan = make(&back, &Options::default()).await?;
        let Sides { from: to, to: mut from, .. } = back;
        from.declared.schema = std::mem::take(&mut plan.schema.after);
        Ok(Sides { from, to, ..back })
    }

    /// The manual changes, each as a line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        by_hand(&self.plan).map(|change| {
            format!("changed by hand: {}", visible(&emit::describe(self.plan.dialect, change)))
        })
    }

    /// The changes of the models that undo no manual change. If the plan from the actual schema
    /// to the models does not touch manual changes, it is used; otherwise the plan from the
    /// revision's schema.
    pub(crate) async fn spare(
        &self,
        mut sides: Sides,
        options: &Options,
    ) -> Result<(Sides, Plan), Error> {
        let plan = make(&sides, options).await?;
        if !self.is_touched(&plan) {
            return Ok((sides, plan));
        }
        let unsupported = std::mem::take(&mut sides.from.declared.schema.unsupported);
        sides.from.declared = Declared::whole(self.base.clone());
        sides.from.declared.schema.unsupported = unsupported;
        let plan = make(&sides, options).await?;
        Ok((sides, plan))
    }

    /// Whether a plan changes manually changed objects; objects that are only recreated are not
    /// changed.
    fn is_touched(&self, plan: &Plan) -> bool {
        let comes_back = |change: &Change| plan.up.changes.contains(&change.inverse());
        let lasting: Vec<Change> =
            plan.up.changes.iter().filter(|it| !comes_back(it)).cloned().collect();
        !conflicts(&self.plan.up.changes, &lasting).is_empty()
    }

    /// Refuses a plan that touches manual changes: it could not run here.
    pub(crate) fn require_apart(&self, plan: &Plan) -> Result<(), Error> {
        let by_hand: Vec<Change> = by_hand(&self.plan).cloned().collect();
        let mut both = swept(&by_hand, plan);
        if self.is_touched(plan) {
            both.extend(conflicts(&self.plan.up.changes, &plan.up.changes));
        }
        let (dialect, actual) = (self.plan.dialect, &self.plan.schema.after);
        both.extend(hand_texts::broken(dialect, &self.base, actual, &plan.up.changes));
        both.sort();
        both.dedup();
        if both.is_empty() {
            return Ok(());
        }
        Err(Error::refused(
            "A0631",
            format!("the models change something that was changed by hand: {}", both.join(", ")),
            "`autogen diff --adopt` writes the manual change into a migration, before those of \
             the models; or undo it by hand",
        ))
    }

    /// The fingerprint of a database that already has these changes.
    pub(crate) fn adopted(&self, there: &Loaded) -> Option<Adopted> {
        let connection = there.connection.as_ref()?;
        let tables = self.plan.up.changes.iter().map(|it| it.table().map(ToString::to_string));
        // If a change belongs to no table, the whole schema is compared.
        let tables: BTreeSet<String> = tables.collect::<Option<_>>().unwrap_or_default();
        let fingerprint = print(connection, &there.declared.schema, &tables);
        Some(Adopted { tables, fingerprint })
    }

    /// Reports the manual changes that the models lack: the next comparison would undo them.
    /// `rest` is the plan from the actual schema to the models.
    pub(crate) fn tell_unsaid(&self, rest: &Plan) {
        for change in &self.plan.up.changes {
            let object = change.object();
            if rest.up.changes.iter().any(|it| it.object() == object) {
                output::note(&format!(
                    "the models do not declare `{}`: {}",
                    emit::describe(self.plan.dialect, change),
                    saying(change)
                ));
            }
        }
    }
}

/// Those of the manual changes that the plan would undo without naming them, or that its text
/// would bring to other databases: of a table that is rebuilt, on a view that is recreated, over
/// a column that is dropped. What it names, it puts back.
fn swept(by_hand: &[Change], plan: &Plan) -> Vec<String> {
    let changes = &plan.up.changes;
    let rebuilds = plan.up.steps().filter(|it| it.step.replaces_table());
    let causes = rebuilds.flat_map(|it| it.step.causes.iter().filter_map(|at| changes.get(*at)));
    let mut recreated: BTreeSet<&QName> = causes.filter_map(Change::table).collect();
    recreated.extend(changes.iter().filter_map(Change::dropped_view).map(|view| &view.name));
    let is_over_dropped = |made: &Change| {
        let mut dropped = changes.iter().filter_map(Change::dropped_column);
        dropped.any(|(table, column)| {
            let name = &column.name;
            made.added_constraint().is_some_and(|(on, it)| on == table && it.uses(name))
                || made.created_index().is_some_and(|(on, it)| on == table && it.uses(name))
        })
    };
    let named: BTreeSet<String> = changes.iter().map(Change::object).collect();
    let is_swept = |made: &&Change| {
        let on = made.attached_to().or_else(|| made.table());
        let goes = on.is_some_and(|on| recreated.contains(on)) || is_over_dropped(made);
        goes && !named.contains(&made.object())
    };
    by_hand.iter().filter(is_swept).map(Change::object).collect()
}

/// The changes that count as drift: partitions are created and dropped while an application
/// runs, with their own objects.
fn by_hand(plan: &Plan) -> impl Iterator<Item = &Change> {
    let partitions = plan.schema.after.partitions();
    plan.up.changes.iter().filter(move |change| {
        let on = change.attached_to().or_else(|| change.table());
        let of_partition = on.is_some_and(|relation| partitions.contains_key(relation));
        !of_partition && !matches!(change, Change::Partition(_))
    })
}

/// How a change is declared in models.
fn saying(change: &Change) -> &'static str {
    match change {
        Change::Table(_) => {
            "add the model, or exclude the table in autogen.toml; otherwise the \
                             next migration drops it"
        }
        Change::Column(_) => {
            "correct the field: its type, Option for NULL, #[autogen(default = ..)], or add it"
        }
        Change::Constraint(_) => {
            "add #[autogen(check(name = \"..\", expr = \"..\"))], unique(..), or the relation"
        }
        Change::Index(_) => "add #[autogen(index(name = \"..\", columns = [\"..\"]))]",
        Change::Enum(_) => "correct the enum's values",
        Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Domain(_)
        | Change::Sequence(_)
        | Change::Partition(_)
        | Change::Statistics(_)
        | Change::Grant(_)
        | Change::View(_)
        | Change::Routine(_)
        | Change::Trigger(_)
        | Change::Policy(_) => "declare it in the .sql files",
    }
}

/// Prints the drift next to the plan.
pub(crate) fn show(drift: &Drift) {
    output::coloured(&drift.lines().map(|line| line + "\n").collect::<String>());
    if drift.plan.up.refusals.is_empty() {
        return;
    }
    output::coloured(&emit::text(&drift.plan));
}
