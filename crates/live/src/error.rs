//! Errors of servers.

use crate::driver::{details, mysql_number};
use crate::shown::{hides_parameters, without_user};
use crate::watch::is_late;
use autogen_dialect::Dialect;
use sea_orm::sqlx;

/// Why a database cannot be read or changed. Messages name the database by its URL without
/// the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the messages say it")]
pub enum LiveError {
    #[error("can't read the database URL `{url}`: {reason}")]
    BadUrl { url: String, reason: String },
    #[error("`{scheme}` databases are not supported by this build")]
    NotSupported { scheme: String },
    #[error("{url}: this program is built without support for {database}")]
    NoDriver {
        url: String,
        /// The database's name.
        database: &'static str,
        /// What to turn on.
        hint: &'static str,
    },
    #[error("no such database: {url}")]
    NoSuchDatabase { url: String },
    #[error("the server refuses the login to {url}: {reason}")]
    LoginRefused { url: String, reason: String },
    #[error("can't reach {url}: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("{url} is not an SQLite database: {reason}")]
    NotADatabase { url: String, reason: String },
    #[error("{url} is read-only: {reason}")]
    ReadOnly { url: String, reason: String },
    #[error("{url} does not allow this: {reason}")]
    NotAllowed { url: String, reason: String },
    #[error("no schema `{schema}` in {url}")]
    NoSuchSchema { url: String, schema: String },
    #[error("{url} has no current schema for tables")]
    NoCurrentSchema { url: String },
    #[error("{url}: {doing}: {reason}")]
    Query { url: String, doing: String, reason: String },
    #[error("{url}: looking for rows that block the migration: {reason}")]
    BadProbe { url: String, reason: String },
    #[error("{url}: {doing}: the catalog's answer can't be understood: {reason}")]
    Catalog { url: String, doing: String, reason: String },
    #[error("{url} is locked by another process: {reason}")]
    Locked { url: String, reason: String },
    #[error(
        "the history in {url} has format {found}, newer than {known}, the newest that this build knows"
    )]
    HistoryTooNew { url: String, found: i64, known: i64 },
    #[error(
        "revision {revision} was {state} in {url} with checksum {applied}, and its file now has {file}"
    )]
    ChecksumChanged { url: String, revision: String, state: String, applied: String, file: String },
    #[error("revision {revision}, statement {number} of {total}: {reason}\n  {statement}")]
    StatementFailed {
        revision: String,
        /// From 1.
        number: usize,
        total: usize,
        statement: String,
        reason: String,
        /// Whether it is of the way down.
        down: bool,
    },
    #[error("revision {revision} would leave rows without their parents: {violations}")]
    ForeignKeysBroken { revision: String, violations: String },
    #[error("revision {revision} is not applied in {url}")]
    NotApplied { url: String, revision: String },
    #[error("revision {revision} was left unfinished in {url}, {state}")]
    Unfinished { url: String, revision: String, state: String },
    #[error("the database does not allow revision {revision}:{findings}")]
    RowsInTheWay {
        revision: String,
        findings: String,
        /// Whether it is of the way down.
        down: bool,
    },
    #[error("{url}: no scratch database: {reason}")]
    NoScratch { url: String, reason: String },
    #[error(
        "revision {revision}, statement {number} of {total}: waited {seconds} s for a lock that \
         another session holds{holders}\n  {statement}"
    )]
    LockTimeout {
        revision: String,
        number: usize,
        total: usize,
        statement: String,
        seconds: u64,
        /// Who may hold it, a line each; empty if unknown.
        holders: String,
    },
    #[error(
        "revision {revision}, statement {number} of {total}: cancelled after {seconds} s\n  {statement}"
    )]
    StatementTimeout {
        revision: String,
        number: usize,
        total: usize,
        statement: String,
        seconds: u64,
        /// Whether an index may be left behind half built.
        leaves_index: bool,
    },
    #[error("{url}: {doing}: {reason}")]
    Late { url: String, doing: String, reason: String },
    #[error("stopped {place}")]
    Stopped {
        /// The position, as in `before statement 2 of 3 of revision 1`.
        place: String,
        /// Whether an index may be left behind half built.
        leaves_index: bool,
    },
    #[error("{url}: a second connection got the same session of the server: {reason}")]
    Pooler { url: String, reason: String },
    #[error(
        "it cannot be determined whether statement {number} of revision {revision} ran in \
         {url}\n  {statement}"
    )]
    Untold { url: String, revision: String, number: usize, statement: String },
    #[error(
        "{url} has tables of the baseline {revision} already, and is another schema: {problem}"
    )]
    NotTheBaseline { url: String, revision: String, problem: String },
    #[error("{url}: no space left: {reason}")]
    Full { url: String, reason: String },
    #[error("{url}: the connection was lost: {doing}: {reason}")]
    Lost { url: String, doing: String, reason: String },
    #[error("{url}: revision {revision} is not in the history")]
    NoRow { url: String, revision: String },
    #[error("{url}: revision {revision} is {state}: {problem}")]
    NotRepairable { url: String, revision: String, state: String, problem: String },
    #[error("{url}: {place}: too many instant column changes: {tables}")]
    WornOut {
        url: String,
        place: String,
        /// A line for each table: what is exhausted, and the statement that helps.
        tables: String,
    },
}

