//! Strategies for schemas: few names, so that two random schemas overlap.

use autogen_dialect::Dialect;
use autogen_schema::{
    Check, Column, ColumnType, Default, Deferrable, EnumType, Exclusion, Expr, FkAction,
    ForeignKey, Generated, GeneratedStorage, Identity, Index, IndexKey, IndexPart, IntWidth,
    Literal, Name, Partition, Partitioning, PrimaryKey, QName, Schema, Table, Unique,
};
use proptest::prelude::*;

use crate::hostile::{COLUMN, TABLE, hostile};
use crate::scripts::is_mysql;

const TABLES: [&str; 3] = ["a", "b", TABLE];
const COLUMNS: [&str; 6] = ["n", "m", "s", COLUMN, "é x", "list"];

/// What is drawn for one column.
#[derive(Debug, Clone)]
struct Draft {
    data_type: ColumnType,
    nullable: bool,
    default: bool,
    comment: bool,
    unique: bool,
    indexed: bool,
    checked: bool,
    collated: bool,
}

/// What is drawn for a foreign key.
#[derive(Debug, Clone, Copy)]
struct Parent {
    /// The table that it references.
    at: usize,
    action: FkAction,
    /// Whether each row must have a referenced row, if that creates no cycle.
    required: bool,
    unique: bool,
}

/// What is drawn for one table.
#[derive(Debug, Clone)]
struct TableDraft {
    columns: Vec<Option<Draft>>,
    identity: u8,
    composite: bool,
    parent: Option<Parent>,
    generated: Option<bool>,
    partial: bool,
    expression: bool,
    two_columns: Option<bool>,
    comment: bool,
    /// Options of the table, an exclusion constraint, a deferrable key.
    extra: u8,
}

/// The types of a column by its position: so that most pairs have a conversion.
fn data_type(dialect: Dialect, place: usize) -> impl Strategy<Value = ColumnType> {
    let postgres = dialect.has_schemas();
    let types = match place {
        0 => vec![ColumnType::int(IntWidth::Regular), ColumnType::int(IntWidth::Big)],
        1 => vec![
            ColumnType::int(IntWidth::Regular),
            ColumnType::Double,
            ColumnType::Decimal(Some((10, 2))),
        ],
        2 => vec![ColumnType::Varchar(Some(20)), ColumnType::Varchar(Some(40)), ColumnType::text()],
        3 => vec![ColumnType::Boolean, ColumnType::int(IntWidth::Regular)],
        4 if postgres => vec![
            ColumnType::text(),
            ColumnType::Enum(QName::bare("mood")),
            ColumnType::Enum(QName::bare("mood")),
        ],
        4 => vec![ColumnType::text(), ColumnType::DateTime { precision: None }],
        _ if postgres => vec![
            ColumnType::Array(Box::new(ColumnType::int(IntWidth::Regular))),
            ColumnType::Array(Box::new(ColumnType::int(IntWidth::Big))),
        ],
        _ => vec![ColumnType::DateTime { precision: None }],
    };
    proptest::sample::select(types)
}

fn draft(dialect: Dialect, place: usize) -> impl Strategy<Value = Draft> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let rare = (0..4_u8, 0..3_u8, 0..6_u8);
    (data_type(dialect, place), flags, rare).prop_map(
        |(data_type, (nullable, default, comment, indexed), (unique, checked, collated))| Draft {
            data_type,
            nullable,
            default,
            comment,
            unique: unique == 0,
            indexed,
            checked: checked == 0,
            collated: collated == 0,
        },
    )
}

fn table(dialect: Dialect) -> impl Strategy<Value = TableDraft> {
    let column = |place| proptest::option::of(draft(dialect, place));
    let columns = (column(0), column(1), column(2), column(3), column(4), column(5))
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f]);
    let action = proptest::sample::select(vec![
        FkAction::NoAction,
        FkAction::Cascade,
        FkAction::SetNull,
        FkAction::Restrict,
    ]);
    let parent = (0..TABLES.len(), action, any::<bool>(), 0..4_u8).prop_map(
        |(at, action, required, unique)| Parent { at, action, required, unique: unique == 0 },
    );
    let parent = proptest::option::of(parent);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let options =
        (proptest::option::of(any::<bool>()), proptest::option::of(any::<bool>()), 0..8_u8);
    (columns, 0..4_u8, parent, flags, options).prop_map(
        |(columns, identity, parent, (composite, partial, expression, comment), options)| {
            TableDraft {
                columns,
                identity,
                composite,
                parent,
                generated: options.0,
                partial,
                expression,
                two_columns: options.1,
                extra: options.2,
                comment,
            }
        },
    )
}

