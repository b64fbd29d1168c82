//! What each version of PostgreSQL introduced, and which objects of a schema need it.
//!
//! Sources: release notes of PostgreSQL 13 to 18; experiments on 12, 13, 15, 17 and 18.

use autogen_schema::{
    Column, Default, FkAction, ForeignKey, GeneratedStorage, IndexKey, Schema, Table,
};

use crate::Dialect::Postgres;
use crate::Refusal;
use crate::scan::{Token, scan};

/// Something that a schema or a statement can use from some version on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// What it is, for people.
    pub name: &'static str,
    /// Its name in JSON.
    pub key: &'static str,
    /// The first major version that has it.
    pub since: u32,
}

const fn feature(name: &'static str, key: &'static str, since: u32) -> Feature {
    Feature { name, key, since }
}

const DROP_EXPRESSION: Feature = feature("DROP EXPRESSION", "drop_expression", 13);
const RANDOM_UUID: Feature = feature("gen_random_uuid()", "gen_random_uuid", 13);
const TYPES: Feature = feature("types pg_snapshot and xid8", "snapshot_types", 13);
const TARGETS: Feature = feature("targets of statistics", "statistics_targets", 13);
const DEDUPLICATION: Feature = feature("deduplicate_items", "deduplicate_items", 13);
const SQL_BODIES: Feature = feature("SQL bodies of routines", "sql_bodies", 14);
const STATISTICS: Feature = feature("statistics of expressions", "statistics_expressions", 14);
const MULTIRANGES: Feature = feature("multirange types", "multiranges", 14);
const NULLS: Feature = feature("NULLS NOT DISTINCT", "nulls_not_distinct", 15);
const SET_COLUMNS: Feature = feature("SET NULL of some columns", "set_columns", 15);
const INVOKER: Feature = feature("security_invoker of views", "security_invoker", 15);
const SET_EXPRESSION: Feature = feature("SET EXPRESSION", "set_expression", 17);
const VIRTUAL: Feature = feature("virtual columns", "virtual_columns", 18);
const NOT_ENFORCED: Feature = feature("checks NOT ENFORCED", "not_enforced", 18);
const ORDERED_UUID: Feature = feature("uuidv7()", "uuidv7", 18);

/// The features, the oldest first.
pub const FEATURES: [Feature; 15] = [
    DROP_EXPRESSION,
    RANDOM_UUID,
    TYPES,
    TARGETS,
    DEDUPLICATION,
    SQL_BODIES,
    STATISTICS,
    MULTIRANGES,
    NULLS,
    SET_COLUMNS,
    INVOKER,
    SET_EXPRESSION,
    VIRTUAL,
    NOT_ENFORCED,
    ORDERED_UUID,
];

/// The major versions that are compared, the oldest first.
pub const VERSIONS: [u32; 7] = [12, 13, 14, 15, 16, 17, 18];

impl Feature {
    /// Whether a server has it; a server of an unknown version has what version 15 has.
    pub fn is_in(&self, server: Option<u32>) -> bool {
        server.map_or(15, major) >= self.since
    }
}

fn major(server: u32) -> u32 {
    server / 10_000
}

/// Whether a generated column can become a plain one in place. A virtual column has no values
/// to keep.
pub(crate) fn drops_expression(storage: GeneratedStorage, server: Option<u32>) -> bool {
    match storage {
        GeneratedStorage::Stored => DROP_EXPRESSION.is_in(server),
        GeneratedStorage::Virtual => false,
    }
}

/// Whether a generated column can get another expression in place.
pub(crate) fn sets_expression(server: Option<u32>) -> bool {
    SET_EXPRESSION.is_in(server)
}

