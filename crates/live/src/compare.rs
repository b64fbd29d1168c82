//! A complete plan: ambiguous texts and expressions are all sent to the connected server at
//! once.

use autogen_dialect::{Dialect, ExpressionRole, Question, Refusal};
use autogen_plan::{Input, Options, Plan, PlanError, plan};
use autogen_schema::{Declared, Schema};

use crate::normalize::trial;
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
    let at_hand = server.map(|connection| connection.version().number);
    options.server = [options.server, at_hand].into_iter().flatten().min();
    let first = planned(&options)?;
    let open = !first.questions.is_empty() || first.unnormalized;
    let Some(connection) = server.filter(|_| open) else {
        return tried(first, after, server).await;
    };
    if first.unnormalized {
        let normalized = normalize_texts(connection, &after.schema, &first.schema.after).await?;
        options.normalized = Some(normalized);
    }
    let answers = normalize(connection, &first.schema.after, &first.questions).await?;
    options.answers.extend(first.questions.into_iter().zip(answers));
    tried(planned(&options)?, after, server).await
}

/// The plan, if the server accepts the expressions that models bring into it: otherwise a file
/// would be written that can't run.
async fn tried(
    plan: Plan,
    after: &Declared,
    server: Option<&Connection>,
) -> Result<Plan, CompareError> {
    let Some(connection) = server.filter(|_| after.is_models()) else { return Ok(plan) };
    let questions = plan.new_expressions();
    let rejected = trial::rejected(connection, &plan.schema.after, &questions).await?;
    let problems: Vec<Refusal> = rejected
        .into_iter()
        .filter_map(|(at, reason)| Some(refusal(questions.get(at)?, after, &reason)))
        .collect();
    match problems.is_empty() {
        true => Ok(plan),
        false => Err(PlanError::Invalid { dialect: plan.dialect, problems }.into()),
    }
}

fn refusal(question: &Question, after: &Declared, reason: &str) -> Refusal {
    let table = &question.table.name;
    let place = after.origins.get(table);
    let place = place.map_or(String::new(), |it| format!(" ({}:{})", it.file, it.line));
    let role = match &question.role {
        ExpressionRole::Default { column } => format!("the default of {column}"),
        ExpressionRole::Generated { column } => format!("the expression of {column}"),
        ExpressionRole::Check => "a check".to_owned(),
        ExpressionRole::IndexExpression => "an expression of an index".to_owned(),
        ExpressionRole::IndexPredicate => "the condition of an index".to_owned(),
    };
    Refusal {
        code: "A0438",
        object: format!("{table}{place}"),
        message: format!("the server does not accept {role}, `{}`: {reason}", question.expr),
        hint: "correct it in the model; nothing was written".to_owned(),
    }
}
