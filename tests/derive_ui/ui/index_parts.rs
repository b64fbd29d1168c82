use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(
    table = "t",
    index(columns = ["id nulls middle", "(id"]),
    unique(columns = ["lower(id)"]),
    exclude(elements = ["id"]),
    foreign_key(columns = ["id"], references = "users(a b)")
)]
struct Model {
    #[autogen(primary_key)]
    id: i32,
}

fn main() {}
