//! `GRANT .. ON .. TO ..`, where privileges are compared.

use autogen_schema::{Grant, Grantable, QName};

use super::end;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};

const RELATION: [&str; 7] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
const SEQUENCE: [&str; 3] = ["USAGE", "SELECT", "UPDATE"];
const SCHEMA: [&str; 2] = ["USAGE", "CREATE"];

impl Declaring<'_> {
    pub(super) fn grant(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("privileges")?;
        if !self.declared.privileges {
            return Err(problem(
                UNKNOWN,
                "privileges are compared only where autogen.toml says so",
                "write `privileges = true` into autogen.toml, or take the statement out",
            ));
        }
        let privileges = at.until(&["ON"]).to_ascii_uppercase();
        if !at.word("ON") {
            return Err(not_understood(at.rest()));
        }
        let (kind, all): (fn(QName) -> Grantable, &[&str]) = if at.word("SCHEMA") {
            (|name| Grantable::Schema(name.name), &SCHEMA)
        } else if at.word("SEQUENCE") {
            (Grantable::Sequence, &SEQUENCE)
        } else {
            at.word("TABLE");
            (Grantable::Relation, &RELATION)
        };
        let mut objects = Vec::new();
        loop {
            objects.push(kind(name(&mut at, "object of the privilege")?));
            if !at.symbol(",") {
                break;
            }
        }
        if !at.word("TO") {
            return Err(not_understood(at.rest()));
        }
        let mut roles = Vec::new();
        loop {
            at.word("GROUP");
            let role = if at.word("PUBLIC") { None } else { Some(name(&mut at, "role")?.name) };
            roles.push(role);
            if !at.symbol(",") {
                break;
            }
        }
        let grantable = at.words(&["WITH", "GRANT", "OPTION"]);
        end(&at, "GRANT")?;
        let words = expanded(&privileges, all)?;
        for on in &objects {
            self.must_be_there(on)?;
            for to in &roles {
                let grants = words.iter().map(|privilege| Grant {
                    on: on.clone(),
                    to: to.clone(),
                    grantable,
                    privilege: (*privilege).to_owned(),
                });
                self.declared.schema.grants.extend(grants);
            }
        }
        Ok(())
    }

    fn must_be_there(&self, on: &Grantable) -> Done {
        let schema = &self.declared.schema;
        let known = match on {
            Grantable::Relation(name) => self.relation(name).is_some(),
            Grantable::Sequence(name) => {
                // That of a serial or identity column need not be said.
                schema.sequences.contains_key(name)
                    || schema.tables.values().any(|table| {
                        name.schema == table.name.schema && name.name.starts_with(&table.name.name)
                    })
            }
            // Schemas are there already more often than not.
            Grantable::Schema(_) => true,
        };
        if known {
            return Ok(());
        }
        Err(problem(
            ON_NOTHING,
            format!("a privilege is on {on}, which no model and no file declares"),
            "correct the name, or declare the object",
        ))
    }
}

fn not_understood(rest: &str) -> Problem {
    problem(
        UNKNOWN,
        format!("`{rest}` in a GRANT is not understood"),
        "write GRANT privileges ON [TABLE | SEQUENCE | SCHEMA] name TO role; columns, functions \
         and roles are granted by hand",
    )
}

/// The privileges one by one.
fn expanded<'a>(words: &str, all: &'a [&'a str]) -> Result<Vec<&'a str>, Problem> {
    if matches!(words.trim(), "ALL" | "ALL PRIVILEGES") {
        return Ok(all.to_vec());
    }
    let known = |word: &str| all.iter().find(|it| **it == word.trim()).copied();
    words.split(',').map(|word| known(word).ok_or_else(|| not_understood(word))).collect()
}
