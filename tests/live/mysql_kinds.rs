//! Objects of MySQL and MariaDB other than tables, from one database to another: up, down, up
//! again, with rows kept unless stated otherwise.

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_plan::{Options, Plan, emit};
use autogen_schema::{Declared, Schema};
use autogen_tests::drive::{migration, run_down, run_up};
use autogen_tests::laws::{laws, planned_from, same, tidy};
use autogen_tests::{Database, block_on, dialects};
use sea_orm::ConnectionTrait;

/// One change of a database.
#[derive(Default)]
struct Change<'a> {
    before: &'a [&'a str],
    after: &'a [&'a str],
    /// Rows for the database before.
    rows: &'a [&'a str],
    /// A query, and its result before, after the way up, and after the way down.
    expect: Option<(&'a str, [&'a str; 3])>,
    /// Texts of the way up, in this order.
    sql: &'a [&'a str],
}

async fn read(connection: &Connection) -> Schema {
    let schema = introspect(connection, &Scope::default()).await.expect("it can be read");
    connection.dialect().canonicalize(&schema)
}

fn planned(dialect: Dialect, before: &Schema, after: &Schema) -> Plan {
    planned_from(before, &Declared::whole(after.clone()), dialect, &Options::default())
        .unwrap_or_else(|error| panic!("{}: {error}", error.code()))
}

async fn ask(connection: &Connection, change: &Change<'_>, at: usize) {
    let Some((query, answers)) = change.expect else { return };
    let raw = connection.raw();
    let statement = sea_orm::Statement::from_string(raw.get_database_backend(), query);
    let row = raw.query_one_raw(statement).await.expect("it runs").expect("a row");
    let found = row.try_get_by_index::<Option<String>>(0).expect("a text").unwrap_or_default();
    assert_eq!(found, answers[at], "{query}, {at}");
}

async fn is(connection: &Connection, goal: &Schema, way: &str) {
    let found = read(connection).await;
    if let Err(error) = same(&tidy(&found), &tidy(goal), way) {
        panic!("{error}\n{}", emit::text(&planned(connection.dialect(), &found, goal)));
    }
}

async fn made(database: &Database, statements: &[&[&str]]) -> Connection {
    let connection = database.connect().await;
    for statement in statements.iter().copied().flatten() {
        let done = connection.raw().execute_unprepared(statement).await;
        done.unwrap_or_else(|error| panic!("{error}\nin: {statement}"));
    }
    connection
}

fn change(dialect: Dialect, change: &Change<'_>) {
    let (before, after) = (Database::fresh(dialect), Database::fresh(dialect));
    block_on(async {
        let goal = made(&after, &[change.after]).await;
        let after = read(&goal).await;
        goal.close().await;
        let connection = made(&before, &[change.before, change.rows]).await;
        let before = read(&connection).await;
        ask(&connection, change, 0).await;
        let plan = planned(dialect, &before, &after);
        laws(&plan).unwrap_or_else(|error| panic!("{error}\n{}", emit::text(&plan)));
        let sql: String =
            plan.up.steps().map(|planned| format!("{};\n", planned.step.sql)).collect();
        let mut rest = sql.as_str();
        for text in change.sql {
            let (_, behind) =
                rest.split_once(text).unwrap_or_else(|| panic!("no `{text}` in\n{sql}"));
            rest = behind;
        }
        let (up, down) = (migration(&plan, true).unwrap(), migration(&plan, false).unwrap());
        run_up(&connection, &up).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        is(&connection, &after, "up").await;
        ask(&connection, change, 1).await;
        run_down(&connection, &down).await.expect("it goes down");
        is(&connection, &before, "down").await;
        ask(&connection, change, 2).await;
        run_up(&connection, &up).await.expect("it goes up again");
        is(&connection, &after, "up again").await;
        connection.close().await;
    });
}

fn both() -> impl Iterator<Item = Dialect> {
    dialects().into_iter().filter(|it| matches!(it, Dialect::Mysql | Dialect::Mariadb))
}

const COUNT: &str = "select cast(count(*) as char) from t";

