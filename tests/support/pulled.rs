//! The law of `autogen pull`: models that are written from a database, and read back, are no
//! difference to it.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, SqlFile, declare};
use autogen_models::{Options as Reading, WriteOptions, read_sources, write};
use autogen_plan::{Options, emit};
use autogen_schema::{Declared, Schema};

use crate::laws::planned_from;

/// The models of a schema, as a crate.
fn written(schema: &Schema, dialect: Dialect, options: &WriteOptions) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let manifest = "[package]\nname = \"pulled\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    files.insert("Cargo.toml".to_owned(), manifest.to_owned());
    files.insert("src/lib.rs".to_owned(), "pub mod entities;\n".to_owned());
    for (name, text) in write(schema, dialect, options).files {
        files.insert(format!("src/entities/{name}"), text);
    }
    files
}

/// What models and `.sql` files declare.
fn read_back(
    schema: &Schema,
    dialect: Dialect,
    files: &BTreeMap<String, String>,
) -> Result<Declared, String> {
    let declared = read_sources(files, &Reading::default());
    let mut declared = declared.map_err(|problems| {
        let problems: Vec<String> = problems.iter().take(8).map(ToString::to_string).collect();
        problems.join("\n")
    })?;
    declared.privileges = true;
    let sql = emit::scripts_sql(dialect, schema).map_err(|error| error.to_string())?;
    let default = Some("public").filter(|_| dialect.has_schemas());
    let file = SqlFile { path: "schema/objects.sql".to_owned(), text: sql };
    declare(dialect, default, &[file], &mut declared)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<String>())?;
    Ok(declared)
}

/// Writes the models of a schema, which is canonical, and compares what is read back.
/// `AUTOGEN_SHOW_PULLED` shows the models of a failure.
///
/// # Errors
/// The differences.
pub fn law(schema: &Schema, dialect: Dialect, options: &WriteOptions) -> Result<(), String> {
    let files = written(schema, dialect, options);
    let shown = |error: String| match std::env::var_os("AUTOGEN_SHOW_PULLED") {
        Some(_) => {
            let all: Vec<String> =
                files.iter().map(|(name, text)| format!("// {name}\n{text}")).collect();
            format!("{}\n{error}", all.join("\n"))
        }
        None => error,
    };
    let declared = read_back(schema, dialect, &files).map_err(shown)?;
    let plan = planned_from(schema, &declared, dialect, &Options::default());
    let plan = plan.map_err(|error| shown(error.to_string()))?;
    if !plan.is_empty() {
        return Err(shown(emit::text(&plan)));
    }
    // A new database has the same names.
    let created = dialect.as_created(&declared.schema);
    for (name, table) in &schema.tables {
        let Some(other) = created.tables.get(name) else { continue };
        let names = |table: &autogen_schema::Table| -> Vec<String> {
            let constraints = table.constraint_names().map(|(_, name)| name.to_string());
            constraints.chain(table.indexes.iter().map(|it| it.name.to_string())).collect()
        };
        // SeaORM writes no names of foreign keys on SQLite.
        if dialect != Dialect::Sqlite && names(table) != names(other) {
            let message = format!("{name}: {:?} is created as {:?}", names(table), names(other));
            return Err(shown(message));
        }
    }
    Ok(())
}
