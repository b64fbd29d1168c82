use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[sea_orm(primary_key, column_type = "Intger")]
    id: i32,
    #[sea_orm(column_type = "String(StringLen::N(LENGTH))")]
    name: String,
    #[autogen(column_type = "Decimal(10, 2)")]
    price: f64,
}

fn main() {}