impl LiveError {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUrl { .. } => "A0301",
            Self::NotSupported { .. } => "A0302",
            Self::NoDriver { .. } => "A0690",
            Self::NoSuchDatabase { .. } => "A0303",
            Self::LoginRefused { .. } => "A0304",
            Self::Unreachable { .. } => "A0305",
            Self::NotADatabase { .. } => "A0306",
            Self::ReadOnly { .. } => "A0307",
            Self::NotAllowed { .. } => "A0308",
            Self::NoSuchSchema { .. } => "A0309",
            Self::NoCurrentSchema { .. } => "A0310",
            Self::Query { .. } | Self::BadProbe { .. } => "A0311",
            Self::Catalog { .. } => "A0312",
            Self::Locked { .. } => "A0313",
            Self::HistoryTooNew { .. } => "A0314",
            Self::ChecksumChanged { .. } => "A0315",
            Self::StatementFailed { .. } => "A0316",
            Self::ForeignKeysBroken { .. } => "A0317",
            Self::NotApplied { .. } => "A0318",
            Self::Unfinished { .. } => "A0319",
            Self::RowsInTheWay { .. } => "A0320",
            Self::NoScratch { .. } => "A0321",
            Self::LockTimeout { .. } => "A0322",
            Self::StatementTimeout { .. } | Self::Late { .. } => "A0323",
            Self::Stopped { .. } => "A0324",
            Self::Pooler { .. } => "A0325",
            Self::Untold { .. } => "A0326",
            Self::Full { .. } => "A0327",
            Self::Lost { .. } => "A0328",
            Self::NoRow { .. } => "A0329",
            Self::NotRepairable { .. } => "A0330",
            Self::WornOut { .. } => "A0331",
            Self::NotTheBaseline { .. } => "A0332",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BadUrl { .. } => {
                "write postgres://user:password@host/database, the same with mysql:// or \
                 mariadb://, or sqlite:path/to/file.db; percent-encode special characters in the \
                 password"
            }
            Self::NotSupported { .. } => {
                "this build supports SQLite, PostgreSQL 12 and newer, MySQL 8.0.16 and newer, \
                 and MariaDB 10.6 and newer"
            }
            Self::NoDriver { hint, .. } => hint,
            Self::NoSuchDatabase { .. } => {
                "check the name; `autogen upgrade` creates an SQLite file that is missing, \
                 `createdb` a PostgreSQL database, and `create database` one of MySQL or MariaDB"
            }
            Self::LoginRefused { .. } => {
                "check user and password in the URL, and from which hosts the server accepts \
                 that user"
            }
            Self::Unreachable { .. } => {
                "check host and port in the URL, and whether the server runs and accepts \
                 connections from here"
            }
            Self::NotADatabase { .. } => {
                "check the path: the file exists, but SQLite can't read it"
            }
            Self::ReadOnly { .. } => {
                "connect to the primary with a role that may write, or make the file and its \
                 folder writable"
            }
            Self::NotAllowed { .. } => {
                "connect as the owner of the tables, or grant the role the missing privilege"
            }
            Self::NoSuchSchema { .. } => "check the list of schemas in autogen.toml",
            Self::NoCurrentSchema { .. } => {
                "the search_path begins with no schema for tables: create the schema, set the role's \
                 search_path, or name the schemas in autogen.toml"
            }
            Self::BadProbe { .. } => {
                "correct the query in its line `-- autogen: probe`, or delete the line if no row \
                 can block the migration; nothing was run"
            }
            Self::Query { .. } => "run it again; if it fails again, read the server's log",
            Self::Catalog { .. } => "please report this with the version of the server",
            Self::Locked { .. } => {
                "wait until the other deployment ends, or end its session if it hangs"
            }
            Self::HistoryTooNew { .. } => "install the newest autogen",
            Self::ChecksumChanged { .. } => {
                "restore the file and put the change into a new migration; if the database \
                 already matches the file, run `autogen repair REV --accept-checksum`"
            }
            Self::StatementFailed { down: true, .. } => {
                "open transactions were rolled back; correct the cause, in the database or in the \
                 revision's .down.sql, and run `autogen downgrade` again: it continues where it \
                 stopped"
            }
            Self::StatementFailed { down: false, .. } => {
                "open transactions were rolled back; correct the cause and run it again: it \
                 continues where it stopped; `autogen remove` takes back a migration of which \
                 nothing was applied"
            }
            Self::ForeignKeysBroken { .. } => {
                "nothing was changed; delete or correct these rows in the migration, then run it \
                 again"
            }
            Self::NotApplied { .. } => "`autogen current` shows what is applied",
            Self::Unfinished { .. } => {
                "run `autogen upgrade` or `downgrade` to finish it, or do the rest by hand and \
                 record that by `autogen repair REV --complete`"
            }
            Self::NoScratch { .. } => {
                "allow the role to create databases, or name a server where it may by \
                 --database-url; your database is kept unchanged"
            }
            Self::LockTimeout { .. } => {
                "the statement made no change; end the blocking transactions, or wait longer by \
                 --lock-timeout, and run it again: it continues where it stopped"
            }
            Self::StatementTimeout { leaves_index: true, .. } => {
                "an invalid index may remain, such as one that ends with `_ccnew`; allow more \
                 time by --statement-timeout, and run it again: it drops that index, and \
                 continues where it stopped"
            }
            Self::StatementTimeout { leaves_index: false, .. } => {
                "the statement made no change; allow more time by --statement-timeout, and run \
                 it again: it continues where it stopped"
            }
            Self::Late { .. } => {
                "it only asked; allow more by --statement-timeout, or `statement_timeout` in \
                 autogen.toml, and run it again"
            }
            Self::Stopped { leaves_index: true, .. } => {
                "an invalid index may remain, such as one that ends with `_ccnew`; run it again: \
                 it drops that index, and continues where it stopped"
            }
            Self::Stopped { leaves_index: false, .. } => {
                "no statement is half done; run it again: it continues where it stopped"
            }
            Self::Pooler { .. } => {
                "a pooler gives each transaction another session, so session locks do not work: \
                 connect to the server directly, or through a pool in session mode"
            }
            Self::Untold { .. } => {
                "check the database, then run `autogen repair REV --done` or `--not-done`"
            }
            Self::NotTheBaseline { .. } => {
                "nothing was run: `autogen diff --from database --to migrations --dry-run` shows \
                 the difference; correct the database, or record the baseline by `autogen stamp \
                 REV`, and the next `autogen diff` shows what is left"
            }
            Self::Full { .. } => {
                "free some space, and run it again: unfinished work was rolled back, and it \
                 continues where it stopped"
            }
            Self::Lost { .. } => {
                "run it again: it checks what the server did, and continues where it stopped"
            }
            Self::NoRow { .. } => "`autogen status` lists the revisions",
            Self::NotRepairable { .. } => "`autogen status` shows the state of each revision",
            Self::WornOut { .. } => {
                "nothing was run; rebuild the table by the given statement, which does not block \
                 readers or writers, and run it again: it continues where it stopped"
            }
            Self::RowsInTheWay { down: true, .. } => {
                "nothing was run; correct what is said above, or, if the loss is intended, delete \
                 the line `-- autogen: probe` from the revision's .down.sql"
            }
            Self::RowsInTheWay { down: false, .. } => {
                "nothing was run; correct what is said above, or, if the loss is intended, delete \
                 the line `-- autogen: probe` from the file; `autogen remove` takes back a \
                 migration that was never applied"
            }
        }
    }

    /// The error for a database whose feature is off; `url` is the displayed one.
    pub(crate) fn no_driver(url: &str, dialect: Dialect) -> Self {
        let (database, hint) = match dialect {
            Dialect::Postgres => ("PostgreSQL", "turn on the feature `postgres` of sea-autogen"),
            Dialect::Mysql | Dialect::Mariadb => {
                ("MySQL and MariaDB", "turn on the feature `mysql` of sea-autogen")
            }
            Dialect::Sqlite => ("SQLite", "turn on the feature `sqlite` of sea-autogen"),
        };
        Self::NoDriver { url: url.to_owned(), database, hint }
    }

    /// Classifies the error of a query.
    pub(crate) fn query(url: &str, doing: &str, error: &sqlx::Error) -> Self {
        let reason = server_words(error);
        match class(error) {
            Class::ReadOnly => Self::ReadOnly { url: url.to_owned(), reason },
            Class::NotAllowed => Self::NotAllowed { url: url.to_owned(), reason },
            Class::NotADatabase => Self::NotADatabase { url: url.to_owned(), reason },
            Class::Busy => Self::Locked { url: url.to_owned(), reason },
            Class::Full => Self::Full { url: url.to_owned(), reason },
            Class::Gone => Self::Lost { url: url.to_owned(), doing: doing.to_owned(), reason },
            Class::Late => Self::Late { url: url.to_owned(), doing: doing.to_owned(), reason },
            Class::Login | Class::NoDatabase | Class::Alone | Class::Other => {
                Self::Query { url: url.to_owned(), doing: doing.to_owned(), reason }
            }
        }
    }

    /// Classifies an error of connecting.
    pub(crate) fn connect(url: &str, error: &sqlx::Error) -> Self {
        let class = class(error);
        let reason = match error {
            // The server repeats the rejected part.
            sqlx::Error::Database(database) if class == Class::Other && hides_parameters(url) => {
                let code = database.code().unwrap_or_default();
                format!("the server refuses a parameter of the URL (code {code})")
            }
            _ => without_user(&server_words(error)),
        };
        let url = url.to_owned();
        match class {
            Class::Login => Self::LoginRefused { url, reason },
            Class::NoDatabase => Self::NoSuchDatabase { url },
            Class::NotADatabase => Self::NotADatabase { url, reason },
            Class::ReadOnly => Self::ReadOnly { url, reason },
            Class::NotAllowed => Self::NotAllowed { url, reason },
            Class::Gone | Class::Late | Class::Busy | Class::Full | Class::Alone | Class::Other => {
                Self::Unreachable { url, reason }
            }
        }
    }
}

