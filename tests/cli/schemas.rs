//! PostgreSQL: schemas next to the current one, and objects that are not supported on either
//! side.

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on};

use crate::models::BLOG;
use crate::project::{Project, Ran, wanted};

fn database(sql: &str) -> Database {
    let database = Database::fresh(Dialect::Postgres);
    block_on(database.run(sql));
    database
}

fn diff(project: &Project, before: &Database, after: &Database) -> Ran {
    project.run(&["diff", "--dry-run", "--format=sql", "--from", before.url(), "--to", after.url()])
}

#[test]
fn two_databases_are_compared_in_all_schemas() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let before = database(
        "create schema gone; create table gone.t (id int); create schema common;
         create table common.a (id int);",
    );
    let after = database(
        "create schema common; create table common.a (id int, n int); create schema comes;
         create type comes.kind as enum ('x'); create table comes.u (id int, k comes.kind);",
    );
    let ran = diff(&project, &before, &after).ok();
    for line in [
        "CREATE SCHEMA \"comes\";",
        "CREATE TYPE \"comes\".\"kind\"",
        "ALTER TABLE \"common\".\"a\" ADD COLUMN \"n\"",
        "DROP TABLE \"gone\".\"t\";",
        "DROP SCHEMA \"gone\";",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let changed = project.run(&[
        "diff",
        "--dry-run",
        "--exit-code",
        "--from",
        before.url(),
        "--to",
        before.url(),
    ]);
    changed.exits(0);
    // One side may lack some of the named schemas, but not both.
    let config = project.read("autogen.toml");
    project.write("autogen.toml", &format!("{config}\nschemas = [\"comes\"]\n"));
    let ran = diff(&project, &before, &after).ok();
    assert!(ran.out.contains("CREATE SCHEMA \"comes\";"), "{}", ran.out);
    assert!(!ran.out.contains("gone"), "{}", ran.out);
    assert!(ran.err.contains("not read: schema gone (1 object)"), "{}", ran.err);
    project.write("autogen.toml", &format!("{config}\nschemas = [\"nowhere\"]\n"));
    let ran = diff(&project, &before, &after).exits(3);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
}

/// Names are compared as they are in the first database, whatever schema is current in the other.
#[test]
fn two_databases_with_other_search_paths_are_compared() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let sql = "create table t (id int); create schema s2; create table s2.u (id int);
               create view v as select t.id from t join s2.u on u.id = t.id;";
    let (one, other) = (database(sql), database(sql));
    let url = format!("{}?options=-c%20search_path%3Ds2,public", other.url());
    let between = |before: &str, after: &str| {
        project.run(&["diff", "--dry-run", "--from", before, "--to", after]).ok()
    };
    between(one.url(), &url).shows("no changes\n");
    between(&url, one.url()).shows("no changes\n");
    block_on(other.run("alter table s2.u add n int"));
    between(one.url(), &url).shows("+ add column s2.u.n");
    // In the second, `s2` is the current schema.
    between(&url, one.url()).shows("- drop column u.n");
}

#[test]
fn what_lies_outside_is_counted_and_what_uses_ours_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    block_on(project.database().run(
        "create schema reports; create table old (id int primary key, n int);
         create view reports.seen as select id from old;
         create table reports.facts (old int references old);",
    ));
    let ran = project.run(&["diff", "--dry-run", "--drop", "old"]).exits(2);
    assert!(ran.err.contains("A0417"), "{}", ran.err);
    assert!(ran.err.contains("constraint facts_old_fkey on table reports.facts uses it"));
    block_on(project.database().run("drop table reports.facts"));
    let ran = project.run(&["diff", "--dry-run", "--drop", "old"]).exits(2);
    assert!(ran.err.contains("view reports.seen uses it"), "{}", ran.err);
    block_on(project.database().run("drop view reports.seen"));
    block_on(project.database().run("create table reports.facts (id int);"));
    let ran = project.run(&["diff", "--dry-run", "--drop", "old"]).ok();
    assert!(ran.err.contains("not read: schema reports (1 object)"), "{}", ran.err);
    assert!(ran.out.contains("drop table old"), "{}", ran.out);
}

