//! Checks every rule on the server: a possible conversion runs, its probes are valid, and if
//! no value may be lost, none is.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, TypeRule};
use autogen_live::run::Migration;
use autogen_live::{Connection, Scope};
use autogen_plan::Options;
use autogen_schema::{Column, ColumnType, Domain, EnumType, Extension, QName, Schema, Table};
use autogen_tests::drive::{create, execute, migration, run_down, run_up};
use autogen_tests::laws::{planned_from, written};
use autogen_tests::{Database, block_on, dialects};
use sea_orm::{ConnectionTrait, Statement};

use crate::types;

/// Values at the edges of a type, as its server reads them.
fn values(dialect: Dialect, data_type: &ColumnType) -> Vec<&'static str> {
    let name = dialect.render_type(data_type);
    let all: &[(&str, &[&str])] = match dialect {
        Dialect::Postgres => &[
            ("boolean", &["true", "false"]),
            ("smallint", &["'-32768'", "'32767'"]),
            ("integer", &["'-2147483648'", "'2147483647'"]),
            ("bigint", &["'-9223372036854775808'", "'9223372036854775807'"]),
            ("real", &["'1.1'", "'3.4028235e38'", "'-1e-37'"]),
            ("double precision", &["'0.1'", "'1.7976931348623157e308'", "'4.9e-324'"]),
            ("numeric", &["'12345678901234567890.123456789'", "'-0.1'"]),
            ("numeric(10, 2)", &["'-99999999.99'", "'0.01'"]),
            ("numeric(12, 4)", &["'99999999.9999'", "'-0.0001'"]),
            ("character(10)", &["'ab'", "'0123456789'"]),
            ("varchar(5)", &["'äß''\"\\'", "''"]),
            ("varchar(50)", &["'01234567890123456789012345678901234567890123456789'"]),
            ("varchar", &["'a much longer text, which is longer than any limit of the others'"]),
            ("text", &["'a much longer text, which is longer than any limit of the others'"]),
            ("bytea", &["'\\xff00'"]),
            ("date", &["'0001-01-01'", "'9999-12-31'", "'0044-03-15 BC'"]),
            ("time", &["'00:00:00'", "'23:59:59.999999'"]),
            ("timestamp", &["'2020-03-29 02:30:00.123456'"]),
            ("timestamp with time zone", &["'2020-03-29 02:30:00.123456+02'"]),
            ("timestamp(3) with time zone", &["'2020-03-29 02:30:00.123+02'"]),
            ("interval", &["'1 year 2 mons 3 days 04:05:06.789'"]),
            ("json", &["'{\"b\": 1, \"a\": null}'"]),
            ("jsonb", &["'{\"b\": 1, \"a\": 12345678901234567890.5}'"]),
            ("uuid", &["'00112233-4455-6677-8899-aabbccddeeff'"]),
            ("inet", &["'10.0.0.1/8'", "'::1'"]),
            ("\"mood\"", &["'sad'"]),
            ("integer[]", &["'{1,NULL,-2147483648}'"]),
            ("bigint[]", &["'{9223372036854775807}'"]),
            ("text[]", &["'{a,NULL,\"b c\"}'"]),
            ("\"email\"", &["'a@b'"]),
            ("citext", &["'AbC'"]),
        ],
        Dialect::Mysql | Dialect::Mariadb => &[
            ("tinyint(1)", &["0", "1"]),
            ("tinyint", &["-128", "127"]),
            ("smallint", &["-32768", "32767"]),
            ("int", &["-2147483648", "2147483647"]),
            ("int unsigned", &["0", "4294967295"]),
            ("bigint", &["-9223372036854775808", "9223372036854775807"]),
            // MariaDB reads no larger number from a text.
            ("bigint unsigned", &["0", "9223372036854775807"]),
            ("float", &["1.1", "3.4028e38", "-1e-37"]),
            ("double", &["0.1", "1.7976931348623157e308", "0.30000000000000004"]),
            ("decimal(10,0)", &["-9999999999", "1"]),
            ("decimal(10,2)", &["-99999999.99", "0.01"]),
            ("decimal(12,4)", &["99999999.9999", "-0.0001"]),
            ("char(10)", &["'ab'", "'0123456789'"]),
            ("varchar(5)", &["'äß''\"\\\\'", "''"]),
            ("varchar(36)", &["'00112233-4455-6677-8899-aabbccddeeff'"]),
            ("varchar(50)", &["'01234567890123456789012345678901234567890123456789'"]),
            ("varchar(255)", &["'a much longer text, which is longer than any limit'"]),
            ("tinytext", &["'a much longer text, which is longer than any limit'"]),
            ("text", &["'a much longer text, which is longer than any limit'"]),
            ("longtext", &["'a much longer text, which is longer than any limit'"]),
            ("varbinary(255)", &["x'ff00'"]),
            ("blob", &["x'ff00'"]),
            ("bit(8)", &["b'10000001'", "b'0'"]),
            ("date", &["'1000-01-01'", "'9999-12-31'"]),
            ("time", &["'-838:59:59'", "'23:59:59'"]),
            ("datetime", &["'1000-01-01 00:00:00'", "'2020-03-29 02:30:00'"]),
            ("datetime(6)", &["'1000-01-01 00:00:00.000001'", "'2020-03-29 02:30:00.123456'"]),
            ("timestamp", &["'2020-03-29 12:30:00'"]),
            ("timestamp(3)", &["'2020-03-29 12:30:00.123'"]),
            ("year", &["1901", "2155"]),
            ("json", &["'{\"b\": 1, \"a\": null}'"]),
            ("binary(16)", &["x'00112233445566778899aabbccddeeff'"]),
            ("enum('sad','ok')", &["'sad'", "'ok'"]),
            ("enum('sad','ok','happy')", &["'happy'"]),
            ("set('sad','ok')", &["''", "'sad,ok'"]),
        ],
        Dialect::Sqlite => &[
            ("boolean", &["0", "1"]),
            ("smallint", &["-32768", "32767"]),
            ("integer", &["-9223372036854775808", "9223372036854775807"]),
            ("float", &["1.1", "3.4028235e38", "0.30000000000000004"]),
            ("double", &["0.1", "1.7976931348623157e308", "0.30000000000000004"]),
            ("real_decimal", &["0.1", "12345678.25"]),
            ("real(10, 2)", &["0.1", "12345678.25"]),
            ("real(12, 4)", &["0.1", "12345678.0625"]),
            ("char(10)", &["'ab'", "'0123456789'"]),
            ("varchar(5)", &["'äß''\"\\'", "''", "'1'"]),
            ("varchar(50)", &["'01234567890123456789012345678901234567890123456789'"]),
            ("varchar", &["'a much longer text'", "'0042'"]),
            ("text", &["'a much longer text'", "'0042'"]),
            ("varbinary_blob", &["x'ff00'", "x'61'"]),
            ("blob", &["x'ff00'", "x'61'"]),
            ("date_text", &["'2020-02-29'"]),
            ("time_text", &["'23:59:59'"]),
            ("datetime_text", &["'2020-02-29 23:59:59.123456'"]),
            ("timestamp_with_timezone_text", &["'2020-02-29T23:59:59.123456+02:00'"]),
            ("json_text", &["'{\"a\": 1}'"]),
            ("jsonb_text", &["'{\"a\": 1}'"]),
            ("uuid_text", &["x'00112233445566778899aabbccddeeff'"]),
            ("enum_text", &["'sad'"]),
            ("citext", &["'AbC'"]),
        ],
    };
    let found = all.iter().find(|(of, _)| *of == name);
    found.unwrap_or_else(|| panic!("values for {name} on {dialect}")).1.to_vec()
}

