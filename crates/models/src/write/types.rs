//! The Rust type of a column, and what has to be said about its type besides.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, Holds};
use autogen_schema::{Column, ColumnType, IntWidth, Schema, Table, TableOptions};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use super::enums::Enums;
use super::names::ident;
use super::{DateTime, Options};
use crate::column_type::parse_text;
use crate::known::{Foreign, foreign, primitive};

/// How the type of a column is declared.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    /// The Rust type, without `Option`.
    pub(super) rust: TokenStream,
    /// The enum that the file imports.
    pub(super) import: Option<String>,
    /// SeaORM's `column_type`.
    pub(super) column_type: Option<String>,
    /// The SQL type.
    pub(super) sql_type: Option<String>,
    /// The SQL type that SeaORM casts to when it reads.
    pub(super) select_as: Option<String>,
    /// The SQL type that SeaORM casts to when it writes.
    pub(super) save_as: Option<String>,
    /// Whether values are equal to themselves.
    pub(super) eq: bool,
}

/// A Rust type, and the column type that its silence means.
struct Rust {
    tokens: TokenStream,
    import: Option<String>,
    means: Option<ColumnType>,
    eq: bool,
}

/// Finds types; columns of the same type share the answer.
pub(super) struct Types<'a> {
    dialect: Dialect,
    options: &'a Options,
    schema: &'a Schema,
    enums: &'a Enums,
    /// The types that columns may name.
    named: Schema,
    known: BTreeMap<(ColumnType, TableOptions, bool, Option<usize>), Typed>,
}

impl<'a> Types<'a> {
    pub(super) fn new(
        dialect: Dialect,
        options: &'a Options,
        schema: &'a Schema,
        enums: &'a Enums,
    ) -> Self {
        let named = Schema {
            enums: schema.enums.clone(),
            domains: schema.domains.clone(),
            ..Schema::default()
        };
        Self { dialect, options, schema, enums, named, known: BTreeMap::new() }
    }

    /// The type of a column.
    pub(super) fn of(&mut self, table: &Table, column: &Column) -> Typed {
        let own = self.enums.of_column(&table.name, &column.name);
        let numbered = column.identity.is_some();
        let key = (column.data_type.clone(), table.options.clone(), numbered, own);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.find(table, column, own);
        self.known.insert(key, found.clone());
        found
    }

    fn find(&self, table: &Table, column: &Column, own: Option<usize>) -> Typed {
        let holds = self.dialect.holds(&column.data_type, self.schema);
        let rust = self.rust(&holds, own);
        let cast = self.cast(&holds, &column.data_type);
        let (select_as, save_as) = match cast {
            Some((read, written)) => (Some(read), Some(written)),
            None => (None, None),
        };
        let mut typed = Typed {
            rust: rust.tokens,
            import: rust.import,
            column_type: None,
            sql_type: None,
            select_as,
            save_as,
            eq: rust.eq,
        };
        if own.is_some() || rust.means.is_some_and(|it| self.is_stored_as(table, column, it)) {
            return typed;
        }
        let text = column_type(&column.data_type)
            .filter(|text| self.options.is_entity() || !text.starts_with("Array"));
        let text = text.filter(|text| {
            let read = parse_text(&LitStr::new(text, Span::call_site()));
            read.and_then(|it| it.known()).is_some_and(|it| self.is_stored_as(table, column, it))
        });
        match text {
            Some(text) => typed.column_type = Some(text),
            None => typed.sql_type = Some(self.dialect.render_type(&column.data_type)),
        }
        typed
    }

    /// Whether a column that is declared with this type is stored as the existing one.
    fn is_stored_as(&self, table: &Table, column: &Column, declared: ColumnType) -> bool {
        let mut schema = self.named.clone();
        let mut probe = Table::new(table.name.clone());
        probe.options = table.options.clone();
        probe.columns.push(Column { data_type: declared, default: None, ..column.clone() });
        // A number of SQLite is one only in the key.
        probe.primary_key.clone_from(&table.primary_key);
        schema.add_table(probe);
        let schema = self.dialect.canonicalize(&schema);
        let stored = schema.tables.get(&table.name).and_then(|it| it.columns.first());
        stored.is_some_and(|it| it.data_type == column.data_type)
    }

