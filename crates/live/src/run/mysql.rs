//! Migrations on MySQL and MariaDB, where DDL commits by itself.
//!
//! Rows are changed in a transaction that also updates the history. A DDL statement happens
//! completely or not at all (MySQL 8, MariaDB 10.6), but if the process ends while it runs,
//! the outcome is not reported. So a fingerprint of the objects that it names is recorded before
//! it: if it differs on resuming, the statement ran. For a statement without a visible effect, such
//! as CALL, the history records that it was started, and the user is asked.

use std::collections::BTreeSet;
use std::time::Instant;

use autogen_dialect::mysql::{Trace, touched, trace, verb};
use autogen_dialect::{Dialect, sets_session};
use autogen_schema::{QName, Schema, Table};

use super::guard::Turns;
use super::lone::BEGUN;
use super::{Progress, Run, StatementGroup, transaction_word};
use crate::error::{Class, class};
use crate::history::Prefix;
use crate::introspect;
use crate::{LiveError, Scope, history};

/// The beginning of a fingerprint of single objects.
const OBJECTS: &str = "objects ";

/// First words of statements that do not commit. Others are treated as DDL, which costs only
/// a read of the catalog.
const KEEPS_TRANSACTION: [&str; 9] =
    ["delete", "do", "insert", "replace", "select", "set", "update", "values", "with"];

/// Objects outside of transactions, and what may write to them indirectly. The catalog's
/// columns have several collations, which UNION does not mix.
const PLAIN: &str = "\
    with plain as ( \
      select t.table_name as name from information_schema.tables t \
      join information_schema.engines e on e.engine = t.engine \
      where t.table_schema = database() and coalesce(e.transactions, 'NO') <> 'YES') \
    select convert(name using utf8mb4) from plain \
    union all select convert(event_object_table using utf8mb4) from information_schema.triggers \
    where event_object_schema = database() and exists (select 1 from plain) \
    union all select convert(table_name using utf8mb4) from information_schema.views \
    where table_schema = database() and exists (select 1 from plain) \
    union all select convert(routine_name using utf8mb4) from information_schema.routines \
    where routine_schema = database() and routine_type = 'FUNCTION' \
    and exists (select 1 from plain)";

