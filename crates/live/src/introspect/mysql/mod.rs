//! Reads the catalog of MySQL and MariaDB: at most ten requests for any database, to
//! `information_schema`; where that is not exact (routines, binary constants), all `SHOW
//! CREATE`s are sent in one request.
//!
//! Sources: MySQL manual, chapter 28 "INFORMATION_SCHEMA Tables"; MariaDB's "Information
//! Schema Tables". Spellings were found by experiment on MySQL 9.7 and MariaDB 10.11.

mod columns;
mod constraints;
mod exact;
mod indexes;
mod object;
mod outside;
mod partitions;
mod periods;
mod texts;

use std::collections::BTreeMap;

use autogen_dialect::mysql::Flavor;
use autogen_dialect::mysql::charsets::told;
use autogen_schema::{Metadata, QName, Schema, Table, Unsupported};

pub(crate) use self::columns::{catalog_default, expr};
use crate::introspect::note;
use crate::session::{Cells, Session};
use crate::{LiveError, Scope};

const ENVIRONMENT: &str = include_str!("environment.sql");
const TABLES: &str = include_str!("tables.sql");
const COLUMNS: &str = include_str!("columns.sql");
const INDEXES: &str = include_str!("indexes.sql");
const CHECKS: &str = include_str!("checks.sql");
const KEYS: &str = include_str!("keys.sql");
const RULES: &str = include_str!("rules.sql");
const PARTITIONS: &str = include_str!("partitions.sql");
const OBJECTS: &str = include_str!("objects.sql");

/// A table while it is read.
struct Building {
    table: Table,
    /// Its collation, explicit or not.
    collation: String,
    /// Its columns by position.
    columns: Vec<(u32, autogen_schema::Column)>,
}

/// Tables by their names.
type Buildings = BTreeMap<String, Building>;

/// Queries the catalog about one database.
struct Catalog<'s> {
    session: &'s mut Session,
    flavor: Flavor,
    /// The database, as a literal.
    database: String,
}

impl Catalog<'_> {
    async fn ask<T>(
        &mut self,
        doing: &str,
        sql: &str,
        read: impl FnMut(&Cells<'_>) -> T,
    ) -> Result<Vec<T>, LiveError> {
        let sql = complete(sql, self.flavor, &self.database);
        self.session.cells(doing, &sql, read).await
    }
}

/// Reads a database: by default the one that the session uses.
pub(crate) async fn read(
    session: &mut Session,
    database: Option<&str>,
    scope: &Scope,
) -> Result<Schema, LiveError> {
    let dialect = session.dialect();
    let flavor = match dialect {
        autogen_dialect::Dialect::Mariadb => Flavor::Mariadb,
        autogen_dialect::Dialect::Mysql
        | autogen_dialect::Dialect::Sqlite
        | autogen_dialect::Dialect::Postgres => Flavor::Mysql,
    };
    let literal = database.map_or_else(|| "database()".to_owned(), |it| dialect.quote_text(it));
    let mut catalog = Catalog { session, flavor, database: literal };
    let environment = catalog
        .ask("reading the database", ENVIRONMENT, |row| {
            [row.text(0), row.text(1), row.text(2), row.text(3)]
        })
        .await?
        .pop();
    let Some([name, engine, collation, charsets]) = environment else {
        return Err(LiveError::NoCurrentSchema { url: catalog.session.url().to_owned() });
    };
    // With a constant, MariaDB reads only one folder.
    catalog.database = dialect.quote_text(&name);
    let mut schema = Schema {
        collation: Metadata(Some(collation.clone())),
        charsets: Metadata(told(flavor, &charsets)),
        ..Schema::default()
    };
    let context = Context { engine, collation, database: &name, scope };
    let mut sequences = Vec::new();
    let mut tables = read_tables(&mut catalog, &context, &mut schema, &mut sequences).await?;
    let mut views = columns::fill(&mut catalog, &context.collation, &mut tables).await?;
    indexes::fill(&mut catalog, &mut tables, &mut schema).await?;
    constraints::checks(&mut catalog, &mut tables).await?;
    let excluded = constraints::foreign_keys(&mut catalog, &name, &mut tables).await?;
    schema.outside.0.uses.extend(excluded);
    let others = outside::read(&mut catalog, &name).await?;
    schema.outside.0.uses.extend(others);
    partitions::fill(&mut catalog, &mut tables, &mut schema).await?;
    let objects = texts::read(&mut catalog).await?;
    schema.outside.0.uses.extend(outside::left_views(&objects, &context));
    let exact = exact::read(&mut catalog, &objects, &tables, &sequences, scope.shown).await?;
    periods::leave(exact.with_periods(), &mut tables, &mut schema);
    exact.apply(&mut tables, &name);
    exact.sequences(sequences, &mut schema);
    texts::fill(objects, exact, &context, flavor, &mut tables, &mut views, &mut schema);
    for mut building in tables.into_values() {
        building.columns.sort_by_key(|(place, _)| *place);
        if building.table.shown.0.is_some() {
            // The text includes them.
            let label = format!("table {}", building.table.name);
            let shown = |it: &Unsupported| ["U0173", "U0176"].contains(&it.code.as_str());
            schema.unsupported.retain(|it| !(shown(it) && it.object == label));
        }
        building.table.columns = building.columns.into_iter().map(|(_, column)| column).collect();
        schema.add_table(building.table);
    }
    Ok(schema)
}

