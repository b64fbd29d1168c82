//! PostgreSQL: partitions that become tables, tables that become partitions, and partitions
//! that move. Between two databases, in both directions, with rows kept.

use autogen_dialect::Dialect;
use autogen_live::Scope;
use autogen_plan::Options;
use autogen_tests::drive::{migration, reached, read, run_down, run_up, settled_plan};
use autogen_tests::laws::{laws, written};
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::wanted;

/// What exists on both sides.
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

/// Both sides, after the statements for rows.
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

/// What is refused before anything runs, and how: two databases, and the message.
const REFUSED: [(&str, &str, &str); 5] = [
    (
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01');
         alter table p alter column owner set default 7;",
        PLAIN,
        "default of column owner of partition p",
    ),
    // The rows would be lost.
    (
        P,
        "create table q partition of t for values from ('2026-01-01') to ('2027-01-01');",
        "q takes its place",
    ),
    // Another one has the place of its rows.
    (
        "create table p partition of t for values from ('2026-01-01') to ('2027-01-01');
         create table q partition of t for values from ('2027-01-01') to ('2028-01-01');",
        "create table p partition of t for values from ('2026-01-01') to ('2028-01-01');",
        "dropped with its rows, and p takes its place",
    ),
    // A key column keeps its type.
    (
        "create table w (id int) partition by list (id);",
        "create table w (id bigint) partition by list (id);",
        "the table is partitioned by it",
    ),
    (
        "create table w (id int) partition by list (id);
         create table m partition of w default partition by range (id);",
        "create table w (id bigint) partition by list (id);
         create table m partition of w default partition by range (id);",
        "the table is partitioned by it",
    ),
];

#[test]
fn what_a_server_would_refuse_or_lose_is_refused() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    for (one, other, words) in REFUSED {
        let [before, after] = [one, other].map(|sql| {
            let database = Database::fresh(Dialect::Postgres);
            block_on(database.run(&format!("{COMMON} {sql}")));
            database
        });
        block_on(async {
            let (connection, goal) = (before.connect().await, after.connect().await);
            let there = read(&connection, &Scope::default()).await.unwrap();
            let declared = written(read(&goal, &Scope::default()).await.unwrap());
            let plan = settled_plan(&connection, &there, &declared, &Options::default()).await;
            let error = match plan {
                Ok(plan) => format!("{:?}", plan.up.refusals),
                Err(error) => error,
            };
            assert!(error.contains(words), "{one}\n{other}\n{error}");
            goal.close().await;
            connection.close().await;
        });
    }
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

/// Own objects of one partition, of all kinds.
const ALONE: &str = "
    create index p_kind_here on p (kind) where owner > 1;
    comment on index p_kind_here is 'only here';
    alter table p add constraint p_once unique (at, kind), add constraint p_small check (id < 900),
      add constraint p_owner_here foreign key (id) references owners (id) on update cascade,
      add constraint p_apart exclude using btree (twice with =);
    create trigger p_touch before update of kind on p for each row
      when (old.owner is distinct from new.owner) execute function touch();
    create policy p_few on p for select using (owner > 1);
    alter table p enable row level security;
";

