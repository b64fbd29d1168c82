//! The plan, in the requested format.

use autogen_plan::{Plan, emit};

use crate::args::{Diff, PlanFormat};
use crate::error::Error;
use crate::output;

pub(super) fn show(plan: &Plan, args: &Diff) -> Result<(), Error> {
    emit::require_read_back(plan)?;
    match args.format.unwrap_or(PlanFormat::Text) {
        PlanFormat::Text => {
            output::coloured(&emit::text(plan));
            if args.unmanaged {
                output::coloured(&emit::unmanaged(plan));
            }
        }
        PlanFormat::Sql => output::sql(&emit::script(&plan.up, plan.dialect)),
        PlanFormat::Json => output::data(&emit::json(plan)),
        PlanFormat::Rust => {
            output::data(&emit::rust(plan, args.message.as_deref().unwrap_or_default()));
        }
    }
    Ok(())
}
