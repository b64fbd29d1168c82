//! Whether a check holds for a value, told without a server where that is certain.

use std::cmp::Ordering;

use autogen_schema::Expr;
use sqlparser::ast::{
    BinaryOperator, Expr as Ast, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    UnaryOperator, Value as Constant,
};

use crate::Dialect;

/// A value of SQL.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// The value of an expression over literals; `None` where only the server can
/// tell.
pub(super) fn value(dialect: Dialect, expr: &Expr) -> Option<Value> {
    evaluate(dialect, &dialect.parsed(expr)?)
}

/// Whether a check that speaks of nothing but literals lets a row pass: NULL
/// does.
pub(super) fn holds(dialect: Dialect, check: &Expr) -> Option<bool> {
    Some(truth(dialect, value(dialect, check)?)? != Value::Boolean(false))
}

/// One of SQL's three truths: a boolean, or NULL.
fn truth(dialect: Dialect, value: Value) -> Option<Value> {
    match value {
        Value::Null | Value::Boolean(_) => Some(value),
        Value::Number(it) if dialect != Dialect::Postgres => Some(Value::Boolean(it != 0.0)),
        Value::Number(_) | Value::Text(_) => None,
    }
}

fn evaluate(dialect: Dialect, expr: &Ast) -> Option<Value> {
    let of = |expr: &Ast| evaluate(dialect, expr);
    match expr {
        Ast::Value(value) => literal(&value.value),
        Ast::Nested(inner) => of(inner),
        // MySQL's texts, with their character set.
        Ast::Prefixed { prefix, value } if prefix.value.starts_with('_') => of(value),
        Ast::Cast { expr, data_type, .. } => as_type(of(expr)?, &data_type.to_string()),
        Ast::IsNull(inner) => Some(Value::Boolean(of(inner)? == Value::Null)),
        Ast::IsNotNull(inner) => Some(Value::Boolean(of(inner)? != Value::Null)),
        Ast::UnaryOp { op, expr } => unary(dialect, *op, of(expr)?),
        Ast::BinaryOp { left, op: BinaryOperator::And, right } => {
            both(dialect, of(left), of(right), false)
        }
        Ast::BinaryOp { left, op: BinaryOperator::Or, right } => {
            both(dialect, of(left), of(right), true)
        }
        Ast::BinaryOp { left, op, right } => binary(op, of(left)?, of(right)?),
        Ast::InList { expr, list, negated } => {
            let wanted = of(expr)?;
            let mut found = false;
            for item in list {
                found |= equal(&wanted, &of(item)?)?;
            }
            Some(Value::Boolean(found != *negated))
        }
        Ast::Between { expr, negated, low, high } => {
            let it = of(expr)?;
            let inside = compared(&it, &of(low)?)? != Ordering::Less
                && compared(&it, &of(high)?)? != Ordering::Greater;
            Some(Value::Boolean(inside != *negated))
        }
        Ast::Like { negated, any: false, expr, pattern, escape_char: None } => {
            let (Value::Text(text), Value::Text(pattern)) = (of(expr)?, of(pattern)?) else {
                return None;
            };
            Some(Value::Boolean(like(&text, &pattern)? != *negated))
        }
        Ast::Function(function) => call(dialect, function),
        _other => None,
    }
}

fn literal(value: &Constant) -> Option<Value> {
    match value {
        Constant::Null => Some(Value::Null),
        Constant::Boolean(it) => Some(Value::Boolean(*it)),
        Constant::Number(digits, _) => digits.parse().ok().map(Value::Number),
        Constant::SingleQuotedString(text) => Some(Value::Text(text.clone())),
        _other => None,
    }
}

/// Casts among numbers, and among texts, change nothing that a check minds; a
/// text may name a number.
fn as_type(value: Value, data_type: &str) -> Option<Value> {
    let name = data_type.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|it| name.starts_with(it));
    let number =
        is(&["int", "bigint", "smallint", "numeric", "decimal", "double", "real", "float"]);
    match value {
        Value::Null => Some(Value::Null),
        Value::Text(text) if number => text.parse().ok().map(Value::Number),
        Value::Text(_) if is(&["text", "char", "varchar", "bpchar", "date", "time"]) => Some(value),
        // The labels of an enum have an order of their own, and no length.
        Value::Number(it) if number && (it.fract() == 0.0 || !is(&["int", "big", "small"])) => {
            Some(value)
        }
        Value::Boolean(_) if is(&["bool"]) => Some(value),
        Value::Text(_) | Value::Number(_) | Value::Boolean(_) => None,
    }
}

fn unary(dialect: Dialect, op: UnaryOperator, value: Value) -> Option<Value> {
    match (op, value) {
        (_, Value::Null) => Some(Value::Null),
        (UnaryOperator::Minus, Value::Number(it)) => Some(Value::Number(-it)),
        (UnaryOperator::Plus, Value::Number(it)) => Some(Value::Number(it)),
        (UnaryOperator::Not, value) => {
            Some(Value::Boolean(truth(dialect, value)? == Value::Boolean(false)))
        }
        _other => None,
    }
}

/// AND and OR: one side decides if it is `decisive`, whatever the other is.
fn both(
    dialect: Dialect,
    left: Option<Value>,
    right: Option<Value>,
    decisive: bool,
) -> Option<Value> {
    let sides = [left, right].map(|it| it.and_then(|it| truth(dialect, it)));
    if sides.contains(&Some(Value::Boolean(decisive))) {
        return Some(Value::Boolean(decisive));
    }
    let [Some(left), Some(right)] = sides else { return None };
    let known = left != Value::Null && right != Value::Null;
    Some(if known { Value::Boolean(!decisive) } else { Value::Null })
}

