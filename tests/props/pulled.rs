//! Models of random schemas: pulled and read back, they are no difference.

use autogen_dialect::Dialect;
use autogen_models::{Format, WriteOptions};
use autogen_schema::Schema;
use autogen_tests::pulled::law;
use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseError;

use crate::{projects, report, runner};

fn pulled(dialect: Dialect) {
    let formats =
        (0..3_usize).prop_map(|at| [Format::Dense, Format::Compact, Format::Plain][at % 3]);
    let result = runner(200).run(&(projects(dialect), formats), |(project, format)| {
        let schema = dialect.as_created(&project.schema);
        let schema = Schema { unsupported: Vec::new(), ..schema };
        if schema.tables.is_empty() {
            return Ok(());
        }
        let options = WriteOptions { format, ..WriteOptions::default() };
        law(&schema, dialect, &options).map_err(TestCaseError::fail)
    });
    report(result);
}

#[test]
fn random_schemas_of_sqlite_are_pulled() {
    pulled(Dialect::Sqlite);
}

#[test]
fn random_schemas_of_postgres_are_pulled() {
    pulled(Dialect::Postgres);
}

#[test]
fn random_schemas_of_mysql_are_pulled() {
    pulled(Dialect::Mysql);
}

#[test]
fn random_schemas_of_mariadb_are_pulled() {
    pulled(Dialect::Mariadb);
}
