//! The catalogs of MySQL and MariaDB, and connecting.

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_schema::{
    ColumnType, Default, FkAction, GeneratedStorage, IndexKey, Literal, Name, QName, Schema,
};
use autogen_tests::{Database, LOCKED_ROLE, block_on, services};
use sea_orm::ConnectionTrait;

use crate::{notes, read, table, wanted};

const BOTH: [Dialect; 2] = [Dialect::Mysql, Dialect::Mariadb];

fn both() -> impl Iterator<Item = Dialect> {
    BOTH.into_iter().filter(|dialect| wanted(*dialect))
}

fn text(value: &str) -> Option<Default> {
    Some(Default::Literal(Literal::Text(value.to_owned())))
}

/// sea-schema: checks, generated expressions and character sets of columns are not read;
/// quotes in defaults are doubled.
#[test]
fn sea_schema_faults() {
    for dialect in both() {
        let schema = read(
            dialect,
            "create table t (
               id int not null primary key,
               a varchar(20) not null default 'it''s',
               b varchar(20) character set latin1 collate latin1_bin,
               c varchar(50) generated always as (concat(a, '!')) stored,
               d int generated always as (id + 1) virtual,
               constraint small check (id < 100))",
        );
        let t = table(&schema, "t");
        assert_eq!(t.column("a").unwrap().default, text("it's"));
        assert_eq!(t.column("b").unwrap().collation.as_deref(), Some("latin1_bin"));
        let generated = |name: &str| t.column(name).unwrap().generated.clone().unwrap();
        assert_eq!(generated("c").storage, GeneratedStorage::Stored);
        assert!(generated("c").expr.as_str().starts_with("concat(`a`,"), "{dialect}");
        assert_eq!(generated("d").expr.as_str(), "`id` + 1");
        let [check] = t.checks.as_slice() else { panic!("{dialect}: {:?}", t.checks) };
        assert_eq!((&check.name, check.expr.as_str()), (&Name::exact("small"), "`id` < 100"));
    }
}

/// Two foreign keys of one name cannot be in one database, but two databases can have them,
/// even with the same ordinal; the referenced database is kept.
#[test]
fn foreign_keys() {
    for dialect in both() {
        let other = Database::fresh(dialect);
        let name = other.url().rsplit('/').next().unwrap().to_owned();
        block_on(other.run("create table p (x int, y int, primary key (x, y))"));
        let schema = read(
            dialect,
            &format!(
                "create table c (a int, b int, key ab (a, b), constraint far foreign key (a, b) \
                 references {name}.p (x, y) on delete cascade on update set null)"
            ),
        );
        let [key] = table(&schema, "c").foreign_keys.as_slice() else { panic!("one key") };
        assert_eq!(key.references, QName::new(Some(name), "p"));
        assert_eq!(
            (&key.columns[..], &key.referenced_columns[..]),
            (&["a".to_owned(), "b".to_owned()][..], &["x".to_owned(), "y".to_owned()][..])
        );
        assert_eq!((key.on_delete, key.on_update), (FkAction::Cascade, FkAction::SetNull));
    }
}

/// Constants and expressions are distinguished on both servers, which print them differently.
#[test]
fn defaults() {
    for dialect in both() {
        let schema = dialect.canonicalize(&read(
            dialect,
            "create table t (
               a int default 5, b varchar(20) default 'uuid()', c varchar(36) default (uuid()),
               d int default (1 + 1), e datetime(3) default current_timestamp(3) on update \
               current_timestamp(3), f varchar(9) default 'NULL', g int default null,
               h text default ('x'), i bit(3) default b'101', j varbinary(9) default x'00ff27',
               k decimal(5,2) default 1)",
        ));
        let t = table(&schema, "t");
        let default = |name: &str| t.column(name).unwrap().default.clone();
        let number = |digits: &str| Some(Default::Literal(Literal::Number(digits.to_owned())));
        let expression = |text: &str| Some(Default::Expression(text.into()));
        assert_eq!(default("a"), number("5"));
        assert_eq!(default("b"), text("uuid()"));
        assert_eq!(default("c"), expression("uuid()"));
        assert_eq!(default("d"), expression("1 + 1"));
        assert_eq!(default("f"), text("NULL"));
        assert_eq!(default("g"), None);
        assert_eq!(default("h"), text("x"), "{dialect}");
        assert_eq!(default("i"), expression("b'101'"));
        assert_eq!(default("j"), Some(Default::Literal(Literal::Bytes(vec![0, 0xff, 0x27]))));
        assert_eq!(default("k"), number("1.00"));
        let moment = default("e").expect("a default");
        let Default::Expression(moment) = moment else { panic!("{moment:?}") };
        assert!(moment.as_str().starts_with("CURRENT_TIMESTAMP"));
        assert!(t.column("e").unwrap().on_update.is_some());
    }
}

