//! Everything that autogen knows about each database, as data and pure functions. Each
//! dialect's folder has the same file names; MariaDB is a variant of MySQL.

mod alone;
mod backfill;
mod beyond;
mod body;
mod builder;
mod canonical;
mod client_copy;
mod ddl;
mod declare;
mod dependency;
mod dialect;
mod expression;
mod facts;
mod held;
mod holds;
mod invalidates;
mod kept;
mod literal;
mod lost;
mod lower;
pub mod mysql;
mod names;
pub mod postgres;
pub mod probe;
mod question;
mod reads;
mod scan;
mod split;
pub mod sqlite;
mod step;
mod taken;
mod text;
mod trigger;
mod type_rule;
mod type_text;
mod version;

pub use alone::{Alone, Reindexed, alone, sets_session};
pub use backfill::NULL;
pub use beyond::beyond;
pub use body::BodyNames;
pub use builder::Builder;
pub use client_copy::is_client_copy;
pub use declare::{
    Misdeclared, SqlFile, argument_types, commented_table, declare, makes_partition, statistics,
};
pub use dependency::DependencyKind;
pub use dialect::{Dialect, UnknownDialect};
pub use expression::Comparison;
pub use holds::Holds;
pub use lost::{Loss, losses};
pub use question::{Answer, ExpressionRole, Question};
pub use reads::SureReads;
pub use scan::{QuotedPath, quoted_paths, strip_parentheses, symbols};
pub use split::is_shell_command;
pub use split::{
    Comment, Script as SplitScript, Statement, checked_in, is_closed, is_one_statement, shell_head,
    shell_statement, split, terminated, unclosed,
};
pub use step::{Blocks, Cost, Effect, Refusal, Request, Step, Work};
pub use taken::TakenName;
pub use text::{Mentions, qualified, without_schema};
pub use trigger::{OwnDrops, fires_on_update, trigger_body};
pub use type_rule::TypeRule;
