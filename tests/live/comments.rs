//! Comments on everything that can have one: set, changed and removed, up and down, one
//! object after the other.

use autogen_dialect::Dialect;
use autogen_live::{Connection, introspect};
use autogen_plan::{Options, Plan, emit};
use autogen_schema::{Declared, Schema};
use autogen_tests::drive::{migration, run_down, run_up};
use autogen_tests::laws::{laws, planned_from, same, tidy};
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::{kinds, wanted};

/// One object of each kind.
const OBJECTS: &str = r#"
    create schema s1; create extension hstore; create extension pg_trgm schema s1;
    create collation own (locale = 'C');
    create type mood as enum ('sad', 'glad');
    create domain short as text constraint is_short check (length(value) < 9);
    create sequence counts;
    create table parent (id int constraint parent_key primary key);
    create table "Odd ""name" (
        id int constraint odd_key primary key,
        "A b" text constraint odd_unique unique,
        span int4range, constraint odd_excluded exclude using gist (span with &&),
        parent int constraint odd_parent references parent (id),
        constraint odd_check check (id > 0)
    );
    create index odd_index on "Odd ""name" (parent);
    create unique index odd_lower on "Odd ""name" (lower("A b"));
    create statistics odd_statistics on id, parent from "Odd ""name";
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create function twice(a int, b text default 'x') returns int language sql as 'select a * 2';
    create procedure rest(a int) language sql as 'select 1';
    create aggregate total(int) (sfunc = int4pl, stype = int);
    create trigger touched before update on "Odd ""name" for each row execute function touch();
    alter table "Odd ""name" enable row level security;
    create policy own_rows on "Odd ""name" using (id > 0);
    create view seen as select id, "A b" from "Odd ""name";
    create trigger seen_touched instead of insert on seen for each row execute function touch();
    create materialized view kept as select id from parent;
    create index kept_index on kept (id);
    create table parts (id int, at date) partition by range (at);
    create index parts_index on parts (at);
    create table parts_rest partition of parts default;
    create table s1.parts_2020 partition of parts for values from ('2020-01-01') to ('2021-01-01')
        partition by hash (id);
    create table parts_2020_0 partition of s1.parts_2020 for values with (modulus 1, remainder 0);
"#;

/// The objects of COMMENT ON.
const COMMENTED: [&str; 38] = [
    "SCHEMA s1",
    "EXTENSION hstore",
    "EXTENSION pg_trgm",
    "COLLATION own",
    "TYPE mood",
    "DOMAIN short",
    "CONSTRAINT is_short ON DOMAIN short",
    "SEQUENCE counts",
    "TABLE parent",
    "CONSTRAINT parent_key ON parent",
    "COLUMN parent.id",
    "TABLE \"Odd \"\"name\"",
    "COLUMN \"Odd \"\"name\".\"A b\"",
    "CONSTRAINT odd_key ON \"Odd \"\"name\"",
    "CONSTRAINT odd_unique ON \"Odd \"\"name\"",
    "CONSTRAINT odd_excluded ON \"Odd \"\"name\"",
    "CONSTRAINT odd_parent ON \"Odd \"\"name\"",
    "CONSTRAINT odd_check ON \"Odd \"\"name\"",
    "INDEX odd_index",
    "INDEX odd_lower",
    "STATISTICS odd_statistics",
    "FUNCTION touch()",
    "FUNCTION twice(int, text)",
    "PROCEDURE rest(int)",
    "AGGREGATE total(int)",
    "TRIGGER touched ON \"Odd \"\"name\"",
    "POLICY own_rows ON \"Odd \"\"name\"",
    "VIEW seen",
    "COLUMN seen.\"A b\"",
    "TRIGGER seen_touched ON seen",
    "MATERIALIZED VIEW kept",
    "COLUMN kept.id",
    "INDEX kept_index",
    "TABLE parts",
    "INDEX parts_index",
    "TABLE parts_rest",
    "TABLE s1.parts_2020",
    "TABLE parts_2020_0",
];

