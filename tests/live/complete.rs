//! Nothing in a catalog is ignored: each user-defined row is in the schema that is read, is
//! listed as left alone, or follows from another (`complete.sql` shows from which).

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::{Scope, introspect};
use autogen_schema::{ColumnType, Identity, Partitioning, Schema, Table};
use autogen_tests::{Database, block_on};
use sea_orm::{ConnectionTrait, Statement};

use crate::wanted;

const RICH: &str = "
    create schema other;
    create type label as enum ('a', 'b');
    create type combined as (a int, b text);
    create type span as range (subtype = float8);
    create domain small as int check (value < 100) constraint small_positive check (value > 0);
    create sequence free_numbers;
    create collation sorted (locale = 'C');
    create table parent (
      id int generated always as identity primary key,
      old_id serial,
      s small default 3,
      l label,
      c combined,
      r span,
      code text constraint code_long check (length(code) > 1) constraint code_once unique,
      twice int generated always as (id * 2) stored,
      constraint apart exclude using gist (r with &&)
    );
    create index parent_l on parent (l);
    create statistics counted on id, old_id from parent;
    create table child (parent int constraint to_parent references parent, heavy text);
    create table heir (more int) inherits (child);
    create table of_type of combined;
    create unlogged table fleeting (a int);
    create view seen as select id from parent;
    alter view seen alter column id set default 7;
    create rule seen_rule as on insert to seen do instead nothing;
    create rule child_rule as on delete to child do also select 1;
    create materialized view stored_view as select id from parent;
    create unique index stored_view_id on stored_view (id);
    create function on_change() returns trigger language plpgsql as 'begin return new; end';
    create function plus(int, int) returns int language sql as 'select $1 + $2';
    create procedure nothing_much() language sql as 'select 1';
    create aggregate total (int) (sfunc = plus, stype = int);
    create aggregate odd (*) (sfunc = int8inc, stype = int8, initcond = '0');
    create function ranked() returns int8 language internal window as 'window_rank';
    create trigger parent_changes before update on parent for each row execute function on_change();
    create constraint trigger late after insert on child deferrable for each row execute function on_change();
    create trigger seen_insert instead of insert on seen for each row execute function on_change();
    alter table parent enable row level security;
    create policy parent_policy on parent using (true);
    create operator ### (leftarg = int, rightarg = int, function = plus);
    create operator family loose using btree;
    create operator class strange for type int4 using hash as operator 1 = ;
    create conversion mine for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
    create text search dictionary words (template = simple);
    create text search configuration searching (parser = default);
    create cast (label as int) with function plus_one(label) as assignment;
    create publication published for table parent;
    create foreign data wrapper wrapping;
    create server far foreign data wrapper wrapping;
    create foreign table abroad (a int) server far;
    create function on_ddl() returns event_trigger language plpgsql as 'begin end';
    create event trigger watching on ddl_command_start execute function on_ddl();
    alter default privileges grant select on tables to public;
    select lo_create(0);
    create table parts (id int not null, at date, n int default 1, primary key (id)) partition by list (id);
    create index parts_at on parts (at);
    create trigger parts_changes before update on parts for each row execute function on_change();
    create table parts_1 partition of parts for values in (1);
    create table parts_2 partition of parts for values in (2) partition by list (id);
    create table parts_2_1 partition of parts_2 for values in (2);
    create index only_here on parts_1 (n);
    alter table parts_1 add constraint checked_here check (n > 0);
    alter table parts_1 alter column n set default 2;
    create trigger fired_here before insert on parts_1 for each row execute function on_change();
    create policy hidden_here on parts_1 using (true);
    create rule ruled_here as on delete to parts_1 do also select 1;
";

