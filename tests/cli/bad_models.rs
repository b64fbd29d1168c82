//! Models that cannot be read, or cannot exist in a database: one error with its code, its
//! position and a hint, and nothing changes.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, model, one};
use crate::project::Project;

/// Runs every command that reads models, on bad ones.
#[track_caller]
fn refused(models: &str, code: &str, place: &str, words: &str) {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.write("src/lib.rs", models);
        for arguments in [
            &["diff"][..],
            &["diff", "-m", "x"],
            &["diff", "--dry-run", "--format", "json"],
            &["check"],
        ] {
            project.unchanged(arguments).fails(2, code, place).tells(words);
        }
    }
}

/// The position of a word, as messages print it.
fn place(models: &str, word: &str) -> String {
    let at = models.find(word).expect("the word");
    let line = models[..at].lines().count();
    let column = at - models[..at].rfind('\n').map_or(0, |it| it + 1) + 1;
    format!("src/lib.rs:{line}:{column}: ")
}

#[test]
fn one_that_does_not_parse() {
    let models = one("t", "pub x: ,");
    refused(&models, "A0101", &place(&models, ",\n    }\n"), "expected one of");
}

#[test]
fn an_unknown_attribute() {
    let models = one("t", "#[sea_orm(colum_type = \"Text\")] pub x: String,");
    refused(&models, "A0102", &place(&models, "colum_type"), "did you mean `column_type`?");
    let models = one("t", "#[autogen(defualt = 3)] pub x: i32,");
    refused(&models, "A0102", &place(&models, "defualt"), "did you mean `default`?");
}

#[test]
fn a_type_that_is_not_known() {
    let models = one("t", "pub x: other::Thing,");
    refused(&models, "A0105", &place(&models, "x: other"), "`t.x`");
}

#[test]
fn two_models_on_one_table() {
    let second = model("b", "t", "DeriveEntityModel, Autogen", "").replace("//! The models.", "");
    let models = format!("{}{second}", model("a", "t", "DeriveEntityModel, Autogen", ""));
    let line = models[..models.rfind("struct Model").unwrap()].lines().count();
    refused(&models, "A0114", &format!("src/lib.rs:{line}:"), "table `t`");
}

#[test]
fn a_foreign_key_to_nothing() {
    let fields = "#[autogen(foreign_key(references = \"nowhere(id)\"))]\n        pub x: i32,";
    let models = one("t", fields);
    refused(&models, "A0115", "src/lib.rs:", "`nowhere`");
    let models = BLOG.replace("super::author::Entity", "super::writer::Entity");
    refused(&models, "A0112", &place(&models, "Author,\n"), "super::writer");
}

#[test]
fn no_models_at_all() {
    refused("//! Empty.\n", "A0116", "src", "derives `Autogen`");
    let project = Project::on(Dialect::Sqlite);
    project.write("autogen.toml", "");
    project.unchanged(&["diff"]).fails(2, "A0120", ".").tells("no crate");
    project.unchanged(&["diff", "--models", "gone"]).fails(2, "A0608", "gone");
    project.unchanged(&["inspect", "models:gone.rs"]).fails(2, "A0608", "gone.rs");
}

#[test]
fn everything_is_told_at_once() {
    let models =
        one("t", "#[sea_orm(colum_type = \"Text\")] pub x: String,\n pub y: other::Thing,");
    let project = Project::with_models(Dialect::Sqlite, &models);
    let ran = project.unchanged(&["diff"]).fails(2, "A0102", "colum_type");
    ran.tells("[A0105]").tells("other::Thing");
}

#[test]
fn a_name_that_is_too_long() {
    let long = "n".repeat(64);
    for dialect in dialects() {
        let table = Project::with_models(dialect, &one(&long, ""));
        let column = Project::with_models(dialect, &one("t", &format!("pub {long}: i32,")));
        match dialect {
            Dialect::Postgres => {
                table.unchanged(&["diff"]).fails(2, "A0412", &long).tells("64 bytes");
                column.unchanged(&["diff"]).fails(2, "A0412", &format!("t.{long}"));
            }
            // 64 characters are the limit here.
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                for project in [table, column] {
                    project.run(&["diff"]).ok();
                    project.run(&["upgrade"]).ok();
                    project.run(&["check"]).ok();
                }
            }
        }
    }
}

#[test]
fn a_column_that_is_not_there() {
    let fields = "pub a: i32,";
    let attribute = "#[sea_orm(table_name = \"t\")]";
    let more = format!("{attribute}\n    #[autogen(index(columns = [\"b\"]))]");
    let models = one("t", fields).replace(attribute, &more);
    refused(&models, "A0110", "src/lib.rs:", "b");
}

/// The server would reject it after earlier statements.
#[test]
fn a_key_to_columns_that_are_not_unique() {
    for dialect in dialects().into_iter().filter(|it| *it == Dialect::Mysql) {
        let parts = |unique: &str| {
            let fields = format!("#[sea_orm(indexed{unique})]\n        pub part: i32,");
            let derives = "DeriveEntityModel, Autogen";
            let posts = model("posts", "posts", derives, "pub part: i32,");
            let key = "#[autogen(foreign_key(columns = [\"part\"], references = \"users(part)\"))]";
            let posts = posts.replace("    pub struct", &format!("    {key}\n    pub struct"));
            one("users", &fields) + &posts.replace("//! The models.\n", "")
        };
        let project = Project::with_models(dialect, &parts(""));
        let ran = project.unchanged(&["diff", "-m", "x"]);
        ran.fails(4, "A0442", "posts").tells("not unique together");
        project.write("src/lib.rs", &parts(", unique"));
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        project.run(&["diff", "--exit-code"]).ok().shows("no changes");
    }
}

/// The maximum number of columns, and one more.
#[test]
fn a_table_that_is_too_wide() {
    let fields = |count: usize| -> String {
        // The key is one of them.
        (1..count).map(|at| format!("pub c{at}: Option<i32>,\n        ")).collect()
    };
    for dialect in dialects() {
        let most = dialect.max_columns();
        let project = Project::with_models(dialect, &one("t", &fields(most + 1)));
        project.unchanged(&["diff"]).fails(2, "A0416", &format!("{}", most + 1)).tells("columns");
        if matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
            // InnoDB allows fewer, and reports that itself.
            continue;
        }
        project.write("src/lib.rs", &one("t", &fields(most)));
        project.run(&["diff", "-m", "wide"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        project.write("src/lib.rs", &one("t", &fields(most - 1)));
        project.run(&["diff", "-m", "less"]).ok().shows(&format!("drop column t.c{}", most - 1));
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// A migration that production can't run is not written.
#[test]
fn what_the_server_is_too_old_for() {
    for dialect in dialects().into_iter().filter(|it| *it == Dialect::Postgres) {
        let models =
            one("t", "#[autogen(unique(nulls_not_distinct))]\n        pub a: Option<i32>,");
        let project = Project::with_models(dialect, &models);
        let config =
            std::fs::read_to_string(project.path().join("autogen.toml")).unwrap_or_default();
        project.write("autogen.toml", &format!("target_version = \"13\"\n{config}"));
        let ran = project.unchanged(&["diff", "-m", "x"]);
        ran.fails(2, "A0447", "t.t_a_key").tells("came with version 15");
        project.write("autogen.toml", &format!("target_version = \"x\"\n{config}"));
        project.unchanged(&["diff"]).fails(2, "A0602", "target_version");
        project.write("autogen.toml", &format!("target_version = \"99\"\n{config}"));
        let ran = project.run(&["diff", "--dry-run"]);
        ran.ok().shows("create table t");
    }
}
