//! A character set without a collation has the server's default collation.

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_plan::Options;
use autogen_schema::{Column, ColumnType, Declared, QName, Schema, Table};
use autogen_tests::laws::planned_from;
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::wanted;

/// A table and a column with a character set only.
fn named() -> Schema {
    let mut table = Table::new(QName::bare("t"));
    table.options.charset = Some("utf8mb4".to_owned());
    table.columns.push(Column::new("a", ColumnType::Varchar(Some(9))));
    let mut other = Table::new(QName::bare("u"));
    other.options.charset = Some("latin1".to_owned());
    let mut column = Column::new("b", ColumnType::Varchar(Some(9)));
    column.charset = Some("utf8mb4".to_owned());
    other.columns.push(column);
    let mut schema = Schema::default();
    schema.add_table(table);
    schema.add_table(other);
    schema
}

const MADE: &str = "create table t (a varchar(9) not null) charset utf8mb4; \
                    create table u (b varchar(9) character set utf8mb4 not null) charset latin1";

#[test]
fn as_the_server_says() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb] {
        if !wanted(dialect) {
            continue;
        }
        let database = Database::fresh(dialect);
        block_on(async {
            database.run(MADE).await;
            let connection = database.connect().await;
            let found = introspect(&connection, &Scope::default()).await.unwrap();
            assert!(found.charsets.0.is_none(), "{dialect}: {:?}", found.charsets);
            let declared = Declared::whole(named());
            let plan = planned_from(&found, &declared, dialect, &Options::default()).unwrap();
            assert!(plan.is_empty(), "{dialect}: {:?}", plan.changes());
        });
    }
}

/// A server with other defaults, which MySQL can have in a single session.
#[test]
fn as_a_server_was_told() {
    if !wanted(Dialect::Mysql) {
        return;
    }
    let database = Database::fresh(Dialect::Mysql);
    block_on(async {
        let told = "set session default_collation_for_utf8mb4 = utf8mb4_general_ci";
        database.run(&format!("{told}; {MADE}")).await;
        let mut options = sea_orm::ConnectOptions::new(database.url().to_owned());
        options.max_connections(1);
        let own = sea_orm::Database::connect(options).await.unwrap();
        let lent = Connection::from_sea_orm(own.clone()).await.unwrap();
        own.execute_unprepared(told).await.unwrap();
        let found = introspect(&lent, &Scope::default()).await.unwrap();
        let others = found.charsets.0.as_deref().unwrap();
        assert_eq!(others["utf8mb4"], "utf8mb4_general_ci");
        let (dialect, declared) = (Dialect::Mysql, Declared::whole(named()));
        let plan = planned_from(&found, &declared, dialect, &Options::default()).unwrap();
        assert!(plan.is_empty(), "{:?}", plan.changes());

        // The snapshot that is written from it means the same without a server.
        let mut wider = named();
        let table = wider.table_mut(&QName::bare("t")).unwrap();
        table.columns[0].data_type = ColumnType::Varchar(Some(12));
        let declared = Declared::whole(wider);
        let plan = planned_from(&found, &declared, dialect, &Options::default()).unwrap();
        assert_eq!(plan.changes().len(), 1, "{:?}", plan.changes());
        let text = serde_json::to_string(&plan.schema.after).unwrap();
        let kept: Schema = serde_json::from_str(&text).unwrap();
        let plan = planned_from(&kept, &declared, dialect, &Options::default()).unwrap();
        assert!(plan.is_empty(), "{:?}", plan.changes());
    });
}