/// Settings on existing rows that have no row of their own.
const SETTINGS: [(&str, &str, &str); 27] = [
    ("alter table parent replica identity full", "U0121", "table parent"),
    ("alter table parts_1 replica identity nothing", "U0121", "partition parts_1"),
    ("alter table parent alter column code set storage external", "U0123", "column parent.code"),
    ("alter table parent alter column l set statistics 7", "U0123", "column parent.l"),
    ("alter table parent alter column l set (n_distinct = 5)", "U0123", "column parent.l"),
    ("alter table parent cluster on parent_l", "U0124", "index parent_l"),
    ("grant select on parts_1 to public", "U0128", "privileges of partition parts_1"),
    ("grant select (n) on parts_2_1 to public", "U0128", "privileges of partition parts_2_1"),
    ("alter table parts_1 set (fillfactor = 70)", "U0128", "options of partition parts_1"),
    ("comment on column parts_1.n is 'x'", "U0128", "comment of column n of partition parts_1"),
    (
        "alter table parts_1 alter column at set not null",
        "U0128",
        "NOT NULL of column at of partition parts_1",
    ),
    (
        "alter table parts_1 alter column n set default 2",
        "U0128",
        "default of column n of partition parts_1",
    ),
    (
        "comment on index parts_1_at_idx is 'x'",
        "U0128",
        "comment of index parts_1_at_idx of partition parts_1",
    ),
    (
        "alter index parts_1_at_idx set (fillfactor = 30)",
        "U0128",
        "options of index parts_1_at_idx of partition parts_1",
    ),
    (
        "alter table parts_1 disable trigger parts_changes",
        "U0128",
        "state of trigger parts_changes of partition parts_1",
    ),
    (
        "comment on trigger parts_changes on parts_1 is 'x'",
        "U0128",
        "comment of trigger parts_changes on table parts_1 of partition parts_1",
    ),
    (
        "alter index parts_2_1_at_idx rename to other",
        "U0128",
        "name of index other of partition parts_2_1",
    ),
    ("alter view seen alter column id set default 7", "U0125", "column seen.id"),
    (
        "refresh materialized view stored_view with no data",
        "U0129",
        "materialized view stored_view",
    ),
    ("alter table parent set (toast.autovacuum_enabled = off)", "U0130", "table parent"),
    ("alter sequence free_numbers set unlogged", "U0131", "sequence free_numbers"),
    ("alter sequence parent_id_seq rename to numbers", "U0131", "sequence numbers"),
    ("comment on index parent_pkey is 'x'", "U0132", "index parent_pkey"),
    ("comment on index code_once is 'x'", "U0132", "index code_once"),
    ("alter function on_change() depends on extension plpgsql", "U0133", "function on_change()"),
    ("alter index parent_l depends on extension plpgsql", "U0133", "index parent_l"),
    (
        "alter trigger parent_changes on parent depends on extension plpgsql",
        "U0133",
        "trigger parent.parent_changes",
    ),
];

/// The keys of the schema's objects, as `complete.sql` writes them.
fn represented(schema: &Schema) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |kind: &str, name: &str| {
        keys.insert(format!("{kind} {name}"));
    };
    schema.namespaces.keys().for_each(|it| add("schema", it));
    schema.extensions.keys().for_each(|it| add("extension", it));
    schema.enums.keys().for_each(|it| add("type", &it.name));
    schema.collations.keys().for_each(|it| add("collation", &it.name));
    schema.sequences.keys().for_each(|it| add("sequence", &it.name));
    schema.statistics.keys().for_each(|it| add("statistics", &it.name));
    schema.routines.iter().for_each(|it| add("routine", &it.name.name));
    for domain in schema.domains.values() {
        add("type", &domain.name.name);
        domain.checks.iter().for_each(|it| add("constraint", &it.name.to_string()));
    }
    for view in schema.views.values() {
        add("relation", &view.name.name);
        view.indexes.iter().for_each(|it| add("index", &it.name));
        view.triggers.iter().for_each(|it| add("trigger", &it.name));
    }
    for table in schema.tables.values() {
        add("relation", &table.name.name);
        on_table(table, &mut add);
        for partition in table.partitioning.iter().flat_map(Partitioning::all) {
            add("relation", &partition.name.name);
            on_table(&partition.own, &mut add);
        }
    }
    keys
}

