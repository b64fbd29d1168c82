//! `column_type = ".."` in every spelling that SeaORM accepts.

use autogen_schema::{ColumnType, IntWidth, QName, TextSize};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, ExprLit, Lit};

/// A type in a model before its names are resolved.
#[derive(Debug, Clone)]
pub enum TypeDecl {
    /// Given explicitly.
    Known(ColumnType),
    /// The enum that a native active enum names, with its labels.
    Enum {
        /// The type's name.
        name: String,
        /// Its labels; empty if only the Rust type has them.
        values: Vec<String>,
    },
    /// A Rust type, for SeaORM's mapping.
    Rust(Box<syn::Type>),
    /// An array.
    Array(Box<TypeDecl>),
}

/// The text after `ColumnType::` in `column_type` and `db_type`.
pub(crate) fn parse_text(text: &syn::LitStr) -> Option<TypeDecl> {
    let tokens: TokenStream = text.parse().ok()?;
    let text = tokens.to_string();
    // SeaORM puts `ColumnType::` in front of the text.
    let expr = if text.trim_start().starts_with("ColumnType") {
        syn::parse2(tokens).ok()?
    } else {
        let with_path = |input: syn::parse::ParseStream<'_>| input.parse::<Expr>();
        with_path.parse2(quote::quote!(ColumnType::#tokens)).ok()?
    };
    parse_expr(&expr)
}

/// An expression of type `sea_query::ColumnType`.
pub(crate) fn parse_expr(expr: &Expr) -> Option<TypeDecl> {
    match expr {
        Expr::Paren(inner) => parse_expr(&inner.expr),
        Expr::Group(inner) => parse_expr(&inner.expr),
        Expr::Reference(inner) => parse_expr(&inner.expr),
        Expr::MethodCall(call) if is_passing(&call.method.to_string()) => {
            parse_expr(&call.receiver)
        }
        Expr::Path(path) => named(&last(&path.path)?, &[]),
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else {
                return None;
            };
            let arguments: Vec<&Expr> = call.args.iter().collect();
            let name = last(&path.path)?;
            if name == "column_type" && arguments.is_empty() {
                return owner(path).map(|ty| TypeDecl::Rust(Box::new(ty)));
            }
            named(&name, &arguments)
        }
        Expr::Struct(value) if last(&value.path)? == "Enum" => {
            let field = |name: &str| {
                value.fields.iter().find_map(|field| match &field.member {
                    syn::Member::Named(ident) if ident == name => Some(&field.expr),
                    _ => None,
                })
            };
            Some(TypeDecl::Enum {
                name: text_of(field("name")?)?,
                values: list_of(field("variants")?)?,
            })
        }
        _ => None,
    }
}

/// The type whose `column_type()` is called: `<T as ValueType>::column_type()`
/// or `T::column_type()`.
fn owner(path: &syn::ExprPath) -> Option<syn::Type> {
    if let Some(qself) = &path.qself {
        return Some((*qself.ty).clone());
    }
    let mut segments: Vec<_> = path.path.segments.iter().cloned().collect();
    segments.pop();
    let path = syn::Path {
        leading_colon: path.path.leading_colon,
        segments: segments.into_iter().collect(),
    };
    (!path.segments.is_empty()).then(|| syn::parse2(path.to_token_stream()).ok())?
}

fn is_passing(method: &str) -> bool {
    ["into", "to_owned", "clone", "into_iden", "to_string", "def"].contains(&method)
}

fn last(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|segment| segment.ident.to_string())
}

