//! One crate of models that serves several databases.

use autogen_dialect::Dialect;
use autogen_tests::Database;

use crate::project::{Project, wanted};

const MODELS: &str = r#"
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
#[sea_orm(table_name = "users")]
#[autogen(
    index(name = "users_active", columns = ["email"], where = "active"),
    dialects(postgres, sqlite)
)]
#[autogen(index(name = "users_email", columns = ["email"], dialects(mysql, mariadb)))]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub email: String,
    pub active: bool,
}
"#;

/// The flags for these databases.
fn flags<'a>(dialects: &[&'a str]) -> Vec<&'a str> {
    dialects.iter().flat_map(|name| ["--dialect", name]).collect()
}

fn run(project: &Project, arguments: &[&str], dialects: &[&str]) -> crate::project::Ran {
    project.run(&[arguments, &flags(dialects)].concat())
}

fn several() -> Project {
    let project = Project::empty();
    project.write("autogen.toml", "models = \"src\"\n");
    project.write("src/lib.rs", MODELS);
    project
}

const ALL: [&str; 3] = ["postgres", "sqlite", "mariadb"];

#[test]
fn one_crate_of_models_serves_several_databases() {
    let project = several();
    run(&project, &["diff", "-m", "users", "--revision", "1"], &ALL).ok().shows("create table");
    for name in ALL {
        let up = project.read(&format!("migrations/{name}/1_users.up.sql"));
        assert_eq!(up.contains("users_active"), name != "mariadb", "{up}");
        assert_eq!(up.contains("users_email"), name == "mariadb", "{up}");
        let snapshot = project.read(&format!("migrations/{name}/schema.json"));
        assert!(snapshot.contains(&format!("\"dialect\": \"{name}\"")), "{snapshot}");
    }
    run(&project, &["diff", "-m", "again"], &ALL).ok().shows("no changes");
    let model = "pub active: bool,";
    project.edit("src/lib.rs", model, &format!("{model}\n    pub note: Option<String>,"));
    let kinds = [Dialect::Postgres, Dialect::Sqlite, Dialect::Mariadb];
    let databases: Vec<Database> =
        kinds.into_iter().filter(|it| wanted(*it)).map(Database::fresh).collect();
    for database in &databases {
        project.run_at(database.url(), &["upgrade"]).ok();
        // The model has a column more.
        project.run_at(database.url(), &["check"]).exits(1).shows("note");
    }
    run(&project, &["diff", "-m", "note", "--revision", "2"], &ALL).ok().shows("note");
    for database in &databases {
        let at = |arguments: &[&str]| project.run_at(database.url(), arguments).ok();
        at(&["upgrade"]);
        at(&["check"]).tells("database and models match");
        at(&["diff", "--exit-code"]).shows("no changes");
        at(&["history"]).shows("2 note").shows("1 users");
        at(&["status"]);
        at(&["verify"]);
        at(&["downgrade"]);
        at(&["upgrade"]);
        at(&["check"]).tells("database and models match");
    }
}

#[test]
fn the_first_database_keeps_its_files() {
    let project = several();
    run(&project, &["diff", "-m", "users", "--revision", "1"], &["postgres"]).ok();
    assert_eq!(project.migrations(), ["1_users.down.sql", "1_users.up.sql", "schema.json"]);
    let before = project.files();
    let other = "sqlite:other.db";
    for command in ["check", "diff"] {
        project.run_at(other, &[command]).fails(2, "A0684", "no migrations of sqlite");
    }
    run(&project, &["check"], &["sqlite"]).fails(2, "A0684", "only of postgres");
    assert!(project.files() == before);
    run(&project, &["diff", "-m", "users", "--revision", "7"], &["sqlite"]).ok();
    let both = flags(&["sqlite", "postgres"]);
    project.run(&[&["diff"][..], &both].concat()).ok();
    for (name, bytes) in before {
        assert!(project.files()[&name] == bytes, "{name}");
    }
    for command in ["heads", "check"] {
        project.run(&[command]).fails(2, "A0683", "of several databases: postgres, sqlite");
        run(&project, &[command], &["sqlite"]).ok();
        run(&project, &[command], &["postgres"]).ok();
    }
    run(&project, &["heads"], &["sqlite"]).ok().shows("7 users");
    run(&project, &["upgrade"], &["mysql"]).fails(2, "A0684", "only of postgres, sqlite");
    run(&project, &["inspect", "models"], &["sqlite"]).ok().shows("users_active");
    run(&project, &["inspect", "migrations"], &["postgres"]).ok().shows("users_active");
}

#[test]
fn several_flags_are_for_a_plain_diff() {
    let project = several();
    let two = ["sqlite", "postgres"];
    run(&project, &["check"], &two).fails(2, "A0686", "several times");
    run(&project, &["diff", "--adopt"], &two).fails(2, "A0686", "--adopt");
    run(&project, &["diff", "--format", "json"], &two).fails(2, "A0686", "--format");
    run(&project, &["diff", "--to", "models"], &two).fails(2, "A0686", "--from and --to");
    run(&project, &["diff"], &["sqlite", "sqlite"]).fails(2, "A0686", "sqlite is given twice");
    run(&project, &["diff"], &["sqlite", "oracle"]).fails(2, "A0604", "oracle");
    // All are planned before one is written.
    project.edit("src/lib.rs", "dialects(mysql, mariadb)", "dialects(mysql), where = \"active\"");
    run(&project, &["diff", "-m", "x"], &["sqlite", "mysql"]).exits(4).tells("dialects(..)");
    assert!(project.migrations().is_empty());
}

#[test]
fn a_server_of_another_kind_is_refused() {
    if !wanted(Dialect::Mariadb) {
        return;
    }
    let project = several();
    run(&project, &["diff", "-m", "users", "--revision", "1"], &["sqlite", "mysql"]).ok();
    let mariadb = Database::fresh(Dialect::Mariadb);
    project.run_at(mariadb.url(), &["check"]).fails(2, "A0685", "one of mariadb");
    // With migrations of both, the server is asked.
    run(&project, &["diff", "-m", "users", "--revision", "1"], &["mariadb"]).ok();
    project.run_at(mariadb.url(), &["upgrade"]).ok();
    project.run_at(mariadb.url(), &["check"]).ok();
}

#[test]
fn each_database_has_branches_of_its_own() {
    let project = several();
    let two = ["sqlite", "postgres"];
    run(&project, &["diff", "-m", "users", "--revision", "1"], &two).ok();
    let side = ["revision", "-m", "side", "--revision", "2"];
    run(&project, &side, &["sqlite"]).ok();
    let other = ["revision", "-m", "other", "--revision", "3", "--head", "1"];
    run(&project, &other, &["sqlite"]).ok();
    run(&project, &["heads"], &["postgres"]).ok().shows("1 users");
    let heads = run(&project, &["heads"], &["sqlite"]).ok();
    assert_eq!(heads.out.lines().count(), 2, "{}", heads.out);
    run(&project, &["diff", "-m", "x"], &two).exits(2).tells("A0507");
    let files = project.files();
    run(&project, &["rebase", "3"], &["sqlite"]).ok();
    run(&project, &["verify"], &["sqlite"]).ok();
    run(&project, &["squash", "1..3", "-m", "all"], &["sqlite"]);
    for (name, bytes) in files.iter().filter(|(name, _)| name.contains("/postgres/")) {
        assert!(project.files()[name] == *bytes, "{name}");
    }
    run(&project, &["check"], &["postgres"]).ok();
    run(&project, &["check"], &["sqlite"]).ok();
}
