//! Questions to a server about expressions that only it can normalize.

use autogen_schema::{Expr, Table};
use serde::{Deserialize, Serialize};

/// The position of an expression.
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
    /// The table of the expression, with the columns after the change.
    pub table: Table,
    /// The expression's position.
    pub role: ExpressionRole,
    /// The expression in the model's spelling.
    pub expr: Expr,
}

/// The server's spelling, or the reason why it rejects the expression.
pub type Answer = Result<Expr, String>;
