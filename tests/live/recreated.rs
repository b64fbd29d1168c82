//! PostgreSQL: what must be recreated because something that it depends on changes.

use crate::kinds::{Change, change};

#[test]
fn a_generated_column_goes_for_another_collation() {
    change(&Change {
        before: "create table t (id int, a text, g text generated always as (a || 'x') stored)",
        after: "create table t (id int, a text collate \"C\",
            g text generated always as (a || 'x') stored)",
        rows: "insert into t values (1, 'a')",
        sql: &["DROP COLUMN \"g\"", "COLLATE \"C\"", "ADD COLUMN \"g\""],
        expect: Some(("select g from t", "ax")),
        ..Change::default()
    });
    change(&Change {
        before: "create domain d as text;
            create table t (id int, a d, g text generated always as (a || 'x') stored)",
        after: "create domain d as text collate \"C\";
            create table t (id int, a d, g text generated always as (a || 'x') stored)",
        rows: "insert into t values (1, 'a')",
        expect: Some(("select g from t", "ax")),
        ..Change::default()
    });
}

#[test]
fn a_routine_lets_go_of_a_domain() {
    change(&Change {
        before: "create domain d as int; create table t (id d);
            create function f(x d) returns int language sql as 'select 5';
            create function g() returns d language sql as 'select 5'",
        after: "create domain d as bigint; create table t (id d);
            create function f(x d) returns int language sql as 'select 5';
            create function g() returns d language sql as 'select 5'",
        rows: "insert into t values (7)",
        expect: Some(("select id::text from t", "7")),
        ..Change::default()
    });
}

#[test]
fn an_enum_keeps_its_comment() {
    change(&Change {
        before: "create type m as enum ('a', 'b'); comment on type m is 'said'; create table t (a m)",
        after: "create type m as enum ('b', 'a'); comment on type m is 'said'; create table t (a m)",
        rows: "insert into t values ('a')",
        ..Change::default()
    });
}

/// The server resets the target of statistics over a column that gets another type.
#[test]
fn statistics_keep_their_target() {
    let statistics = "create statistics s on a, b from t; alter statistics s set statistics 7;
        comment on statistics s is 'said'";
    for (before, after) in [
        ("create table t (a int, b int)", "create table t (a bigint, b int)"),
        ("create table t (a text, b int)", "create table t (a text collate \"C\", b int)"),
        (
            "create type m as enum ('1', '2'); create table t (a m, b int)",
            "create type m as enum ('2', '1'); create table t (a m, b int)",
        ),
        (
            "create domain d as int; create table t (a d, b int)",
            "create domain d as bigint; create table t (a d, b int)",
        ),
    ] {
        change(&Change {
            before: &format!("{before}; {statistics}"),
            after: &format!("{after}; {statistics}"),
            rows: "insert into t values ('1', 1)",
            ..Change::default()
        });
    }
    let parts = "partition by list (b); create table t1 partition of t for values in (1);
        create statistics s on a, b from t1; alter statistics s set statistics 7";
    change(&Change {
        before: &format!("create table t (a int, b int) {parts}"),
        after: &format!("create table t (a bigint, b int) {parts}"),
        rows: "insert into t values (1, 1)",
        ..Change::default()
    });
}

/// The server drops the statistics of a materialized view with it.
#[test]
fn statistics_of_a_materialized_view_are_recreated() {
    let statistics = "create statistics s on a, b from m; alter statistics s set statistics 7";
    let (table, view) = ("create table t (a int, b int)", "create materialized view m as select");
    let before = format!("{table}; {view} a, b from t; {statistics}");
    change(&Change {
        before: &before,
        after: &format!("{table}; {view} a, b, 1 as c from t; {statistics}"),
        sql: &["DROP STATISTICS", "DROP MATERIALIZED VIEW", "CREATE STATISTICS"],
        ..Change::default()
    });
    change(&Change {
        before: &before,
        after: &format!("create table t (a bigint, b int); {view} a, b from t; {statistics}"),
        sql: &["DROP STATISTICS", "DROP MATERIALIZED VIEW", "CREATE STATISTICS"],
        ..Change::default()
    });
    change(&Change {
        before: &before,
        after: table,
        sql: &["DROP STATISTICS", "DROP MATERIALIZED VIEW"],
        ..Change::default()
    });
}
