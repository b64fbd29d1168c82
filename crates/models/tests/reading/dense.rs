//! SeaORM 2's dense format, plain structs, and the meaning of omissions.

use crate::common::{only_table, read, read_files, table};
use autogen_schema::{FkAction, Name};

const SHOP: &str = r#"
pub mod user {
    #[sea_orm::model]
    #[derive(DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "user")]
    pub struct Model {
        #[sea_orm(primary_key)] pub id: i32,
        pub boss_id: Option<i32>,
        #[sea_orm(self_ref, relation_enum = "Boss", from = "boss_id", to = "id", on_delete = "SetNull")]
        pub boss: BelongsTo<Option<Entity>>,
        #[sea_orm(self_ref, via = "follower", from = "User", to = "Follower")]
        pub followers: HasMany<Entity>,
        #[sea_orm(has_many, relation_enum = "Written", via_rel = "Author")]
        pub written: HasMany<super::post::Entity>,
        #[sea_orm(has_one)]
        pub profile: HasOne<super::post::Entity>,
    }
}
pub mod post {
    use super::user::Entity as Writer;
    #[derive(Autogen)]
    #[sea_orm::model]
    #[derive(DeriveEntityModel)]
    #[sea_orm(table_name = "post", schema_name = "blog")]
    pub struct Model {
        #[sea_orm(primary_key)] pub id: i32,
        pub author_id: i32,
        pub editor: i32,
        #[sea_orm(belongs_to, relation_enum = "Author", from = "author_id", to = "id", on_delete = "Cascade", on_update = "Restrict")]
        pub author: HasOne<Writer>,
        #[sea_orm(belongs_to, relation_enum = "Editor", from = "Column::Editor", to = "Column::Id")]
        pub edited_by: BelongsTo<super::user::Entity>,
        #[sea_orm(belongs_to, relation_enum = "Again", from = "editor", to = "id", skip_fk)]
        pub again: BelongsTo<super::user::Entity>,
    }
}
pub mod follower {
    use super::*;
    #[sea_orm::model]
    #[derive(DeriveEntityModel)]
    #[sea_orm(table_name = "follower")]
    pub struct Model {
        #[sea_orm(primary_key)] pub user_id: i32,
        #[sea_orm(primary_key)] pub follower_id: i32,
        #[sea_orm(belongs_to, relation_enum = "User", from = "user_id", to = "id")]
        pub user: HasOne<user::Entity>,
        #[sea_orm(belongs_to, relation_enum = "Follower", from = "follower_id", to = "id")]
        pub follower: HasOne<user::Entity>,
    }
}
"#;

#[test]
fn only_the_owning_side_makes_a_key() {
    let declared = read(SHOP);
    let user = table(&declared, "user");
    assert_eq!(user.columns.len(), 2);
    assert_eq!(user.foreign_keys.len(), 1);
    assert_eq!(user.foreign_keys[0].name, Name::proposed("fk-user-boss_id"));
    assert_eq!(user.foreign_keys[0].references, "user".into());
    assert_eq!(user.foreign_keys[0].on_delete, FkAction::SetNull);
    let post = &declared.schema.tables[&autogen_schema::QName::new(Some("blog".into()), "post")];
    let names: Vec<&str> = post.foreign_keys.iter().map(|key| key.name.text().unwrap()).collect();
    assert_eq!(names, ["fk-post-author_id", "fk-post-editor"]);
    assert_eq!(post.foreign_keys[0].on_update, FkAction::Restrict);
    assert_eq!(table(&declared, "follower").foreign_keys.len(), 2);
}

#[test]
fn silence_is_the_truth_only_beside_autogen() {
    let declared = read(SHOP);
    let partial: Vec<String> = declared.partial.iter().map(ToString::to_string).collect();
    assert_eq!(partial, ["follower"]);
    assert!(!declared.is_whole());
}

#[test]
fn inferred_types_are_told_from_said_ones() {
    let declared = read(
        r#"#[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")] struct Model {
            #[sea_orm(primary_key)] a: i32, #[sea_orm(column_type = "Text")] b: String,
            #[sea_orm(column_type = "custom(\"x\")")] c: String,
            #[sea_orm(column_type = "Integer")] d: i32,
            #[sea_orm(column_name = "E")] e: Option<i64> }"#,
    );
    let (table, columns) = declared.inferred.first_key_value().unwrap();
    assert_eq!(table.name, "t");
    assert_eq!(columns.iter().collect::<Vec<_>>(), ["E", "a"]);
}

