//! Every attribute, one by one.

use crate::common::{column, only_table, read};
use autogen_schema::{
    Check, ColumnType, Default, Deferrable, Expr, Fill, FkAction, FkMatch, Generated,
    GeneratedStorage, Identity, IndexPart, IntWidth, KeyPart, Literal, Name, NullsOrder, QName,
    Rename, SequenceOptions, TextSize, Using,
};

fn text(value: &str) -> Option<Default> {
    Some(Default::Literal(Literal::Text(value.into())))
}

fn number(value: &str) -> Option<Default> {
    Some(Default::Literal(Literal::Number(value.into())))
}

fn expr(value: &str) -> Option<Default> {
    Some(Default::Expression(Expr::new(value)))
}

#[test]
fn column_types_said_outright() {
    let unsigned = |width| ColumnType::Integer { width, unsigned: true };
    for (written, expected) in [
        ("Char(None)", ColumnType::Char(None)),
        ("Char(Some(3))", ColumnType::Char(Some(3))),
        ("String(StringLen::None)", ColumnType::Varchar(None)),
        ("String(StringLen::Max)", ColumnType::Varchar(None)),
        ("String(StringLen::N(50))", ColumnType::Varchar(Some(50))),
        ("String(Some(50))", ColumnType::Varchar(Some(50))),
        ("string(Some(50))", ColumnType::Varchar(Some(50))),
        ("ColumnType::Text", ColumnType::text()),
        ("Text", ColumnType::text()),
        ("Blob", ColumnType::Blob(TextSize::Regular)),
        ("TinyInteger", ColumnType::int(IntWidth::Tiny)),
        ("SmallInteger", ColumnType::int(IntWidth::Small)),
        ("Integer", ColumnType::int(IntWidth::Regular)),
        ("BigInteger", ColumnType::int(IntWidth::Big)),
        ("TinyUnsigned", unsigned(IntWidth::Tiny)),
        ("SmallUnsigned", unsigned(IntWidth::Small)),
        ("Unsigned", unsigned(IntWidth::Regular)),
        ("BigUnsigned", unsigned(IntWidth::Big)),
        ("Float", ColumnType::Float),
        ("Double", ColumnType::Double),
        ("Decimal(None)", ColumnType::Decimal(None)),
        ("Decimal(Some((10, 2)))", ColumnType::Decimal(Some((10, 2)))),
        ("Money(Some((10, 2)))", ColumnType::Money(Some((10, 2)))),
        ("DateTime", ColumnType::DateTime { precision: None }),
        ("Timestamp", ColumnType::Timestamp { precision: None, tz: false }),
        ("TimestampWithTimeZone", ColumnType::Timestamp { precision: None, tz: true }),
        ("Time", ColumnType::Time { precision: None, tz: false }),
        ("Date", ColumnType::Date),
        ("Year", ColumnType::Year),
        (
            "Interval(Some(PgInterval::YearToMonth), None)",
            ColumnType::Interval { fields: Some("YEAR TO MONTH".into()), precision: None },
        ),
        ("Interval(None, Some(3))", ColumnType::Interval { fields: None, precision: Some(3) }),
        ("Binary(16)", ColumnType::Binary(Some(16))),
        ("Binary(BlobSize::Blob(None))", ColumnType::Blob(TextSize::Regular)),
        ("Binary(BlobSize::Blob(Some(16)))", ColumnType::Binary(Some(16))),
        ("Binary(sea_query::BlobSize::Long)", ColumnType::Blob(TextSize::Long)),
        ("VarBinary(StringLen::N(9))", ColumnType::VarBinary(Some(9))),
        ("var_binary(9)", ColumnType::VarBinary(Some(9))),
        ("Bit(None)", ColumnType::Bit(None)),
        ("VarBit(4)", ColumnType::VarBit(Some(4))),
        ("Boolean", ColumnType::Boolean),
        ("Json", ColumnType::Json),
        ("JsonBinary", ColumnType::JsonBinary),
        ("Uuid", ColumnType::Uuid),
        ("Vector(Some(3))", ColumnType::Vector(Some(3))),
        ("Cidr", ColumnType::Cidr),
        ("Inet", ColumnType::Inet),
        ("MacAddr", ColumnType::MacAddr),
        ("LTree", ColumnType::LTree),
        (r#"custom(\"citext\")"#, ColumnType::Verbatim("citext".into())),
        (r#"Custom(\"citext\".into())"#, ColumnType::Verbatim("citext".into())),
        (r#"Custom(Alias::new(\"citext\").into_iden())"#, ColumnType::Verbatim("citext".into())),
        (
            "Array(RcOrArc::new(ColumnType::Array(Arc::new(ColumnType::Text))))",
            ColumnType::Array(Box::new(ColumnType::Array(Box::new(ColumnType::text())))),
        ),
    ] {
        let found = column(&format!("#[sea_orm(column_type = \"{written}\")] pub a: X"));
        assert_eq!(found.data_type, expected, "{written}");
    }
    let raw = column("#[sea_orm(column_type = r#\"custom(\"citext\")\"#)] pub a: X");
    assert_eq!(raw.data_type, ColumnType::Verbatim("citext".into()));
    let sql =
        column("#[sea_orm(column_type = \"Text\")] #[autogen(sql_type = \"citext\")] pub a: X");
    assert_eq!(sql.data_type, ColumnType::Verbatim("citext".into()));
}

#[test]
fn an_enum_as_a_column_type() {
    let declared = read(
        r#"#[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")] pub struct Model {
        #[sea_orm(column_type = "Enum { name: SeaRc::new(Alias::new(\"mood\")), variants: vec![Alias::new(\"a\").into_iden(), \"b\".into()] }")]
        pub a: X }"#,
    );
    let mood = QName::bare("mood");
    assert_eq!(only_table(&declared).columns[0].data_type, ColumnType::Enum(mood.clone()));
    assert_eq!(declared.schema.enums[&mood].values, ["a", "b"]);
}

#[test]
fn defaults() {
    let default = |attributes: &str| column(&format!("#[{attributes}] pub a: i32")).default;
    assert_eq!(default("sea_orm(default_value = \"O'Brien\")"), text("O'Brien"));
    assert_eq!(default("sea_orm(default_value = 7)"), number("7"));
    assert_eq!(default("sea_orm(default_value = -7_000i64)"), number("-7000"));
    assert_eq!(default("sea_orm(default_value = 0x10)"), number("16"));
    assert_eq!(default("sea_orm(default_value = 1.50)"), number("1.50"));
    assert_eq!(default("sea_orm(default_value = 'x')"), text("x"));
    assert_eq!(
        default("sea_orm(default_value = true)"),
        Some(Default::Literal(Literal::Bool(true)))
    );
    assert_eq!(
        default("sea_orm(default_value = b\"ab\")"),
        Some(Default::Literal(Literal::Bytes(b"ab".to_vec())))
    );
    assert_eq!(
        default("sea_orm(default_expr = \"Expr::current_timestamp()\", default_value = 1)"),
        expr("CURRENT_TIMESTAMP")
    );
    assert_eq!(
        default("sea_orm(default_expr = \"Expr::cust(\\\"now() + '1 day'\\\")\")"),
        expr("now() + '1 day'")
    );
    assert_eq!(default("autogen(default = \"a\")"), text("a"));
    assert_eq!(default("autogen(default_sql = \"'a'\")"), text("a"));
    assert_eq!(default("autogen(default_sql = \"(random())\")"), expr("random()"));
    assert_eq!(
        default("sea_orm(default_expr = \"what()\")] #[autogen(default_sql = \"1\")"),
        number("1")
    );
}

#[test]
fn flags_and_words_of_a_field() {
    let full = column(
        r#"#[sea_orm(nullable, comment = "it's", extra = "COLLATE nocase CHARACTER SET utf8 ON UPDATE now() INVISIBLE")] pub a: i32"#,
    );
    assert!(full.nullable && full.invisible);
    assert_eq!(full.comment.as_deref(), Some("it's"));
    assert_eq!(full.collation.as_deref(), Some("nocase"));
    assert_eq!(full.charset.as_deref(), Some("utf8"));
    assert_eq!(full.on_update, Some(Expr::new("now()")));
    let ours = column(
        r#"#[autogen(collation = "C", charset = "x", on_update = "(f())", invisible, unsigned, nullable, comment = "c")] #[sea_orm(column_name = "b")] pub a: i64"#,
    );
    assert_eq!(ours.name, "b");
    assert_eq!(ours.data_type, ColumnType::Integer { width: IntWidth::Big, unsigned: true });
    assert_eq!(ours.collation.as_deref(), Some("C"));
    assert_eq!(ours.on_update, Some(Expr::new("f()")));
    assert!(ours.nullable && ours.invisible);
    assert!(!column("#[autogen(nullable = false)] pub a: Option<i32>").nullable);
    assert!(!column("#[sea_orm(extra = \"NOT NULL\")] pub a: Option<i32>").nullable);
}

#[test]
fn generated_and_identity() {
    let stored = column("#[autogen(generated = \"(b + 1)\")] pub a: i32");
    let expected = Generated { expr: Expr::new("b + 1"), storage: GeneratedStorage::Stored };
    assert_eq!(stored.generated, Some(expected.clone()));
    let kept = column("#[autogen(virtual, generated = \"b + 1\")] pub a: i32");
    assert_eq!(
        kept.generated,
        Some(Generated { storage: GeneratedStorage::Virtual, ..expected.clone() })
    );
    let extra = column("#[sea_orm(extra = \"GENERATED ALWAYS AS (b + 1) STORED\")] pub a: i32");
    assert_eq!(extra.generated, Some(expected));
    let identity = |written: &str| column(&format!("#[autogen({written})] pub a: i32")).identity;
    assert_eq!(identity("identity = \"always\""), Some(Identity::Always(Box::default())));
    assert_eq!(identity("identity = \"by default\""), Some(Identity::ByDefault(Box::default())));
    assert_eq!(
        identity(
            "identity(by_default, start = 5, increment = -2, min = -100, max = 10, cache = 3, cycle)"
        ),
        Some(Identity::ByDefault(Box::new(SequenceOptions {
            start: Some(5),
            increment: Some(-2),
            min_value: Some(-100),
            max_value: Some(10),
            cache: Some(3),
            cycle: true,
        })))
    );
    assert_eq!(identity("serial"), Some(Identity::Serial(None)));
    assert_eq!(identity("auto_increment"), Some(Identity::AutoIncrement));
}

#[test]
fn who_numbers_a_primary_key() {
    let identity = |field: &str| column(field).identity;
    assert_eq!(identity("#[sea_orm(primary_key)] pub id: i32"), Some(Identity::Auto));
    assert_eq!(identity("#[sea_orm(primary_key)] pub id: u64"), Some(Identity::Auto));
    for none in [
        "#[sea_orm(primary_key, auto_increment = false)] pub id: i32",
        "#[sea_orm(primary_key)] pub id: String",
        "#[sea_orm(primary_key)] pub id: Uuid",
        "#[sea_orm(primary_key)] pub id: uuid::Uuid",
        "#[sea_orm(primary_key, default_expr = \"Expr::cust(\\\"f()\\\")\")] pub id: i32",
        "#[sea_orm(primary_key)] pub id: Decimal",
    ] {
        assert_eq!(identity(none), None, "{none}");
    }
    assert_eq!(
        identity("#[sea_orm(primary_key)] #[autogen(serial)] pub id: i32"),
        Some(Identity::Serial(None))
    );
}

const TABLE: &str = r#"
/// The table's words.
/// In two lines.
#[derive(Autogen)]
#[autogen(
    table = "t", schema = "s", comments = "docs", renamed_from = "earlier",
    check(name = "c1", expr = "(a > 0)", not_valid, no_inherit, comment = "x"),
    check = "a < 10",
    index(name = "i1", columns = ["a", "b desc nulls last"], unique, where = "(a > 1)",
        include = ["c"], method = "GIN", nulls_not_distinct, with(fillfactor = 50),
        opclass = "ops", tablespace = "fast", comment = "y"),
    index("lower(c)", "b(10)"),
    unique(name = "u1", columns = ["a", "b"], deferrable, initially_deferred, include = "c", nulls_not_distinct),
    unique(columns("c"), on_conflict = "replace"),
    primary_key(name = "p1", columns = ["a desc"], include = ["b"], deferrable),
    foreign_key(name = "f1", columns = ["a", "b"], references = "s.other(x, y)", on_delete = "set null",
        on_update = "CASCADE", set_columns = ["b"], match = "full", initially_deferred, not_valid, external),
    exclude(name = "e1", method = "gist", elements = ["a with =", "(b + 1) with &&"], where = "a > 2"),
    strict, without_rowid, unlogged, with(fillfactor = 70, "toast.x" = 1), tablespace = "slow",
    engine = "InnoDB", charset = "utf8mb4", collation = "bin", row_format = "dynamic",
    partition_by = "range (a)"
)]
pub struct T {
    /// The first.
    #[autogen(renamed_from = "aa", fill = "(1)", using = "a::int")]
    pub a: i32,
    #[autogen(check(name = "b1", expr = "b > 0"), unique(name = "b2"), index(name = "b3", desc, where = "b > 1"),
        foreign_key(references = "s.t(a)"))]
    pub b: i64,
    #[autogen(comment = "said", skip = false)]
    pub c: String,
    #[autogen(skip)]
    pub d: Whatever,
}
"#;

