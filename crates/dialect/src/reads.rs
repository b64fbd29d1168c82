//! The columns and relations that a parsed expression or policy certainly reads: a plan may be
//! refused because of them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use autogen_schema::Expr;
use sqlparser::ast::{Expr as Ast, Ident, ObjectName, Query, Visit, Visitor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use crate::Dialect;
use crate::text::VALUES;

/// The names, as [`Dialect::mentioned_as`] spells them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SureReads {
    /// Columns, with their table if it is named. A bare column of a subquery is omitted: it may
    /// be of any of its relations.
    columns: BTreeSet<(Option<String>, String)>,
    /// The relations of subqueries.
    pub relations: BTreeSet<String>,
}

impl SureReads {
    /// Whether an expression over `table` reads this column of it.
    pub fn column(&self, table: &str, column: &str) -> bool {
        let mut named = self.columns.iter().filter(|(_, name)| name == column);
        named.any(|(of, _)| of.as_deref().is_none_or(|it| it == table))
    }
}

impl Dialect {
    /// What an expression over a table reads; nothing if it cannot be parsed.
    pub fn expression_reads(self, expr: &Expr) -> SureReads {
        self.as_written(expr).map(|ast| self.collect(&ast)).unwrap_or_default()
    }

    /// What the conditions of a policy read; nothing if it cannot be parsed.
    pub fn policy_reads(self, definition: &str) -> SureReads {
        let parsed = Parser::new(&PostgreSqlDialect {})
            .with_recursion_limit(64)
            .try_with_sql(definition)
            .and_then(|mut parser| parser.parse_statements());
        parsed.map(|ast| self.collect(&ast)).unwrap_or_default()
    }

    fn collect(self, ast: &impl Visit) -> SureReads {
        let mut found = Collected { dialect: self, found: SureReads::default(), queries: 0 };
        let _: ControlFlow<()> = ast.visit(&mut found);
        found.found
    }
}

struct Collected {
    dialect: Dialect,
    found: SureReads,
    /// The number of queries around the current expression.
    queries: usize,
}

impl Visitor for Collected {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let last = relation.0.last().and_then(|part| part.as_ident());
        self.found.relations.extend(last.map(|it| self.dialect.identifier(it)));
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Ast) -> ControlFlow<()> {
        if let Ast::Identifier(name) = expr
            && self.queries == 0
            && !is_value(name)
        {
            self.found.columns.insert((None, self.dialect.identifier(name)));
        }
        if let Ast::CompoundIdentifier(parts) = expr
            && let [.., table, name] = parts.as_slice()
        {
            let names = [table, name].map(|it| self.dialect.identifier(it));
            let [table, name] = names;
            self.found.columns.insert((Some(table), name));
        }
        ControlFlow::Continue(())
    }
}

/// Whether the word is a value of the session or of the clock.
fn is_value(name: &Ident) -> bool {
    let word = name.value.to_ascii_lowercase();
    name.quote_style.is_none() && VALUES.binary_search(&word.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_expressions() {
        let reads = |dialect: Dialect, expr: &str| {
            let found = dialect.expression_reads(&Expr::new(expr));
            found.columns.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(reads(Dialect::Postgres, "lower(\"Owner\") <> t.title::text"), "Owner title");
        assert_eq!(
            reads(Dialect::Postgres, "extract(year FROM made) > 'owner' OR user = x"),
            "made x"
        );
        assert_eq!(reads(Dialect::Mysql, "`Owner` <> \"title\" and date(made) > 1"), "made owner");
        assert_eq!(reads(Dialect::Sqlite, "not an expression ("), "");
    }

    #[test]
    fn of_policies() {
        let text = "CREATE POLICY \"p\" ON \"docs\" FOR ALL TO public USING ((owner = CURRENT_USER) \
                    AND (EXISTS ( SELECT 1 FROM members m WHERE ((name = docs.title) AND m.who))))";
        let found = Dialect::Postgres.policy_reads(text);
        assert!(found.column("docs", "owner") && found.column("docs", "title"));
        assert!(!found.column("docs", "name") && !found.column("docs", "who"));
        assert!(found.relations.contains("members"));
    }
}
