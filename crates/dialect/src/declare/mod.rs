//! The declarations in `.sql` files: the kinds that model structs cannot declare. A
//! statement's first words give its kind, its name the object; the rest of its text is left
//! to the database.
//!
//! Nothing is ignored: an unsupported statement is an error.

mod alter_table;
mod comment;
pub(crate) mod cursor;
mod index;
mod policy;
mod routine;
mod trigger;
mod typed;
mod view;

use std::collections::BTreeSet;
use std::fmt;

use autogen_schema::{Declared, DeclaredObject, Origin, QName};

use self::cursor::Cursor;
pub use self::routine::argument_types;
pub use self::typed::{commented_table, makes_partition, statistics};
use crate::{Dialect, checked_in, is_closed, split, text};

/// An `.sql` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// Its path, for messages.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A problem with a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misdeclared {
    /// Its position.
    pub origin: Origin,
    /// A stable code, explained by `autogen explain`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Misdeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { file, line, .. } = &self.origin;
        write!(f, "{file}:{line}: {} [{}]\n  {}", self.message, self.code, self.hint)
    }
}

/// A statement that is not supported.
const UNKNOWN: &str = "A0701";
/// An object that is declared twice.
const TWICE: &str = "A0702";
/// Something on an object that is not declared.
const ON_NOTHING: &str = "A0703";
/// A kind that this database does not have.
const ELSEWHERE: &str = "A0704";

/// Adds the declarations of the files to those of the models, which become complete for the
/// kinds that files can declare. `default_schema` is the schema of unqualified names. The
/// order of statements and files does not matter.
///
/// # Errors
/// All problems, in the order of the files.
pub fn declare(
    dialect: Dialect,
    default_schema: Option<&str>,
    files: &[SqlFile],
    declared: &mut Declared,
) -> Result<(), Vec<Misdeclared>> {
    declared.scripted = true;
    let mut statements = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        if !is_closed(dialect, &file.text) {
            problems.push(Misdeclared {
                origin: Origin { file: file.path.clone(), line: 1, column: 1 },
                code: UNKNOWN,
                message: "a quote or a comment in the file is not closed".to_owned(),
                hint: "close it: what follows is not read".to_owned(),
            });
        }
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        for statement in split(dialect, &checked_in(text)).statements {
            let sql = match default_schema {
                Some(schema) => text::without_schema(dialect, &statement.sql, schema),
                None => statement.sql,
            };
            let origin = Origin { file: file.path.clone(), line: statement.line, column: 1 };
            statements.push((sql, origin));
        }
    }
    // Standalone objects come before the objects on them.
    for pass in [Pass::Objects, Pass::Attached, Pass::Remarks] {
        for (sql, origin) in &statements {
            let cursor = Cursor::new(dialect, sql);
            if pass_of(cursor.clone()) != pass {
                continue;
            }
            let mut declaring = Declaring { dialect, declared: &mut *declared, origin };
            if let Err((code, message, hint)) = declaring.statement(cursor) {
                problems.push(Misdeclared { origin: origin.clone(), code, message, hint });
            }
        }
    }
    typed::domain::inherit_defaults(&mut declared.schema);
    declared.schema.reform_tables(autogen_schema::Table::sort);
    declared.schema.views.values_mut().for_each(autogen_schema::View::sort);
    declared.schema.routines.sort();
    problems.sort();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Objects,
    Attached,
    Remarks,
}

fn pass_of(mut cursor: Cursor<'_>) -> Pass {
    if ["COMMENT", "GRANT", "REVOKE", "ALTER"].iter().any(|word| cursor.word(word)) {
        return Pass::Remarks;
    }
    cursor.head();
    let attached = ["TRIGGER", "CONSTRAINT", "POLICY", "UNIQUE", "INDEX", "STATISTICS"];
    if attached.iter().any(|word| cursor.word(word)) { Pass::Attached } else { Pass::Objects }
}

/// Code, message and hint.
type Problem = (&'static str, String, String);
type Done = Result<(), Problem>;

fn problem(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Problem {
    (code, message.into(), hint.into())
}

/// The state while one statement is read.
struct Declaring<'a> {
    dialect: Dialect,
    declared: &'a mut Declared,
    origin: &'a Origin,
}

impl Declaring<'_> {
    fn statement(&mut self, mut at: Cursor<'_>) -> Done {
        let start = at.clone();
        if at.word("COMMENT") && at.word("ON") {
            return self.comment(at);
        }
        at = start.clone();
        if at.word("ALTER") && at.word("TABLE") {
            return self.alter_table(at);
        }
        at = start.clone();
        if at.word("CREATE") {
            at = start.clone();
            let head = at.head();
            let body = at.clone();
            if at.words(&["MATERIALIZED", "VIEW"]) || at.word("VIEW") || at.word("RECURSIVE") {
                return self.view(&head, body);
            }
            let routine = ["FUNCTION", "PROCEDURE", "AGGREGATE", "EVENT"];
            if routine.iter().any(|word| at.word(word)) {
                return self.routine(&head, body);
            }
            if at.word("TRIGGER") || at.words(&["CONSTRAINT", "TRIGGER"]) {
                return self.trigger(&head, body);
            }
            if at.word("POLICY") && !head.replaces {
                return self.policy(body);
            }
            if at.word("INDEX") || at.words(&["UNIQUE", "INDEX"]) {
                return self.view_index(body);
            }
        }
        if self.typed(start.clone())? {
            return Ok(());
        }
        Err(problem(
            UNKNOWN,
            format!("`{}` is not a declaration that autogen knows", start.first_words()),
            "`autogen explain A0701` lists the allowed statements; tables, their columns, keys \
             and indexes belong in models",
        ))
    }

    /// Notes where an object is declared; a second declaration is an error.
    fn place(&mut self, place: DeclaredObject, shown: &str) -> Done {
        if let Some(first) = self.declared.places.get(&place) {
            return Err(problem(
                TWICE,
                format!("{shown} is already declared at {}:{}", first.file, first.line),
                "keep one of them",
            ));
        }
        self.declared.places.insert(place, self.origin.clone());
        Ok(())
    }

    /// The table or view of this name, in the spelling of its declaration.
    fn relation(&self, name: &QName) -> Option<QName> {
        let schema = &self.declared.schema;
        if schema.tables.contains_key(name) || schema.views.contains_key(name) {
            return Some(name.clone());
        }
        let names: BTreeSet<&QName> = schema.tables.keys().chain(schema.views.keys()).collect();
        names.into_iter().find(|other| self.dialect.same_name(other, name)).cloned()
    }

    /// Like [`Self::relation`], but a missing one is an error.
    fn known_relation(&self, name: &QName, what: &str) -> Result<QName, Problem> {
        self.relation(name).ok_or_else(|| {
            problem(
                ON_NOTHING,
                format!("{what} is on {name}, which neither a model nor a file declares"),
                "correct the name, or declare the table or view",
            )
        })
    }

    fn only_postgres(&self, what: &str) -> Done {
        self.only_where(self.dialect.has_schemas(), what)
    }

    fn only_where(&self, has: bool, what: &str) -> Done {
        if has {
            return Ok(());
        }
        Err(problem(
            ELSEWHERE,
            format!("{} has no {what}", self.dialect),
            "give each database its own files",
        ))
    }
}

/// The name that a statement must have.
fn name(at: &mut Cursor<'_>, what: &str) -> Result<QName, Problem> {
    at.qname().ok_or_else(|| {
        problem(UNKNOWN, format!("the {what} has no name"), "write the statement as in the manual")
    })
}
