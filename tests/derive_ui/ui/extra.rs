use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    #[sea_orm(extra = "COLLATE nocase REFERENCES u (id)")]
    name: String,
    #[sea_orm(extra = "CHECK (price > 0")]
    price: f64,
}

fn main() {}