#[test]
fn ranges_between_databases() {
    let by = |partitions: &str| {
        format!(
            "create table t (id int not null primary key, a int) partition by range (id) ({partitions})"
        )
    };
    let rows = ["insert into t values (1, 1), (15, 2), (25, 3)"];
    for dialect in both() {
        for (before, after, sql) in [
            // The rows of a dropped range move to the next.
            (
                "partition a values less than (10), partition b values less than (20), partition c values less than (30)",
                "partition a values less than (10), partition c values less than (30)",
                "REORGANIZE PARTITION `b`, `c` INTO (\n    PARTITION `c` VALUES LESS THAN (30)\n)",
            ),
            (
                "partition a values less than (10), partition c values less than (30)",
                "partition c values less than (30)",
                "REORGANIZE PARTITION `a`, `c` INTO",
            ),
            // A limit changes.
            (
                "partition a values less than (10), partition b values less than (20), partition c values less than (30)",
                "partition a values less than (10), partition b values less than (25), partition c values less than (30)",
                "REORGANIZE PARTITION `b`, `c` INTO",
            ),
            // The whole table ends earlier.
            (
                "partition a values less than (10), partition b values less than (50), partition c values less than (60)",
                "partition a values less than (10), partition b values less than (40)",
                "PARTITION BY RANGE (`id`) (\n    PARTITION `a`",
            ),
            // The last one continues, and is split in two under other names.
            (
                "partition a values less than (10), partition z values less than (30)",
                "partition a values less than (10), partition b values less than (20), partition y values less than (40)",
                "REORGANIZE PARTITION `z` INTO",
            ),
        ] {
            let (before, after) = (by(before), by(after));
            change(
                dialect,
                &Change {
                    before: &[&before],
                    after: &[&after],
                    rows: &rows,
                    expect: Some((COUNT, ["3", "3", "3"])),
                    sql: &[sql],
                },
            );
        }
        change(
            dialect,
            &Change {
                before: &[&by(
                    "partition a values less than (10), partition b values less than (30)",
                )],
                after: &[&by("partition a values less than (10)")],
                rows: &rows,
                expect: Some((COUNT, ["3", "1", "1"])),
                sql: &["DROP PARTITION `b`"],
            },
        );
    }
}

#[test]
fn lists_and_whole_tables_between_databases() {
    let rows = ["insert into t values (1, 1), (2, 2), (3, 3)"];
    for dialect in both() {
        let list = |partitions: &str| {
            format!(
                "create table t (id int not null primary key, a int) partition by list (id) ({partitions})"
            )
        };
        change(
            dialect,
            &Change {
                before: &[&list("partition a values in (1, 2), partition b values in (3)")],
                after: &[&list(
                    "partition a values in (1), partition c values in (2, 3), partition d values in (4)",
                )],
                rows: &rows,
                expect: Some((COUNT, ["3", "3", "3"])),
                sql: &["REORGANIZE PARTITION `a`, `b` INTO ("],
            },
        );
        let plain = "create table t (id int not null primary key, a int, key by_a (a))";
        let hashed = format!("{plain} partition by hash (id) partitions 3");
        change(
            dialect,
            &Change {
                before: &[&hashed],
                after: &[plain],
                rows: &rows,
                expect: Some((COUNT, ["3", "3", "3"])),
                sql: &["REMOVE PARTITIONING"],
            },
        );
        // With other changes of the table, and a key that must be dropped first.
        change(
            dialect,
            &Change {
                before: &[
                    "create table p (id int not null primary key)",
                    "create table t (id int not null primary key, a int, \
                     constraint to_p foreign key (a) references p (id))",
                ],
                after: &[
                    "create table p (id int not null primary key)",
                    "create table t (id int not null, a int not null, b int, primary key (id, a)) \
                     partition by list (a) (partition x values in (1, 2, 3))",
                ],
                rows: &["insert into p values (1), (2), (3)", rows[0]],
                expect: Some((COUNT, ["3", "3", "3"])),
                sql: &["DROP FOREIGN KEY `to_p`", "PARTITION BY LIST (`a`)"],
            },
        );
    }
}

