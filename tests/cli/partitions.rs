//! Partitions of MySQL and MariaDB that come to take fewer rows: a row that loses its
//! place is told, and is never deleted.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::project::Project;

/// A table under two ways of being partitioned.
struct Narrowed<'a> {
    columns: &'a str,
    before: &'a str,
    after: &'a str,
    /// Rows of the table before.
    rows: &'a str,
    /// How many they are, and the condition for those that lose their place.
    count: usize,
    lost: &'a str,
}

const NARROWED: [Narrowed<'_>; 6] = [
    Narrowed {
        columns: "id int",
        before: "list (id) (partition a values in (1), partition b values in (3, 4))",
        after: "list (id) (partition a values in (1), partition b values in (4))",
        rows: "(1), (3), (4)",
        count: 3,
        lost: "id = 3",
    },
    Narrowed {
        columns: "id int",
        before: "list (id) (partition a values in (1, null), partition b values in (3))",
        after: "list (id) (partition c values in (1, 3))",
        rows: "(1), (null), (3)",
        count: 3,
        lost: "id is null",
    },
    Narrowed {
        columns: "id varchar(5)",
        before: "list columns (id) (partition a values in ('x', 'y'), partition b values in ('z'))",
        after: "list columns (id) (partition a values in ('x'), partition b values in ('z'))",
        rows: "('x'), ('y'), ('z')",
        count: 3,
        lost: "id = 'y'",
    },
    Narrowed {
        columns: "id int, n int",
        before: "list columns (id, n) (partition a values in ((1, 1), (1, 2), (null, 3)))",
        after: "list columns (id, n) (partition a values in ((1, 2), (null, 3)))",
        rows: "(1, 1), (1, 2), (null, 3)",
        count: 3,
        lost: "n = 1",
    },
    Narrowed {
        columns: "id int, n int",
        before: "list (id) subpartition by hash (n) subpartitions 2 (partition a values in (1, 2))",
        after: "list (id) subpartition by hash (n) subpartitions 2 (partition a values in (2))",
        rows: "(1, 1), (2, 2)",
        count: 2,
        lost: "id = 1",
    },
    Narrowed {
        columns: "id int",
        before: "range (id) (partition a values less than (5), partition b values less than (10), \
                 partition c values less than maxvalue)",
        after: "range (id) (partition a values less than (5), partition b values less than (8))",
        rows: "(1), (7), (8)",
        count: 3,
        lost: "id = 8",
    },
];

fn both() -> impl Iterator<Item = Dialect> {
    dialects().into_iter().filter(|it| matches!(it, Dialect::Mysql | Dialect::Mariadb))
}

fn table(narrowed: &Narrowed<'_>, partitions: &str) -> String {
    format!("create table n ({}) partition by {partitions};", narrowed.columns)
}

fn count(project: &Project) -> usize {
    project.query("select cast(count(*) as char) as it from n")[0].parse().expect("a number")
}

#[test]
fn a_row_that_loses_its_place_is_told_on_the_way_up() {
    for dialect in both() {
        for narrowed in &NARROWED {
            let project = Project::with_models(dialect, "");
            project.execute(&table(narrowed, narrowed.before));
            project.execute(&format!("insert into n values {}", narrowed.rows));
            project.write("after.sql", &table(narrowed, narrowed.after));
            let ran = project.run(&["diff", "--to", "sql:after.sql", "-m", "x"]).ok();
            ran.tells("DD107: fails if a row of n fits no partition, and there is such a row");
            project.run(&["upgrade"]).fails(4, "A0320", "DD107");
            assert_eq!(count(&project), narrowed.count);

            project.execute(&format!("delete from n where {}", narrowed.lost));
            project.run(&["upgrade"]).ok();
            assert_eq!(count(&project), narrowed.count - 1);
            let again = project.unchanged(&["diff", "--to", "sql:after.sql", "--dry-run"]).ok();
            assert!(!again.out.contains("alter"), "{}", again.out);
            project.run(&["downgrade"]).ok();
            assert_eq!(count(&project), narrowed.count - 1);
        }
    }
}

#[test]
fn a_row_that_loses_its_place_is_told_on_the_way_down() {
    for dialect in both() {
        for narrowed in &NARROWED {
            let project = Project::with_models(dialect, "");
            project.execute(&table(narrowed, narrowed.after));
            project.write("after.sql", &table(narrowed, narrowed.before));
            project.run(&["diff", "--to", "sql:after.sql", "-m", "x"]).ok();
            project.run(&["upgrade"]).ok();
            project.execute(&format!("insert into n values {}", narrowed.rows));
            let refused = project.run(&["downgrade"]);
            refused.fails(4, "A0320", "DD107").tells("from the revision's .down.sql");
            assert_eq!(count(&project), narrowed.count);

            project.execute(&format!("delete from n where {}", narrowed.lost));
            project.run(&["downgrade"]).ok();
            assert_eq!(count(&project), narrowed.count - 1);
        }
    }
}
