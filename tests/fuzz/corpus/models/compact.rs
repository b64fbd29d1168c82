//! An address.

use sea_autogen::Autogen;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Autogen)]
#[sea_orm(table_name = "address")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(unique_key = "where")]
    pub user_id: super::super::types::UserId,
    #[sea_orm(unique_key = "where")]
    pub zip_code: String,
    #[sea_orm(column_type = "Char(Some(2))")]
    pub country: String,
    #[sea_orm(extra = "COLLATE NOCASE")]
    #[cfg(any())]
    pub never: String,
    pub line_1: String,
    pub line2: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::UserId",
        to = "super::user::Column::Id"
    )]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
