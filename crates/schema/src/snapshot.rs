//! The snapshot file: a schema as versioned JSON.

use serde::{Deserialize, Serialize};

use crate::{Rename, Schema, Unread};

/// The newest version of the format that this build reads, and the one it writes.
pub const SNAPSHOT_VERSION: u32 = 1;

/// A schema and its place in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version of the format.
    pub version: u32,
    /// The dialect whose canonical form the schema is in; `None` for a schema
    /// straight from models.
    #[serde(default)]
    pub dialect: Option<String>,
    /// The revision after which the schema is in this state.
    #[serde(default)]
    pub revision: Option<String>,
    /// The renames that the models declared at that time: they are done. `None` where the schema
    /// does not come from models alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renames: Option<Vec<Rename>>,
    /// What could not be read of the models that it was built from: tables may be missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// The schema.
    pub schema: Schema,
}

/// Why a snapshot can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Not JSON, or not this format.
    #[error("not a snapshot: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Written by a newer autogen.
    #[error(
        "snapshot version {found} is newer than {SNAPSHOT_VERSION}, the newest that this build reads"
    )]
    TooNew {
        /// The version in the file.
        found: u64,
    },
}

impl Snapshot {
    /// A snapshot in the current version.
    pub fn new(schema: Schema) -> Self {
        Self {
            version: SNAPSHOT_VERSION,
            dialect: None,
            revision: None,
            renames: None,
            unread: Vec::new(),
            schema,
        }
    }

    /// Pretty JSON with a closing newline; the same bytes for the same schema.
    pub fn to_json(&self) -> String {
        // Serializing plain trees with string keys cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what [`Snapshot::to_json`] writes. A text that can't be read, or has a newer version,
    /// is asked for its version, so that a newer format gives a clear error.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let read = serde_json::from_str::<Self>(text);
        let version = match &read {
            Ok(snapshot) => u64::from(snapshot.version),
            Err(_) => serde_json::from_str::<Version>(text)?.version,
        };
        if version > u64::from(SNAPSHOT_VERSION) {
            return Err(SnapshotError::TooNew { found: version });
        }
        Ok(read?)
    }
}