#[test]
fn everything_on_a_struct() {
    let declared = read(&TABLE.replace("\"toast.x\" = 1", "toast::x = 1"));
    let name = QName::new(Some("s".into()), "t");
    let t = &declared.schema.tables[&name];
    assert_eq!(t.comment.as_deref(), Some("The table's words.\nIn two lines."));
    assert_eq!(t.columns[0].comment.as_deref(), Some("The first."));
    assert_eq!(t.columns[1].comment, None);
    assert_eq!(t.columns[2].comment.as_deref(), Some("said"));
    assert_eq!(t.columns.len(), 3);

    let checks: Vec<(Option<&str>, &str)> =
        t.checks.iter().map(|c| (c.name.text(), c.expr.as_str())).collect();
    assert_eq!(checks, [(Some("b1"), "b > 0"), (Some("c1"), "a > 0"), (None, "a < 10")]);
    assert!(t.checks[1].not_valid && t.checks[1].no_inherit);

    let index = |name: &str| {
        t.indexes.iter().find(|index| index.name == Name::exact(name)).unwrap().clone()
    };
    let first = index("i1");
    assert!(first.unique && first.nulls_not_distinct);
    assert_eq!(first.method.as_deref(), Some("gin"));
    assert_eq!(first.predicate, Some(Expr::new("a > 1")));
    assert_eq!(first.include, ["c"]);
    assert_eq!(first.options.storage["fillfactor"], "50");
    assert_eq!(first.options.tablespace.as_deref(), Some("fast"));
    assert_eq!(first.parts[1].nulls, Some(NullsOrder::Last));
    assert_eq!(first.parts[1].opclass.as_deref(), Some("ops"));
    assert!(index("b3").parts[0].descending);
    let free = t.indexes.iter().find(|index| !index.name.is_enforced()).unwrap();
    assert_eq!(free.name, Name::proposed("idx-t-lower_c-b"));
    assert_eq!(free.parts[0], IndexPart::expression("lower(c)"));
    assert_eq!(free.parts[1].prefix, Some(10));

    assert_eq!(t.uniques.len(), 3);
    let first = t.uniques.iter().find(|u| u.name == Name::exact("u1")).unwrap();
    assert_eq!(first.deferrable, Some(Deferrable::InitiallyDeferred));
    assert_eq!(first.include, ["c"]);

    let key = t.primary_key.as_ref().unwrap();
    assert_eq!(key.name, Name::exact("p1"));
    assert_eq!(key.columns, [KeyPart { descending: true, ..KeyPart::new("a") }]);
    assert_eq!(key.deferrable, Some(Deferrable::InitiallyImmediate));

    let key = t.foreign_keys.iter().find(|k| k.name == Name::exact("f1")).unwrap();
    assert_eq!(key.references, QName::new(Some("s".into()), "other"));
    assert_eq!((key.on_delete, key.on_update), (FkAction::SetNull, FkAction::Cascade));
    assert_eq!(key.match_type, FkMatch::Full);
    assert!(key.not_valid && key.set_columns == ["b"]);
    assert_eq!(t.foreign_keys.len(), 2);

    assert_eq!(t.exclusions[0].elements[1].1, "&&");
    let options = &t.options;
    assert!(options.strict && options.without_rowid && options.unlogged);
    assert_eq!(options.storage["toast.x"], "1");
    assert_eq!(options.engine.as_deref(), Some("InnoDB"));
    assert_eq!(options.row_format.as_deref(), Some("dynamic"));
    assert_eq!(t.partitioning.as_ref().unwrap().by, "range (a)");

    let earlier = QName::new(Some("s".into()), "earlier");
    assert_eq!(
        declared.renames,
        [
            Rename::Table { before: earlier, after: name.clone() },
            Rename::Column { table: name.clone(), before: "aa".into(), after: "a".into() },
        ]
    );
    let a = "a".to_owned();
    assert_eq!(
        declared.fills,
        [Fill { table: name.clone(), column: a.clone(), expr: Expr::new("1") }]
    );
    assert_eq!(
        declared.usings,
        [Using { table: name.clone(), column: a, expr: Expr::new("a::int") }]
    );
    assert!(declared.partial.is_empty() && declared.schema.namespaces.contains_key("s"));
}

