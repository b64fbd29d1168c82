use sea_autogen::Autogen;

#[derive(Autogen)]
struct Model {
    #[autogen(primary_key)]
    id: i32,
}

fn main() {}
