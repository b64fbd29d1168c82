use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Tuple(i32);

#[derive(Autogen)]
#[autogen(table = "t")]
struct Generic<T> {
    id: T,
}

#[derive(Autogen)]
union Neither {
    a: i32,
}

fn main() {}
