//! SQLite's transactions around migrations.
//!
//! Sources: <https://sqlite.org/lang_altertable.html#otheralter> for the order of a rebuild,
//! <https://sqlite.org/pragma.html#pragma_foreign_keys>: the pragma has no effect inside a
//! transaction.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, split};

use super::{Progress, Run, StatementGroup, lock};
use crate::LiveError;
use crate::session::Session;

/// Rows without their referenced row: table, rowid, referenced table. Rows of tables without
/// rowids cannot be distinguished, hence their number.
type Orphans = BTreeMap<(String, String, String), usize>;

/// How many of them a message names.
const NAMED: usize = 5;

impl Run<'_> {
    pub(super) async fn sqlite_transaction(
        &mut self,
        group: &StatementGroup,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let rebuilds = group.rebuilds || group.statements.iter().any(|sql| drops_table(sql));
        let were_on = rebuilds && self.foreign_keys_are_on().await?;
        if were_on {
            self.session.set_unfinished(true);
            self.command("pragma foreign_keys = off").await?;
        }
        let outcome = self.immediate(group, rebuilds, progress).await;
        let on = if were_on { self.command("pragma foreign_keys = on").await } else { Ok(()) };
        outcome.and(on)
    }

    async fn immediate(
        &mut self,
        group: &StatementGroup,
        rebuilds: bool,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        self.patient_command("begin immediate", progress).await?;
        let outcome = match self.inside(group, rebuilds, progress).await {
            // Readers may prevent writing the file.
            Ok(()) => self.patient_command("commit", progress).await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // The original error matters; after some errors SQLite has already rolled back, and
            // there is nothing to roll back.
            let _ = self.session.run("rollback").await;
        }
        outcome
    }

    async fn inside(
        &mut self,
        group: &StatementGroup,
        rebuilds: bool,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        // Now that we hold the lock: another process may have applied it.
        match self.start().await? {
            Some(done) if done <= self.done => {}
            Some(_) | None => {
                self.done = self.total;
                self.passed_over = true;
                return Ok(());
            }
        }
        let before = if rebuilds { self.orphans().await? } else { Orphans::new() };
        self.statements(group, progress).await?;
        if rebuilds {
            self.compare(&before).await?;
        }
        Ok(())
    }

    async fn patient_command(
        &mut self,
        sql: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let send = async |session: &mut Session| {
            let doing = "running a migration";
            session.run(sql).await.map_err(|error| session.error(doing, &error))
        };
        lock::patiently(self.session, self.settings, progress, send).await
    }

    async fn compare(&mut self, before: &Orphans) -> Result<(), LiveError> {
        let after = self.orphans().await?;
        let known = |orphan| before.get(orphan).copied().unwrap_or_default();
        let new: Vec<_> = after.iter().filter(|(orphan, count)| **count > known(orphan)).collect();
        // After the rename of a table its old orphans have a new name: then their number is
        // unchanged.
        if new.is_empty() || after.values().sum::<usize>() <= before.values().sum() {
            return Ok(());
        }
        let mut words: Vec<String> = new
            .iter()
            .take(NAMED)
            .map(|((table, row, parent), _)| format!("row {row} of {table} refers to no {parent}"))
            .collect();
        if new.len() > NAMED {
            words.push(format!("and {} more", new.len() - NAMED));
        }
        Err(LiveError::ForeignKeysBroken {
            revision: self.migration.revision.id.clone(),
            violations: words.join(", "),
        })
    }

    async fn foreign_keys_are_on(&mut self) -> Result<bool, LiveError> {
        let sql = "select cast(foreign_keys as text) from pragma_foreign_keys";
        let found = self.session.texts(sql).await;
        let found = found.map_err(|error| self.session.error("running a migration", &error))?;
        Ok(found.first().is_some_and(|text| text == "1"))
    }

    async fn orphans(&mut self) -> Result<Orphans, LiveError> {
        let sql = "select \"table\", coalesce(cast(rowid as text), '(without rowid)') \
                   || ' (key ' || fkid || ')', parent from pragma_foreign_key_check";
        let rows = self.session.rows(sql).await;
        let rows = rows.map_err(|error| self.session.error("checking foreign keys", &error))?;
        let mut orphans = Orphans::new();
        for row in rows {
            if let Ok([Some(table), Some(id), Some(parent)]) = <[Option<String>; 3]>::try_from(row)
            {
                *orphans.entry((table, id, parent)).or_default() += 1;
            }
        }
        Ok(orphans)
    }
}

fn drops_table(sql: &str) -> bool {
    split(Dialect::Sqlite, sql).statements.iter().any(|statement| {
        let mut words = statement.sql.split_whitespace();
        let mut is = |word: &str| words.next().is_some_and(|it| it.eq_ignore_ascii_case(word));
        is("drop") && is("table")
    })
}
