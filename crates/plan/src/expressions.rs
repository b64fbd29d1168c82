//! The expressions that a plan brings into the database, for a server to try.

use autogen_dialect::{Dialect, ExpressionRole, Question};
use autogen_schema::{Change, Expr, IndexKey, Table};

use crate::Plan;
use crate::target::question;

impl Plan {
    /// New and changed expressions of tables: defaults, checks, generated columns and indexes.
    /// None where the plan itself makes something that they may need, which is not there yet.
    pub fn new_expressions(&self) -> Vec<Question> {
        if self.changes().iter().any(makes_something_to_use) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (table, before) in self.schema.after.tables_beside(&self.schema.before) {
            let known = match before {
                Some(before) if before == table => continue,
                Some(before) => expressions(self.dialect, before),
                None => Vec::new(),
            };
            let new = expressions(self.dialect, table).into_iter();
            let new = new.filter(|it| !known.contains(it) && !counts(&it.1));
            found.extend(new.map(|(role, expr)| question(table, role, &expr)));
        }
        found
    }
}

/// Whether it draws a number of a sequence: that has forms that only some places accept.
fn counts(expr: &Expr) -> bool {
    let words = ["nextval", "next", "lastval", "setval"];
    expr.identifiers().iter().any(|word| words.iter().any(|it| word.eq_ignore_ascii_case(it)))
}

fn makes_something_to_use(change: &Change) -> bool {
    match change {
        Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Domain(_)
        | Change::Sequence(_)
        | Change::Routine(_) => true,
        Change::Enum(_)
        | Change::Table(_)
        | Change::Column(_)
        | Change::Constraint(_)
        | Change::Index(_)
        | Change::Partition(_)
        | Change::Statistics(_)
        | Change::Grant(_)
        | Change::View(_)
        | Change::Trigger(_)
        | Change::Policy(_) => false,
    }
}

/// All expressions of a table, with their roles.
fn expressions(dialect: Dialect, table: &Table) -> Vec<(ExpressionRole, Expr)> {
    let mut found = Vec::new();
    for column in &table.columns {
        let name = || column.name.clone();
        if let Some(default) = &column.default {
            let text = Expr::new(dialect.default_text(default));
            found.push((ExpressionRole::Default { column: name() }, text));
        }
        if let Some(generated) = &column.generated {
            found.push((ExpressionRole::Generated { column: name() }, generated.expr.clone()));
        }
    }
    let checks = table.checks.iter().map(|it| (ExpressionRole::Check, it.expr.clone()));
    found.extend(checks);
    for index in &table.indexes {
        let keys = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Column(_) => None,
            IndexKey::Expression(expr) => Some((ExpressionRole::IndexExpression, expr.clone())),
        });
        found.extend(keys);
        let predicate = index.predicate.iter();
        found.extend(predicate.map(|it| (ExpressionRole::IndexPredicate, it.clone())));
    }
    found
}
