//! Dependencies of small schemas.

use autogen_dialect::Dialect;
use autogen_schema::{
    Check, Column, ColumnType, Constraint, Default, EnumType, Expr, ForeignKey, Generated,
    GeneratedStorage, Index, IntWidth, Name, ObjectId, PrimaryKey, QName, Routine, RoutineKind,
    Schema, Table, View, ViewKind,
};

use super::Dependencies;

fn int(name: &str) -> Column {
    Column::new(name, ColumnType::int(IntWidth::Regular))
}

fn t() -> Table {
    let mut table = Table::new(QName::bare("t"));
    table.columns = vec![int("id"), int("a")];
    table
}

/// The dependents of the object, as `kind dependent`.
fn dependents(schema: &Schema, on: &ObjectId) -> Vec<String> {
    let found = Dependencies::of(Dialect::Postgres, schema);
    found.dependents(on).map(|(kind, id)| format!("{kind:?} {id}")).collect()
}

fn column(name: &str) -> ObjectId {
    ObjectId::column(&QName::bare("t"), name)
}

/// The function `f`.
fn function(arguments: &str, definition: &str) -> Routine {
    Routine {
        name: QName::bare("f"),
        arguments: arguments.to_owned(),
        kind: RoutineKind::Function,
        definition: definition.to_owned(),
        comment: None,
        source: std::default::Default::default(),
        access: std::default::Default::default(),
    }
}

fn schema(tables: impl IntoIterator<Item = Table>) -> Schema {
    let mut schema = Schema::default();
    for table in tables {
        schema.add_table(table);
    }
    schema
}

#[test]
fn an_index_holds_a_column_and_computes_from_an_expression() {
    let mut table = t();
    table.indexes.push(Index::new(Name::exact("plain"), &["a"]));
    let mut partial = Index::new(Name::exact("partial"), &["id"]);
    partial.predicate = Some(Expr::new("a > 0"));
    table.indexes.push(partial);
    let expected = ["Holds t.plain", "Computes t.partial"];
    assert_eq!(dependents(&schema([table]), &column("a")), expected);
}

#[test]
fn a_body_names_the_types_that_it_declares() {
    let body = "create function f() returns int language plpgsql as $$ declare x t; \
                y int := (select count(*) from u); begin perform 1 from v; return 1; end $$";
    let tables = ["t", "u", "v"].map(|name| Table::new(QName::bare(name)));
    let mut schema = schema(tables);
    schema.routines.push(function("", body));
    let of = |name: &str| dependents(&schema, &ObjectId::Relation(QName::bare(name)));
    assert_eq!(of("t"), ["Names f()"]);
    assert_eq!(of("u"), [""; 0]);
    assert_eq!(of("v"), [""; 0]);
}

#[test]
fn a_check_and_a_generated_column_are_computed() {
    let mut table = t();
    table.checks.push(Check::new(Name::exact("positive"), "a > 0"));
    let storage = GeneratedStorage::Stored;
    let double = Generated { expr: Expr::new("a * 2"), storage };
    table.columns.push(Column { generated: Some(double), ..int("b") });
    let expected = ["Computes t.positive", "Generates t.b"];
    assert_eq!(dependents(&schema([table]), &column("a")), expected);
}

#[test]
fn a_foreign_key_references_columns_and_the_key_that_a_constraint_provides() {
    let mut parent = t();
    let primary = PrimaryKey::new(Name::exact("t_pkey"), &["id"]);
    parent.primary_key = Some(primary.clone());
    let mut child = Table::new(QName::bare("c"));
    child.columns = vec![int("t_id")];
    let key = ForeignKey::new(Name::exact("fk"), &["t_id"], QName::bare("t"), &["id"]);
    child.foreign_keys.push(key);
    let schema = schema([parent, child]);
    let key = ObjectId::key(&QName::bare("t"), [&"id".to_owned()].into_iter());
    assert_eq!(dependents(&schema, &column("id")), ["Holds t.t_pkey", "References c.fk"]);
    assert_eq!(dependents(&schema, &key), ["References c.fk"]);
    let constraint = ObjectId::constraint(&QName::bare("t"), &Constraint::PrimaryKey(primary));
    assert_eq!(dependents(&schema, &constraint), ["Provides t(id)"]);
}

#[test]
fn a_column_is_of_its_type() {
    let mut table = t();
    table.columns.push(Column::new("mood", ColumnType::Enum(QName::bare("mood"))));
    let mut schema = schema([table]);
    schema.add_enum(EnumType {
        name: QName::bare("mood"),
        values: vec!["ok".to_owned()],
        comment: None,
    });
    assert_eq!(dependents(&schema, &ObjectId::Type(QName::bare("mood"))), ["OfType t.mood"]);
}

#[test]
fn a_column_is_of_the_rows_of_a_table() {
    let mut table = t();
    let name = QName::new(Some("s".to_owned()), "Rows".to_owned());
    table.columns.push(Column::new("one", ColumnType::Verbatim("s.\"Rows\"".to_owned())));
    let all = ColumnType::Array(Box::new(ColumnType::Verbatim("s.\"Rows\"".to_owned())));
    table.columns.push(Column::new("all", all));
    table.columns.push(Column::new("other", ColumnType::Verbatim("s.other".to_owned())));
    let schema = schema([table, Table::new(name.clone())]);
    let expected = ["OfType t.one", "OfType t.all"];
    assert_eq!(dependents(&schema, &ObjectId::Relation(name)), expected);
}

#[test]
fn a_default_calls_a_routine_of_its_number_of_arguments() {
    let mut table = t();
    table.columns[1].default = Some(Default::Expression(Expr::new("f(1)")));
    let mut schema = schema([table]);
    let one = function("integer", "CREATE FUNCTION f(a integer) RETURNS integer AS $$select 1$$");
    let none = function("", "CREATE FUNCTION f() RETURNS integer AS $$select 1$$");
    schema.routines = vec![one.clone(), none.clone()];
    assert_eq!(dependents(&schema, &ObjectId::routine(&one)), ["Calls t.a"]);
    assert!(dependents(&schema, &ObjectId::routine(&none)).is_empty());
}

#[test]
fn a_view_reads_tables_columns_and_views() {
    let mut schema = schema([t()]);
    for (name, query) in [("v", "SELECT t.a FROM t"), ("w", "SELECT v.a FROM v")] {
        let definition = format!("CREATE VIEW {name} AS {query}");
        let view = View::new(QName::bare(name), ViewKind::Plain, definition);
        schema.views.insert(QName::bare(name), view);
    }
    let relation = |name: &str| ObjectId::Relation(QName::bare(name));
    assert_eq!(dependents(&schema, &relation("t")), ["Reads v"]);
    assert_eq!(dependents(&schema, &column("a")), ["Reads v"]);
    assert!(dependents(&schema, &column("id")).is_empty());
    assert_eq!(dependents(&schema, &relation("v")), ["Reads w"]);
}
