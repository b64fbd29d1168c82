//! What running up and down have in common.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::Revision as Row;
use autogen_live::run::Progress;
use autogen_plan::{Revision, Script};

use super::inspect::unknown_dialect;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

/// How long another deployer may take.
pub(super) const WAIT: Duration = Duration::from_secs(600);

/// Tells the progress on stderr.
#[derive(Debug, Default)]
pub(super) struct Told {
    waits: bool,
}

impl Progress for Told {
    fn waiting(&mut self, _: Duration) {
        if !self.waits {
            output::note("somebody else is migrating this database, waiting");
        }
        self.waits = true;
    }

    fn begins(&mut self, revision: &Row, done: usize, total: usize) {
        let rest = if done > 0 { format!(", going on after {done}") } else { String::new() };
        output::note(&format!(
            "{} {}: {total} statements{rest}",
            revision.id, revision.description
        ));
    }

    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        let line = sql.lines().next().unwrap_or_default();
        let short: String = line.chars().take(100).collect();
        output::note(&format!("  {number}/{total} {short}"));
    }
}

/// Prints migrations as one script, with the transactions spelled out.
pub(super) fn scripts(project: &Project, revisions: &[&Revision], up: bool) -> Result<u8, Error> {
    let mut text = String::new();
    for revision in revisions {
        let file = if up { Some(&revision.up) } else { revision.down.as_ref() };
        let Some(file) = file else { continue };
        let dialect = match revision.dialect().map(|name| name.parse::<Dialect>()) {
            Some(Ok(dialect)) => dialect,
            Some(Err(_)) | None => project.dialect()?.ok_or_else(unknown_dialect)?,
        };
        let script = Script::parse(file, dialect);
        text.push_str(&format!("-- revision {} {}\n\n", revision.id, revision.slug));
        if script.foreign_keys_off {
            text.push_str("PRAGMA foreign_keys = OFF;\n");
        }
        for group in &script.groups {
            let body: Vec<String> =
                group.statements.iter().map(|sql| format!("{sql};\n")).collect();
            let body = body.concat();
            match group.transaction {
                true => text.push_str(&format!("BEGIN;\n{body}COMMIT;\n")),
                false => text.push_str(&body),
            }
        }
        if script.foreign_keys_off {
            text.push_str("PRAGMA foreign_keys = ON;\n");
        }
        text.push('\n');
    }
    output::sql(&text);
    Ok(exit::DONE)
}
