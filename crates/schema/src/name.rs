//! Names of objects, and whether they are binding.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of an object that lives in a schema (namespace).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QName {
    /// The schema, or `None` for the connection's default one
    /// (PostgreSQL `current_schema()`, MySQL `database()`).
    pub schema: Option<String>,
    /// The object's own name, unquoted.
    pub name: String,
}

impl QName {
    /// A name in the default schema.
    pub fn bare(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }

    /// A name in the schema given, or in the default one.
    pub fn new(schema: Option<String>, name: impl Into<String>) -> Self {
        Self { schema, name: name.into() }
    }

    /// Another object in the same schema.
    pub fn sibling(&self, name: impl Into<String>) -> Self {
        Self::new(self.schema.clone(), name)
    }

    /// Reads `name` or `schema.name`, the form that [`fmt::Display`] writes.
    /// A dot or backslash inside a part is escaped by a backslash.
    pub fn parse(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let last = parts.len() - 1;
            match c {
                '\\' => parts[last].extend(chars.next()),
                '.' if parts.len() == 1 => parts.push(String::new()),
                other => parts[last].push(other),
            }
        }
        let name = parts.pop().unwrap_or_default();
        Self::new(parts.pop(), name)
    }
}

impl From<&str> for QName {
    fn from(name: &str) -> Self {
        Self::bare(name)
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = |part: &str| part.replace('\\', "\\\\").replace('.', "\\.");
        if let Some(schema) = &self.schema {
            write!(f, "{}.", escape(schema))?;
        }
        f.write_str(&escape(&self.name))
    }
}

impl Serialize for QName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::parse(&text))
    }
}

/// The name of a constraint or index, and whether it is binding.
///
/// A database always gives [`Name::Exact`] or [`Name::Absent`]. A model gives [`Name::Exact`]
/// where the user wrote a name, and [`Name::Free`] where SeaORM, or autogen, would generate
/// one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// Exactly this name.
    Exact(String),
    /// No name at all, as SQLite allows.
    Absent,
    /// Any name is accepted; this one is used to create the object.
    Free(Option<String>),
}

impl Name {
    /// An exact name.
    pub fn exact(name: impl Into<String>) -> Self {
        Self::Exact(name.into())
    }

    /// A name that is only proposed.
    pub fn proposed(name: impl Into<String>) -> Self {
        Self::Free(Some(name.into()))
    }

    /// The text of the name, exact or proposed.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Exact(name) | Self::Free(Some(name)) => Some(name),
            Self::Absent | Self::Free(None) => None,
        }
    }

    /// Whether the name (or its absence) is binding.
    pub fn is_enforced(&self) -> bool {
        match self {
            Self::Exact(_) | Self::Absent => true,
            Self::Free(_) => false,
        }
    }

    /// The name of an object in the database that was created with this one.
    pub fn settled(self) -> Self {
        match self {
            Self::Free(Some(name)) => Self::Exact(name),
            Self::Free(None) => Self::Absent,
            exact @ (Self::Exact(_) | Self::Absent) => exact,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().unwrap_or("(unnamed)"))
    }
}
