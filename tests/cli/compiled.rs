//! Models that the compiler reads: what it knows, and what is not registered.

use autogen_dialect::Dialect;
use autogen_tests::{lock_file, target, with_all_features};

use crate::models::model;
use crate::project::{Project, Ran, finish, root};

/// A macro that creates an entity without `Autogen`, so that it registers nothing.
const MAKER: &str = r#"#[macro_export]
macro_rules! entity {
    ($module:ident, $table:literal) => {
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key)]
                pub id: i32,
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}
"#;

/// The output of a build script while the crate is built.
const INCLUDED: &str = "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n";

fn compilable(table: &str, derives: &str) -> String {
    let rest = "    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    \
                pub enum Relation {}\n    impl ActiveModelBehavior for ActiveModel {}\n}\n";
    let text = model(table, table, derives, "").replace("//! The models.\n\n", "");
    // Without the derive, its name is unused.
    let text = match derives.contains("Autogen") {
        true => text,
        false => text.replace("use sea_autogen::Autogen;", ""),
    };
    text.trim_end().trim_end_matches('}').to_owned() + rest
}

/// A crate with a dependency, both of which build.
fn shop() -> Project {
    let project = Project::on(Dialect::Sqlite);
    let facade = root().join("crates/autogen").canonicalize().expect("a crate");
    let sea_orm = "sea-orm = { version = \"2\", default-features = false, \
                   features = [\"macros\", \"with-chrono\", \"with-rust_decimal\"] }";
    let package = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{sea_orm}\n"
        )
    };
    let needs = format!(
        "sea-autogen = {{ path = {:?}, default-features = false }}\nkit = {{ path = \"kit\" }}\n\
         [workspace]\n",
        facade.display().to_string()
    );
    project.write("Cargo.toml", &with_all_features(&(package("shop") + &needs)));
    project.write("Cargo.lock", &lock_file());
    project.write("kit/Cargo.toml", &package("kit"));
    project.write("kit/src/lib.rs", MAKER);
    project.write("autogen.toml", "models = \".\"\n");
    project
}

/// Runs the command so that all builds of the tests share their dependencies.
fn run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.command(arguments);
    command.env("CARGO_NET_OFFLINE", "true");
    command.env("CARGO_TARGET_DIR", target());
    finish(command)
}

/// Macros of a dependency and of the crate, and a build script, create entities that the
/// compiler knows and that are not registered: none of their tables is dropped.
#[test]
fn entities_that_do_not_register_keep_their_tables() {
    let project = shop();
    let author = compilable("authors", "DeriveEntityModel, Autogen");
    let own = MAKER.replace("#[macro_export]\n", "").replace("entity {", "own {");
    let made = compilable("made", "DeriveEntityModel");
    let macros = format!("{own}\nkit::entity!(tag, \"tags\");\nown!(note, \"notes\");\n{author}");
    project.write("src/lib.rs", &format!("{macros}{made}"));
    let first = project.run(&["diff", "-m", "first"]).ok();
    for table in ["tags", "notes", "made", "authors"] {
        first.clone().shows(&format!("create table {table}"));
    }
    project.run(&["upgrade"]).ok();
    run(&project, &["diff", "--compiled", "--exit-code"]).ok().shows("no changes");
    // The build's output is not read; its derives decide.
    project.write("src/lib.rs", &format!("{macros}{INCLUDED}"));
    let script = |derives: &str| {
        let text = compilable("made", derives);
        let script = format!(
            "fn main() {{\n    let folder = std::env::var(\"OUT_DIR\").unwrap();\n    \
             std::fs::write(folder + \"/made.rs\", r###\"{text}\"###).unwrap();\n}}\n"
        );
        project.write("build.rs", &script);
    };
    script("DeriveEntityModel");
    let ran = run(&project, &["diff", "--compiled", "-m", "x"]).fails(4, "A0671", "table made");
    ran.tells("src/lib.rs:").tells("`include!`").tells("hint: derive `Autogen`");
    script("DeriveEntityModel, Autogen");
    run(&project, &["diff", "--compiled", "--exit-code"]).ok().shows("no changes");
    // A removed table is dropped if everything was read.
    project.write("build.rs", "fn main() {}\n");
    project.write("src/lib.rs", &macros);
    let ran = run(&project, &["diff", "--compiled", "--dry-run"]).ok().shows("drop table made");
    assert!(!ran.out.contains("tags") && !ran.out.contains("notes"), "{}", ran.out);
}