/// Texts, as literals, that break naive quoting.
const TEXTS: [&str; 3] =
    [r"'it''s \n no line; ''--'", "E'two\\nlines\\twith $$ and /* \\\\ */ and é'", "NULL"];

async fn read(connection: &Connection) -> Schema {
    let schema = introspect(connection, &kinds::scope()).await.expect("it can be read");
    Dialect::Postgres.canonicalize(&schema)
}

fn planned(before: &Schema, after: &Schema) -> Plan {
    let after = Declared::whole(after.clone());
    planned_from(before, &after, Dialect::Postgres, &Options::default())
        .unwrap_or_else(|error| panic!("{}: {error}", error.code()))
}

fn equal(found: &Schema, goal: &Schema, way: &str) {
    same(&tidy(found), &tidy(goal), way).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn each_kind_up_and_down() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let (one, two) = (Database::fresh(Dialect::Postgres), Database::fresh(Dialect::Postgres));
    block_on(async {
        one.run(OBJECTS).await;
        two.run(OBJECTS).await;
        let (ours, theirs) = (one.connect().await, two.connect().await);
        let mut before = read(&ours).await;
        assert!(before.unsupported.is_empty(), "{:?}", before.unsupported);
        for object in COMMENTED {
            for text in TEXTS {
                let place = format!("{object} IS {text}");
                let sql = format!("COMMENT ON {place}");
                theirs.raw().execute_unprepared(&sql).await.expect("a comment");
                let after = read(&theirs).await;
                assert_ne!(before, after, "{place}");
                let plan = planned(&before, &after);
                laws(&plan).unwrap_or_else(|error| panic!("{error}\n{}", emit::text(&plan)));
                let steps: Vec<&str> = plan.up.steps().map(|it| it.step.sql.as_str()).collect();
                assert_eq!(steps.len(), 1, "{place}: {steps:?}");
                assert!(steps[0].starts_with("COMMENT ON "), "{steps:?}");
                let (up, down) =
                    (migration(&plan, true).unwrap(), migration(&plan, false).unwrap());
                run_up(&ours, &up).await.unwrap_or_else(|error| panic!("{place}: {error}"));
                equal(&read(&ours).await, &after, &format!("{place}: up"));
                assert!(planned(&read(&ours).await, &after).is_empty(), "{place}");
                run_down(&ours, &down).await.unwrap_or_else(|error| panic!("{place}: {error}"));
                equal(&read(&ours).await, &before, &format!("{place}: down"));
                ours.raw().execute_unprepared(&sql).await.expect("a comment");
                before = after;
            }
        }
        ours.close().await;
        theirs.close().await;
    });
}

/// A declared object is created with its comments.
#[test]
fn all_at_once_and_written_down() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let (one, two) = (Database::fresh(Dialect::Postgres), Database::fresh(Dialect::Postgres));
    block_on(async {
        one.run(OBJECTS).await;
        let (ours, theirs) = (one.connect().await, two.connect().await);
        for (at, object) in COMMENTED.iter().enumerate() {
            let sql = format!("COMMENT ON {object} IS {}", TEXTS[at % 2]);
            ours.raw().execute_unprepared(&sql).await.expect("a comment");
        }
        let there = read(&ours).await;
        let plan = planned(&read(&theirs).await, &there);
        let comments = plan.up.steps().filter(|it| it.step.sql.starts_with("COMMENT ON ")).count();
        assert_eq!(comments, COMMENTED.len());
        run_up(&theirs, &migration(&plan, true).unwrap())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        equal(&read(&theirs).await, &there, "made anew");
        let files = emit::scripts_sql(Dialect::Postgres, &there).expect("it can be written");
        for object in
            ["EXTENSION \"hstore\"", "TABLE \"parts_rest\"", "TABLE \"s1\".\"parts_2020\""]
        {
            assert!(files.contains(&format!("COMMENT ON {object} IS ")), "{files}");
        }
        ours.close().await;
        theirs.close().await;
    });
}
