//! The SQL files under sqlx's own migrator, which uses one transaction per migration:
//! `fixtures/sqlx-runner`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use autogen_dialect::Dialect;
use autogen_tests::{dialects, program};

use crate::models::BLOG;
use crate::project::{Project, Ran, finish};

fn sqlx(project: &Project, way: &str) -> Ran {
    static MIGRATOR: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(MIGRATOR.get_or_init(|| program("sqlx-runner")));
    command.arg(project.path().join("migrations")).arg(way).stdin(Stdio::null());
    command.env("DATABASE_URL", project.database().url());
    finish(command)
}

fn schema(project: &Project) -> String {
    project.run(&["inspect", "--format", "json"]).ok().out
}

fn number_of(project: &Project, table: &str) -> String {
    let sql = format!("select cast(count(*) as text) as it from {table}");
    project.query(&sql).concat()
}

/// An enum, whose new value PostgreSQL must commit before it can be used.
const STATE: &str = r#"
pub mod order {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "state")]
    pub enum State {
        #[sea_orm(string_value = "open")]
        Open,
    }

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(default_value = "open")]
        pub state: State,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
"#;

#[test]
fn sqlx_runs_what_autogen_writes() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &format!("{BLOG}{STATE}"));
        project.run(&["diff", "-m", "first", "--revision", "20260101100000"]).ok();
        sqlx(&project, "up").ok();
        project.execute("insert into authors (email, name) values ('a', 'a')");
        project.execute("insert into posts (author_id, body) select id, 'one' from authors");
        project.execute("insert into orders (state) values ('open')");
        project.run(&["stamp", "heads"]).ok();
        project.unchanged(&["check"]).ok();
        let before = schema(&project);

        // On SQLite the author's table is rebuilt, and its posts are deleted with their author: `on
        // delete cascade`.
        let change = "        #[sea_orm(unique)]\n        pub name: Option<String>,";
        project.edit("src/lib.rs", "        pub name: String,", change);
        let value = "        Open,\n        #[sea_orm(string_value = \"paid\")]\n        Paid,";
        project.edit("src/lib.rs", "        Open,", value);
        project.edit("src/lib.rs", "default_value = \"open\"", "default_value = \"paid\"");
        let diff = ["diff", "-m", "paid", "--layout", "sqlx", "--revision", "20260101110000"];
        let ran = project.run(&diff).ok();
        let parts = ran.err.matches(".up.sql").count();
        match dialect {
            Dialect::Sqlite => assert_eq!(parts, 1, "{}", ran.err),
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                assert!(parts > 1, "{}", ran.err);
            }
        }
        sqlx(&project, "up").ok();
        project.run(&["stamp", "heads"]).ok();
        project.unchanged(&["check"]).ok();
        assert_eq!(number_of(&project, "posts"), "1", "{dialect}");
        let after = schema(&project);

        // Each part has its own way down, the last one first.
        sqlx(&project, "20260101100000").ok();
        assert_eq!(schema(&project), before, "{dialect}");
        assert_eq!(number_of(&project, "posts"), "1", "{dialect}");
        sqlx(&project, "up").ok();
        assert_eq!(schema(&project), after, "{dialect}");
        sqlx(&project, "down").ok();
        assert!(!schema(&project).contains("authors"), "{dialect}");

        // The same files under our own runner, step by step.
        let ours = Project::on(dialect);
        for (path, bytes) in project.files() {
            if !path.ends_with('/') {
                ours.write(&path, &String::from_utf8(bytes).expect("text"));
            }
        }
        ours.run(&["upgrade"]).ok();
        assert_eq!(schema(&ours), after, "{dialect}");
        for _ in 0..parts {
            ours.run(&["downgrade", "-1"]).ok();
            ours.run(&["upgrade", "+1"]).ok();
            ours.run(&["downgrade", "-1"]).ok();
        }
        assert_eq!(schema(&ours), before, "{dialect}");
        ours.run(&["upgrade"]).ok();
        ours.unchanged(&["check"]).ok();
        ours.run(&["verify"]).ok();
    }
}

