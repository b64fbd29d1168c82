//! Comparing SQL expressions without a server: the first step.
//!
//! Servers rewrite the expressions that they store. Here both sides are parsed and normalized
//! as far as the rewriting is known; a remaining difference is `Unknown`, unless the database
//! keeps the text as it was written.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use autogen_schema::{Column, Expr};
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr as Ast, Function, Ident, ObjectName, ObjectNamePart,
    Value, VisitMut, VisitorMut,
};
use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::{Dialect, postgres};

/// Whether two expressions mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// They do.
    Same,
    /// They do not.
    Different,
    /// Only the server can decide.
    Unknown,
}

impl Dialect {
    /// Compares two expressions by their text alone.
    pub fn compare(self, before: &Expr, after: &Expr) -> Comparison {
        self.compare_over(&[], before, after)
    }

    /// Compares two expressions over these columns. After a change of a column's type, stored
    /// expressions contain casts to the type that the column now has.
    pub fn compare_over(self, columns: &[Column], before: &Expr, after: &Expr) -> Comparison {
        if before == after {
            return Comparison::Same;
        }
        match (self.normal_form(columns, before), self.normal_form(columns, after)) {
            (Some(before), Some(after)) if before == after => Comparison::Same,
            (Some(_), Some(_)) if self.keeps_expressions() => Comparison::Different,
            (_, _) if self.keeps_expressions() => words(before, after),
            (_, _) => Comparison::Unknown,
        }
    }

    /// Whether the database stores expressions as they were written.
    pub(crate) fn keeps_expressions(self) -> bool {
        match self {
            Self::Sqlite => true,
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// The expression, normalized.
    pub(crate) fn parsed(self, expr: &Expr) -> Option<Ast> {
        self.normal_form(&[], expr)
    }

    /// The expression as it is written.
    pub(crate) fn as_written(self, expr: &Expr) -> Option<Ast> {
        match self {
            Self::Sqlite => parse(&SQLiteDialect {}, expr),
            Self::Postgres => parse(&PostgreSqlDialect {}, expr),
            Self::Mysql | Self::Mariadb => parse(&MySqlDialect {}, expr),
        }
    }

    fn normal_form(self, columns: &[Column], expr: &Expr) -> Option<Ast> {
        let mut ast = self.as_written(expr)?;
        let flow: ControlFlow<()> =
            VisitMut::visit(&mut ast, &mut Normalizer { columns: self.base_types(columns) });
        flow.is_continue().then_some(ast)
    }
}

/// Expressions that cannot be parsed are compared word by word.
fn words(before: &Expr, after: &Expr) -> Comparison {
    let squeeze = |it: &Expr| it.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    if squeeze(before) == squeeze(after) { Comparison::Same } else { Comparison::Different }
}

fn parse(dialect: &dyn sqlparser::dialect::Dialect, expr: &Expr) -> Option<Ast> {
    let mut parser =
        Parser::new(dialect).with_recursion_limit(64).try_with_sql(expr.as_str()).ok()?;
    let ast = parser.parse_expr().ok()?;
    // Remaining tokens mean that this was more than an expression.
    let rest = parser.peek_token();
    (rest.token == sqlparser::tokenizer::Token::EOF).then_some(ast)
}

impl Dialect {
    /// The types of the columns as casts name them, without length or precision.
    fn base_types(self, columns: &[Column]) -> BTreeMap<String, String> {
        let base = |column: &Column| {
            let full = self.render_type(&column.data_type);
            let (base, rest) = full.split_once('(').unwrap_or((&full, ""));
            let rest = rest.split_once(')').map_or("", |(_, rest)| rest);
            (column.name.to_lowercase(), format!("{}{rest}", base.trim()).to_lowercase())
        };
        columns.iter().map(base).collect()
    }
}

struct Normalizer {
    /// The base type of each column.
    columns: BTreeMap<String, String>,
}

impl Normalizer {
    /// The column without a cast to its own type.
    fn bare(&self, expr: Ast) -> Ast {
        if let Ast::Cast { expr: inner, data_type, .. } = &expr
            && let Ast::Identifier(name) = &**inner
            && let Some(base) = self.columns.get(&name.value.to_lowercase())
            && data_type.to_string().to_lowercase() == *base
        {
            return (**inner).clone();
        }
        expr
    }
}

impl VisitorMut for Normalizer {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Ast) -> ControlFlow<()> {
        let taken = std::mem::replace(
            expr,
            Ast::Wildcard(sqlparser::ast::helpers::attached_token::AttachedToken::empty()),
        );
        *expr = self.bare(normalize(taken));
        ControlFlow::Continue(())
    }
}

fn normalize(expr: Ast) -> Ast {
    match expr {
        Ast::Nested(inner) => *inner,
        Ast::Identifier(name) => Ast::Identifier(plain(name)),
        // A qualified column is the column: there is only one table.
        Ast::CompoundIdentifier(mut parts) => match parts.pop() {
            Some(last) => Ast::Identifier(plain(last)),
            None => Ast::CompoundIdentifier(parts),
        },
        Ast::Cast { expr, data_type, format, .. } => cast(expr, data_type, format),
        Ast::Function(function) => {
            Ast::Function(Function { name: lower(function.name), ..function })
        }
        Ast::Between { expr, negated: false, low, high } => both(
            binary(expr.clone(), BinaryOperator::GtEq, low),
            binary(expr, BinaryOperator::LtEq, high),
        ),
        Ast::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => any(left, right),
        Ast::BinaryOp { left, op: BinaryOperator::PGLikeMatch, right } => {
            Ast::Like { negated: false, any: false, expr: left, pattern: right, escape_char: None }
        }
        other => other,
    }
}

/// `x = ANY (ARRAY[..])` is how PostgreSQL stores `x IN (..)`.
fn any(left: Box<Ast>, right: Box<Ast>) -> Ast {
    match *right {
        Ast::Array(array) => Ast::InList { expr: left, list: array.elem, negated: false },
        right => Ast::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right: Box::new(right),
            is_some: false,
        },
    }
}

