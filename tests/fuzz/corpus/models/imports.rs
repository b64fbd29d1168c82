use p::*;
mod p { pub use my_macros::{Entity as Serialize, *}; pub use self::q::*; pub mod q { pub use super::*; } }
#[derive(Serialize, Autogen)]
#[shape]
#[autogen(table = "a")]
struct A { a: i32 }
#[my::attr]
#[derive(DeriveActiveEnum)]
enum B { C }
paste! { #[doc = "x"] impl A { fn [<a b>]() { vec![] } } }
use m::e as i18n;
i18n! { users }
//@ Cargo.toml
[package]
name = "fuzzed"
[dependencies]
serde = { package = "evil", version = "1" }