/// The kind of an error from the server or the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Login,
    NoDatabase,
    NotADatabase,
    ReadOnly,
    NotAllowed,
    /// The connection is lost.
    Gone,
    /// The answer took longer than the statement timeout.
    Late,
    /// Another session holds a lock.
    Busy,
    /// The disk is full, or the database is at its limit.
    Full,
    /// The statement cannot run in a transaction.
    Alone,
    Other,
}

/// Sources: PostgreSQL manual, appendix A "Error Codes"; <https://sqlite.org/rescode.html>
/// (the primary code is the low byte of an extended one). PostgreSQL's codes have five
/// characters, SQLite's up to four digits.
pub(crate) fn class(error: &sqlx::Error) -> Class {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Io(error) if is_late(error) => Class::Late,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => Class::Gone,
            _ => Class::Other,
        };
    };
    if let Some(number) = mysql_number(&**database) {
        return mysql_class(number);
    }
    let Some(code) = database.code() else { return Class::Other };
    if code.len() < 5 {
        return match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(3) => Class::NotAllowed,
            Ok(5 | 6) => Class::Busy,
            Ok(8) => Class::ReadOnly,
            Ok(13) => Class::Full,
            Ok(14) => Class::NoDatabase,
            Ok(26) => Class::NotADatabase,
            _ => Class::Other,
        };
    }
    match code.as_ref() {
        "28P01" | "28000" => Class::Login,
        "3D000" => Class::NoDatabase,
        "25006" => Class::ReadOnly,
        "42501" => Class::NotAllowed,
        // Also the victim of a deadlock: it was rolled back.
        "55P03" | "40P01" => Class::Busy,
        "53100" => Class::Full,
        "25001" => Class::Alone,
        code if code.starts_with("57P") || code.starts_with("08") => Class::Gone,
        _ => Class::Other,
    }
}

