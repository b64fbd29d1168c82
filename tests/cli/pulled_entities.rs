//! Pulled entities compile with SeaORM, and read what they insert, on every database.

use autogen_dialect::Dialect;
use autogen_tests::{cargo, dialects, lock_file, target, with_all_features};

use crate::project::{Project, finish, root};
use crate::pulling::{SHOP, load};

/// A table with a column of each kind of value.
fn kinds(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "create table kinds (id integer primary key, at datetime_text not null,
                price real(10, 2) not null, data json_text not null, raw blob not null,
                ok boolean not null, \"type\" double not null)"
        }
        Dialect::Postgres => {
            "create type mood as enum ('happy', 'so so');
            create table kinds (id serial primary key, mood mood not null, moods mood[] not null,
                price numeric(10, 2) not null, at timestamptz not null, day date,
                data jsonb not null, key uuid not null, took interval not null, address inet,
                tags text[] not null, bits bit(3) not null, raw bytea not null)"
        }
        Dialect::Mysql | Dialect::Mariadb => {
            "create table kinds (id int unsigned not null auto_increment primary key,
                mood enum('happy', 'so so') not null, size mediumint not null,
                total bigint unsigned not null, flag bit(1) not null, made year not null,
                at timestamp not null, price decimal(10, 2) not null, raw varbinary(20) not null,
                note longtext)"
        }
    }
}

/// Inserts a row into `kinds` and reads it back.
fn inserted(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "let moment = ChronoDateTimeUtc::UNIX_EPOCH.naive_utc();
            let row = kinds::ActiveModel {
                at: Set(moment), price: Set(Decimal::new(1950, 2)), raw: Set(vec![1, 2]),
                data: Set(Json::from(\"x\")), ok: Set(true), r#type: Set(0.5),
                ..Default::default()
            };"
        }
        Dialect::Postgres => {
            "use entities::sea_orm_active_enums::Mood;
            let row = kinds::ActiveModel {
                mood: Set(Mood::SoSo), moods: Set(vec![Mood::Happy, Mood::SoSo]),
                price: Set(Decimal::new(1950, 2)), at: Set(ChronoDateTimeUtc::UNIX_EPOCH.into()),
                data: Set(Json::from(\"x\")), key: Set(Uuid::nil()),
                took: Set(\"01:02:03\".into()), address: Set(Some(\"10.0.0.1/32\".into())),
                tags: Set(vec![\"a\".into()]), bits: Set(\"101\".into()), raw: Set(vec![1, 2]),
                ..Default::default()
            };"
        }
        Dialect::Mysql | Dialect::Mariadb => {
            "use entities::sea_orm_active_enums::Mood;
            let row = kinds::ActiveModel {
                mood: Set(Mood::SoSo), size: Set(-5), total: Set(u64::MAX), flag: Set(true),
                made: Set(2026), at: Set(ChronoDateTimeUtc::from_timestamp(86_400, 0).unwrap().into()),
                price: Set(Decimal::new(1950, 2)), raw: Set(vec![1, 2]),
                note: Set(Some(\"long\".into())), ..Default::default()
            };"
        }
    }
}

/// The module of a database: its entities, and a function that uses them.
fn module(dialect: Dialect) -> String {
    format!(
        "pub mod entities;
use entities::{{kinds, post_tags, posts, tags, users}};
use sea_orm::prelude::*;
use sea_orm::{{ActiveValue::Set, DatabaseConnection}};

pub async fn run(db: &DatabaseConnection) {{
    {}
    let row = row.insert(db).await.unwrap();
    assert_eq!(kinds::Entity::find().one(db).await.unwrap(), Some(row));
    let user = |id, boss_id| users::ActiveModel {{
        id: Set(id), email: Set(format!(\"{{id}}@x\")), boss_id: Set(boss_id),
    }};
    user(1, None).insert(db).await.unwrap();
    user(2, Some(1)).insert(db).await.unwrap();
    let post = posts::ActiveModel {{
        id: Set(7), author_id: Set(2), title: Set(Some(\"t\".into())),
        price: Set(Decimal::new(15, 1)), ..Default::default()
    }};
    post.insert(db).await.unwrap();
    tags::ActiveModel {{ id: Set(3), ..Default::default() }}.insert(db).await.unwrap();
    let joined = post_tags::ActiveModel {{ post_id: Set(7), tag_id: Set(3) }};
    joined.insert(db).await.unwrap();
    let found = posts::Entity::find().find_with_related(tags::Entity).all(db).await.unwrap();
    assert_eq!(found[0].1[0].id, 3);
    let author = users::Entity::find_by_id(found[0].0.author_id).one(db).await.unwrap();
    assert_eq!(author.unwrap().boss_id, Some(1));
}}
",
        inserted(dialect)
    )
}

/// All databases in one crate, so that it is built once.
#[test]
fn pulled_entities_insert_and_read() {
    let folder = Project::empty();
    let facade = root().join("crates/autogen").canonicalize().expect("a crate");
    let manifest = format!(
        "[package]\nname = \"pulled\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\nsea-autogen = {{ path = {:?}, default-features = false }}\n\
         sea-orm = {{ version = \"2\", default-features = false, features = [\"macros\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        facade.display().to_string()
    );
    folder.write("Cargo.toml", &with_all_features(&manifest));
    folder.write("Cargo.lock", &lock_file());
    let mut main = String::new();
    let mut arms = String::new();
    let mut databases = Vec::new();
    for dialect in dialects() {
        let project = Project::on(dialect);
        load(&project, SHOP);
        load(&project, kinds(dialect));
        let entities = format!("src/{dialect}/entities");
        let format = match dialect {
            Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => None,
            Dialect::Mariadb => Some("--compact"),
        };
        let arguments = ["pull", "--out", &entities];
        let arguments: Vec<&str> = arguments.into_iter().chain(format).collect();
        project.run(&arguments).ok();
        for (name, text) in project.files() {
            if name.starts_with("src/") && !name.ends_with('/') {
                folder.write(&name, &String::from_utf8(text).expect("a text"));
            }
        }
        folder.write(&format!("src/{dialect}/mod.rs"), &module(dialect));
        main.push_str(&format!("mod {dialect};\n"));
        arms.push_str(&format!("        \"{dialect}\" => {dialect}::run(&db).await,\n"));
        databases.push(project);
    }
    main.push_str(&format!(
        "\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() {{\n    \
         let mut given = std::env::args().skip(1);\n    let name = given.next().unwrap();\n    \
         let db = sea_orm::Database::connect(given.next().unwrap()).await.unwrap();\n    \
         match name.as_str() {{\n{arms}        _ => unreachable!(),\n    }}\n}}\n"
    ));
    folder.write("src/main.rs", &main);
    for project in databases {
        let dialect = project.database().dialect();
        let url = project.database().url().replace("mariadb://", "mysql://");
        let mut command = cargo();
        command.args(["run", "--quiet", "--offline", "--", dialect.name(), &url]);
        command.current_dir(folder.path()).env("CARGO_TARGET_DIR", target());
        finish(command).ok();
    }
}
