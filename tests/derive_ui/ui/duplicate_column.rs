use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    #[autogen(column = "id")]
    other: i32,
}

fn main() {}
