//! Plain entities: what SeaORM can't say is no difference.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::project::{Project, Ran};

/// An entity of the table `t`: its fields, and further attributes of its relation.
fn entity(fields: &str, relation: &str) -> String {
    format!(
        r#"pub mod t {{
    use sea_orm::entity::prelude::*;
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "t")]
    pub struct Model {{
{fields}
    }}
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {{ {relation} }}
    impl ActiveModelBehavior for ActiveModel {{}}
    #[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
    pub enum Mood {{
        #[sea_orm(string_value = "happy")]
        Happy,
        #[sea_orm(string_value = "sad")]
        Sad,
    }}
}}
"#
    )
}

const ID: &str = "        #[sea_orm(primary_key, auto_increment = false)] pub id: i32,\n";

/// SeaORM does not compile an entity without a primary key; other structs need none.
#[test]
fn an_entity_without_a_key_is_warned_about() {
    let field = "        pub id: i32,\n";
    let project = Project::offline(Dialect::Sqlite, &entity(field, ""));
    let ran = project.run(&["diff", "--from", "migrations", "--dry-run"]).ok();
    ran.tells("warning: src/lib.rs:5: the entity of t has no primary key").tells("A0140");
    project.unchanged(&["check"]).exits(1).tells("A0140");
    let both = entity(field, "").replace("DeriveEntityModel)", "DeriveEntityModel, Autogen)");
    project.write("src/lib.rs", &both);
    project.unchanged(&["diff", "--from", "migrations", "--dry-run"]).ok().tells("A0140");
    project.write("src/lib.rs", &entity(ID, ""));
    let ran = project.unchanged(&["diff", "--from", "migrations", "--dry-run"]).ok();
    assert!(!ran.err.contains("primary key"), "{}", ran.err);
    let plain = "use sea_autogen::Autogen;\n#[derive(Autogen)]\n#[autogen(table = \"t\")]\n\
                 pub struct T { pub id: i32 }\n";
    project.write("src/lib.rs", plain);
    let ran = project.unchanged(&["diff", "--from", "migrations", "--dry-run"]).ok();
    assert!(!ran.err.contains("primary key"), "{}", ran.err);
}

/// The first diff over an existing table.
fn compared(dialect: Dialect, table: &str, models: &str) -> (Project, Ran) {
    let project = Project::with_models(dialect, models);
    project.execute(table);
    let ran = project.unchanged(&["diff", "--dry-run"]);
    (project, ran)
}

/// No change, and what is told about it.
fn same(dialect: Dialect, table: &str, models: &str) -> Ran {
    let (_, ran) = compared(dialect, table, models);
    let ran = ran.ok();
    assert!(ran.out.starts_with("no changes"), "{dialect}: {table}\n{}{}", ran.out, ran.err);
    ran
}

#[test]
fn keys_in_another_order() {
    let fields = "        #[sea_orm(primary_key, auto_increment = false)] pub a: i32,
        #[sea_orm(primary_key, auto_increment = false)] pub b: i32,
        #[sea_orm(unique_key = \"pair\")] pub c: i32,
        #[sea_orm(unique_key = \"pair\")] pub d: i32,";
    for dialect in dialects() {
        for pair in ["constraint pair unique (d, c)", "constraint other unique (c, d)"] {
            let table = format!(
                "create table t (a integer not null, b integer not null, c integer not null, \
                 d integer not null, primary key (b, a), {pair})"
            );
            same(dialect, &table, &entity(fields, ""));
        }
        let index = "create table t (a integer not null, b integer not null, c integer not null, \
                     d integer not null, primary key (b, a)); create unique index pair on t (d, c)";
        same(dialect, index, &entity(fields, ""));
    }
}

/// Over fewer columns, a second key would reject rows that are allowed today.
#[test]
fn a_key_of_fewer_columns() {
    let fields = format!(
        "{ID}        #[sea_orm(unique_key = \"wallet\")] pub owner: i32,
        pub asset: i32,"
    );
    let table = "create table t (id integer not null primary key, owner integer not null, \
                 asset integer not null, constraint wallet unique (owner, asset))";
    for dialect in dialects() {
        // SQLite forgets the names of its constraints' indexes, and not those of others.
        let index = table.replace(", constraint wallet unique (owner, asset)", "");
        let index = format!("{index}; create unique index wallet on t (owner, asset)");
        for table in [table, &index] {
            let (project, ran) = compared(dialect, table, &entity(&fields, ""));
            ran.ok().shows("D0110 t.wallet").shows("(owner, asset)");
            project.run(&["diff", "--exit-code"]).exits(0);
            assert!(project.migrations().is_empty(), "{dialect}");
        }
    }
}

