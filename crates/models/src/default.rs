//! Defaults: `default_value`, `default_expr`, and autogen's own `default`.

use autogen_schema::{Default, Expr as Sql, Literal};
use syn::{Expr, ExprLit, Lit, UnOp};

use crate::column_type::text_of;

/// A literal, with a sign where it is negative.
pub(crate) fn literal(expr: &Expr) -> Option<Literal> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some(match lit {
            Lit::Str(text) => Literal::Text(text.value()),
            Lit::ByteStr(bytes) => Literal::Bytes(bytes.value()),
            Lit::CStr(text) => Literal::Bytes(text.value().into_bytes()),
            Lit::Byte(byte) => Literal::Number(byte.value().to_string()),
            Lit::Char(letter) => Literal::Text(letter.value().to_string()),
            Lit::Int(number) => Literal::Number(number.base10_digits().to_owned()),
            Lit::Float(number) => Literal::Number(number.base10_digits().to_owned()),
            Lit::Bool(value) => Literal::Bool(value.value),
            _ => return None,
        }),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match literal(&unary.expr)? {
            Literal::Number(number) => Some(Literal::Number(format!("-{number}"))),
            Literal::Null | Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => None,
        },
        Expr::Paren(inner) => literal(&inner.expr),
        Expr::Group(inner) => literal(&inner.expr),
        Expr::Path(path) if path.path.is_ident("None") => Some(Literal::Null),
        _ => None,
    }
}

/// A Rust expression that SeaORM turns into a default; `None` if its SQL is unknown without
/// running it.
pub(crate) fn expression(expr: &Expr) -> Option<Default> {
    if let Some(known) = literal(expr) {
        return Some(Default::Literal(known));
    }
    match expr {
        Expr::Paren(inner) => expression(&inner.expr),
        Expr::Group(inner) => expression(&inner.expr),
        Expr::Reference(inner) => expression(&inner.expr),
        Expr::MethodCall(call) => method(call),
        Expr::Path(path) => keyword(&tail(&path.path, 1)),
        Expr::Call(call) => function(call),
        _ => None,
    }
}

fn method(call: &syn::ExprMethodCall) -> Option<Default> {
    let method = call.method.to_string();
    let arguments: Vec<&Expr> = call.args.iter().collect();
    match (method.as_str(), arguments.as_slice()) {
        ("into" | "to_owned" | "to_string" | "clone" | "into_iden", []) => {
            expression(&call.receiver)
        }
        // `Func::cust("name").arg(1)`
        ("arg", [argument]) => {
            let Default::Expression(head) = expression(&call.receiver)? else {
                return None;
            };
            let head = head.as_str().strip_suffix(')')?.to_owned();
            let comma = if head.ends_with('(') { "" } else { ", " };
            let argument = sql(&expression(argument)?)?;
            Some(Default::Expression(Sql(format!("{head}{comma}{argument})"))))
        }
        _ => None,
    }
}

fn function(call: &syn::ExprCall) -> Option<Default> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let written = |text: &str| Some(Default::Expression(Sql::new(text)));
    let arguments: Vec<&Expr> = call.args.iter().collect();
    let name = tail(&path.path, 1);
    let owner = tail(&path.path, 2);
    match (owner.as_str(), name.as_str(), arguments.as_slice()) {
        (_, "current_timestamp", []) => written("CURRENT_TIMESTAMP"),
        (_, "current_date", []) => written("CURRENT_DATE"),
        (_, "current_time", []) => written("CURRENT_TIME"),
        ("Expr", "null", []) => Some(Default::Literal(Literal::Null)),
        ("PgFunc", "gen_random_uuid", []) => written("gen_random_uuid()"),
        ("Func", "random", []) => written("RANDOM()"),
        ("Func", "cust", [name]) => Some(Default::Expression(Sql(format!("{}()", text_of(name)?)))),
        (_, "cust" | "custom_keyword", [text]) | ("SimpleExpr" | "Expr", "Custom", [text]) => {
            Some(crate::sql::default_of(&text_of(text)?))
        }
        (_, "Keyword" | "Custom", [inner]) => match inner {
            Expr::Path(path) => keyword(&tail(&path.path, 1)),
            _ => Some(Default::Expression(Sql::new(text_of(inner)?))),
        },
        (_, "val" | "value" | "expr" | "Value" | "Constant" | "from" | "new" | "Some", [inner])
        | ("Value", _, [inner]) => expression(inner),
        _ => None,
    }
}

fn keyword(name: &str) -> Option<Default> {
    Some(match name {
        "Null" => Default::Literal(Literal::Null),
        "CurrentTimestamp" => Default::Expression(Sql::new("CURRENT_TIMESTAMP")),
        "CurrentDate" => Default::Expression(Sql::new("CURRENT_DATE")),
        "CurrentTime" => Default::Expression(Sql::new("CURRENT_TIME")),
        _ => return None,
    })
}

/// The segment `back` positions before the end of a path.
fn tail(path: &syn::Path, back: usize) -> String {
    path.segments
        .iter()
        .rev()
        .nth(back - 1)
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// A default as standard SQL; `None` for bytes, which have no common spelling.
fn sql(default: &Default) -> Option<String> {
    Some(match default {
        Default::Expression(expr) => expr.0.clone(),
        Default::Literal(literal) => match literal {
            Literal::Null => "NULL".to_owned(),
            Literal::Bool(true) => "TRUE".to_owned(),
            Literal::Bool(false) => "FALSE".to_owned(),
            Literal::Number(number) => number.clone(),
            Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Literal::Bytes(_) => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Default> {
        expression(&syn::parse_str::<Expr>(text).ok()?)
    }

    fn sql_of(text: &str) -> Option<String> {
        sql(&read(text)?)
    }

    #[test]
    fn understands_the_usual_shapes() {
        for (rust, expected) in [
            ("Expr::current_timestamp()", "CURRENT_TIMESTAMP"),
            ("Keyword::CurrentTimestamp", "CURRENT_TIMESTAMP"),
            ("SimpleExpr::Keyword(Keyword::CurrentDate)", "CURRENT_DATE"),
            ("Expr::cust(\"gen_random_uuid()\")", "gen_random_uuid()"),
            ("sea_orm::sea_query::Expr::cust(\"now()\")", "now()"),
            ("Expr::val(3)", "3"),
            ("Expr::value(\"it's\")", "'it''s'"),
            ("Expr::val(-1.5).into()", "-1.5"),
            ("\"x\".to_owned()", "'x'"),
            ("true", "TRUE"),
            ("Func::cust(Alias::new(\"nextval\")).arg(\"s\")", "nextval('s')"),
            ("Func::cust(\"f\").arg(1).arg(2)", "f(1, 2)"),
            ("PgFunc::gen_random_uuid()", "gen_random_uuid()"),
            ("Value::Int(Some(7))", "7"),
            ("Value::String(None)", "NULL"),
        ] {
            assert_eq!(sql_of(rust).as_deref(), Some(expected), "{rust}");
        }
    }

    #[test]
    fn leaves_the_rest() {
        for rust in ["my_default()", "DEFAULT_NAME", "Expr::col(Column::A).add(1)", "1 + 2"] {
            assert_eq!(read(rust), None, "{rust}");
        }
    }
}
