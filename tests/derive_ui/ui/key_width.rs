use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t", foreign_key(columns = ["id", "user_id"], references = "users(id)"))]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    user_id: i32,
}

#[derive(Autogen)]
#[sea_orm(table_name = "u")]
struct Entity {
    #[sea_orm(primary_key)]
    id: i32,
    user_id: i32,
    #[sea_orm(belongs_to, from = "(id, user_id)", to = "id")]
    user: HasOne<super::user::Entity>,
}

fn main() {}
