//! Compares our reading of SQLite's DDL with the engine's own pragmas, on hand-made tables,
//! the real schemas, and random ones.

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_schema::{FkAction, IndexKey, Schema, Table};
use autogen_tests::{Database, block_on};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::wanted;

async fn rows(connection: &Connection, sql: &str) -> Vec<Vec<String>> {
    // One text column each, joined: the pragmas' columns are of many types.
    let statement = Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let rows = connection.raw().query_all_raw(statement).await.expect(sql);
    rows.iter()
        .map(|row| {
            let line: String = row.try_get_by_index(0).expect("a text");
            line.split('\u{1}').map(str::to_owned).collect()
        })
        .collect()
}

fn joined(columns: &[&str]) -> String {
    let texts: Vec<String> =
        columns.iter().map(|column| format!("coalesce(cast({column} as text), '')")).collect();
    texts.join(" || char(1) || ")
}

async fn compare(connection: &Connection, schema: &Schema) {
    for table in schema.tables.values() {
        compare_columns(connection, table).await;
        compare_foreign_keys(connection, table).await;
        compare_indexes(connection, table).await;
    }
}

async fn compare_columns(connection: &Connection, table: &Table) {
    let name = Dialect::Sqlite.quote_text(&table.name.name);
    let sql = format!(
        "select {} from pragma_table_xinfo({name})",
        joined(&["name", "type", "\"notnull\"", "pk", "hidden", "dflt_value is null"])
    );
    let found = rows(connection, &sql).await;
    let key = table.primary_key.clone().map(|key| key.columns).unwrap_or_default();
    let ours: Vec<Vec<String>> = table
        .columns
        .iter()
        .map(|column| {
            let pk = key.iter().position(|part| part.column == column.name);
            let generated = column.generated.as_ref();
            vec![
                column.name.clone(),
                column.catalog_type.0.as_deref().unwrap_or_default().to_owned(),
                u8::from(!column.nullable || (pk.is_some() && table.options.without_rowid))
                    .to_string(),
                pk.map_or(0, |at| at + 1).to_string(),
                match generated.map(|it| it.storage) {
                    None => "0",
                    Some(autogen_schema::GeneratedStorage::Virtual) => "2",
                    Some(autogen_schema::GeneratedStorage::Stored) => "3",
                }
                .to_owned(),
                u8::from(column.default.is_none()).to_string(),
            ]
        })
        .collect();
    // The engine normalizes white space in types, removes quotes, and prints known types in
    // capitals.
    let squeeze = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        rows.into_iter()
            .map(|row| {
                row.iter()
                    .map(|it| it.to_ascii_lowercase().replace('"', "").split_whitespace().collect())
                    .collect()
            })
            .collect()
    };
    assert_eq!(squeeze(ours), squeeze(found), "columns of {}", table.name);
}

async fn compare_foreign_keys(connection: &Connection, table: &Table) {
    let name = Dialect::Sqlite.quote_text(&table.name.name);
    let sql = format!(
        "select {} from pragma_foreign_key_list({name}) order by id, seq",
        joined(&["id", "\"table\"", "\"from\"", "\"to\"", "on_update", "on_delete"])
    );
    let mut found = rows(connection, &sql).await;
    found.iter_mut().for_each(|row| drop(row.remove(0)));
    found.sort();
    let action = |action: FkAction| {
        match action {
            FkAction::NoAction => "NO ACTION",
            FkAction::Restrict => "RESTRICT",
            FkAction::Cascade => "CASCADE",
            FkAction::SetNull => "SET NULL",
            FkAction::SetDefault => "SET DEFAULT",
        }
        .to_owned()
    };
    let mut ours: Vec<Vec<String>> = table
        .foreign_keys
        .iter()
        .flat_map(|key| {
            key.columns.iter().enumerate().map(move |(at, column)| {
                vec![
                    key.references.name.clone(),
                    column.clone(),
                    key.referenced_columns.get(at).cloned().unwrap_or_default(),
                    action(key.on_update),
                    action(key.on_delete),
                ]
            })
        })
        .collect();
    ours.sort();
    let lower = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        rows.into_iter().map(|row| row.iter().map(|it| it.to_ascii_lowercase()).collect()).collect()
    };
    assert_eq!(lower(ours), lower(found), "foreign keys of {}", table.name);
}

