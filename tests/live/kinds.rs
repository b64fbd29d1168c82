//! Objects other than tables, from one database to another: up, down, up again, with rows and
//! counters kept.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_plan::{Given, Options, Plan, emit};
use autogen_schema::{Declared, Schema};
use autogen_tests::drive::{migration, run_down, run_up};
use autogen_tests::laws::{laws, planned_from, same, tidy};
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::wanted;

/// One change of a database.
#[derive(Default)]
pub(crate) struct Change<'a> {
    pub(crate) before: &'a str,
    pub(crate) after: &'a str,
    /// Rows for the database before.
    pub(crate) rows: &'a str,
    pub(crate) rename: &'a [&'a str],
    /// A query, and its result after the way up.
    pub(crate) expect: Option<(&'a str, &'a str)>,
    /// The same after the way down.
    pub(crate) back: Option<(&'a str, &'a str)>,
    /// Texts of the way up, in this order.
    pub(crate) sql: &'a [&'a str],
}

pub(crate) fn scope() -> Scope {
    let all = ["public", "s1", "s2"].map(str::to_owned);
    Scope { expected: BTreeSet::from(all), privileges: true, ..Scope::default() }
}

pub(crate) async fn read(connection: &Connection) -> Schema {
    let schema = introspect(connection, &scope()).await.expect("it can be read");
    Dialect::Postgres.canonicalize(&schema)
}

pub(crate) fn planned(before: &Schema, after: &Schema, options: &Options) -> Plan {
    let after = Declared::whole(after.clone());
    planned_from(before, &after, Dialect::Postgres, options)
        .unwrap_or_else(|error| panic!("{}: {error}", error.code()))
}

pub(crate) async fn ask(connection: &Connection, query: &str) -> String {
    let raw = connection.raw();
    let statement = sea_orm::Statement::from_string(raw.get_database_backend(), query);
    let row = raw.query_one_raw(statement).await.expect("it runs").expect("a row");
    row.try_get_by_index::<Option<String>>(0).expect("a text").unwrap_or_default()
}

async fn is(connection: &Connection, goal: &Schema, way: &str) {
    let found = read(connection).await;
    if let Err(error) = same(&tidy(&found), &tidy(goal), way) {
        let plan = planned(&found, goal, &Options::default());
        assert!(plan.is_empty(), "{error}\n{}", emit::text(&plan));
    }
}

#[track_caller]
pub(crate) fn change(change: &Change<'_>) {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let (one, two) = (Database::fresh(Dialect::Postgres), Database::fresh(Dialect::Postgres));
    block_on(async {
        for (database, sql) in [(&one, change.before), (&one, change.rows), (&two, change.after)] {
            if !sql.is_empty() {
                database.run(sql).await;
            }
        }
        let connection = one.connect().await;
        let other = two.connect().await;
        let (before, after) = (read(&connection).await, read(&other).await);
        other.close().await;
        let renames = change.rename.iter().map(|it| it.parse::<Given>().expect("a rename"));
        let options = Options { renames: renames.collect(), ..Options::default() };
        let plan = planned(&before, &after, &options);
        laws(&plan).unwrap_or_else(|error| panic!("{error}\n{}", emit::text(&plan)));
        let up: Vec<&str> = plan.up.steps().map(|it| it.step.sql.as_str()).collect();
        let text = up.join(";\n");
        let mut rest = text.as_str();
        for part in change.sql {
            let at =
                rest.find(part).unwrap_or_else(|| panic!("no `{part}` in its place in\n{text}"));
            rest = &rest[at + part.len()..];
        }
        let run =
            |result: Result<(), String>| result.unwrap_or_else(|error| panic!("{error}\n{text}"));
        run(run_up(&connection, &migration(&plan, true).unwrap()).await);
        is(&connection, &after, "up").await;
        if let Some((query, value)) = change.expect {
            assert_eq!(ask(&connection, query).await, value, "{query}\n{text}");
        }
        run(run_down(&connection, &migration(&plan, false).unwrap()).await);
        is(&connection, &before, "down").await;
        if let Some((query, value)) = change.back {
            assert_eq!(ask(&connection, query).await, value, "{query}\n{text}");
        }
        run(run_up(&connection, &migration(&plan, true).unwrap()).await);
        is(&connection, &after, "up again").await;
        connection.close().await;
    });
}

