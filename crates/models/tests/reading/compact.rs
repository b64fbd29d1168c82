//! The compact format: names, keys, relations.

use crate::common::{only_table, read, table};
use autogen_schema::{ColumnType, FkAction, ForeignKey, Identity, Index, IntWidth, Name};

const BAKERY: &str = r#"
pub mod bakery {
    use sea_orm::entity::prelude::*;
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "bakery")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub r#type: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::cake::Entity")]
        Cake,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
pub mod cake {
    use sea_orm::entity::prelude::*;
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub bakery_id: i32,
        pub best_before: Option<Date>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::bakery::Entity", from = "Column::BakeryId",
            to = "super::bakery::Column::Id", on_delete = "Cascade", on_update = "NoAction")]
        Bakery,
    }
}
"#;

#[test]
fn a_bakery() {
    let declared = read(BAKERY);
    let bakery = table(&declared, "bakery");
    let names: Vec<&str> = bakery.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "type"]);
    assert_eq!(bakery.columns[0].identity, Some(Identity::Auto));
    assert!(bakery.columns[2].nullable);
    assert_eq!(bakery.primary_key.as_ref().unwrap().name, Name::Free(None));
    let cake = table(&declared, "cake");
    assert_eq!(cake.columns[0].identity, None);
    assert_eq!(cake.columns[0].data_type, ColumnType::int(IntWidth::Big));
    assert_eq!(cake.columns[2].data_type, ColumnType::Date);
    let mut key = ForeignKey::new(
        Name::proposed("fk-cake-bakery_id"),
        &["bakery_id"],
        "bakery".into(),
        &["id"],
    );
    key.on_delete = FkAction::Cascade;
    assert_eq!(cake.foreign_keys, [key]);
    assert_eq!(declared.partial.len(), 2);
    assert!(declared.inferred[&"cake".into()].contains("id"));
    let origin = &declared.origins[&"cake".into()];
    assert_eq!((origin.file.as_str(), origin.line), ("models.rs", 23));
}

#[test]
fn composite_keys_and_unique_keys() {
    let declared = read(
        r#"
        #[derive(DeriveEntityModel)]
        #[sea_orm(table_name = "t")]
        pub struct Model {
            #[sea_orm(primary_key)] pub b: i32,
            #[sea_orm(primary_key)] pub a: i32,
            #[sea_orm(unique_key = "k")] pub y: i32,
            #[sea_orm(unique_key = "k")] pub x: i32,
            #[sea_orm(indexed)] pub i: i32,
            #[sea_orm(indexed, unique)] pub u: i32,
        }"#,
    );
    let t = only_table(&declared);
    let key = t.primary_key.as_ref().unwrap();
    assert_eq!(key.name, Name::proposed("pk-t"));
    assert_eq!(key.columns[0].column, "b");
    assert!(t.columns.iter().all(|c| c.identity.is_none()));
    let mut unique = Index::new(Name::proposed("idx-t-k"), &["y", "x"]);
    unique.unique = true;
    assert_eq!(t.indexes, [Index::new(Name::proposed("idx-t-i"), &["i"]), unique]);
    assert_eq!(t.uniques.len(), 1);
    assert_eq!(t.uniques[0].name, Name::Free(None));
}

#[test]
fn relations_written_by_hand() {
    let declared = read(
        r#"
        pub mod a {
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = "a")]
            pub struct Model { #[sea_orm(primary_key)] pub x: i32, #[sea_orm(primary_key)] pub y: i32 }
            #[derive(EnumIter)] pub enum Relation {}
            impl RelationTrait for Relation { fn def(&self) -> RelationDef { match self { _ => panic!("No Relation") } } }
        }
        pub mod b {
            use super::a::{self, Entity as Parent};
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = "b")]
            pub struct Model { #[sea_orm(primary_key)] pub id: i32, pub ax: i32, pub ay: i32 }
            #[derive(EnumIter)] pub enum Relation { Parent, Itself, Many, None }
            impl RelationTrait for Relation {
                fn def(&self) -> RelationDef {
                    match self {
                        Self::Parent => Entity::belongs_to(Parent).from((Column::Ax, Column::Ay)).to((a::Column::X, a::Column::Y))
                            .on_delete(ForeignKeyAction::SetDefault).fk_name("named").into(),
                        Relation::Itself => { Entity::belongs_to(Entity).from(Column::Ax).to(Column::Id).into() }
                        Self::Many => Entity::has_many(a::Entity).into(),
                        Self::None => Entity::belongs_to(a::Entity).from(Column::Ax).to(a::Column::X).skip_fk().into(),
                    }
                }
            }
        }"#,
    );
    let keys = &table(&declared, "b").foreign_keys;
    let names: Vec<&str> = keys.iter().map(|key| key.name.text().unwrap()).collect();
    assert_eq!(names, ["named", "fk-b-ax"]);
    assert_eq!(keys[0].referenced_columns, ["x", "y"]);
    assert_eq!(keys[0].on_delete, FkAction::SetDefault);
}

/// SeaORM's macros for relations accept it.
#[test]
fn attributes_without_commas() {
    let loose = BAKERY.replace("\", from", "\" from").replace("\", on_delete", "\" on_delete");
    let loose = loose.replace("primary_key, auto", "primary_key auto");
    assert_ne!(loose, BAKERY);
    assert_eq!(read(&loose).schema, read(BAKERY).schema);
}
