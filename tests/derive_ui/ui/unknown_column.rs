use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(
    table = "t",
    index(columns = ["id", "usr_id"]),
    unique(columns = ["nothing_like_it"], include = ["idd"]),
    foreign_key(columns = ["usr"], references = "users(id)")
)]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    user_id: i32,
}

fn main() {}
