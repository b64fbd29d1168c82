//! `autogen.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use serde::Deserialize;

use crate::duration::from_text;
use crate::error::Error;
use crate::file;

/// The format of migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// Files of SQL, which autogen runs.
    #[default]
    Sql,
    /// A crate of SeaORM migrations, run by its own program.
    SeaOrm,
}

/// How the statements of a change are split into SQL files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Layout {
    // One migration for each change, with all its transactions.
    #[default]
    Autogen,
    // One migration for each transaction, as `sqlx migrate run` needs it.
    Sqlx,
}

/// The configuration. Every key may be omitted, and so may the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The models: a crate, a workspace, a folder or one file.
    pub(crate) models: PathBuf,
    /// The enabled features of the models' crate, in addition to its default ones.
    pub(crate) features: Vec<String>,
    /// Whether the default features of the models' crate are enabled.
    pub(crate) default_features: bool,
    /// Column types, as SQL, of Rust types that can't be resolved.
    pub(crate) types: BTreeMap<String, String>,
    /// Patterns of the `.sql` files that declare what models cannot.
    pub(crate) sql: Vec<String>,
    /// The folder of migrations.
    pub(crate) migrations: PathBuf,
    /// The format of migrations.
    pub(crate) format: Format,
    /// How statements are split into SQL files.
    pub(crate) layout: Layout,
    /// The database family, if no database is given.
    pub(crate) dialect: Option<String>,
    /// The oldest version of the server that migrations must run on, if it is older than the one at
    /// hand.
    pub(crate) target_version: Option<String>,
    /// PostgreSQL: the schemas that are compared; empty for the current one.
    pub(crate) schemas: Vec<String>,
    /// PostgreSQL: whether privileges are compared.
    pub(crate) privileges: bool,
    /// SQLite: whether the order of columns is compared.
    pub(crate) column_order: bool,
    /// Only tables that match one of these patterns.
    pub(crate) include: Vec<String>,
    /// No table that matches one of these patterns.
    pub(crate) exclude: Vec<String>,
    /// Whether tables that no model ever named are dropped.
    pub(crate) drop_unknown_tables: bool,
    /// How long to wait for another running migration.
    #[serde(deserialize_with = "from_text")]
    pub(crate) wait: Option<Duration>,
    /// How long a statement waits for locks.
    #[serde(deserialize_with = "from_text")]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may run.
    #[serde(deserialize_with = "from_text")]
    pub(crate) statement_timeout: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            models: PathBuf::from("."),
            features: Vec::new(),
            default_features: true,
            types: BTreeMap::new(),
            sql: Vec::new(),
            migrations: PathBuf::from("migrations"),
            format: Format::default(),
            layout: Layout::default(),
            dialect: None,
            target_version: None,
            schemas: Vec::new(),
            privileges: false,
            column_order: false,
            include: Vec::new(),
            exclude: Vec::new(),
            drop_unknown_tables: false,
            wait: None,
            lock_timeout: None,
            statement_timeout: None,
        }
    }
}

/// The name of the file.
pub(crate) const FILE: &str = "autogen.toml";

/// Searches the file here, then in each folder above, as cargo does for its own.
pub(crate) fn search() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut path = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(FILE).is_file() {
            return Some(path.join(FILE));
        }
        path.push("..");
    }
    None
}

/// The file that `autogen init` writes.
pub(crate) const TEMPLATE: &str = r#"# autogen: migrations for SeaORM models.
# The database comes from DATABASE_URL, .env or --database-url.

# The models: a crate, a workspace, a folder or one file.
models = "."

# Features of the models' crate to turn on, in addition to its default ones.
# features = ["postgres"]
# default_features = false

# Column types of Rust types whose code is not here, or is made by a macro.
# types = { "shared::Money" = "decimal(19,4)" }

# What models can't declare: views, functions, triggers, policies and others, as
# the statements that create them; `*` matches any part of a name, `**` any folders.
# With this line, what no file declares is dropped; without it, left alone.
# sql = ["schema/*.sql"]

# The migrations folder.
migrations = "migrations"

# The format of migrations: `sql`, files that autogen runs, or `sea-orm`, a crate of
# SeaORM migrations, whose folder is named above.
# format = "sql"

# Write one SQL file per transaction, for `sqlx migrate run`.
# layout = "sqlx"

# The database family, if no database URL gives it: sqlite, postgres, mysql or
# mariadb.
# dialect = "postgres"

# The oldest version of the server that migrations must run on, where it is older than
# the one that `diff` reads.
# target_version = "13"

# PostgreSQL: the schemas that are compared completely, by default the current one.
# In others, only what models name is compared.
# schemas = ["public", "billing"]

# PostgreSQL: compare privileges (GRANT) with those in the .sql files.
# privileges = true

# SQLite: columns have the order of the fields. If it changes, or a field is added in
# between, the table is rebuilt.
# column_order = true

# Tables to compare, and tables to leave alone; `*` matches any text.
# include = ["shop_*"]
# exclude = ["tmp_*"]

# Drop tables and enums that no model ever named, now or in schema.json. Without this
# line they are left alone, and `diff --drop TABLE` drops one.
# drop_unknown_tables = true

# How long `upgrade` and `downgrade` wait for another running migration, for the locks
# of each statement (0: the server's own setting), and for its end (0: no limit).
# wait = "10m"
# lock_timeout = "30s"
# statement_timeout = "1h"
"#;

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = file::read(path)?;
        toml::from_str(&text).map_err(|error| {
            // The line itself may contain a password.
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            let message = format!("{}:{line}: {}", path.display(), error.message());
            Error::usage("A0602", message, "`autogen init` writes a commented example")
        })
    }
}
