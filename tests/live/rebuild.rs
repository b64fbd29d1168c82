//! SQLite's rebuild of a table, with everything around it that other tools lose.

use autogen_dialect::Dialect;
use autogen_live::Scope;
use autogen_plan::Options;
use autogen_schema::{Column, ColumnType, Declared, QName};
use autogen_tests::drive::{migration, read, run_down, run_up, settled_plan};
use autogen_tests::{Database, block_on, dialects};
use sea_orm::{ConnectionTrait, Statement};

const BEFORE: &str = r#"
PRAGMA foreign_keys = ON;
CREATE TABLE parent (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    code varchar COLLATE NOCASE UNIQUE ON CONFLICT IGNORE,
    price integer DEFAULT 1 CHECK (price >= 0),
    twice integer GENERATED ALWAYS AS (price * 2) VIRTUAL,
    self_id integer REFERENCES parent (id)
);
CREATE TABLE child (
    id integer NOT NULL PRIMARY KEY,
    parent_id integer NOT NULL REFERENCES parent (id) ON DELETE CASCADE
);
CREATE TABLE log (what text NOT NULL);
CREATE INDEX cheap ON parent (price DESC) WHERE price < 10;
CREATE INDEX lowered ON parent (lower(code));
CREATE TRIGGER noted AFTER INSERT ON parent BEGIN
    INSERT INTO log VALUES ('parent ' || new.id);
END;
CREATE TRIGGER from_child AFTER INSERT ON child BEGIN
    UPDATE parent SET price = price + 1 WHERE id = new.parent_id;
END;
CREATE VIEW prices AS SELECT id, price, twice FROM parent;
CREATE VIEW more_prices AS SELECT id FROM prices;
INSERT INTO parent (id, code, price) VALUES (1, 'a', 1), (2, 'b', 2), (9, 'z', 3);
UPDATE parent SET self_id = 1 WHERE id = 2;
INSERT INTO child VALUES (1, 1), (2, 2);
DELETE FROM parent WHERE id = 9;
"#;

#[test]
fn a_rebuild_loses_nothing_around_the_table() {
    if !dialects().contains(&Dialect::Sqlite) {
        return;
    }
    block_on(async {
        let database = Database::fresh(Dialect::Sqlite);
        database.run(BEFORE).await;
        let connection = database.connect().await;
        connection.raw().execute_unprepared("PRAGMA foreign_keys = ON").await.unwrap();
        let before = read(&connection, &Scope::default()).await.unwrap();
        let mut after = Declared::whole(before.clone());
        let parent = after.schema.table_mut(&QName::bare("parent")).unwrap();
        let price = parent.columns.iter_mut().find(|it| it.name == "price").unwrap();
        price.nullable = false;
        parent.columns.push(Column::new("note", ColumnType::text()).nullable());
        let plan = settled_plan(&connection, &before, &after, &Options::default()).await.unwrap();
        run_up(&connection, &migration(&plan, true).unwrap()).await.unwrap();

        let one = async |sql: &str| {
            let backend = connection.raw().get_database_backend();
            let statement = Statement::from_string(backend, sql);
            let row = connection.raw().query_one_raw(statement).await.unwrap().unwrap();
            row.try_get_by_index::<String>(0).unwrap()
        };
        let text = async |sql: &str| one(&format!("SELECT CAST(({sql}) AS text)")).await;
        // Rows of the table and of its children, and the counter.
        assert_eq!(text("SELECT group_concat(id || code) FROM parent").await, "1a,2b");
        assert_eq!(text("SELECT count(*) FROM child").await, "2");
        assert_eq!(text("SELECT seq FROM sqlite_sequence WHERE name = 'parent'").await, "9");
        // Generated columns, views over views, triggers on it and of others.
        assert_eq!(text("SELECT sum(twice) FROM prices").await, "10");
        assert_eq!(text("SELECT count(*) FROM more_prices").await, "2");
        connection
            .raw()
            .execute_unprepared("INSERT INTO parent (code) VALUES ('c')")
            .await
            .unwrap();
        assert_eq!(text("SELECT max(what) FROM log").await, "parent 9");
        assert_eq!(text("SELECT count(*) FROM log").await, "4");
        assert_eq!(text("SELECT max(id) FROM parent").await, "10");
        connection.raw().execute_unprepared("INSERT INTO child VALUES (3, 10)").await.unwrap();
        assert_eq!(text("SELECT price FROM parent WHERE id = 10").await, "2");
        // NOCASE and ON CONFLICT IGNORE.
        connection
            .raw()
            .execute_unprepared("INSERT INTO parent (code) VALUES ('A')")
            .await
            .unwrap();
        assert_eq!(text("SELECT count(*) FROM parent").await, "3");
        // Foreign keys are on again, and satisfied.
        let orphan = connection.raw().execute_unprepared("INSERT INTO child VALUES (4, 77)").await;
        assert!(orphan.is_err(), "foreign keys are off");
        // And everything once more, on the way down.
        run_down(&connection, &migration(&plan, false).unwrap()).await.unwrap();
        let back = read(&connection, &Scope::default()).await.unwrap();
        let again = Declared::whole(before);
        let plan = settled_plan(&connection, &back, &again, &Options::default()).await.unwrap();
        assert!(plan.is_empty(), "{:?}", plan.changes());
        assert_eq!(text("SELECT count(*) FROM child").await, "3");
        connection.close().await;
    });
}
