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
