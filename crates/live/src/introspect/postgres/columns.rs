//! Columns, and their sequences.

use std::collections::BTreeMap;
use std::sync::Arc;

use autogen_dialect::postgres::{defaults, types};
use autogen_dialect::{Dialect, strip_parentheses};
use autogen_schema::{
    Access, CatalogText, Column, ColumnType, Expr, Generated, GeneratedStorage, Identity, Metadata,
    Schema, Sequence, SequenceOptions, Table,
};

use super::names::{Naming, is_chosen_sequence};
use super::rows::{ColumnRow, SequenceRow};
use super::{Building, Buildings, OutsideColumns};

/// An expression: trimmed, without the parentheses around it.
pub(crate) fn expr(text: &str) -> Expr {
    Expr::new(strip_parentheses(Dialect::Postgres, text))
}

/// Adds columns to their tables, and standalone sequences to the schema. Returns the columns
/// of other tables.
pub(super) fn fill(
    mut rows: Vec<ColumnRow>,
    sequences: Vec<SequenceRow>,
    naming: &Naming,
    tables: &mut Buildings,
    schema: &mut Schema,
) -> OutsideColumns {
    let mut owned: BTreeMap<(i64, i32), Vec<SequenceRow>> = BTreeMap::new();
    let mut free = Vec::new();
    for sequence in sequences {
        match (sequence.relation, sequence.column) {
            (Some(relation), Some(column)) => {
                owned.entry((relation, column)).or_default().push(sequence);
            }
            _ => free.push(sequence),
        }
    }
    let mut outside_columns = OutsideColumns::new();
    let mut known_types = KnownTypes::new();
    // In place, since they are the largest part of a catalog.
    rows.sort_unstable_by_key(|row| (row.relation, row.number));
    let tables_of_rows: Vec<(i64, usize)> = rows
        .chunk_by(|one, next| one.relation == next.relation)
        .filter_map(|rows| Some((rows.first()?.relation, rows.len())))
        .collect();
    let mut rows = rows.into_iter();
    for (relation, count) in tables_of_rows {
        let rows = rows.by_ref().take(count);
        let Some(building) = tables.get_mut(&relation) else {
            outside_columns.extend(rows.map(|row| ((relation, row.number), row.name)));
            continue;
        };
        building.table.columns.reserve_exact(count);
        for row in rows {
            building.numbers.push((row.number, row.collation));
            let place = (relation, row.number);
            // A counter of a partition's own is left alone, with its default.
            let sequences = owned.get_mut(&place).filter(|_| building.root.is_none());
            let mut sequences = sequences;
            let position = sequences.as_ref().and_then(|all| counter(&row, all));
            let sequence = position.and_then(|at| sequences.as_ref()?.get(at));
            let (mut column, taken) =
                column(row, sequence, naming, &building.table, &mut known_types);
            if let (true, Some(at), Some(all)) = (taken, position, &mut sequences) {
                let access = all.remove(at).access;
                column.counter = Metadata(access.map(|access| Box::new(Access::from(access))));
            }
            building.table.columns.push(column);
        }
    }
    for sequence in free.into_iter().chain(owned.into_values().flatten()) {
        add_sequence(sequence, naming, tables, schema);
    }
    outside_columns
}

/// Types that were read before, by the catalog's text.
type KnownTypes = BTreeMap<Arc<str>, ColumnType>;

/// A column, and whether it includes its sequence.
fn column(
    row: ColumnRow,
    sequence: Option<&SequenceRow>,
    naming: &Naming,
    table: &Table,
    known_types: &mut KnownTypes,
) -> (Column, bool) {
    let (text, data_type) = data_type(&row, naming, known_types);
    let mut column = Column::new(row.name, data_type);
    column.nullable = !row.not_null;
    column.collation = row.own_collation.and_then(|oid| naming.collations.get(&oid).cloned());
    column.comment = row.comment;
    column.access = Metadata(row.access.map(|it| Box::new(Access::from(it))));
    column.catalog_type = CatalogText(Some(text));
    if let (Some(storage), Some(text)) = (row.generated, &row.default) {
        let storage =
            if storage == 'v' { GeneratedStorage::Virtual } else { GeneratedStorage::Stored };
        column.generated = Some(Generated { expr: expr(text), storage });
        return (column, false);
    }
    if let Some(kind) = row.identity {
        let options = sequence.map(options).unwrap_or_default();
        column.identity = Some(if kind == 'a' {
            Identity::Always(Box::new(options))
        } else {
            Identity::ByDefault(Box::new(options))
        });
        return (column, sequence.is_some());
    }
    let Some(text) = row.default else { return (column, false) };
    if let Some(sequence) = sequence
        && !column.nullable
        && is_serial(&text, sequence, &column.data_type)
    {
        let chosen = table.name.schema == naming.name(&sequence.schema, "").schema
            && is_chosen_sequence(&sequence.name, &table.name.name, &column.name);
        let name = (!chosen).then(|| naming.name(&sequence.schema, &sequence.name));
        column.identity = Some(Identity::Serial(name));
        return (column, true);
    }
    column.default = Some(defaults::parse(expr(&text).as_str(), &column.data_type));
    (column, false)
}

