use sea_autogen::Autogen;

#[derive(Autogen)]
#[sea_orm(table_name = "t")]
struct Model {
    #[sea_orm(primary_key)]
    id: i32,
    user_id: i32,
    #[sea_orm(belongs_to, from = "user_id")]
    user: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "1 + 1")]
    other: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Explode")]
    third: HasOne<super::user::Entity>,
}

fn main() {}
