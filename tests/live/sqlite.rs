//! Introspection of SQLite.

use autogen_dialect::Dialect;
use autogen_live::Scope;
use autogen_schema::{
    Check, ConflictAction, Default, Deferrable, Expr, FkAction, FkMatch, GeneratedStorage,
    Identity, IndexKey, Literal, Name, QName,
};

use crate::{names, notes, read, read_scope, table, wanted};

#[test]
fn everything_of_a_table() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let schema = read(
        Dialect::Sqlite,
        r#"
        CREATE TABLE parent (a TEXT, b INT, PRIMARY KEY (b DESC, a), UNIQUE (a COLLATE NOCASE));
        CREATE TABLE "odd ""name" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- a comment, with a ' quote
            [square] VARCHAR ( 20 ) NOT NULL DEFAULT 'O''Brien' COLLATE NOCASE,
            `tick` unsigned big int DEFAULT -5 CHECK (`tick` <> 3),
            zeros TEXT DEFAULT '007',
            moment TEXT DEFAULT (datetime('now')),
            stamp TEXT DEFAULT CURRENT_TIMESTAMP,
            word TEXT DEFAULT plain,
            yes BOOLEAN DEFAULT TRUE,
            raw BLOB DEFAULT x'00ff',
            total REAL GENERATED ALWAYS AS ("tick" * 2 /* twice */ + 1) STORED,
            later AS (lower(zeros)),
            p_a TEXT CONSTRAINT fk_named REFERENCES parent (A) ON DELETE SET NULL
                DEFERRABLE INITIALLY DEFERRED,
            p_b INT UNIQUE ON CONFLICT REPLACE,
            CONSTRAINT both FOREIGN KEY (P_B, p_a) REFERENCES PARENT (B, a)
                ON UPDATE CASCADE ON DELETE NO ACTION MATCH FULL,
            CONSTRAINT positive CHECK (p_b > 0 AND (p_b < 10)),
            CONSTRAINT un UNIQUE (zeros, word)
        );
        CREATE UNIQUE INDEX expr_idx ON "odd ""name" (lower(zeros) COLLATE NOCASE DESC, SQUARE, (p_b + 1))
            WHERE p_b IS NOT NULL AND (word <> '');
        CREATE TABLE strict_one (k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
        CREATE TABLE bare_fk (x REFERENCES parent, y);
        CREATE VIEW v AS SELECT * FROM parent;
        CREATE TRIGGER trg AFTER INSERT ON parent BEGIN
            UPDATE parent SET a = CASE WHEN 1 THEN 'x;' END;
        END;
        "#,
    );
    let odd = table(&schema, r#"odd "name"#);
    let column = |name: &str| odd.column(name).unwrap_or_else(|| panic!("no column {name}"));
    let literal = |value| Some(Default::Literal(value));
    assert_eq!(column("id").identity, Some(Identity::AutoIncrement));
    assert_eq!(column("square").default, literal(Literal::Text("O'Brien".into())));
    assert_eq!(column("square").collation.as_deref(), Some("NOCASE"));
    assert!(!column("square").nullable);
    assert_eq!(column("square").catalog_type.0.as_deref(), Some("VARCHAR ( 20 )"));
    assert_eq!(column("tick").default, literal(Literal::Number("-5".into())));
    assert_eq!(column("tick").catalog_type.0.as_deref(), Some("unsigned big int"));
    assert_eq!(column("zeros").default, literal(Literal::Text("007".into())));
    let expression = |text: &str| Some(Default::Expression(text.into()));
    assert_eq!(column("moment").default, expression("datetime('now')"));
    assert_eq!(column("stamp").default, expression("CURRENT_TIMESTAMP"));
    assert_eq!(column("word").default, literal(Literal::Text("plain".into())));
    assert_eq!(column("yes").default, literal(Literal::Bool(true)));
    assert_eq!(column("raw").default, literal(Literal::Bytes(vec![0, 255])));
    let generated = column("total").generated.clone().unwrap();
    assert_eq!(generated.expr.as_str(), "\"tick\" * 2   + 1".replace("   ", " "));
    assert_eq!(generated.storage, GeneratedStorage::Stored);
    let later = column("later").generated.clone().unwrap();
    assert_eq!((later.expr.as_str(), later.storage), ("lower(zeros)", GeneratedStorage::Virtual));

    assert_eq!(odd.foreign_keys.len(), 2);
    let named = odd.foreign_keys.iter().find(|key| key.columns == ["p_a"]).unwrap();
    assert_eq!(named.name, Name::exact("fk_named"));
    assert_eq!(named.referenced_columns, ["a"]);
    assert_eq!(named.on_delete, FkAction::SetNull);
    assert_eq!(named.deferrable, Some(Deferrable::InitiallyDeferred));
    let both = odd.foreign_keys.iter().find(|key| key.columns.len() == 2).unwrap();
    assert_eq!(both.columns, ["p_b", "p_a"]);
    assert_eq!(both.references, QName::bare("parent"));
    assert_eq!(both.referenced_columns, ["b", "a"]);
    assert_eq!((both.on_update, both.match_type), (FkAction::Cascade, FkMatch::Full));

    assert_eq!(
        odd.checks,
        [
            Check::new(Name::exact("positive"), "p_b > 0 AND (p_b < 10)"),
            Check::new(Name::Absent, "`tick` <> 3"),
        ]
    );
    assert_eq!(odd.uniques.len(), 2);
    let replacing = odd.uniques.iter().find(|it| it.name == Name::Absent).unwrap();
    assert_eq!(replacing.on_conflict, Some(ConflictAction::Replace));

    let [index] = odd.indexes.as_slice() else { panic!("{:?}", odd.indexes) };
    assert!(index.unique);
    assert_eq!(index.predicate, Some(Expr::new("p_b IS NOT NULL AND (word <> '')")));
    assert_eq!(index.parts[0].key, IndexKey::Expression("lower(zeros)".into()));
    assert_eq!(index.parts[0].collation.as_deref(), Some("NOCASE"));
    assert!(index.parts[0].descending);
    assert_eq!(index.parts[1].key, IndexKey::Column("square".into()));
    assert_eq!(index.parts[2].key, IndexKey::Expression("p_b + 1".into()));

    let key = table(&schema, "parent").primary_key.clone().unwrap();
    assert_eq!(key.columns[0].column, "b");
    assert!(key.columns[0].descending);
    assert_eq!(table(&schema, "parent").uniques[0].columns[0].collation.as_deref(), Some("NOCASE"));
    let strict = table(&schema, "strict_one");
    assert!(strict.options.strict && strict.options.without_rowid);
    assert!(table(&schema, "bare_fk").foreign_keys[0].referenced_columns.is_empty());
    assert_eq!(schema.views[&QName::bare("v")].definition, "CREATE VIEW v AS SELECT * FROM parent");
    let trigger = &table(&schema, "parent").triggers[0];
    assert!(
        trigger.definition.starts_with("CREATE TRIGGER trg") && trigger.definition.ends_with("END")
    );
    assert!(notes(&schema).is_empty(), "{:?}", notes(&schema));
}

