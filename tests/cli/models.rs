//! Models that the tests write into their projects.

/// Two tables with a key between them.
pub(crate) const BLOG: &str = r#"//! The models.

pub mod author {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "authors")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub email: String,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "posts")]
    #[autogen(check(name = "posts_stars", expr = "stars >= 0"))]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(indexed)]
        pub author_id: i32,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        #[sea_orm(default_value = 0)]
        pub stars: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::author::Entity",
            from = "Column::AuthorId",
            to = "super::author::Column::Id",
            on_delete = "Cascade"
        )]
        Author,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
"#;

/// The field of [`BLOG`] after which tests add one.
pub(crate) const LAST_FIELD: &str = "pub name: String,\n";

/// One table, with the fields given as Rust.
pub(crate) fn one(table: &str, fields: &str) -> String {
    model("it", table, "DeriveEntityModel, Autogen", fields)
}

/// One table whose struct has only SeaORM's derives.
pub(crate) fn plain(table: &str, fields: &str) -> String {
    model("it", table, "DeriveEntityModel", fields)
}

/// A module with a model.
pub(crate) fn model(module: &str, table: &str, derives: &str, fields: &str) -> String {
    format!(
        "//! The models.\n\npub mod {module} {{\n    use sea_autogen::Autogen;\n    \
         use sea_orm::entity::prelude::*;\n\n    \
         #[derive(Clone, Debug, PartialEq, {derives})]\n    \
         #[sea_orm(table_name = \"{table}\")]\n    pub struct Model {{\n        \
         #[sea_orm(primary_key)]\n        pub id: i32,\n        {fields}\n    }}\n}}\n"
    )
}
