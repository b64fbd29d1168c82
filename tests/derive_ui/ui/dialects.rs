use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t")]
#[autogen(index("a"), dialects(oracle))]
#[autogen(index("a", dialects()))]
#[autogen(dialects(sqlite))]
#[autogen(without_rowid, dialects(sqlite), dialects(postgres))]
struct Model {
    #[autogen(primary_key, dialects = "sqlite")]
    id: i32,
    #[autogen(default = 1, dialects(postgres, sqlite))]
    #[autogen(default = 2, dialects(sqlite, mysql))]
    a: i32,
    #[autogen(index(dialects(mysql, mysql)))]
    b: i32,
    #[autogen(defualt = 1, dialects(mysql))]
    c: i32,
}

fn main() {}
