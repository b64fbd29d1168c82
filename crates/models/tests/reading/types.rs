//! The meaning of a Rust type, through modules, aliases, newtypes and crates.

use std::collections::BTreeMap;

use crate::common::{column, only_table, read, read_files, shown, table};
use autogen_models::{Options, read_sources};
use autogen_schema::{ColumnType, Declared, IntWidth, QName};

const STAMP_TZ: ColumnType = ColumnType::Timestamp { precision: None, tz: true };
const DATE_TIME: ColumnType = ColumnType::DateTime { precision: None };
const TIME: ColumnType = ColumnType::Time { precision: None, tz: false };

#[track_caller]
fn types(declared: &Declared, name: &str) -> Vec<ColumnType> {
    table(declared, name).columns.iter().map(|column| column.data_type.clone()).collect()
}

#[test]
fn prelude_and_primitive_types() {
    let array = |ty| ColumnType::Array(Box::new(ty));
    let unsigned = |width| ColumnType::Integer { width, unsigned: true };
    for (ty, expected) in [
        ("i8", ColumnType::int(IntWidth::Tiny)),
        ("i16", ColumnType::int(IntWidth::Small)),
        ("i32", ColumnType::int(IntWidth::Regular)),
        ("i64", ColumnType::int(IntWidth::Big)),
        ("u8", unsigned(IntWidth::Tiny)),
        ("u64", unsigned(IntWidth::Big)),
        ("f32", ColumnType::Float),
        ("f64", ColumnType::Double),
        ("bool", ColumnType::Boolean),
        ("char", ColumnType::Char(None)),
        ("String", ColumnType::Varchar(None)),
        ("std::string::String", ColumnType::Varchar(None)),
        ("Vec<u8>", ColumnType::VarBinary(None)),
        ("std::vec::Vec<u8>", ColumnType::VarBinary(None)),
        ("Vec<i8>", array(ColumnType::int(IntWidth::Tiny))),
        ("Vec<Option<Uuid>>", array(ColumnType::Uuid)),
        ("Vec<Vec<u8>>", array(ColumnType::VarBinary(None))),
        ("Date", ColumnType::Date),
        ("Time", TIME),
        ("DateTime", DATE_TIME),
        ("DateTimeUtc", STAMP_TZ),
        ("DateTimeLocal", STAMP_TZ),
        ("DateTimeWithTimeZone", STAMP_TZ),
        ("ChronoDateTimeWithTimeZone", STAMP_TZ),
        ("chrono::DateTime<chrono::Utc>", STAMP_TZ),
        ("chrono::NaiveDateTime", DATE_TIME),
        ("chrono::naive::NaiveDate", ColumnType::Date),
        ("ChronoUnixTimestamp", ColumnType::int(IntWidth::Big)),
        ("TimeDate", ColumnType::Date),
        ("TimeTime", TIME),
        ("TimeDateTime", DATE_TIME),
        ("TimeDateTimeWithTimeZone", STAMP_TZ),
        ("time::OffsetDateTime", STAMP_TZ),
        ("time::PrimitiveDateTime", DATE_TIME),
        ("jiff::civil::DateTime", ColumnType::Timestamp { precision: None, tz: false }),
        ("jiff::Timestamp", STAMP_TZ),
        ("Uuid", ColumnType::Uuid),
        ("uuid::fmt::Hyphenated", ColumnType::Uuid),
        ("TextUuid", ColumnType::Varchar(None)),
        ("Decimal", ColumnType::Decimal(None)),
        ("rust_decimal::Decimal", ColumnType::Decimal(None)),
        ("BigDecimal", ColumnType::Decimal(None)),
        ("Json", ColumnType::Json),
        ("serde_json::Value", ColumnType::Json),
        ("sea_orm::JsonValue", ColumnType::Json),
        ("sea_orm::prelude::Json", ColumnType::Json),
        ("IpNetwork", ColumnType::Inet),
        ("mac_address::MacAddress", ColumnType::MacAddr),
        ("PgVector", ColumnType::Vector(None)),
        ("pgvector::Vector", ColumnType::Vector(None)),
    ] {
        assert_eq!(column(&format!("pub a: {ty}")).data_type, expected, "{ty}");
        let optional = column(&format!("pub a: Option<{ty}>"));
        assert_eq!((optional.data_type, optional.nullable), (expected, true), "{ty}");
    }
}