/// Both sides of the own objects of one partition.
fn own_pairs() -> Vec<(String, String)> {
    let with = |more: &str| format!("{P} {ALONE} {more}");
    let below = "
        create table q partition of t for values from ('2030-01-01') to ('2031-01-01') partition by hash (id);
        create table q_0 partition of q for values with (modulus 1, remainder 0);";
    vec![
        (P.to_owned(), with("")),
        // The partition is created with it, and dropped.
        (String::new(), with("")),
        // Each of them differs.
        (
            with(""),
            format!(
                "{P}
                 create index p_kind_there on p (kind) where owner > 1;
                 alter table p add constraint p_once unique (at, kind, owner), add constraint p_small check (id < 800),
                   add constraint p_owner_here foreign key (id) references owners (id);
                 create trigger p_touch after update on p for each row execute function touch();
                 alter table p disable trigger p_touch;
                 create policy p_few on p for select using (owner > 2);
                 alter table p enable row level security, force row level security;"
            ),
        ),
        // The type that they use changes.
        (
            with("create index p_computed on p (abs(owner)); "),
            with(
                "create index p_computed on p (abs(owner));
                 drop trigger p_touch on p; drop policy p_few on p;
                 alter table t drop constraint t_owner_fkey, alter column owner type bigint;
                 create trigger p_touch before update of kind on p for each row
                   when (old.owner is distinct from new.owner) execute function touch();
                 create policy p_few on p for select using (owner > 1);",
            ),
        ),
        // A function that only a partition's trigger and check call; a column that only its index
        // uses.
        (
            P.to_owned(),
            format!(
                "{P}
                 create function small(int) returns bool immutable language sql as 'select $1 < 5';
                 create function other() returns trigger language plpgsql as 'begin return new; end';
                 alter table t add column note text;
                 alter table p add constraint p_small check (small(id));
                 create index p_note on p (lower(note));
                 create trigger p_other before insert on p for each row execute function other();"
            ),
        ),
        // A partition of a partition, and one that is itself partitioned.
        (
            below.to_owned(),
            format!(
                "{below} create index q_kind on q (kind); create index q_0_kind on q_0 (owner);
                 alter table q_0 add constraint q_0_check check (id > 0); alter table q add constraint q_key unique (id);
                 alter table q_0 enable row level security;"
            ),
        ),
        // A table that becomes partitioned, with a partition that has objects of its own.
        (
            "create table w (id int not null, a text);".to_owned(),
            "create table w (id int not null, a text) partition by list (id);
             create table w_rest partition of w default;
             create index w_a on w_rest (a); create policy w_all on w_rest using (true);
             create trigger w_touch before update on w_rest for each row execute function touch();"
                .to_owned(),
        ),
        // It leaves its table, and keeps its objects.
        (with(""), "create table p as select * from t; create table kept (id int);".to_owned()),
        // It moves to another table, or becomes partitioned, and keeps or loses its objects.
        (
            "create table w (id int) partition by list (id); create table v (id int) partition by list (id);
             create table m partition of w for values in (1); alter table m enable row level security;
             create policy own on m using (id > 0);
             create trigger m_touch before update on m for each row execute function touch();"
                .to_owned(),
            "create table w (id int) partition by list (id); create table v (id int) partition by list (id);
             create table m partition of v for values in (1);"
                .to_owned(),
        ),
        (
            "create table w (id int not null, a text) partition by list (id);
             create table m partition of w for values in (2);"
                .to_owned(),
            "create table w (id int not null, a text) partition by list (id);
             create table m partition of w for values in (2) partition by list (a);
             create table m_rest partition of m default; create policy own on m_rest using (true);
             create trigger m_touch before update on m_rest for each row execute function touch();"
                .to_owned(),
        ),
        (
            "create table w (id int not null, a text) partition by list (id);
             create table w_1 partition of w for values in (1);
             alter table w_1 add constraint w_1_a check (a <> ''); create index w_1_here on w_1 (a);"
                .to_owned(),
            "create table w (id int not null, a text) partition by list (id);
             create table w_1 (id int not null, a text);
             alter table w_1 add constraint w_1_a check (a <> ''); create index w_1_here on w_1 (a);"
                .to_owned(),
        ),
        // Objects that a partition of a partition inherits only from that one.
        (
            format!("{DIVIDED} create table m_0 partition of m for values in (1);"),
            format!(
                "{DIVIDED} create table m_0 (id int not null, a int, b int, constraint m_0_a check (a > 0));
                 create index x on m_0 (b);"
            ),
        ),
        (
            format!(
                "{DIVIDED} create table m_0 partition of m for values in (1); create index y on m_0 (b);"
            ),
            format!("{DIVIDED} create table m_0 (id int not null, a int, b int); create index x on m_0 (b);"),
        ),
        // Existing objects become those inherited from its table, and its own objects are new.
        (
            "create table w (id int, b int) partition by list (id); create index w_b on w (b);
             create table m (id int, b int); create index foo on m (b);"
                .to_owned(),
            "create table w (id int, b int) partition by list (id); create index w_b on w (b);
             create table m partition of w for values in (1); create index own on m (b);"
                .to_owned(),
        ),
        // Its own object uses an enum that is recreated.
        (own_on_enum("'a', 'b', 'c'"), own_on_enum("'c', 'b', 'a'")),
        // An own object that is equal to one of its table.
        (P.to_owned(), format!("{P} create index z_at on t (at); create index a_at on p (at);")),
    ]
}

fn own_on_enum(labels: &str) -> String {
    format!(
        "create type m as enum ({labels});
         create table w (id int, a m) partition by list (id);
         create table w_1 partition of w for values in (1);
         create view v as select a from w_1; create index w_1_here on w_1 (id) where a = 'a';
         alter table w_1 add constraint w_1_check check (a <> 'b' or id = 1);"
    )
}

/// A partition that is itself partitioned, and has objects of its own.
const DIVIDED: &str = "
    create table w (id int not null, a int, b int) partition by list (id);
    create table m partition of w for values in (1) partition by list (a);
    create index m_b on m (b); alter table m add constraint m_key unique (id, a);
    alter table m add constraint m_a check (a > 0);
    alter table m add constraint m_owner foreign key (b) references owners (id);
";

#[test]
fn what_a_partition_has_of_its_own_is_compared() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    for (number, (one, other)) in own_pairs().into_iter().enumerate() {
        for (way, [one, other]) in [("there", [&one, &other]), ("back", [&other, &one])] {
            let at = format!("{number} {way}");
            let [before, after] = [one, other].map(|sql| {
                let database = Database::fresh(Dialect::Postgres);
                block_on(database.run(&format!("{COMMON} {sql}")));
                database
            });
            block_on(become_alike(&before, &after, &at));
        }
    }
}

/// One database becomes the other, and itself again.
async fn become_alike(before: &Database, after: &Database, at: &str) {
    let scope = Scope::default();
    let (connection, goal) = (before.connect().await, after.connect().await);
    let there = read(&connection, &scope).await.unwrap();
    let declared = written(read(&goal, &scope).await.unwrap());
    goal.close().await;
    let plan = settled_plan(&connection, &there, &declared, &Options::default()).await;
    let plan = plan.unwrap_or_else(|error| panic!("{at}: {error}"));
    let text = || autogen_plan::emit::text(&plan);
    assert!(!plan.up.changes.is_empty(), "{at}: the sides differ");
    laws(&plan).unwrap_or_else(|error| panic!("{at}: {error}\n{}", text()));
    let result = run_up(&connection, &migration(&plan, true).unwrap()).await;
    result.unwrap_or_else(|error| panic!("{at}: {error}\n{}", text()));
    let result = reached(&connection, &scope, &plan.schema.after, "up").await;
    result.unwrap_or_else(|error| panic!("{at}: {error}\n{}", text()));
    assert_eq!(plan.down.refusals, [], "{at}");
    let result = run_down(&connection, &migration(&plan, false).unwrap()).await;
    result.unwrap_or_else(|error| panic!("{at}: {error}\n{}", text()));
    let result = reached(&connection, &scope, &plan.schema.before, "down").await;
    result.unwrap_or_else(|error| panic!("{at}: {error}\n{}", text()));
    connection.close().await;
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
