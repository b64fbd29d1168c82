use sea_autogen::Autogen;

#[derive(Autogen)]
#[autogen(table = "t", chek = "id > 0", index(columns = ["id"], nmae = "x"))]
struct Model {
    #[autogen(primary_key, defualt = 1)]
    id: i32,
    #[autogen(identity(always, strat = 1))]
    n: i32,
}

#[derive(Autogen)]
#[sea_orm(table_name = "u")]
struct Plain {
    #[autogen(skip)]
    #[sea_orm(primry_key)]
    id: i32,
    #[autogen(zzz)]
    other: i32,
}

fn main() {}
