use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t", check(name = "x", expr = "id > 0"), index(name = "x", columns = ["id"]))]
struct Model {
    #[autogen(primary_key)]
    id: i32,
}

fn main() {}
