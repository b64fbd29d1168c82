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

/// The listed attributes, put into the model, declare all that the database has.
#[test]
fn each_attribute_declares_it() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &plain("people", FIELDS));
        let sql = table(dialect).replace("; create table others (id integer)", "");
        let partial = match dialect {
            Dialect::Sqlite | Dialect::Postgres => " where age > 3",
            Dialect::Mysql | Dialect::Mariadb => "",
        };
        project
            .execute(&format!("{sql}; create index by_both on people (name desc, age){partial}"));
        project.execute("alter table people add column extra integer not null default 7");
        let ran = project.unchanged(&["diff", "--unmanaged"]).ok();
        assert!(!ran.out.contains("warning"), "{}", ran.out);
        let ran = ran.shows("column people.extra: a field `extra` of the SQL type int");

        let (mut on_struct, mut fields) = (String::new(), FIELDS.to_owned());
        fields.push_str("\n        #[autogen(default = 7)] pub extra: i32,");
        for line in ran.out.lines() {
            let Some((object, attribute)) = line.split_once(": #[autogen(") else { continue };
            let attribute = format!("#[autogen({attribute}");
            match object.rsplit_once('.') {
                Some((kind, field))
                    if kind.trim_start().starts_with("default ")
                        || kind.trim_start().starts_with("type ") =>
                {
                    let field = format!("pub {field}:");
                    fields = fields.replace(&field, &format!("{attribute} {field}"));
                }
                _ => on_struct.push_str(&format!("{attribute}\n")),
            }
        }
        let derive = "    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]\n";
        let model = one("people", &fields).replace(derive, &format!("{derive}{on_struct}"));
        project.write("src/lib.rs", &model);
        let ran = project.unchanged(&["diff", "--dry-run", "--unmanaged"]).ok();
        assert!(
            ran.out.starts_with("no changes") && !ran.out.contains("people"),
            "{model}{}",
            ran.out
        );
    }
}

#[test]
fn a_required_column_that_no_model_has() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &plain("people", "pub name: String,"));
        project.execute(
            "create table people (id integer primary key, name varchar(40) not null, \
                         age integer not null)",
        );
        let ran = project.unchanged(&["diff", "--dry-run"]).ok();
        ran.shows("warning: people.age is required and has no default");
        let ran = project.unchanged(&["diff", "--format", "json"]).ok();
        let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let objects = json["unmanaged_objects"].as_array().expect("a list");
        let age = objects.iter().find(|it| it["object"] == "people.age").expect("the column");
        assert!(age["warning"].as_str().expect("a warning").contains("required"), "{age}");
    }
}
