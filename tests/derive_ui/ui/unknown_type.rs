use sea_autogen::Autogen;

struct Mystery;

#[derive(Autogen)]
#[autogen(table = "t")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    mystery: Option<Mystery>,
    #[autogen(sql_type = "mystery")]
    said: Mystery,
    #[autogen(skip)]
    skipped: Mystery,
}

fn main() {}
