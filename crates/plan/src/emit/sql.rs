//! Plans as SQL: migration files, and plain scripts.

use autogen_dialect::sqlite::other_runners;
use autogen_dialect::{Dialect, commented_table, makes_partition, shell_statement, terminated};
use autogen_schema::{Change, Declared, Schema, visible};

use crate::options::Options;
use crate::plan::{DirectionPlan, Input, Plan, PlannedStep, plan};
use crate::script::{Directive, NO_TRANSACTION};
use crate::{Header, PlanError, Script};

/// One direction of a plan as a migration file; `up` selects it.
///
/// # Errors
/// If a statement would be read back as something else.
pub fn migration(plan: &Plan, header: &Header, up: bool) -> Result<String, PlanError> {
    let (direction, schema) = match up {
        true => (&plan.up, plan.schema.as_ref()),
        false => (&plan.down, plan.schema.as_ref().swap()),
    };
    let header = Header {
        dialect: Some(plan.dialect.name().to_owned()),
        before: Some(schema.before.fingerprint()),
        after: Some(schema.after.fingerprint()),
        ..header.clone()
    };
    let mut text = header.write();
    if direction.foreign_keys_off() {
        text.insert_str(0, &format!("{NO_TRANSACTION}\n"));
    }
    if direction.steps().any(|planned| planned.step.sql.contains('\r')) {
        text.push_str(&Directive::CarriageReturns.write());
    }
    if let Some(adopted) = header.adopted.as_ref().filter(|_| up) {
        text.push_str(&Directive::Adopted(adopted.clone()).write());
    }
    if direction.foreign_keys_off() {
        text.push_str(&Directive::ForeignKeysOff.write());
    }
    if !direction.refusals.is_empty() {
        text.push_str(&Directive::Irreversible.write());
        for refusal in &direction.refusals {
            text.push_str(&comment(&format!("{}: {}", quoted(&refusal.object), refusal.message)));
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
    text.push_str(&body(direction, plan.dialect));
    match reads_back(&text, direction, plan.dialect) {
        Ok(()) => Ok(text),
        Err(statement) => Err(PlanError::NotReadBack(statement)),
    }
}

/// Requires that each statement of a plan is one statement, and each probe one query: a
/// model's text for an expression may end the expression and continue.
///
/// # Errors
/// The first text that a server would read as something else.
pub fn require_read_back(plan: &Plan) -> Result<(), PlanError> {
    [true, false].into_iter().try_for_each(|up| migration(plan, &Header::default(), up).map(drop))
}

/// The name of an object, written so that it cannot be read as the key of a header.
fn quoted(object: &str) -> String {
    format!("`{object}`")
}

/// Checks that the file is read back as the plan: the statements in their groups, and the
/// probes. The error is the first text that differs.
fn reads_back(text: &str, direction: &DirectionPlan, dialect: Dialect) -> Result<(), String> {
    let script = Script::parse(text, dialect).map_err(|error| error.to_string())?;
    let off = direction.foreign_keys_off();
    let groups = direction.groups.iter().filter(|group| !group.steps.is_empty());
    let transactions: Vec<bool> = groups.clone().map(|group| group.transaction || off).collect();
    let sizes: Vec<usize> = groups.map(|group| group.steps.len()).collect();
    let statements = direction.steps().map(|planned| planned.step.sql.as_str());
    let hazards = direction.steps().flat_map(|planned| &planned.hazards);
    let probes = hazards.filter_map(|hazard| hazard.probe.as_deref());
    same(statements, script.statements().map(String::as_str))?;
    same(probes, script.probes.iter().map(|probe| probe.sql.as_str()))?;
    let found = script.groups.iter();
    let divided = found.clone().map(|group| group.transaction).eq(transactions)
        && found.map(|group| group.statements.len()).eq(sizes);
    divided.then_some(()).ok_or_else(|| "its transactions".to_owned())
}

/// Requires that texts are equal, and names the first one that differs.
fn same<'t>(
    wanted: impl Iterator<Item = &'t str>,
    mut found: impl Iterator<Item = &'t str>,
) -> Result<(), String> {
    for wanted in wanted {
        if found.next() != Some(wanted) {
            return Err(wanted.to_owned());
        }
    }
    found.next().map_or(Ok(()), |more| Err(more.to_owned()))
}

impl Header {
    /// The file of a migration without statements, to be filled by hand.
    pub fn empty(&self, dialect: Dialect) -> String {
        let header = Self { dialect: Some(dialect.name().to_owned()), ..self.clone() };
        format!("{}\n", header.write())
    }
}

/// The statements of a direction that drops tables of SQLite, with the surrounding
/// statements, without comments.
pub(super) fn script_for_others(direction: &DirectionPlan) -> String {
    let statements =
        direction.steps().map(|it| format!("\n{}\n", terminated(Dialect::Sqlite, &it.step.sql)));
    let (begin, end) = (other_runners::BEGIN, other_runners::END);
    format!("{begin}{}\n{end}", statements.collect::<String>()).trim().to_owned()
}

/// The statements of a direction, with hazards above them.
fn body(direction: &DirectionPlan, dialect: Dialect) -> String {
    if direction.foreign_keys_off() {
        let (begin, end) = (for_others(other_runners::BEGIN), for_others(other_runners::END));
        return format!("{begin}{}{end}", groups(direction, dialect));
    }
    groups(direction, dialect)
}

/// The part of the file that our own runner ignores.
fn for_others(statements: &str) -> String {
    let (begin, end) = (Directive::BeginOtherRunners.write(), Directive::EndOtherRunners.write());
    format!("\n{begin}{statements}{end}")
}

fn groups(direction: &DirectionPlan, dialect: Dialect) -> String {
    let mut text = String::new();
    for (at, group) in direction.groups.iter().enumerate() {
        if at > 0 || !group.transaction {
            let kind = match group.transaction {
                true => Directive::Transaction,
                false => Directive::NoTransaction,
            };
            text.push_str(&format!("\n{}", kind.write()));
        }
        for step in &group.steps {
            text.push_str(&format!("\n{}", hazards(step)));
            text.push_str(&terminated(dialect, &step.step.sql));
            text.push('\n');
        }
    }
    text
}

fn hazards(planned: &PlannedStep) -> String {
    let mut text = String::new();
    for hazard in &planned.hazards {
        let severity = hazard.severity.name();
        text.push_str(&comment(&format!("{} {severity}: {}", hazard.code, hazard.message)));
        text.push_str(&comment(&format!("      safer: {}", hazard.safer)));
        if let Some(sql) = hazard.probe.clone() {
            text.push_str(&Directive::Probe { code: hazard.code.to_owned(), sql }.write());
        }
    }
    text
}

/// Text as a comment of one line: nothing in it can end the comment.
fn comment(text: &str) -> String {
    format!("-- {}\n", visible(text))
}

/// A direction as a script for the database's own shell, with explicit transactions.
pub fn script(direction: &DirectionPlan, dialect: Dialect) -> String {
    let statement = |step: &PlannedStep| {
        format!("{}{}\n", hazards(step), shell_statement(dialect, &step.step.sql))
    };
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
    /// The statements, each with its end, and the comments above it.
    pub statements: Vec<String>,
}

/// Statements as a script for the database's own shell, with explicit transactions;
/// `foreign_keys_off` as in [`crate::Script::foreign_keys_off`].
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
/// If the schema cannot exist in this database.
pub fn schema_sql(dialect: Dialect, schema: &Schema) -> Result<String, PlanError> {
    created(dialect, schema, |_| true)
}

/// The part of a schema that `.sql` files declare, as such a file.
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
        | Change::Policy(_) => true,
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
    require_read_back(&plan)?;
    let is_wanted = |cause: &usize| plan.up.changes.get(*cause).is_some_and(wanted);
    // Partitions are created with their table, and are declared in files.
    let steps = plan.up.steps().filter(|planned| {
        let sql = &planned.step.sql;
        let of_partition = makes_partition(sql)
            || commented_table(sql).is_some_and(|name| !schema.tables.contains_key(&name));
        planned.step.causes.iter().any(is_wanted) || of_partition
    });
    let statements: Vec<String> =
        steps.map(|it| format!("{}\n", shell_statement(dialect, &it.step.sql))).collect();
    Ok(statements.join("\n"))
}