/// JSON on MariaDB is a long text with a check: only with exactly that check.
#[test]
fn json() {
    for dialect in both() {
        let schema = read(
            dialect,
            "create table t (a json, b longtext collate utf8mb4_bin, \
             c longtext collate utf8mb4_bin, constraint c2 check (json_valid(c)))",
        );
        let t = table(&schema, "t");
        assert_eq!(t.column("a").unwrap().data_type, ColumnType::Json);
        assert_ne!(t.column("b").unwrap().data_type, ColumnType::Json);
        assert_ne!(t.column("c").unwrap().data_type, ColumnType::Json);
        assert_eq!(t.checks.len(), 1, "{dialect}: {:?}", t.checks);
    }
}

#[test]
fn indexes() {
    for dialect in both() {
        let functional = match dialect {
            Dialect::Mysql => ", key i6 ((lower(a)))",
            Dialect::Mariadb | Dialect::Sqlite | Dialect::Postgres => "",
        };
        let schema = read(
            dialect,
            &format!(
                "create table t (id int primary key, a varchar(20), b text, p point not null, \
                 key i1 (a(5), b(7)), unique key i2 (a), fulltext key i3 (b), \
                 spatial key i4 (p), key i5 (a desc) comment 'it''s'{functional})"
            ),
        );
        let t = table(&schema, "t");
        let index = |name: &str| {
            let found = t.indexes.iter().find(|it| it.name == Name::exact(name));
            found.unwrap_or_else(|| panic!("{dialect}: no {name}")).clone()
        };
        assert_eq!(index("i1").parts[0].prefix, Some(5));
        assert!(index("i2").unique);
        assert_eq!(index("i3").method.as_deref(), Some("fulltext"));
        assert_eq!(index("i4").method.as_deref(), Some("spatial"));
        assert!(index("i5").parts[0].descending);
        assert_eq!(index("i5").comment.as_deref(), Some("it's"));
        if dialect == Dialect::Mysql {
            let IndexKey::Expression(expr) = &index("i6").parts[0].key else { panic!("a column") };
            assert_eq!(expr.as_str(), "lower(`a`)");
        }
    }
}

/// What is left alone is reported, and nothing of it is read.
#[test]
fn what_is_left_alone() {
    for dialect in both() {
        let event = "set time_zone = '+05:00'; \
                     create event often on schedule every 1 day do set @x = 1; \
                     set sql_mode = 'NO_BACKSLASH_ESCAPES'; \
                     create function f() returns text deterministic return 'a\\d'; \
                     set sql_mode = default";
        let more = match dialect {
            Dialect::Mariadb => {
                "; create table kept (a int) with system versioning;
                 create table valid (a int, s date, e date, b binary(2) default 'x',
                   period for app (s, e), unique (a, app without overlaps));
                 create table ordered (s date not null, e date not null, constraint app check (s < e))"
            }
            Dialect::Mysql | Dialect::Sqlite | Dialect::Postgres => "",
        };
        let tables = "create table t (a int); create table one (a int) engine = myisam;
             create table all_of (a int) engine = merge union = (one);
             create table m (a int, b int, key tree (a) using btree, key plain (b)) engine = memory";
        let schema = read(dialect, &format!("{event}{more}; {tables}"));
        let mut names = vec!["all_of", "m", "one", "t"];
        let mut told = vec![("U0175", "event often"), ("U0175", "function f")];
        told.push(("U0176", "table all_of"));
        if dialect == Dialect::Mariadb {
            names.insert(3, "ordered");
            told.insert(0, ("U0171", "table kept"));
            told.push(("U0178", "table valid"));
        }
        told.push(("U0179", "index tree of table m"));
        assert_eq!(crate::names(&schema), names);
        assert_eq!(notes(&schema), told);
    }
}

