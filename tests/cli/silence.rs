//! What a model does not declare: left alone if it only has SeaORM's derives, dropped if it
//! derives `Autogen`.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{one, plain};
use crate::project::Project;

const FIELDS: &str = "pub name: String,\n        pub age: i32,";

fn table(dialect: Dialect) -> String {
    let id = match dialect {
        Dialect::Sqlite => "id integer not null primary key autoincrement",
        Dialect::Postgres => "id serial primary key",
        Dialect::Mysql | Dialect::Mariadb => "id integer not null auto_increment primary key",
    };
    format!(
        "create table people ({id}, name varchar(40) not null default 'x', age integer not null, \
         check (age >= 0)); create index people_age on people (age); \
         create unique index people_name on people (name); create table others (id integer)"
    )
}

#[test]
fn of_a_plain_entity_means_nothing() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &plain("people", FIELDS));
        project.execute(&table(dialect));
        let ran = project.unchanged(&["diff"]).ok().shows("no changes\n").shows("unmanaged: ");
        let line = ran.out.lines().find(|it| it.starts_with("unmanaged: ")).unwrap();
        for counted in ["2 indexes", "1 check", "1 default", "1 table"] {
            assert!(line.contains(counted), "{counted} is not in: {line}");
        }
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn with_autogen_is_the_truth() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &one("people", FIELDS));
        project.execute(&table(dialect));
        let ran = project.run(&["diff", "-m", "x"]).ok();
        for dropped in ["people_age", "people_name", "default", "check"] {
            assert!(ran.out.contains(dropped), "{dropped} stays:\n{}", ran.out);
        }
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        let left = project.contents().join("\n");
        assert!(!left.contains("people_age") && !left.contains("people_name"), "{left}");
    }
}

#[test]
fn of_a_plain_entity_leaves_an_index_as_it_is_stored() {
    for dialect in dialects().into_iter().filter(|it| *it == Dialect::Postgres) {
        let fields = "#[sea_orm(indexed)]\n        pub age: i32,";
        let project = Project::with_models(dialect, &plain("people", fields));
        project.execute(
            "create table people (id serial primary key, age integer not null); \
             create index by_age on people (age) with (fillfactor = 60)",
        );
        project.unchanged(&["diff"]).ok().shows("no changes\n");
    }
}
