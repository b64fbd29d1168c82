//! Schemas, domains and sequences.

use std::collections::BTreeSet;

use autogen_schema::{
    ColumnType, Default, Domain, Identity, IntWidth, Namespace, QName, Schema, Sequence,
    SequenceOptions,
};

use crate::canonical::common::drop_empty;
use crate::names;
use crate::postgres::MAX_NAME;
use crate::postgres::sequence::{chosen_name, implicit};
use crate::postgres::types;

/// The names of a schema's own types.
#[derive(Debug, Default)]
pub(super) struct Named {
    enums: BTreeSet<QName>,
    domains: BTreeSet<QName>,
}

impl Named {
    pub(super) fn of(schema: &Schema) -> Self {
        Self {
            enums: schema.enums.keys().cloned().collect(),
            domains: schema.domains.keys().cloned().collect(),
        }
    }

    /// Resolves a type that is given in the database's spelling and has one of these names.
    pub(super) fn resolve(&self, data_type: &mut ColumnType, place: &QName) {
        if let ColumnType::Array(element) = data_type {
            self.resolve(element, place);
            return;
        }
        let ColumnType::Verbatim(text) = data_type else { return };
        let (text, array) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text.as_str(), false),
        };
        let name = types::named(text);
        let near = place.sibling(name.name.clone());
        let candidates = if name.schema.is_some() { vec![name] } else { vec![near, name] };
        let found = candidates.into_iter().find_map(|name| {
            if self.enums.contains(&name) {
                return Some(ColumnType::Enum(name));
            }
            self.domains.contains(&name).then_some(ColumnType::Domain(name))
        });
        if let Some(found) = found {
            *data_type = if array { ColumnType::Array(Box::new(found)) } else { found };
        }
    }
}

pub(super) fn canonicalize(schema: &mut Schema, named: &Named) {
    for domain in schema.domains.values_mut() {
        canonicalize_domain(domain, named);
    }
    for sequence in schema.sequences.values_mut() {
        canonicalize_sequence(sequence);
    }
    for collation in schema.collations.values_mut() {
        drop_empty(&mut collation.comment);
        let locale = &collation.locale;
        collation.ctype.take_if(|ctype| ctype == locale);
    }
    absorb_serials(schema);
    add_namespaces(schema);
    for namespace in schema.namespaces.values_mut() {
        drop_empty(&mut namespace.comment);
    }
}

fn canonicalize_domain(domain: &mut Domain, named: &Named) {
    named.resolve(&mut domain.base, &domain.name);
    domain.base = types::canonical(&domain.base);
    domain.collation.take_if(|it| it == "default");
    domain.default = domain.default.take().and_then(|it| super::default(it, &domain.base));
    drop_empty(&mut domain.comment);
    let mut taken: BTreeSet<String> = domain
        .checks
        .iter()
        .filter(|check| check.name.is_enforced())
        .filter_map(|check| check.name.text().map(str::to_owned))
        .collect();
    for check in &mut domain.checks {
        check.name =
            names::proposal(&check.name, &domain.name.name, &[], "check", MAX_NAME, &mut taken);
        check.no_inherit = false;
        check.not_enforced = false;
        drop_empty(&mut check.comment);
    }
    domain.checks.sort();
}

fn canonicalize_sequence(sequence: &mut Sequence) {
    let data_type = sequence.data_type.take().map(|it| types::canonical(&it));
    sequence.data_type = data_type.filter(|it| types::render(it) != "bigint");
    sequence.options = implicit(&sequence.options, sequence.data_type.as_ref());
    drop_empty(&mut sequence.comment);
}

/// A sequence with default options, owned by a NOT NULL column that uses it, is what
/// `serial` creates.
fn absorb_serials(schema: &mut Schema) {
    let mut absorbed = Vec::new();
    for sequence in schema.sequences.values() {
        let plain = sequence.options == SequenceOptions::default() && sequence.comment.is_none();
        let Some((table, name)) = sequence.owned_by.as_ref().filter(|_| plain) else { continue };
        let owner = schema.tables.get(table);
        let Some(column) = owner.and_then(|table| table.column(name)) else { continue };
        let counts = match &column.default {
            Some(Default::Expression(expr)) => expr.is_next_value(&sequence.name),
            Some(Default::Literal(_)) | None => false,
        };
        let integer = matches!(column.data_type, ColumnType::Integer { .. });
        if counts && integer && !column.nullable && reaches(sequence, &column.data_type) {
            let chosen = chosen_name(table, name) == sequence.name;
            absorbed.push((table.clone(), name.clone(), sequence.name.clone(), chosen));
        }
    }
    for (table, name, sequence, chosen) in absorbed {
        schema.sequences.remove(&sequence);
        let columns = schema.table_mut(&table).map(|table| &mut table.columns);
        if let Some(column) = columns.into_iter().flatten().find(|column| column.name == name) {
            column.default = None;
            column.identity = Some(Identity::Serial((!chosen).then_some(sequence)));
        }
    }
}

/// Whether the sequence covers the column's range: those created before PostgreSQL 10 all
/// reach 2^63.
fn reaches(sequence: &Sequence, data_type: &ColumnType) -> bool {
    let width = |data_type: &ColumnType| {
        if let ColumnType::Integer { width, .. } = data_type { *width } else { IntWidth::Big }
    };
    sequence.data_type.as_ref().map_or(IntWidth::Big, width) >= width(data_type)
}

/// Adds the schemas that objects are in.
fn add_namespaces(schema: &mut Schema) {
    let names = schema
        .tables
        .keys()
        .chain(schema.enums.keys())
        .chain(schema.domains.keys())
        .chain(schema.collations.keys())
        .chain(schema.sequences.keys())
        .chain(schema.views.keys());
    let routines = schema.routines.iter().map(|routine| &routine.name);
    let spoken: BTreeSet<String> =
        names.chain(routines).filter_map(|name| name.schema.clone()).collect();
    for name in spoken {
        let namespace = Namespace { name: name.clone(), comment: None };
        schema.namespaces.entry(name).or_insert(namespace);
    }
}
