//! Statements outside of the migration's transactions. Those that a server accepts in a
//! transaction get their own, which also updates the history: either both happen or neither.
//! For the others, the catalog is read after a crash (`resume`).

use autogen_dialect::{Alone, alone, sets_session};

use super::guard::Turns;
use super::resume::{self, Fate};
use super::{Progress, Run, StatementGroup, transaction_word};
use crate::error::{Class, class};
use crate::{LiveError, history};

/// The value of `pending` while a statement runs whose outcome cannot be determined.
pub(super) const BEGUN: &str = "begun";

impl Run<'_> {
    /// The statements of a group, one by one.
    pub(super) async fn alone(
        &mut self,
        group: &StatementGroup,
        start: usize,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let dialect = self.session.dialect();
        self.set_up_again(group, start).await?;
        while let Some(sql) = group.statements.get(self.done - start) {
            let begun = self.done - start;
            if transaction_word(sql).is_some() {
                let rest = group.statements.get(begun..).unwrap_or_default();
                let block = own_transaction(rest).ok_or_else(|| {
                    let reason = "a transaction that begins here must end in this file by COMMIT";
                    self.failed(sql, reason.to_owned())
                })?;
                let group = self.lone(block);
                self.block = true;
                let outcome = self.in_transaction(&group, progress).await;
                self.block = false;
                outcome?;
                self.resumed = false;
                continue;
            }
            let kind = match alone(dialect, sql) {
                None => match self.atomic(sql, progress).await? {
                    true => continue,
                    // The server knows better.
                    false => Alone::Untold,
                },
                Some(kind) => kind,
            };
            self.outside(sql, &kind, progress).await?;
        }
        Ok(())
    }

    fn lone(&self, statements: &[String]) -> StatementGroup {
        StatementGroup { transaction: true, rebuilds: false, statements: statements.to_vec() }
    }

    /// The session settings of finished statements were lost with their session.
    async fn set_up_again(
        &mut self,
        group: &StatementGroup,
        start: usize,
    ) -> Result<(), LiveError> {
        let dialect = self.session.dialect();
        if !self.resumed {
            return Ok(());
        }
        let done = group.statements.get(..self.done - start).unwrap_or_default();
        for sql in done.iter().filter(|sql| sets_session(dialect, sql)) {
            self.command(sql).await?;
        }
        Ok(())
    }

    /// Runs a statement in its own transaction; `false` if the server accepts it in none.
    async fn atomic(&mut self, sql: &str, progress: &mut dyn Progress) -> Result<bool, LiveError> {
        if self.resumed && history::read_pending(self.session, self.id()).await?.is_some() {
            // The server already rejected it in a transaction.
            return Ok(false);
        }
        let group = self.lone(&[sql.to_owned()]);
        self.refused_inside = false;
        match self.in_transaction(&group, progress).await {
            Ok(()) => {
                self.resumed = false;
                Ok(true)
            }
            Err(_) if self.refused_inside => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Runs a statement without a transaction: the history records that it begins, and then that
    /// it is finished.
    async fn outside(
        &mut self,
        sql: &str,
        kind: &Alone,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let id = self.id().to_owned();
        let resumed = std::mem::take(&mut self.resumed);
        let begun = resumed && history::read_pending(self.session, &id).await?.is_some();
        self.record(None).await?;
        if begun {
            history::write_pending(self.session, &id, BEGUN).await?;
        }
        let mut now = sql.to_owned();
        if resumed {
            match resume::fate(self.session, kind, begun).await? {
                Fate::Open => {}
                Fate::Done => {
                    self.done += 1;
                    return self.record(None).await;
                }
                Fate::Goes(on) => now = on,
                Fate::Untold => return Err(self.untellable(sql)),
            }
        }
        if *kind == Alone::Untold {
            history::write_pending(self.session, &id, BEGUN).await?;
        }
        self.wait_for_locks().await?;
        let outcome = self.statement(&now, progress).await;
        self.set_turn(&Turns::new(self.settings.lock_timeout)).await.or_else(|error| {
            // Of two errors the first one matters.
            if outcome.is_err() { Ok(()) } else { Err(error) }
        })?;
        if let Err(error) = outcome {
            // The server reported that it did not happen; after a lost connection that is unknown,
            // and the record is kept.
            if !matches!(error, LiveError::Lost { .. }) {
                self.note_failure(&error).await;
            }
            return Err(error);
        }
        self.record(None).await
    }

    /// The error if it cannot be determined whether the next statement ran.
    pub(super) fn untellable(&self, sql: &str) -> LiveError {
        LiveError::Untold {
            url: self.session.url().to_owned(),
            revision: self.id().to_owned(),
            number: self.done + 1,
            statement: super::shortened(sql),
        }
    }

    /// Notes whether the server rejected it because of our transaction.
    pub(super) fn note_refusal(&mut self, error: &sea_orm::sqlx::Error) {
        self.refused_inside = class(error) == Class::Alone;
    }
}

/// The statements from BEGIN to COMMIT, if a file has its own transaction.
fn own_transaction(statements: &[String]) -> Option<&[String]> {
    let is = |sql: &String, words: &[&str]| {
        transaction_word(sql).is_some_and(|it| words.iter().any(|w| it.eq_ignore_ascii_case(w)))
    };
    if !statements.first().is_some_and(|sql| is(sql, &["begin", "start"])) {
        return None;
    }
    let end = statements.iter().position(|sql| is(sql, &["commit", "end", "rollback", "abort"]))?;
    let block = statements.get(..=end)?;
    block.last().is_some_and(|sql| is(sql, &["commit", "end"])).then_some(block)
}
