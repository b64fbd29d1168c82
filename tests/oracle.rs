//! The tables that SeaORM itself creates match our reading: for every entity of the fixture
//! project, on every server, the diff is empty.
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect, normalize};
use autogen_models::{Content, Directory, Options, SourceTree, read_sources};
use autogen_plan::{Input, plan};
use autogen_schema::{ColumnType, Declared, Name};
use autogen_tests::{Database, block_on, dialects};
use fixture_models::{misc, people, postgres, shop, times};
use quote::ToTokens;
use sea_orm::sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Schema};
use syn::visit_mut::VisitMut;

/// What SeaORM writes and MySQL rejects, and the replacement: a key over a whole text (on
/// both sides), and a default without parentheses. Its own note of a rename becomes part of
/// the comment there.
const NOT_FOR_MYSQL: [(&str, &str); 3] = [
    ("; renamed_from \\\"remark\\\"", ""),
    ("`email` text", "`email` varchar(255)"),
    ("DEFAULT CURRENT_DATE", "DEFAULT (CURRENT_DATE)"),
];

/// SeaORM's statements.
#[derive(Default)]
struct Statements {
    types: Vec<String>,
    tables: Vec<String>,
    rest: Vec<String>,
}

impl Statements {
    fn add<E: EntityTrait>(&mut self, entity: E, backend: DbBackend) {
        let schema = Schema::new(backend);
        for statement in schema.create_enum_from_entity(entity) {
            let sql = statement.to_string(PostgresQueryBuilder);
            if !self.types.contains(&sql) {
                self.types.push(sql);
            }
        }
        let table = schema.create_table_from_entity(entity);
        let mut sql = backend.build(&table).to_string();
        if backend != DbBackend::Sqlite {
            // Servers need the other table first, and there are cycles.
            for key in table.get_foreign_key_create_stmts() {
                let alter = match backend {
                    DbBackend::MySql => key.to_string(MysqlQueryBuilder),
                    _ => key.to_string(PostgresQueryBuilder),
                };
                let at = alter.find("CONSTRAINT").expect("a named key");
                sql = sql.replace(&format!(", {}", &alter[at..]), "");
                self.rest.push(alter);
            }
        }
        if backend == DbBackend::MySql {
            for (written, taken) in NOT_FOR_MYSQL {
                sql = sql.replace(written, taken);
            }
        }
        self.tables.push(sql);
        for index in schema.create_index_from_entity(entity) {
            self.rest.push(match backend {
                DbBackend::Postgres => index.to_string(PostgresQueryBuilder),
                DbBackend::MySql => index.to_string(MysqlQueryBuilder),
                _ => index.to_string(SqliteQueryBuilder),
            });
        }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.types.iter().chain(&self.tables).chain(&self.rest)
    }
}

fn statements(dialect: Dialect) -> Statements {
    let backend = match dialect {
        Dialect::Postgres => DbBackend::Postgres,
        Dialect::Sqlite => DbBackend::Sqlite,
        Dialect::Mysql | Dialect::Mariadb => DbBackend::MySql,
    };
    let mut all = Statements::default();
    macro_rules! entities {
        ($($($part:ident)::+),+ $(,)?) => {
            $(all.add($($part)::+::Entity, backend);)+
        };
    }
    entities!(
        misc::bytes,
        misc::indexes,
        misc::legacy,
        misc::numbers,
        misc::setting,
        misc::theirs,
        people::address,
        people::department,
        people::employee,
        people::profile,
        people::tag,
        people::user,
        people::user_follower,
        people::user_tag,
        shop::category,
        shop::order,
        shop::order_line,
        shop::product,
        shop::product_category,
        shop::shipment,
        times::chrono_types,
        times::time_types,
    );
    if dialect == Dialect::Postgres {
        all.types.push("CREATE SCHEMA warehouse".to_owned());
        entities!(postgres::arrays, postgres::exotic, postgres::native, postgres::stock);
    }
    all
}

/// The fixture project as SeaORM sees it: without what only we read, and with every entity
/// complete, or none.
struct SeaOrmOnly {
    files: Directory,
    whole: bool,
}

impl SourceTree for SeaOrmOnly {
    fn read(&self, path: &str) -> Content {
        let content = self.files.read(path);
        let Content::Text(text) = &content else { return content };
        if !path.ends_with(".rs") {
            return content;
        }
        let mut file = syn::parse_file(text).expect("Rust");
        Strip { whole: self.whole }.visit_file_mut(&mut file);
        Content::Text(file.to_token_stream().to_string())
    }

    fn list(&self, path: &str) -> Vec<String> {
        self.files.list(path)
    }
}

struct Strip {
    whole: bool,
}

impl VisitMut for Strip {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("autogen"));
        for attribute in attributes {
            let syn::Meta::List(list) = &mut attribute.meta else { continue };
            if list.path.is_ident("derive") {
                let text = list.tokens.to_string().replace("Autogen", "Never");
                let whole =
                    if self.whole { "DeriveEntityModel, Autogen" } else { "DeriveEntityModel" };
                let text = text.replace("DeriveEntityModel", whole);
                list.tokens = text.parse().expect("a list of derives");
            }
        }
    }
}

