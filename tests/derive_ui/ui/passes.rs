use sea_autogen::Autogen as Renamed;

/// The crate under another name.
mod again {
    pub use sea_autogen::*;
}

#[derive(Renamed)]
#[autogen(table = "t", crate = "crate::again")]
struct Model {
    #[autogen(primary_key)]
    id: i32,
    mood: Mood,
}

#[derive(Renamed)]
#[autogen(name = "mood", rename_all = "snake_case")]
enum Mood {
    VeryHappy,
}

#[derive(Renamed)]
#[autogen(skip)]
struct NoTable {
    id: std::cell::Cell<i32>,
}

/// With other types for some databases, and a table that one of them does not have.
#[derive(Renamed)]
#[autogen(table = "several", crate = "crate::again")]
#[autogen(skip, dialects(mariadb))]
#[autogen(index(columns = ["email"], where = "on_list"), dialects(postgres, sqlite))]
struct Several {
    #[autogen(primary_key)]
    id: i32,
    #[autogen(sql_type = "citext", dialects(postgres))]
    email: String,
    #[autogen(default = true, dialects(postgres))]
    #[autogen(default = false, dialects(mysql, sqlite))]
    on_list: bool,
}

fn main() {
    let declared = sea_autogen::models().unwrap();
    assert_eq!(declared.schema.enums.len(), 1);
    assert_eq!(declared.schema.tables.len(), 2);
    let several = |dialect: &str| {
        let mut declared = declared.clone();
        declared.choose(dialect);
        declared.schema.tables.get(&"several".into()).map(|table| {
            let types: Vec<_> = table.columns.iter().map(|it| it.data_type.clone()).collect();
            assert!(table.columns[2].default.is_some());
            (format!("{types:?}"), table.indexes.len())
        })
    };
    assert_eq!(several("mariadb"), None);
    let (types, indexes) = several("postgres").unwrap();
    assert!(types.contains("citext"), "{types}");
    assert_eq!(indexes, 1);
    let (types, indexes) = several("mysql").unwrap();
    assert!(!types.contains("citext") && !types.contains("Verbatim"), "{types}");
    assert_eq!(indexes, 0);
    assert_eq!(several("sqlite").unwrap(), (types, 1));
}
