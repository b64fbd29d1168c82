//! Orders of a few changes, on PostgreSQL unless stated otherwise.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Check, Column, ColumnType, Constraint, ConstraintChange, EnumType, Expr, ForeignKey,
    Index, IntWidth, Name, Pair, Partition, Partitioning, Policy, PrimaryKey, QName, Routine,
    RoutineKind, RowSecurity, Schema, Table, View, ViewKind,
};

use super::order;
use crate::PlanError;
use crate::diff::{Past, diff};

fn int(name: &str) -> Column {
    Column::new(name, ColumnType::int(IntWidth::Regular))
}

/// A table with a primary key on `id`, and these columns.
fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(QName::bare(name));
    table.columns = std::iter::once("id").chain(columns.iter().copied()).map(int).collect();
    let key = Name::exact(format!("{name}_pkey"));
    table.primary_key = Some(PrimaryKey::new(key, &["id"]));
    table
}

fn references(table: &mut Table, column: &str, parent: &str) {
    let name = Name::exact(format!("{}_{column}", table.name));
    let key = ForeignKey::new(name, &[column], QName::bare(parent), &["id"]);
    table.foreign_keys.push(key);
}

fn schema(tables: impl IntoIterator<Item = Table>) -> Schema {
    let mut schema = Schema::default();
    tables.into_iter().for_each(|it| drop(schema.add_table(it)));
    schema
}

fn view(schema: &mut Schema, name: &str, query: &str) {
    let definition = format!("CREATE VIEW {name} AS {query}");
    let view = View::new(QName::bare(name), ViewKind::Plain, &definition);
    schema.views.insert(QName::bare(name), view);
}

/// The changes from one schema to the other in their order, described.
fn ordered(dialect: Dialect, before: &Schema, after: &Schema) -> Result<Vec<String>, PlanError> {
    let none = BTreeSet::new();
    let past = Past {
        renames: &[],
        original: before,
        kept: &none,
        grown: &none,
        undoes: &[],
        server: None,
    };
    let schema = Pair::new(before, after);
    let changes = order(dialect, schema, diff(dialect, past, schema))?;
    Ok(changes.iter().map(described).collect())
}

fn described(change: &Change) -> String {
    format!("{} {}", change.kind().replace('_', " "), change.object())
}

fn both_ways(before: &Schema, after: &Schema) -> [Vec<String>; 2] {
    let ordered = |before, after| ordered(Dialect::Postgres, before, after).unwrap();
    [ordered(before, after), ordered(after, before)]
}

#[test]
fn parents_come_first_and_go_last() {
    let mut child = table("a_child", &["parent"]);
    references(&mut child, "parent", "z_parent");
    let after = schema([child, table("z_parent", &[])]);
    let [up, down] = both_ways(&Schema::default(), &after);
    assert_eq!(up, ["create table z_parent", "create table a_child"]);
    assert_eq!(down, ["drop table a_child", "drop table z_parent"]);
}

#[test]
fn a_view_reads_what_is_there() {
    let before = schema([table("t", &[])]);
    let mut after = schema([table("t", &["b"])]);
    view(&mut after, "v", "SELECT b FROM t");
    view(&mut after, "a_view", "SELECT b FROM v");
    let [up, down] = both_ways(&before, &after);
    assert_eq!(up, ["add column t.b", "create view v", "create view a_view"]);
    assert_eq!(down, ["drop view a_view", "drop view v", "drop column t.b"]);
}

#[test]
fn a_check_comes_when_the_type_of_its_column_is_as_it_shall_be() {
    let mood = |values: &[&str]| EnumType {
        name: QName::bare("mood"),
        values: values.iter().map(|it| (*it).to_owned()).collect(),
        comment: None,
    };
    let mut before = schema([table("t", &[])]);
    let column = Column::new("m", ColumnType::Enum(QName::bare("mood")));
    before.table_mut(&QName::bare("t")).unwrap().columns.push(column);
    let mut after = before.clone();
    before.add_enum(mood(&["ok"]));
    after.add_enum(mood(&["ok", "sad"]));
    let check = Check::new(Name::exact("not_sad"), "m <> 'sad'");
    after.table_mut(&QName::bare("t")).unwrap().checks.push(check);
    let [up, down] = both_ways(&before, &after);
    assert_eq!(up, ["alter enum mood", "add check t.not_sad"]);
    assert_eq!(down, ["drop check t.not_sad", "alter enum mood"]);
}

#[test]
fn an_index_calls_a_function_that_is_there() {
    let before = schema([table("t", &["a"])]);
    let mut after = before.clone();
    let text = "CREATE FUNCTION score(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT a $$";
    after.routines.push(Routine {
        name: QName::bare("score"),
        arguments: "integer".to_owned(),
        kind: RoutineKind::Function,
        definition: text.to_owned(),
        comment: None,
        source: std::default::Default::default(),
        access: std::default::Default::default(),
    });
    let mut index = Index::new(Name::exact("by_score"), &["a"]);
    index.predicate = Some(Expr::new("score(a) > 0"));
    after.table_mut(&QName::bare("t")).unwrap().indexes.push(index);
    let [up, down] = both_ways(&before, &after);
    assert_eq!(up, ["create routine score(integer)", "create index t.by_score"]);
    assert_eq!(down, ["drop index t.by_score", "drop routine score(integer)"]);
}