/// One side: a table per pair, with one column.
fn side(dialect: Dialect, pairs: &[(ColumnType, ColumnType)], before: bool) -> Schema {
    let mut schema = Schema::default();
    for (at, pair) in pairs.iter().enumerate() {
        let mut table = Table::new(QName::bare(format!("t{at:04}")));
        let data_type = if before { &pair.0 } else { &pair.1 };
        table.columns.push(Column::new("value", data_type.clone()).nullable());
        schema.add_table(table);
    }
    if dialect.has_schemas() {
        let extension = Extension::new("citext");
        schema.extensions.insert("citext".to_owned(), extension);
        let email = Domain {
            name: QName::bare("email"),
            base: ColumnType::text(),
            nullable: true,
            default: None,
            collation: None,
            checks: Vec::new(),
            comment: None,
        };
        schema.domains.insert(email.name.clone(), email);
    }
    let values = vec!["sad".to_owned(), "ok".to_owned()];
    let mood = EnumType { name: QName::bare("mood"), values, comment: None };
    schema.enums.insert(mood.name.clone(), mood);
    schema
}

/// All pairs of different types, by whether values can be restored.
fn pairs(dialect: Dialect, lossless: bool) -> Vec<(ColumnType, ColumnType)> {
    let types = types(dialect);
    let all = types.iter().flat_map(|it| types.iter().map(move |to| (it.clone(), to.clone())));
    all.filter(|(before, after)| {
        let rule = dialect.type_rule(before, after);
        let keeps = matches!(rule, TypeRule::Free | TypeRule::Converted);
        let returns = dialect.type_rule(after, before) != TypeRule::Impossible;
        before != after && rule != TypeRule::Impossible && (keeps && returns) == lossless
    })
    .collect()
}

