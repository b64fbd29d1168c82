//! The only crate that talks to a server, through sea-orm's connection: it reads schemas,
//! asks servers to normalize expressions, runs migrations and keeps their history. It neither
//! prints nor reads the environment.

pub mod adopt;
mod compare;
mod connection;
mod driver;
mod error;
pub mod history;
mod introspect;
mod normalize;
mod probe;
pub mod repair;
pub mod revisions;
pub mod run;
mod scope;
mod scratch;
pub mod seaql;
mod session;
mod shown;
mod side_connection;
mod throwaway;
mod watch;

pub use compare::{CompareError, compare};
pub use connection::{Connection, MissingFile, Reach, ServerVersion, dialect_of};
pub use error::LiveError;
pub use introspect::introspect;
pub use normalize::normalize;
pub use probe::{Outcome, probe};
pub use scope::{KNOWN_TABLES, Scope, is_of_tool, names};
pub use scratch::Scratch;
pub use shown::without_secrets;
pub use side_connection::Phase;
pub use throwaway::normalize_texts;
