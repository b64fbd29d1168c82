//! Renames in the syntax of the command line.

use std::fmt;

use autogen_schema::{QName, Rename, Schema, path, split_assignment, split_path};

use super::{Inlined, has_column, has_relation, has_type};
use crate::PlanError;

/// A rename as an argument of `--rename`.
pub(crate) fn flag(rename: &Rename) -> String {
    Text(rename).to_string()
}

/// A rename in the syntax of `--rename`.
pub(super) struct Text<'a>(pub(super) &'a Rename);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rename::Table { before, after } => {
                write!(f, "{}={}", within(before, &[]), within(after, &[]))
            }
            Rename::Column { table, before, after } => {
                write!(f, "{}={}", within(table, &[before]), path([after.as_str()]))
            }
            Rename::Type { before, after } => {
                write!(f, "type:{}={}", within(before, &[]), within(after, &[]))
            }
            Rename::Value { of, before, after } => {
                write!(f, "type:{}={}", within(of, &[before]), path([after.as_str()]))
            }
            Rename::Label { table, column, before, after } => {
                write!(f, "{}={}", within(table, &[column, before]), path([after.as_str()]))
            }
        }
    }
}

/// The path of an object, or of a part of it.
pub(super) fn within(owner: &QName, parts: &[&str]) -> String {
    let owner = owner.schema.as_deref().into_iter().chain([owner.name.as_str()]);
    path(owner.chain(parts.iter().copied()))
}

/// A rename as it was written, before its names are resolved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    pub(super) text: String,
    of_type: bool,
    before: Vec<String>,
    after: Vec<String>,
}

impl std::str::FromStr for Given {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |problem: &str| PlanError::Rename {
            rename: text.to_owned(),
            problem: problem.to_owned(),
        };
        let (of_type, names) = match text.strip_prefix("type:") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (before, after) = split_assignment(names).ok_or_else(|| error("there is no `=`"))?;
        let (before, after) = (split_path(before), split_path(after));
        if before.iter().chain(&after).any(String::is_empty) {
            return Err(error("a name is empty"));
        }
        if before.len() > 3 || after.len() > 2 {
            return Err(error("a name has too many parts"));
        }
        Ok(Self { text: text.to_owned(), of_type, before, after })
    }
}

impl Given {
    /// Resolves the names: `a.b` is a column if `a` is a table, otherwise a table in a schema;
    /// `a.b.c` is a value if `a.b` is a column.
    pub(super) fn resolve(&self, schema: &Schema, inlined: &Inlined) -> Result<Rename, PlanError> {
        let whole = |parts: &[String]| match parts {
            [schema, name] => QName::new(Some(schema.clone()), name),
            [name] => QName::bare(name),
            _other => QName::bare(parts.join(".")),
        };
        let exists = |name: &QName| match self.of_type {
            true => has_type(schema, name) || inlined.contains_key(name),
            false => has_relation(schema, name),
        };
        let name = whole(&self.before);
        if self.before.len() < 3 && exists(&name) {
            let mut after = whole(&self.after);
            if self.after.len() == 1 {
                after.schema.clone_from(&name.schema);
            }
            return Ok(match self.of_type {
                true => Rename::Type { before: name, after },
                false => Rename::Table { before: name, after },
            });
        }
        if let ([table, column, value], [new]) = (self.before.as_slice(), self.after.as_slice())
            && !self.of_type
            && !exists(&whole(&self.before[..2]))
            && has_column(schema, &QName::bare(table), column)
        {
            return Ok(Rename::Label {
                table: QName::bare(table),
                column: column.clone(),
                before: value.clone(),
                after: new.clone(),
            });
        }
        let error = |problem: String| PlanError::Rename { rename: self.text.clone(), problem };
        let Some((part, owner)) = self.before.split_last().filter(|(_, owner)| !owner.is_empty())
        else {
            let kind = if self.of_type { "type" } else { "table" };
            return Err(error(format!("there is no {kind} {name}")));
        };
        let owner = whole(owner);
        let after = self.after.last().cloned().unwrap_or_default();
        if !exists(&owner) {
            return Err(error(format!("there is no {owner}")));
        }
        Ok(match self.of_type {
            true => Rename::Value { of: owner, before: part.clone(), after },
            false => Rename::Column { table: owner, before: part.clone(), after },
        })
    }
}
