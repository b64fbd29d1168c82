//! Writes models: a schema, as a database has it, as Rust source that is read back as the same.
//!
//! [`write`] is pure. One file per table, `mod.rs` and `prelude.rs` as `sea-orm-cli generate
//! entity` lays them out. An attribute is written where the database has something that the
//! model's silence does not say: what silence says is found by the dialect, which creates it.

mod enums;
mod field;
mod model;
mod names;
mod objects;
mod print;
mod relations;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use autogen_schema::{QName, Schema, Table};
use proc_macro2::TokenStream;
use quote::quote;

use self::enums::Enums;
use self::model::Model;
use self::names::{FieldName, Module, ident};
use self::print::file;
use self::relations::{Entities, Kind, Relation};
use self::types::Types;
use crate::codes::{NOT_SAID, NUMBERS, UNKEYED, WIDE_KEY};

/// The format of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// SeaORM 2's, with relations as fields.
    #[default]
    Dense,
    /// `Model`, and an enum `Relation`.
    Compact,
    /// Structs without SeaORM.
    Plain,
}

/// The crate of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names of crates")]
pub enum DateTime {
    #[default]
    Chrono,
    Time,
}

/// How the model of a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An entity that declares all of its table.
    Whole,
    /// An entity without `Autogen`: what it does not say is left alone.
    Partial,
    /// A struct that declares all of its table, and is no entity.
    Plain,
    /// No model.
    Omitted,
}

/// What to write.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// The format.
    pub format: Format,
    /// The crate of dates and times.
    pub date_time: DateTime,
    /// The tables to write; `None` for all.
    pub tables: Option<BTreeSet<QName>>,
    /// Tables in another form than the usual, because models can't say all of them.
    pub forms: BTreeMap<QName, Form>,
}

use WriteOptions as Options;

impl WriteOptions {
    fn is_entity(&self) -> bool {
        match self.format {
            Format::Dense | Format::Compact => true,
            Format::Plain => false,
        }
    }
}

/// What a model can't say, or says in another way than expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// A stable code.
    pub code: &'static str,
    /// The object.
    pub object: String,
    /// What about it.
    pub message: String,
}

/// The models.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The files by their names.
    pub files: BTreeMap<String, String>,
    /// The file of each table.
    pub tables: BTreeMap<QName, String>,
    /// What models can't say.
    pub notes: Vec<Note>,
}

/// The module with the enums.
fn enums_module(format: Format) -> &'static str {
    match format {
        Format::Dense | Format::Compact => "sea_orm_active_enums",
        Format::Plain => "enums",
    }
}

/// Writes the models of a schema, which is in the database's canonical form.
pub fn write(schema: &Schema, dialect: Dialect, options: &WriteOptions) -> Written {
    let mut notes = Vec::new();
    let enums = Enums::of(schema, &mut notes);
    let plan = Plan::of(schema, options, &mut notes);
    let mut written = Written::default();
    let types_of = Schema {
        enums: schema.enums.clone(),
        domains: schema.domains.clone(),
        ..Schema::default()
    };
    let mut types = Types::new(dialect, options, schema, &enums);
    let module_of = |name: &QName| plan.modules.get(name).map(|it| it.name.clone());
    let module_of = |name: &QName| module_of(name).unwrap_or_default();
    for (name, form) in &plan.forms {
        let (Some(table), Some(module)) = (schema.tables.get(name), plan.modules.get(name)) else {
            continue;
        };
        notes.extend(numbers(dialect, table));
        let fields = plan.fields.get(name).map(Vec::as_slice).unwrap_or_default();
        let relations = plan.relations.get(name).map(Vec::as_slice).unwrap_or_default();
        let objects = objects::Writer {
            dialect,
            types: &types_of,
            table,
            entity: is_entity(*form),
            related: &owned(relations),
            declared: &plan.declared,
        };
        let model = Model {
            dialect,
            types: &types_of,
            table,
            module,
            form: *form,
            format: options.format,
            fields,
            typed: table.columns.iter().map(|column| types.of(table, column)).collect(),
            objects: objects.write(),
            relations,
            module_of: &module_of,
        };
        let path = format!("{}.rs", module.name);
        written.files.insert(path.clone(), model.file());
        written.tables.insert(name.clone(), path);
    }
    let enums = enums.file(options);
    let has_enums = enums.is_some();
    let module = enums_module(options.format);
    written.files.extend(enums.map(|text| (format!("{module}.rs"), text)));
    written.files.insert("mod.rs".to_owned(), plan.root(options, has_enums));
    written.files.insert("prelude.rs".to_owned(), plan.prelude());
    notes.sort();
    written.notes = notes;
    written
}

/// The columns whose values SeaORM can't always read.
fn numbers(dialect: Dialect, table: &Table) -> Option<Note> {
    let mixed = table.columns.iter().filter(|it| dialect.mixes_numbers(&it.data_type));
    let names: Vec<&str> = mixed.map(|it| it.name.as_str()).collect();
    (!names.is_empty()).then(|| Note {
        code: NUMBERS,
        object: format!("table {}", table.name),
        message: format!("SeaORM can't read whole numbers from {}", names.join(", ")),
    })
}

