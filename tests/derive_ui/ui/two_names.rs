use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t", unique(name = "x", columns = "id"), index(name = "x", columns = ["id"]))]
struct Model {
    #[autogen(primary_key)]
    id: i32,
}

fn main() {}
