//! Rows that become equal under a unique key: by a fill, a conversion or another collation.
//! They are told before anything runs, and none is deleted.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::project::Project;

/// A table before and after, and its rows.
struct Change<'a> {
    before: &'a str,
    rows: &'a str,
    after: &'a str,
    /// The condition for rows that are equal to another one then.
    equal: &'a str,
}

const SQLITE: [Change<'_>; 6] = [
    Change {
        before: "email text",
        rows: "('Ann@x.org'), ('ann@x.org')",
        after: "email text collate nocase, unique (email) on conflict replace",
        equal: "email = 'ann@x.org'",
    },
    Change {
        before: "n text",
        rows: "('x'), (null), (null)",
        after: "n text not null default 'D', unique (n) on conflict ignore",
        equal: "rowid = 3",
    },
    Change {
        before: "x blob",
        rows: "(1), ('1'), (2)",
        after: "x text, unique (x) on conflict replace",
        equal: "rowid = 1",
    },
    Change {
        before: "x text",
        rows: "('01'), ('1'), ('2')",
        after: "x integer, unique (x) on conflict replace",
        equal: "rowid = 1",
    },
    Change {
        before: "n text, unique (n) on conflict replace",
        rows: "('a'), (null)",
        after: "n text not null default 'a', unique (n) on conflict replace",
        equal: "n is null",
    },
    Change {
        before: "n text, m text, unique (n, m) on conflict ignore",
        rows: "('a', 'b'), ('A', 'b')",
        after: "n text collate nocase, m text, unique (n, m) on conflict ignore",
        equal: "n = 'A'",
    },
];

const MYSQL: [Change<'_>; 6] = [
    Change {
        before: "u varchar(20) character set utf8mb4 collate utf8mb4_bin",
        rows: "('A'), ('a')",
        after: "u varchar(20) character set utf8mb4 collate utf8mb4_general_ci unique",
        equal: "u = 'a'",
    },
    Change {
        before: "d varchar(10)",
        rows: "('01'), ('1'), ('2')",
        after: "d int unique",
        equal: "d = '01'",
    },
    Change {
        before: "n varchar(20)",
        rows: "('x'), (null), (null)",
        after: "n varchar(20) not null default 'D' unique",
        equal: "n is null limit 1",
    },
    Change {
        before: "n varchar(20) unique",
        rows: "('a'), (null)",
        after: "n varchar(20) not null default 'a' unique",
        equal: "n is null",
    },
    Change {
        before: "d varchar(10), unique d (d)",
        rows: "('01'), ('1')",
        after: "d int, unique d (d)",
        equal: "d = '01'",
    },
    Change {
        before: "d varchar(10)",
        rows: "('abc'), ('abd'), ('b')",
        after: "d varchar(10), unique d (d(2))",
        equal: "d = 'abd'",
    },
];

const POSTGRES: [Change<'_>; 4] = [
    Change {
        before: "n text",
        rows: "('x'), (null), (null)",
        after: "n text not null default 'D' unique",
        equal: "ctid = '(0,3)'",
    },
    Change {
        before: "n text unique",
        rows: "('a'), (null)",
        after: "n text not null default 'a' unique",
        equal: "n is null",
    },
    Change {
        before: "d text",
        rows: "('01'), ('1')",
        after: "d integer unique",
        equal: "d = '01'",
    },
    Change {
        before: "n text, m text",
        rows: "('a', 'x'), (null, 'x')",
        after: "n text not null default 'A', m text; create unique index i on t (lower(n), m)",
        equal: "n is null",
    },
];

fn changes(dialect: Dialect) -> &'static [Change<'static>] {
    match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
        Dialect::Mysql | Dialect::Mariadb => &MYSQL,
    }
}

/// The statements that make the table; an index may stand behind it.
fn table(columns: &str) -> String {
    match columns.split_once("; ") {
        Some((columns, more)) => format!("create table t ({columns}); {more};"),
        None => format!("create table t ({columns});"),
    }
}

fn count(project: &Project) -> usize {
    project.query("select cast(count(*) as text) as it from t")[0].parse().expect("a number")
}

/// The migration of a change, over its rows; gives back how many those are.
fn written(project: &Project, change: &Change<'_>) -> usize {
    project.execute(&table(change.before));
    project.execute(&format!("insert into t values {}", change.rows));
    project.write("after.sql", &table(change.after));
    let ran = project.run(&["diff", "--to", "sql:after.sql", "-m", "x"]).ok();
    ran.tells("DD103: fails if t ").tells("and there is such a row");
    count(project)
}

#[test]
fn rows_that_become_equal_are_told() {
    for dialect in dialects() {
        for change in changes(dialect) {
            let project = Project::with_models(dialect, "");
            let rows = written(&project, change);
            project.run(&["upgrade"]).fails(4, "A0320", "DD103");
            assert_eq!(count(&project), rows, "{}", change.after);

            project.execute(&format!("delete from t where {}", change.equal));
            project.run(&["upgrade"]).ok();
            assert_eq!(count(&project), rows - 1, "{}", change.after);
            project.run(&["downgrade"]).ok();
            assert_eq!(count(&project), rows - 1, "{}", change.after);
        }
    }
}

/// The copy of a rebuild fails where the key would delete or skip rows, also without a probe.
#[test]
fn a_rebuild_deletes_no_row() {
    for change in &SQLITE {
        let project = Project::with_models(Dialect::Sqlite, "");
        let rows = written(&project, change);
        let names = project.migrations();
        let up = names.iter().find(|it| it.ends_with(".up.sql")).expect("a file");
        let path = format!("migrations/{up}");
        let text = project.read(&path);
        let kept: Vec<&str> = text.lines().filter(|it| !it.contains("autogen: probe")).collect();
        project.write(&path, &kept.join("\n"));
        let ran = project.run(&["upgrade"]);
        assert_ne!(ran.code, 0, "{}", change.after);
        ran.tells("UNIQUE constraint failed");
        assert_eq!(count(&project), rows, "{}", change.after);
    }
}
