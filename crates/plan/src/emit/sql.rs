//! Plans as SQL: migration files, and plain scripts.

use autogen_dialect::sqlite::other_runners;
use autogen_dialect::{Dialect, commented_table, makes_partition};
use autogen_schema::{Change, Declared, Schema};

use crate::PlanError;
use crate::plan::{Direction, Input, Options, Plan, PlannedStep, Severity, plan};

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

/// The statements of a direction that drops tables of SQLite, and what stands
/// around them, without comments.
pub(super) fn script_for_others(direction: &Direction) -> String {
    let statements = direction.steps().map(|planned| format!("\n{};\n", planned.step.sql));
    let (begin, end) = (other_runners::BEGIN, other_runners::END);
    format!("{begin}{}\n{end}", statements.collect::<String>()).trim().to_owned()
}

/// The statements of a direction, with hazards above them.
fn body(direction: &Direction) -> String {
    if direction.foreign_keys_off() {
        let (begin, end) = (for_others(other_runners::BEGIN), for_others(other_runners::END));
        return format!("{begin}{}{end}", groups(direction));
    }
    groups(direction)
}

/// What our own runner passes over.
fn for_others(statements: &str) -> String {
    format!("\n-- autogen: begin other-runners\n{statements}-- autogen: end other-runners\n")
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
pub fn script(direction: &Direction) -> String {
    let groups = direction.groups.iter().map(|group| Scripted {
        transaction: group.transaction,
        statements: group.steps.iter().map(statement).collect(),
    });
    scripted(direction.foreign_keys_off(), groups)
}

/// Statements that a script runs together.
pub struct Scripted {
    /// Whether in one transaction.
    pub transaction: bool,
    /// The statements, each with its end, and what is to be said above it.
    pub statements: Vec<String>,
}

/// Statements as a script for the database's own shell, with the transactions
/// spelled out; `foreign_keys_off` as in [`crate::Script::foreign_keys_off`].
pub fn scripted(foreign_keys_off: bool, groups: impl Iterator<Item = Scripted>) -> String {
    let groups: Vec<String> = groups
        .map(|Scripted { transaction, statements }| match transaction {
            true => format!("BEGIN;\n\n{}\nCOMMIT;\n", statements.join("\n")),
            false => statements.join("\n"),
        })
        .collect();
    let text = groups.join("\n");
    match foreign_keys_off {
        true => format!("{};\n\n{text}\n{};\n", other_runners::OFF, other_runners::ON),
        false => text,
    }
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
        let sql = &planned.step.sql;
        let of_partition = makes_partition(sql)
            || commented_table(sql).is_some_and(|name| !schema.tables.contains_key(&name));
        planned.step.causes.iter().any(is_wanted) || of_partition
    });
    let statements: Vec<String> = steps.map(|planned| format!("{};\n", planned.step.sql)).collect();
    Ok(statements.join("\n"))
}