#[test]
fn a_key_for_some_rows() {
    let fields = format!("{ID}        #[sea_orm(unique)] pub email: String,");
    let table = "create table t (id integer not null primary key, email varchar(255) not null); \
                 create unique index living on t (email) where id > 0";
    for dialect in
        dialects().into_iter().filter(|it| matches!(it, Dialect::Sqlite | Dialect::Postgres))
    {
        same(dialect, table, &entity(&fields, ""));
    }
}

#[test]
fn labels_in_another_order() {
    let fields = format!("{ID}        pub mood: Mood,");
    for dialect in dialects() {
        let (before, column) = match dialect {
            Dialect::Postgres => ("create type mood as enum ('sad', 'happy');", "mood"),
            Dialect::Mysql | Dialect::Mariadb => ("", "enum('sad', 'happy')"),
            Dialect::Sqlite => continue,
        };
        let table = |column| {
            format!("create table t (id integer not null primary key, mood {column} not null)")
        };
        same(dialect, &format!("{before}{}", table(column)), &entity(&fields, ""));
        // A new one comes last.
        let more = entity(&fields, "").replace(
            "        #[sea_orm(string_value = \"sad\")]",
            "        #[sea_orm(string_value = \"calm\")]\n        Calm,\n        #[sea_orm(string_value = \"sad\")]",
        );
        let (project, ran) = compared(dialect, &format!("{before}{}", table(column)), &more);
        ran.ok().shows("calm");
        project.run(&["diff", "-m", "calm", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        let sql = project.read("migrations/1_calm.up.sql");
        assert!(!sql.contains("DROP TYPE"), "{sql}");
    }
}

#[test]
fn lengths_of_blobs() {
    let fields = format!(
        "{ID}        #[sea_orm(column_type = \"Binary(16)\")] pub a: Vec<u8>,
        #[sea_orm(column_type = \"Blob\")] pub b: Vec<u8>,"
    );
    let table = "create table t (id integer not null primary key, a blob not null, \
                 b blob(20) not null)";
    if dialects().contains(&Dialect::Sqlite) {
        same(Dialect::Sqlite, table, &entity(&fields, ""));
    }
}

/// What a database does with a column by itself.
#[test]
fn columns_that_set_themselves() {
    for dialect in dialects() {
        let (column, fields) = match dialect {
            Dialect::Mysql | Dialect::Mariadb => (
                "at timestamp not null default current_timestamp on update current_timestamp",
                "        pub at: DateTimeUtc,",
            ),
            Dialect::Sqlite | Dialect::Postgres => {
                ("at varchar(9)", "        pub at: Option<String>,")
            }
        };
        let key = match dialect {
            Dialect::Sqlite => "id integer primary key",
            Dialect::Postgres => "id serial primary key",
            Dialect::Mysql | Dialect::Mariadb => "id integer not null auto_increment primary key",
        };
        let id = "        #[sea_orm(primary_key)] pub id: i32,\n";
        let table = format!("create table t ({key}, {column})");
        same(dialect, &table, &entity(&format!("{id}{fields}"), ""));
    }
}

/// The history of SeaORM's migrations, and what autogen.toml excludes.
#[test]
fn tables_that_are_not_read() {
    for dialect in dialects() {
        for name in ["seaql_migrations", "tmp_things"] {
            let models =
                entity(ID, "").replace("table_name = \"t\"", &format!("table_name = \"{name}\""));
            let project = Project::with_models(dialect, &models);
            let config = project.read("autogen.toml");
            project.write("autogen.toml", &format!("{config}exclude = [\"tmp_*\"]\n"));
            project.execute(&format!("create table {name} (id integer not null primary key)"));
            let ran = project.unchanged(&["diff"]).ok();
            assert!(ran.out.starts_with("no changes"), "{dialect}: {}", ran.out);
            if name.starts_with("tmp") {
                ran.tells("autogen.toml excludes these models: tmp_things");
            }
        }
    }
}

#[test]
fn a_relation_to_what_is_not_unique() {
    let fields = format!("{ID}        pub code: i32,\n        pub parent: i32,");
    let relation =
        "#[sea_orm(belongs_to = \"Entity\", from = \"Column::Parent\", to = \"Column::Code\")] Up,";
    let table = "create table t (id integer not null primary key, code integer not null, \
                 parent integer not null)";
    for dialect in dialects() {
        let (project, ran) = compared(dialect, table, &entity(&fields, relation));
        ran.fails(2, "A0437", "t(code)").tells("skip_fk");
        assert!(project.migrations().is_empty());
        same(dialect, table, &entity(&fields, &relation.replace(")]", ", skip_fk)]")));
        // A key makes the plan possible.
        project.execute("create unique index by_code on t (code)");
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// SeaORM has no word for a view: an entity reads it as a table.
#[test]
fn an_entity_of_a_view() {
    let fields = format!("{ID}        pub a: Option<i32>,");
    let view = "create table base (id integer not null primary key, a integer); \
                create view t as select id, a from base";
    for dialect in dialects() {
        let (project, ran) = compared(dialect, view, &entity(&fields, ""));
        assert!(ran.ok().out.starts_with("no changes"), "{dialect}");
        project.run(&["diff", "--unmanaged"]).ok().shows("view t: #[autogen(view = ");
    }
}

#[test]
fn types_that_no_rust_type_has() {
    let fields = |types: [&str; 2]| {
        format!("{ID}        pub a: {},\n        pub b: {},", types[0], types[1])
    };
    let table = |types: [&str; 2]| {
        format!(
            "create table t (id integer not null primary key, a {} not null, b {} not null)",
            types[0], types[1]
        )
    };
    for dialect in dialects() {
        let (rust, sql) = match dialect {
            Dialect::Postgres => (["String", "String"], ["inet", "macaddr"]),
            Dialect::Mysql | Dialect::Mariadb => (["i32", "i16"], ["mediumint", "year"]),
            Dialect::Sqlite => continue,
        };
        same(dialect, &table(sql), &entity(&fields(rust), ""));
    }
}

#[test]
fn a_key_that_may_be_null() {
    let fields = "        #[sea_orm(primary_key, auto_increment = false)] pub id: String,";
    if dialects().contains(&Dialect::Sqlite) {
        same(Dialect::Sqlite, "create table t (id text primary key)", &entity(fields, ""));
    }
}

/// What is kept is listed with the attribute that would say it.
#[test]
fn orders_and_generated_columns_are_listed() {
    let fields = "        #[sea_orm(primary_key, auto_increment = false)] pub a: i32,
        #[sea_orm(primary_key, auto_increment = false)] pub b: i32,
        pub c: Option<i32>,
        pub mood: Mood,";
    for dialect in dialects() {
        let (before, mood, order) = match dialect {
            Dialect::Postgres => {
                ("create type mood as enum ('sad', 'happy');", "mood", "label order mood: ")
            }
            Dialect::Mysql | Dialect::Mariadb => {
                ("", "enum('sad', 'happy')", "t.mood: #[autogen(sql_type = ")
            }
            Dialect::Sqlite => continue,
        };
        let storage = if dialect == Dialect::Postgres { "stored" } else { "virtual" };
        let table = format!(
            "{before}create table t (a integer not null, b integer not null, \
             c integer generated always as (1 + 1) {storage}, mood {mood} not null, \
             primary key (b, a))"
        );
        let (project, ran) = compared(dialect, &table, &entity(fields, ""));
        assert!(ran.ok().out.starts_with("no changes"), "{dialect}");
        let listed = project.run(&["diff", "--unmanaged"]).ok();
        let listed =
            listed.shows("primary key order t (b, a): #[autogen(primary_key(").shows(order);
        let listed = listed.shows("generated column t.c: #[autogen(generated = ");
        assert_eq!(listed.out.contains(", virtual)]"), storage == "virtual", "{}", listed.out);
    }
}