    fn rust(&self, holds: &Holds, own: Option<usize>) -> Rust {
        if let Some(at) = own {
            return self.of_enum(at);
        }
        match holds {
            Holds::Boolean => plain("bool"),
            Holds::Integer { width, unsigned } => plain(integer(*width, *unsigned)),
            Holds::Float => Rust { eq: false, ..plain("f32") },
            Holds::Double => Rust { eq: false, ..plain("f64") },
            Holds::Text | Holds::Cast | Holds::Labels(_) => plain("String"),
            Holds::Decimal => self.named_type("Decimal", &["rust_decimal", "Decimal"]),
            Holds::Json => self.named_type("Json", &["serde_json", "Value"]),
            Holds::Uuid => self.named_type("Uuid", &["uuid", "Uuid"]),
            Holds::Date => self.moment("Date", "NaiveDate", "Date"),
            Holds::Time => self.moment("Time", "NaiveTime", "Time"),
            Holds::DateTime => self.moment("DateTime", "NaiveDateTime", "PrimitiveDateTime"),
            Holds::Instant => self.instant(),
            Holds::Bytes => Rust {
                tokens: quote!(Vec<u8>),
                import: None,
                means: Some(ColumnType::VarBinary(None)),
                eq: true,
            },
            Holds::Enum(name) => match self.enums.of_type(name) {
                Some(at) => self.of_enum(at),
                None => plain("String"),
            },
            Holds::List(element) => {
                let Rust { tokens, import, means, eq } = self.rust(element, None);
                let means = means.map(|it| ColumnType::Array(Box::new(it)));
                Rust { tokens: quote!(Vec<#tokens>), import, means, eq }
            }
        }
    }

    fn of_enum(&self, at: usize) -> Rust {
        let found = self.enums.at(at);
        let name = ident(&found.ident);
        let means = ColumnType::Enum(found.item.name.clone());
        Rust {
            tokens: quote!(#name),
            import: Some(found.ident.clone()),
            means: Some(means),
            eq: true,
        }
    }

    /// A type of SeaORM's prelude, or by its full path for plain structs.
    fn named_type(&self, prelude: &str, path: &[&str]) -> Rust {
        let (tokens, full) = if self.options.is_entity() {
            let name = ident(prelude);
            (quote!(#name), vec!["sea_orm".to_owned(), "prelude".to_owned(), prelude.to_owned()])
        } else {
            let parts = path.iter().map(|it| ident(it));
            (quote!(#(#parts)::*), path.iter().map(|it| (*it).to_owned()).collect())
        };
        let means = match foreign(&full) {
            Some(Foreign::Column(means)) => Some(means),
            Some(Foreign::Vec | Foreign::Through) | None => None,
        };
        Rust { tokens, import: None, means, eq: true }
    }

    fn moment(&self, prelude: &str, chrono: &str, time: &str) -> Rust {
        match self.options.date_time {
            DateTime::Chrono => self.named_type(prelude, &["chrono", chrono]),
            DateTime::Time => self.named_type(&format!("Time{prelude}"), &["time", time]),
        }
    }

    fn instant(&self) -> Rust {
        match (self.options.date_time, self.options.is_entity()) {
            (DateTime::Chrono, true) => {
                self.named_type("DateTimeWithTimeZone", &["chrono", "DateTime"])
            }
            (DateTime::Chrono, false) => {
                let found = self.named_type("DateTimeUtc", &["chrono", "DateTime"]);
                Rust { tokens: quote!(chrono::DateTime<chrono::Utc>), ..found }
            }
            (DateTime::Time, _) => {
                self.named_type("TimeDateTimeWithTimeZone", &["time", "OffsetDateTime"])
            }
        }
    }

    /// The casts for values that only their text can hold.
    fn cast(&self, holds: &Holds, data_type: &ColumnType) -> Option<(String, String)> {
        let written = self.dialect.render_type(data_type);
        if let Holds::List(element) = holds {
            return self.is_text(element).then(|| ("text[]".to_owned(), written));
        }
        self.is_text(holds).then(|| ("text".to_owned(), written))
    }

    /// Whether no Rust type of SeaORM holds the values.
    fn is_text(&self, holds: &Holds) -> bool {
        let unnamed = |name| self.enums.of_type(name).is_none();
        *holds == Holds::Cast || matches!(holds, Holds::Enum(name) if unnamed(name))
    }
}

/// A type of Rust's own.
fn plain(name: &str) -> Rust {
    let means = match primitive(name) {
        Some(Foreign::Column(means)) => Some(means),
        Some(Foreign::Vec | Foreign::Through) | None => None,
    };
    let name = ident(name);
    Rust { tokens: quote!(#name), import: None, means, eq: true }
}

fn integer(width: IntWidth, unsigned: bool) -> &'static str {
    match (width, unsigned) {
        (IntWidth::Tiny, false) => "i8",
        (IntWidth::Tiny, true) => "u8",
        (IntWidth::Small, false) => "i16",
        (IntWidth::Small, true) => "u16",
        (IntWidth::Medium | IntWidth::Regular, false) => "i32",
        (IntWidth::Medium | IntWidth::Regular, true) => "u32",
        (IntWidth::Big, false) => "i64",
        (IntWidth::Big, true) => "u64",
    }
}

/// A type in the words of `column_type`, where they are exact.
fn column_type(data_type: &ColumnType) -> Option<String> {
    let optional = |value: Option<u32>| match value {
        Some(value) => format!("Some({value})"),
        None => "None".to_owned(),
    };
    let pair = |value: Option<(u32, u32)>| match value {
        Some((precision, scale)) => format!("Some(({precision}, {scale}))"),
        None => "None".to_owned(),
    };
    let length = |value: Option<u32>| match value {
        Some(value) => format!("StringLen::N({value})"),
        None => "StringLen::None".to_owned(),
    };
    Some(match data_type {
        ColumnType::Boolean => "Boolean".to_owned(),
        ColumnType::Integer { width, unsigned } => match (width, unsigned) {
            (IntWidth::Tiny, false) => "TinyInteger",
            (IntWidth::Tiny, true) => "TinyUnsigned",
            (IntWidth::Small, false) => "SmallInteger",
            (IntWidth::Small, true) => "SmallUnsigned",
            (IntWidth::Regular, false) => "Integer",
            (IntWidth::Regular, true) => "Unsigned",
            (IntWidth::Big, false) => "BigInteger",
            (IntWidth::Big, true) => "BigUnsigned",
            (IntWidth::Medium, _) => return None,
        }
        .to_owned(),
        ColumnType::Float => "Float".to_owned(),
        ColumnType::Double => "Double".to_owned(),
        ColumnType::Decimal(None) => "Decimal(None)".to_owned(),
        ColumnType::Decimal(Some((precision, scale))) => {
            format!("Decimal({})", pair(Some((*precision, u32::try_from(*scale).ok()?))))
        }
        ColumnType::Money(size) => format!("Money({})", pair(*size)),
        ColumnType::Char(size) => format!("Char({})", optional(*size)),
        ColumnType::Varchar(size) => format!("String({})", length(*size)),
        ColumnType::Text(_) => "Text".to_owned(),
        ColumnType::Binary(size) => format!("Binary({})", (*size)?),
        ColumnType::VarBinary(size) => format!("VarBinary({})", length(*size)),
        ColumnType::Blob(_) => "Blob".to_owned(),
        ColumnType::Bit(size) => format!("Bit({})", optional(*size)),
        ColumnType::VarBit(size) => format!("VarBit({})", (*size)?),
        ColumnType::Date => "Date".to_owned(),
        ColumnType::Time { precision: None, tz: false } => "Time".to_owned(),
        ColumnType::DateTime { precision: None } => "DateTime".to_owned(),
        ColumnType::Timestamp { precision: None, tz: false } => "Timestamp".to_owned(),
        ColumnType::Timestamp { precision: None, tz: true } => "TimestampWithTimeZone".to_owned(),
        ColumnType::Year => "Year".to_owned(),
        ColumnType::Interval { fields: None, precision } => {
            format!("Interval(None, {})", optional(*precision))
        }
        ColumnType::Json => "Json".to_owned(),
        ColumnType::JsonBinary => "JsonBinary".to_owned(),
        ColumnType::Uuid => "Uuid".to_owned(),
        ColumnType::Inet => "Inet".to_owned(),
        ColumnType::Cidr => "Cidr".to_owned(),
        ColumnType::MacAddr => "MacAddr".to_owned(),
        ColumnType::LTree => "LTree".to_owned(),
        ColumnType::Vector(size) => format!("Vector({})", optional(*size)),
        // A column of SQLite without a type.
        ColumnType::Verbatim(text) if text.trim().is_empty() => "custom(\"\")".to_owned(),
        ColumnType::Array(element) => {
            format!("Array(RcOrArc::new(ColumnType::{}))", column_type(element)?)
        }
        ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Interval { .. }
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Domain(_)
        | ColumnType::Verbatim(_) => return None,
    })
}
