//! The field of a column.

use autogen_dialect::Dialect;
use autogen_schema::{
    Column, Default, Expr, GeneratedStorage, Identity, Literal, Schema, SequenceOptions, Table,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::names::{FieldName, ident};
use super::objects::OfField;
use super::print::{attribute, docs, pair};
use super::types::Typed;
use crate::case::column_of;
use crate::{default, sql};

/// Writes the fields of one table.
pub(super) struct Writer<'a> {
    pub(super) dialect: Dialect,
    pub(super) types: &'a Schema,
    pub(super) table: &'a Table,
    pub(super) entity: bool,
    /// Whether doc comments are the comments.
    pub(super) documented: bool,
    /// Whether the struct has the derive of autogen, and its attributes.
    pub(super) whole: bool,
}

impl Writer<'_> {
    /// A column's field, with the attributes of objects that are only about it.
    pub(super) fn write(
        &self,
        column: &Column,
        name: &FieldName,
        typed: &Typed,
        objects: OfField,
    ) -> TokenStream {
        let mut said = OfField::default();
        self.key(column, &mut said);
        let (silent, _) = column_of(&name.name, None, None, None);
        if silent != column.name {
            match self.entity {
                true => said.sea_orm.push(pair("column_name", &column.name)),
                false => said.autogen.push(pair("name", &column.name)),
            }
        }
        if let Some(text) = &typed.column_type {
            match self.entity {
                true => said.sea_orm.push(pair("column_type", text)),
                false => said.autogen.push(pair("column_type", text)),
            }
        }
        let casts = [("select_as", &typed.select_as), ("save_as", &typed.save_as)];
        let casts = casts.into_iter().filter_map(|(key, it)| Some(pair(key, it.as_deref()?)));
        said.sea_orm.extend(casts.filter(|_| self.entity));
        said.autogen.extend(typed.sql_type.iter().map(|it| pair("sql_type", it)));
        self.value(column, &mut said);
        self.rest(column, &mut said);
        said.sea_orm.extend(objects.sea_orm);
        said.autogen.extend(objects.autogen);
        let documentation = self.comment(column, &mut said);
        let sea_orm = attribute("sea_orm", &said.sea_orm);
        let autogen = match self.whole {
            true => attribute("autogen", &said.autogen),
            false => TokenStream::new(),
        };
        let field = ident(&name.name);
        let rust = &typed.rust;
        let optional = column.nullable && !(self.entity && self.in_key(column));
        let rust = if optional { quote!(Option<#rust>) } else { rust.clone() };
        quote!(#documentation #sea_orm #autogen pub #field: #rust)
    }

    fn in_key(&self, column: &Column) -> bool {
        let mut parts = self.table.primary_key.iter().flat_map(|key| &key.columns);
        parts.any(|part| part.column == column.name)
    }

    /// The primary key, and how it is numbered.
    fn key(&self, column: &Column, said: &mut OfField) {
        let in_key = self.in_key(column);
        let words = match self.entity {
            true => &mut said.sea_orm,
            false => &mut said.autogen,
        };
        if in_key {
            words.push("primary_key".to_owned());
            // SeaORM has no key that may be NULL.
            if column.nullable && self.entity {
                words.push("nullable".to_owned());
            }
        }
        let width = self.table.primary_key.as_ref().map_or(0, |key| key.columns.len());
        let silent = self.silent_identity(column, in_key && width == 1);
        if silent == column.identity {
            return;
        }
        match &column.identity {
            None if !self.entity || self.dialect.numbers_rows(self.table, &column.name) => {
                said.autogen.push("auto_increment = false".to_owned());
            }
            None => said.sea_orm.push("auto_increment = false".to_owned()),
            Some(identity) => said.autogen.push(identity_words(identity)),
        }
    }

    /// The identity that a column has without a word about it.
    fn silent_identity(&self, column: &Column, alone: bool) -> Option<Identity> {
        let said = column.default.is_some() || column.generated.is_some();
        if !alone || said {
            return None;
        }
        let numbered = matches!(column.data_type, autogen_schema::ColumnType::Integer { .. });
        let mut silent = column.clone();
        silent.identity = numbered.then_some(Identity::Auto);
        self.created(silent).and_then(|it| it.identity)
    }

    /// A column as it is when created.
    fn created(&self, column: Column) -> Option<Column> {
        let mut table = Table::new(self.table.name.clone());
        table.options = self.table.options.clone();
        table.primary_key.clone_from(&self.table.primary_key);
        let name = column.name.clone();
        table.columns.push(column);
        let mut schema = self.types.clone();
        schema.add_table(table);
        let created = self.dialect.as_created(&schema);
        created.tables.values().next().and_then(|it| it.column(&name).cloned())
    }

    /// The default, or the expression of a generated column.
    fn value(&self, column: &Column, said: &mut OfField) {
        if let Some(generated) = &column.generated {
            said.autogen.push(pair("generated", generated.expr.as_str()));
            if generated.storage == GeneratedStorage::Virtual {
                said.autogen.push("virtual".to_owned());
            }
        }
        let Some(found) = &column.default else { return };
        if let Some(text) = constant(found).filter(|it| self.is_read_as(it, column)) {
            match self.entity {
                true => said.sea_orm.push(format!("default_value = {text}")),
                false => said.autogen.push(format!("default = {text}")),
            }
            return;
        }
        if self.entity && *found == Default::Expression(Expr::from("CURRENT_TIMESTAMP")) {
            said.sea_orm.push(pair("default_expr", "Expr::current_timestamp()"));
            return;
        }
        let own = match found {
            Default::Expression(expr) => Some(expr.to_string()),
            Default::Literal(_) => None,
        };
        let own = own.filter(|text| self.is_default(sql::default_of(text), column));
        let text = own.unwrap_or_else(|| self.dialect.default_text(found));
        said.autogen.push(pair("default_sql", &text));
    }

    /// Whether a literal is read as the column's default.
    fn is_read_as(&self, text: &str, column: &Column) -> bool {
        let read = syn::parse_str::<syn::Expr>(text).ok().and_then(|it| default::literal(&it));
        read.is_some_and(|it| self.is_default(Default::Literal(it), column))
    }

    fn is_default(&self, candidate: Default, column: &Column) -> bool {
        let candidate = Column { default: Some(candidate), ..column.clone() };
        self.created(candidate).is_some_and(|it| it.default == column.default)
    }

    /// What only some databases have.
    fn rest(&self, column: &Column, said: &mut OfField) {
        let texts = [("collation", &column.collation), ("charset", &column.charset)];
        let texts = texts.into_iter().filter_map(|(key, it)| Some(pair(key, it.as_deref()?)));
        said.autogen.extend(texts);
        said.autogen.extend(column.on_update.iter().map(|it| pair("on_update", it.as_str())));
        if column.invisible {
            said.autogen.push("invisible".to_owned());
        }
    }

    /// The comment as a doc comment, or else as an attribute.
    fn comment(&self, column: &Column, said: &mut OfField) -> TokenStream {
        let Some(comment) = &column.comment else { return TokenStream::new() };
        match docs(comment).filter(|_| self.documented) {
            Some(found) => found,
            None => {
                said.autogen.push(pair("comment", comment));
                TokenStream::new()
            }
        }
    }
}

/// A constant as a literal of Rust.
fn constant(found: &Default) -> Option<String> {
    let Default::Literal(literal) = found else { return None };
    match literal {
        Literal::Bool(value) => Some(value.to_string()),
        Literal::Text(text) => Some(super::print::literal(text)),
        Literal::Number(number) => {
            let large = number.parse::<i128>().is_ok_and(|it| i32::try_from(it).is_err());
            let huge = number.parse::<u64>().is_ok_and(|it| i64::try_from(it).is_err());
            let suffix = match (large, huge) {
                (_, true) => "u64",
                (true, false) => "i64",
                (false, false) => "",
            };
            let text = format!("{number}{suffix}");
            let digits = number.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
            digits.then_some(text).filter(|it| syn::parse_str::<syn::Lit>(it).is_ok())
        }
        Literal::Null | Literal::Bytes(_) => None,
    }
}

fn identity_words(identity: &Identity) -> String {
    match identity {
        Identity::Auto | Identity::AutoIncrement => "auto_increment".to_owned(),
        Identity::Serial(_) => "serial".to_owned(),
        Identity::Always(options) => options_words("always", options),
        Identity::ByDefault(options) => options_words("by_default", options),
    }
}

fn options_words(word: &str, options: &SequenceOptions) -> String {
    if *options == SequenceOptions::default() {
        return pair("identity", &word.replace('_', " "));
    }
    let numbers = [
        ("start", options.start),
        ("increment", options.increment),
        ("min", options.min_value),
        ("max", options.max_value),
        ("cache", options.cache),
    ];
    let numbers = numbers.into_iter().filter_map(|(key, it)| Some(format!("{key} = {}", it?)));
    let cycle = options.cycle.then(|| "cycle".to_owned());
    let items: Vec<String> = std::iter::once(word.to_owned()).chain(numbers).chain(cycle).collect();
    format!("identity({})", items.join(", "))
}