/// sea-schema reads composite keys in the order of the columns.
#[test]
fn sea_schema_fault_composite_key_order() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let schema = read(Dialect::Sqlite, "create table t (a int, b int, c int, primary key (c, a))");
    let key = table(&schema, "t").primary_key.clone().unwrap();
    let columns: Vec<&str> = key.columns.iter().map(|part| part.column.as_str()).collect();
    assert_eq!(columns, ["c", "a"]);
}

/// sea-schema lists statistics and shadow tables as tables.
#[test]
fn sea_schema_fault_tables_that_are_not_ours() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let schema = read(
        Dialect::Sqlite,
        "create table real_one (id integer primary key autoincrement, a text);
         create index i on real_one (a);
         insert into real_one (a) values ('x');
         analyze;
         create virtual table docs using fts5(body);
         create table docs_own (a int);
         create virtual table boxes using rtree(id, x0, x1);
         create trigger on_docs after insert on docs_own begin insert into docs values ('a'); end;
         create table seaql_migrations (version text);
         create table autogen_history (revision text);",
    );
    assert_eq!(names(&schema), ["docs_own", "real_one"]);
    assert_eq!(notes(&schema), [("U0151", "table boxes"), ("U0151", "table docs")]);
}

#[test]
fn what_can_not_be_represented_is_said() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let schema = read(
        Dialect::Sqlite,
        "create table t (a int not null on conflict replace, b int constraint c not null);
         create view v as select a from t;
         create trigger g instead of insert on v begin select 1; end;",
    );
    assert_eq!(notes(&schema), [("U0152", "table t"), ("U0152", "table t")]);
    assert_eq!(schema.views[&QName::bare("v")].triggers[0].name, "g");
}

#[test]
fn altered_tables() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let schema = read(
        Dialect::Sqlite,
        "create table first (a int primary key, b text unique, d int);
         create table child (f int references FIRST (A));
         create index i on first (b);
         alter table first rename to \"Second One\";
         alter table \"Second One\" rename column b to \"new b\";
         alter table \"Second One\" add column c text not null default 'x' check (c <> '');
         alter table \"Second One\" drop column d;",
    );
    assert_eq!(names(&schema), ["Second One", "child"]);
    let second = table(&schema, "Second One");
    let columns: Vec<&str> = second.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["a", "new b", "c"]);
    assert_eq!(second.uniques[0].columns[0].column, "new b");
    assert_eq!(second.indexes[0].parts[0].key, IndexKey::Column("new b".into()));
    assert_eq!(second.checks[0].expr.as_str(), "c <> ''");
    let key = &table(&schema, "child").foreign_keys[0];
    assert_eq!(key.references, QName::bare("Second One"));
    assert_eq!(key.referenced_columns, ["a"]);
}

#[test]
fn only_what_the_scope_names() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let sql = "create table a_one (x); create table a_two (x); create table b (x);
               create view a_view as select 1";
    let scope =
        Scope { include: vec!["a_*".into()], exclude: vec!["*_two".into()], ..Scope::default() };
    let schema = read_scope(Dialect::Sqlite, sql, &scope);
    assert_eq!(names(&schema), ["a_one"]);
    assert_eq!(schema.views.len(), 1);
}