#[test]
fn sequences() {
    change(&Change {
        before: "create table t (id int)",
        after: "create table t (id int);
            create sequence s as integer increment by 5 minvalue 2 maxvalue 90 start 7 cache 3 cycle;
            comment on sequence s is 'it''s'",
        sql: &["CREATE SEQUENCE \"s\" AS integer INCREMENT BY 5 MINVALUE 2 MAXVALUE 90 START WITH 7 CACHE 3 CYCLE"],
        ..Change::default()
    });
    change(&Change {
        before: "create sequence s increment by 5 minvalue 2 start 7 cycle",
        after: "create sequence s as integer maxvalue 1000",
        rows: "select nextval('s')",
        expect: Some(("select last_value::text from s", "7")),
        sql: &[
            "ALTER SEQUENCE \"s\" AS integer INCREMENT BY 1 NO MINVALUE MAXVALUE 1000 START WITH 1 NO CYCLE",
        ],
        ..Change::default()
    });
    change(&Change {
        before: "create sequence s increment by -1",
        after: "create sequence s increment by -2 minvalue -100",
        ..Change::default()
    });
    change(&Change {
        before: "create sequence s; create table t (id bigint default nextval('s'))",
        after: "create sequence z; create table t (id bigint default nextval('z'))",
        rows: "insert into t default values",
        rename: &["s=z"],
        expect: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "2",
        )),
        ..Change::default()
    });
}

#[test]
fn owned_sequences() {
    change(&Change {
        before: "create table u (id int)",
        after: "create sequence s increment by 10;
            create table t (id int primary key default nextval('s'));
            alter sequence s owned by t.id; create table u (id int)",
        sql: &["CREATE SEQUENCE", "CREATE TABLE", "OWNED BY"],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int, n int); create sequence s",
        after: "create table t (id int, n int); create sequence s owned by t.n",
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial primary key)",
        after: "create table t (id serial primary key); alter sequence t_id_seq increment by 10",
        rows: "insert into t default values; insert into t default values",
        expect: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "12",
        )),
        back: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "13",
        )),
        sql: &["ALTER SEQUENCE \"t_id_seq\" INCREMENT BY 10"],
        ..Change::default()
    });
    // The counter stays where a sequence of its name is wanted.
    change(&Change {
        before: "create table t (id serial, n int)",
        after: "create table t (id int not null, n int); create sequence t_id_seq",
        rows: "insert into t (n) values (7), (8)",
        expect: Some(("select nextval('t_id_seq')::text", "3")),
        sql: &["OWNED BY NONE"],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial)",
        after: "create sequence t_id_seq",
        sql: &["OWNED BY NONE", "DROP TABLE"],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial)",
        after: "create table t (id serial); create sequence s owned by t.id",
        rows: "insert into t default values",
        expect: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "2",
        )),
        ..Change::default()
    });
    change(&Change {
        before: "create table p (id serial, d date) partition by range (d);
            create table p_d partition of p default",
        after: "create table p (id serial, d date)",
        rows: "insert into p (d) values ('2026-01-01')",
        expect: Some(("select pg_get_serial_sequence('p', 'id')", "public.p_id_seq")),
        back: Some(("select pg_get_serial_sequence('p', 'id')", "public.p_id_seq")),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial); alter sequence t_id_seq increment by 5",
        after: "create table t (id serial)",
        sql: &["ALTER SEQUENCE \"t_id_seq\" INCREMENT BY 1"],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int); create sequence s owned by t.id",
        after: "create table t (id serial)",
        sql: &["CREATE SEQUENCE \"t_id_seq\"", "DROP SEQUENCE \"s\""],
        ..Change::default()
    });
    // A serial column takes no NULL, unless somebody said so later.
    change(&Change {
        before: "create table t (id serial, n int); alter table t alter id drop not null",
        after: "create table t (id serial, n int)",
        rows: "insert into t values (null, 1)",
        expect: Some(("select id::text from t", "1")),
        sql: &["SET NOT NULL"],
        ..Change::default()
    });
    // What took the name first is another one's.
    change(&Change {
        before: "create sequence t_id_seq; create table t (id serial)",
        after: "create sequence t_id_seq; create table t (id int not null)",
        sql: &["DROP SEQUENCE \"t_id_seq1\""],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial primary key); alter sequence t_id_seq increment by 10",
        after: "create table t (id int primary key generated always as identity)",
        rows: "insert into t default values; insert into t default values",
        expect: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "12",
        )),
        back: Some((
            "with n as (insert into t default values returning id) select id::text from n",
            "22",
        )),
        ..Change::default()
    });
}

