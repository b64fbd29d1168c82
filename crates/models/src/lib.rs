//! Reads SeaORM model structs, as tokens or as source files, into a schema.
//!
//! One reader serves both: [`read_struct`] turns the tokens of one struct into a [`Model`],
//! which leaves types and keys open that depend on other files. [`read_sources`] resolves
//! them through a workspace's files; the derive lets the compiler resolve them. [`assemble`]
//! combines all models into one [`autogen_schema::Declared`]. The other way, under the feature
//! `write`, `write` turns a database's schema into models.

mod assemble;
mod attr;
mod case;
mod checked;
mod codes;
mod column_type;
mod default;
mod diagnostic;
mod dialects;
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
#[cfg(feature = "write")]
mod write;

pub use assemble::{RelationActions, Settled, SettledEnum, assemble, relation_key};
pub use attr::crate_path;
pub use checked::{Checked, check_enum, check_struct};
pub use codes::{EXPLANATIONS, KEYLESS};
pub use column_type::TypeDecl;
pub use diagnostic::{Diagnostic, Finding, Findings};
pub use dialects::DIALECT_NAMES;
pub use model::{Field, Model, NamedKey, Relation};
pub use read_struct::{Context, read_struct};
pub use read_types::{EnumDecl, read_enum, read_value_type};
pub use registered::{Registered, RegisteredKey, inferred_fields, is_active, read_registered};
pub use relation::read_relation_enum;
pub use source::{
    Content, Directory, Features, Options, SourceTree, Unregistered, read_sources, unregistered,
};

#[cfg(feature = "write")]
pub use write::{DateTime, Form, Format, Note, WriteOptions, Written, write};

#[cfg(test)]
mod tests {
    #[test]
    fn every_key_stands_in_the_reference() {
        let page = include_str!("../../derive/ATTRIBUTES.md");
        let words: Vec<&str> =
            page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
        let known = [
            crate::read_struct::STRUCT_KEYS,
            crate::field::FIELD_KEYS,
            crate::relation::FIELD_KEYS,
            crate::read_types::ENUM_KEYS,
            crate::read_types::VARIANT_KEYS,
        ];
        let known = known.into_iter().flatten().copied().chain(crate::table_attr::all_keys());
        for key in known {
            assert!(words.contains(&key), "{key}");
        }
        assert!(words.contains(&crate::dialects::KEY));
    }
}
