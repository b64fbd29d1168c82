//! What models declare in addition to the schema: which parts are complete, renames, fills,
//! conversions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Expr, QName, Routine, RoutineKind, Schema};

/// Where something was written, for messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The file, relative to the project's root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// Something in the sources that may declare a table and could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// Where it is.
    pub origin: Origin,
    /// What it is, for example ``the macro `entities!` ``.
    pub what: String,
    /// Why it could not be read.
    pub why: String,
    /// The table of the model that it belongs to, where it can only change that table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<QName>,
    /// When it has to be considered.
    #[serde(default)]
    pub bearing: Bearing,
}

/// When something that was not read has to be considered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Bearing {
    /// It probably declares a table: every comparison reports it.
    #[default]
    Likely,
    /// It was read, but is outside of the project's models: its table is kept.
    Elsewhere,
    /// It hardly declares a table: it is considered only where a table would be dropped.
    Unlikely,
}

impl Unread {
    /// Whether the model of this table may be here.
    pub fn may_declare(&self, table: &QName) -> bool {
        match self.bearing {
            Bearing::Likely | Bearing::Unlikely => true,
            Bearing::Elsewhere => self.table.as_ref() == Some(table),
        }
    }
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Origin { file, line, column } = &self.origin;
        // A whole file has no line.
        let place = if *line == 0 { file } else { &format!("{file}:{line}:{column}") };
        write!(f, "{place}: {}: {}", self.what, self.why)
    }
}

/// A declared rename.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "before and after are the two names")]
pub enum Rename {
    Table {
        before: QName,
        after: QName,
    },
    /// `table` is the name after the change.
    Column {
        table: QName,
        before: String,
        after: String,
    },
    Type {
        before: QName,
        after: QName,
    },
    /// `of` is the type's name after the change.
    Value {
        of: QName,
        before: String,
        after: String,
    },
    /// A value of a type whose values are part of its columns' types (MySQL): one `Value` for
    /// each of these columns. The names are those after the change.
    Label {
        table: QName,
        column: String,
        before: String,
        after: String,
    },
}

/// The value of a new NOT NULL column in existing rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Fill {
    pub table: QName,
    pub column: String,
    pub expr: Expr,
}

/// How the values of a column are converted when its type changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Using {
    pub table: QName,
    pub column: String,
    pub expr: Expr,
}

/// A schema that models declare, with additional declarations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// The schema.
    pub schema: Schema,
    /// Tables whose struct derives only `DeriveEntityModel`: what they do not declare is left
    /// unchanged in the database.
    pub partial: BTreeSet<QName>,
    /// Tables of SeaORM entities without a primary key, which SeaORM does not compile.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub keyless: BTreeSet<QName>,
    /// Tables that the models exclude from comparison.
    pub skipped: BTreeSet<QName>,
    /// Tables and enums that only the database has and that no model ever named: they are kept.
    #[serde(skip)]
    pub unknown: BTreeSet<QName>,
    /// Tables and enums that are declared to be dropped.
    #[serde(skip)]
    pub dropped: BTreeSet<QName>,
    /// What could not be read of the models: while there is any, nothing is dropped because no
    /// model names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Schemas that are read only because a model names them: objects there that no model names
    /// belong to somebody else.
    pub visited: BTreeSet<String>,
    /// Columns whose type was inferred from the Rust type, without a `column_type`.
    pub inferred: BTreeMap<QName, BTreeSet<String>>,
    /// Whether it is complete for the kinds that only SQL can declare: views, routines, triggers,
    /// policies and the like. If so, what it does not mention is dropped; otherwise what it does
    /// not mention is left alone.
    pub scripted: bool,
    /// Whether privileges are compared.
    pub privileges: bool,
    /// Whether the order of columns is compared, where the database can change
    /// it.
    pub column_order: bool,
    /// Declared renames, in order.
    pub renames: Vec<Rename>,
    /// The renames that were declared when the current state was created: they are done. `None`
    /// where that is unknown.
    #[serde(skip)]
    pub done: Option<Vec<Rename>>,
    /// The columns of each enum type, noted before the tables were converted to the form of a
    /// database that has no such types.
    #[serde(skip)]
    pub enum_columns: BTreeMap<QName, Vec<(QName, String)>>,
    /// Declared fills.
    pub fills: Vec<Fill>,
    /// Declared conversions.
    pub usings: Vec<Using>,
    /// What models declare for one database in particular, by its name, where that differs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Declared>,
    /// Where each table was declared.
    #[serde(skip)]
    pub origins: BTreeMap<QName, Origin>,
    /// Where each object of an `.sql` file was declared, by [`DeclaredObject`].
    #[serde(skip)]
    pub places: BTreeMap<DeclaredObject, Origin>,
}