/// Texts are read without the names of the database and the definer, and with the quotes that
/// MySQL's `information_schema` removes.
#[test]
fn texts() {
    for dialect in both() {
        let schema: Schema = read(
            dialect,
            "create table t (a int); create view v as select a, 'it''s' as q from t;
             create trigger tr before insert on t for each row set new.a = length('it''s');
             create trigger tr2 before insert on t for each row follows tr
               set new.a = length('a\\\\d\\t');
             create procedure p(in x int) begin select 'it''s', \"a\"\"b\"; end;
             create function f() returns int deterministic return 1",
        );
        let view = schema.views.values().next().expect("a view");
        assert!(!view.definition.contains("autogen_test"), "{}", view.definition);
        assert!(view.definition.starts_with("CREATE VIEW `v` AS select `t`.`a`"));
        let triggers: Vec<&str> =
            table(&schema, "t").triggers.iter().map(|it| it.definition.as_str()).collect();
        assert_eq!(
            triggers,
            [
                "CREATE TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW set new.a = length('it''s')",
                "CREATE TRIGGER `tr2` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `tr` set new.a = length('a\\\\d\\t')",
            ]
        );
        let routines: Vec<&str> = schema.routines.iter().map(|it| it.definition.as_str()).collect();
        let [function, procedure] = routines[..] else { panic!("{routines:?}") };
        assert!(function.starts_with("CREATE FUNCTION `f`() RETURNS int"), "{function}");
        assert!(procedure.starts_with("CREATE PROCEDURE `p`(in x int)"), "{procedure}");
        assert!(procedure.contains("select 'it''s', \"a\"\"b\";"), "{procedure}");
    }
}

/// The server determines which of the two it is, not the URL.
#[test]
fn the_server_says_what_it_is() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        let (_, rest) = database.url().split_once(':').unwrap();
        for scheme in ["mysql", "mariadb"] {
            block_on(async {
                let connection = Connection::connect(&format!("{scheme}:{rest}")).await.unwrap();
                assert_eq!(connection.dialect(), dialect);
                assert!(connection.version().major(dialect) >= 8);
                connection.close().await;
            });
        }
    }
}

#[test]
fn logins() {
    for dialect in both() {
        // Users are not created on somebody else's server.
        if std::env::var_os(services::variable(dialect).unwrap()).is_some() {
            continue;
        }
        let database = Database::fresh(dialect);
        let error = |url: &str| block_on(Connection::connect(url)).unwrap_err();
        let missing = format!("{}_missing", database.url());
        assert_eq!(error(&missing).code(), "A0303", "{dialect}");
        let name = database.url().rsplit('/').next().unwrap();
        let user = format!("{LOCKED_ROLE}_{}", std::process::id());
        block_on(database.run(&format!(
            "create user {user} identified by 'right'; grant select on {name}.* to {user}"
        )));
        let refused = error(&database.url_as(&format!("{user}:s3cret")));
        assert_eq!(refused.code(), "A0304");
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
        block_on(async {
            database.run("create table t (a int); create view v as select a from t").await;
            let url = database.url_as(&format!("{user}:right"));
            let connection = Connection::connect(&url).await.unwrap();
            let schema = introspect(&connection, &Scope::default()).await.unwrap();
            assert_eq!(crate::names(&schema), ["t"]);
            // A user with only SELECT cannot read the texts of views.
            assert_eq!(notes(&schema), [("U0174", "view v")]);
            connection.close().await;
            database.run(&format!("drop user {user}")).await;
        });
    }
}

/// A server that is not strict silently turns NULL into 0: our sessions are strict, and their
/// time zone is UTC, whatever the server's defaults are. An application's pool gets its
/// sessions back as they were, or not at all.
#[test]
fn sessions_are_strict() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let mode = setting(connection.raw(), "@@sql_mode").await;
            assert!(mode.contains("STRICT_ALL_TABLES") && !mode.contains("ANSI_QUOTES"), "{mode}");
            assert_eq!(setting(connection.raw(), "@@time_zone").await, "+00:00");
            connection.close().await;

            let mut options = sea_orm::ConnectOptions::new(database.url().to_owned());
            options.max_connections(1);
            let own = sea_orm::Database::connect(options).await.unwrap();
            own.execute_unprepared("create table t (a int)").await.unwrap();
            own.execute_unprepared("set time_zone = '+05:00'").await.unwrap();
            let lent = Connection::from_sea_orm(own.clone()).await.unwrap();
            assert_eq!(lent.dialect(), dialect);
            let schema = introspect(&lent, &Scope::default()).await.unwrap();
            assert_eq!(crate::names(&schema), ["t"]);
            let mode = setting(&own, "@@sql_mode").await;
            assert!(!mode.contains("STRICT_ALL_TABLES"), "{mode}");
            own.close().await.unwrap();
        });
    }
}

async fn setting(connection: &impl ConnectionTrait, name: &str) -> String {
    let sql = format!("select {name}");
    let backend = connection.get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
