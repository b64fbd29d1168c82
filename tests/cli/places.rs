//! Where the command runs: in the project, below it, outside of any.

use autogen_dialect::Dialect;

use crate::models::BLOG;
use crate::project::{Project, finish};

#[test]
fn a_project_is_found_from_below() {
    let project = Project::with_models(Dialect::Sqlite, BLOG);
    let below = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.current_dir(project.path().join("src")).env("DATABASE_URL", "sqlite:app.db");
        finish(command)
    };
    below(&["diff", "--dry-run"]).ok().tells("../app.db does not exist yet");
    below(&["upgrade"]).fails(2, "A0642", "../migrations");
    std::fs::create_dir(project.path().join("migrations")).expect("a folder");
    below(&["upgrade"]).ok().tells("there are no migrations");
    below(&["diff", "-m", "first"]).ok();
    below(&["upgrade"]).ok();
    below(&["check"]).ok();
    let files = project.files();
    assert!(files.contains_key("app.db"), "{:?}", files.keys());
    assert!(
        !files
            .keys()
            .any(|it| it.starts_with("src/") && !["src/", "src/lib.rs"].contains(&it.as_str()))
    );
    // A flag is relative to the current folder.
    let named = below(&["diff", "--dry-run", "--database-url", "sqlite:other.db"]);
    named.ok().tells("sqlite:other.db does not exist yet");
}

#[test]
fn outside_of_any_project_nothing_is_made() {
    let project = Project::on(Dialect::Sqlite);
    for arguments in [
        &["upgrade"][..],
        &["downgrade"],
        &["diff", "-m", "x"],
        &["revision", "-m", "x"],
        &["check"],
        &["status"],
        &["history"],
        &["heads"],
        &["verify"],
        &["merge"],
        &["stamp", "head"],
    ] {
        let mut command = project.command(arguments);
        command.env("DATABASE_URL", "sqlite:app.db");
        finish(command).fails(2, "A0641", "no autogen.toml");
        assert!(project.files().keys().all(|it| it != "app.db" && it != "migrations/"));
    }
    project.run(&["inspect"]).ok();
}

#[test]
fn a_container_without_its_migrations() {
    for dialect in autogen_tests::dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        // A project that lost its migrations, and kept their snapshot.
        let folder = project.path().join("migrations");
        let migrations = project.migrations();
        let of = |name: &String| (folder.join(name), folder.join(format!("{name}.kept")));
        let moved = migrations.iter().filter(|it| it.ends_with(".sql")).map(of);
        let moved: Vec<_> = moved.collect();
        moved.iter().for_each(|(from, to)| std::fs::rename(from, to).expect("moved"));
        for arguments in [&["upgrade"][..], &["status"], &["diff", "-m", "x"]] {
            project.unchanged(arguments).fails(2, "A0642", "there are no migrations in");
        }
        moved.iter().for_each(|(from, to)| std::fs::rename(to, from).expect("moved"));
        project.run(&["upgrade"]).ok();
        std::fs::remove_dir_all(&folder).expect("gone");
        for arguments in [&["upgrade"][..], &["status"], &["current"], &["history"], &["verify"]] {
            project.unchanged(arguments).fails(2, "A0642", "migrations");
        }
        project.unchanged(&["check"]).fails(4, "A0510", "it has no file");
        std::fs::create_dir(&folder).expect("a folder");
        project.unchanged(&["upgrade"]).fails(4, "A0510", "it has no file");
    }
}

/// An image that has the folder one level too deep, a file that was cut off, or names that
/// another tool gave.
#[test]
fn a_container_with_other_files() {
    let project = Project::with_models(Dialect::Sqlite, BLOG);
    project.write("migrations/migrations/1_first.up.sql", "create table t (id int);");
    project.unchanged(&["upgrade"]).fails(2, "A0642", "holds 1_first.up.sql, which is not read");
    std::fs::remove_dir_all(project.path().join("migrations/migrations")).expect("gone");
    project.write("migrations/Cargo.toml", "[package]");
    project.unchanged(&["upgrade"]).fails(2, "A0642", "migrations, but Cargo.toml");
    std::fs::remove_file(project.path().join("migrations/Cargo.toml")).expect("gone");
    project.run(&["upgrade"]).ok();
    // A second copy lies within the first; one of what was replaced may.
    let header = "-- revision: 2\n-- parents: none\n-- dialect: sqlite\n-- replaces: 1\n";
    project.write("migrations/2_all.up.sql", &format!("{header}-- message: all\n\nselect 1;\n"));
    project.write("migrations/old/1_first.up.sql", "create table t (id int);");
    project.run(&["upgrade"]).ok();
    project.write("migrations/old/3_third.up.sql", "create table u (id int);");
    project.unchanged(&["upgrade"]).fails(2, "A0642", "holds 3_third.up.sql");
    std::fs::remove_dir_all(project.path().join("migrations/old")).expect("gone");
    std::fs::remove_file(project.path().join("migrations/2_all.up.sql")).expect("gone");
    project.run(&["repair", "2", "--forget"]).ok();
    project.write("migrations/1_first.up.sql", "");
    project.unchanged(&["upgrade"]).fails(2, "A0529", "1_first.up.sql is empty");
    std::fs::remove_file(project.path().join("migrations/1_first.up.sql")).expect("gone");
    project.write("migrations/1_first.up.SQL", "create table t (id int);");
    project.unchanged(&["upgrade"]).fails(2, "A0501", "1_first.up.SQL");
}