/// An object that an `.sql` file declares, for messages about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by their fields")]
pub enum DeclaredObject {
    View(QName),
    /// With its name and the types of its arguments.
    Routine(RoutineKind, QName, String),
    Trigger {
        on: QName,
        name: String,
    },
    Policy {
        table: QName,
        name: String,
    },
    /// Any other object: its kind and name.
    Other(&'static str, String),
}

impl Routine {
    /// Where it is declared.
    pub fn place(&self) -> DeclaredObject {
        DeclaredObject::Routine(self.kind, self.name.clone(), self.arguments.clone())
    }
}

impl Declared {
    /// Notes the columns of each enum type.
    pub fn note_enum_columns(&mut self) {
        self.enum_columns.extend(self.schema.enum_columns());
    }

    /// A complete schema without additional declarations: a database or a snapshot.
    pub fn whole(schema: Schema) -> Self {
        Self { schema, scripted: true, privileges: true, ..Self::default() }
    }

    /// Whether this comes from models, and not from a database or snapshot.
    pub fn is_models(&self) -> bool {
        !self.origins.is_empty()
    }

    /// All schemas that are named, including those of referenced tables and of types.
    pub fn namespaces(&self) -> BTreeSet<String> {
        let schema = &self.schema;
        let tables = schema.tables.values();
        let used = tables.flat_map(|table| {
            let parents = table.foreign_keys.iter().map(|key| &key.references);
            parents.chain(table.columns.iter().filter_map(|column| column.data_type.named()))
        });
        let used = used.filter_map(|name| name.schema.clone());
        let tables = schema.tables.keys().chain(schema.enums.keys());
        let others =
            schema.domains.keys().chain(schema.sequences.keys()).chain(schema.views.keys());
        let others = others.chain(schema.collations.keys());
        let routines = schema.routines.iter().map(|routine| &routine.name);
        let names = tables.chain(others).chain(routines).filter_map(|name| name.schema.clone());
        let variants = self.variants.values().flat_map(Self::namespaces);
        names.chain(schema.namespaces.keys().cloned()).chain(used).chain(variants).collect()
    }

    /// Keeps what models declare for this database.
    pub fn choose(&mut self, dialect: &str) {
        let Some(chosen) = std::mem::take(&mut self.variants).remove(dialect) else { return };
        // What was not read was not for any database.
        let mut before = std::mem::replace(self, chosen);
        self.unread = std::mem::take(&mut before.unread);
        self.origins = std::mem::take(&mut before.origins);
        (self.privileges, self.column_order) = (before.privileges, before.column_order);
        self.scripted |= before.scripted;
    }

    /// Leaves a declared table out of the comparison, as a model with `skip`.
    pub fn leave_out(&mut self, name: &QName) {
        self.schema.tables.remove(name);
        self.partial.remove(name);
        self.keyless.remove(name);
        self.skipped.insert(name.clone());
    }

    /// Whether an object of this name, if not declared, belongs to somebody else.
    pub fn is_foreign(&self, name: &QName) -> bool {
        name.schema.as_ref().is_some_and(|schema| self.visited.contains(schema))
    }

    /// Whether the kinds that models cannot declare (schemas, extensions, domains, sequences) are
    /// complete: what is missing is to be dropped.
    pub fn is_exhaustive(&self) -> bool {
        self.scripted
    }

