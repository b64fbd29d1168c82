//! The law of files: one writer, one reader.

use std::fmt::Debug;

use autogen_dialect::sqlite::other_runners;
use autogen_dialect::{Dialect, split};
use autogen_plan::{DirectionPlan, Hazard, Plan, Script, emit};
use autogen_schema::{is_hidden, visible};

/// A plan's files contain exactly the plan, whatever its texts are: statements, hazards and
/// probes are read back, and nothing hides in a comment.
///
/// # Errors
/// The law that is broken.
pub fn files(plan: &Plan) -> Result<(), String> {
    let header = emit::Header { revision: "1".to_owned(), ..emit::Header::default() };
    for (up, direction) in [(true, &plan.up), (false, &plan.down)] {
        let text = emit::migration(plan, &header, up).map_err(|error| error.to_string())?;
        let script = Script::parse(&text, plan.dialect).map_err(|error| error.to_string())?;
        let wanted: Vec<&String> = direction.steps().map(|it| &it.step.sql).collect();
        let found: Vec<&String> = script.statements().collect();
        equal(&found, &wanted, "other statements are read back")?;
        let hazards = direction.steps().enumerate();
        let hazards: Vec<(usize, &Hazard)> =
            hazards.flat_map(|(at, step)| step.hazards.iter().map(move |it| (at, it))).collect();
        let told = hazards
            .iter()
            .map(|(at, it)| (*at, it.code.to_owned(), visible(&it.message).into_owned()));
        let read =
            script.hazards.iter().map(|it| (it.statement, it.code.clone(), it.message.clone()));
        equal(&read.collect::<Vec<_>>(), &told.collect(), "other hazards are read back")?;
        let probes: Vec<&String> = hazards.iter().filter_map(|(_, it)| it.probe.as_ref()).collect();
        let asked: Vec<&String> = script.probes.iter().map(|it| &it.sql).collect();
        equal(&asked, &probes, "other probes are read back")?;
        if script.header.revision != "1" || !script.header.parents.is_empty() {
            return Err("the header is another one".to_owned());
        }
        shells(direction, plan.dialect)?;
    }
    let rust = emit::rust(plan, "");
    match rust.chars().find(|c| is_hidden(*c) && !['\n', '\t'].contains(c)) {
        Some(c) => Err(format!("{c:?} stands in the Rust file")),
        None => syn::parse_file(&rust).map(drop).map_err(|error| format!("{error}\n{rust}")),
    }
}

/// A script for the database's own shell has the same statements.
fn shells(direction: &DirectionPlan, dialect: Dialect) -> Result<(), String> {
    let script = emit::script(direction, dialect);
    let found = split(dialect, &script).statements.into_iter().map(|it| it.sql);
    let shell = ["BEGIN", "COMMIT", other_runners::OFF, other_runners::ON];
    let found: Vec<String> = found.filter(|sql| !shell.contains(&sql.as_str())).collect();
    let wanted: Vec<String> = direction.steps().map(|it| it.step.sql.clone()).collect();
    equal(&found, &wanted, "the script has other statements")
}

fn equal<T: PartialEq + Debug>(found: &T, wanted: &T, message: &str) -> Result<(), String> {
    match found == wanted {
        true => Ok(()),
        false => Err(format!("{message}\n  wanted {wanted:?}\n  found  {found:?}")),
    }
}