#[test]
fn only_a_bare_option_is_nullable() {
    // SeaORM compares the text of the type.
    let long = column("pub a: std::option::Option<i32>");
    assert_eq!((long.nullable, long.data_type), (false, ColumnType::int(IntWidth::Regular)));
    let plain = read(
        "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: std::option::Option<i32> }",
    );
    assert!(only_table(&plain).columns[0].nullable);
}

#[test]
fn names_of_ones_own_win() {
    let declared = read(
        r#"
        pub mod own {
            use sea_orm::entity::prelude::*;
            #[derive(DeriveValueType)] pub struct Json(pub String);
            pub type Uuid = i64;
            pub type Byte = u8;
            #[derive(DeriveValueType)] pub struct Octet(pub u8);
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = "own")]
            pub struct Model { pub a: Json, pub b: Uuid, pub c: Vec<Byte>, pub d: Vec<Octet> }
        }
        pub mod imported {
            use sea_orm::entity::prelude::*;
            use super::own::{Json, Uuid as Time};
            use chrono as time;
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = "imported")]
            pub struct Model { pub a: Json, pub b: Time, pub c: time::NaiveDate, pub d: Uuid }
        }"#,
    );
    let octet = ColumnType::Integer { width: IntWidth::Tiny, unsigned: true };
    assert_eq!(
        types(&declared, "own"),
        [
            ColumnType::Varchar(None),
            ColumnType::int(IntWidth::Big),
            ColumnType::VarBinary(None),
            ColumnType::Array(Box::new(octet)),
        ]
    );
    assert_eq!(
        types(&declared, "imported"),
        [
            ColumnType::Varchar(None),
            ColumnType::int(IntWidth::Big),
            ColumnType::Date,
            ColumnType::Uuid,
        ]
    );
}

#[test]
fn aliases_newtypes_and_implementations() {
    let declared = read(
        r#"
        use sea_orm::entity::prelude::*;
        mod ids {
            use sea_orm::entity::prelude::*;
            #[derive(DeriveValueType)] pub struct Id(pub Option<Uuid>);
            #[derive(DeriveValueType)] pub struct Outer(pub super::ids::Id);
            #[derive(DeriveValueType)] #[sea_orm(column_type = "Text")] pub struct Long(String);
            #[derive(DeriveValueType)] #[sea_orm(value_type = "String")] pub struct Email { inner: String }
            #[derive(DeriveValueType)] #[sea_orm(value_type = "String")] pub enum Color { Red }
            pub struct Typed<T>(Uuid, std::marker::PhantomData<T>);
            pub struct Wrapped(i64);
        }
        impl<T> sea_orm::sea_query::ValueType for ids::Typed<T> {
            fn try_from(v: Value) -> Result<Self, ValueTypeErr> { todo!() }
            fn column_type() -> ColumnType { ColumnType::Uuid }
        }
        impl sea_query::ValueType for ids::Wrapped {
            fn column_type() -> sea_query::ColumnType { <i64 as sea_query::ValueType>::column_type() }
        }
        #[derive(Serialize, FromJsonQueryResult)] pub struct Settings { dark: bool }
        #[derive(FromJsonQueryResult)] pub enum Choice { A { b: i32 } }
        pub type Maybe<T> = Option<T>;
        pub type Pair<A, B> = Vec<B>;
        pub type Nested<T> = Maybe<Pair<i32, T>>;
        pub type Money = rust_decimal::Decimal;
        #[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")]
        pub struct Model {
            pub a: ids::Id, pub b: ids::Outer, pub c: ids::Long, pub d: ids::Email, pub e: ids::Color,
            pub f: ids::Typed<Model>, pub g: ids::Wrapped, pub h: Settings, pub i: Choice,
            pub j: Maybe<i32>, pub k: Nested<bool>, pub l: Money, pub m: self::ids::Id, pub n: crate::ids::Id,
        }"#,
    );
    let int = ColumnType::int;
    assert_eq!(
        types(&declared, "t"),
        [
            ColumnType::Uuid,
            ColumnType::Uuid,
            ColumnType::text(),
            ColumnType::Varchar(None),
            ColumnType::Varchar(None),
            ColumnType::Uuid,
            int(IntWidth::Big),
            ColumnType::Json,
            ColumnType::Json,
            int(IntWidth::Regular),
            ColumnType::Array(Box::new(ColumnType::Boolean)),
            ColumnType::Decimal(None),
            ColumnType::Uuid,
            ColumnType::Uuid,
        ]
    );
}

