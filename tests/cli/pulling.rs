//! `autogen pull`: from a database to models, on every database.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::project::{Project, wanted};

/// A project with a crate and no models.
fn bare(dialect: Dialect) -> Project {
    let project = Project::on(dialect);
    project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
    project.write("src/lib.rs", "pub mod entities;\n");
    project
}

/// Statements that every database runs.
pub(crate) const SHOP: &str =
    "create table users (id bigint not null primary key, email varchar(80) not null,
    boss_id bigint, constraint users_boss foreign key (boss_id) references users (id));
create unique index users_email on users (email);
create table posts (id bigint not null primary key, author_id bigint not null, editor_id bigint,
    title varchar(200) default 'it''s \"new\"', price decimal(10, 2) not null default 0,
    constraint posts_title check (title <> ''),
    constraint posts_author foreign key (author_id) references users (id) on delete cascade,
    constraint posts_editor foreign key (editor_id) references users (id));
create table tags (id bigint not null primary key, label varchar(40));
create table post_tags (post_id bigint not null, tag_id bigint not null,
    primary key (post_id, tag_id),
    constraint post_tags_post foreign key (post_id) references posts (id),
    constraint post_tags_tag foreign key (tag_id) references tags (id));
create view titles as select title from posts;";

pub(crate) fn load(project: &Project, sql: &str) {
    for statement in sql.split(';').filter(|it| !it.trim().is_empty()) {
        project.execute(statement);
    }
}

/// The models, what goes to a file of SQL, and nothing left to do after it.
#[test]
fn a_database_becomes_a_project() {
    for dialect in dialects() {
        let project = bare(dialect);
        load(&project, SHOP);
        let ran = project.run(&["pull"]).ok();
        ran.shows("4 models in src/entities: 8 files written, 0 unchanged\n")
            .shows("schema/objects.sql\n")
            .tells("next: ");
        let posts = project.read("src/entities/posts.rs");
        for text in [
            "pub author: BelongsTo<super::users::Entity>,",
            "pub editor: BelongsTo<Option<super::users::Entity>>,",
            "#[sea_orm(has_many, via = \"post_tags\")]",
            "pub tags: HasMany<super::tags::Entity>,",
            "default_value = \"it's \\\"new\\\"\"",
        ] {
            assert!(posts.contains(text), "{dialect}: no {text} in\n{posts}");
        }
        let users = project.read("src/entities/users.rs");
        for text in ["pub boss: BelongsTo<Option<Entity>>,", "pub author_posts: HasMany<"] {
            assert!(users.contains(text), "{dialect}: no {text} in\n{users}");
        }
        assert!(project.read("schema/objects.sql").to_lowercase().contains("view"));
        project.run(&["pull", "--check"]).ok();
        project.run(&["diff", "--dry-run", "--exit-code"]).ok();
        project.run(&["pull"]).ok().shows("0 files written, 7 unchanged");
    }
}

/// A file that differs is kept, and so are all others.
#[test]
fn a_file_that_differs_is_kept() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = bare(Dialect::Sqlite);
    load(&project, SHOP);
    project.run(&["pull"]).ok();
    project.edit("src/entities/tags.rs", "pub label", "pub name");
    project.execute("create table more (id integer primary key)");
    let before = project.read("src/entities/tags.rs");
    project.run(&["pull"]).fails(4, "A0682", "src/entities/tags.rs");
    assert!(!project.path().join("src/entities/more.rs").exists());
    assert_eq!(project.read("src/entities/tags.rs"), before);
    project
        .run(&["pull", "--check"])
        .exits(1)
        .shows("new: src/entities/more.rs\n")
        .shows("changed: src/entities/tags.rs\n");
    project.run(&["pull", "--force"]).ok();
    assert!(project.read("src/entities/tags.rs").contains("pub label"));
    assert!(project.read("src/entities/mod.rs").contains("pub mod more;\n"));
}

/// Tables that are pulled later join those that are there.
#[test]
fn some_tables_are_pulled() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = bare(Dialect::Sqlite);
    load(&project, SHOP);
    project.run(&["pull", "--tables", "none*"]).fails(2, "A0681", "`none*`");
    project.run(&["pull", "--tables", "posts"]).ok().shows("1 model in ");
    assert!(project.read("src/entities/posts.rs").contains("external"));
    assert!(!project.path().join("schema").exists());
    project.run(&["pull", "--tables", "t?gs"]).ok();
    let modules = project.read("src/entities/mod.rs");
    assert!(modules.ends_with("pub mod posts;\npub mod tags;\n"), "{modules}");
}

