//! Plans as SQL: migration files, and plain scripts.

use autogen_dialect::{Dialect, makes_partition};
use autogen_schema::{Change, Declared, Schema};

use crate::plan::{Direction, Input, Options, Plan, PlannedStep, Severity, plan};
use crate::{Group, PlanError};

/// What stands at the top of a migration file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The revision, as in the file's name.
    pub revision: String,
    /// The revisions that it comes after; none for the first.
    pub parents: Vec<String>,
    /// Names for it and for the branch that begins with it.
    pub labels: Vec<String>,
    /// Revisions of other branches that must have run before.
    pub depends: Vec<String>,
    /// Revisions that were there instead: who has them all has this one.
    pub replaces: Vec<String>,
    /// What it is about.
    pub message: String,
    /// What tells a database that has it already; see [`crate::Adopted`].
    pub adopted: Option<String>,
}

/// One direction of a plan as a migration file. `up` tells which.
pub fn migration(plan: &Plan, header: &Header, up: bool) -> String {
    let (direction, schema) = match up {
        true => (&plan.up, plan.schema.as_ref()),
        false => (&plan.down, plan.schema.as_ref().swap()),
    };
    let mut text = heading(header, plan.dialect);
    if direction.foreign_keys_off() {
        text.insert_str(0, "-- no-transaction\n");
    }
    text.push_str(&format!("-- before: {}\n", schema.before.fingerprint()));
    text.push_str(&format!("-- after: {}\n", schema.after.fingerprint()));
    if let Some(adopted) = header.adopted.as_ref().filter(|_| up) {
        text.push_str(&format!("-- autogen: adopted {adopted}\n"));
    }
    if direction.foreign_keys_off() {
        text.push_str("-- autogen: foreign-keys-off\n");
    }
    if !direction.refusals.is_empty() {
        text.push_str("-- autogen: irreversible\n");
        for refusal in &direction.refusals {
            text.push_str(&comment(&format!("{}: {}", refusal.object, refusal.message)));
        }
    }
    if !up {
        for change in plan.up.changes.iter().filter(|change| change.loses_data()) {
            text.push_str(&comment(&format!(
                "what was lost by `{}` does not come back",
                change.describe()
            )));
        }
    }
    text.push_str(&body(direction));
    text
}

/// The heading that every migration file has.
fn heading(header: &Header, dialect: Dialect) -> String {
    let parents =
        if header.parents.is_empty() { "none".to_owned() } else { header.parents.join(", ") };
    let mut text =
        format!("-- revision: {}\n-- parents: {parents}\n-- dialect: {dialect}\n", header.revision);
    let lists =
        [("labels", &header.labels), ("depends", &header.depends), ("replaces", &header.replaces)];
    for (key, values) in lists {
        if !values.is_empty() {
            text.push_str(&format!("-- {key}: {}\n", values.join(", ")));
        }
    }
    if !header.message.is_empty() {
        let message: Vec<&str> = header.message.split_whitespace().collect();
        text.push_str(&format!("-- message: {}\n", message.join(" ")));
    }
    text
}

/// An empty migration, to be filled by hand.
impl Header {
    /// The file of a migration without statements.
    pub fn empty(&self, dialect: Dialect) -> String {
        format!("{}\n", heading(self, dialect))
    }
}

/// What SQLite needs around a transaction that drops tables, for runners that
/// know nothing of it: with foreign keys on, dropping a table deletes the rows
/// that refer to it, and inside a transaction they can't be switched off. Our
/// own runner passes over what stands between the two directives. It compares
/// the rows without parents before and after, and that the schema has changed:
/// who notes migrations after they ran may run one twice.
const OTHERS_BEGIN: &str = "
-- autogen: begin other-runners
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE autogen_orphans AS SELECT count(*) AS n FROM pragma_foreign_key_check;
CREATE TEMP TABLE autogen_before AS SELECT type, name, sql FROM sqlite_master;
-- autogen: end other-runners
";

const OTHERS_END: &str = "
-- autogen: begin other-runners
CREATE TEMP TABLE autogen_checked (
    orphans integer CONSTRAINT \"rows refer to rows that are not there\" CHECK (orphans <= 0),
    changes integer CONSTRAINT \"this migration has run already\" CHECK (changes > 0)
);
CREATE TEMP TABLE autogen_after AS SELECT type, name, sql FROM sqlite_master;
INSERT OR ROLLBACK INTO autogen_checked SELECT
    (SELECT count(*) FROM pragma_foreign_key_check) - (SELECT n FROM autogen_orphans),
    (SELECT count(*) FROM (SELECT * FROM autogen_after EXCEPT SELECT * FROM autogen_before))
    + (SELECT count(*) FROM (SELECT * FROM autogen_before EXCEPT SELECT * FROM autogen_after));