async fn compare_indexes(connection: &Connection, table: &Table) {
    let name = Dialect::Sqlite.quote_text(&table.name.name);
    let sql = format!(
        "select {} from pragma_index_list({name}) where origin = 'c'",
        joined(&["name", "\"unique\"", "partial"])
    );
    let mut found = rows(connection, &sql).await;
    found.sort();
    let mut ours: Vec<Vec<String>> = table
        .indexes
        .iter()
        .map(|index| {
            let number = |value: bool| u8::from(value).to_string();
            vec![
                index.name.text().unwrap_or_default().to_owned(),
                number(index.unique),
                number(index.predicate.is_some()),
            ]
        })
        .collect();
    ours.sort();
    assert_eq!(ours, found, "indexes of {}", table.name);
    for index in &table.indexes {
        let name = Dialect::Sqlite.quote_text(index.name.text().unwrap_or_default());
        let sql = format!(
            "select {} from pragma_index_xinfo({name}) where key order by seqno",
            joined(&["case when cid = -2 then '' else name end", "\"desc\"", "coll"])
        );
        let found = rows(connection, &sql).await;
        let ours: Vec<Vec<String>> = index
            .parts
            .iter()
            .zip(&found)
            .map(|(part, found)| {
                let (name, own) = match &part.key {
                    IndexKey::Column(name) => {
                        let column = table.column(name);
                        (name.clone(), column.and_then(|column| column.collation.clone()))
                    }
                    // The engine decides the collation of an expression.
                    IndexKey::Expression(_) => (String::new(), found.get(2).cloned()),
                };
                let collation = part.collation.clone().or(own);
                let collation = collation.unwrap_or_else(|| "BINARY".to_owned());
                vec![name, u8::from(part.descending).to_string(), collation]
            })
            .collect();
        let upper = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
            rows.into_iter()
                .map(|row| row.iter().map(|it| it.to_ascii_uppercase()).collect())
                .collect()
        };
        assert_eq!(index.parts.len(), found.len(), "parts of {}", index.name);
        assert_eq!(upper(ours), upper(found), "parts of {}", index.name);
    }
}

fn check(statements: &[String]) {
    let database = Database::fresh(Dialect::Sqlite);
    block_on(async {
        let connection = database.connect().await;
        for sql in statements {
            let ran = connection.raw().execute_unprepared(sql).await;
            ran.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        }
        let schema = introspect(&connection, &Scope::default()).await.expect("it can be read");
        assert!(
            schema.unsupported.iter().all(|note| note.code != "U0153" && note.code != "U0154"),
            "{:?}",
            schema.unsupported
        );
        compare(&connection, &schema).await;
        connection.close().await;
    });
}