fn named(name: &str, arguments: &[&Expr]) -> Option<TypeDecl> {
    let unsigned = |width| ColumnType::Integer { width, unsigned: true };
    let stamp = |tz| ColumnType::Timestamp { precision: None, tz };
    let known = match (name, arguments) {
        ("Char", [length]) => ColumnType::Char(option(length, number)?),
        ("String", []) => ColumnType::Varchar(None),
        ("String", [length]) => ColumnType::Varchar(length_of(length)?),
        ("string", [length]) => ColumnType::Varchar(option(length, number)?),
        ("Text", []) => ColumnType::text(),
        ("Blob", _) => ColumnType::Blob(TextSize::Regular),
        ("TinyInteger", []) => ColumnType::int(IntWidth::Tiny),
        ("SmallInteger", []) => ColumnType::int(IntWidth::Small),
        ("Integer", []) => ColumnType::int(IntWidth::Regular),
        ("BigInteger", []) => ColumnType::int(IntWidth::Big),
        ("TinyUnsigned", []) => unsigned(IntWidth::Tiny),
        ("SmallUnsigned", []) => unsigned(IntWidth::Small),
        ("Unsigned", []) => unsigned(IntWidth::Regular),
        ("BigUnsigned", []) => unsigned(IntWidth::Big),
        ("Float", []) => ColumnType::Float,
        ("Double", []) => ColumnType::Double,
        ("Decimal", [precision]) => ColumnType::Decimal(
            option(precision, pair)?
                .map(|(precision, scale)| Some((precision, i32::try_from(scale).ok()?)))
                .map_or(Some(None), |pair| pair.map(Some))?,
        ),
        ("Money", [precision]) => ColumnType::Money(option(precision, pair)?),
        ("DateTime", []) => ColumnType::DateTime { precision: None },
        ("Timestamp", []) => stamp(false),
        ("TimestampWithTimeZone", []) => stamp(true),
        ("Time", []) => ColumnType::Time { precision: None, tz: false },
        ("Date", []) => ColumnType::Date,
        ("Year", []) => ColumnType::Year,
        ("Interval", [fields, precision]) => ColumnType::Interval {
            fields: option(fields, interval)?,
            precision: option(precision, number)?,
        },
        ("Binary", [length]) => match blob(length) {
            Some(blob) => blob,
            None => ColumnType::Binary(Some(number(length)?)),
        },
        ("VarBinary", [length]) => ColumnType::VarBinary(length_of(length)?),
        ("var_binary", [length]) => ColumnType::VarBinary(Some(number(length)?)),
        ("Bit", [length]) => ColumnType::Bit(option(length, number)?),
        ("VarBit", [length]) => ColumnType::VarBit(Some(number(length)?)),
        ("Boolean", []) => ColumnType::Boolean,
        ("Json", []) => ColumnType::Json,
        ("JsonBinary", []) => ColumnType::JsonBinary,
        ("Uuid", []) => ColumnType::Uuid,
        ("Custom" | "custom", [name]) => ColumnType::Verbatim(text_of(name)?),
        ("Vector", [length]) => ColumnType::Vector(option(length, number)?),
        ("Cidr", []) => ColumnType::Cidr,
        ("Inet", []) => ColumnType::Inet,
        ("MacAddr", []) => ColumnType::MacAddr,
        ("LTree", []) => ColumnType::LTree,
        ("Array", [element]) => {
            return Some(TypeDecl::Array(Box::new(parse_expr(unwrap_call(element))?)));
        }
        _ => return None,
    };
    Some(TypeDecl::Known(known))
}

/// The argument of `Arc::new(..)`, `RcOrArc::new(..)` and the like.
fn unwrap_call(expr: &Expr) -> &Expr {
    match expr {
        Expr::Call(call) if call.args.len() == 1 => match &*call.func {
            Expr::Path(path)
                if path.path.segments.last().is_some_and(|segment| {
                    ["new", "from"].contains(&segment.ident.to_string().as_str())
                }) =>
            {
                &call.args[0]
            }
            _ => expr,
        },
        _ => expr,
    }
}

/// `BlobSize::..`, which sea-orm-codegen wrote up to SeaORM 0.12.
fn blob(size: &Expr) -> Option<ColumnType> {
    let of_size = |path: &syn::ExprPath| {
        let before_last = path.path.segments.iter().rev().nth(1);
        before_last.is_some_and(|it| it.ident == "BlobSize")
    };
    match size {
        Expr::Path(path) if of_size(path) => match last(&path.path)?.as_str() {
            "Tiny" => Some(ColumnType::Blob(TextSize::Tiny)),
            "Medium" => Some(ColumnType::Blob(TextSize::Medium)),
            "Long" => Some(ColumnType::Blob(TextSize::Long)),
            _ => None,
        },
        Expr::Call(call) if call.args.len() == 1 => match &*call.func {
            Expr::Path(path) if of_size(path) && last(&path.path)? == "Blob" => {
                Some(match option(&call.args[0], number)? {
                    Some(length) => ColumnType::Binary(Some(length)),
                    None => ColumnType::Blob(TextSize::Regular),
                })
            }
            _ => None,
        },
        _ => None,
    }
}

