//! SQLite: everything is created in a database in memory, which finds invalid texts.

use autogen_dialect::{Dialect, is_one_statement};
use autogen_plan::Normalized;
use autogen_schema::{DeclaredObject, Defined, Schema};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, SqliteConnection};

use super::bare;
use crate::error::server_words;
use crate::normalize::MORE;

/// Creates everything in a database in memory, and checks the views.
pub(super) async fn normalize(wanted: &Schema, target: &Schema) -> Normalized {
    let mut normalized = Normalized::default();
    let mut memory = match SqliteConnection::connect("sqlite::memory:").await {
        Ok(memory) => memory,
        Err(error) => {
            normalized.failure = Some(server_words(&error));
            return normalized;
        }
    };
    for table in target.tables.values() {
        // Missing parts of the tables are reported where the tables are created.
        let sql = Dialect::Sqlite.create_table(&bare(table));
        let _ = run(&mut memory, &sql).await;
    }
    for view in wanted.views.values() {
        if let Err(reason) = run(&mut memory, view.statement()).await {
            normalized.refused.insert(DeclaredObject::View(view.name.clone()), reason);
        }
    }
    for view in wanted.views.values() {
        let place = DeclaredObject::View(view.name.clone());
        let sql = format!("SELECT * FROM {} LIMIT 0", Dialect::Sqlite.quote_name(&view.name));
        // A function may be provided only by the application.
        let known = ["no such table", "no such column", "circular"];
        if let Err(reason) = run(&mut memory, &sql).await
            && known.iter().any(|words| reason.contains(words))
        {
            normalized.refused.entry(place).or_insert(reason);
        }
    }
    let on_tables = wanted.tables.values().map(|it| (&it.name, &it.triggers));
    let on_views = wanted.views.values().map(|it| (&it.name, &it.triggers));
    for (on, triggers) in on_tables.chain(on_views) {
        for trigger in triggers {
            if let Err(reason) = run(&mut memory, trigger.statement()).await {
                let place = DeclaredObject::Trigger { on: on.clone(), name: trigger.name.clone() };
                normalized.refused.insert(place, reason);
            }
        }
    }
    normalized
}

async fn run(memory: &mut SqliteConnection, sql: &str) -> Result<(), String> {
    if !is_one_statement(Dialect::Sqlite, sql) {
        return Err(MORE.to_owned());
    }
    let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    query.execute(memory).await.map(drop).map_err(|error| server_words(&error))
}