/// The objects on a table, or on a single partition.
fn on_table(table: &Table, add: &mut impl FnMut(&str, &str)) {
    let name = &table.name.name;
    for column in &table.columns {
        let column_name = format!("{name}.{}", column.name);
        add("column", &column_name);
        let counts = matches!(column.identity, Some(Identity::Serial(_)));
        if counts || column.default.is_some() || column.generated.is_some() {
            add("default", &column_name);
        }
    }
    table.constraint_names().for_each(|(_, it)| add("constraint", &it.to_string()));
    table.indexes.iter().for_each(|it| add("index", &it.name.to_string()));
    // In these databases indexes are named within their tables, and a key is one.
    let keys = table.uniques.iter().map(|it| &it.name);
    for index in table.indexes.iter().map(|it| &it.name).chain(keys) {
        add("index", &format!("{name}.{index}"));
    }
    if table.primary_key.is_some() {
        add("index", &format!("{name}.PRIMARY"));
    }
    table.triggers.iter().for_each(|it| add("trigger", &it.name));
    let policies = table.row_security.iter().flat_map(|it| &it.policies);
    policies.for_each(|it| add("policy", &it.name));
}

/// Whether an object is listed: its last word, or its table's, is in the list.
fn listed(schema: &Schema, key: &str) -> bool {
    let (kind, name) = key.split_once(' ').unwrap_or((key, key));
    let (table, column) = name.rsplit_once('.').unwrap_or(("", name));
    let column = column.rsplit(' ').next().unwrap_or(column);
    let separators = |c: char| !(c.is_alphanumeric() || c == '_' || c == '#');
    schema.unsupported.iter().any(|item| {
        let words: Vec<&str> = item.object.split(separators).collect();
        match kind {
            "large" => item.object.starts_with("large objects"),
            _ => words.contains(&column) && (table.is_empty() || words.contains(&table)),
        }
    })
}

async fn rows(database: &Database, sql: &str) -> Vec<String> {
    let connection = database.connect().await;
    let statement = Statement::from_string(connection.raw().get_database_backend(), sql);
    let rows = connection.raw().query_all_raw(statement).await.expect("the catalog");
    let rows = rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect();
    connection.close().await;
    rows
}

/// Names that PostgreSQL generated carry no information, however long their parts are.
#[test]
fn names_that_postgresql_chose_for_indexes_of_partitions() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let long = |letter: &str, length| letter.repeat(length);
    let mut sql = String::new();
    for (number, (table, column)) in
        [(3, 3), (60, 3), (3, 60), (29, 29), (40, 28), (28, 40), (58, 60)].into_iter().enumerate()
    {
        let (table, column) = (long("t", table), long("c", column));
        sql += &format!(
            "create schema s{number};
             create table s{number}.p (id int, {column} int, unique (id, {column}), primary key (id))
               partition by list (id);
             create index on s{number}.p ({column}); create index on s{number}.p ({column});
             create index on s{number}.p (lower({column}::text), {column}) include (id);
             create table s{number}.{table} partition of s{number}.p for values in (1);"
        );
    }
    let database = Database::fresh(Dialect::Postgres);
    let scope = Scope { everything: true, ..Scope::default() };
    let schema = block_on(async {
        database.run(&sql).await;
        let connection = database.connect().await;
        let schema = introspect(&connection, &scope).await.expect("it can be read");
        connection.close().await;
        schema
    });
    assert_eq!(schema.tables.len(), 7);
    let named = schema.unsupported.iter().filter(|it| it.object.starts_with("name of index"));
    let named: Vec<&String> = named.map(|it| &it.object).collect();
    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn every_row_of_postgresql_is_read_or_listed() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    let scope = Scope { everything: true, ..Scope::default() };
    let (rows, schema) = block_on(async {
        let cast = "create function plus_one(label) returns int language sql as 'select 1';";
        let (head, tail) = RICH.split_once("create cast").expect("a cast");
        database.run(&format!("{head} {cast} create cast {tail}")).await;
        let connection = database.connect().await;
        let schema = introspect(&connection, &scope).await.expect("it can be read");
        connection.close().await;
        (rows(&database, include_str!("complete.sql")).await, schema)
    });
    assert!(rows.len() > 80, "{}", rows.len());
    let known = represented(&schema);
    let silent: Vec<&String> =
        rows.iter().filter(|it| !known.contains(*it) && !listed(&schema, it)).collect();
    assert!(silent.is_empty(), "{silent:?}\n{:#?}", schema.unsupported);
    // They are known from the list.
    let mute = Schema { unsupported: Vec::new(), ..schema };
    for key in ["publication published", "default parts_1.n", "relation abroad", "operator ###"] {
        assert!(rows.iter().any(|it| it == key) && !known.contains(key), "{key}");
        assert!(!listed(&mute, key), "{key}");
    }
}

