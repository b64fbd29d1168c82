//! Plans as SeaORM migrations: a Rust file with a `MigrationTrait`.

mod body;
mod done;

use autogen_dialect::Dialect;
use autogen_schema::{is_hidden, visible};

use self::body::Looks;
use super::sql::script_for_others;
use crate::plan::{DirectionPlan, Plan, PlannedStep};

/// A plan as a migration file; `message` describes it.
pub fn rust(plan: &Plan, message: &str) -> String {
    written(plan, message, Looks::Stopped)
}

/// The same for changes that somebody already made by hand in some database: each is checked
/// before it runs.
///
/// # Errors
/// A change that a migration of SeaORM cannot check.
pub fn rust_adopting(plan: &Plan, message: &str) -> Result<String, String> {
    // A table that is recreated would lose manual additions.
    if plan.up.foreign_keys_off() {
        return Err("a table that is rebuilt".to_owned());
    }
    let unseen = |step: &&PlannedStep| done::looked_for(plan, &plan.up, step).is_none();
    match plan.up.steps().find(unseen) {
        Some(planned) => Err(line(&planned.step.sql)),
        None => Ok(written(plan, message, Looks::Adopted)),
    }
}

fn written(plan: &Plan, message: &str, looks: Looks) -> String {
    let wrapped = is_wrapped(plan);
    let up = body::direction(plan, true, wrapped, looks);
    let down = body::direction(plan, false, wrapped, Looks::Stopped);
    let mut about: Vec<String> = message.lines().map(str::to_owned).collect();
    if about.is_empty() {
        about = plan.changes().iter().map(|it| line(&it.describe())).collect();
    }
    let lost = plan.up.changes.iter().filter(|it| it.loses_data()).map(|it| it.describe());
    file(&about, plan.dialect, &up, &down, &lost.collect::<Vec<_>>(), Some(wrapped))
}

/// A migration without statements, to be filled by hand.
pub fn rust_empty(dialect: Dialect, message: &str) -> String {
    let about: Vec<String> = message.lines().map(str::to_owned).collect();
    let body = "        let _ = manager;\n        Ok(())\n";
    file(&about, dialect, body, body, &[], None)
}

fn file(
    about: &[String],
    dialect: Dialect,
    up: &str,
    down: &str,
    lost: &[String],
    wrapped: Option<bool>,
) -> String {
    let mut text = String::new();
    for line in about {
        text.push_str(format!("//! {}", visible(line)).trim_end());
        text.push('\n');
    }
    if !about.is_empty() {
        text.push_str("//!\n");
    }
    text.push_str(&format!("//! For {}, written by autogen.\n\n", dialect.title()));
    text.push_str("use sea_orm_migration::prelude::*;\n\n");
    text.push_str("#[derive(DeriveMigrationName)]\npub struct Migration;\n\n");
    text.push_str("#[async_trait::async_trait]\nimpl MigrationTrait for Migration {\n");
    text.push_str("    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n");
    text.push_str(up);
    text.push_str("    }\n\n");
    for change in lost {
        text.push_str(&format!("    // What was lost by `{}` does not come back.\n", line(change)));
    }
    text.push_str("    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n");
    text.push_str(down);
    text.push_str("    }\n");
    if let Some(wrapped) = wrapped {
        text.push_str("\n    fn use_transaction(&self) -> Option<bool> {\n");
        text.push_str(&format!("        Some({wrapped})\n    }}\n"));
    }
    text.push_str("}\n");
    text
}

/// Whether SeaORM's own transaction is sufficient in both directions: then the statements and
/// SeaORM's note are one transaction.
fn is_wrapped(plan: &Plan) -> bool {
    let fits = |direction: &DirectionPlan| {
        let one = match direction.groups.as_slice() {
            [] => true,
            [group] => group.transaction,
            _ => false,
        };
        one && !direction.foreign_keys_off()
    };
    fits(&plan.up) && fits(&plan.down)
}

/// Text as one line of a comment.
fn line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// Text as a literal.
fn literal(text: &str) -> String {
    let plain = |c: char| !is_hidden(c) && c != '"' && c != '\\';
    if text.chars().all(plain) {
        return format!("\"{text}\"");
    }
    // A raw literal cannot contain a bare carriage return, and the compiler rejects
    // bidirectional marks.
    if text.chars().any(|c| is_hidden(c) && c != '\n' && c != '\t') {
        return format!("{text:?}");
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    // The compiler's limit.
    if hashes.len() > 255 {
        return format!("{text:?}");
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// The statements of a rebuild with everything that SQLite needs around them.
fn rebuild_script(direction: &DirectionPlan) -> String {
    script_for_others(direction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(literal("a b"), "\"a b\"");
        assert_eq!(literal("a \"b\""), "r#\"a \"b\"\"#");
        assert_eq!(literal("\"#"), "r##\"\"#\"##");
        assert_eq!(literal("a\nb"), "r\"a\nb\"");
        let many = format!("\"{}", "#".repeat(255));
        assert_eq!(literal(&many), format!("{many:?}"));
        assert_eq!(literal("a\rb"), "\"a\\rb\"");
        assert_eq!(literal("\u{202e}\"\n"), "\"\\u{202e}\\\"\\n\"");
    }
}
