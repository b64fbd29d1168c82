//! Enums: types of PostgreSQL, and the labels of MySQL's columns.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{ColumnType, EnumType, QName, Schema};
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::quote;

use super::names::{ident, snake, type_name, unique};
use super::print::{self, attribute, docs, pair};
use super::{Note, Options};
use crate::codes::LABELS;

/// Names that a file of an entity has already.
const RESERVED: [&str; 40] = [
    "ActiveModel",
    "ActiveModelBehavior",
    "ActiveModelEx",
    "ActiveModelTrait",
    "Autogen",
    "BelongsTo",
    "BigDecimal",
    "Box",
    "Column",
    "ColumnTrait",
    "ColumnType",
    "Condition",
    "Date",
    "DateTime",
    "Decimal",
    "Entity",
    "EntityTrait",
    "Err",
    "Expr",
    "HasMany",
    "HasOne",
    "Iterable",
    "Json",
    "Linked",
    "Model",
    "ModelEx",
    "None",
    "Ok",
    "Option",
    "PrimaryKey",
    "Related",
    "RelatedEntity",
    "Relation",
    "RelationDef",
    "Result",
    "Some",
    "String",
    "Time",
    "Uuid",
    "Vec",
];

/// An enum in Rust.
#[derive(Debug)]
pub(super) struct RustEnum {
    pub(super) ident: String,
    pub(super) item: EnumType,
    /// One for each label.
    variants: Vec<String>,
    /// Whether the database has the type, and not only a column its labels.
    native: bool,
    /// Whether columns have it as their Rust type.
    active: bool,
}

/// The enums of a schema.
#[derive(Debug, Default)]
pub(super) struct Enums {
    all: Vec<RustEnum>,
    types: BTreeMap<QName, usize>,
    columns: BTreeMap<(QName, String), usize>,
}

impl Enums {
    pub(super) fn of(schema: &Schema, notes: &mut Vec<Note>) -> Self {
        let mut enums = Self::default();
        let mut idents: BTreeSet<String> = BTreeSet::new();
        for (name, item) in &schema.enums {
            let active = is_active(&item.values);
            if !active {
                notes.push(Note {
                    code: LABELS,
                    object: format!("enum {name}"),
                    message: "SeaORM can't tell its labels apart, so that columns hold text"
                        .to_owned(),
                });
            }
            enums.types.insert(name.clone(), enums.all.len());
            enums.add(&type_name(&name.name), item.clone(), (true, active), &mut idents);
        }
        enums.add_labels(schema, &mut idents);
        enums
    }

    /// The labels of columns: columns of one name and with the same labels share an enum.
    fn add_labels(&mut self, schema: &Schema, idents: &mut BTreeSet<String>) {
        let mut sets: BTreeMap<String, BTreeSet<&Vec<String>>> = BTreeMap::new();
        for (_, column, labels) in labelled(schema) {
            sets.entry(snake(column)).or_default().insert(labels);
        }
        let mut shared: BTreeMap<(String, &Vec<String>), usize> = BTreeMap::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (table, column, labels) in labelled(schema) {
            let mut key = snake(column);
            if sets.get(&key).is_some_and(|it| it.len() > 1) {
                key = snake(&format!("{}_{column}", table.name));
            }
            let at = *shared.entry((key.clone(), labels)).or_insert_with(|| {
                let name = unique(&key, &mut names, str::to_owned);
                let values = labels.clone();
                let item = EnumType { name: QName::bare(name), values, comment: None };
                self.add(&type_name(&key), item, (false, true), idents);
                self.all.len() - 1
            });
            self.columns.insert((table.clone(), column.to_owned()), at);
        }
    }

    fn add(
        &mut self,
        base: &str,
        item: EnumType,
        (native, active): (bool, bool),
        idents: &mut BTreeSet<String>,
    ) {
        let base = if RESERVED.contains(&base) { format!("{base}Enum") } else { base.to_owned() };
        let ident = unique(&base, idents, |it| it.to_upper_camel_case()).replace('_', "");
        let variants = variants(&item.values);
        self.all.push(RustEnum { ident, item, variants, native, active });
    }

    /// The enum of a type, where columns can have it.
    pub(super) fn of_type(&self, name: &QName) -> Option<usize> {
        self.types.get(name).copied().filter(|at| self.all[*at].active)
    }

    /// The enum of a column with labels of its own.
    pub(super) fn of_column(&self, table: &QName, column: &str) -> Option<usize> {
        self.columns.get(&(table.clone(), column.to_owned())).copied()
    }