#[test]
fn extra_makes_checks_and_uniques() {
    let declared = read(
        r#"#[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")] pub struct Model {
        #[sea_orm(extra = "UNIQUE CHECK (a > 0) CONSTRAINT named CHECK (a < 9)")]
        pub a: i32 }"#,
    );
    let t = only_table(&declared);
    assert_eq!(t.uniques.len(), 1);
    assert_eq!(
        t.checks,
        [Check::new(Name::exact("named"), "a < 9"), Check::new(Name::Free(None), "a > 0")]
    );
}

#[test]
fn what_is_said_wins_over_what_is_implied() {
    let declared = read(
        r#"#[derive(DeriveEntityModel)] #[sea_orm(table_name = "t")]
        #[autogen(index(name = "named", columns = ["b"]))]
        pub struct Model {
        #[sea_orm(unique)] #[autogen(unique(name = "u"))] pub a: i32,
        #[sea_orm(indexed)] pub b: i32,
        #[sea_orm(indexed)] #[autogen(index(name = "partial", where = "c > 0"))] pub c: i32 }"#,
    );
    let t = only_table(&declared);
    assert_eq!(t.uniques.len(), 1);
    assert_eq!(t.uniques[0].name, Name::exact("u"));
    let names: Vec<_> = t.indexes.iter().map(|index| index.name.text().unwrap()).collect();
    assert_eq!(names, ["named", "partial", "idx-t-c"]);
}