#[test]
fn identities() {
    let next = "with n as (insert into t default values returning id) select id::text from n";
    change(&Change {
        before: "create table t (id serial primary key)",
        after: "create table t (id int primary key generated by default as identity (start 5 increment 2 minvalue 1 maxvalue 1000 cache 4 cycle))",
        rows: "insert into t default values; insert into t default values; delete from t where id = 2",
        expect: Some((next, "5")),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int primary key generated always as identity (increment 3 start 9 minvalue 2 maxvalue 999 cycle))",
        after: "create table t (id bigint primary key generated always as identity)",
        rows: "insert into t default values; delete from t",
        expect: Some((next, "10")),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int generated always as identity)",
        after: "create table t (id serial)",
        rows: "insert into t default values; insert into t default values; delete from t where id = 2",
        expect: Some((next, "3")),
        back: Some((next, "4")),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int not null, n int default 5 not null)",
        after: "create table t (id int not null, n int generated by default as identity (start 100))",
        rows: "insert into t values (1, 7)",
        expect: Some((
            "with n as (insert into t (id) values (2) returning n) select n::text from n",
            "100",
        )),
        ..Change::default()
    });
}

#[test]
fn namespaces() {
    change(&Change {
        before: "create table t (id int)",
        after: "create table t (id int); create schema s1; comment on schema s1 is 'one';
            create table s1.t (id serial primary key); create type s1.mood as enum ('a');
            create domain s1.d as int; create sequence s1.q",
        sql: &["CREATE SCHEMA \"s1\""],
        ..Change::default()
    });
    change(&Change {
        before:
            "create table t (id serial primary key, n int unique); create sequence q owned by t.n;
            create table u (t_id int references t); create index i on t (n)",
        after: "create schema s1; create table s1.t (id serial primary key, n int unique);
            create sequence s1.q owned by s1.t.n;
            create table u (t_id int references s1.t); create index i on s1.t (n)",
        rows: "insert into t (n) values (1), (2); insert into u values (2)",
        rename: &["t=s1.t"],
        expect: Some(("select count(*)::text from s1.t", "2")),
        sql: &["CREATE SCHEMA \"s1\"", "ALTER TABLE \"t\" SET SCHEMA \"s1\""],
        ..Change::default()
    });
    change(&Change {
        before: "create type mood as enum ('a', 'b'); create table t (m mood default 'b')",
        after: "create schema s1; create type s1.mood as enum ('a', 'b'); create table t (m s1.mood default 'b')",
        rows: "insert into t values ('a')",
        rename: &["type:mood=s1.mood"],
        expect: Some(("select m::text from t", "a")),
        ..Change::default()
    });
    change(&Change {
        before: "create schema s1; create schema s2; comment on schema s1 is 'x'; create table s1.t (id int); create table s2.t (id int)",
        after: "create schema s1; create table s1.t (id int)",
        sql: &["DROP TABLE \"s2\".\"t\"", "DROP SCHEMA \"s2\""],
        ..Change::default()
    });
}

