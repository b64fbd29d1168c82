//! How an object of a table is written as an attribute of the table's struct: what models and
//! messages share.

use std::fmt;

use crate::expr::{Token, tokens};
use crate::{
    Check, ConflictAction, Deferrable, Exclusion, FkAction, FkMatch, ForeignKey, Index, IndexKey,
    IndexPart, KeyPart, Name, NullsOrder, PrimaryKey, QName, Unique,
};

/// `#[autogen(key(..))]`, item by item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    key: &'static str,
    items: Vec<(String, Option<String>)>,
}

/// An object that an attribute declares.
pub trait Attributed {
    /// The attribute on the struct.
    fn attribute(&self) -> Attribute;
}

impl Attribute {
    fn of(key: &'static str, name: &Name) -> Self {
        Self { key, items: Vec::new() }.text("name", name.text())
    }

    /// The same attribute without an item, for example without the columns of a field's attribute.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.items.retain(|(it, _)| it != key);
        self
    }

    /// Whether only this item is left.
    fn is_only(&self, key: &str) -> bool {
        matches!(self.items.as_slice(), [(only, _)] if only == key)
    }

    /// What is between the parentheses of `#[autogen(..)]`.
    pub fn inner(&self) -> String {
        let key = self.key;
        // `check = ".."`
        if key == "check"
            && self.is_only("expr")
            && let [(_, Some(value))] = self.items.as_slice()
        {
            return format!("{key} = {value}");
        }
        if self.items.is_empty() {
            return key.to_owned();
        }
        let items = self.items.iter().map(|(item, value)| match value {
            Some(value) if item == "with" => format!("with({value})"),
            Some(value) => format!("{item} = {value}"),
            None => item.clone(),
        });
        format!("{key}({})", items.collect::<Vec<_>>().join(", "))
    }

    fn text(mut self, key: &str, value: Option<&str>) -> Self {
        self.items.extend(value.map(|value| (key.to_owned(), Some(format!("{value:?}")))));
        self
    }

    fn flag(mut self, key: &str, set: bool) -> Self {
        if set {
            self.items.push((key.to_owned(), None));
        }
        self
    }

    fn list(mut self, key: &str, values: impl Iterator<Item = String>) -> Self {
        let values: Vec<String> = values.map(|value| format!("{value:?}")).collect();
        if !values.is_empty() {
            self.items.push((key.to_owned(), Some(format!("[{}]", values.join(", ")))));
        }
        self
    }

    fn storage(mut self, storage: &std::collections::BTreeMap<String, String>) -> Self {
        if !storage.is_empty() {
            self.items.push(("with".to_owned(), Some(parameters(storage))));
        }
        self
    }

    fn deferrable(self, deferrable: Option<Deferrable>) -> Self {
        let deferred = deferrable.is_some_and(|it| it == Deferrable::InitiallyDeferred);
        self.flag("deferrable", deferrable.is_some() && !deferred)
            .flag("initially_deferred", deferred)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[autogen({})]", self.inner())
    }
}

impl Attributed for PrimaryKey {
    fn attribute(&self) -> Attribute {
        Attribute::of("primary_key", &self.name)
            .list("columns", self.columns.iter().map(key_part))
            .list("include", self.include.iter().cloned())
            .deferrable(self.deferrable)
            .text("on_conflict", self.on_conflict.map(conflict))
            .text("comment", self.comment.as_deref())
    }
}

impl Attributed for Unique {
    fn attribute(&self) -> Attribute {
        Attribute::of("unique", &self.name)
            .list("columns", self.columns.iter().map(key_part))
            .list("include", self.include.iter().cloned())
            .flag("nulls_not_distinct", self.nulls_not_distinct)
            .deferrable(self.deferrable)
            .text("on_conflict", self.on_conflict.map(conflict))
            .text("comment", self.comment.as_deref())
    }
}

impl Attributed for ForeignKey {
    fn attribute(&self) -> Attribute {
        let columns: Vec<String> = self.referenced_columns.iter().map(|it| word(it)).collect();
        let references = match columns.as_slice() {
            [] => relation(&self.references),
            columns => format!("{}({})", relation(&self.references), columns.join(", ")),
        };
        let matches = match self.match_type {
            FkMatch::Simple => None,
            FkMatch::Full => Some("full"),
            FkMatch::Partial => Some("partial"),
        };
        Attribute::of("foreign_key", &self.name)
            .list("columns", self.columns.iter().cloned())
            .text("references", Some(&references))
            .text("on_delete", action(self.on_delete))
            .text("on_update", action(self.on_update))
            .list("set_columns", self.set_columns.iter().cloned())
            .text("match", matches)
            .deferrable(self.deferrable)
            .flag("not_valid", self.not_valid)
            .text("comment", self.comment.as_deref())
    }
}

impl Attributed for Check {
    fn attribute(&self) -> Attribute {
        Attribute::of("check", &self.name)
            .text("expr", Some(self.expr.as_str()))
            .flag("not_valid", self.not_valid)
            .flag("no_inherit", self.no_inherit)
            .flag("not_enforced", self.not_enforced)
            .text("comment", self.comment.as_deref())
    }
}