    pub(super) fn at(&self, at: usize) -> &RustEnum {
        &self.all[at]
    }

    /// The file, if there are any.
    pub(super) fn file(&self, options: &Options) -> Option<String> {
        if self.all.is_empty() {
            return None;
        }
        let declares = |it: &RustEnum| it.native || !options.is_entity() || !it.active;
        let mut items = Vec::new();
        if self.all.iter().any(declares) {
            items.push(quote!(
                use sea_autogen::Autogen;
            ));
        }
        if options.is_entity() && self.all.iter().any(|it| it.active) {
            let import = quote!(
                use sea_orm::entity::prelude::*;
            );
            match items.first_mut() {
                Some(first) => first.extend(import),
                None => items.push(import),
            }
        }
        items.extend(self.all.iter().map(|it| it.tokens(options.is_entity())));
        Some(print::file(items))
    }
}

/// Columns with labels that can be an enum.
fn labelled(schema: &Schema) -> impl Iterator<Item = (&QName, &str, &Vec<String>)> {
    schema.tables.values().flat_map(|table| {
        table.columns.iter().filter_map(|column| {
            let ColumnType::InlineEnum(labels) = &column.data_type else { return None };
            is_active(labels).then_some((&table.name, column.name.as_str(), labels))
        })
    })
}

/// Whether SeaORM can make an enum of labels: it makes names of them, too.
fn is_active(labels: &[String]) -> bool {
    let mut names = BTreeSet::new();
    !labels.is_empty()
        && labels.iter().all(|label| {
            let name = label.to_upper_camel_case();
            !label.is_empty()
                && label.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric())
                && (name.is_empty() || names.insert(name))
        })
        && labels.iter().filter(|it| it.to_upper_camel_case().is_empty()).count() < 2
}

/// The variants of labels.
fn variants(labels: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |label: &String| {
        let digits = label.starts_with(|c: char| c.is_ascii_digit());
        let base = match label.as_str() {
            "" => "Empty".to_owned(),
            text if !text.chars().any(char::is_alphanumeric) => "Value".to_owned(),
            text if digits => type_name(&format!("value_{text}")),
            text => type_name(text),
        };
        let base = if base == "Self_" { "SelfValue".to_owned() } else { base };
        unique(&base, &mut taken, |it| it.replace('_', "")).replace('_', "")
    };
    labels.iter().map(name).collect()
}

impl RustEnum {
    fn tokens(&self, entity: bool) -> TokenStream {
        let name = ident(&self.ident);
        let database = &self.item.name.name;
        let mut autogen = Vec::new();
        let active = entity && self.active;
        if !active {
            autogen.push(pair("name", database));
        }
        autogen.extend(self.item.name.schema.iter().map(|it| pair("schema", it)));
        let mut documentation = TokenStream::new();
        if let Some(comment) = &self.item.comment {
            match docs(comment) {
                Some(found) => {
                    documentation = found;
                    autogen.push("comment".to_owned());
                }
                None => autogen.push(pair("comment", comment)),
            }
        }
        let derives = match (active, self.native) {
            (true, true) => {
                quote!(#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Autogen)])
            }
            (true, false) => {
                quote!(#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)])
            }
            (false, _) => quote!(#[derive(Clone, Debug, PartialEq, Eq, Autogen)]),
        };
        let sea_orm = match active {
            true => attribute(
                "sea_orm",
                &[pair("rs_type", "String"), pair("db_type", "Enum"), pair("enum_name", database)],
            ),
            false => TokenStream::new(),
        };
        let autogen = attribute("autogen", &autogen);
        let (namespace, key) =
            if active { ("sea_orm", "string_value") } else { ("autogen", "value") };
        let variants = self.item.values.iter().zip(&self.variants).map(|(label, variant)| {
            let value = attribute(namespace, &[pair(key, label)]);
            let variant = ident(variant);
            quote!(#value #variant)
        });
        quote! {
            #documentation
            #derives
            #sea_orm
            #autogen
            pub enum #name { #(#variants),* }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_variants() {
        let labels = ["new", "in review", "10", "+", "-", "Self", "a_b", "aB", ""];
        let labels: Vec<String> = labels.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(
            variants(&labels),
            ["New", "InReview", "Value10", "Value", "Value2", "SelfValue", "AB", "AB2", "Empty"]
        );
        assert!(!is_active(&labels));
        assert!(is_active(&labels[..4]));
    }
}
