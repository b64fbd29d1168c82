//! Writing models: what is said in another way, and one file as a whole.

use autogen_dialect::Dialect;
use autogen_models::{Form, WriteOptions, Written, write};
use autogen_schema::{
    Column, ColumnType, EnumType, ForeignKey, IntWidth, Name, PrimaryKey, QName, Schema, Table,
};

const INTEGER: ColumnType = ColumnType::int(IntWidth::Regular);

/// A table with these columns, the first of which are its key.
fn table(name: &str, columns: &[(&str, ColumnType)], key: usize) -> Table {
    let mut table = Table::new(name);
    let column = |(name, data_type): &(&str, ColumnType)| Column::new(*name, data_type.clone());
    table.columns = columns.iter().map(column).collect();
    let names: Vec<&str> = columns.iter().take(key).map(|(name, _)| *name).collect();
    if key > 0 {
        table.primary_key = Some(PrimaryKey::new(Name::Free(None), &names));
    }
    table
}

fn written(dialect: Dialect, mut schema: Schema, tables: Vec<Table>) -> (Schema, Written) {
    for table in tables {
        schema.add_table(table);
    }
    let schema = dialect.as_created(&schema);
    let written = write(&schema, dialect, &WriteOptions::default());
    (schema, written)
}

/// The notes, by code.
fn codes(written: &Written) -> Vec<(&str, &str)> {
    written.notes.iter().map(|it| (it.code, it.object.as_str())).collect()
}

#[test]
fn what_is_said_in_another_way_is_noted() {
    let names: Vec<String> = (0..13).map(|at| format!("c{at}")).collect();
    let wide: Vec<(&str, ColumnType)> = names.iter().map(|name| (name.as_str(), INTEGER)).collect();
    let mut schema = Schema::default();
    let values = ["a b", "a_b"].map(str::to_owned).to_vec();
    schema.add_enum(EnumType { name: "mood".into(), values, comment: None });
    let mood = ColumnType::Enum("mood".into());
    let tables = vec![
        table("keyless", &[("a", INTEGER)], 0),
        table("wide", &wide, 13),
        table("feeling", &[("id", INTEGER), ("mood", mood)], 1),
    ];
    let (schema, found) = written(Dialect::Postgres, schema, tables);
    assert_eq!(
        codes(&found),
        [("A0150", "table keyless"), ("A0151", "table wide"), ("A0152", "enum mood")]
    );
    assert!(found.files["keyless.rs"].contains("pub struct Keyless {"));
    let feeling = &found.files["feeling.rs"];
    assert!(feeling.contains("save_as = \"\\\"mood\\\"\"") && feeling.contains("pub mood: String"));

    let mut options = WriteOptions::default();
    options.forms.insert("feeling".into(), Form::Partial);
    options.forms.insert("keyless".into(), Form::Partial);
    let found = write(&schema, Dialect::Postgres, &options);
    assert!(codes(&found).contains(&("A0153", "table feeling")));
    assert!(!found.files["feeling.rs"].contains("utogen"));
    assert!(!found.files.contains_key("keyless.rs"));

    let price = ColumnType::Verbatim("decimal(10, 2)".to_owned());
    let sold = table("sold", &[("id", INTEGER), ("price", price)], 1);
    let (_, found) = written(Dialect::Sqlite, Schema::default(), vec![sold]);
    assert_eq!(codes(&found), [("A0154", "table sold")]);
}

#[test]
fn one_entity_as_a_whole() {
    let mut user = table("user", &[("id", INTEGER), ("email", ColumnType::Varchar(Some(80)))], 1);
    user.comment = Some("Who can log in.".to_owned());
    user.uniques.push(autogen_schema::Unique::new(Name::Free(None), &["email"]));
    let mut post = table("post", &[("id", INTEGER), ("author_id", INTEGER), ("type", INTEGER)], 1);
    post.columns[2].nullable = true;
    let references = QName::bare("user");
    let key = ForeignKey::new(Name::exact("mine"), &["author_id"], references, &["id"]);
    post.foreign_keys.push(key);
    let (_, found) = written(Dialect::Postgres, Schema::default(), vec![user, post]);
    let expected = r#"use sea_autogen::Autogen;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Autogen)]
#[sea_orm(table_name = "post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub author_id: i32,
    pub r#type: Option<i32>,
    #[sea_orm(belongs_to, from = "author_id", to = "id")]
    #[autogen(fk_name = "mine")]
    pub author: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
"#;
    assert_eq!(found.files["post.rs"], expected);
    let expected = r#"/// Who can log in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Autogen)]
#[sea_orm(table_name = "user")]
#[autogen(comments = "docs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    #[sea_orm(column_type = "String(StringLen::N(80))", unique)]
    pub email: String,
    #[sea_orm(has_many)]
    pub posts: HasMany<super::post::Entity>,
}
"#;
    assert!(found.files["user.rs"].contains(expected), "{}", found.files["user.rs"]);
}
