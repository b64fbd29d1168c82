//! Schemas, extensions, domains, sequences, partitions, statistics and
//! privileges, from models and `.sql` files to the database and back.

use autogen_dialect::Dialect;

use crate::models::one;
use crate::project::{Project, wanted};

const CONFIG: &str = "models = \"src\"\nsql = [\"schema/*.sql\"]\nprivileges = true\n";

const FIELDS: &str =
    "#[autogen(sql_type = \"short\")]\n        pub name: String,\n        pub age: i32,";

const SQL: &str = "\
create schema extra;
comment on schema extra is 'more';
create extension citext;
create domain short as text check (length(value) < 9);
create sequence numbers increment by 5 start with 10;
create statistics people_stats on name, age from people;
create function grown(age integer) returns boolean language sql immutable as 'select age > 17';
create procedure tidy() language sql as 'select 1';
grant select on people to public;
grant select (name), update (name, age) on people to pg_read_all_stats with grant option;
revoke execute on function grown(integer) from public;
grant execute on function grown to pg_read_all_stats;
grant execute on procedure tidy() to pg_read_all_stats;
";

#[test]
fn typed_kinds_are_declared_adopted_and_undone() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &one("people", FIELDS));
    project.write("autogen.toml", CONFIG);
    project.write("schema/all.sql", SQL);
    let ran = project.run(&["diff", "-m", "first"]).ok();
    for part in [
        "create schema extra",
        "create domain short",
        "grant SELECT on people to public",
        "grant UPDATE on people.age to pg_read_all_stats with grant option",
        "revoke EXECUTE on grown(integer) from public",
        "grant EXECUTE on tidy() to pg_read_all_stats",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    project.run(&["diff", "--from", "migrations", "--to", "models"]).ok().shows("no changes");
    let adopted = project.run(&["inspect", "--scripts"]).ok().out;
    project.write("schema/all.sql", &adopted);
    project.unchanged(&["check"]).ok();
    project.write("schema/all.sql", "create domain short as text;");
    let ran = project.run(&["diff", "-m", "less"]).ok();
    for part in ["drop sequence numbers", "drop statistics people_stats", "revoke SELECT"] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    project.run(&["downgrade", "-1"]).ok();
}

#[test]
fn what_else_is_in_a_named_schema_is_left_alone() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let models = one("people", "pub age: i32,")
        .replace("table_name = \"people\"", "table_name = \"people\", schema_name = \"shared\"");
    let project = Project::with_models(Dialect::Postgres, &models);
    project.execute("create schema shared; create table shared.theirs (id int)");
    let ran = project.run(&["diff", "-m", "first"]).ok();
    assert!(ran.out.contains("create table shared.people"), "{}", ran.out);
    assert!(!ran.out.contains("theirs"), "{}", ran.out);
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
}

#[test]
fn mistakes_are_told_with_their_place() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &one("people", "pub age: i32,"));
    project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
    for (sql, part) in [
        ("create sequence s increment by x;", "whole number"),
        ("create domain d;", "has no type"),
        ("create table p partition of people default;", "not declared as partitioned"),
        ("grant select on people to public;", "privileges = true"),
        ("revoke all on people from public;", "privileges = true"),
        ("create extension plpgsql;", "plpgsql"),
        ("create statistics s on age from nowhere;", "nowhere"),
    ] {
        project.write("schema/all.sql", &format!("-- a remark\n{sql}"));
        let ran = project.run(&["diff", "--dry-run"]);
        let text = format!("{}{}", ran.out, ran.err);
        assert_ne!(ran.code, 0, "{sql}");
        assert!(text.contains("schema/all.sql:2") && text.contains(part), "{sql}\n{text}");
    }
}

#[test]
fn mistaken_privileges_are_told_with_their_place() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &one("people", "pub age: i32,"));
    project.write("autogen.toml", CONFIG);
    for (sql, part) in [
        ("grant select (size) on people to public;", "people.size"),
        ("grant delete (age) on people to public;", "DELETE"),
        ("grant select age on people to public;", "SELECT AGE"),
        ("grant select ( on people to public;", "not understood"),
        ("grant usage (a) on schema x to public;", "not understood"),
        ("grant execute on function nothing() to public;", "nothing()"),
        ("revoke select on people from public;", "revokes a privilege that nobody has"),
        ("revoke all on people from public;", "revokes a privilege that nobody has"),
        ("revoke execute on function nothing() from public;", "nothing()"),
    ] {
        project.write("schema/all.sql", &format!("-- a remark\n{sql}"));
        let ran = project.run(&["diff", "--dry-run"]);
        let text = format!("{}{}", ran.out, ran.err);
        assert_ne!(ran.code, 0, "{sql}");
        assert!(text.contains("schema/all.sql:2") && text.contains(part), "{sql}\n{text}");
    }
}