#[test]
fn extensions() {
    change(&Change {
        before: "create table t (a text)",
        after: "create extension citext; create extension earthdistance cascade; create schema s1;
            create extension pg_trgm schema s1; create table t (a citext)",
        rows: "insert into t values ('x')",
        expect: Some(("select a::text from t", "x")),
        sql: &[
            "CREATE SCHEMA \"s1\"",
            "CREATE EXTENSION \"citext\"",
            "CREATE EXTENSION \"cube\"",
            "CREATE EXTENSION \"earthdistance\"",
        ],
        ..Change::default()
    });
    change(&Change {
        before: "create schema s1; create extension citext schema s1",
        after: "create schema s1; create extension citext",
        ..Change::default()
    });
}

#[test]
fn domains() {
    change(&Change {
        before: "create table t (id int)",
        after: "create domain d as varchar(20) collate \"C\" default 'x' not null
                constraint short check (length(value) < 10) check (value <> 'y');
            comment on domain d is 'a domain'; comment on constraint short on domain d is 'short';
            create domain e as d; create table t (id int, a d, b e[], c d default 'z')",
        rows: "insert into t values (1)",
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as int default 1 check (value > 0); create table t (a d, n int)",
        after: "create domain d as int default 2 not null constraint positive check (value > 0)
            constraint small check (value < 10); create table t (a d, n int);
            comment on domain d is 'x'",
        rows: "insert into t values (5, 1)",
        expect: Some((
            "with n as (insert into t (n) values (1) returning a) select a::text from n",
            "2",
        )),
        sql: &[
            "SET DEFAULT 2",
            "SET NOT NULL",
            "RENAME CONSTRAINT \"d_check\" TO \"positive\"",
            "ADD CONSTRAINT \"small\"",
        ],
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as int; alter domain d add constraint c check (value > 0) not valid; create table t (a d)",
        after: "create domain d as int constraint c check (value > 0); create table t (a d)",
        sql: &["VALIDATE CONSTRAINT \"c\""],
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as int check (value > 0); create table t (a d default 1, b d[])",
        after: "create domain d as bigint check (value > 0); create table t (a d default 1, b d[])",
        rows: "insert into t values (5, '{1,2}')",
        expect: Some(("select (a, b)::text from t", "(5,\"{1,2}\")")),
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as text; create table t (a d)",
        after: "create domain e as text; create table t (a e)",
        rows: "insert into t values ('x')",
        rename: &["type:d=e"],
        sql: &["ALTER DOMAIN \"d\" RENAME TO \"e\""],
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as text; create table t (a d)",
        after: "create table t (a text)",
        rows: "insert into t values ('x')",
        expect: Some(("select a::text from t", "x")),
        ..Change::default()
    });
}

#[test]
fn partitions() {
    change(&Change {
        before: "create table u (id int)",
        after: "create table u (id int);
            create table t (id int generated by default as identity, at date not null, primary key (id, at)) partition by range (at);
            create table t_2020 partition of t for values from ('2020-01-01') to ('2021-01-01');
            create table t_rest partition of t default partition by list (id);
            create table t_rest_1 partition of t_rest for values in (1, 2);
            create index t_i on t (at); comment on table t is 'x'",
        sql: &["CREATE TABLE \"t\"", "CREATE TABLE \"t_2020\" PARTITION OF \"t\" FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"],
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int, at date) partition by range (at);
            create table t_rest partition of t default partition by hash (id);
            create table t_rest_0 partition of t_rest for values with (modulus 2, remainder 0)",
        after: "create table t (id int, at date) partition by range (at);
            create table t_rest partition of t default partition by hash (id);
            create table t_rest_0 partition of t_rest for values with (modulus 2, remainder 0);
            create table t_rest_1 partition of t_rest for values with (modulus 2, remainder 1);
            create table t_2020 partition of t for values from ('2020-01-01') to ('2021-01-01')",
        ..Change::default()
    });
    let next = "with n as (insert into t (at, n) values ('2020-01-05', 9) returning id) select id::text from n";
    change(&Change {
        before: "create table t (id int generated always as identity primary key, at date not null, n int unique);
            create index t_i on t (n); create table c (t_id int); comment on column t.n is 'n'",
        after: "create table t (id int generated always as identity, at date not null, n int, primary key (id, at)) partition by range (at);
            create table t_2020 partition of t for values from ('2020-01-01') to ('2021-01-01');
            create table t_rest partition of t default;
            create index t_i on t (n); create table c (t_id int); comment on column t.n is 'n'",
        rows: "insert into t (at, n) values ('2020-02-01', 1), ('2022-02-02', 2); delete from t where n = 2",
        expect: Some((next, "3")),
        back: Some(("select count(*)::text from t", "2")),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id serial, at date not null, primary key (id, at));
            create table c (t_id int, t_at date, constraint c_fk foreign key (t_id, t_at) references t)",
        after: "create table t (id serial, at date not null, primary key (id, at)) partition by list (at);
            create table t_rest partition of t default;
            create table c (t_id int, t_at date, constraint c_fk foreign key (t_id, t_at) references t)",
        rows: "insert into t (at) values ('2020-02-01'), ('2022-02-02'); insert into c values (1, '2020-02-01')",
        expect: Some(("select count(*)::text from t_rest", "2")),
        ..Change::default()
    });
}

