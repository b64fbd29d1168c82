//! The law of `autogen pull`: models that are written from a database, and read back, are no
//! difference to it.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, SqlFile, declare};
use autogen_models::{DateTime, Format, Options as Reading, WriteOptions, read_sources, write};
use autogen_plan::{Options, emit};
use autogen_schema::{Declared, Schema};
use autogen_tests::laws::planned_from;
use autogen_tests::{Database, block_on, dialects};

use crate::corpora::{files, inspected, load};

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

/// The differences, and the file of the models in which they are.
fn law(schema: &Schema, dialect: Dialect, options: &WriteOptions) -> Result<(), String> {
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

fn read(database: &Database) -> Schema {
    let schema = block_on(inspected(database));
    Schema { unsupported: Vec::new(), ..schema }
}

/// Every corpus, in every format.
#[test]
fn every_corpus_is_pulled() {
    let mut problems = Vec::new();
    for dialect in dialects() {
        for file in files(dialect) {
            let text = std::fs::read_to_string(&file).expect("a text");
            let database = Database::fresh(dialect);
            block_on(async {
                let connection = database.connect().await;
                load(&connection, &text).await;
                connection.close().await;
            });
            let schema = read(&database);
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            for (format, date_time) in [
                (Format::Dense, DateTime::Chrono),
                (Format::Compact, DateTime::Time),
                (Format::Plain, DateTime::Chrono),
            ] {
                let options = WriteOptions { format, date_time, ..WriteOptions::default() };
                if let Err(problem) = law(&schema, dialect, &options) {
                    problems.push(format!("{dialect}/{name}, {format:?}:\n{problem}"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