/// The values of each table, as texts.
async fn stored(connection: &Connection, schema: &Schema) -> BTreeMap<QName, String> {
    let dialect = connection.dialect();
    let shown = match dialect {
        Dialect::Postgres => "CAST(value AS text)",
        Dialect::Mysql | Dialect::Mariadb => "HEX(value)",
        Dialect::Sqlite => "typeof(value) || ' ' || quote(value)",
    };
    let mut all = BTreeMap::new();
    for table in schema.tables.values() {
        let sql = format!("SELECT {shown} FROM {} ORDER BY 1", dialect.quote_name(&table.name));
        let rows = connection.raw().query_all_raw(Statement::from_string(
            connection.raw().get_database_backend(),
            sql.clone(),
        ));
        let rows = rows.await.unwrap_or_else(|error| panic!("{error} in {sql}"));
        let texts = rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text"));
        all.insert(table.name.clone(), texts.collect::<Vec<_>>().join(", "));
    }
    all
}

fn fill(dialect: Dialect, pairs: &[(ColumnType, ColumnType)]) -> Vec<String> {
    let rows = pairs.iter().enumerate().flat_map(|(at, (before, _))| {
        let table = dialect.quote(&format!("t{at:04}"));
        let values = values(dialect, before);
        values.into_iter().map(move |value| format!("INSERT INTO {table} VALUES ({value})"))
    });
    rows.collect()
}

async fn check(dialect: Dialect, lossless: bool) -> Result<(), String> {
    let pairs = pairs(dialect, lossless);
    let database = Database::fresh(dialect);
    let connection = database.connect().await;
    let after = written(side(dialect, &pairs, false));
    let scope = Scope::default();
    let before = create(&connection, &written(side(dialect, &pairs, true)), &scope).await?;
    if lossless {
        for statement in fill(dialect, &pairs) {
            execute(&connection, &statement).await?;
        }
    }
    let held = if lossless { stored(&connection, &before).await } else { BTreeMap::new() };
    let plan = planned_from(&before, &after, dialect, &Options::default());
    let plan = plan.map_err(|error| error.to_string())?;
    run_up(&connection, &migration(&plan, true)?).await?;
    if !lossless {
        return Ok(());
    }
    // A probe checks whether any value of the wider type fits; these do.
    let down = Migration { probes: Vec::new(), ..migration(&plan, false)? };
    run_down(&connection, &down).await?;
    let mut lost = Vec::new();
    for (table, values) in stored(&connection, &before).await {
        if held[&table] != values {
            let at: usize = table.name[1..].parse().expect("a number");
            let (before, after) = &pairs[at];
            let (before, after) = (dialect.render_type(before), dialect.render_type(after));
            lost.push(format!("{before} to {after}: {} became {values}", held[&table]));
        }
    }
    if lost.is_empty() { Ok(()) } else { Err(lost.join("\n")) }
}

#[test]
fn what_is_possible_runs() {
    for dialect in dialects() {
        if let Err(problem) = block_on(check(dialect, false)) {
            panic!("{dialect}: {problem}");
        }
    }
}

#[test]
fn what_keeps_values_keeps_them() {
    for dialect in dialects() {
        if let Err(problem) = block_on(check(dialect, true)) {
            panic!("{dialect}: {problem}");
        }
    }
}
