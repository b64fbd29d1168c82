//! How models would declare what only the database has: the attribute, as a reader can copy it.

use autogen_dialect::Dialect;
use autogen_schema::{
    Check, Column, Default, Deferrable, Exclusion, FkAction, ForeignKey, Index, IndexKey,
    IndexPart, Name, NullsOrder, QName, Unique,
};

use crate::findings::Unmanaged;

/// How a table is declared.
pub(super) const A_MODEL: &str = "a model; `exclude` in autogen.toml leaves it out";

/// How an enum type is declared.
pub(super) const AN_ENUM: &str = "an enum that derives DeriveActiveEnum or Autogen";

/// How the kinds are declared that models can't.
pub(super) const A_STATEMENT: &str = "its CREATE statement in a file of `sql` in autogen.toml";

/// A part of a table that an attribute of the struct declares.
pub(super) trait Declarable: Clone {
    /// The word for its kind.
    const KIND: &'static str;

    /// Its name in the database.
    fn name(&self) -> &Name;
    /// Its columns, or its expression.
    fn of(&self) -> String;
    /// The attribute.
    fn attribute(&self) -> String;

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

    fn attribute(&self) -> String {
        let columns = self.columns.iter().map(|part| part.column.clone());
        Attribute::of("unique", &self.name)
            .list("columns", columns)
            .list("include", self.include.iter().cloned())
            .flag("nulls_not_distinct", self.nulls_not_distinct)
            .deferrable(self.deferrable)
            .finish()
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

    fn attribute(&self) -> String {
        let references = format!("{}({})", self.references, self.referenced_columns.join(", "));
        Attribute::of("foreign_key", &self.name)
            .list("columns", self.columns.iter().cloned())
            .text("references", Some(&references))
            .text("on_delete", action(self.on_delete))
            .text("on_update", action(self.on_update))
            .deferrable(self.deferrable)
            .flag("not_valid", self.not_valid)
            .finish()
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

    fn attribute(&self) -> String {
        Attribute::of("check", &self.name)
            .text("expr", Some(self.expr.as_str()))
            .flag("not_valid", self.not_valid)
            .flag("no_inherit", self.no_inherit)
            .flag("not_enforced", self.not_enforced)
            .finish()
    }
}

impl Declarable for Exclusion {
    const KIND: &'static str = "exclusion constraint";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        let elements: Vec<String> = self.elements.iter().map(|(it, _)| part(it)).collect();
        elements.join(", ")
    }

    fn attribute(&self) -> String {
        let elements =
            self.elements.iter().map(|(it, operator)| format!("{} with {operator}", part(it)));
        Attribute::of("exclude", &self.name)
            .text("method", Some(&self.method))
            .list("elements", elements)
            .text("where", self.predicate.as_ref().map(|it| it.as_str()))
            .deferrable(self.deferrable)
            .finish()
    }
}

impl Declarable for Index {
    const KIND: &'static str = "index";

    fn name(&self) -> &Name {
        &self.name
    }

    fn of(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        parts.join(", ")
    }

    fn attribute(&self) -> String {
        Attribute::of("index", &self.name)
            .list("columns", self.parts.iter().map(part))
            .flag("unique", self.unique)
            .list("include", self.include.iter().cloned())
            .text("method", self.method.as_deref())
            .text("where", self.predicate.as_ref().map(|it| it.as_str()))
            .flag("nulls_not_distinct", self.nulls_not_distinct)
            .finish()
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

/// What an entity's field leaves open, by its kind.
pub(super) fn part_of_column(dialect: Dialect, kind: &str, column: &Column) -> String {
    let text = |it: &Default| dialect.default_text(it);
    let (key, found) = match kind {
        "default" => ("default_sql", column.default.as_ref().map(text)),
        "collation" => ("collation", column.collation.clone()),
        "comment" => ("comment", column.comment.clone()),
        "on update" => ("on_update", column.on_update.as_ref().map(ToString::to_string)),
        "generated column" => {
            ("generated", column.generated.as_ref().map(|it| it.expr.to_string()))
        }
        _identity => return "#[autogen(auto_increment)], identity or serial".to_owned(),
    };
    value(key, &found.unwrap_or_default())
}

/// A part of an index, in the grammar of `columns = [..]`.
fn part(part: &IndexPart) -> String {
    let mut text = match &part.key {
        IndexKey::Column(name) => name.clone(),
        IndexKey::Expression(expr) => format!("({expr})"),
    };
    if let Some(length) = part.prefix {
        text.push_str(&format!("({length})"));
    }
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" collate \"{collation}\""));
    }
    if let Some(class) = &part.opclass {
        text.push_str(&format!(" {class}"));
    }
    if part.descending {
        text.push_str(" desc");
    }
    match part.nulls {
        Some(NullsOrder::First) => text.push_str(" nulls first"),
        Some(NullsOrder::Last) => text.push_str(" nulls last"),
        None => {}
    }
    text
}

fn action(action: FkAction) -> Option<&'static str> {
    match action {
        FkAction::NoAction => None,
        FkAction::Restrict => Some("Restrict"),
        FkAction::Cascade => Some("Cascade"),
        FkAction::SetNull => Some("SetNull"),
        FkAction::SetDefault => Some("SetDefault"),
    }
}

/// `#[autogen(key(..))]`, written item by item.
struct Attribute {
    key: &'static str,
    items: Vec<String>,
}

impl Attribute {
    fn of(key: &'static str, name: &Name) -> Self {
        Self { key, items: Vec::new() }.text("name", name.text())
    }

    fn text(mut self, key: &str, value: Option<&str>) -> Self {
        self.items.extend(value.map(|value| format!("{key} = {value:?}")));
        self
    }

    fn flag(mut self, key: &str, set: bool) -> Self {
        if set {
            self.items.push(key.to_owned());
        }
        self
    }

    fn list(mut self, key: &str, values: impl Iterator<Item = String>) -> Self {
        let values: Vec<String> = values.map(|value| format!("{value:?}")).collect();
        if !values.is_empty() {
            self.items.push(format!("{key} = [{}]", values.join(", ")));
        }
        self
    }

    fn deferrable(self, deferrable: Option<Deferrable>) -> Self {
        let deferred = deferrable.is_some_and(|it| it == Deferrable::InitiallyDeferred);
        self.flag("deferrable", deferrable.is_some() && !deferred)
            .flag("initially_deferred", deferred)
    }

    fn finish(self) -> String {
        format!("#[autogen({}({}))]", self.key, self.items.join(", "))
    }
}
