//! Expressions of models that the server rejects: asked before a file is written.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{one, plain};
use crate::project::Project;

const FIELDS: &str = "pub name: String,";

/// The model with an attribute on its struct.
fn with(attribute: &str) -> String {
    let derive = "DeriveEntityModel, Autogen)]\n";
    one("people", FIELDS).replace(derive, &format!("{derive}    {attribute}\n"))
}

/// Models that are refused, and a part of the server's words.
fn wrong(dialect: Dialect) -> Vec<(String, &'static str)> {
    let check = |expr: &str| with(&format!("#[autogen(check(name = \"c\", expr = \"{expr}\"))]"));
    let mut all = vec![(check("agee > 0"), "agee"), (check("no_such(name) > 0"), "no_such")];
    match dialect {
        Dialect::Sqlite => all.push((
            with("#[autogen(index(name = \"i\", columns = [\"id\"], where = \"agee > 0\"))]"),
            "agee",
        )),
        Dialect::Postgres => {
            all.push((
                one("people", "pub name: String, #[autogen(default_sql = \"'x'\")] pub n: i32,"),
                "\"x\"",
            ));
            all.push((
                one("people", "pub name: String, #[autogen(default_sql = \"nope()\")] pub n: i32,"),
                "nope",
            ));
            all.push((
                with("#[autogen(index(name = \"i\", columns = [\"upper(agee)\"]))]"),
                "agee",
            ));
        }
        Dialect::Mysql | Dialect::Mariadb => {
            all.push((
                one("people", "pub name: String, #[autogen(default_sql = \"nope()\")] pub n: i32,"),
                "nope",
            ));
            all.push((
                one("people", "pub name: String, #[autogen(generated = \"agee + 1\")] pub n: i32,"),
                "agee",
            ));
        }
    }
    all
}

#[test]
fn nothing_is_written() {
    for dialect in dialects() {
        for there in [false, true] {
            let project = Project::with_models(dialect, &one("people", FIELDS));
            if there {
                project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
                project.run(&["upgrade"]).ok();
            }
            for (models, words) in wrong(dialect) {
                project.write("src/lib.rs", &models);
                let ran = project.unchanged(&["diff", "-m", "second"]);
                ran.fails(2, "A0438", words).tells("people (src/lib.rs:");
            }
            // What is right is written, beside the rest.
            let right = "#[autogen(check(name = \"c\", expr = \"length(name) > 0\"))]";
            project.write("src/lib.rs", &with(right));
            project.run(&["diff", "-m", "right", "--revision", "2"]).ok();
            project.run(&["upgrade"]).ok();
            project.unchanged(&["check"]).ok();
        }
    }
}

/// What the same plan creates is not there yet, and no reason to refuse it.
#[test]
fn what_comes_along_is_no_mistake() {
    if !dialects().contains(&Dialect::Postgres) {
        return;
    }
    let right = "#[autogen(check(name = \"c\", expr = \"is_fine(name)\"))]";
    let project = Project::with_models(Dialect::Postgres, &with(right));
    let config = project.read("autogen.toml");
    project.write("autogen.toml", &format!("{config}sql = [\"schema/*.sql\"]\n"));
    project.write(
        "schema/f.sql",
        "create function is_fine(text) returns boolean immutable language sql as 'select true';\n",
    );
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
}

/// Functions on the search path of the connection are found, as the migration will find them.
#[test]
fn names_are_found_on_the_search_path() {
    if !dialects().contains(&Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &one("people", FIELDS));
    project.execute(
        "create schema extras; create function extras.fine(text) returns boolean immutable \
         language sql as 'select true'",
    );
    let right = "#[autogen(check(name = \"c\", expr = \"fine(name)\"))]";
    project.write("src/lib.rs", &with(right));
    let url = format!("{}?options=-c%20search_path%3Dpublic,extras", project.database().url());
    project.run_at(&url, &["diff", "-m", "first"]).ok();
    project.run_at(&url, &["upgrade"]).ok();
}

/// The numbers of a sequence that is there, in the one form for all databases that have any.
#[test]
fn numbers_of_a_sequence() {
    for dialect in dialects() {
        if !matches!(dialect, Dialect::Postgres | Dialect::Mariadb) {
            continue;
        }
        let project = Project::with_models(dialect, &one("people", FIELDS));
        let config = project.read("autogen.toml");
        project.write("autogen.toml", &format!("{config}sql = [\"schema/*.sql\"]\n"));
        project.write("schema/a.sql", "create sequence numbers;\n");
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let number = "#[autogen(default_sql = \"nextval('numbers')\")] pub number: i64,";
        project.write("src/lib.rs", &one("people", &format!("{FIELDS}\n        {number}")));
        project.run(&["diff", "-m", "second", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// What the server keeps up with is no reason to refuse a rename.
#[test]
fn a_rename_under_what_only_the_database_has() {
    if !dialects().contains(&Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &one("people", FIELDS));
    project.execute(
        "create table people (id serial primary key, name varchar not null unique); \
         create table others (n varchar references people (name)); \
         create function longest() returns varchar stable begin atomic; \
         select max(people.name) from people; end",
    );
    project.write("src/lib.rs", &plain("people", "pub title: String,"));
    let rename = ["diff", "-m", "title", "--rename", "people.name=title"];
    project.run(&rename).ok().shows("rename column");
    project.run(&["upgrade"]).ok();
    assert_eq!(project.query("select coalesce(longest(), 'none') as it"), ["none"]);
}

/// Rows with NULL in a column that becomes required.
#[test]
fn rows_with_null() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &one("people", "pub name: Option<String>,"));
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("insert into people (name) values (null)");
        project.write("src/lib.rs", &one("people", FIELDS));
        project.unchanged(&["diff", "-m", "second"]).fails(4, "A0623", "DD102").tells("fill");
        project.execute("update people set name = 'a'");
        project.run(&["diff", "-m", "second", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
    }
}
