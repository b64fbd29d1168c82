//! Asks the connected database whether existing rows prevent a plan.

use autogen_live::run::worn_out;
use autogen_live::{Connection, Outcome, probe};
use autogen_plan::{Hazard, Plan};

use crate::error::Error;
use crate::output;

/// Hazards for which no migration is written if the database confirms them: it could not run,
/// or values would be lost.
const DECIDED_FIRST: [&str; 6] = ["DD101", "DD102", ABSENT, "DL104", "DL105", UNDECLARED];

/// A hazard that is confirmed by a missing object.
const ABSENT: &str = "DD113";

/// A hazard that is confirmed by an object that the migration does not know.
const UNDECLARED: &str = "DL115";

/// Runs the probes of the way up, and reports what they find.
pub(crate) async fn look(plan: &mut Plan, connection: &Connection) -> Result<(), Error> {
    let steps = plan.up.groups.iter_mut().flat_map(|group| &mut group.steps);
    let mut hazards: Vec<&mut Hazard> =
        steps.flat_map(|step| &mut step.hazards).filter(|it| it.probe.is_some()).collect();
    let queries: Vec<&str> = hazards.iter().filter_map(|it| it.probe.as_deref()).collect();
    let outcomes = probe(connection, &queries).await?;
    for (hazard, outcome) in hazards.iter_mut().zip(outcomes) {
        hazard.found = match &outcome {
            Outcome::Clear => Some(false),
            Outcome::Found(_) => Some(true),
            Outcome::Unknown => None,
        };
        if let Outcome::Found(words) = outcome {
            let words = words.map_or(String::new(), |words| format!(": {words}"));
            let (code, message) = (hazard.code, &hazard.message);
            let found = match code {
                ABSENT => "it does not exist",
                UNDECLARED => "there is one",
                _other => "there is such a row",
            };
            output::note(&format!("{code}: {message}, and {found}{words}"));
        }
    }
    let statements: Vec<&str> = plan.up.steps().map(|it| it.step.sql.as_str()).collect();
    if let Some(tables) = worn_out(connection, &statements).await? {
        output::note(&format!(
            "A0331: a table must be rebuilt before this can run here, since it allows no more \
             instant column changes: {tables}"
        ));
    }
    Ok(())
}

/// Refuses to write a migration that these rows prevent.
pub(crate) fn require_possible(plan: &Plan) -> Result<(), Error> {
    let found: Vec<&Hazard> = plan
        .up
        .steps()
        .flat_map(|step| &step.hazards)
        .filter(|it| it.found == Some(true) && DECIDED_FIRST.contains(&it.code))
        .collect();
    let Some(first) = found.first() else { return Ok(()) };
    let lines: Vec<String> =
        found.iter().map(|it| format!("\n  {}: {}", it.code, it.message)).collect();
    let safer = match first.code {
        "DL104" => "correct the values, or give the conversion: #[autogen(using = \"..\")]",
        _ => &first.safer,
    };
    let who = match found.iter().any(|it| [ABSENT, UNDECLARED].contains(&it.code)) {
        true => "the database does not allow this",
        false => "the rows in the database do not allow this",
    };
    let message = format!("{who}:{}", lines.concat());
    Err(Error::refused("A0623", message, safer))
}