    /// Whether every model declares its whole table.
    pub fn is_whole(&self) -> bool {
        self.partial.is_empty()
    }
}

impl Declared {
    /// Removes the name of the default schema from all names: `schema_name = "public"` in a model
    /// means the same as no schema name.
    pub fn rebase(&mut self, default: &str) {
        let short = |name: &mut QName| {
            name.schema.take_if(|schema| schema == default);
        };
        for table in self.schema.tables.values_mut() {
            let own = Arc::make_mut(table);
            short(&mut own.name);
            own.foreign_keys.iter_mut().for_each(|key| short(&mut key.references));
            own.columns.iter_mut().for_each(|column| column.data_type.rebase(default));
        }
        if self.schema.tables.keys().any(|name| name.schema.as_deref() == Some(default)) {
            for table in std::mem::take(&mut self.schema.tables).into_values() {
                self.schema.add_table(table);
            }
        }
        for mut view in std::mem::take(&mut self.schema.views).into_values() {
            short(&mut view.name);
            self.schema.views.insert(view.name.clone(), view);
        }
        for mut item in std::mem::take(&mut self.schema.enums).into_values() {
            short(&mut item.name);
            self.schema.add_enum(item);
        }
        for mut item in std::mem::take(&mut self.schema.collations).into_values() {
            short(&mut item.name);
            self.schema.collations.insert(item.name.clone(), item);
        }
        for mut item in std::mem::take(&mut self.schema.domains).into_values() {
            short(&mut item.name);
            item.base.rebase(default);
            self.schema.domains.insert(item.name.clone(), item);
        }
        for mut item in std::mem::take(&mut self.schema.sequences).into_values() {
            short(&mut item.name);
            if let Some((table, _)) = &mut item.owned_by {
                short(table);
            }
            self.schema.sequences.insert(item.name.clone(), item);
        }
        for item in self.schema.extensions.values_mut() {
            item.schema.take_if(|schema| schema == default);
        }
        self.schema.namespaces.remove(default);
        for set in [&mut self.partial, &mut self.keyless, &mut self.skipped] {
            *set = std::mem::take(set).into_iter().map(|name| shortened(name, default)).collect();
        }
        self.unread.iter_mut().filter_map(|it| it.table.as_mut()).for_each(short);
        let inferred = std::mem::take(&mut self.inferred).into_iter();
        self.inferred =
            inferred.map(|(table, columns)| (shortened(table, default), columns)).collect();
        let origins = std::mem::take(&mut self.origins).into_iter();
        let places = std::mem::take(&mut self.places).into_iter();
        self.places = places.map(|(place, origin)| (place.shortened(default), origin)).collect();
        self.origins = origins.map(|(name, origin)| (shortened(name, default), origin)).collect();
        self.fills.iter_mut().for_each(|fill| short(&mut fill.table));
        self.usings.iter_mut().for_each(|using| short(&mut using.table));
        for rename in &mut self.renames {
            match rename {
                Rename::Table { before, after } | Rename::Type { before, after } => {
                    short(before);
                    short(after);
                }
                Rename::Column { table, .. } | Rename::Label { table, .. } => short(table),
                Rename::Value { of, .. } => short(of),
            }
        }
    }
}

impl DeclaredObject {
    fn shortened(self, default: &str) -> Self {
        match self {
            Self::View(name) => Self::View(shortened(name, default)),
            Self::Routine(kind, name, types) => {
                Self::Routine(kind, shortened(name, default), types)
            }
            Self::Trigger { on, name } => Self::Trigger { on: shortened(on, default), name },
            Self::Policy { table, name } => Self::Policy { table: shortened(table, default), name },
            Self::Other(kind, name) => Self::Other(kind, name),
        }
    }
}

fn shortened(mut name: QName, default: &str) -> QName {
    name.schema.take_if(|schema| schema == default);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnType, Table};

    #[test]
    fn the_default_schema_goes_without_saying() {
        let public = |name: &str| QName::new(Some("public".to_owned()), name);
        let mut table = Table::new(public("t"));
        table.columns.push(crate::Column::new("mood", ColumnType::Enum(public("mood"))));
        let mut declared = Declared::default();
        declared.schema.add_table(table);
        declared.schema.add_table(Table::new(QName::new(Some("other".to_owned()), "t")));
        declared.rebase("public");
        let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
        assert_eq!(names, ["t", "other.t"]);
        let column = &declared.schema.tables[&QName::bare("t")].columns[0];
        assert_eq!(column.data_type, ColumnType::Enum(QName::bare("mood")));
    }
}