impl Run<'_> {
    /// Runs a group: statements on rows together in one transaction or one each, the others one
    /// by one.
    pub(super) async fn mysql_group(
        &mut self,
        group: &StatementGroup,
        start: usize,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let ends = group.statements.iter().find_map(|sql| Some((sql, transaction_word(sql)?)));
        if let Some((sql, word)) = ends.filter(|_| group.transaction) {
            let reason = format!(
                "{word} is not allowed here: each statement is committed by \
                                  itself"
            );
            return Err(self.failed(sql, reason));
        }
        let plain = self.plain_names(group).await?;
        let is_plain = |sql: &String| trace(sql, &plain) == Trace::Nothing;
        let rows_only = group.statements.iter().all(|sql| keeps_transaction(sql) && !is_plain(sql));
        if group.transaction && rows_only && self.done == start {
            return self.in_transaction(group, progress).await;
        }
        let (done, open) = group.statements.split_at_checked(self.done - start).unwrap_or_default();
        let resumed = self.resumed;
        for sql in done.iter().filter(|sql| resumed && sets_session(Dialect::Mysql, sql)) {
            self.command(sql).await?;
        }
        for sql in open {
            let one = StatementGroup {
                transaction: true,
                rebuilds: false,
                statements: vec![sql.clone()],
            };
            match trace(sql, &plain) {
                Trace::Nothing => self.untold(sql, progress).await?,
                Trace::Schema | Trace::Swap(_) if keeps_transaction(sql) => {
                    self.resumed = false;
                    self.in_transaction(&one, progress).await?;
                }
                Trace::Schema => self.ddl(sql, &BTreeSet::new(), progress).await?,
                Trace::Swap(tables) => self.ddl(sql, &tables, progress).await?,
            }
        }
        Ok(())
    }

    /// The names of objects through which statements on rows may change something without a
    /// transaction: tables whose engine has no transactions, and, if there are any, what may
    /// write to those: tables with triggers, views, and functions. Without such statements
    /// nothing is read.
    async fn plain_names(&mut self, group: &StatementGroup) -> Result<BTreeSet<String>, LiveError> {
        if !group.statements.iter().any(|sql| keeps_transaction(sql)) {
            return Ok(BTreeSet::new());
        }
        let found = self.session.texts(PLAIN).await;
        let found = found.map_err(|error| self.session.error("asking for engines", &error))?;
        Ok(found.iter().map(|name| name.to_lowercase()).collect())
    }

    /// Runs a DDL statement; `swapped` are tables whose names it exchanges.
    async fn ddl(
        &mut self,
        sql: &str,
        swapped: &BTreeSet<String>,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let id = self.migration.revision.id.clone();
        let resumed = std::mem::take(&mut self.resumed);
        if resumed && let Some(before) = history::read_pending(self.session, &id).await? {
            if before != self.print(sql, before.starts_with(OBJECTS), progress).await? {
                self.done += 1;
                return self.record(None).await;
            }
            if !swapped.is_empty() && are_alike(&self.schema().await?, swapped) {
                return Err(self.untellable(sql));
            }
        }
        self.record(None).await?;
        let now = self.print(sql, true, progress).await?;
        history::write_pending(self.session, &id, &now).await?;
        self.patiently(sql, progress).await
    }

    /// Runs a statement whose effect would not be visible: the history records that it was
    /// started.
    async fn untold(&mut self, sql: &str, progress: &mut dyn Progress) -> Result<(), LiveError> {
        let id = self.migration.revision.id.clone();
        let resumed = std::mem::take(&mut self.resumed);
        if resumed && history::read_pending(self.session, &id).await?.is_some() {
            return Err(self.untellable(sql));
        }
        self.record(None).await?;
        history::write_pending(self.session, &id, BEGUN).await?;
        // No turns: a part of it may have happened before it waits for a lock.
        self.wait_long().await?;
        let Err(error) = self.statement(sql, progress).await else {
            return self.record(None).await;
        };
        if !matches!(error, LiveError::Lost { .. } | LiveError::LockTimeout { .. }) {
            self.note_failure(&error).await;
        }
        Err(error)
    }

    async fn patiently(&mut self, sql: &str, progress: &mut dyn Progress) -> Result<(), LiveError> {
        let mut turns = Turns::new(self.settings.lock_timeout);
        loop {
            self.set_turn(&turns).await?;
            let Err(error) = self.statement(sql, progress).await else { break };
            if let Err(error) = self.another_turn(&mut turns, error, progress).await {
                // After a lost connection the outcome is unknown, and the record is kept.
                if !matches!(error, LiveError::Lost { .. }) {
                    self.note_failure(&error).await;
                }
                return Err(error);
            }
        }
        self.record(None).await
    }

    /// A fingerprint that differs after the statement: of the objects that it names, or of the
    /// whole schema, as earlier versions recorded it.
    async fn print(
        &mut self,
        sql: &str,
        of_objects: bool,
        progress: &mut dyn Progress,
    ) -> Result<String, LiveError> {
        let Some(objects) = touched(sql).filter(|_| of_objects) else {
            return Ok(self.schema().await?.fingerprint());
        };
        let mut print = Prefix::default();
        for object in objects {
            print.push(&without_counter(&self.shown(sql, &object, progress).await?));
        }
        Ok(format!("{OBJECTS}{}", print.hash()))
    }

    /// What the server shows of an object. It waits for a change that another session makes.
    async fn shown(
        &mut self,
        sql: &str,
        object: &str,
        progress: &mut dyn Progress,
    ) -> Result<String, LiveError> {
        let mut turns = Turns::new(self.settings.lock_timeout);
        loop {
            self.set_turn(&turns).await?;
            let begun = Instant::now();
            let error = match self.session.shown(object).await {
                Ok(shown) => return Ok(shown),
                Err(error) if class(&error) == Class::Busy => self.refused(sql, &error),
                Err(error) => return Err(self.session.error("looking at an object", &error)),
            };
            self.waited = begun.elapsed();
            self.another_turn(&mut turns, error, progress).await?;
        }
    }

    /// The current schema, without the history.
    async fn schema(&mut self) -> Result<Schema, LiveError> {
        let mut schema = introspect::mysql::read(self.session, None, &Scope::default()).await?;
        introspect::settle(&mut schema);
        Ok(schema)
    }
}

/// The text of a table without the next value of its AUTO_INCREMENT column, which others change.
fn without_counter(shown: &str) -> String {
    const WORD: &str = " AUTO_INCREMENT=";
    let Some((before, behind)) = shown.split_once(WORD) else { return shown.to_owned() };
    format!("{before}{}", behind.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Whether tables differ only in their names.
fn are_alike(schema: &Schema, names: &BTreeSet<String>) -> bool {
    let nameless = |name: &String| {
        let table = schema.tables.get(&QName::bare(name.as_str()))?;
        Some(Table { name: QName::bare(""), ..Table::clone(table) })
    };
    let tables: Vec<Option<Table>> = names.iter().map(nameless).collect();
    let first = tables.first();
    tables.iter().all(|table| Some(table) == first) && !tables.is_empty()
}

fn keeps_transaction(sql: &str) -> bool {
    KEEPS_TRANSACTION.binary_search(&verb(sql).as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commits() {
        assert!(KEEPS_TRANSACTION.is_sorted());
        assert!(keeps_transaction("UPDATE t SET a = 1"));
        assert!(keeps_transaction("-- why\ninsert into t values (1)"));
        assert!(keeps_transaction("analyze update t set a = a + 1"));
        assert!(!keeps_transaction("analyze table t"));
        assert!(!keeps_transaction("set statement a=1 for alter table t add a int"));
        assert!(!keeps_transaction("alter table t add a int"));
        assert!(!keeps_transaction(""));
    }
}