#[test]
fn hand_made_tables() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let statements = [
        "create table if not exists main.\"t 1\" (a, b)",
        "create table t2('a' text, \"b\" \"my type\", [c] long varchar(10, 2), `d` INT)",
        "create table t3(a int constraint dangling, b int default (1 + 2), c default +5, d default - 5)",
        "create table t4(a integer primary key desc on conflict fail, b int null default null)",
        "create table t5(a int generated always as (b + 1), b int, c int as (a) virtual)",
        "create table t6(a int references t4 match simple on insert cascade not deferrable initially immediate)",
        "create table t7(a, b, primary key (a collate nocase asc, b desc) on conflict abort unique (b) check (a > b) constraint named)",
        "create table t8(a text collate nocase, b default 'x''y', c default \"dq\", d default x'ab', e default 1e-5)",
        "create table t9(x int, /* c1 */ y /* c2 */ int -- c3\n, z int)",
        "create table t10(a integer, primary key (a autoincrement))",
        "create table t11(a text not null primary key, b any) without rowid, strict",
        "create table t12 as select 1 as one, 'x' as \"two words\", null as n",
        "create table t13(b int, a int check (a in (1,2,3) and a not like ')') unique, check (a is not (b)))",
        "create table \"t\"\"q\"(\"c\"\"q\" int primary key)",
        "create table été(ключ int, \"a b\" int)",
        "create table t14(a int default current_timestamp, b default true, c default (null), d default (- 3))",
        "create table t15(a int, b int, foreign key (a, b) references t15 (B, A) on delete set default deferrable)",
        "create index i1 on t7 (a desc, b collate rtrim) where a > 1 and b is not null",
        "create unique index if not exists main.i2 on t8(lower(a), a collate binary desc, b || c, (a || b) collate nocase)",
        "create index 'i 3' on t8('a')",
        "create index i4 on t9(x, y, z)",
        "create index i5 on t9(x + y collate nocase, abs(z) desc)",
        "alter table t9 rename to \"t 9\"",
        "alter table \"t 9\" rename column x to \"x x\"",
        "alter table \"t 9\" add column w text not null default 'a,b(' check (w <> ')')",
        "alter table t8 drop column e",
        "create table keywords(abort int, action text, after, asc, before, by, cascade, conflict, database, desc, each, end, explain, fail, for, glob, if, ignore, initially, instead, key, like, match, no, offset, plan, pragma, query, raise, regexp, reindex, rename, replace, restrict, row, temp, trigger, vacuum, view, virtual, with, without, generated, always, stored)",
    ];
    check(&statements.map(str::to_owned));
}

#[test]
fn random_tables() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..20 {
        let mut statements = Vec::new();
        for table in 0..10 {
            statements.extend(random_table(&mut random, table));
        }
        check(&statements);
    }
}

/// xorshift: the same sequence on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or_default()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn quote(&mut self, name: &str) -> String {
        match self.below(4) {
            0 => format!("\"{name}\""),
            1 => format!("`{name}`"),
            2 => format!("[{name}]"),
            _ => name.to_owned(),
        }
    }
}

fn random_table(random: &mut Random, number: usize) -> Vec<String> {
    let types =
        ["", "int", "INTEGER", "varchar(20)", "decimal( 10 , 2 )", "double precision", "Text"];
    let gaps = [" ", "\n  ", " /* , ( */ ", " -- '\n "];
    let constraints = [
        "not null",
        "unique",
        "unique on conflict ignore",
        "default 5",
        "default 'a'' b'",
        "default (1 + (2))",
        "check (1 < 2)",
        "collate nocase",
        "references t0 (c0) on delete cascade",
        "constraint nm check ('(' <> ')')",
        "null",
    ];
    let name = format!("t{number}");
    let count = 1 + random.below(6);
    let mut columns = Vec::new();
    for at in 0..count {
        let mut column = random.quote(&format!("c{at}"));
        column.push_str(random.pick(&gaps));
        column.push_str(random.pick(&types));
        for _ in 0..random.below(4) {
            column.push_str(random.pick(&gaps));
            let constraint = random.pick(&constraints);
            let again = constraint.split(' ').next().is_some_and(|word| column.contains(word));
            if !again {
                column.push_str(constraint);
            }
        }
        columns.push(column);
    }
    let last = format!("c{}", count - 1);
    if random.below(2) == 0 {
        columns.push(format!("primary key ({} desc)", random.quote(&last)));
    }
    if random.below(3) == 0 {
        columns
            .push(format!("constraint fk foreign key (c0) references t{}(c0)", random.below(10)));
    }
    let open = format!("create table{}{}(", random.pick(&gaps), random.quote(&name));
    let mut statements =
        vec![format!("{open}{})", columns.join(random.pick(&[", ", ",\n", " , "])))];
    for at in 0..random.below(3) {
        let part = match random.below(4) {
            0 => "lower(c0)".to_owned(),
            1 => format!("{} collate nocase desc", random.quote(&last)),
            2 => format!("c0 || {last}"),
            _ => random.quote(&last),
        };
        let predicate = random.pick(&["", " where c0 is not null", " where (c0 > 1)"]);
        statements.push(format!("create index i{number}_{at} on {name} ({part}, c0){predicate}"));
    }
    statements
}