fn option<T>(expr: &Expr, inner: fn(&Expr) -> Option<T>) -> Option<Option<T>> {
    match expr {
        Expr::Path(path) if last(&path.path)? == "None" => Some(None),
        Expr::Call(call) if call.args.len() == 1 => match &*call.func {
            Expr::Path(path) if last(&path.path)? == "Some" => inner(&call.args[0]).map(Some),
            _ => None,
        },
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Paren(inner) => number(&inner.expr),
        _ => None,
    }
}

fn pair(expr: &Expr) -> Option<(u32, u32)> {
    match expr {
        Expr::Tuple(tuple) if tuple.elems.len() == 2 => {
            Some((number(&tuple.elems[0])?, number(&tuple.elems[1])?))
        }
        Expr::Paren(inner) => pair(&inner.expr),
        _ => None,
    }
}

/// A `StringLen`. The schema has no "as long as the database allows": only MySQL
/// distinguishes it from an omitted length, and there 255 is too short for it.
fn length_of(expr: &Expr) -> Option<Option<u32>> {
    match expr {
        Expr::Path(path) => match last(&path.path)?.as_str() {
            "None" | "Max" => Some(None),
            _ => None,
        },
        Expr::Call(call) if call.args.len() == 1 => match &*call.func {
            Expr::Path(path) => match last(&path.path)?.as_str() {
                "N" => number(&call.args[0]).map(Some),
                // SeaORM 0.12 wrote `String(Some(50))`.
                "Some" => number(&call.args[0]).map(Some),
                _ => None,
            },
            _ => None,
        },
        Expr::Lit(_) => None,
        _ => None,
    }
}

fn interval(expr: &Expr) -> Option<String> {
    let Expr::Path(path) = expr else { return None };
    Some(
        match last(&path.path)?.as_str() {
            "Year" => "YEAR",
            "Month" => "MONTH",
            "Day" => "DAY",
            "Hour" => "HOUR",
            "Minute" => "MINUTE",
            "Second" => "SECOND",
            "YearToMonth" => "YEAR TO MONTH",
            "DayToHour" => "DAY TO HOUR",
            "DayToMinute" => "DAY TO MINUTE",
            "DayToSecond" => "DAY TO SECOND",
            "HourToMinute" => "HOUR TO MINUTE",
            "HourToSecond" => "HOUR TO SECOND",
            "MinuteToSecond" => "MINUTE TO SECOND",
            _ => return None,
        }
        .to_owned(),
    )
}

/// A name: a string, or one wrapped in `Alias::new(..)`, `.into()` and the like.
pub(crate) fn text_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Paren(inner) => text_of(&inner.expr),
        Expr::Group(inner) => text_of(&inner.expr),
        Expr::Reference(inner) => text_of(&inner.expr),
        Expr::MethodCall(call) if is_passing(&call.method.to_string()) => text_of(&call.receiver),
        Expr::Call(call) if call.args.len() == 1 => text_of(&call.args[0]),
        _ => None,
    }
}

fn list_of(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Array(array) => array.elems.iter().map(text_of).collect(),
        Expr::Macro(call) if last(&call.mac.path)? == "vec" => {
            let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
            parser.parse2(call.mac.tokens.clone()).ok()?.iter().map(text_of).collect()
        }
        Expr::Reference(inner) => list_of(&inner.expr),
        _ => None,
    }
}

impl TypeDecl {
    /// The type, if nothing is left to resolve.
    pub(crate) fn known(&self) -> Option<ColumnType> {
        match self {
            Self::Known(known) => Some(known.clone()),
            Self::Enum { name, .. } => Some(ColumnType::Enum(QName::bare(name.clone()))),
            Self::Array(element) => Some(ColumnType::Array(Box::new(element.known()?))),
            Self::Rust(_) => None,
        }
    }
}
