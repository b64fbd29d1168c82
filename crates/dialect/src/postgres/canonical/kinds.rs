//! Schemas, domains and sequences.

use std::collections::BTreeSet;

use autogen_schema::{ColumnType, Domain, Namespace, QName, Schema, Sequence};

use super::MAX_NAME;
use crate::canonical::drop_empty;
use crate::names;
use crate::postgres::sequence::implicit;
use crate::postgres::types;

/// The names of the types that a schema has of its own.
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

    /// The type, where it is one in the database's words that goes by one of
    /// the names.
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
        let name = type_name(text);
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

/// A type's name as it is written in SQL.
fn type_name(text: &str) -> QName {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        let last = parts.len() - 1;
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted && parts.len() == 1 => parts.push(String::new()),
            other => parts[last].push(other),
        }
    }
    let name = parts.pop().unwrap_or_default();
    QName::new(parts.pop(), name)
}

pub(super) fn canonicalize(schema: &mut Schema, named: &Named) {
    for domain in schema.domains.values_mut() {
        canonicalize_domain(domain, named);
    }
    for sequence in schema.sequences.values_mut() {
        canonicalize_sequence(sequence);
    }
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

/// What lives in a schema says that the schema is there.
fn add_namespaces(schema: &mut Schema) {
    let names = schema
        .tables
        .keys()
        .chain(schema.enums.keys())
        .chain(schema.domains.keys())
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
