use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    #[autogen(generated = "id + 1", default = 2)]
    a: i32,
    #[autogen(identity = "always", default_sql = "7")]
    b: i32,
    #[autogen(identity = "always", generated = "id")]
    c: i32,
    #[sea_orm(auto_increment = true)]
    d: i32,
    #[autogen(stored)]
    e: i32,
}

#[derive(Autogen)]
#[autogen(table = "u")]
struct Composite {
    #[sea_orm(primary_key, auto_increment = true)]
    a: i32,
    #[sea_orm(primary_key)]
    b: i32,
}

fn main() {}
