//! `dialects(..)`: what counts for some databases only.

use autogen_models::DIALECT_NAMES;
use autogen_schema::Declared;

use crate::common::{problems, read, table};

/// What the models declare for one database.
fn chosen(declared: &Declared, dialect: &str) -> Declared {
    let mut declared = declared.clone();
    declared.choose(dialect);
    assert!(declared.variants.is_empty());
    declared
}

#[test]
fn each_database_has_its_own_items() {
    let declared = read(
        "#[derive(DeriveEntityModel, Autogen)]
         #[sea_orm(table_name = \"t\")]
         #[autogen(index(name = \"i\", columns = [\"a\"], where = \"a > 0\"), dialects(postgres, sqlite))]
         #[autogen(check = \"a > 1\", index(\"a\", dialects(mysql)))]
         pub struct Model {
             #[sea_orm(primary_key)]
             pub id: i32,
             #[autogen(sql_type = \"int8\", renamed_from = \"b\", dialects(postgres))]
             pub a: i32,
         }
         #[derive(DeriveActiveEnum)]
         #[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"tone\")]
         pub enum Tone { #[sea_orm(string_value = \"a\")] A }",
    );
    let seen = |dialect: &str| {
        let declared = chosen(&declared, dialect);
        let table = table(&declared, "t");
        let columns = format!("{:?}", table.columns[1].data_type);
        let verbatim = columns.contains("int8");
        (table.indexes.len(), table.checks.len(), verbatim, declared.renames.len())
    };
    assert_eq!(seen("postgres"), (1, 1, true, 1));
    assert_eq!(seen("sqlite"), (1, 1, false, 0));
    assert_eq!(seen("mysql"), (1, 1, false, 0));
    assert_eq!(seen("mariadb"), (0, 1, false, 0));
    // What all have, where no database is known.
    assert_eq!(table(&declared, "t").indexes.len(), 0);
    assert!(!declared.variants.contains_key("mariadb"));
}

#[test]
fn a_table_may_have_other_names_and_may_be_missing() {
    let declared = read(
        "#[derive(Autogen)]
         #[autogen(table = \"big\", dialects(postgres))]
         #[autogen(table = \"small\", dialects(sqlite, mysql, mariadb))]
         #[autogen(skip, dialects(mysql))]
         pub struct T { #[autogen(primary_key)] pub id: i32 }",
    );
    for (dialect, expected) in
        DIALECT_NAMES.iter().zip([Some("small"), Some("big"), None, Some("small")])
    {
        let declared = chosen(&declared, dialect);
        let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
        assert_eq!(names.first().map(String::as_str), expected, "{dialect}");
        assert!(expected.is_none_or(|name| declared.origins.contains_key(&name.into())));
    }
}

#[test]
fn lists_that_can_not_be_read_are_reported() {
    let model = |attribute: &str| {
        format!(
            "#[derive(Autogen)]\n#[autogen(table = \"t\")]\n#[autogen({attribute})]\n\
             pub struct T {{ #[autogen(primary_key)] pub id: i32, pub a: i32 }}"
        )
    };
    for (attribute, expected) in [
        ("index(\"a\"), dialects(oracle)", "A0141 3:32 `oracle` is not a database"),
        ("index(\"a\"), dialects()", "A0141 3:23 `dialects` names no database"),
        ("index(\"a\"), dialects", "A0141 3:23 `dialects` names no database"),
        ("index(\"a\", dialects(\"mysql\"))", "A0141 3:22 `dialects` names no database"),
        ("index(\"a\"), dialects(mysql, mysql)", "A0126 3:39 `mysql` is given twice"),
        ("dialects(mysql)", "A0142 3:11 this `dialects` limits nothing"),
        ("index(dialects(mysql))", "A0142"),
    ] {
        let found = problems(&model(attribute));
        assert!(found.iter().any(|it| it.starts_with(expected)), "{attribute}: {found:?}");
    }
}

#[test]
fn a_problem_of_some_databases_names_them() {
    let found = problems(
        "#[derive(Autogen)]
#[autogen(table = \"t\")]
pub struct T {
    #[autogen(primary_key)]
    pub id: i32,
    #[autogen(default = 1, dialects(postgres, sqlite))]
    #[autogen(default = 2, dialects(sqlite, mysql))]
    pub a: i32,
    #[autogen(defualt = 2)]
    pub b: i32,
}",
    );
    assert_eq!(
        found,
        [
            "A0126 7:15 `default` is given twice (for sqlite)",
            "A0102 9:15 unknown key `defualt` in #[autogen(..)] on a field",
        ]
    );
}
