//! How models would declare what only the database has: the attribute, as a reader can copy it.

use autogen_dialect::Dialect;
use autogen_schema::attribute::{Attributed, index_part};
use autogen_schema::{
    Check, Column, Default, Exclusion, ForeignKey, Generated, GeneratedStorage, Index, Name, QName,
    Unique,
};

use crate::findings::Unmanaged;

/// How a table is declared.
pub(super) const A_MODEL: &str = "a model; `exclude` in autogen.toml leaves it out";

/// How a view is declared that an entity reads.
pub(super) const A_VIEW: &str =
    "#[autogen(view = \"..\")] with its query, or a file of `sql` in autogen.toml";

/// How an enum type is declared.
pub(super) const AN_ENUM: &str = "an enum that derives DeriveActiveEnum or Autogen";

/// How the kinds are declared that models can't.
pub(super) const A_STATEMENT: &str = "its CREATE statement in a file of `sql` in autogen.toml";

/// A part of a table that an attribute of the struct declares.
pub(super) trait Declarable: Attributed + Clone {
    /// The word for its kind.
    const KIND: &'static str;

    /// Its name in the database.
    fn name(&self) -> &Name;
    /// Its columns, or its expression.
    fn of(&self) -> String;

    /// How it is named to people.
    fn object(&self, table: &QName) -> String {
        match self.name().text() {
            Some(name) => format!("{table}.{name}"),
            None => format!("{table} ({})", self.of()),
        }
    }
}

impl Declarable for Unique {
    const KIND: &'static str = "unique constraint";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|part| part.column.as_str()).collect();
        columns.join(", ")
    }
}

impl Declarable for ForeignKey {
    const KIND: &'static str = "foreign key";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        self.columns.join(", ")
    }
}

impl Declarable for Check {
    const KIND: &'static str = "check";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        self.expr.to_string()
    }
}

impl Declarable for Exclusion {
    const KIND: &'static str = "exclusion constraint";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        let elements: Vec<String> = self.elements.iter().map(|(it, _)| index_part(it)).collect();
        elements.join(", ")
    }
}

impl Declarable for Index {
    const KIND: &'static str = "index";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(index_part).collect();
        parts.join(", ")
    }
}

/// A column that no model has.
pub(super) fn column(dialect: Dialect, table: &QName, column: &Column) -> Unmanaged {
    let object = format!("{table}.{}", column.name);
    let data_type = dialect.render_type(&column.data_type);
    let optional = if column.nullable { ", an Option" } else { "" };
    let declare = format!("a field `{}` of the SQL type {data_type}{optional}", column.name);
    let warning = column.needs_value().then(|| {
        format!("{object} is required and has no default: an insert through the entity fails")
    });
    Unmanaged { kind: "column", object, declare, warning }
}

/// `#[autogen(key = ".."]`.
pub(super) fn value(key: &str, value: &str) -> String {
    format!("#[autogen({key} = {value:?})]")
}

/// A generated column, which is stored if the attribute does not say otherwise.
fn generated(generated: &Generated) -> String {
    let storage = match generated.storage {
        GeneratedStorage::Stored => "",
        GeneratedStorage::Virtual => ", virtual",
    };
    format!("#[autogen(generated = {:?}{storage})]", generated.expr.to_string())
}

/// How the order of an enum's labels is declared.
pub(super) fn labels(labels: &[String]) -> String {
    format!("variants in the order {}, and a derive of Autogen", labels.join(", "))
}

/// What an entity's field leaves open, by its kind.
pub(super) fn part_of_column(dialect: Dialect, kind: &str, column: &Column) -> String {
    let text = |it: &Default| dialect.default_text(it);
    let (key, found) = match kind {
        "default" => ("default_sql", column.default.as_ref().map(text)),
        "collation" => ("collation", column.collation.clone()),
        "comment" => ("comment", column.comment.clone()),
        "on update" => ("on_update", column.on_update.as_ref().map(ToString::to_string)),
        "generated column" => {
            return column.generated.as_ref().map(generated).unwrap_or_default();
        }
        _identity => return "#[autogen(auto_increment)], identity or serial".to_owned(),
    };
    value(key, &found.unwrap_or_default())
}