/// A schema that is valid in its database.
pub(crate) fn schema(dialect: Dialect) -> impl Strategy<Value = Schema> {
    let tables =
        proptest::collection::vec(proptest::option::weighted(0.8, table(dialect)), TABLES.len());
    let moods = proptest::sample::select(vec![
        vec!["sad", "ok"],
        vec!["sad", "ok", "it's"],
        vec!["sad", "so-so", "ok"],
    ]);
    let texts = proptest::collection::vec(0..crate::texts::KINDS, TABLES.len());
    let drawn = (tables, moods, texts, 0..7_u8, hostile());
    drawn.prop_map(move |(drafts, moods, texts, parts, hostile)| {
        let mut schema = build(dialect, &drafts, &moods);
        hostile.sow(dialect, &mut schema);
        if dialect.has_schemas() && (1..6).contains(&parts) {
            partitioned(&mut schema, parts);
        }
        crate::texts::add(dialect, &mut schema, &texts, &hostile.body(dialect));
        schema
    })
}

fn build(dialect: Dialect, drafts: &[Option<TableDraft>], moods: &[&str]) -> Schema {
    let mut schema = Schema::default();
    for (at, draft) in drafts.iter().enumerate() {
        if let Some(draft) = draft {
            schema.add_table(build_table(dialect, TABLES[at], draft, drafts));
        }
    }
    // A logged table does not reference an unlogged one.
    let unlogged: Vec<QName> = schema
        .tables
        .values()
        .filter(|table| table.options.unlogged)
        .map(|table| table.name.clone())
        .collect();
    schema.reform_tables(|table| {
        if !table.options.unlogged {
            table.foreign_keys.retain(|key| !unlogged.contains(&key.references));
        }
    });
    let used = schema
        .tables
        .values()
        .flat_map(|table| &table.columns)
        .any(|column| column.data_type.enum_name().is_some());
    if used {
        let values = moods.iter().map(|it| (*it).to_owned()).collect();
        schema.add_enum(EnumType { name: QName::bare("mood"), values, comment: None });
    }
    schema
}

fn build_table(
    dialect: Dialect,
    name: &str,
    draft: &TableDraft,
    others: &[Option<TableDraft>],
) -> Table {
    let mut table = Table::new(QName::bare(name));
    table.comment = draft.comment.then(|| format!("about {name}"));
    let mut id = Column::new("id", ColumnType::int(IntWidth::Regular));
    id.identity = match draft.identity {
        0 => None,
        1 => Some(Identity::Always(Box::default())),
        2 if !draft.composite => Some(Identity::Serial(None)),
        _ => Some(Identity::Auto),
    };
    table.columns.push(id);
    for (at, column) in draft.columns.iter().enumerate() {
        if let Some(column) = column {
            let collation = match dialect {
                Dialect::Postgres => "C",
                Dialect::Sqlite => "NOCASE",
                Dialect::Mysql | Dialect::Mariadb => "utf8mb4_bin",
            };
            add_column(&mut table, COLUMNS[at], column, collation);
        }
    }
    let mut key = vec!["id"];
    let required = table.columns.iter().find(|it| it.name == "n" && !it.nullable);
    // On SQLite an auto-increment key has one column.
    if draft.composite && required.is_some() && table.columns[0].identity.is_none() {
        key.push("n");
    }
    table.primary_key = Some(PrimaryKey::new(Name::Free(None), &key));
    add_generated(&mut table, draft);
    add_parent(&mut table, draft, others);
    add_indexes(&mut table, draft);
    add_extra(dialect, &mut table, draft.extra);
    if is_mysql(dialect) {
        fit_mysql(dialect, &mut table);
    }
    // Expressions are in the server's spelling, or omitted.
    if dialect.has_schemas() {
        table.columns.iter_mut().for_each(|column| {
            if let Some(generated) = &mut column.generated {
                generated.storage = GeneratedStorage::Stored;
            }
        });
    }
    table
}