#[test]
fn what_the_other_side_can_not_represent_drops_nothing() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let before = database(
        "create table base (id int); create table child (id int, n int);
         create type span as enum ('x'); create table uses (id int);",
    );
    let after = database(
        "create table base (id int); create table child (n int) inherits (base);
         create type span as range (subtype = int); create table uses (id int, s span);
         create type pair as (a int, b int); create table more (p pair[]);
         create rule r as on insert to base do also select 1;",
    );
    let ran = diff(&project, &before, &after).ok();
    assert!(!ran.out.contains("DROP"), "{}", ran.out);
    for note in ["table child: ", "type span: ", "type pair: ", "rule r of base: "] {
        assert!(ran.err.contains(&format!("left alone: {note}")), "{note}\n{}", ran.err);
    }
    assert!(ran.out.contains("DD113"), "{}", ran.out);
    let absent = "fails if the type pair does not exist: it was not read, and it does not exist";
    assert!(ran.err.contains(absent), "{}", ran.err);
    // A migration that could not run is not written.
    let writes = ["diff", "-m", "more", "--from", before.url(), "--to", after.url()];
    project.unchanged(&writes).fails(4, "A0623", "the type pair");
}

/// A schema with an object that is left alone cannot be dropped.
#[test]
fn a_schema_that_holds_what_is_left_alone_is_not_dropped() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    project.write("autogen.toml", "models = \"src\"\nexclude = [\"old.kept\"]\n");
    let after = database("create table t (id int);");
    for (made, told) in [
        ("create type old.span as range (subtype = int)", "type old.span is in it"),
        ("create type old.pair as (a int)", "type old.pair is in it"),
        (
            "create operator old.=== (function = int4eq, leftarg = int, rightarg = int)",
            "operator old.===(integer,integer) is in it",
        ),
        ("create table old.kept (id int)", "table old.kept is in it"),
        ("create view old.kept as select 1 as x", "view old.kept is in it"),
    ] {
        let before = database(&format!(
            "create table t (id int); create schema old; create table old.gone (id int); {made};"
        ));
        diff(&project, &before, &after).fails(2, "A0417", told);
    }
    let before =
        database("create table t (id int); create schema old; create table old.gone (id int);");
    let ran = diff(&project, &before, &after).ok();
    assert!(ran.out.contains("DROP SCHEMA \"old\";"), "{}", ran.out);
}

/// MySQL and MariaDB reject a drop halfway, and let views of other databases break silently:
/// both are detected before.
#[test]
fn what_other_databases_of_a_server_use_is_in_the_way() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| wanted(*it)) {
        let fresh = |sql: &str| {
            let database = Database::fresh(dialect);
            block_on(database.run(sql));
            database
        };
        let table = "create table t (id int primary key, a int not null, unique key (a))";
        let keep = "create table kept_out (id int primary key, t int, \
                    constraint of_kept foreign key (t) references t (id))";
        let before = fresh(table);
        let own = before.url().rsplit('/').next().expect("a name").to_owned();
        let project = Project::with_models(dialect, BLOG);
        let after = fresh("create table u (id int)");
        let other = fresh(&format!(
            "create table c (a int, constraint of_other foreign key (a) references `{own}`.t (a))"
        ));
        let said = |told: &str| {
            let ran = diff(&project, &before, &after).fails(2, "A0418", told);
            assert_eq!(ran.out, "", "{dialect}");
        };
        said("foreign key of_other of ");
        block_on(other.run(&format!("drop table c; create view v as select a from `{own}`.t")));
        said("view ");
        // A view of theirs reads the column by its name, whatever its type is.
        let dropped = fresh("create table t (id int primary key)");
        diff(&project, &before, &dropped).fails(2, "A0418", "view ");
        let wider = fresh(&table.replace("a int", "a bigint"));
        diff(&project, &before, &wider).ok();
        block_on(other.run("drop view v"));
        diff(&project, &before, &after).ok();
        // A table that is excluded from the comparison uses a compared one.
        block_on(before.run(keep));
        let config = project.read("autogen.toml");
        project.write("autogen.toml", &format!("{config}\nexclude = [\"kept_*\"]\n"));
        said("foreign key of_kept of ");
        block_on(before.run("drop table kept_out; create view kept_v as select x.a from t x"));
        diff(&project, &before, &dropped).fails(2, "A0418", "view kept_v");
    }
}