#[test]
fn a_name_is_free_before_it_is_taken() {
    let mut before = schema([table("t", &["a"]), table("z", &["a"])]);
    let mut after = before.clone();
    let index = || Index::new(Name::exact("by_a"), &["a"]);
    before.table_mut(&QName::bare("z")).unwrap().indexes.push(index());
    after.table_mut(&QName::bare("t")).unwrap().indexes.push(index());
    let expected = ["drop index z.by_a", "create index t.by_a"];
    assert_eq!(ordered(Dialect::Postgres, &before, &after).unwrap(), expected);
    let mut goes = schema([table("x", &["a"])]);
    goes.table_mut(&QName::bare("x")).unwrap().indexes.push(index());
    let comes = schema([table("by_a", &[])]);
    let expected = ["drop table x", "create table by_a"];
    assert_eq!(ordered(Dialect::Postgres, &goes, &comes).unwrap(), expected);
}

#[test]
fn names_are_exchanged_by_a_third_one() {
    let mut before = schema([table("t", &["a", "b"])]);
    let mut after = before.clone();
    let name = |schema: &mut Schema, a: &str, b: &str| {
        let indexes = &mut schema.table_mut(&QName::bare("t")).unwrap().indexes;
        *indexes = vec![Index::new(Name::exact(a), &["a"]), Index::new(Name::exact(b), &["b"])];
    };
    name(&mut before, "one", "two");
    name(&mut after, "two", "one");
    let expected = ["rename index t.one", "rename index t.two", "rename index t.one__before"];
    assert_eq!(ordered(Dialect::Postgres, &before, &after).unwrap(), expected);
}

#[test]
fn tables_in_a_circle_wait_for_one_key_alone() {
    let mut one = table("one", &["other"]);
    references(&mut one, "other", "two");
    let mut two = table("two", &["other"]);
    references(&mut two, "other", "one");
    let after = schema([one, two]);
    let [up, down] = both_ways(&Schema::default(), &after);
    let key = "add foreign key one.one_other";
    assert_eq!(up, ["create table one", "create table two", key]);
    assert_eq!(down, ["drop foreign key one.one_other", "drop table two", "drop table one"]);
    let sqlite = ordered(Dialect::Sqlite, &Schema::default(), &after).unwrap();
    assert_eq!(sqlite, ["create table one", "create table two"]);
}

#[test]
fn what_a_policy_reads_is_there_until_its_table_goes() {
    let mut before = schema([table("t", &["a"]), table("base", &[])]);
    view(&mut before, "v", "SELECT id FROM base");
    let text = "CREATE POLICY p ON t FOR SELECT USING (a IN (SELECT v.id FROM v))";
    let policy = Policy {
        name: "p".to_owned(),
        definition: text.to_owned(),
        comment: None,
        source: std::default::Default::default(),
    };
    let security = RowSecurity { enabled: false, forced: false, policies: vec![policy] };
    before.table_mut(&QName::bare("t")).unwrap().row_security = Some(security);
    let after = schema([table("base", &[])]);
    let sorted = ordered(Dialect::Postgres, &before, &after).unwrap();
    assert_eq!(sorted, ["drop policy t.p", "drop table t", "drop view v"]);
}

#[test]
fn partitions_of_two_tables_may_have_one_name() {
    let divided = |name: &str| {
        let mut table = table(name, &[]);
        let bound = "VALUES LESS THAN (10)".to_owned();
        let partitions = vec![Partition::new(QName::bare("p0"), bound)];
        table.partitioning = Some(Partitioning { by: "RANGE (id)".to_owned(), partitions });
        table
    };
    let after = schema([divided("t"), divided("u")]);
    let sorted = ordered(Dialect::Mysql, &Schema::default(), &after).unwrap();
    assert_eq!(sorted, ["create table t", "create table u"]);
}

#[test]
fn views_that_read_each_other_wait_for_ever() {
    let mut after = schema([table("t", &[])]);
    view(&mut after, "v", "SELECT id FROM w");
    view(&mut after, "w", "SELECT id FROM v");
    let before = schema([table("t", &[])]);
    let stuck = ["create view v", "create view w"].map(str::to_owned).to_vec();
    assert_eq!(ordered(Dialect::Postgres, &before, &after), Err(PlanError::Circle(stuck)));
}

#[test]
fn a_referenced_key_comes_before_the_key_that_references_it() {
    let mut parent = table("parent", &[]);
    let mut child = table("child", &["to"]);
    let key = Constraint::PrimaryKey(parent.primary_key.take().unwrap());
    let before = schema([child.clone(), parent.clone()]);
    references(&mut child, "to", "parent");
    let add = |table: &str, constraint| {
        Change::from(ConstraintChange::Add { table: QName::bare(table), constraint })
    };
    let foreign = Constraint::ForeignKey(child.foreign_keys[0].clone());
    let changes = vec![add("child", foreign), add("parent", key.clone())];
    let mut after = before.clone();
    changes.iter().rev().for_each(|it| it.apply(&mut after).unwrap());
    let sorted = order(Dialect::Postgres, Pair::new(&before, &after), changes).unwrap();
    let sorted: Vec<String> = sorted.iter().map(described).collect();
    assert_eq!(sorted, ["add primary key parent.parent_pkey", "add foreign key child.child_to"]);
}
