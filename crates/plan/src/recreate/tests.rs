//! What small changes recreate, on PostgreSQL.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Check, Column, ColumnType, EnumType, ForeignKey, Index, IntWidth, Name, Pair,
    PrimaryKey, QName, Schema, Table, TextSize, Unique, View, ViewKind,
};

use crate::diff::{Past, diff};

/// `u(id, a, mood)` with a primary key and a view over it; `t(u_id)` references it.
fn schema() -> Schema {
    let int = |name: &str| Column::new(name, ColumnType::int(IntWidth::Regular));
    let mut parent = Table::new(QName::bare("u"));
    let mood = Column::new("mood", ColumnType::Enum(QName::bare("mood")));
    parent.columns = vec![int("id"), int("a"), mood];
    parent.primary_key = Some(PrimaryKey::new(Name::exact("u_pkey"), &["id"]));
    parent.checks.push(Check::new(Name::exact("positive"), "a > 0"));
    parent.indexes.push(Index::new(Name::exact("u_a"), &["a"]));
    let mut child = Table::new(QName::bare("t"));
    child.columns = vec![int("u_id")];
    let key = ForeignKey::new(Name::exact("t_u"), &["u_id"], QName::bare("u"), &["id"]);
    child.foreign_keys.push(key);
    let mut schema = Schema::default();
    schema.add_table(parent);
    schema.add_table(child);
    let values = vec!["ok".to_owned(), "sad".to_owned()];
    schema.add_enum(EnumType { name: QName::bare("mood"), values, comment: None });
    let definition = "CREATE VIEW v AS SELECT u.a FROM u";
    let view = View::new(QName::bare("v"), ViewKind::Plain, definition);
    schema.views.insert(QName::bare("v"), view);
    schema
}

/// The changes that `edit` makes, described.
fn changes(edit: impl FnOnce(&mut Schema)) -> Vec<String> {
    let before = schema();
    let mut after = schema();
    edit(&mut after);
    let none = BTreeSet::new();
    let past = Past {
        renames: &[],
        original: &before,
        kept: &none,
        grown: &none,
        undoes: &[],
        server: None,
    };
    let found = diff(Dialect::Postgres, past, Pair::new(&before, &after));
    let mut found: Vec<String> = found.iter().map(Change::describe).collect();
    found.sort();
    found
}

fn retype(schema: &mut Schema, column: &str, to: ColumnType) {
    let table = schema.table_mut(&QName::bare("u")).unwrap();
    let at = table.columns.iter().position(|it| it.name == column).unwrap();
    table.columns[at].data_type = to;
}

#[test]
fn an_added_column_takes_nothing_along() {
    let added = changes(|after| {
        let column = Column::new("b", ColumnType::Text(TextSize::Regular));
        after.table_mut(&QName::bare("u")).unwrap().columns.push(column);
    });
    assert_eq!(added, ["add column u.b"]);
}

#[test]
fn other_values_take_along_what_reads_them() {
    let wider = changes(|after| retype(after, "a", ColumnType::int(IntWidth::Big)));
    assert_eq!(wider, ["alter column u.a: type", "create view v", "drop view v"]);
}

#[test]
fn other_operators_take_along_what_computes() {
    let text = changes(|after| retype(after, "a", ColumnType::Text(TextSize::Regular)));
    assert!(text.contains(&"drop check constraint positive (a > 0) from u".to_owned()), "{text:?}");
    assert!(text.contains(&"add check constraint positive (a > 0) to u".to_owned()), "{text:?}");
    assert!(!text.iter().any(|it| it.contains("u_a")), "{text:?}");
}

#[test]
fn a_key_takes_along_the_foreign_keys_that_reference_it() {
    let keyless = changes(|after| {
        let table = after.table_mut(&QName::bare("u")).unwrap();
        table.primary_key = None;
        table.uniques.push(Unique::new(Name::exact("u_key"), &["id"]));
    });
    let about_the_key = keyless.iter().filter(|it| it.contains("t_u")).count();
    assert_eq!(about_the_key, 2, "{keyless:?}");
}

#[test]
fn an_enum_that_only_gains_values_takes_nothing_along() {
    let values = |schema: &mut Schema, values: &[&str]| {
        let item = schema.enums.get_mut(&QName::bare("mood")).unwrap();
        item.values = values.iter().map(|it| (*it).to_owned()).collect();
    };
    assert_eq!(changes(|after| values(after, &["ok", "meh", "sad"])).len(), 1);
}

#[test]
fn a_dropped_view_takes_along_the_views_that_read_it() {
    let before = |schema: &mut Schema| {
        let definition = "CREATE VIEW w AS SELECT v.a FROM v";
        let view = View::new(QName::bare("w"), ViewKind::Plain, definition);
        schema.views.insert(QName::bare("w"), view);
    };
    let mut from = schema();
    before(&mut from);
    let mut to = from.clone();
    retype(&mut to, "a", ColumnType::int(IntWidth::Big));
    let none = BTreeSet::new();
    let past = Past {
        renames: &[],
        original: &from,
        kept: &none,
        grown: &none,
        undoes: &[],
        server: None,
    };
    let found = diff(Dialect::Postgres, past, Pair::new(&from, &to));
    let views = found.iter().filter_map(Change::dropped_view).map(|it| it.name.name.as_str());
    assert_eq!(views.collect::<Vec<_>>(), ["v", "w"]);
}