fn add_column(table: &mut Table, name: &str, draft: &Draft, collation: &str) {
    let mut column = Column::new(name, draft.data_type.clone());
    column.nullable = draft.nullable;
    column.comment = draft.comment.then(|| format!("it's {name}"));
    column.default = if draft.default { default_for(&draft.data_type) } else { None };
    let quoted = quoted(name);
    let number = matches!(draft.data_type, ColumnType::Integer { .. });
    if draft.checked && number {
        let check = Check::new(
            Name::exact(format!("{}_{}_c", short(&table.name.name), short(name))),
            format!("{quoted} > 0"),
        );
        table.checks.push(check);
    }
    let keyable = !matches!(
        draft.data_type,
        ColumnType::JsonBinary | ColumnType::Boolean | ColumnType::Array(_) | ColumnType::Enum(_)
    );
    if draft.unique && keyable {
        table.uniques.push(Unique::new(Name::Free(None), &[name]));
    }
    if draft.indexed && keyable {
        let index = Name::proposed(format!("idx-{}-{name}", table.name.name));
        table.indexes.push(Index::new(index, &[name]));
    }
    let text = matches!(draft.data_type, ColumnType::Varchar(_) | ColumnType::Text(_));
    if draft.collated && text {
        column.collation = Some(collation.to_owned());
    }
    table.columns.push(column);
}

/// A name that is a prefix of others.
pub(crate) fn short(name: &str) -> String {
    name.chars().take(12).collect()
}

/// A name in the quotes of most databases.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Removes what MySQL does not support, and quotes names as it does.
fn fit_mysql(dialect: Dialect, table: &mut Table) {
    let long: Vec<String> = table
        .columns
        .iter()
        .filter(|column| matches!(column.data_type, ColumnType::Text(_)))
        .map(|column| column.name.clone())
        .collect();
    let is_long = |name: &String| long.contains(name);
    table.uniques.retain(|it| !it.columns.iter().any(|part| is_long(&part.column)));
    table.indexes.retain(|it| {
        let whole = it.parts.iter().any(|part| match &part.key {
            IndexKey::Column(name) => is_long(name),
            IndexKey::Expression(_) => true,
        });
        !whole && it.predicate.is_none()
    });
    for key in &mut table.foreign_keys {
        key.deferrable = None;
    }
    let requote = |expr: &mut Expr, columns: &[String]| {
        for name in columns {
            expr.0 = expr.0.replace(&quoted(name), &dialect.quote(name));
        }
    };
    let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    table.checks.iter_mut().for_each(|check| requote(&mut check.expr, &names));
    for column in &mut table.columns {
        if let Some(generated) = &mut column.generated {
            requote(&mut generated.expr, &names);
        }
    }
}

/// What only one of the databases has.
fn add_extra(dialect: Dialect, table: &mut Table, extra: u8) {
    let postgres = dialect.has_schemas();
    let sqlite = !postgres && !is_mysql(dialect);
    match extra {
        1 if postgres => table.options.unlogged = true,
        2 if postgres => {
            table.options.storage.insert("fillfactor".to_owned(), "70".to_owned());
        }
        3 if postgres => {
            let name = Name::exact(format!("{}_alone", table.name.name));
            let element = (IndexPart::column("id"), "=".to_owned());
            table.exclusions.push(Exclusion {
                name,
                method: "hash".to_owned(),
                elements: vec![element],
                predicate: Some(Expr::new("id > 0")),
                deferrable: None,
                comment: None,
            });
        }
        4 => {
            for key in &mut table.foreign_keys {
                key.deferrable = Some(Deferrable::InitiallyDeferred);
            }
        }
        5 if postgres => {
            for index in table.indexes.iter_mut().filter(|it| it.predicate.is_none()) {
                index.include = vec!["id".to_owned()];
            }
        }
        6 if sqlite && table.columns[0].identity.is_none() => {
            table.options.without_rowid = true;
        }
        7 if sqlite => table.options.strict = true,
        _ => {}
    }
}

/// A partitioned table, if the database has those; every row has a partition.
fn partitioned(schema: &mut Schema, parts: u8) {
    let mut table = Table::new(QName::bare("parts"));
    table.columns.push(Column::new("id", ColumnType::int(IntWidth::Regular)));
    table.columns.push(Column::new("note", ColumnType::text()).nullable());
    table.primary_key = Some(PrimaryKey::new(Name::Free(None), &["id"]));
    let mut partitioning = Partitioning::new("RANGE (id)");
    let mut add = |name: &str, bound: &str| {
        let mut partition = Partition::new(QName::bare(name), bound);
        if parts == 5 {
            let index = format!("{}_note", name.trim_start_matches("parts_"));
            partition.own.indexes.push(Index::new(Name::Exact(index), &["note"]));
            let check = Check::new(Name::Exact(format!("{name}_id")), "id > '-7'::integer");
            partition.own.checks.push(check);
        }
        partitioning.partitions.push(partition);
    };
    add("parts_rest", "DEFAULT");
    if parts == 3 || parts == 5 {
        add("parts_far", "FOR VALUES FROM (1000000) TO (2000000)");
    }
    if parts > 1 {
        table.partitioning = Some(partitioning);
    }
    if parts == 4 {
        // A partition elsewhere is a table here.
        let mut far = Table { partitioning: None, ..table.clone() };
        far.name = QName::bare("parts_far");
        far.columns.push(Column::new("more", ColumnType::text()).nullable());
        far.indexes.push(Index::new(Name::exact("far_note"), &["note"]));
        schema.add_table(far);
    }
    schema.add_table(table);
}

