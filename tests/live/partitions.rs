//! PostgreSQL: partitions that become tables, tables that become partitions, and
//! partitions that get another place. Between two databases, both ways, rows kept.

use autogen_dialect::Dialect;
use autogen_live::Scope;
use autogen_plan::Options;
use autogen_tests::drive::{migration, reached, read, run_down, run_up, settled_plan};
use autogen_tests::laws::{laws, written};
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::wanted;

/// What is there on both sides.
const COMMON: &str = "
    create type kind as enum ('x', 'y');
    create table owners (id int primary key);
    create table t (
      id serial,
      at date not null,
      kind kind default 'x',
      owner int references owners (id) on delete cascade,
      twice int generated always as (id * 2) stored,
      constraint t_key primary key (id, at),
      constraint t_once unique (at, id),
      constraint t_late check (at > '1990-01-01')
    ) partition by range (at);
    create index t_kind on t (kind, lower(owner::text)) where id > 0;
    create table t_rest partition of t default;
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create trigger t_touch before update on t for each row execute function touch();
";

const P: &str = "create table p partition of t for values from ('2026-01-01') to ('2027-01-01');";
const PLAIN: &str = "
    create table p (
      at date not null, id serial primary key, kind kind, owner bigint, extra text default 'e'
    );
    create index p_at on p (at);
    create view seen as select id, at from p;
";

/// Both sides, and what rows come first.
const PAIRS: [(&str, &str, &str); 8] = [
    (P, PLAIN, "insert into t (at) values ('2026-02-02'), ('2026-03-03'), ('2020-01-01')"),
    (
        P,
        "create table p partition of t for values from ('2025-01-01') to ('2028-01-01');",
        "insert into t (at) values ('2026-02-02'), ('2020-01-01')",
    ),
    (
        P,
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01')
           partition by hash (id);
         create table p_0 partition of p for values with (modulus 2, remainder 0);
         create table p_1 partition of p for values with (modulus 2, remainder 1);",
        "insert into t (at) values ('2026-02-02'), ('2026-02-03'), ('2020-01-01')",
    ),
    (
        "create table u (like t including all excluding indexes) partition by list (kind);
         create table p partition of u for values in ('x');",
        "create table u (like t including all excluding indexes) partition by list (kind);
         create table p partition of t for values from ('2026-01-01') to ('2027-01-01');",
        "insert into u (at) values ('2026-02-02'), ('2026-02-03')",
    ),
    (
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01')
           partition by hash (id);
         create table p_0 partition of p for values with (modulus 1, remainder 0);",
        "create table p partition of t for values from ('2027-01-01') to ('2028-01-01')
           partition by hash (id);
         create table p_0 partition of t for values from ('2026-01-01') to ('2027-01-01');",
        "insert into t (at) values ('2026-02-02'), ('2026-02-03')",
    ),
    (
        "create schema archive;
         create table archive.p partition of t for values from ('2026-01-01') to ('2027-01-01');",
        "create schema archive;
         create table archive.p (id bigint, at date);",
        "insert into t (at) values ('2026-02-02'), ('2026-02-03')",
    ),
    (
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01');
         create table c (id int, at date, foreign key (id, at) references t);",
        "create table p (id int, at date, primary key (id, at));
         create table c (id int, at date, foreign key (id, at) references p);",
        "insert into t (at) values ('2026-02-02'); insert into c values (1, '2026-02-02')",
    ),
    (
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01');
         alter index p_pkey rename to odd;
         alter index p_kind_lower_idx rename to other;
         alter table p rename constraint t_owner_fkey to refers;",
        "drop table t cascade; create table p (id int, at date not null, twice int);",
        "insert into t (at) values ('2026-02-02')",
    ),
];

#[test]
fn what_only_the_partition_has_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let [before, after] = [format!("{P} create index only_here on p (owner);"), PLAIN.to_owned()]
        .map(|sql| {
            let database = Database::fresh(Dialect::Postgres);
            block_on(database.run(&format!("{COMMON} {sql}")));
            database
        });
    block_on(async {
        let (connection, goal) = (before.connect().await, after.connect().await);
        let there = read(&connection, &Scope::default()).await.unwrap();
        let declared = written(read(&goal, &Scope::default()).await.unwrap());
        let plan = settled_plan(&connection, &there, &declared, &Options::default()).await;
        let error = plan.unwrap_err();
        assert!(error.contains("index only_here of partition p"), "{error}");
        goal.close().await;
        connection.close().await;
    });
}

async fn count(connection: &autogen_live::Connection, tables: &[&str]) -> i64 {
    let mut total = 0;
    for table in tables {
        let sql = format!("select count(*) as n from {table}");
        let row = connection.raw().query_one_raw(sea_orm::Statement::from_string(
            connection.raw().get_database_backend(),
            sql,
        ));
        if let Ok(Some(row)) = row.await {
            total += row.try_get::<i64>("", "n").unwrap();
        }
    }
    total
}

#[test]
fn rows_stay_where_partitions_change_their_standing() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let scope = Scope { schemas: vec!["public".to_owned()], ..Scope::default() };
    let scope = Scope { expected: ["archive".to_owned()].into(), ..scope };
    for (number, (one, other, rows)) in PAIRS.into_iter().enumerate() {
        let [before, after] = [one, other].map(|sql| {
            let database = Database::fresh(Dialect::Postgres);
            block_on(database.run(&format!("{COMMON} {sql}")));
            database
        });
        block_on(async {
            before.run(rows).await;
            let connection = before.connect().await;
            let goal = after.connect().await;
            let there = read(&connection, &scope).await.unwrap();
            let wanted = read(&goal, &scope).await.unwrap();
            goal.close().await;
            let declared = written(wanted);
            let plan =
                settled_plan(&connection, &there, &declared, &Options::default()).await.unwrap();
            laws(&plan).unwrap_or_else(|error| panic!("{number}: {error}"));
            let text = || autogen_plan::emit::text(&plan);
            let drops = plan.changes().iter().any(|it| it.kind() == "drop_partition");
            assert!(!drops, "{number}: {}", text());
            let own = ["only p", "archive.p", "p_0", "p_1"];
            let had = count(&connection, &own).await;
            let result = run_up(&connection, &migration(&plan, true).unwrap()).await;
            result.unwrap_or_else(|error| panic!("{number}: {error}\n{}", text()));
            let result = reached(&connection, &scope, &plan.schema.after, "up").await;
            result.unwrap_or_else(|error| panic!("{number}: {error}\n{}", text()));
            assert_eq!(count(&connection, &own).await, had, "{number}: {}", text());
            assert_eq!(plan.down.refusals, [], "{number}");
            let result = run_down(&connection, &migration(&plan, false).unwrap()).await;
            result.unwrap_or_else(|error| panic!("{number}: {error}\n{}", text()));
            let result = reached(&connection, &scope, &plan.schema.before, "down").await;
            result.unwrap_or_else(|error| panic!("{number}: {error}\n{}", text()));
            assert_eq!(count(&connection, &own).await, had, "{number}: {}", text());
            connection.close().await;
        });
    }
}
