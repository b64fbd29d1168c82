//! `.sql` files of random projects: variants of a few objects over the existing tables.

use autogen_dialect::Dialect;
use autogen_dialect::{SqlFile, declare};
use autogen_schema::{ColumnType, Declared, Schema, Table};
use autogen_tests::laws::written;
use proptest::prelude::*;

/// The variant of each object; 0 is none.
#[derive(Debug, Clone)]
pub(crate) struct Variants {
    view: u8,
    over_view: bool,
    materialized: u8,
    function: u8,
    trigger: u8,
    policy: u8,
    sequence: u8,
    domain: u8,
    statistics: bool,
    comment: bool,
    namespace: u8,
    extension: bool,
    collation: u8,
    granted: u8,
}

pub(crate) fn variants() -> impl Strategy<Value = Variants> {
    let numbers = (0..4_u8, 0..3_u8, 0..4_u8, 0..3_u8, 0..3_u8, 0..4_u8, 0..4_u8);
    let others = (0..3_u8, any::<bool>(), 0..3_u8, 0..3_u8);
    (numbers, any::<(bool, bool, bool)>(), others).prop_map(
        |(
            numbers,
            (over_view, statistics, comment),
            (namespace, extension, granted, collation),
        )| {
            let (view, materialized, function, trigger, policy, sequence, domain) = numbers;
            Variants {
                view,
                over_view,
                materialized,
                function,
                trigger,
                policy,
                sequence,
                domain,
                statistics,
                comment,
                namespace,
                extension,
                collation,
                granted,
            }
        },
    )
}

/// A project: its models' schema, and one `.sql` file.
pub(crate) fn project(dialect: Dialect, schema: Schema, variants: &Variants) -> Declared {
    let text = script(dialect, &schema, variants);
    let mut declared = written(schema);
    let default = dialect.has_schemas().then_some("public");
    let file = SqlFile { path: "objects.sql".to_owned(), text };
    let outcome = declare(dialect, default, std::slice::from_ref(&file), &mut declared);
    outcome.unwrap_or_else(|problems| panic!("{problems:?}\n{}", file.text));
    declared
}

/// The file's text.
pub(crate) fn script(dialect: Dialect, schema: &Schema, variants: &Variants) -> String {
    let mut statements = Vec::new();
    let table = schema.tables.values().next().map(|table| &**table);
    if let Some(table) = table {
        views(dialect, table, variants, &mut statements);
        triggers(dialect, table, variants, &mut statements);
    }
    if dialect.has_schemas() {
        if let Some(table) = table {
            on_postgres_tables(dialect, table, variants, &mut statements);
        }
        on_their_own(variants, &mut statements);
    }
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

/// Whether it is one of the two.
pub(crate) fn is_mysql(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => false,
        Dialect::Mysql | Dialect::Mariadb => true,
    }
}

fn views(dialect: Dialect, table: &Table, variants: &Variants, statements: &mut Vec<String>) {
    let name = dialect.quote_name(&table.name);
    let last = table.columns.last().map(|column| dialect.quote(&column.name)).unwrap_or_default();
    let query = match variants.view {
        0 => return,
        1 => format!("SELECT id FROM {name}"),
        2 => format!("SELECT id, {last} AS other FROM {name}"),
        _ => format!("SELECT id, id + 1 AS next FROM {name} WHERE id > 0"),
    };
    statements.push(format!("CREATE VIEW v AS {query}"));
    if variants.over_view {
        statements.push("CREATE VIEW w AS SELECT id FROM v WHERE id < 100".to_owned());
    }
    if variants.comment && dialect.has_schemas() {
        statements.push("COMMENT ON VIEW v IS 'it''s a view'".to_owned());
    }
}