fn binary(op: &BinaryOperator, left: Value, right: Value) -> Option<Value> {
    if left == Value::Null || right == Value::Null {
        return Some(Value::Null);
    }
    let order = || compared(&left, &right);
    let truth = match op {
        BinaryOperator::Eq => equal(&left, &right)?,
        BinaryOperator::NotEq => !equal(&left, &right)?,
        BinaryOperator::Lt => order()? == Ordering::Less,
        BinaryOperator::LtEq => order()? != Ordering::Greater,
        BinaryOperator::Gt => order()? == Ordering::Greater,
        BinaryOperator::GtEq => order()? != Ordering::Less,
        op => return arithmetic(op, &left, &right),
    };
    Some(Value::Boolean(truth))
}

fn arithmetic(op: &BinaryOperator, left: &Value, right: &Value) -> Option<Value> {
    let (Value::Number(left), Value::Number(right)) = (left, right) else { return None };
    match op {
        BinaryOperator::Plus => Some(Value::Number(left + right)),
        BinaryOperator::Minus => Some(Value::Number(left - right)),
        BinaryOperator::Multiply => Some(Value::Number(left * right)),
        _other => None,
    }
}

/// Whether two values are equal. Of texts it is only said where every collation
/// says the same.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    let (Value::Text(left), Value::Text(right)) = (left, right) else {
        return compared(left, right).map(|it| it == Ordering::Equal);
    };
    let folded = |it: &str| it.trim_end().to_lowercase();
    let differ = left.is_ascii() && right.is_ascii() && folded(left) != folded(right);
    if left == right { Some(true) } else { differ.then_some(false) }
}

/// How two values compare. The order of texts is the collation's, but for days
/// and times in their usual form.
fn compared(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) if is_moment(left) && is_moment(right) => {
            Some(left.cmp(right))
        }
        _other => None,
    }
}

/// Whether a text is like a pattern; only said where it is so in either case of
/// letters.
fn like(text: &str, pattern: &str) -> Option<bool> {
    let plain = text.is_ascii() && pattern.is_ascii() && !pattern.contains('\\');
    let matched = |text: &str, pattern: &str| wild(text.as_bytes(), pattern.as_bytes());
    let exact = matched(text, pattern);
    (plain && exact == matched(&text.to_lowercase(), &pattern.to_lowercase())).then_some(exact)
}

fn wild(text: &[u8], pattern: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'%', rest)) => (0..=text.len()).any(|at| wild(&text[at..], rest)),
        Some((one, rest)) => text
            .split_first()
            .is_some_and(|(it, text)| (one == it || *one == b'_') && wild(text, rest)),
    }
}

fn is_moment(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    text.contains('-') && year.len() == 4 && year.chars().all(|it| it.is_ascii_digit())
}

fn call(dialect: Dialect, function: &Function) -> Option<Value> {
    let name = function.name.to_string().to_lowercase();
    let FunctionArguments::List(list) = &function.args else { return None };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = list.args.as_slice() else {
        return None;
    };
    match (name.as_str(), evaluate(dialect, argument)?) {
        (_, Value::Null) => Some(Value::Null),
        ("length" | "char_length" | "character_length" | "octet_length", Value::Text(text))
            if text.is_ascii() =>
        {
            Some(Value::Number(f64::from(u32::try_from(text.len()).ok()?)))
        }
        ("lower", Value::Text(text)) if text.is_ascii() => Some(Value::Text(text.to_lowercase())),
        ("upper", Value::Text(text)) if text.is_ascii() => Some(Value::Text(text.to_uppercase())),
        ("trim" | "btrim", Value::Text(text)) => Some(Value::Text(text.trim_matches(' ').into())),
        ("abs", Value::Number(it)) => Some(Value::Number(it.abs())),
        _other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(dialect: Dialect, check: &str, expected: Option<bool>) {
        assert_eq!(holds(dialect, &Expr::new(check)), expected, "{dialect}: {check}");
    }

    #[test]
    fn what_is_certain_is_told() {
        for dialect in Dialect::ALL {
            says(dialect, "1 > 0 AND NOT (2 < 1)", Some(true));
            says(dialect, "0 > 0", Some(false));
            says(dialect, "-1 BETWEEN -2 AND 3", Some(true));
            says(dialect, "'open' IN ('open', 'paid')", Some(true));
            says(dialect, "'x' <> ''", Some(true));
            says(dialect, "length('xxx') > 2 OR 1 = 2", Some(true));
            says(dialect, "'a@b' LIKE '%@_'", Some(true));
            says(dialect, "'2037-12-31' > '2020-01-01'", Some(true));
            says(dialect, "coalesce(1, 2) > 0 OR 1 = 1", Some(true));
            // NULL lets a row pass.
            says(dialect, "NULL > 0", Some(true));
            says(dialect, "NULL > 0 AND 1 > 2", Some(false));
        }
        says(
            Dialect::Postgres,
            "(('open'::text = ANY (ARRAY['open'::text, 'x'::text])))",
            Some(true),
        );
        says(Dialect::Postgres, "(5)::numeric >= '4'::numeric", Some(true));
        says(Dialect::Mysql, "('a' in (_utf8mb4'a',_utf8mb4'b'))", Some(true));
    }

    #[test]
    fn what_only_the_server_knows_is_left_to_it() {
        for dialect in Dialect::ALL {
            says(dialect, "a > 0", None);
            says(dialect, "'B' < 'a'", None);
            says(dialect, "'A' = 'a'", None);
            says(dialect, "'a ' = 'a'", None);
            says(dialect, "'A' LIKE 'a'", None);
            says(dialect, "round(1.5) = 2", None);
            says(dialect, "1 >", None);
        }
        says(Dialect::Postgres, "'x' ~ '^[a-z]$'", None);
    }
}