#[test]
fn partitioned_under_views_and_triggers() {
    let around = "create view v as select id, at from t where n > 0;
        create function f() returns trigger language plpgsql as 'begin return new; end';
        create trigger g before insert on t for each row execute function f();
        alter table t enable row level security;
        create policy p on t using (n > 0)";
    let plain = format!("create table t (id int, at date, n int, primary key (id, at)); {around}");
    let divided = format!(
        "create table t (id int, at date, n int, primary key (id, at)) partition by hash (id);
         create table t_0 partition of t for values with (modulus 1, remainder 0); {around}"
    );
    change(&Change {
        before: &plain,
        after: &divided,
        rows: "insert into t values (1, '2020-01-01', 1)",
        expect: Some(("select count(*)::text from v", "1")),
        back: Some(("select count(*)::text from v", "1")),
        ..Change::default()
    });
}

#[test]
fn privileges_outlive_what_is_made_anew() {
    change(&Change {
        before: "create table t (id int, a varchar(5)); create view v as select id, a from t; grant select on v, t to public",
        after: "create table t (id int, a int); create view v as select id, a from t; grant select on v, t to public",
        rows: "insert into t values (1, '2')",
        expect: Some((
            "select has_table_privilege('pg_read_all_stats', 'v', 'select')::text",
            "true",
        )),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int, a int generated always as (id * 2) stored); create function f(i int) returns int language sql immutable as 'select i'; revoke all on function f(int) from public; grant execute on function f(int) to pg_read_all_stats; grant select (id), update (a) on t to pg_read_all_stats",
        after: "create table t (id int, a int generated always as (id * 3) stored); create function f(i int) returns bigint language sql immutable as 'select i::bigint'; revoke all on function f(int) from public; grant execute on function f(int) to pg_read_all_stats; grant select (id), update (a) on t to pg_read_all_stats",
        rows: "insert into t values (1)",
        expect: Some((
            "select (has_function_privilege('pg_read_all_stats', 'f(int)', 'execute') and not has_function_privilege('pg_signal_backend', 'f(int)', 'execute') and has_column_privilege('pg_read_all_stats', 't', 'a', 'update'))::text",
            "true",
        )),
        ..Change::default()
    });
    change(&Change {
        before: "create table t (id int); grant select on t to public",
        after: "create table t (id int) partition by list (id); create table t_1 partition of t default; grant select, insert on t to public",
        rows: "insert into t values (1)",
        ..Change::default()
    });
}

#[test]
fn inherited_tables_stay() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let sql = "create table parent (id int); create table child () inherits (parent); create table u (id int)";
    let before = crate::read(Dialect::Postgres, sql);
    let after = crate::read(Dialect::Postgres, "create table u (id int)");
    let plan = planned(&before, &after, &Options::default());
    assert!(plan.is_empty(), "{}", emit::text(&plan));
    let codes: Vec<&str> = plan.ambiguities.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["D0106"]);
}
