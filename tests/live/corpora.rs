//! Real schemas, written by others: each can be split, loaded and read.

use std::path::{Path, PathBuf};
use std::process::Command;

use autogen_dialect::{Dialect, split};
use autogen_live::{Connection, Scope, introspect};
use autogen_plan::{Options, emit};
use autogen_schema::{Declared, Schema};
use autogen_tests::laws::planned_from;
use autogen_tests::services::binaries;
use autogen_tests::{Database, block_on, dialects};
use sea_orm::ConnectionTrait;

pub(crate) fn files(dialect: Dialect) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
    let root = std::env::var_os("AUTOGEN_TEST_CORPORA").map_or(root, PathBuf::from);
    let folder = match dialect {
        Dialect::Mysql | Dialect::Mariadb => "mysql",
        Dialect::Sqlite | Dialect::Postgres => dialect.name(),
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/databases");
    let own = own.join(format!("{dialect}.sql"));
    let mut files: Vec<PathBuf> = own.exists().then_some(own).into_iter().collect();
    match std::fs::read_dir(root.join(folder)) {
        Ok(entries) => files.extend(entries.flatten().map(|entry| entry.path())),
        Err(_) => eprintln!("../shared/corpora is not here: no schemas of others are tested"),
    }
    let mysql_only = |file: &PathBuf| file.to_string_lossy().ends_with("_mysql_only.sql");
    files.retain(|file| dialect != Dialect::Mariadb || !mysql_only(file));
    files.sort();
    files
}

/// The current schema, and the other one of our own database; with privileges.
fn scope() -> Scope {
    Scope { expected: ["billing".to_owned()].into(), privileges: true, ..Scope::default() }
}