fn binary(left: Box<Ast>, op: BinaryOperator, right: Box<Ast>) -> Ast {
    Ast::BinaryOp { left, op, right }
}

fn both(left: Ast, right: Ast) -> Ast {
    binary(Box::new(left), BinaryOperator::And, Box::new(right))
}

/// Casts of string literals to text types are removed; the spelling of other casts is
/// normalized.
fn cast(expr: Box<Ast>, data_type: DataType, format: Option<sqlparser::ast::CastFormat>) -> Ast {
    let name = postgres::types::render(&postgres::types::parse(&data_type.to_string()));
    let is_text = name == "text" || name == "varchar";
    let is_string = matches!(
        &*expr,
        Ast::Value(value) if matches!(value.value, Value::SingleQuotedString(_))
    );
    if is_text && is_string {
        return *expr;
    }
    let data_type = DataType::Custom(
        ObjectName(vec![ObjectNamePart::Identifier(Ident::new(name))]),
        Vec::new(),
    );
    Ast::Cast { kind: CastKind::Cast, expr, data_type, format }
}

/// An unquoted name is folded; needless quotes are removed.
fn plain(name: Ident) -> Ident {
    match name.quote_style {
        None => Ident::new(name.value.to_lowercase()),
        Some(_) => Ident::new(name.value),
    }
}

fn lower(name: ObjectName) -> ObjectName {
    let parts = name.0.into_iter().map(|part| match part {
        ObjectNamePart::Identifier(ident) => ObjectNamePart::Identifier(plain(ident)),
        other => other,
    });
    ObjectName(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(dialect: Dialect, before: &str, after: &str) {
        assert_eq!(dialect.compare(&before.into(), &after.into()), Comparison::Same, "{before}");
    }

    #[test]
    fn known_rewritings_are_the_same() {
        same(Dialect::Postgres, "(b > 0)", "b > 0");
        same(Dialect::Postgres, "((a > 0) AND (b < 5))", "a > 0 and \"b\" < 5");
        same(Dialect::Postgres, "(a = ANY (ARRAY[1, 2]))", "a IN (1,2)");
        same(Dialect::Postgres, "COALESCE(a, 'x'::text)", "coalesce(a, 'x')");
        same(Dialect::Postgres, "((a >= 1) AND (a <= 2))", "a BETWEEN 1 AND 2");
        same(Dialect::Sqlite, "b>0", "B > 0");
    }

    #[test]
    fn nesting_counts() {
        let (before, after) = ("(a OR b) AND c".into(), "a OR (b AND c)".into());
        assert_eq!(Dialect::Sqlite.compare(&before, &after), Comparison::Different);
        assert_eq!(Dialect::Postgres.compare(&before, &after), Comparison::Unknown);
    }

    /// This needs neither much time nor stack, at any depth.
    #[test]
    fn depth_ends() {
        for depth in [10, 40, 60, 70, 1000, 50_000] {
            let deep = |inner: &str| "(".repeat(depth) + inner + &")".repeat(depth);
            for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql, Dialect::Mariadb] {
                let found = dialect.compare(&Expr::new(deep("a")), &Expr::new(deep("b")));
                assert_ne!(found, Comparison::Same, "{depth}");
            }
        }
    }
}