/// Names, comments and tables as nobody should choose them.
#[test]
fn bad_input_is_said_or_escaped() {
    for dialect in dialects() {
        let project = bare(dialect);
        let quote = |name: &str| dialect.quote(name);
        let columns: Vec<String> = (0..300).map(|at| format!("c{at} integer")).collect();
        project.execute(&format!("create table wide ({})", columns.join(", ")));
        let odd = [
            "type",
            "self",
            "Self",
            "crate",
            "userId",
            "user_id",
            "it's \"odd\"",
            "a\nb",
            "1st",
            "_x",
            "x",
            "名前",
            "a.b",
            "-",
            "\u{202e}x",
        ];
        // Only PostgreSQL tells names of columns apart by case.
        let odd = odd.iter().filter(|it| **it != "Self" || dialect == Dialect::Postgres);
        let columns: Vec<String> = odd.map(|name| format!("{} varchar(20)", quote(name))).collect();
        let key = "id integer not null primary key";
        for (at, table) in
            ["mod", "Mod", "prelude", "self", "a b", "it's", "Option", "名"].iter().enumerate()
        {
            // MySQL may not tell the names of tables apart by case.
            if at == 1 && dialect != Dialect::Postgres {
                continue;
            }
            let table = quote(table);
            project.execute(&format!("create table {table} ({key}, {})", columns.join(", ")));
        }
        let index = format!(
            "create index {} on {} ({}, {})",
            quote("an \"index\""),
            quote("a b"),
            quote("it's \"odd\""),
            quote("a\nb")
        );
        project.execute(&index);
        let ran = project.run(&["pull"]).ok().tells("A0150");
        assert!(!ran.err.contains("A0153"), "{dialect}: {}", ran.err);
        project.run(&["diff", "--dry-run", "--exit-code"]).ok();
        for format in ["--compact", "--plain"] {
            project.run(&["pull", format, "--force"]).ok();
            project.run(&["diff", "--dry-run", "--exit-code"]).ok();
        }
    }
}

/// Comments become documentation where it is read back as the same text.
#[test]
fn comments_are_documentation() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = bare(Dialect::Postgres);
    project.execute("create table t (id integer primary key, a text, b text, c text)");
    project.execute("comment on table t is 'The table.\n\nIt has \"text\" in it.'");
    project.execute("comment on column t.a is 'plain */'");
    project.execute("comment on column t.b is ' spaces\tand tabs '");
    project.run(&["pull"]).ok();
    let text = project.read("src/entities/t.rs");
    for part in [
        "/// The table.\n///\n/// It has \"text\" in it.\n",
        "#[autogen(comments = \"docs\")]",
        "    /// plain */\n",
        "comment = \" spaces\\tand tabs \"",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    project.run(&["diff", "--dry-run", "--exit-code"]).ok();
}

#[test]
fn there_is_something_to_pull() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = bare(Dialect::Sqlite);
    project.run(&["pull"]).fails(2, "A0680", "no tables");
    project.execute("create table t (id integer primary key)");
    project.write("taken", "a file");
    project.run(&["pull", "--out", "taken/models"]).fails(2, "A0601", "taken");
}

/// Two foreign keys without names and of the same columns: no attribute tells them apart.
#[test]
fn what_models_can_not_say_is_left_alone() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = bare(Dialect::Sqlite);
    let keys = "b_id integer references b (id), foreign key (b_id) references b (id)";
    project.execute("create table b (id integer primary key)");
    project.execute(&format!("create table twice (id integer primary key, {keys})"));
    project.execute(&format!("create table keyless ({keys})"));
    project
        .run(&["pull"])
        .ok()
        .tells("table twice: models can't say all of it: an entity without `Autogen`")
        .tells("table twice: `twice` has two objects named")
        .tells("table keyless: models can't say it: no model");
    assert!(!project.read("src/entities/twice.rs").contains("utogen"));
    assert!(!project.path().join("src/entities/keyless.rs").exists());
    project.run(&["diff", "--dry-run", "--exit-code"]).ok();
}

/// A table must not have two models.
#[test]
fn models_that_are_there_are_told() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = Project::on(Dialect::Sqlite);
    let model = "#[derive(Autogen)] #[autogen(table = \"tags\")] pub struct Tag { pub id: i64 }";
    project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
    project.write("src/lib.rs", &format!("{model}\n"));
    load(&project, SHOP);
    project
        .run(&["pull"])
        .ok()
        .tells("table tags: src/lib.rs has a model of it, too; keep one (A0114)")
        .tells("next: declare `pub mod entities;` in src/lib.rs, then `cargo add sea-autogen`");
}