/// What a schema needs that a server of this version lacks.
pub(crate) fn lacking(schema: &Schema, server: u32) -> Vec<Refusal> {
    if FEATURES.iter().all(|feature| feature.is_in(Some(server))) {
        return Vec::new();
    }
    let mut needs = Needs { server, found: Vec::new() };
    for table in schema.tables.values() {
        needs.table(table);
    }
    for view in schema.views.values() {
        if says(&view.definition, "security_invoker") {
            needs.feature(INVOKER, format!("view {}", view.name));
        }
    }
    for routine in schema.routines.iter().filter(|it| has_sql_body(&it.definition)) {
        needs.feature(SQL_BODIES, routine.signature());
    }
    for statistics in schema.statistics.values() {
        if statistics.target.is_some() {
            needs.feature(TARGETS, format!("statistics {}", statistics.name));
        }
        if statistics.on.iter().any(|key| matches!(key, IndexKey::Expression(_))) {
            needs.feature(STATISTICS, format!("statistics {}", statistics.name));
        }
    }
    needs.found
}

struct Needs {
    server: u32,
    found: Vec<Refusal>,
}

impl Needs {
    fn feature(&mut self, feature: Feature, object: String) {
        if feature.is_in(Some(self.server)) {
            return;
        }
        let Feature { name, since, .. } = feature;
        self.found.push(Refusal {
            code: "A0447",
            object,
            message: format!(
                "PostgreSQL {} does not have {name}, which came with version {since}",
                major(self.server)
            ),
            hint: "declare it in another way, or upgrade the server; `autogen caps` lists what \
                   each version has"
                .to_owned(),
        });
    }

    fn table(&mut self, table: &Table) {
        for column in &table.columns {
            self.column(table, column);
        }
        for key in table.uniques.iter().filter(|it| it.nulls_not_distinct) {
            self.feature(NULLS, format!("{}.{}", table.name, key.name));
        }
        for index in table.indexes.iter().filter(|it| it.nulls_not_distinct) {
            self.feature(NULLS, format!("{}.{}", table.name, index.name));
        }
        for index in &table.indexes {
            if index.options.storage.contains_key("deduplicate_items") {
                self.feature(DEDUPLICATION, format!("{}.{}", table.name, index.name));
            }
        }
        for key in table.foreign_keys.iter().filter(|it| sets_some(it)) {
            self.feature(SET_COLUMNS, format!("{}.{}", table.name, key.name));
        }
        for check in table.checks.iter().filter(|it| it.not_enforced) {
            self.feature(NOT_ENFORCED, format!("{}.{}", table.name, check.name));
        }
    }

    fn column(&mut self, table: &Table, column: &Column) {
        let object = || format!("{}.{}", table.name, column.name);
        let storage = column.generated.as_ref().map(|it| it.storage);
        if storage == Some(GeneratedStorage::Virtual) {
            self.feature(VIRTUAL, object());
        }
        let data_type = Postgres.render_type(&column.data_type);
        match data_type.trim_end_matches("[]") {
            "pg_snapshot" | "xid8" => self.feature(TYPES, object()),
            name if name.ends_with("multirange") => self.feature(MULTIRANGES, object()),
            _ => {}
        }
        if let Some(Default::Expression(value)) = &column.default {
            for (function, feature) in [("gen_random_uuid", RANDOM_UUID), ("uuidv7", ORDERED_UUID)]
            {
                if says(value.as_str(), function) {
                    self.feature(feature, object());
                }
            }
        }
    }
}

fn sets_some(key: &ForeignKey) -> bool {
    let sets = matches!(key.on_delete, FkAction::SetNull | FkAction::SetDefault);
    sets && !key.set_columns.is_empty()
}

/// Whether a word is in the code of a text, not in a literal or a comment.
fn says(text: &str, word: &str) -> bool {
    scan(Postgres, text).any(|token| token.is_word(word))
}

/// Whether the body is SQL that the server has parsed, in place of a string.
fn has_sql_body(definition: &str) -> bool {
    let words: Vec<Token<'_>> = scan(Postgres, definition).filter(Token::is_code).collect();
    let begins = |pair: &[Token<'_>]| pair[0].is_word("begin") && pair[1].is_word("atomic");
    words.windows(2).any(begins) || words.iter().any(|token| token.is_word("return"))
}
