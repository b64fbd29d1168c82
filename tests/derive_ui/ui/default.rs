use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    #[sea_orm(default_expr = "my_default()")]
    name: String,
    #[sea_orm(default_expr = "1 +")]
    price: f64,
}

fn main() {}
