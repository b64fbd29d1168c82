#[cfg(feature = "extra")]
mod extra;
mod user;
#[path = "elsewhere.rs"]
mod third;
include!("more.rs");
macro_rules! entity {
    ($name:ident, $table:literal, { $($field:ident: $ty:ty),* $(,)? }) => {
        pub mod $name {
            use sea_orm::entity::prelude::*;
            #[derive(DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { #[sea_orm(primary_key)] pub id: i32, $(pub $field: $ty),* }
        }
    };
}
entity!(tag, "tags", { name: String, weight: Option<f64> });
cfg_if::cfg_if! { if #[cfg(unix)] { mod a {} } else { mod b; } }
//@ Cargo.toml
[package]
name = "fuzzed"
[features]
default = ["extra"]
extra = []
//@ src/user.rs
#[derive(Autogen)]
#[autogen(table = "users", check(name = "c", expr = "a > 0"), index(columns = ["b", "lower(c)"]))]
struct User { #[autogen(primary_key)] id: Id, #[autogen(default = 1)] a: i32, b: Option<Vec<u8>>, c: String }
#[derive(DeriveValueType)]
struct Id(i64);
//@ src/elsewhere.rs
#[derive(DeriveActiveEnum, EnumIter)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
enum Mood { #[sea_orm(string_value = "happy")] Happy, #[sea_orm(string_value = "sad")] Sad }
//@ src/more.rs
#[derive(Autogen)]
#[autogen(table = "more")]
struct More { #[autogen(primary_key)] id: i32, mood: crate::third::Mood }
