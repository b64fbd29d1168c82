//! Converts SeaORM's information about a model to our schema.

use autogen_models::RegisteredKey;
use autogen_schema::{ColumnType, EnumType, FkAction, IntWidth, QName, TextSize};
use sea_orm::sea_query::{
    ColumnType as SeaType, ForeignKeyAction, StringLen, TableName, TableRef, ValueType,
};
use sea_orm::{EntityTrait, Identity, Iterable, RelationTrait};

/// A column type, and the enum that it names.
#[doc(hidden)]
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "written by the derive only")]
pub struct Seen {
    pub ty: ColumnType,
    pub native: Option<EnumType>,
}

/// A type that a column can have: every type that SeaORM stores, and plain enums that derive
/// `Autogen`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no known column type",
    label = "this field is a column, but SeaORM can't store its type",
    note = "give the type by `#[sea_orm(column_type = \"..\")]` or `#[autogen(sql_type = \
            \"..\")]`, \
            or exclude the field by `#[sea_orm(ignore)]` or `#[autogen(skip)]`"
)]
#[allow(missing_docs, reason = "written by the derive only")]
pub trait Stored {
    fn stored() -> Seen;
}

impl<T: ValueType> Stored for T {
    fn stored() -> Seen {
        see(&T::column_type())
    }
}

/// The column type of a Rust type.
#[doc(hidden)]
pub fn column_type<T: Stored>() -> Seen {
    T::stored()
}

/// A plain enum.
#[doc(hidden)]
pub fn native_enum(name: &str, values: &[&str]) -> Seen {
    let name = QName::bare(name);
    Seen {
        ty: ColumnType::Enum(name.clone()),
        native: Some(EnumType {
            name,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            comment: None,
        }),
    }
}

/// The foreign keys of an entity's relations: the same as those of SeaORM's own
/// `Schema::create_table_from_entity`.
#[doc(hidden)]
pub fn keys<E: EntityTrait>() -> Vec<RegisteredKey> {
    E::Relation::iter()
        .map(|relation| relation.def())
        .filter(|def| !def.is_owner && !def.skip_fk)
        .map(|def| RegisteredKey {
            columns: columns(def.from_col),
            references: table(&def.to_tbl),
            referenced_columns: columns(def.to_col),
            on_delete: def.on_delete.map(action).unwrap_or_default(),
            on_update: def.on_update.map(action).unwrap_or_default(),
            name: def.fk_name,
        })
        .collect()
}

/// No foreign keys.
#[doc(hidden)]
pub fn no_keys() -> Vec<RegisteredKey> {
    Vec::new()
}

fn columns(identity: Identity) -> Vec<String> {
    identity.into_iter().map(|column| column.to_string()).collect()
}

fn table(reference: &TableRef) -> QName {
    match reference {
        TableRef::Table(TableName(schema, name), _) => {
            QName::new(schema.as_ref().map(|schema| schema.1.to_string()), name.to_string())
        }
        _ => QName::bare(String::new()),
    }
}

fn action(action: ForeignKeyAction) -> FkAction {
    match action {
        ForeignKeyAction::Restrict => FkAction::Restrict,
        ForeignKeyAction::Cascade => FkAction::Cascade,
        ForeignKeyAction::SetNull => FkAction::SetNull,
        ForeignKeyAction::SetDefault => FkAction::SetDefault,
        _ => FkAction::NoAction,
    }
}

fn see(ty: &SeaType) -> Seen {
    let mut native = None;
    let ty = convert(ty, &mut native);
    Seen { ty, native }
}

fn convert(ty: &SeaType, native: &mut Option<EnumType>) -> ColumnType {
    let unsigned = |width| ColumnType::Integer { width, unsigned: true };
    let length = |length: &StringLen| match length {
        StringLen::N(length) => Some(*length),
        StringLen::Max | StringLen::None => None,
    };
    let stamp = |tz| ColumnType::Timestamp { precision: None, tz };
    match ty {
        SeaType::Char(length) => ColumnType::Char(*length),
        SeaType::String(len) => ColumnType::Varchar(length(len)),
        SeaType::Text => ColumnType::text(),
        SeaType::Blob => ColumnType::Blob(TextSize::Regular),
        SeaType::TinyInteger => ColumnType::int(IntWidth::Tiny),
        SeaType::SmallInteger => ColumnType::int(IntWidth::Small),
        SeaType::Integer => ColumnType::int(IntWidth::Regular),
        SeaType::BigInteger => ColumnType::int(IntWidth::Big),
        SeaType::TinyUnsigned => unsigned(IntWidth::Tiny),
        SeaType::SmallUnsigned => unsigned(IntWidth::Small),
        SeaType::Unsigned => unsigned(IntWidth::Regular),
        SeaType::BigUnsigned => unsigned(IntWidth::Big),
        SeaType::Float => ColumnType::Float,
        SeaType::Double => ColumnType::Double,
        SeaType::Decimal(precision) => ColumnType::Decimal(
            precision.map(|(digits, scale)| (digits, scale.try_into().unwrap_or(i32::MAX))),
        ),
        SeaType::Money(precision) => ColumnType::Money(*precision),
        SeaType::DateTime => ColumnType::DateTime { precision: None },
        SeaType::Timestamp => stamp(false),
        SeaType::TimestampWithTimeZone => stamp(true),
        SeaType::Time => ColumnType::Time { precision: None, tz: false },
        SeaType::Date => ColumnType::Date,
        SeaType::Year => ColumnType::Year,
        SeaType::Interval(fields, precision) => ColumnType::Interval {
            fields: fields.as_ref().map(ToString::to_string),
            precision: *precision,
        },
        SeaType::Binary(length) => ColumnType::Binary(Some(*length)),
        SeaType::VarBinary(len) => ColumnType::VarBinary(length(len)),
        SeaType::Bit(length) => ColumnType::Bit(*length),
        SeaType::VarBit(length) => ColumnType::VarBit(Some(*length)),
        SeaType::Boolean => ColumnType::Boolean,
        SeaType::Json => ColumnType::Json,
        SeaType::JsonBinary => ColumnType::JsonBinary,
        SeaType::Uuid => ColumnType::Uuid,
        SeaType::Custom(name) => ColumnType::Verbatim(name.to_string()),
        SeaType::Enum { name, variants } => {
            let name = QName::bare(name.to_string());
            *native = Some(EnumType {
                name: name.clone(),
                values: variants.iter().map(ToString::to_string).collect(),
                comment: None,
            });
            ColumnType::Enum(name)
        }
        SeaType::Array(element) => ColumnType::Array(Box::new(convert(element, native))),
        SeaType::Vector(length) => ColumnType::Vector(*length),
        SeaType::Cidr => ColumnType::Cidr,
        SeaType::Inet => ColumnType::Inet,
        SeaType::MacAddr => ColumnType::MacAddr,
        SeaType::LTree => ColumnType::LTree,
        // A variant newer than this build: only its name is known.
        other => ColumnType::Verbatim(format!("{other:?}")),
    }
}
