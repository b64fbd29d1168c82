//! Generated names, and the shortening of long names.

use std::collections::BTreeSet;
use std::sync::Arc;

use autogen_schema::{Index, IndexKey, Name, Schema};

use crate::Dialect;

/// Shortens a name to `max` bytes, on a character boundary. The removed part is replaced by
/// eight hex digits of its hash, so that two long names stay different.
pub(crate) fn fit(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let tail = format!("_{:08x}", fnv1a(name));
    let mut end = max.saturating_sub(tail.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{tail}", &name[..end])
}

/// FNV-1a in 32 bits: enough to distinguish names of one schema, and the same on every
/// machine and in every version.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Makes a name unique by a number at its end, and notes it as taken.
pub(crate) fn unused(base: &str, max: usize, taken: &mut BTreeSet<String>) -> String {
    let mut name = fit(base, max);
    let mut number = 0;
    while taken.contains(&name) {
        number += 1;
        name = fit(&format!("{base}{number}"), max);
    }
    taken.insert(name.clone());
    name
}

impl Dialect {
    /// A temporary name that is not taken.
    pub fn aside(self, name: &str, mut taken: BTreeSet<String>) -> String {
        let max = match self {
            Self::Sqlite => usize::MAX,
            Self::Postgres => crate::postgres::MAX_NAME,
            Self::Mysql | Self::Mariadb => crate::mysql::MAX_NAME,
        };
        unused(&format!("{name}__before"), max, &mut taken)
    }
}

/// A free name gets the text that is used for creation; an exact one is kept.
pub(crate) fn proposal(
    given: &Name,
    table: &str,
    columns: &[&str],
    suffix: &str,
    max: usize,
    taken: &mut BTreeSet<String>,
) -> Name {
    match given {
        Name::Exact(_) => given.clone(),
        Name::Free(Some(name)) => Name::proposed(unused(name, max, taken)),
        Name::Absent | Name::Free(None) => {
            let mut words = vec![table];
            words.extend(columns);
            words.push(suffix);
            Name::proposed(unused(&words.join("_"), max, taken))
        }
    }
}

/// Names each unnamed index. Unlike constraint names, index names are unique in the schema,
/// together with the names of tables.
pub(crate) fn name_indexes(schema: &mut Schema, max: usize) {
    let exact = |index: &Index| matches!(index.name, Name::Exact(_));
    if schema.tables.values().all(|table| table.indexes.iter().all(exact)) {
        return;
    }
    let mut taken: BTreeSet<String> =
        schema.tables.keys().map(|table| table.name.clone()).collect();
    for table in schema.tables.values() {
        let own = table.indexes.iter().filter(|index| index.name.is_enforced());
        taken.extend(own.filter_map(|index| index.name.text().map(str::to_owned)));
    }
    for table in schema.tables.values_mut() {
        if table.indexes.iter().all(exact) {
            continue;
        }
        let table = Arc::make_mut(table);
        let name = table.name.name.clone();
        for index in &mut table.indexes {
            let columns: Vec<&str> = index
                .parts
                .iter()
                .map(|part| match &part.key {
                    IndexKey::Column(column) => column.as_str(),
                    IndexKey::Expression(_) => "expr",
                })
                .collect();
            index.name = proposal(&index.name, &name, &columns, "idx", max, &mut taken);
        }
        table.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_apart() {
        let (a, b) = (format!("{}a", "é".repeat(40)), format!("{}b", "é".repeat(40)));
        assert!(fit(&a, 63).len() <= 63);
        assert_ne!(fit(&a, 63), fit(&b, 63));
        assert_eq!(fit("short", 63), "short");
    }
}