DROP TABLE autogen_checked;
DROP TABLE autogen_after;
DROP TABLE autogen_before;
DROP TABLE autogen_orphans;
COMMIT;
PRAGMA foreign_keys = ON;
-- autogen: end other-runners
";

/// The statements of a direction that drops tables of SQLite, and what stands
/// around them, without comments.
pub(super) fn script_for_others(direction: &Direction) -> String {
    let statements = direction.steps().map(|planned| format!("\n{};\n", planned.step.sql));
    let text = format!("{OTHERS_BEGIN}{}{OTHERS_END}", statements.collect::<String>());
    let lines = text.lines().filter(|line| !line.starts_with("-- autogen: "));
    lines.map(|line| format!("{line}\n")).collect::<String>().trim().to_owned()
}

/// The statements of a direction, with hazards above them.
fn body(direction: &Direction) -> String {
    if direction.foreign_keys_off() {
        return format!("{OTHERS_BEGIN}{}{OTHERS_END}", groups(direction));
    }
    groups(direction)
}

fn groups(direction: &Direction) -> String {
    let mut text = String::new();
    for (at, group) in direction.groups.iter().enumerate() {
        if at > 0 || !group.transaction {
            let word = if group.transaction { "transaction" } else { "no-transaction" };
            text.push_str(&format!("\n-- autogen: {word}\n"));
        }
        for step in &group.steps {
            text.push('\n');
            text.push_str(&statement(step));
        }
    }
    text
}

fn statement(planned: &PlannedStep) -> String {
    let mut text = String::new();
    for hazard in &planned.hazards {
        let severity = match hazard.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Danger => "danger",
        };
        text.push_str(&comment(&format!("{} {severity}: {}", hazard.code, hazard.message)));
        text.push_str(&comment(&format!("      safer: {}", hazard.safer)));
        // A directive is one line.
        if let Some(probe) = hazard.probe.as_ref().filter(|probe| !probe.contains('\n')) {
            text.push_str(&format!("-- autogen: probe {} {probe}\n", hazard.code));
        }
    }
    text.push_str(&format!("{};\n", planned.step.sql));
    text
}

/// Text as comment lines: nothing in it can end the comment.
fn comment(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("-- {line}\n")).collect();
    lines.concat()
}

/// A direction as a script for the database's own shell, with the
/// transactions spelled out.
pub fn script(dialect: Dialect, direction: &Direction) -> String {
    let groups: Vec<String> =
        direction.groups.iter().map(|group| scripted(dialect, group)).collect();
    let text = groups.join("\n");
    if direction.foreign_keys_off() {
        return format!("PRAGMA foreign_keys = OFF;\n\n{text}\nPRAGMA foreign_keys = ON;\n");
    }
    text
}

fn scripted(_: Dialect, group: &Group) -> String {
    let statements: Vec<String> = group.steps.iter().map(statement).collect();
    let text = statements.join("\n");
    if group.transaction { format!("BEGIN;\n\n{text}\nCOMMIT;\n") } else { text }
}

/// A whole schema as the statements that create it.
///
/// # Errors
/// Where the schema can't exist in this database.
pub fn schema_sql(dialect: Dialect, schema: &Schema) -> Result<String, PlanError> {
    created(dialect, schema, |_| true)
}

/// What of a schema `.sql` files declare, as they would.
///
/// # Errors
/// As [`schema_sql`].
pub fn scripts_sql(dialect: Dialect, schema: &Schema) -> Result<String, PlanError> {
    created(dialect, schema, |change| match change {
        Change::Enum(_)
        | Change::Table(_)
        | Change::Column(_)
        | Change::Constraint(_)
        | Change::Index(_) => false,
        _other => true,
    })
}

fn created(
    dialect: Dialect,
    schema: &Schema,
    wanted: fn(&Change) -> bool,
) -> Result<String, PlanError> {
    let after = Declared::whole(schema.clone());
    let before = Schema::default();
    let options = Options::default();
    let plan = plan(Input { dialect, before: &before, after: &after, options: &options })?;
    let is_wanted = |cause: &usize| plan.up.changes.get(*cause).is_some_and(wanted);
    // Partitions come with their table, and are declared in files.
    let steps = plan.up.steps().filter(|planned| {
        planned.step.causes.iter().any(is_wanted) || makes_partition(&planned.step.sql)
    });
    let statements: Vec<String> = steps.map(|planned| format!("{};\n", planned.step.sql)).collect();
    Ok(statements.join("\n"))
}
