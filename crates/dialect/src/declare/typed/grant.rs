//! `GRANT .. ON .. TO ..` and `REVOKE EXECUTE ON .. FROM PUBLIC`, if privileges are compared.

use autogen_schema::{Grant, Grantable, QName};

use super::end;
use crate::Dialect;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};

const RELATION: [&str; 7] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
const SEQUENCE: [&str; 3] = ["USAGE", "SELECT", "UPDATE"];
const SCHEMA: [&str; 2] = ["USAGE", "CREATE"];
const COLUMN: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "REFERENCES"];
const ROUTINE: [&str; 1] = ["EXECUTE"];

impl Declaring<'_> {
    pub(super) fn grant(&mut self, mut at: Cursor<'_>) -> Done {
        self.may_grant()?;
        let words = at.until(&["ON"]);
        if !at.word("ON") {
            return Err(not_understood(at.rest()));
        }
        let parsed = privileges(words)?;
        let objects = self.objects(&mut at)?;
        let roles = roles(&mut at, "TO")?;
        let grantable = at.words(&["WITH", "GRANT", "OPTION"]);
        end(&at, "GRANT")?;
        for on in &objects {
            self.must_be_there(on)?;
            for (privilege, columns) in &parsed {
                let words = expanded(privilege, kinds(on, columns))?;
                for on in with_columns(on, columns)? {
                    self.must_be_there(&on)?;
                    for to in &roles {
                        self.add_grants(&on, to.as_ref(), grantable, &words);
                    }
                }
            }
        }
        Ok(())
    }

    /// `REVOKE EXECUTE ON FUNCTION .. FROM PUBLIC`: every other privilege exists only if it is
    /// granted.
    pub(super) fn close(&mut self, mut at: Cursor<'_>) -> Done {
        self.may_grant()?;
        let text = at.rest();
        let privileges = at.until(&["ON"]).trim().to_ascii_uppercase();
        let known = ["EXECUTE", "ALL", "ALL PRIVILEGES"].contains(&privileges.as_str());
        if !known || !at.word("ON") {
            return Err(not_revoked(text));
        }
        let objects = self.objects(&mut at)?;
        let public = roles(&mut at, "FROM")?.iter().all(Option::is_none);
        end(&at, "REVOKE")?;
        for on in objects {
            self.must_be_there(&on)?;
            match on {
                Grantable::Routine(name, arguments) if public => {
                    self.declared.schema.grants.insert(Grant::closed(name, arguments));
                }
                Grantable::Routine(..)
                | Grantable::Relation(_)
                | Grantable::Column(..)
                | Grantable::Sequence(_)
                | Grantable::Schema(_) => return Err(not_revoked(text)),
            }
        }
        Ok(())
    }

    fn may_grant(&self) -> Done {
        self.only_postgres("privileges")?;
        if self.declared.privileges {
            return Ok(());
        }
        Err(problem(
            UNKNOWN,
            "privileges are compared only with `privileges = true`",
            "write `privileges = true` into autogen.toml, or remove the statement",
        ))
    }

    fn add_grants(&mut self, on: &Grantable, to: Option<&String>, grantable: bool, words: &[&str]) {
        // Everybody may call a routine by default.
        if to.is_none() && matches!(on, Grantable::Routine(..)) {
            return;
        }
        let grants = words.iter().map(|privilege| Grant {
            on: on.clone(),
            to: to.cloned(),
            grantable,
            privilege: (*privilege).to_owned(),
        });
        self.declared.schema.grants.extend(grants);
    }

    /// `TABLE a, b`, `FUNCTION f(integer)`, ..
    fn objects(&mut self, at: &mut Cursor<'_>) -> Result<Vec<Grantable>, Problem> {
        let routine = ["FUNCTION", "PROCEDURE", "ROUTINE"].iter().any(|word| at.word(word));
        let kind: fn(QName) -> Grantable = if at.word("SCHEMA") {
            |name| Grantable::Schema(name.name)
        } else if at.word("SEQUENCE") {
            Grantable::Sequence
        } else {
            at.word("TABLE");
            Grantable::Relation
        };
        let mut objects = Vec::new();
        loop {
            objects.push(if routine {
                let routine = self.named_routine(at)?;
                Grantable::Routine(routine.name.clone(), routine.arguments.clone())
            } else {
                kind(name(at, "object of the privilege")?)
            });
            if !at.symbol(",") {
                return Ok(objects);
            }
        }
    }

    fn must_be_there(&self, on: &Grantable) -> Done {
        let schema = &self.declared.schema;
        let known = match on {
            Grantable::Relation(name) => self.relation(name).is_some(),
            Grantable::Sequence(name) => {
                // The sequence of a serial or identity column need not be declared.
                schema.sequences.contains_key(name)
                    || schema.tables.values().any(|table| {
                        name.schema == table.name.schema && name.name.starts_with(&table.name.name)
                    })
            }
            // Schemas usually exist already, and routines were looked up when they were named.
            Grantable::Schema(_) | Grantable::Routine(..) => true,
            // The columns of views are not declared.
            Grantable::Column(name, column) => {
                schema.views.contains_key(name)
                    || schema.tables.get(name).is_none_or(|it| it.column(column).is_some())
            }
        };
        if known {
            return Ok(());
        }
        Err(problem(
            ON_NOTHING,
            format!("a privilege is on {on}, which neither a model nor a file declares"),
            "correct the name, or declare the object",
        ))
    }
}