#[test]
fn active_enums() {
    let declared = read(
        r#"
        pub mod sea_orm_active_enums {
            use sea_orm::entity::prelude::*;
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "tea")]
            pub enum Tea {
                #[sea_orm(string_value = "EverydayTea")] EverydayTea,
                #[sea_orm(rename = "kebab-case")] BreakfastTea,
            }
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(db_type = "Enum", rename_all = "SCREAMING_SNAKE_CASE")]
            pub enum DefaultName { OneTwo, #[cfg(test)] Never }
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))")]
            pub enum Letter { #[sea_orm(string_value = "A")] A }
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(rs_type = "u8", db_type = "TinyUnsigned")]
            pub enum Number { A = 1, B = 2 }
            #[derive(EnumIter, DeriveActiveEnum)]
            #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "unused")]
            pub enum Unused { #[sea_orm(string_value = "A")] A }
        }
        pub mod t {
            use super::sea_orm_active_enums::{self, *};
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")]
            pub struct Model {
                pub a: Tea, pub b: Option<DefaultName>, pub c: Letter, pub d: super::sea_orm_active_enums::Number,
                pub e: Vec<sea_orm_active_enums::Tea>,
            }
        }"#,
    );
    let tea = ColumnType::Enum(QName::bare("tea"));
    assert_eq!(
        types(&declared, "t"),
        [
            tea.clone(),
            ColumnType::Enum(QName::bare("DefaultName")),
            ColumnType::Varchar(Some(1)),
            ColumnType::Integer { width: IntWidth::Tiny, unsigned: true },
            ColumnType::Array(Box::new(tea)),
        ]
    );
    let labels: BTreeMap<String, Vec<String>> = declared
        .schema
        .enums
        .values()
        .map(|item| (item.name.to_string(), item.values.clone()))
        .collect();
    assert_eq!(labels.len(), 2);
    assert_eq!(labels["tea"], ["EverydayTea", "breakfast-tea"]);
    assert_eq!(labels["DefaultName"], ["ONE_TWO"]);
}

