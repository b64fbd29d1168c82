use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
#[autogen(table = "u")]
struct Model {
    #[autogen(primary_key, comment = "a", comment = "b")]
    id: i32,
    #[autogen(index(name = "a", name = "b"))]
    a: i32,
}

fn main() {}