fn default_for(data_type: &ColumnType) -> Option<Default> {
    let literal = match data_type {
        ColumnType::Integer { .. } | ColumnType::Double => Literal::Number("7".to_owned()),
        ColumnType::Varchar(_) | ColumnType::Text(_) => Literal::Text("it's 100% \\ :x".to_owned()),
        ColumnType::Boolean => Literal::Bool(true),
        ColumnType::Enum(_) => Literal::Text("ok".to_owned()),
        ColumnType::JsonBinary => Literal::Text("{}".to_owned()),
        ColumnType::DateTime { .. } => {
            return Some(Default::Expression(Expr::new("CURRENT_TIMESTAMP")));
        }
        _ => return None,
    };
    Some(Default::Literal(literal))
}

fn add_generated(table: &mut Table, draft: &TableDraft) {
    let Some(stored) = draft.generated else { return };
    let source = table.columns.iter().find(|it| {
        matches!(it.data_type, ColumnType::Integer { width: IntWidth::Regular, .. })
            && it.name != "id"
    });
    let Some(source) = source.map(|it| it.name.clone()) else { return };
    let mut column = Column::new("g", ColumnType::int(IntWidth::Regular)).nullable();
    column.generated = Some(Generated {
        expr: Expr::new(format!("{} * 2", quoted(&source))),
        storage: if stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual },
    });
    table.columns.push(column);
}

fn add_parent(table: &mut Table, draft: &TableDraft, others: &[Option<TableDraft>]) {
    let Some(parent) = draft.parent else { return };
    let Some(other) = others[parent.at].as_ref() else { return };
    let own = TABLES.iter().position(|name| *name == table.name.name);
    let required = parent.required && own.is_some_and(|own| parent.at < own);
    let mut add = |name: &str, data_type: &ColumnType| {
        let mut column = Column::new(name, data_type.clone());
        column.nullable = !required;
        table.columns.push(column);
    };
    add("parent_id", &ColumnType::int(IntWidth::Regular));
    let (mut columns, mut referenced) = (vec!["parent_id"], vec!["id"]);
    // A key of two columns is referenced by two.
    let composite = other.composite && other.identity == 0;
    let second = other.columns[0].as_ref().filter(|it| composite && !it.nullable);
    if let Some(second) = second {
        add("parent_n", &second.data_type);
        columns.push("parent_n");
        referenced.push("n");
    }
    let name = Name::proposed(format!("fk-{}-parent", table.name.name));
    let mut key = ForeignKey::new(name, &columns, QName::bare(TABLES[parent.at]), &referenced);
    let impossible = required && parent.action == FkAction::SetNull;
    key.on_delete = if impossible { FkAction::Cascade } else { parent.action };
    table.foreign_keys.push(key);
    if parent.unique {
        table.uniques.push(Unique::new(Name::Free(None), &columns));
    }
}

fn add_indexes(table: &mut Table, draft: &TableDraft) {
    let name = table.name.name.clone();
    let text = table.columns.iter().find(|it| matches!(it.data_type, ColumnType::Text(_)));
    if let Some(column) = text.filter(|_| draft.expression) {
        let mut index = Index::new(Name::exact(format!("{name}_lower")), &[]);
        let expr = format!("lower({})", quoted(&column.name));
        index.parts =
            vec![IndexPart { key: IndexKey::Expression(Expr::new(expr)), ..IndexPart::column("") }];
        table.indexes.push(index);
    }
    if draft.partial
        && table.column("m").is_some_and(|it| matches!(it.data_type, ColumnType::Integer { .. }))
    {
        let mut index = Index::new(Name::exact(format!("{name}_some")), &["id"]);
        index.predicate = Some(Expr::new("m > 0"));
        table.indexes.push(index);
    }
    if let Some(descending) = draft.two_columns {
        let columns: Vec<String> = table
            .columns
            .iter()
            .filter(|it| {
                matches!(it.data_type, ColumnType::Integer { .. } | ColumnType::Varchar(_))
            })
            .map(|it| it.name.clone())
            .collect();
        if let [first, second, ..] = columns.as_slice() {
            let mut index = Index::new(Name::exact(format!("{name}_two")), &[first, second]);
            index.parts[1].descending = descending;
            index.unique = descending;
            table.indexes.push(index);
        }
    }
}
