//! Renames are never guessed.

use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::Project;

/// A database with a row, and models in which a column has another name.
fn renamed(dialect: autogen_dialect::Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute("insert into authors (email, name) values ('a@b', 'Ann')");
    project.edit("src/lib.rs", LAST_FIELD, "pub full_name: String,\n");
    project
}

#[test]
fn an_open_one_is_refused() {
    for dialect in dialects() {
        let project = renamed(dialect);
        for arguments in [&["diff"][..], &["diff", "-m", "x"]] {
            project
                .unchanged(arguments)
                .fails(4, "A0614", "authors.name")
                .tells("--rename authors.name=full_name")
                .tells("--no-rename authors.name");
        }
        let ran = project.unchanged(&["diff", "--dry-run"]).ok();
        ran.shows("ambiguous:").shows("D0104").shows("drop column authors.name");
        project.unchanged(&["check"]).exits(1).shows("D0104");
    }
}

/// Runs the command on a terminal, and answers the question about the name with these keys.
#[cfg(unix)]
fn on_a_terminal(project: &Project, arguments: &[&str], keys: &str) -> (String, String) {
    let question = "is authors.full_name a new name for authors.name?";
    answered(project, arguments, question, keys)
}

/// Runs the command on a terminal, and answers its question with these keys.
#[cfg(unix)]
pub(crate) fn answered(
    project: &Project,
    arguments: &[&str],
    question: &str,
    keys: &str,
) -> (String, String) {
    let plain = project.as_given(arguments);
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", "\"$0\" \"$@\"; echo \"exit $?.\""]);
    command.arg(plain.get_program()).args(plain.get_args()).current_dir(project.path());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut session = rexpect::session::spawn_command(command, Some(60_000)).expect("a terminal");
    let mut asked = session.exp_string(question).expect("a question");
    // A key that arrives before the whole question is read by nobody.
    asked.push_str(&session.exp_string("Esc stops: ").expect("the keys"));
    session.send(keys).expect("keys");
    session.flush().expect("keys");
    let rest = session.exp_string("exit ").expect("the end");
    let code = session.exp_string(".").expect("the end");
    (code, asked + &rest)
}

#[cfg(unix)]
#[test]
fn a_terminal_is_asked() {
    for dialect in dialects() {
        let project = renamed(dialect);
        for key in ["\u{1b}", "\u{3}", "\u{4}"] {
            let (code, text) = on_a_terminal(&project, &["diff", "-m", "x"], key);
            assert_eq!(code, "4", "{text}");
            assert!(text.contains("A0615"), "{text}");
            assert_eq!(project.migrations().len(), 3, "nothing is written: {text}");
        }
        let arguments = ["diff", "-m", "x", "--revision", "2"];
        let (code, text) = on_a_terminal(&project, &arguments, "x\r");
        assert_eq!(code, "0", "{text}");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);

        let project = renamed(dialect);
        let fill = ["diff", "-m", "x", "--fill", "authors.full_name='?'"];
        let (code, text) = on_a_terminal(&project, &fill, "n");
        assert_eq!(code, "0", "{text}");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["?"]);
    }
}

#[test]
fn yes() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let flag = ["diff", "--rename", "authors.name=full_name"];
        let ran = project.run(&flag).ok();
        assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select name as it from authors"), ["Ann"]);
    }
}

#[test]
fn no() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let flags = ["diff", "--no-rename", "authors.name", "--fill", "authors.full_name='?'"];
        let ran = project.run(&flags).ok();
        assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["?"]);
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn the_model_says_it() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let said = "#[autogen(renamed_from = \"name\")]\n        pub full_name";
        project.edit("src/lib.rs", "pub full_name", said);
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);
        // A rename that is done is not an error.
        project.unchanged(&["check"]).ok();
    }
}

