//! The kinds that are stored as data: schemas, extensions, domains, sequences, partitions,
//! privileges.

mod collation;
pub(super) mod domain;
mod grant;
mod partition;
mod sequence;
mod statistics;

pub use self::partition::{commented_table, makes_partition};
pub use self::statistics::statistics;

use autogen_schema::{DeclaredObject, Extension, Namespace};

use super::comment::text;
use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};
use crate::scan::{Lexeme, unquote};

impl Declaring<'_> {
    /// Reads the statement, if it declares one of these kinds.
    pub(super) fn typed(&mut self, mut at: Cursor<'_>) -> Result<bool, Problem> {
        if at.words(&["ALTER", "SEQUENCE"]) {
            return self.alter_sequence(at).map(|()| true);
        }
        if at.word("REVOKE") {
            return self.close(at).map(|()| true);
        }
        if at.word("GRANT") {
            return self.grant(at).map(|()| true);
        }
        if at.words(&["ALTER", "STATISTICS"]) {
            return self.alter_statistics(at).map(|()| true);
        }
        if !at.word("CREATE") {
            return Ok(false);
        }
        if at.word("SCHEMA") {
            return self.namespace(at).map(|()| true);
        }
        if at.word("EXTENSION") {
            return self.extension(at).map(|()| true);
        }
        if at.word("COLLATION") {
            return self.collation(at).map(|()| true);
        }
        if at.word("DOMAIN") {
            return self.domain(at).map(|()| true);
        }
        if at.word("STATISTICS") {
            return self.statistics(at).map(|()| true);
        }
        if at.word("TABLE") {
            return self.partition(at);
        }
        at.word("UNLOGGED");
        if at.word("SEQUENCE") {
            return self.sequence(at).map(|()| true);
        }
        Ok(false)
    }

    /// Reads `COMMENT ON ..`, if it is on one of these kinds. The words after ON are next.
    pub(super) fn typed_comment(&mut self, mut at: Cursor<'_>) -> Result<bool, Problem> {
        if at.word("TABLE") {
            return self.partition_comment(at);
        }
        let schema = &mut self.declared.schema;
        if at.word("SCHEMA") {
            let name = name(&mut at, "schema")?.name;
            let comment = text(&mut at)?;
            let found = schema.namespaces.get_mut(&name);
            found.ok_or_else(|| unknown("schema", &name))?.comment = comment;
        } else if at.word("EXTENSION") {
            let name = name(&mut at, "extension")?.name;
            let comment = text(&mut at)?.unwrap_or_default();
            let found = schema.extensions.get_mut(&name);
            found.ok_or_else(|| unknown("extension", &name))?.comment = Some(comment);
        } else if at.word("COLLATION") {
            let name = name(&mut at, "collation")?;
            let comment = text(&mut at)?;
            let found = schema.collations.get_mut(&name);
            found.ok_or_else(|| unknown("collation", &name.to_string()))?.comment = comment;
        } else if at.word("DOMAIN") {
            let name = name(&mut at, "domain")?;
            let comment = text(&mut at)?;
            let found = schema.domains.get_mut(&name);
            found.ok_or_else(|| unknown("domain", &name.to_string()))?.comment = comment;
        } else if at.word("SEQUENCE") {
            let name = name(&mut at, "sequence")?;
            let comment = text(&mut at)?;
            let found = schema.sequences.get_mut(&name);
            found.ok_or_else(|| unknown("sequence", &name.to_string()))?.comment = comment;
        } else if at.word("STATISTICS") {
            let name = name(&mut at, "statistics")?;
            let comment = text(&mut at)?;
            let found = schema.statistics.get_mut(&name);
            found.ok_or_else(|| unknown("statistics", &name.to_string()))?.comment = comment;
        } else if at.word("CONSTRAINT") {
            let check = name(&mut at, "constraint")?.name;
            if !at.words(&["ON", "DOMAIN"]) {
                return Ok(false);
            }
            let domain = name(&mut at, "domain")?;
            let comment = text(&mut at)?;
            let checks = schema.domains.get_mut(&domain).map(|it| &mut it.checks);
            let found = checks.into_iter().flatten().find(|it| it.name.text() == Some(&*check));
            found.ok_or_else(|| unknown("constraint", &format!("{domain}.{check}")))?.comment =
                comment;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn namespace(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("schemas")?;
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = name(&mut at, "schema")?.name;
        end(&at, "CREATE SCHEMA")?;
        self.place(DeclaredObject::Other("schema", name.clone()), &format!("schema {name}"))?;
        let namespace = Namespace { name: name.clone(), comment: None };
        self.declared.schema.namespaces.insert(name, namespace);
        Ok(())
    }

    fn extension(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("extensions")?;
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = name(&mut at, "extension")?.name;
        let mut extension = Extension::new(&name);
        at.word("WITH");
        loop {
            if at.word("SCHEMA") {
                extension.schema = Some(super::name(&mut at, "schema of the extension")?.name);
            } else if at.word("VERSION") {
                let token = at.skip();
                let version = token.map(|token| match token.lexeme {
                    Lexeme::Text | Lexeme::Name => unquote(token.text),
                    Lexeme::Space
                    | Lexeme::Comment
                    | Lexeme::Word
                    | Lexeme::Number
                    | Lexeme::Symbol => token.text.to_owned(),
                });
                extension.version = version;
            } else if !at.word("CASCADE") {
                break;
            }
        }
        end(&at, "CREATE EXTENSION")?;
        if name == "plpgsql" {
            return Err(problem(
                UNKNOWN,
                "plpgsql is in every database, and is left alone",
                "remove the statement",
            ));
        }
        self.place(DeclaredObject::Other("extension", name.clone()), &format!("extension {name}"))?;
        self.declared.schema.extensions.insert(name, extension);
        Ok(())
    }
}

fn unknown(what: &str, name: &str) -> Problem {
    problem(
        ON_NOTHING,
        format!("no file declares the {what} {name}"),
        format!("correct the name, or declare the {what}"),
    )
}

/// Nothing may follow what was read.
fn end(at: &Cursor<'_>, what: &str) -> Done {
    if at.is_at_end() {
        return Ok(());
    }
    Err(problem(
        UNKNOWN,
        format!("`{}` in a {what} is not understood", at.rest()),
        "`autogen explain A0701` lists what is allowed here",
    ))
}
