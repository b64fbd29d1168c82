//! The law of `autogen pull`: models that are written from a database, and read back, are no
//! difference to it.

use autogen_models::{DateTime, Format, WriteOptions};
use autogen_schema::Schema;
use autogen_tests::pulled::law;
use autogen_tests::{Database, block_on, dialects};

use crate::corpora::{files, inspected, load};

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
