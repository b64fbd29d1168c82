//! Decisions that need only the table.

use autogen_schema::{
    Change, Check, Column, ColumnChange, ColumnType, Default, Expr, ForeignKey, Index, IntWidth,
    Literal, Name, PrimaryKey, QName, Schema, Table, Unique,
};

use crate::Dialect::Postgres;

const INT: ColumnType = ColumnType::int(IntWidth::Regular);

/// The value of the column `c` when it is restored in a table with a key `id`.
fn filled(column: Column, add: impl FnOnce(&mut Table)) -> Option<String> {
    let mut table = Table::new(QName::bare("t"));
    table.primary_key = Some(PrimaryKey::new(Name::Absent, &["id"]));
    table.columns = vec![Column::new("id", INT), Column::new("n", INT), column.clone()];
    add(&mut table);
    let change =
        ColumnChange::Add { table: table.name.clone(), column: Box::new(column), position: None };
    let mut schema = Schema::default();
    schema.add_table(table);
    let fills = Postgres.backfills(&schema, &[Change::from(change)]);
    fills.into_iter().next().map(|it| it.expr.0)
}

fn column(data_type: ColumnType) -> Column {
    Column::new("c", data_type)
}

fn with_default(default: Default) -> Column {
    Column { default: Some(default), ..column(INT) }
}

fn unique(columns: &[&str]) -> impl FnOnce(&mut Table) {
    let unique = Unique::new(Name::Absent, columns);
    move |table| table.uniques.push(unique)
}

#[test]
fn a_default_null_or_the_placeholder_needs_nothing() {
    let seven = Default::Literal(Literal::Number("7".to_owned()));
    assert_eq!(filled(column(INT), |_| {}), None);
    assert_eq!(filled(column(INT).nullable(), unique(&["c"])), None);
    assert_eq!(filled(with_default(seven.clone()), |_| {}), None);
    assert_eq!(filled(with_default(seven), unique(&["n", "c"])), None);
    let random = Default::Expression(Expr::new("random()"));
    assert_eq!(filled(with_default(random), unique(&["c"])), None);
}

#[test]
fn a_unique_column_gets_the_own_key() {
    let own = |data_type| filled(column(data_type), unique(&["c"]));
    assert_eq!(own(INT).as_deref(), Some("\"id\""));
    assert_eq!(own(ColumnType::int(IntWidth::Big)).as_deref(), Some("\"id\""));
    assert_eq!(own(ColumnType::text()).as_deref(), Some("CAST(\"id\" AS text)"));
    let index = |table: &mut Table| {
        table.indexes.push(Index { unique: true, ..Index::new(Name::exact("i"), &["c"]) });
    };
    assert_eq!(filled(column(INT), index).as_deref(), Some("\"id\""));
    let seven = Default::Literal(Literal::Number("7".to_owned()));
    assert_eq!(filled(with_default(seven.clone()), unique(&["c"])).as_deref(), Some("\"id\""));
    assert_eq!(filled(with_default(seven).nullable(), unique(&["c"])).as_deref(), Some("NULL"));
}

#[test]
fn what_requires_more_is_left_open() {
    let open = |column: Column, add: fn(&mut Table)| {
        assert_eq!(filled(column, add).as_deref(), Some("NULL"));
    };
    open(column(ColumnType::Uuid), |table| unique(&["c"])(table));
    open(column(ColumnType::Varchar(Some(10))), |table| unique(&["c"])(table));
    open(column(ColumnType::int(IntWidth::Small)), |table| unique(&["c"])(table));
    open(column(INT), |table| unique(&["n", "c"])(table));
    open(column(INT), |table| table.checks.push(Check::new(Name::Absent, "c > n")));
    open(column(INT), |table| {
        let key = ForeignKey::new(Name::Absent, &["c"], QName::bare("u"), &["id"]);
        table.foreign_keys.push(key);
    });
    open(column(INT), |table| {
        let part = Index { unique: true, ..Index::new(Name::exact("i"), &["c"]) };
        table.indexes.push(Index { predicate: Some(Expr::new("n > 0")), ..part });
    });
    open(column(INT), |table| {
        table.primary_key = None;
        unique(&["c"])(table);
    });
    open(column(ColumnType::Verbatim("unknown".into())), |_| {});
}
