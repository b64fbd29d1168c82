//! Reads SeaORM model structs, as tokens or as source files, into a schema.
//!
//! One reader serves both: [`read_struct`] turns the tokens of one struct into
//! a [`Model`], in which the types and keys that only other files know are
//! open; [`read_sources`] resolves them through a workspace's files, the
//! derive lets the compiler resolve them; [`assemble`] puts all models into
//! one [`autogen_schema::Declared`].

mod assemble;
mod attr;
mod case;
mod codes;
mod column_type;
mod default;
mod diagnostic;
mod extra;
mod field;
mod known;
mod model;
mod read_struct;
mod read_types;
mod registered;
mod relation;
mod relation_impl;
mod source;
mod sql;
mod table_attr;

pub use assemble::{RelationActions, Settled, SettledEnum, assemble, relation_key};
pub use attr::crate_path;
pub use codes::EXPLANATIONS;
pub use column_type::TypeDecl;
pub use diagnostic::{Diagnostic, Finding, Findings};
pub use model::{Field, Model, NamedKey, Relation};
pub use read_struct::{Context, read_struct};
pub use read_types::{EnumDecl, read_enum, read_value_type};
pub use registered::{Registered, RegisteredKey, is_active, read_registered};
pub use relation::read_relation_enum;
pub use source::{Directory, Options, SourceTree, read_sources, unregistered_tables};