fn is_entity(form: Form) -> bool {
    match form {
        Form::Whole | Form::Partial => true,
        Form::Plain | Form::Omitted => false,
    }
}

/// The foreign keys that relations declare.
fn owned(relations: &[Relation]) -> BTreeSet<usize> {
    relations
        .iter()
        .filter_map(|relation| match relation.kind {
            Kind::BelongsTo { key, .. } => Some(key),
            Kind::HasOne { .. } | Kind::HasMany { .. } | Kind::Via { .. } => None,
        })
        .collect()
}

/// What is written, before it is.
struct Plan {
    modules: BTreeMap<QName, Module>,
    fields: BTreeMap<QName, Vec<FieldName>>,
    forms: BTreeMap<QName, Form>,
    /// The tables that have models.
    declared: BTreeSet<QName>,
    relations: BTreeMap<QName, Vec<Relation>>,
}

impl Plan {
    fn of(schema: &Schema, options: &Options, notes: &mut Vec<Note>) -> Self {
        let modules = names::modules(schema);
        let mut forms = BTreeMap::new();
        for (name, table) in &schema.tables {
            if options.tables.as_ref().is_some_and(|only| !only.contains(name)) {
                continue;
            }
            forms.insert(name.clone(), form(table, options, notes));
        }
        forms.retain(|_, form| *form != Form::Omitted);
        let of_table = |name: &QName| {
            let table = schema.tables.get(name)?;
            Some((name.clone(), names::fields(table)))
        };
        let fields = forms.keys().filter_map(of_table).collect();
        let all: BTreeSet<QName> = forms
            .iter()
            .filter(|(_, form)| is_entity(**form))
            .map(|(name, _)| name.clone())
            .collect();
        let entities = Entities { schema, modules: &modules, fields: &fields, all: &all };
        let relations = entities.relations();
        let declared = forms.keys().cloned().collect();
        Self { modules, fields, forms, declared, relations }
    }

    fn written(&self) -> impl Iterator<Item = (&Module, Form)> {
        self.forms.iter().filter_map(|(name, form)| Some((self.modules.get(name)?, *form)))
    }

    /// `mod.rs`
    fn root(&self, options: &Options, has_enums: bool) -> String {
        let mut names: Vec<&str> = self.written().map(|(it, _)| it.name.as_str()).collect();
        if has_enums {
            names.push(enums_module(options.format));
        }
        names.sort_unstable();
        let modules = names.iter().map(|name| {
            let name = ident(name);
            quote!(
                pub mod #name;
            )
        });
        let head = quote! {
            #![doc = " The models of the database, written by `autogen pull`."]
            pub mod prelude;
        };
        file(vec![head, modules.collect()]).replace("`.\npub mod", "`.\n\npub mod")
    }

    /// `prelude.rs`
    fn prelude(&self) -> String {
        let mut written: Vec<(&Module, Form)> = self.written().collect();
        written.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        let uses: TokenStream = written
            .into_iter()
            .map(|(module, form)| {
                let (name, alias) = (ident(&module.name), ident(&module.alias));
                match is_entity(form) {
                    true => quote!(pub use super::#name::Entity as #alias;),
                    false => quote!(pub use super::#name::#alias;),
                }
            })
            .collect();
        let head = quote! {
            #![doc = " The entities under the names of their tables."]
            #![allow(unused_imports, reason = "each is for whoever needs it")]
        };
        file(vec![head, uses])
    }
}

/// The form of a table's model.
fn form(table: &Table, options: &Options, notes: &mut Vec<Note>) -> Form {
    let object = format!("table {}", table.name);
    let width = table.primary_key.as_ref().map_or(0, |key| key.columns.len());
    let usual = match (options.is_entity(), width) {
        (true, 1..=WIDEST) => Form::Whole,
        (_, _) => Form::Plain,
    };
    if options.is_entity() && usual == Form::Plain {
        let (code, message) = match width {
            0 => (UNKEYED, "it has no primary key, which SeaORM requires: a plain struct"),
            _ => (WIDE_KEY, "SeaORM's keys have at most 12 columns: a plain struct"),
        };
        notes.push(Note { code, object: object.clone(), message: message.to_owned() });
    }
    match (options.forms.get(&table.name), usual) {
        (Some(Form::Partial), Form::Whole) => {
            let message = "models can't say all of it: an entity without `Autogen`, and what it \
                           does not say is left alone";
            notes.push(Note { code: NOT_SAID, object, message: message.to_owned() });
            Form::Partial
        }
        (Some(Form::Partial | Form::Omitted), _) => {
            let message = "models can't say it: no model, and it is left alone";
            notes.push(Note { code: NOT_SAID, object, message: message.to_owned() });
            Form::Omitted
        }
        (Some(Form::Whole | Form::Plain) | None, usual) => usual,
    }
}

/// The widest primary key of an entity.
const WIDEST: usize = 12;