fn declared(dialect: Dialect, whole: bool) -> Declared {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/models");
    let files = SeaOrmOnly { files: Directory::new(folder), whole };
    let mut declared = read_sources(&files, &Options::default()).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    if dialect != Dialect::Postgres {
        let only = Options { path: "src/postgres".to_owned(), ..Options::default() };
        let only = read_sources(&files, &only).expect("the postgres module");
        declared.schema.tables.retain(|name, _| !only.schema.tables.contains_key(name));
        declared.schema.enums.clear();
        declared.schema.namespaces.clear();
    }
    if dialect == Dialect::Sqlite {
        // sea-query does not write the names of foreign keys for SQLite.
        for table in declared.schema.tables.values_mut().map(Arc::make_mut) {
            table.foreign_keys.iter_mut().for_each(|key| key.name = Name::Free(None));
        }
    }
    let mysql = matches!(dialect, Dialect::Mysql | Dialect::Mariadb);
    let user = declared.schema.table_mut(&"user".into()).filter(|_| mysql);
    let email = user.into_iter().flat_map(|table| &mut table.columns);
    for column in email.filter(|column| column.name == "email") {
        column.data_type = ColumnType::Varchar(Some(255));
    }
    // SeaORM drops comments on the other two.
    for table in declared.schema.tables.values_mut().map(Arc::make_mut).filter(|_| !mysql) {
        table.comment = None;
        table.columns.iter_mut().for_each(|column| column.comment = None);
    }
    declared
}

async fn compare(connection: &Connection, declared: &Declared) -> Vec<String> {
    let scope = Scope { schemas: vec!["public".into(), "warehouse".into()], ..Scope::default() };
    let before = introspect(connection, &scope).await.expect("the schema can be read");
    assert_eq!(before.unsupported, []);
    let make = |options: &autogen_plan::Options| {
        let dialect = connection.dialect();
        plan(Input { dialect, before: &before, after: declared, options }).expect("a plan")
    };
    let mut options = autogen_plan::Options::default();
    let first = make(&options);
    if !first.questions.is_empty() {
        let answers = normalize(connection, &first.schema.after, &first.questions).await;
        let answers = answers.expect("the server answers");
        options.answers = first.questions.into_iter().zip(answers).collect::<BTreeMap<_, _>>();
    }
    let plan = make(&options);
    let changes =
        plan.changes().iter().map(|change| format!("{}\n  {change:?}", change.describe()));
    let ambiguities = plan.ambiguities.iter().map(|ambiguity| format!("{ambiguity:?}"));
    changes.chain(ambiguities).collect()
}

/// The same models with one error each: the comparison must detect it, or its empty diff
/// proves nothing.
fn spoilt(declared: &Declared) -> Vec<(&'static str, Declared)> {
    type Spoil = fn(&mut autogen_schema::Table);
    let spoils: [(&str, &str, Spoil); 8] = [
        ("an index", "indexes", |table| drop(table.indexes.pop())),
        ("a unique constraint", "indexes", |table| drop(table.uniques.pop())),
        ("a foreign key", "employee", |table| drop(table.foreign_keys.pop())),
        ("a check", "user", |table| drop(table.checks.pop())),
        ("a default", "product", |table| {
            table.columns.iter_mut().for_each(|column| column.default = None);
        }),
        ("nullability", "address", |table| table.columns[4].nullable ^= true),
        ("a said type", "bytes", |table| table.columns[5].data_type = ColumnType::Boolean),
        ("an identity", "category", |table| table.columns[0].identity = None),
    ];
    let spoil = |(what, name, spoil): (&'static str, &str, Spoil)| {
        let mut copy = declared.clone();
        spoil(copy.schema.table_mut(&name.into()).expect("a table"));
        (what, copy)
    };
    spoils.into_iter().map(spoil).collect()
}

#[test]
fn what_sea_orm_creates_is_what_we_read() {
    let mut wrong = Vec::new();
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        let statements = statements(dialect);
        let declared = [true, false].map(|whole| declared(dialect, whole));
        block_on(async {
            let connection = database.connect().await;
            for sql in statements.all() {
                if let Err(error) = connection.raw().execute_unprepared(sql).await {
                    panic!("{error}\nin: {sql}");
                }
            }
            for declared in &declared {
                assert_eq!(declared.schema.tables.len(), statements.tables.len(), "{dialect}");
                let found = compare(&connection, declared).await;
                wrong.extend(found.into_iter().map(|line| format!("{dialect}: {line}")));
            }
            for (what, spoilt) in spoilt(&declared[0]) {
                let found = compare(&connection, &spoilt).await;
                assert!(!found.is_empty(), "{dialect}: {what} goes unseen");
            }
            connection.close().await;
        });
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}