/// The defaults of tables, and what is read.
struct Context<'a> {
    engine: String,
    collation: String,
    database: &'a str,
    scope: &'a Scope,
}

impl Context<'_> {
    fn holds(&self, name: &str) -> bool {
        self.scope.holds(&QName::bare(name), self.database)
    }
}

async fn read_tables(
    catalog: &mut Catalog<'_>,
    context: &Context<'_>,
    schema: &mut Schema,
    sequences: &mut Vec<String>,
) -> Result<Buildings, LiveError> {
    let rows = catalog
        .ask("reading tables", TABLES, |row| {
            let options = (row.some(2), row.some(3), row.text(4));
            (row.text(0), row.text(1), options, row.some(5))
        })
        .await?;
    let mut tables = Buildings::new();
    for (name, kind, (engine, collation, options), comment) in rows {
        if !context.holds(&name) {
            continue;
        }
        match kind.as_str() {
            "BASE TABLE" => {}
            "SYSTEM VERSIONED" => {
                let message = "a table with system versioning is not compared";
                schema.unsupported.push(note("U0171", format!("table {name}"), message));
                continue;
            }
            "SEQUENCE" => {
                sequences.push(name);
                continue;
            }
            // Views are read with their texts.
            _ => continue,
        }
        // Its underlying tables are only in its own text.
        if engine.as_ref().is_some_and(|it| it.eq_ignore_ascii_case("MRG_MYISAM")) {
            let message = "its options union and insert_method are not compared";
            schema.unsupported.push(note("U0176", format!("table {name}"), message));
        }
        let mut table = Table::new(QName::bare(name.clone()));
        table.comment = comment.filter(|text| !text.is_empty());
        table.options.engine = engine.filter(|it| !it.eq_ignore_ascii_case(&context.engine));
        let collation = collation.unwrap_or_default();
        if !collation.is_empty() && collation != context.collation {
            table.options.collation = Some(collation.clone());
        }
        for (key, value) in create_options(&options) {
            match key.as_str() {
                "row_format" => table.options.row_format = Some(value),
                "partitioned" => {}
                _ => {
                    let message = format!("its option {key} is not compared");
                    schema.unsupported.push(note("U0176", format!("table {name}"), &message));
                }
            }
        }
        tables.insert(name, Building { table, collation, columns: Vec::new() });
    }
    Ok(tables)
}

/// `row_format=DYNAMIC partitioned key_block_size=8`, with various quotes around some values.
fn create_options(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (key, behind) = rest.split_at(end);
        let key = key.trim_matches('`').to_ascii_lowercase();
        let Some(value) = behind.strip_prefix('=') else {
            found.push((key, String::new()));
            rest = behind.trim_start();
            continue;
        };
        let quote = value.chars().next().filter(|c| ['\'', '"', '`'].contains(c));
        let (value, behind) = match quote {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => value.split_once(' ').unwrap_or((value, "")),
        };
        found.push((key, value.to_owned()));
        rest = behind.trim_start();
    }
    found
}

/// Inserts the database, and removes the lines for the other server: they end in `--@ mysql`
/// or `--@ mariadb`.
fn complete(sql: &str, flavor: Flavor, database: &str) -> String {
    let own = match flavor {
        Flavor::Mysql => "mysql",
        Flavor::Mariadb => "mariadb",
    };
    let mut text = String::with_capacity(sql.len() + database.len());
    for line in sql.lines().filter(|line| !line.starts_with("--")) {
        let (code, only) = line.split_once("--@ ").unwrap_or((line, own));
        if only.trim() == own {
            text.push_str(&code.replace(":database", database));
            text.push('\n');
        }
    }
    text
}

/// No original text.
fn unwritten() -> autogen_schema::Source {
    Metadata(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_completed_for_the_server() {
        let sql = "-- remark\nselect a\n  , b --@ mysql\n  , c --@ mariadb\nwhere x = :database\n";
        assert_eq!(complete(sql, Flavor::Mysql, "'d'"), "select a\n  , b \nwhere x = 'd'\n");
        assert_eq!(complete(sql, Flavor::Mariadb, "'d'"), "select a\n  , c \nwhere x = 'd'\n");
    }

    #[test]
    fn options() {
        let of = |text| create_options(text);
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            of("row_format=DYNAMIC partitioned COMPRESSION=\"zlib\" `page_compressed`='ON'"),
            [
                pair("row_format", "DYNAMIC"),
                pair("partitioned", ""),
                pair("compression", "zlib"),
                pair("page_compressed", "ON")
            ]
        );
        assert!(of("").is_empty());
    }
}
