//! Objects that are left alone: what they use, and what they are dropped with.

use autogen_schema::{Attribute, Carrier, OutsideUse, Schema, Used};

use super::names::Naming;
use super::rows::{CarrierRow, OutsideRow};

/// Notes that an object in a schema is not compared, so that the schema cannot be dropped.
pub(super) fn lies_in(schema: &mut Schema, place: &str, object: String) {
    let of = Used::Schema(place.to_owned());
    let made = OutsideUse { by: object, of, left_alone: true, goes_with: None };
    schema.outside.0.uses.push(made);
}

/// Notes a setting on an object that is compared.
pub(super) fn attribute(schema: &mut Schema, object: String, what: String, carrier: Carrier) {
    schema.outside.0.attributes.push(Attribute { object, what, carrier });
}

pub(super) fn used(row: OutsideRow, naming: &Naming) -> Option<OutsideUse> {
    let (by, kind, schema, name, column, left_alone, with_schema, with_name) = row;
    let name = naming.name(&schema, name);
    let of = match (kind.as_str(), column) {
        ("relation", Some(column)) => Used::Column(name, column),
        ("relation", None) => Used::Relation(name),
        ("index", _) => Used::Index(name),
        ("type", _) => Used::Type(name),
        ("routine", _) => Used::Routine(name),
        _ => return None,
    };
    let goes_with = with_schema.zip(with_name).map(|(schema, name)| naming.name(&schema, name));
    Some(OutsideUse { by, of, left_alone, goes_with })
}

pub(super) fn carrier(row: CarrierRow, naming: &Naming) -> Option<Carrier> {
    let (kind, schema, relation, part) = row;
    let relation = naming.name(&schema, relation);
    let of_part: fn(_, _) -> Carrier = match kind.as_str() {
        "view" => return Some(Carrier::View(relation)),
        "routine" => return Some(Carrier::Routine(relation)),
        "column" => Carrier::Column,
        "type" => Carrier::ColumnType,
        "default" => Carrier::ColumnDefault,
        "index" => Carrier::Index,
        "trigger" => Carrier::Trigger,
        _ => return None,
    };
    Some(of_part(relation, part?))
}