pub(crate) async fn load(connection: &Connection, text: &str) {
    let raw = connection.raw();
    if connection.dialect() == Dialect::Postgres {
        let sql = "create extension btree_gin";
        raw.execute_unprepared(sql).await.expect("contrib is installed");
    }
    // MySQL's shell ignores a backslash at the end of a line, and one of the files names the
    // database that it is loaded into.
    let text = match connection.dialect() {
        Dialect::Mysql | Dialect::Mariadb => text.replace(" \\\n", "\n").replace(" sakila.", " "),
        Dialect::Sqlite | Dialect::Postgres => text.to_owned(),
    };
    for statement in split(connection.dialect(), &text).statements {
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
        let schema = introspect(&connection, &scope()).await.expect("it can be read");
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

/// An inspected database can be created again, and is equal.
#[test]
fn every_corpus_is_what_inspect_writes() {
    let mut problems = Vec::new();
    for dialect in dialects() {
        for file in files(dialect) {
            let text = std::fs::read_to_string(&file).expect("a text");
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if let Err(problem) = block_on(round(dialect, &text)) {
                problems.push(format!("{dialect}/{name}: {problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

async fn round(dialect: Dialect, text: &str) -> Result<(), String> {
    let first = Database::fresh(dialect);
    let connection = first.connect().await;
    load(&connection, text).await;
    connection.close().await;
    let found = inspected(&first).await;
    let plan = planned_from(&found, &Declared::whole(found.clone()), dialect, &Options::default());
    let plan = plan.map_err(|error| format!("with itself: {error}"))?;
    if !plan.is_empty() {
        return Err(format!("differs from itself:\n{}", emit::text(&plan)));
    }
    let sql = emit::schema_sql(dialect, &found).map_err(|error| error.to_string())?;
    let second = Database::fresh(dialect);
    let connection = second.connect().await;
    left_alone(&connection, &found, text).await;
    for statement in split(dialect, &sql).statements {
        if let Err(error) = connection.raw().execute_unprepared(&statement.sql).await {
            return Err(format!("{error}\nin: {}", statement.sql));
        }
    }
    connection.close().await;
    let again = inspected(&second).await;
    for (before, after) in [(&found, &again), (&again, &found)] {
        let plan =
            planned_from(before, &Declared::whole(after.clone()), dialect, &Options::default());
        let plan = plan.map_err(|error| format!("with its copy: {error}"))?;
        if !plan.is_empty() {
            return Err(format!("differs from its copy:\n{}", emit::text(&plan)));
        }
    }
    match dialect {
        Dialect::Postgres => same_lines(&dumped(&first, &found), &dumped(&second, &found)),
        Dialect::Sqlite => {
            same_lines(&listed(&first, &found).await, &listed(&second, &found).await)
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let tables = |it: Vec<String>| -> Vec<String> {
                let tables = it.iter().filter(|it| it.starts_with("CREATE TABLE"));
                tables.map(|it| keys_sorted(it)).collect()
            };
            let (before, after) = (shown(&first, &found).await, shown(&second, &found).await);
            same_lines(&tables(before.clone()), &tables(after))?;
            byte_for_byte(&first, &before).await
        }
    }
}

/// What no catalog view shows is written as well.
#[test]
fn what_no_catalog_tells_is_what_inspect_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/databases/shown");
    for dialect in dialects() {
        let file = root.join(format!("{dialect}.sql"));
        if dialect == Dialect::Mysql || dialect == Dialect::Mariadb {
            let text = std::fs::read_to_string(&file).expect("a text");
            let database = Database::fresh(dialect);
            let outcome = block_on(async {
                let connection = database.connect().await;
                load(&connection, &text).await;
                connection.close().await;
                let found = inspected(&database).await;
                byte_for_byte(&database, &shown(&database, &found).await).await
            });
            assert_eq!(outcome, Ok(()), "{dialect}");
        }
    }
}

/// After loading the output of `inspect --format sql` into an empty database, the server
/// prints it like the original.
async fn byte_for_byte(first: &Database, before: &[String]) -> Result<(), String> {
    let connection = first.connect().await;
    let scope = Scope { shown: true, ..scope() };
    let found = introspect(&connection, &scope).await.expect("it can be read");
    connection.close().await;
    let dialect = first.dialect();
    let found = dialect.canonicalize(&found);
    if let Some(table) = found.tables.values().find(|table| table.shown.0.is_none()) {
        return Err(format!("{} is not in the server's words", table.name));
    }
    let sql = emit::schema_sql(dialect, &found).map_err(|error| error.to_string())?;
    let second = Database::fresh(dialect);
    let connection = second.connect().await;
    for statement in split(dialect, &sql).statements {
        if let Err(error) = connection.raw().execute_unprepared(&statement.sql).await {
            return Err(format!("{error}\nin: {}", statement.sql));
        }
    }
    connection.close().await;
    same_lines(before, &shown(&second, &found).await)
}

/// The output of `pg_dump` for a database, statement by statement, without comments about
/// itself, and without objects on tables and partitions that are listed as left alone.
fn dumped(database: &Database, alone: &Schema) -> Vec<String> {
    let mut command = Command::new(binaries().join("pg_dump"));
    // Owners are never read: the role that runs the statements owns the objects.
    command.args(["--schema-only", "--no-owner", "--dbname", database.url()]);
    let output = command.output().expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let statements = split(Dialect::Postgres, &text).statements;
    let alone: Vec<&str> = alone.unsupported.iter().map(|it| it.object.as_str()).collect();
    let names = |sql: &str, name: &str| {
        let full = format!("public.{name}");
        sql.match_indices(&full).any(|(at, _)| {
            let next = sql[at + full.len()..].chars().next();
            next.is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
        })
    };
    // A partition with objects of its own exists all the same.
    let of_partition =
        |sql: &str| !sql.contains(" ATTACH PARTITION ") && !sql.starts_with("CREATE TABLE ");
    let left = |sql: &str| {
        alone.iter().any(|it| match (it.strip_prefix("table "), it.split_once(" of partition ")) {
            (Some(table), _) => names(sql, table),
            (None, Some((thing, partition))) => {
                let own = thing.split_once(' ').map_or("", |(_, name)| name);
                names(sql, partition) && of_partition(sql) && sql.contains(own)
            }
            (None, None) => false,
        })
    };
    let itself = [
        // Settings of the session that loads the dump.
        "SET ",
        "SELECT pg_catalog.set_config",
        // The default schema depends on the connection, and is not declared.
        "COMMENT ON SCHEMA public",
        "GRANT ALL ON SCHEMA public ",
        "REVOKE USAGE ON SCHEMA public ",
        // `\\restrict` with a random word.
        "\\",
    ];
    let counts = |sql: &String| !itself.iter().any(|it| sql.starts_with(it)) && !left(sql);
    let texts = statements.into_iter().map(|statement| statement.sql).filter(counts);
    let mut found: Vec<String> = texts.map(|sql| plain(&sql)).collect();
    found.sort();
    found
}

/// With one spelling where the server stores two that mean the same: a default of NULL, which
/// is none; a number in quotes with a cast; storage parameters, in the order in which they
/// were set.
fn plain(sql: &str) -> String {
    let line = |line: &str| -> String {
        if let Some((column, rest)) = line.split_once(" DEFAULT NULL::") {
            let end = if rest.ends_with(',') { "," } else { "" };
            return format!("{column}{end}");
        }
        if let Some(inside) = line.strip_prefix("WITH (") {
            let inside = inside.trim_end_matches([')', ';']);
            let mut parts: Vec<&str> = inside.split(", ").collect();
            parts.sort_unstable();
            return format!("WITH ({})", parts.join(", "));
        }
        if let Some((column, rest)) = line.split_once(" DEFAULT '")
            && let Some((number, rest)) = rest.split_once("'::smallint")
        {
            return format!("{column} DEFAULT {number}{rest}");
        }
        line.to_owned()
    };
    sql.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// `SHOW CREATE TABLE` of every table and view, without the database's name, which views and
/// sequence defaults contain.
async fn shown(database: &Database, schema: &Schema) -> Vec<String> {
    let connection = database.connect().await;
    let backend = connection.raw().get_database_backend();
    let mut found = Vec::new();
    let names = schema.tables.keys().chain(schema.views.keys());
    let own = format!("`{}`.", database_name(database));
    for name in names {
        let sql = format!("show create table {}", database.dialect().quote_name(name));
        let statement = sea_orm::Statement::from_string(backend, sql);
        let row = connection.raw().query_one_raw(statement).await.expect("it can be shown");
        // Binary constants are not text: each byte is a character here.
        let bytes: Vec<u8> = row.expect("a row").try_get_by_index(1).expect("bytes");
        let text: String = bytes.into_iter().map(char::from).collect();
        found.push(text.replace(&own, ""));
    }
    connection.close().await;
    found
}

fn database_name(database: &Database) -> String {
    database.url().rsplit('/').next().unwrap_or_default().to_owned()
}

/// Without what no catalog view shows: the order of keys and constraints, the counter, and
/// the words `USING BTREE`, `NO ACTION` and `RESTRICT` if they are the default.
fn keys_sorted(text: &str) -> String {
    let silent = [
        " USING BTREE",
        " ON DELETE NO ACTION",
        " ON UPDATE NO ACTION",
        " ON DELETE RESTRICT",
        " ON UPDATE RESTRICT",
    ];
    let text = silent.iter().fold(text.to_owned(), |text, words| text.replace(words, ""));
    let is_key = |line: &&str| {
        let word = line.trim_start().split(' ').next().unwrap_or_default();
        ["PRIMARY", "UNIQUE", "KEY", "FULLTEXT", "SPATIAL", "CONSTRAINT"].contains(&word)
    };
    let mut keys: Vec<&str> =
        text.lines().filter(is_key).map(|line| line.trim_end_matches(',')).collect();
    keys.sort_unstable();
    let rest = text.lines().filter(|line| !is_key(line)).map(|line| {
        let line = line.trim_end_matches(',');
        match line.split_once(" AUTO_INCREMENT=") {
            Some((before, behind)) if line.starts_with(") ") => {
                let behind = behind.split_once(' ').map_or("", |(_, behind)| behind);
                format!("{before} {behind}")
            }
            _ => line.to_owned(),
        }
    });
    let mut lines: Vec<String> = rest.collect();
    lines.extend(keys.into_iter().map(str::to_owned));
    lines.join("\n")
}

/// SQLite's own description of a file: its objects, from its pragmas their columns, keys,
/// indexes and references, and the texts of views and triggers; without its own objects and
/// those left alone. A default of NULL is none, a rowid is never NULL, and a reference to a
/// table is one to its key. The first word of a line is the table.
async fn listed(database: &Database, alone: &Schema) -> Vec<String> {
    const FACTS: &str = "\
        with o as (select type, name, tbl_name, sql from sqlite_schema \
                   where name not like 'sqlite\\_%' escape '\\') \
        select tbl_name || ' has the ' || type || ' ' || name from o \
        union all select tbl_name || ' as ' || sql from o where type in ('view', 'trigger') \
        union all select o.name || ' is ' || l.wr || l.strict \
          from o join pragma_table_list l on l.name = o.name where o.type = 'table' \
        union all select o.name || ' column ' || c.cid || ' ' || c.name || ' ' || c.type || ' ' \
            || (c.\"notnull\" or c.pk and lower(c.type) = 'integer') || c.pk || c.hidden \
            || ' default ' || coalesce(nullif(lower(c.dflt_value), 'null'), '-') \
          from o join pragma_table_xinfo(o.name) c where o.type = 'table' \
        union all select o.name || ' references ' || k.\"table\" || ' ' || k.seq || k.\"from\" \
            || ' ' || coalesce(k.\"to\", (select name from pragma_table_info(k.\"table\") \
              where pk = k.seq + 1), '-') || ' ' || k.on_update || ' ' || k.on_delete \
          from o join pragma_foreign_key_list(o.name) k where o.type = 'table' \
        union all select o.name || ' index ' || i.name || ' ' \
            || i.\"unique\" || i.origin || i.partial || ' ' || (select group_concat( \
                coalesce(x.name, '..') || x.\"desc\" || coalesce(x.coll, '') || x.key, ', ') \
              from pragma_index_xinfo(i.name) x) \
          from o join pragma_index_list(o.name) i where o.type = 'table' \
            and i.name not like 'sqlite_autoindex%' \
        union all select o.name || ' keeps apart ' || i.\"unique\" || i.origin || ' ' \
            || (select group_concat(coalesce(x.name, '..') || x.\"desc\" || coalesce(x.coll, ''), \
              ', ') from pragma_index_xinfo(i.name) x where x.key) \
          from o join pragma_index_list(o.name) i where o.type = 'table' \
            and i.name like 'sqlite_autoindex%' \
        order by 1";
    let connection = database.connect().await;
    let statement =
        sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Sqlite, FACTS.to_owned());
    let rows = connection.raw().query_all_raw(statement).await.expect("it can be listed");
    connection.close().await;
    let tables: Vec<&str> =
        alone.unsupported.iter().filter_map(|it| it.object.strip_prefix("table ")).collect();
    let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text"));
    let left = |line: &String| {
        let owner = line.split(' ').next().unwrap_or_default();
        tables.iter().any(|table| owner == *table || owner.starts_with(&format!("{table}_")))
    };
    lines.filter(|line| !left(line)).map(|line| spelled(&line)).collect()
}

/// Without quotes, white space and case, so that only real differences remain.
fn spelled(line: &str) -> String {
    let bare = line.to_lowercase().replace(['"', '`', '[', ']'], "");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same_lines(before: &[String], after: &[String]) -> Result<(), String> {
    let only = |these: &[String], those: &[String], sign: &str| -> String {
        let lines = these.iter().filter(|line| !those.contains(line));
        lines.map(|line| format!("{sign} {line}\n")).collect()
    };
    let text = format!("{}{}", only(before, after, "-"), only(after, before, "+"));
    if text.is_empty() { Ok(()) } else { Err(format!("the database tells them apart:\n{text}")) }
}

/// Creates what is listed as left alone, as the corpus creates it, before our own objects.
async fn left_alone(connection: &Connection, schema: &Schema, text: &str) {
    let types = schema.unsupported.iter().filter_map(|it| it.object.strip_prefix("type "));
    for name in types {
        for statement in split(connection.dialect(), text).statements {
            let words: Vec<&str> = statement.sql.split_whitespace().take(3).collect();
            let makes = |it: &str| it.trim_matches('"').rsplit('.').next() == Some(name);
            if words.len() == 3 && words[..2] == ["CREATE", "TYPE"] && makes(words[2]) {
                let done = connection.raw().execute_unprepared(&statement.sql).await;
                done.expect("what the corpus makes can be made");
            }
        }
    }
}

pub(crate) async fn inspected(database: &Database) -> Schema {
    let connection = database.connect().await;
    let schema = introspect(&connection, &scope()).await.expect("it can be read");
    connection.close().await;
    database.dialect().canonicalize(&schema)
}