/// Sources: MySQL's "Server Error Message Reference", MariaDB's "Error Codes".
fn mysql_class(number: u16) -> Class {
    match number {
        // ER_ACCESS_DENIED_ERROR, _NO_PASSWORD_ERROR, ER_HOST_NOT_PRIVILEGED
        1045 | 1698 | 1130 => Class::Login,
        1049 => Class::NoDatabase,
        // ER_OPTION_PREVENTS_STATEMENT (read_only), ER_CANT_EXECUTE_IN_READ_ONLY_*
        1290 | 1792 | 1836 => Class::ReadOnly,
        // ER_DBACCESS_DENIED_ERROR, tables, columns, routines, administration
        1044 | 1142 | 1143 | 1227 | 1370 => Class::NotAllowed,
        1205 | 1213 | 3572 => Class::Busy,
        // ER_DISK_FULL, ER_RECORD_FILE_FULL
        1021 | 1114 => Class::Full,
        // 1927 is MariaDB's ER_CONNECTION_KILLED
        1053 | 1077 | 1079 | 1152 | 1158..=1161 | 1927 | 4031 => Class::Gone,
        _ => Class::Other,
    }
}

/// The server's own message, or the driver's.
pub(crate) fn server_words(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(database) = error else { return error.to_string() };
    let mut words = database.message().to_owned();
    for more in details(&**database).into_iter().flatten() {
        words.push_str("; ");
        words.push_str(more);
    }
    words
}