/// What each server refuses to do in place, and what has to come before what.
#[test]
fn algorithms_and_the_order_of_keys() {
    const PARENT: &str = "create table p (id int primary key)";
    let table = |columns: &str| format!("create table t ({columns})");
    let pairs = [
        (
            "id int primary key, a timestamp null",
            "id int primary key, a timestamp not null default current_timestamp",
        ),
        (
            "id int primary key, p int, constraint f1 foreign key (p) references p (id)",
            "id int primary key, p int, constraint f2 foreign key (p) references p (id)",
        ),
        (
            "id int primary key, p int, key f1 (p), constraint f1 foreign key (p) references p (id)",
            "id int primary key, p int, constraint f2 foreign key (p) references p (id)",
        ),
        ("a int, b int default 5", "a int, b int default 5 not null, primary key (a, b)"),
        (
            "id int primary key, u int not null, k int not null, unique key u (u, k), foreign key (u) references t (id)",
            "id int primary key, u int not null, k2 int not null default 0, unique key u (u, k2), foreign key (u) references t (id)",
        ),
        ("a int not null, b int", "a int not null, b int, unique key u (a)"),
        (
            "a int not null, b int not null, unique key u (a), unique key v (b)",
            "a int not null, b int not null, unique key u (a)",
        ),
        (
            "a int not null, b int not null, unique key u (a)",
            "a int null, b int not null, unique key u (a)",
        ),
        ("a int not null, b int not null, unique key u (a)", "b int not null"),
        (
            "a int not null, b int not null, unique key u (a)",
            "a int not null, b int not null, unique key u (b)",
        ),
        (
            "a int not null, b int not null, unique key u (a)",
            "a int not null, b int not null, primary key (a)",
        ),
    ];
    for dialect in both() {
        for (before, after) in pairs {
            let (before, after) = (table(before), table(after));
            change(
                dialect,
                &Change {
                    before: &[PARENT, &before],
                    after: &[PARENT, &after],
                    ..Change::default()
                },
            );
        }
        let (open, required) = (table("a int, b int default 5"), table(pairs[3].1));
        change(
            dialect,
            &Change {
                before: &[&open],
                after: &[&required],
                rows: &["insert into t values (1, null)"],
                expect: Some(("select cast(b as char) from t", ["", "5", "5"])),
                sql: &["UPDATE `t` SET `b` = 5", "ADD PRIMARY KEY"],
            },
        );
    }
}

#[test]
fn views_with_names_of_their_own() {
    for dialect in both() {
        let table = "create table t (id int not null primary key, a int)";
        change(
            dialect,
            &Change {
                before: &[table, "create view v (one, two) as select id, a from t"],
                after: &[table, "create view v (one, three) as select id, a from t"],
                rows: &["insert into t values (7, 8)"],
                sql: &["VIEW `v`"],
                ..Change::default()
            },
        );
    }
}

#[test]
fn sequences() {
    if !dialects().contains(&Dialect::Mariadb) {
        return;
    }
    let number = "select cast(nextval(s) as char)";
    let mut cases = vec![Change {
        before: &["create sequence s"],
        after: &[
            "create sequence s increment by -1 minvalue -50 maxvalue 1 start with 1 nocache cycle comment 'c'",
        ],
        rows: &["do nextval(s)"],
        sql: &[
            "ALTER SEQUENCE `s` INCREMENT BY -1 MINVALUE -50 MAXVALUE 1 NOCACHE CYCLE RESTART WITH 1",
        ],
        ..Change::default()
    }];
    // A change of the cache alone does not restart it.
    cases.push(Change {
        before: &["create sequence s nocache"],
        after: &["create sequence s nocache comment 'counts'"],
        rows: &["do nextval(s)"],
        expect: Some((number, ["2", "3", "4"])),
        sql: &["COMMENT='counts'"],
    });
    cases.push(Change {
        before: &["create table t (id int not null primary key, b int)"],
        after: &[
            "create sequence `S x` start with 10",
            "create table t (id int not null default nextval(`S x`) primary key, \
             b int default nextval(`S x`))",
        ],
        rows: &["insert into t values (1, 1)"],
        expect: Some((COUNT, ["1", "1", "1"])),
        sql: &["CREATE SEQUENCE `S x` START WITH 10", "nextval(`S x`)"],
    });
    for case in &cases {
        change(Dialect::Mariadb, case);
    }
}