/// A migration of several transactions in one file fails under sqlx with nothing changed,
/// rather than in the middle.
#[test]
fn the_usual_layout_is_read_where_it_has_one_transaction() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        if !crate::project::wanted(dialect) {
            continue;
        }
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "20260101100000"]).ok();
        let change = "        #[sea_orm(unique)]\n        pub name: Option<String>,";
        project.edit("src/lib.rs", "        pub name: String,", change);
        sqlx(&project, "up").ok();
        project.execute("insert into authors (email, name) values ('a', 'a')");
        project.execute("insert into posts (author_id, body) select id, 'one' from authors");
        project.run(&["stamp", "heads"]).ok();
        project.run(&["diff", "-m", "second", "--revision", "20260101110000"]).ok();
        sqlx(&project, "up").ok();
        project.run(&["stamp", "heads"]).ok();
        project.unchanged(&["check"]).ok();
        assert_eq!(number_of(&project, "posts"), "1", "{dialect}");
        sqlx(&project, "down").ok();
        assert!(!schema(&project).contains("authors"), "{dialect}");
    }
}

/// A row that loses its referenced row stops a rebuild, and nothing of it remains.
#[test]
fn sqlx_keeps_references_on_sqlite() {
    if !crate::project::wanted(Dialect::Sqlite) {
        return;
    }
    let project = Project::with_models(Dialect::Sqlite, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "20260101100000"]).ok();
    sqlx(&project, "up").ok();
    project.execute("insert into authors (email, name) values ('a', 'a')");
    project.execute("insert into posts (author_id, body) select id, 'one' from authors");
    project.run(&["stamp", "heads"]).ok();
    project.edit("src/lib.rs", "        pub name: String,", "        pub name: Option<String>,");
    project.run(&["diff", "-m", "second", "--revision", "20260101110000"]).ok();
    let up = "migrations/20260101110000_second.up.sql";
    assert!(project.read(up).starts_with("-- no-transaction\n"), "{}", project.read(up));
    let before = schema(&project);
    project.edit(up, "FROM \"authors\";", "FROM \"authors\" WHERE \"id\" < 0;");
    let ran = sqlx(&project, "up").exits(1);
    assert!(ran.err.contains("rows refer to rows that are not there"), "{}", ran.err);
    assert_eq!(schema(&project), before);
    assert_eq!(number_of(&project, "posts"), "1");
    assert_eq!(number_of(&project, "authors"), "1");
    // Our own runner reports it in its own words.
    project.run(&["upgrade"]).exits(3).tells("refers to no authors");
    assert_eq!(schema(&project), before);
    // sqlx records such a migration after it ran, and could run it again.
    project.edit(up, "FROM \"authors\" WHERE \"id\" < 0;", "FROM \"authors\";");
    sqlx(&project, "up").ok();
    let after = schema(&project);
    project.execute("delete from _sqlx_migrations where version = 20260101110000");
    let ran = sqlx(&project, "up").exits(1);
    assert!(ran.err.contains("this migration has run already"), "{}", ran.err);
    assert_eq!(schema(&project), after);
    assert_eq!(number_of(&project, "posts"), "1");
}

/// A way up in one transaction, and a way down that needs two.
#[test]
fn the_way_back_divides_as_well() {
    if !crate::project::wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, STATE);
    let value = "        Open,\n        #[sea_orm(string_value = \"paid\")]\n        Paid,";
    project.edit("src/lib.rs", "        Open,", value);
    project.edit("src/lib.rs", "default_value = \"open\"", "default_value = \"paid\"");
    project.run(&["diff", "-m", "first", "--revision", "20260101100000"]).ok();
    sqlx(&project, "up").ok();
    project.execute("insert into orders (state) values ('open')");
    project.run(&["stamp", "heads"]).ok();
    let before = schema(&project);
    project.edit("src/lib.rs", value, "        Open,");
    project.edit("src/lib.rs", "default_value = \"paid\"", "default_value = \"open\"");
    let diff = ["diff", "-m", "unpaid", "--layout", "sqlx", "--revision", "20260101110000"];
    project.run(&diff).ok();
    for _ in 0..2 {
        sqlx(&project, "up").ok();
        project.run(&["stamp", "heads"]).ok();
        project.unchanged(&["check"]).ok();
        sqlx(&project, "20260101100000").ok();
        assert_eq!(schema(&project), before);
        assert_eq!(number_of(&project, "orders"), "1");
    }
}