#[test]
fn modules_and_crates() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\nshared = { package = \"my-types\", path = \"crates/types\" }"),
        ("crates/types/Cargo.toml", "[package]\nname = \"my-types\"\n"),
        ("crates/types/src/lib.rs", "mod inner; pub use inner::*; pub use inner::deep::Deep as Deeper;"),
        ("crates/types/src/inner/mod.rs", "pub mod deep; #[derive(DeriveValueType)] pub struct Id(uuid::Uuid);"),
        ("crates/types/src/inner/deep.rs", "#[derive(DeriveValueType)] pub struct Deep(pub super::Id);"),
        ("crates/app/Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nshared = { workspace = true }\norm = { package = \"sea-orm\", version = \"2\" }\n"),
        ("crates/app/src/main.rs", "mod entities; #[cfg(test)] mod tests; #[cfg(feature = \"x\")] mod later;"),
        ("crates/app/src/entities.rs", "pub mod a; #[path = \"elsewhere/b.rs\"] pub mod other; mod inline { mod c; } mod r#type;"),
        ("crates/app/src/entities/a.rs", "use orm::entity::prelude::*; use shared::{Deeper, Id as Key};
            #[derive(DeriveEntityModel)] #[sea_orm(table_name = \"a\")]
            pub struct Model { #[sea_orm(primary_key)] pub id: Key, pub b: Deeper, pub c: ::shared::Id, pub d: DateTime }"),
        ("crates/app/src/elsewhere/b.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"b\")]
            pub struct Model { #[sea_orm(primary_key)] pub id: i32, pub a: Uuid }
            use sea_orm::prelude::*;
            #[derive(DeriveRelation)] enum Relation {
                #[sea_orm(belongs_to = \"crate::entities::a::Entity\", from = \"Column::A\", to = \"crate::entities::a::Column::Id\")] A }"),
        ("crates/app/src/entities/inline/c.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"c\")] pub struct Model { pub id: i32 }"),
        ("crates/app/src/entities/type.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"type\")] pub struct Model { pub id: i32 }"),
        ("crates/app/src/entities/stray.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"stray\")] pub struct Model { pub id: i32 }"),
        ("crates/app/src/tests.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"tests\")] pub struct Model { pub id: i32 }"),
    ];
    for path in ["", "crates/app", "crates/app/src", "crates/app/src/entities"] {
        let declared = read_files(&files, path).unwrap_or_else(|p| panic!("{path}: {}", shown(&p)));
        let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
        let without_b = path.ends_with("entities");
        let expected: &[&str] =
            if without_b { &["a", "c", "type"] } else { &["a", "b", "c", "type"] };
        assert_eq!(names, expected, "{path}");
        assert_eq!(
            types(&declared, "a"),
            [ColumnType::Uuid, ColumnType::Uuid, ColumnType::Uuid, DATE_TIME]
        );
    }
    let one = read_files(&files, "crates/app/src/elsewhere/b.rs").unwrap();
    assert_eq!(one.schema.tables.len(), 1);
    assert_eq!(table(&one, "b").foreign_keys[0].references, "a".into());
    let below = read_files(&files, "crates/app/src/entities.rs").unwrap();
    assert_eq!(below.schema.tables.len(), 4);
    let stray = read_files(&files, "crates/app/src/entities/stray.rs").unwrap();
    assert_eq!(stray.schema.tables.len(), 1);
    assert_eq!(stray.origins[&"stray".into()].file, "crates/app/src/entities/stray.rs");
}

#[test]
fn a_file_of_two_targets_counts_once() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"app\"\n[[bin]]\nname = \"x\"\npath = \"bin/x.rs\""),
        ("src/lib.rs", "pub mod a;"),
        ("src/main.rs", "mod a;"),
        ("bin/x.rs", "#[path = \"../src/a.rs\"] mod a;"),
        ("src/bin/tool.rs", "mod b { #[derive(Autogen)] #[autogen(table = \"tool\")] struct T { a: i32 } }"),
        ("src/bin/other/main.rs", "mod c;"),
        ("src/bin/other/c.rs", "#[derive(Autogen)] #[autogen(table = \"other\")] struct T { a: i32 }"),
        ("src/a.rs", "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"a\")] pub struct Model { pub id: i32, pub up: i32 }
            #[derive(DeriveRelation)] pub enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"Column::Up\", to = \"Column::Id\")] Up }"),
    ];
    let declared = read_files(&files, "").unwrap_or_else(|p| panic!("{}", shown(&p)));
    assert_eq!(declared.schema.tables.len(), 3);
    assert_eq!(table(&declared, "a").foreign_keys.len(), 1);
}

#[test]
fn circles_end() {
    for text in [
        "type A = B; type B = A;",
        "use self::b::A; mod b { pub use super::A; }",
        "use self::b::*; mod b { pub use super::*; }",
        "type A = Vec<A>;",
        "#[derive(DeriveValueType)] struct A(A);",
    ] {
        let model = "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: A }";
        let found = crate::common::problems(&format!("{text}\n{model}"));
        assert_eq!(found.len(), 1, "{text}");
        assert!(found[0].starts_with("A0105"), "{}", found[0]);
    }
}

/// By the path from the crate; what the sources say comes first.
#[test]
fn types_that_are_given() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\""),
        (
            "src/lib.rs",
            "pub mod money { pub struct Price(u8); pub type Sum = i32; pub type Many = Vec<Price>; }
             #[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")]
             pub struct Model {
                 #[sea_orm(primary_key)] pub id: i32,
                 pub a: shared::Money, pub b: Option<money::Price>, pub c: money::Sum,
                 pub d: money::Many,
             }",
        ),
    ];
    let tree: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let given = |types: &[(&str, &str)]| Options {
        types: types.iter().map(|(path, sql)| ((*path).into(), (*sql).into())).collect(),
        ..Options::default()
    };
    let all = [
        ("shared::Money", "decimal(19,4)"),
        ("shop::money::Price", "bigint"),
        ("shop::money::Sum", "text"),
    ];
    let declared = read_sources(&tree, &given(&all)).unwrap();
    let sql = |text: &str| ColumnType::Verbatim(text.into());
    assert_eq!(
        types(&declared, "t")[1..],
        [
            sql("decimal(19,4)"),
            sql("bigint"),
            ColumnType::int(IntWidth::Regular),
            ColumnType::Array(Box::new(sql("bigint"))),
        ]
    );
    let problems = read_sources(&tree, &given(&all[..1])).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
}