#[test]
fn what_is_set_on_a_row_is_listed() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    for (sql, code, object) in SETTINGS {
        let (head, _) = RICH.split_once("create operator ").expect("an operator");
        let (_, parts) = RICH.split_once("create table parts ").expect("a table");
        let (parts, _) = parts.split_once("create index only_here").expect("an index");
        let head = head.replace("alter view seen alter column id set default 7;", "");
        let before = format!("{head} create table parts {parts}");
        let notes = |sql: &str| {
            let schema = crate::read(Dialect::Postgres, sql);
            let found = schema.unsupported.iter().map(|it| (it.code.clone(), it.object.clone()));
            found.collect::<BTreeSet<_>>()
        };
        let (before, after) = (notes(&before), notes(&format!("{before} {sql}")));
        let new: Vec<_> = after.difference(&before).collect();
        assert_eq!(new, [&(code.to_owned(), object.to_owned())], "{sql}");
    }
}

/// Every user-defined row of `information_schema`, without those of views and sequences, and
/// without unique constraints, which are indexes.
const MYSQL_ROWS: &str = "
    select cast(r.it as char) from (
    select concat(case t.table_type when 'SEQUENCE' then 'sequence ' else 'relation ' end, t.table_name) as it
    from information_schema.tables t where t.table_schema = database()
    union all
    select concat('column ', c.table_name, '.', c.column_name)
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and t.table_type not in ('VIEW', 'SEQUENCE')
    union all
    select distinct concat('index ', s.table_name, '.', s.index_name)
    from information_schema.statistics s where s.table_schema = database()
    union all
    select concat('constraint ', k.constraint_name)
    from information_schema.table_constraints k
    where k.table_schema = database() and k.constraint_type not in ('UNIQUE', 'PRIMARY KEY')
    union all
    select concat('trigger ', t.trigger_name) from information_schema.triggers t where t.trigger_schema = database()
    union all
    select concat('routine ', r.routine_name) from information_schema.routines r where r.routine_schema = database()
    union all
    select concat('routine ', e.event_name) from information_schema.events e where e.event_schema = database()
    union all
    select concat('partition ', p.table_name, '.', p.partition_name)
    from information_schema.partitions p where p.table_schema = database() and p.partition_name is not null
    union all
    select concat('subpartition ', p.table_name, '.', p.table_name)
    from information_schema.partitions p where p.table_schema = database() and p.subpartition_name is not null
    ) r";

/// What the fixture omits, since it cannot be represented.
const MYSQL_MORE: &str = "
    create table keyed (id int, primary key (id) comment 'the key');
    create table packed (id int primary key) key_block_size = 8;
    create table subparted (id int, at date) partition by range (id) subpartition by hash (id)
      (partition one values less than (10) (subpartition odd, subpartition even),
       partition two values less than (20) (subpartition odd2, subpartition even2));
";

const MARIADB_MORE: &str = "
    create table versioned (id int primary key) with system versioning;
    create sequence counting;
