//! Real schemas, written by others: each can be split, loaded and read.

use std::path::{Path, PathBuf};

use autogen_dialect::{Dialect, split};
use autogen_live::{Connection, Scope, introspect};
use autogen_schema::Schema;
use autogen_tests::{Database, block_on, dialects};
use sea_orm::ConnectionTrait;

fn files(dialect: Dialect) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
    let Ok(entries) = std::fs::read_dir(root.join(dialect.name())) else {
        eprintln!("../shared/corpora is not here: no schemas of others are tested");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

async fn load(connection: &Connection, text: &str) {
    let raw = connection.raw();
    if connection.dialect() == Dialect::Postgres {
        let sql = "create extension btree_gin";
        raw.execute_unprepared(sql).await.expect("contrib is installed");
    }
    for statement in split(connection.dialect(), text).statements {
        if let Err(error) = raw.execute_unprepared(&statement.sql).await {
            panic!("line {}: {error}\n{}", statement.line, statement.sql);
        }
    }
}

fn read(dialect: Dialect, file: &Path) -> Schema {
    let database = Database::fresh(dialect);
    let text = std::fs::read_to_string(file).expect("a text");
    block_on(async {
        let connection = database.connect().await;
        load(&connection, &text).await;
        connection.close().await;
        // Another session: a dump changes the settings of its own.
        let connection = database.connect().await;
        let schema = introspect(&connection, &Scope::default()).await.expect("it can be read");
        connection.close().await;
        schema
    })
}

#[test]
fn every_corpus_can_be_read() {
    for dialect in dialects() {
        for file in files(dialect) {
            let schema = read(dialect, &file);
            println!(
                "{}: {} tables, {} views, {} enums, {} domains, {} sequences, {} routines",
                file.display(),
                schema.tables.len(),
                schema.views.len(),
                schema.enums.len(),
                schema.domains.len(),
                schema.sequences.len(),
                schema.routines.len()
            );
            for note in &schema.unsupported {
                println!("  {} {}: {}", note.code, note.object, note.message);
            }
            assert!(!schema.tables.is_empty(), "{}", file.display());
            let once = dialect.canonicalize(&schema);
            assert_eq!(dialect.canonicalize(&once), once, "{}", file.display());
        }
    }
}
