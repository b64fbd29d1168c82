//! Expressions: equal, different, or a question for the server.

use autogen_dialect::{Comparison, ExpressionRole, Question};
use autogen_schema::{Expr, Table};

use super::Resolver;
use crate::findings::Ambiguity;

impl Resolver<'_> {
    /// Whether the model's expression equals the existing one. If that cannot be determined here,
    /// it becomes a question, and the answer is no until the server answers.
    pub(super) fn same_expression(
        &mut self,
        table: &Table,
        role: ExpressionRole,
        before: &Expr,
        after: &Expr,
    ) -> bool {
        let compare = |after: &Expr| self.dialect.compare_over(&table.columns, before, after);
        match compare(after) {
            Comparison::Same => true,
            Comparison::Different => false,
            Comparison::Unknown => {
                let question = question(table, role, after);
                match self.answers.get(&question) {
                    Some(Ok(answer)) => compare(answer) == Comparison::Same,
                    Some(Err(reason)) => {
                        let reason = reason.clone();
                        self.ambiguous_expression(table, after, &reason);
                        false
                    }
                    None => {
                        self.ask(question);
                        false
                    }
                }
            }
        }
    }

    fn ask(&mut self, question: Question) {
        let object = question.table.name.to_string();
        let expr = question.expr.clone();
        if !self.findings.questions.contains(&question) {
            self.findings.questions.push(question);
            self.findings.ambiguities.push(Ambiguity {
                code: "D0101",
                object,
                message: format!(
                    "it cannot be determined without the database whether `{expr}` is unchanged"
                ),
                hint: "diff against the database itself".to_owned(),
            });
        }
    }

    fn ambiguous_expression(&mut self, table: &Table, expr: &Expr, reason: &str) {
        let ambiguity = Ambiguity {
            code: "D0102",
            object: table.name.to_string(),
            message: format!("the server does not accept `{expr}`: {reason}"),
            hint: "correct the expression in the model".to_owned(),
        };
        if !self.findings.ambiguities.contains(&ambiguity) {
            self.findings.ambiguities.push(ambiguity);
        }
    }
}

/// The question, with only the part of the table that the server needs.
/// A question about an expression of a table, whose columns are plain.
pub(crate) fn question(table: &Table, role: ExpressionRole, expr: &Expr) -> Question {
    let mut bare = Table::new(table.name.clone());
    bare.columns.clone_from(&table.columns);
    for column in &mut bare.columns {
        column.default = None;
        column.identity = None;
        column.generated = None;
        column.comment = None;
        column.nullable = true;
    }
    Question { table: bare, role, expr: expr.clone() }
}