#[test]
fn plain_structs() {
    let features =
        "[package]\nname = \"x\"\n[features]\ndefault = [\"migrations\"]\nmigrations = []";
    let text = r#"
        #[cfg_attr(feature = "migrations", derive(sea_autogen::Autogen))]
        #[cfg_attr(feature = "migrations", autogen(table = "users"))]
        struct User { #[autogen(primary_key)] id: i64, name: Option<String> }
        #[derive(Autogen)] #[autogen(skip)] struct NoTable { id: Mystery }
        #[cfg(test)] #[derive(Autogen)] #[autogen(table = "never")] struct Never { id: i64 }
        #[cfg(not(test))] #[derive(Autogen)] #[autogen(table = "always")] struct Always { id: i64 }
        #[derive(Autogen)] #[autogen(name = "mood", rename_all = "snake_case")] enum Mood { VeryGood, #[autogen(renamed_from = "b")] Bad }
        "#;
    let files = [("Cargo.toml", features), ("src/lib.rs", text)];
    let declared = read_files(&files, "").unwrap();
    let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["always", "users"]);
    assert!(table(&declared, "users").columns[1].nullable);
    let mood = declared.schema.enums.values().next().unwrap();
    assert_eq!(mood.values, ["very_good", "bad"]);
    assert_eq!(declared.renames.len(), 1);
}

#[test]
fn a_skipped_table_is_left_alone() {
    let declared = read(
        r#"
        pub mod theirs {
            #[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = "theirs")] #[autogen(skip)]
            pub struct Model { #[sea_orm(primary_key)] pub id: Mystery }
        }
        pub mod ours {
            #[sea_orm::model]
            #[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = "ours")]
            pub struct Model {
                pub theirs_id: i32,
                #[sea_orm(belongs_to, from = "theirs_id", to = "id")] pub theirs: HasOne<super::theirs::Entity>,
                #[autogen(foreign_key(references = "theirs(id)"))] pub again: i32,
            }
        }"#,
    );
    assert_eq!(only_table(&declared).foreign_keys.len(), 2);
    assert!(declared.skipped.contains(&"theirs".into()));
    assert!(declared.is_whole());
}

#[test]
fn tables_that_do_not_register() {
    let files = std::collections::BTreeMap::from([(
        "models.rs".to_owned(),
        SHOP.replace("pub author_id: i32", "pub author_id: Mystery"),
    )]);
    let options = autogen_models::Options { path: "models.rs".to_owned(), ..Default::default() };
    let found = autogen_models::unregistered(&files, &options).unwrap().tables;
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["follower".into()]);
}

#[test]
fn a_key_said_by_name_takes_the_place_of_the_relations() {
    let declared = read(
        r#"#[sea_orm::model] #[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = "t")]
        #[autogen(foreign_key(columns = ["up"], references = "t(id)", name = "climb", deferrable))]
        pub struct Model {
            #[sea_orm(primary_key)] pub id: i32, pub up: i32,
            #[sea_orm(self_ref, relation_enum = "Up", from = "up", to = "id")] pub parent: HasOne<Entity>,
            #[autogen(foreign_key(references = "t"))] pub other: i32,
        }"#,
    );
    let keys = &only_table(&declared).foreign_keys;
    let names: Vec<&str> = keys.iter().map(|key| key.name.text().unwrap()).collect();
    assert_eq!(names, ["climb", "fk-t-other"]);
    assert_eq!(keys[1].referenced_columns, ["id"]);
}

/// Two tables, the second of which has a foreign key.
fn referencing(attributes: &str, fields: &str) -> String {
    format!(
        r#"
        pub mod user {{
            #[sea_orm::model]
            #[derive(DeriveEntityModel, Autogen)]
            #[sea_orm(table_name = "user")]
            pub struct Model {{ #[sea_orm(primary_key)] pub id: i32 }}
        }}
        pub mod post {{
            #[sea_orm::model]
            #[derive(DeriveEntityModel, Autogen)]
            #[sea_orm(table_name = "post")]
            {attributes}
            pub struct Model {{
                #[sea_orm(primary_key)] pub id: i32,
                pub user_id: i32,
                #[sea_orm(belongs_to, from = "user_id", to = "id")]
                {fields}
                pub user: BelongsTo<super::user::Entity>,
            }}
        }}
        "#
    )
}

#[test]
fn a_relation_names_its_key() {
    let declared = read(&referencing("", r#"#[autogen(fk_name = "mine")]"#));
    assert_eq!(table(&declared, "post").foreign_keys[0].name, Name::exact("mine"));
    // A key of the same columns with another name is another one.
    let other = r#"#[autogen(foreign_key(name = "other", columns = ["user_id"], references = "user(id)"))]"#;
    let declared = read(&referencing(other, r#"#[autogen(fk_name = "mine")]"#));
    let keys = &table(&declared, "post").foreign_keys;
    assert_eq!(
        keys.iter().map(|it| it.name.text()).collect::<Vec<_>>(),
        [Some("mine"), Some("other")]
    );
    let declared = read(&referencing(other, ""));
    assert_eq!(table(&declared, "post").foreign_keys.len(), 1);
    // An index may have the name of a key.
    let index = r#"#[autogen(index(name = "mine", columns = ["user_id"]))]"#;
    read(&referencing(index, r#"#[autogen(fk_name = "mine")]"#));
    let found = crate::common::problems(&referencing("", r#"#[autogen(fk_nam = "mine")]"#));
    assert!(found[0].contains("unknown key `fk_nam` in #[autogen(..)] on a relation"), "{found:?}");
}
