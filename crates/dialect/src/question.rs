//! What we ask a server about expressions that only it can judge.

use autogen_schema::{Expr, Table};
use serde::{Deserialize, Serialize};

/// Where an expression stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the database's own words")]
pub enum ExpressionRole {
    Default { column: String },
    Check,
    Generated { column: String },
    IndexExpression,
    IndexPredicate,
}

/// One question: how does the server write this expression back?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// The table that the expression is about, with the columns it will have.
    pub table: Table,
    /// Where it stands.
    pub role: ExpressionRole,
    /// The expression as the model writes it.
    pub expr: Expr,
}

/// The server's spelling, or why it refuses the expression.
pub type Answer = Result<Expr, String>;
