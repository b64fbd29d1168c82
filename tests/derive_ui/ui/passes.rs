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

fn main() {
    let declared = sea_autogen::models().unwrap();
    assert_eq!(declared.schema.enums.len(), 1);
    assert_eq!(declared.schema.tables.len(), 1);
}