impl Attributed for Exclusion {
    fn attribute(&self) -> Attribute {
        let elements = self
            .elements
            .iter()
            .map(|(part, operator)| format!("{} with {operator}", index_part(part)));
        Attribute::of("exclude", &self.name)
            .text("method", Some(&self.method))
            .list("elements", elements)
            .text("where", self.predicate.as_ref().map(|it| it.as_str()))
            .deferrable(self.deferrable)
            .text("comment", self.comment.as_deref())
    }
}

impl Attributed for Index {
    fn attribute(&self) -> Attribute {
        Attribute::of("index", &self.name)
            .list("columns", self.parts.iter().map(index_part))
            .flag("unique", self.unique)
            .list("include", self.include.iter().cloned())
            .text("method", self.method.as_deref())
            .text("where", self.predicate.as_ref().map(|it| it.as_str()))
            .flag("nulls_not_distinct", self.nulls_not_distinct)
            .storage(&self.options.storage)
            .text("tablespace", self.options.tablespace.as_deref())
            .text("parser", self.options.parser.as_deref())
            .flag("invisible", self.options.invisible)
            .text("comment", self.comment.as_deref())
    }
}

impl ForeignKey {
    /// The attribute where no model declares the referenced table.
    pub fn external_attribute(&self) -> Attribute {
        self.attribute().flag("external", true)
    }
}

/// Storage parameters, as between the parentheses of `with(..)`.
pub fn parameters(storage: &std::collections::BTreeMap<String, String>) -> String {
    let written = storage.iter().map(|(key, value)| {
        let plain = value.parse::<i64>().is_ok();
        let value = if plain { value.clone() } else { format!("{value:?}") };
        format!("{} = {value}", key.replace('.', "::"))
    });
    written.collect::<Vec<_>>().join(", ")
}

/// A part of an index, in the grammar of `columns = [..]`.
pub fn index_part(part: &IndexPart) -> String {
    let mut text = match &part.key {
        IndexKey::Column(name) => word(name),
        IndexKey::Expression(expr) if is_call(expr.as_str()) => expr.to_string(),
        IndexKey::Expression(expr) => format!("({expr})"),
    };
    if let Some(length) = part.prefix {
        text.push_str(&format!("({length})"));
    }
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" collate {}", quoted(collation)));
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

/// A column of a key, in the same grammar.
fn key_part(part: &KeyPart) -> String {
    index_part(&IndexPart {
        descending: part.descending,
        collation: part.collation.clone(),
        prefix: part.prefix,
        ..IndexPart::column(part.column.clone())
    })
}

/// A table, in the grammar of `references = ".."`.
fn relation(name: &QName) -> String {
    match &name.schema {
        None => word(&name.name),
        Some(schema) if is_word(schema) && is_word(&name.name) => format!("{schema}.{}", name.name),
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&name.name)),
    }
}

/// A name, quoted where it is not a word.
fn word(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { quoted(name) }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether an expression is one function call: `lower(email)`.
fn is_call(text: &str) -> bool {
    let parts = tokens(text);
    let Some((Token::Bare(name), rest)) = parts.split_first() else { return false };
    let mut depth = 0_usize;
    let mut closed = rest.is_empty() || !is_word(name);
    for token in rest {
        if closed {
            return false;
        }
        match token.text() {
            "(" => depth += 1,
            ")" => {
                let Some(less) = depth.checked_sub(1) else { return false };
                depth = less;
                closed = depth == 0;
            }
            // Only parentheses may follow the name.
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    let number = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    closed && !rest.is_empty() && number.is_none_or(|it| it.trim().parse::<u32>().is_err())
}

/// The word of an action, where it is not the default.
pub fn action(action: FkAction) -> Option<&'static str> {
    match action {
        FkAction::NoAction => None,
        FkAction::Restrict => Some("Restrict"),
        FkAction::Cascade => Some("Cascade"),
        FkAction::SetNull => Some("SetNull"),
        FkAction::SetDefault => Some("SetDefault"),
    }
}

fn conflict(action: ConflictAction) -> &'static str {
    match action {
        ConflictAction::Rollback => "rollback",
        ConflictAction::Abort => "abort",
        ConflictAction::Fail => "fail",
        ConflictAction::Ignore => "ignore",
        ConflictAction::Replace => "replace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_need_no_parentheses() {
        for (text, written) in [
            ("lower(email)", "lower(email)"),
            ("f(a, ')', (b))", "f(a, ')', (b))"),
            ("(a) + (b)", "((a) + (b))"),
            ("f(a) + g(b)", "(f(a) + g(b))"),
            ("f (a)", "(f (a))"),
            ("f(1)", "(f(1))"),
            ("a", "(a)"),
            ("a -> 'x'", "(a -> 'x')"),
        ] {
            assert_eq!(index_part(&IndexPart::expression(text)), written);
        }
    }

    #[test]
    fn names_that_are_no_words_are_quoted() {
        let name = QName::new(Some("a b".into()), "c.d");
        let key = ForeignKey::new(Name::Absent, &["x"], name, &["e f", "g"]);
        let written = r#"#[autogen(foreign_key(columns = ["x"], references = "\"a b\".\"c.d\"(\"e f\", g)"))]"#;
        assert_eq!(key.attribute().to_string(), written);
        let part = IndexPart { descending: true, ..IndexPart::column("it's") };
        assert_eq!(index_part(&part), "\"it's\" desc");
    }
}
