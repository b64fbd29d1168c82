use sea_autogen::Autogen;

#[derive(Autogen)]
#[sea_orm(rs_type = "String")]
enum NoType {
    #[sea_orm(string_value = "a")]
    A,
}

#[derive(Autogen)]
#[sea_orm(rs_type = "String", db_type = "Enum")]
enum NoValue {
    A,
    #[sea_orm(num_value = 1)]
    B,
}

#[derive(Autogen)]
#[sea_orm(rs_type = "String", db_type = "Strng")]
#[autogen(name = "x")]
enum WrongType {
    #[sea_orm(string_value = "a")]
    A,
    #[sea_orm(num_value = 1)]
    B,
}

#[derive(Autogen)]
#[autogen(rename_all = "Shouting", renamed = "y")]
enum Plain {
    #[autogen(value = "same", renamed = "x")]
    A,
    #[autogen(value = "same")]
    B(i32),
}

fn main() {}