/// The roles after `TO` or `FROM`.
fn roles(at: &mut Cursor<'_>, word: &str) -> Result<Vec<Option<String>>, Problem> {
    if !at.word(word) {
        return Err(not_understood(at.rest()));
    }
    let mut roles = Vec::new();
    loop {
        at.word("GROUP");
        let role = if at.word("PUBLIC") { None } else { Some(name(at, "role")?.name) };
        roles.push(role);
        if !at.symbol(",") {
            return Ok(roles);
        }
    }
}

/// Each privilege in capitals, with the columns after it.
fn privileges(text: &str) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let mut all = Vec::new();
    let mut at = Cursor::new(Dialect::Postgres, text);
    while !at.is_at_end() {
        let mut words = Vec::new();
        while let Some(token) = at.peek() {
            if token.is_symbol(",") || token.is_symbol("(") {
                break;
            }
            words.extend(at.skip().map(|token| token.text.to_ascii_uppercase()));
        }
        let mut columns = Vec::new();
        if let Some(inside) = at.parentheses() {
            let mut list = Cursor::new(Dialect::Postgres, inside);
            loop {
                columns.push(name(&mut list, "column of the privilege")?.name);
                if !list.symbol(",") {
                    break;
                }
            }
            if !list.is_at_end() {
                return Err(not_understood(list.rest()));
            }
        }
        if words.is_empty() || (!at.symbol(",") && !at.is_at_end()) {
            return Err(not_understood(text));
        }
        all.push((words.join(" "), columns));
    }
    if all.is_empty() { Err(not_understood(text)) } else { Ok(all) }
}

/// The privileges that exist on it.
fn kinds(on: &Grantable, columns: &[String]) -> &'static [&'static str] {
    match on {
        Grantable::Relation(_) if columns.is_empty() => &RELATION,
        Grantable::Relation(_) | Grantable::Column(..) => &COLUMN,
        Grantable::Sequence(_) => &SEQUENCE,
        Grantable::Schema(_) => &SCHEMA,
        Grantable::Routine(..) => &ROUTINE,
    }
}

/// The columns of a column privilege, or the object itself.
fn with_columns(on: &Grantable, columns: &[String]) -> Result<Vec<Grantable>, Problem> {
    if columns.is_empty() {
        return Ok(vec![on.clone()]);
    }
    match on {
        Grantable::Relation(name) => {
            let of = |column: &String| Grantable::Column(name.clone(), column.clone());
            Ok(columns.iter().map(of).collect())
        }
        Grantable::Column(..)
        | Grantable::Sequence(_)
        | Grantable::Schema(_)
        | Grantable::Routine(..) => Err(not_understood(&columns.join(", "))),
    }
}

fn not_understood(rest: &str) -> Problem {
    problem(
        UNKNOWN,
        format!("`{rest}` in a GRANT is not understood"),
        "write GRANT privileges ON [TABLE | SEQUENCE | SCHEMA | FUNCTION] name TO role, with \
         (columns) after a privilege; grant roles by hand",
    )
}

fn not_revoked(text: &str) -> Problem {
    problem(
        UNKNOWN,
        format!("`REVOKE {text}` revokes a privilege that nobody has"),
        "remove the GRANT instead; only EXECUTE ON FUNCTION name FROM PUBLIC can be revoked",
    )
}

/// One privilege, or all of them.
fn expanded(word: &str, all: &'static [&'static str]) -> Result<Vec<&'static str>, Problem> {
    if matches!(word, "ALL" | "ALL PRIVILEGES") {
        return Ok(all.to_vec());
    }
    let known = all.iter().find(|it| **it == word).copied();
    known.map(|word| vec![word]).ok_or_else(|| not_understood(word))
}