/// What the error offers is accepted, whatever the names are.
#[test]
fn names_with_dots_and_quotes() {
    const OLD: &str = "#[sea_orm(column_name = \"na.me='s\")]\npub name: String,\n";
    for dialect in dialects() {
        let models = |field: &str| BLOG.replace(LAST_FIELD, field);
        let project = Project::with_models(dialect, &models(OLD));
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.write("src/lib.rs", &models(&OLD.replace("'s", "s")));
        let offered = r"--rename 'authors.na\.me\='\''s=na\.me\=s'";
        project.unchanged(&["diff"]).fails(4, "A0614", offered);
        let (gone, new) = (r"authors.na\.me\='s", r"authors.na\.me\=s");
        let fill = format!("{new}='=.'");
        let dropped = ["diff", "--format", "sql", "--no-rename", gone, "--fill", &fill];
        project.unchanged(&dropped).ok().shows("'=.'");
        project.run(&["diff", "--rename", r"authors.na\.me\='s=na\.me\=s"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// Nobody means a name that has nothing in common.
#[test]
fn one_that_nobody_means() {
    let project = renamed(autogen_dialect::Dialect::Sqlite);
    project.edit("src/lib.rs", "pub full_name", "pub biography");
    let fill = ["diff", "--fill", "authors.biography='?'"];
    project.run(&fill).ok().shows("drop column authors.name");
}

#[test]
fn one_that_fits_nothing() {
    for dialect in dialects() {
        let project = renamed(dialect);
        for (flag, code) in [
            ("authors.nam=full_name", "A0404"),
            ("authors.name=fullname", "A0404"),
            ("authors.name", "A0404"),
            ("type:mood=humour", "A0404"),
            ("writers=authors", "A0404"),
        ] {
            project.unchanged(&["diff", "--rename", flag]).fails(2, code, flag);
        }
        let flags = ["diff", "--no-rename", "authors.name", "--fill", "nonsense"];
        project.unchanged(&flags).fails(2, "A0613", "nonsense");
    }
}

const PAIR: &str = r#"//! The models.

pub mod t {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "t")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub a: String,
        pub b: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod u {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "u")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub a: String,
        pub b: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
"#;

/// Two columns of one type, and two tables of one shape: only the declaration shows the
/// exchange, and it is still there afterwards.
#[test]
fn a_swap_of_names_is_carried_out_once() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, PAIR);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("insert into t (id, a, b) values (1, 'a of t', 'b of t')");
        project.execute("insert into u (id, a, b) values (1, 'a of u', 'b of u')");
        let model = |table: &str| format!("#[sea_orm(table_name = \"{table}\")]");
        for (table, other) in [("t", "u"), ("u", "t")] {
            let said = format!("{}\n    #[autogen(renamed_from = \"{other}\")]", model(table));
            project.edit("src/lib.rs", &model(table), &said);
        }
        // Only the columns of `t` are exchanged, with the names after the change.
        let fields = "pub a: String,\n        pub b: String,";
        let swapped = "#[autogen(renamed_from = \"b\")]\n        pub a: String,\n        \
                       #[autogen(renamed_from = \"a\")]\n        pub b: String,";
        let source = project.read("src/lib.rs").replacen(fields, swapped, 1);
        project.write("src/lib.rs", &source);
        project.run(&["check"]).exits(1).shows("rename");
        project.run(&["diff", "-m", "swap", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select a as it from t"), ["b of u"]);
        assert_eq!(project.query("select b as it from t"), ["a of u"]);
        assert_eq!(project.query("select a as it from u"), ["a of t"]);
        // The declaration still exists, and was applied.
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff", "-m", "again"]).ok().shows("no changes");
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select a as it from t"), ["a of t"]);
        project.run(&["upgrade"]).ok();
        // Without the record of it, nobody knows: it is reported, and not done.
        let snapshot = project.read("migrations/schema.json");
        let mut text: serde_json::Value = serde_json::from_str(&snapshot).expect("JSON");
        text.as_object_mut().expect("an object").remove("renames").expect("renames");
        project.write("migrations/schema.json", &text.to_string());
        project.unchanged(&["diff"]).ok().shows("D0104").shows("t.a=b").shows("no changes");
    }
}

/// A chain: each gets the name that the next one frees.
#[test]
fn names_that_move_on() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, PAIR);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("insert into t (id, a, b) values (1, 'a', 'b')");
        let fields = "pub a: String,\n        pub b: String,";
        let moved = "#[autogen(renamed_from = \"a\")]\n        pub b: String,\n        \
                     #[autogen(renamed_from = \"b\")]\n        pub c: String,";
        let source = project.read("src/lib.rs").replacen(fields, moved, 1);
        project.write("src/lib.rs", &source);
        project.run(&["diff", "-m", "on", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select b as it from t"), ["a"]);
        assert_eq!(project.query("select c as it from t"), ["b"]);
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select a as it from t"), ["a"]);
    }
}

#[test]
fn values_of_enums_get_other_names() {
    for dialect in dialects() {
        let role = "    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n    \
                    #[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"role\")]\n    \
                    pub enum Role {\n        #[sea_orm(string_value = \"user\")]\n        User,\n        \
                    #[sea_orm(string_value = \"admin\")]\n        Admin,\n    }\n\n";
        let models = PAIR
            .replacen("    #[derive(Clone", &format!("{role}    #[derive(Clone"), 1)
            .replacen("pub a: String,", "pub a: Role,", 1);
        let project = Project::with_models(dialect, &models);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("insert into t (id, a, b) values (1, 'user', 'b')");
        let said = "#[autogen(renamed_from = \"user\")]\n        \
                    #[sea_orm(string_value = \"member\")]";
        project.edit("src/lib.rs", "#[sea_orm(string_value = \"user\")]", said);
        project.run(&["diff", "-m", "member", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select b as it from t where a = 'member'"), ["b"]);
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select b as it from t where a = 'user'"), ["b"]);
    }
}

/// An enum that is plain text in the database: the models declare it, and the rows follow,
/// once.
#[test]
fn values_that_only_rows_hold_get_other_names() {
    for dialect in dialects() {
        let role = "    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n    \
                    #[sea_orm(rs_type = \"String\", db_type = \"String(StringLen::N(8))\")]\n    \
                    pub enum Role {\n        #[sea_orm(string_value = \"user\")]\n        User,\n        \
                    #[sea_orm(string_value = \"admin\")]\n        Admin,\n    }\n\n";
        let models = PAIR
            .replacen("    #[derive(Clone", &format!("{role}    #[derive(Clone"), 1)
            .replacen("pub a: String,", "pub a: Option<Role>,", 1);
        let project = Project::with_models(dialect, &models);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("insert into t (id, a, b) values (1, 'user', 'u'), (2, 'admin', 'a')");
        // They are exchanged, which does not change the schema at all.
        let said = |value: &str| {
            let earlier = if value == "user" { "admin" } else { "user" };
            format!(
                "#[autogen(renamed_from = \"{earlier}\")]\n        #[sea_orm(string_value = \"{value}\")]"
            )
        };
        let source = project.read("src/lib.rs");
        let source = source.replacen("#[sea_orm(string_value = \"user\")]", "USER", 1);
        let source = source.replacen("#[sea_orm(string_value = \"admin\")]", &said("user"), 1);
        project.write("src/lib.rs", &source.replacen("USER", &said("admin"), 1));
        let ran = project.run(&["diff", "-m", "swapped", "--revision", "2"]).ok();
        ran.shows("rename values of t.a in its rows: admin to user, user to admin");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select b as it from t where a = 'admin'"), ["u"]);
        assert_eq!(project.query("select b as it from t where a = 'user'"), ["a"]);
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff"]).ok().shows("no changes");
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select b as it from t where a = 'user'"), ["u"]);
        project.run(&["upgrade"]).ok();
        // Without the record of it, nobody knows: it is reported, and not done.
        let snapshot = project.read("migrations/schema.json");
        let mut text: serde_json::Value = serde_json::from_str(&snapshot).expect("JSON");
        text.as_object_mut().expect("an object").remove("renames").expect("renames");
        project.write("migrations/schema.json", &text.to_string());
        project.unchanged(&["diff"]).ok().shows("D0108").shows("--rename t.a.admin=user");
        let lost = project.unchanged(&["diff", "--rename", "t.c.admin=user"]);
        assert!(lost.err.contains("there is no t.c"), "{}", lost.err);
    }
}
