//! A complete plan: ambiguous texts and expressions are all sent to the connected server at
//! once.

use autogen_dialect::Dialect;
use autogen_plan::{Input, Options, Plan, PlanError, plan};
use autogen_schema::{Declared, Schema};

use crate::{Connection, LiveError, normalize, normalize_texts};

/// Why two schemas cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "named by their types")]
pub enum CompareError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Live(#[from] LiveError),
}

/// Plans the migration from one schema to another; what stays ambiguous without a server is
/// reported as such.
///
/// # Errors
/// If there is no such plan, or the server cannot be asked.
pub async fn compare(
    dialect: Dialect,
    before: &Schema,
    after: &Declared,
    options: &Options,
    server: Option<&Connection>,
) -> Result<Plan, CompareError> {
    let planned = |options: &Options| plan(Input { dialect, before, after, options });
    let mut options = options.clone();
    options.server = server.map(|connection| connection.version().number);
    let first = planned(&options)?;
    let open = !first.questions.is_empty() || first.unnormalized;
    let Some(connection) = server.filter(|_| open) else {
        return Ok(first);
    };
    if first.unnormalized {
        let normalized = normalize_texts(connection, &after.schema, &first.schema.after).await?;
        options.normalized = Some(normalized);
    }
    let answers = normalize(connection, &first.schema.after, &first.questions).await?;
    options.answers.extend(first.questions.into_iter().zip(answers));
    Ok(planned(&options)?)
}