fn triggers(dialect: Dialect, table: &Table, variants: &Variants, statements: &mut Vec<String>) {
    let name = dialect.quote_name(&table.name);
    let events = ["", "INSERT", "DELETE"];
    let event = events[usize::from(variants.trigger)];
    if event.is_empty() {
        return;
    }
    let body = match dialect {
        Dialect::Sqlite => Some("BEGIN SELECT 1; SELECT 2; END"),
        Dialect::Mysql | Dialect::Mariadb => {
            Some("FOR EACH ROW BEGIN SET @a = 'it''s'; IF @a = 'x' THEN SET @a = ''; END IF; END")
        }
        Dialect::Postgres => None,
    };
    if let Some(body) = body {
        statements.push(format!("CREATE TRIGGER tr AFTER {event} ON {name} {body}"));
        return;
    }
    statements.push(
        "CREATE FUNCTION on_row() RETURNS trigger LANGUAGE plpgsql AS \
         $$BEGIN RETURN coalesce(new, old); END$$"
            .to_owned(),
    );
    statements.push(format!(
        "CREATE TRIGGER tr BEFORE {event} ON {name} FOR EACH ROW EXECUTE FUNCTION on_row()"
    ));
}

fn on_postgres_tables(
    dialect: Dialect,
    table: &Table,
    variants: &Variants,
    statements: &mut Vec<String>,
) {
    let name = dialect.quote_name(&table.name);
    if variants.materialized > 0 {
        let limit = variants.materialized;
        statements.push(format!(
            "CREATE MATERIALIZED VIEW m AS SELECT id FROM {name} WHERE id > {limit}"
        ));
        statements.push("CREATE UNIQUE INDEX m_id ON m (id)".to_owned());
    }
    if variants.policy > 0 {
        let limit = variants.policy;
        statements.push(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
        statements.push(format!("CREATE POLICY p ON {name} FOR SELECT USING (id > {limit})"));
    }
    let grant = ["", "SELECT", "SELECT, INSERT"][usize::from(variants.granted)];
    if !grant.is_empty() {
        statements.push(format!("GRANT {grant} ON TABLE {name} TO PUBLIC"));
    }
    let numbers: Vec<String> = table
        .columns
        .iter()
        .filter(|column| matches!(column.data_type, ColumnType::Integer { .. }))
        .filter(|column| column.generated.is_none())
        .map(|column| dialect.quote(&column.name))
        .collect();
    if let [first, second, ..] = &*numbers
        && variants.statistics
    {
        statements.push(format!("CREATE STATISTICS st ON {first}, {second} FROM {name}"));
    }
}

fn on_their_own(variants: &Variants, statements: &mut Vec<String>) {
    if variants.namespace > 0 {
        statements.push("CREATE SCHEMA apart".to_owned());
        statements.push(format!("COMMENT ON SCHEMA apart IS '{}'", variants.namespace));
        statements.push(format!("CREATE SEQUENCE apart.far INCREMENT BY {}", variants.namespace));
    }
    if variants.collation > 0 {
        let number = variants.collation;
        statements.push(format!("CREATE COLLATION own{number} (PROVIDER = icu, LOCALE = 'sv')"));
    }
    if variants.extension {
        statements.push("CREATE EXTENSION citext".to_owned());
    }
    let function = [
        "",
        "integer AS 'SELECT $1 + 1'",
        "integer AS 'SELECT $1'",
        "bigint AS 'SELECT $1::bigint'",
    ];
    if variants.function > 0 {
        let rest = function[usize::from(variants.function)];
        statements.push(
            format!("CREATE FUNCTION f(integer) RETURNS {}", rest) + " LANGUAGE sql IMMUTABLE",
        );
    }
    let sequence =
        ["", "INCREMENT BY 5", "AS integer START WITH 10", "MINVALUE 3 MAXVALUE 300 CYCLE"];
    if variants.sequence > 0 {
        statements.push(format!("CREATE SEQUENCE s {}", sequence[usize::from(variants.sequence)]));
    }
    let domain = [
        "",
        "integer CHECK (VALUE > 0)",
        "integer DEFAULT 1 CHECK (VALUE > 1)",
        "integer NOT NULL",
    ];
    if variants.domain > 0 {
        statements.push(format!("CREATE DOMAIN d AS {}", domain[usize::from(variants.domain)]));
    }
}