fn data_type(
    row: &ColumnRow,
    naming: &Naming,
    known_types: &mut KnownTypes,
) -> (Arc<str>, ColumnType) {
    let named = named_type(row.kind, row.type_schema.as_deref(), row.type_name.as_deref(), naming);
    if let Some(named) = named {
        let named = if row.array { ColumnType::Array(Box::new(named)) } else { named };
        return (row.data_type.as_str().into(), named);
    }
    if let Some((text, known)) = known_types.get_key_value(row.data_type.as_str()) {
        return (Arc::clone(text), known.clone());
    }
    let text: Arc<str> = row.data_type.as_str().into();
    let parsed = types::parse(&text);
    known_types.insert(Arc::clone(&text), parsed.clone());
    (text, parsed)
}

/// The type of an enum or domain.
pub(super) fn named_type(
    kind: Option<char>,
    schema: Option<&str>,
    name: Option<&str>,
    naming: &Naming,
) -> Option<ColumnType> {
    let name = naming.name(schema?, name?);
    match kind? {
        'e' => Some(ColumnType::Enum(name)),
        'd' => Some(ColumnType::Domain(name)),
        _ => None,
    }
}

/// Whether the default and the owned sequence are what `serial` makes. A
/// sequence that counts further than the column will do, too: those from
/// before PostgreSQL 10 all count to 2^63.
/// Which of the sequences that a column owns is the one that it counts by.
fn counter(row: &ColumnRow, sequences: &[SequenceRow]) -> Option<usize> {
    let counts = |sequence: &SequenceRow| match &row.default {
        Some(default) => *default == next_value(sequence),
        None => sequence.owned == Some('i'),
    };
    sequences.iter().position(counts)
}

/// The default that counts by a sequence, as PostgreSQL prints it.
fn next_value(sequence: &SequenceRow) -> String {
    format!("nextval('{}'::regclass)", sequence.shown.replace('\'', "''"))
}

fn is_serial(default: &str, sequence: &SequenceRow, data_type: &ColumnType) -> bool {
    let plain = SequenceOptions::default();
    let wide_enough = width(&sequence.data_type) >= integer_width(data_type);
    matches!(data_type, ColumnType::Integer { .. })
        && sequence.owned == Some('a')
        && default == next_value(sequence)
        && options(sequence) == plain
        && wide_enough
}

fn width(data_type: &str) -> i64 {
    match data_type {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    }
}

fn integer_width(data_type: &ColumnType) -> i64 {
    width(&types::render(data_type))
}

/// The options that differ from the defaults of an ascending or descending sequence of the
/// type. Source: PostgreSQL manual, CREATE SEQUENCE.
fn options(row: &SequenceRow) -> SequenceOptions {
    let most = width(&row.data_type);
    let (min, max) = if row.increment > 0 { (1, most) } else { (-most - 1, -1) };
    let start = if row.increment > 0 { row.min } else { row.max };
    let unless = |value: i64, default: i64| (value != default).then_some(value);
    SequenceOptions {
        start: unless(row.start, start),
        increment: unless(row.increment, 1),
        min_value: unless(row.min, min),
        max_value: unless(row.max, max),
        cache: unless(row.cache, 1),
        cycle: row.cycle,
    }
}

fn add_sequence(row: SequenceRow, naming: &Naming, tables: &Buildings, schema: &mut Schema) {
    let owner = row.relation.zip(row.column);
    let building = owner.map(|(relation, number)| (tables.get(&relation), number));
    let owned_by = match building {
        Some((Some(building), number)) => owner_of(building, number),
        // Its owner is not read, so neither is the sequence.
        Some((None, _)) => return,
        None => None,
    };
    let name = naming.name(&row.schema, row.name.clone());
    let sequence = Sequence {
        name: name.clone(),
        data_type: (row.data_type != "bigint").then(|| types::parse(&row.data_type)),
        options: options(&row),
        owned_by,
        comment: row.comment,
    };
    schema.sequences.insert(name, sequence);
}

fn owner_of(building: &Building, number: i32) -> Option<(autogen_schema::QName, String)> {
    let column = building.column(number)?.to_owned();
    Some((building.table.name.clone(), column))
}
