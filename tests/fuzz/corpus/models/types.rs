//! Types that columns have: enums, newtypes, aliases.

use sea_autogen::Autogen;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct UserId(pub i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
pub struct ProductId(pub Uuid);

impl sea_orm::TryFromU64 for ProductId {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("ProductId"))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
#[sea_orm(column_type = "String(StringLen::N(12))")]
pub struct Code(pub String);

/// A newtype over a newtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(try_from_u64)]
pub struct BuyerId(pub UserId);

impl TryFrom<u64> for UserId {
    type Error = std::num::TryFromIntError;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        i32::try_from(number).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub enum Color {
    Red,
    Green,
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Red => "red",
            Self::Green => "green",
        })
    }
}

impl std::str::FromStr for Color {
    type Err = std::fmt::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "red" => Ok(Self::Red),
            "green" => Ok(Self::Green),
            _ => Err(std::fmt::Error),
        }
    }
}

pub type Money = Decimal;
pub type Maybe<T> = Option<T>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

/// Text in the database, one letter each.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))")]
pub enum Role {
    #[sea_orm(string_value = "A")]
    Admin,
    #[sea_orm(string_value = "C")]
    Customer,
}

/// Numbers in the database.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
pub enum Status {
    #[sea_orm(num_value = 0)]
    Draft,
    #[sea_orm(num_value = 10)]
    Published,
}

/// Numbers from discriminants.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
#[repr(i16)]
pub enum Priority {
    Low = -1,
    Normal = 0,
    High = 1,
}

/// A type of the database.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "order_state",
    rename_all = "snake_case"
)]
pub enum OrderState {
    Open,
    InTransit,
    #[sea_orm(string_value = "done!")]
    Done,
}

/// A type of the database whose labels were renamed.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Autogen)]
#[sea_orm(rs_type = "Enum", db_type = "Enum", enum_name = "mood")]
#[autogen(renamed_from = "feeling", comment = "how it goes")]
pub enum Mood {
    #[sea_orm(string_value = "happy")]
    Happy,
    #[sea_orm(string_value = "so-so")]
    #[autogen(renamed_from = "meh")]
    SoSo,
}

/// A type of the database that no column uses.
#[derive(Autogen)]
#[autogen(name = "flavour", rename_all = "kebab-case", schema = "warehouse")]
pub enum Flavour {
    VerySweet,
    #[autogen(value = "sour")]
    NotSweet,
}