";

const SQLITE_ROWS: &str = "
    select case type when 'table' then 'relation' when 'view' then 'relation' else type end || ' ' || name
    from sqlite_schema where name not like 'sqlite\\_%' escape '\\'
    union all
    select 'column ' || s.name || '.' || c.name
    from sqlite_schema s, pragma_table_xinfo(s.name) c
    where s.type = 'table' and s.name not like 'sqlite\\_%' escape '\\' and s.sql not like 'create virtual%'";

const SQLITE_MORE: &str = "
    create virtual table searched using fts5 (body);
    create table odd (a int primary key on conflict replace, b generated always as (a) check (b > 0));
";

/// What follows from a table that is read: partitions that its clause creates, and the check
/// of a JSON column, which is MariaDB's type.
fn follows(table: &Table, rows: &[String], known: &mut BTreeSet<String>) {
    let name = &table.name.name;
    for partition in table.partitioning.iter().flat_map(Partitioning::names) {
        known.insert(format!("partition {name}.{}", partition.name));
    }
    if let Some(partitioning) = &table.partitioning {
        let named = partitioning.partitions.is_empty();
        let made = rows.iter().filter(|it| named && it.starts_with(&format!("partition {name}.")));
        known.extend(made.cloned());
        if partitioning.by.to_ascii_uppercase().contains("SUBPARTITION") {
            known.insert(format!("subpartition {name}.{name}"));
        }
    }
    for column in &table.columns {
        if matches!(column.data_type, ColumnType::Json | ColumnType::JsonBinary) {
            known.insert(format!("constraint {}", column.name));
        }
    }
}

/// Whether it is listed, or a part of a listed table; the same for the tables in which a
/// virtual table stores its rows.
fn of_listed(schema: &Schema, key: &str) -> bool {
    let name = key.split_once(' ').map_or(key, |(_, name)| name);
    let table = name.split('.').next().unwrap_or(name);
    listed(schema, key)
        || schema.unsupported.iter().any(|item| {
            let whole = ["U0151", "U0171"].contains(&item.code.as_str());
            let of = item.object.strip_prefix("table ").filter(|_| whole);
            of.is_some_and(|of| table == of || table.starts_with(&format!("{of}_")))
        })
}

fn complete(dialect: Dialect, sql: &str, query: &str) {
    if !wanted(dialect) {
        return;
    }
    let database = Database::fresh(dialect);
    let (rows, schema) = block_on(async {
        database.run(sql).await;
        let connection = database.connect().await;
        let schema = introspect(&connection, &Scope::default()).await.expect("it can be read");
        connection.close().await;
        (rows(&database, query).await, schema)
    });
    assert!(rows.len() > 40, "{dialect}: {}", rows.len());
    let mut known = represented(&schema);
    schema.tables.values().for_each(|table| follows(table, &rows, &mut known));
    let silent: Vec<&String> =
        rows.iter().filter(|it| !known.contains(*it) && !of_listed(&schema, it)).collect();
    assert!(silent.is_empty(), "{dialect}: {silent:?}\n{:#?}", schema.unsupported);
}

#[test]
fn every_row_of_mysql_is_read_or_listed() {
    let fixture = include_str!("../../fixtures/databases/mysql.sql");
    complete(Dialect::Mysql, &format!("{fixture}\n{MYSQL_MORE}"), MYSQL_ROWS);
}

#[test]
fn every_row_of_mariadb_is_read_or_listed() {
    let fixture = include_str!("../../fixtures/databases/mariadb.sql");
    complete(Dialect::Mariadb, &format!("{fixture}\n{MYSQL_MORE}{MARIADB_MORE}"), MYSQL_ROWS);
}

#[test]
fn every_row_of_sqlite_is_read_or_listed() {
    let fixture = include_str!("../../fixtures/databases/sqlite.sql");
    complete(Dialect::Sqlite, &format!("{fixture}\n{SQLITE_MORE}"), SQLITE_ROWS);
}
