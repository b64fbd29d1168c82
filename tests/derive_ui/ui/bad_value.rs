use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t", comment = 3, comments = "yes", strict = "on", check(name = "empty"), index(name = "x"), unique(), exclude())]
struct Model {
    #[autogen(primary_key = 1, sql_type = "")]
    id: i32,
    #[autogen(default = now(), identity = "sometimes")]
    a: i32,
    #[autogen(foreign_key(references = "u(id)", on_delete = "explode"))]
    b: i32,
    #[autogen(foreign_key(name = "c"), index(columns = [1]))]
    c: i32,
    #[sea_orm(default_value = some::path)]
    #[autogen(identity(start = "x"))]
    d: i32,
    #[autogen = "x"]
    e: i32,
    #[autogen(check = "a" "b")]
    f: i32,
}

fn main() {}
