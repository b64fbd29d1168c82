//! Privileges on objects.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::QName;

/// What a privilege is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their types")]
pub enum Grantable {
    /// A table or a view: their privileges are the same.
    Relation(QName),
    Sequence(QName),
    Schema(String),
    /// A column of a table or a view.
    Column(QName, String),
    /// A routine, with the types of its arguments.
    Routine(QName, String),
}

impl fmt::Display for Grantable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relation(name) | Self::Sequence(name) => name.fmt(f),
            Self::Schema(name) => write!(f, "schema {name}"),
            Self::Column(table, column) => write!(f, "{table}.{column}"),
            Self::Routine(name, arguments) => write!(f, "{name}({arguments})"),
        }
    }
}

/// One privilege of one role on one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The object.
    pub on: Grantable,
    /// The role; `None` for PUBLIC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether the role may pass it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub grantable: bool,
    /// The privilege in SQL's words: `SELECT`.
    pub privilege: String,
}

impl Grant {
    /// In place of a privilege: EXECUTE is revoked from PUBLIC. Without it everybody may call the
    /// routine.
    pub const CLOSED: &'static str = "NO EXECUTE";

    /// A routine on which PUBLIC has no EXECUTE.
    pub fn closed(name: QName, arguments: String) -> Self {
        Self {
            on: Grantable::Routine(name, arguments),
            to: None,
            grantable: false,
            privilege: Self::CLOSED.to_owned(),
        }
    }
}
