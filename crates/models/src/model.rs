//! A model struct as it is written: a table whose references to other files are not resolved.

use autogen_schema::{Expr, Index, Name, PrimaryKey, QName, Rename, Table, Unique, ViewKind};
use proc_macro2::Span;

use crate::column_type::TypeDecl;

/// The properties of a column that are not part of the schema.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field of the struct.
    pub name: String,
    /// The variant of SeaORM's `Column` enum.
    pub variant: String,
    /// Its position.
    pub span: Span,
    /// Its type before names are resolved.
    pub ty: TypeDecl,
    /// Whether the type is explicit, rather than inferred from the Rust type.
    pub explicit: bool,
    /// Whether an integer column is auto-increment.
    pub auto: bool,
    /// MySQL's `UNSIGNED`, declared separately from the type.
    pub unsigned: bool,
}

/// A relation that owns a foreign key.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its position.
    pub span: Span,
    /// The path of the target entity, as written.
    pub target: syn::Path,
    /// The variants of this entity's `Column`.
    pub from: Vec<String>,
    /// The variants of the target's `Column`.
    pub to: Vec<String>,
    /// `ON DELETE`.
    pub on_delete: autogen_schema::FkAction,
    /// `ON UPDATE`.
    pub on_update: autogen_schema::FkAction,
    /// The explicit name.
    pub name: Option<String>,
}

/// A foreign key that is declared by name.
#[derive(Debug, Clone)]
pub struct NamedKey {
    /// Its position.
    pub span: Span,
    /// The key.
    pub key: autogen_schema::ForeignKey,
    /// Whether the referenced table belongs to somebody else.
    pub external: bool,
}

/// A model struct.
#[derive(Debug, Clone)]
pub struct Model {
    /// The struct's name.
    pub ident: String,
    /// Its position.
    pub span: Span,
    /// Whether SeaORM generates an `Entity` for it.
    pub entity: bool,
    /// Whether it is complete: what it does not declare is dropped.
    pub whole: bool,
    /// Whether the table is to be left alone.
    pub skip: bool,
    /// The query of the view, if the struct declares a view.
    pub view: Option<(ViewKind, String)>,
    /// The table; the types of inferred columns and the foreign keys of relations are not
    /// resolved.
    pub table: Table,
    /// One for each of `table.columns`, in the same order.
    pub fields: Vec<Field>,
    /// The relations in the struct itself (dense format).
    pub relations: Vec<Relation>,
    /// The foreign keys that are declared by name.
    pub foreign_keys: Vec<NamedKey>,
    /// Declared renames.
    pub renames: Vec<Rename>,
    /// Declared fills, by column.
    pub fills: Vec<(String, Expr)>,
    /// Declared conversions, by column.
    pub usings: Vec<(String, Expr)>,
}

impl Model {
    pub(crate) fn new(ident: &syn::Ident, table: QName) -> Self {
        Self {
            ident: ident.to_string(),
            span: ident.span(),
            entity: false,
            whole: false,
            skip: false,
            view: None,
            table: Table::new(table),
            fields: Vec::new(),
            relations: Vec::new(),
            foreign_keys: Vec::new(),
            renames: Vec::new(),
            fills: Vec::new(),
            usings: Vec::new(),
        }
    }

    /// The column of a variant of `Column`.
    pub fn column_of_variant(&self, variant: &str) -> Option<&str> {
        self.fields
            .iter()
            .zip(&self.table.columns)
            .find(|(field, _)| field.variant == variant)
            .map(|(_, column)| column.name.as_str())
    }

    /// The column of this name, or of the field of this name.
    pub(crate) fn column_named(&self, name: &str) -> Option<&str> {
        let by_name = self.table.column(name).map(|column| column.name.as_str());
        by_name.or_else(|| {
            self.fields
                .iter()
                .zip(&self.table.columns)
                .find(|(field, _)| field.name == name)
                .map(|(_, column)| column.name.as_str())
        })
    }

    /// Adds an index; an explicit one replaces an implied one.
    pub(crate) fn add_index(&mut self, index: Index) {
        let same = |other: &Index| {
            other.parts == index.parts
                && other.unique == index.unique
                && other.predicate == index.predicate
                && other.method == index.method
        };
        match self.table.indexes.iter().position(same) {
            Some(at) if !self.table.indexes[at].name.is_enforced() => {
                self.table.indexes[at] = index;
            }
            Some(_) if !index.name.is_enforced() => {}
            Some(_) | None => self.table.indexes.push(index),
        }
    }

    /// Adds a unique constraint; an explicit one replaces an implied one.
    pub(crate) fn add_unique(&mut self, unique: Unique) {
        let same = |other: &Unique| other.columns == unique.columns;
        match self.table.uniques.iter().position(same) {
            Some(at) if !self.table.uniques[at].name.is_enforced() => {
                self.table.uniques[at] = unique;
            }
            Some(_) if !unique.name.is_enforced() => {}
            Some(_) | None => self.table.uniques.push(unique),
        }
    }

    /// Sets the primary key that the fields imply.
    pub(crate) fn imply_primary_key(&mut self, columns: &[&str]) {
        if columns.is_empty() || self.table.primary_key.is_some() {
            return;
        }
        // SeaORM names only keys with several columns.
        let name = if columns.len() > 1 {
            Name::proposed(format!("pk-{}", self.table.name.name))
        } else {
            Name::Free(None)
        };
        self.table.primary_key = Some(PrimaryKey::new(name, columns));
    }
}
