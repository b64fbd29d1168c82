//! `CREATE FUNCTION`, `CREATE PROCEDURE` and `CREATE EVENT`.

use autogen_schema::{Metadata, QName, Routine, RoutineKind};

use super::cursor::{Cursor, Head};
use super::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};
use crate::Dialect;
use crate::mysql::event::Event;
use crate::postgres::types;

impl Declaring<'_> {
    pub(super) fn routine(&mut self, head: &Head<'_>, mut at: Cursor<'_>) -> Done {
        let kind = if at.word("EVENT") {
            self.only_where(self.dialect.has_definers(), "events")?;
            RoutineKind::Event
        } else if at.word("PROCEDURE") {
            RoutineKind::Procedure
        } else if at.word("AGGREGATE") {
            RoutineKind::Aggregate
        } else {
            at.word("FUNCTION");
            RoutineKind::Function
        };
        self.only_where(self.dialect.has_routines(), "functions")?;
        at.words(&["IF", "NOT", "EXISTS"]);
        let rest = at.rest();
        let name = name(&mut at, &kind.words().to_lowercase())?;
        let inside = match kind {
            RoutineKind::Event => Some(""),
            RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
                at.parentheses()
            }
        };
        let inside = inside.ok_or_else(|| {
            problem(
                UNKNOWN,
                format!("the {} {name} has no list of arguments", kind.words().to_lowercase()),
                "write parentheses after the name, even without arguments",
            )
        })?;
        let arguments = match self.dialect.overloads() {
            true => argument_types(inside, kind).join(", "),
            false => String::new(),
        };
        let routine = Routine {
            name,
            arguments,
            kind,
            definition: format!("CREATE {}{} {rest}", head.clauses, kind.words()),
            comment: None,
            source: Metadata(None),
            access: Metadata::default(),
        };
        if kind == RoutineKind::Event && Event::read(self.dialect, &routine.definition).is_none() {
            return Err(problem(
                UNKNOWN,
                format!("the event {} is not ON SCHEDULE .. DO ..", routine.name),
                "write it as `CREATE EVENT name ON SCHEDULE EVERY 1 DAY DO ..`",
            ));
        }
        let shown = format!("{} {}", kind.words().to_lowercase(), routine.signature());
        let named = |it: &Routine| it.is_called(&routine.name, &routine.arguments);
        let routines = &self.declared.schema.routines;
        // They share one namespace.
        let other = routines.iter().find(|it| self.dialect.overloads() && named(it));
        let place = other.map_or_else(|| routine.place(), Routine::place);
        self.place(place, &shown)?;
        self.declared.schema.routines.push(routine);
        Ok(())
    }

    /// The routine that a comment or grant names; without arguments, the only one of its name.
    pub(super) fn named_routine(&mut self, at: &mut Cursor<'_>) -> Result<&mut Routine, Problem> {
        let name = name(at, "function")?;
        let inside = at.parentheses();
        let shown = format!("{name}({})", inside.unwrap_or_default());
        let wanted = |routine: &Routine, name: &QName| {
            let types = |inside| argument_types(inside, routine.kind).join(", ");
            routine.name == *name && inside.is_none_or(|inside| types(inside) == routine.arguments)
        };
        let routines = &mut self.declared.schema.routines;
        let found = routines.iter_mut().find(|routine| wanted(routine, &name));
        found.ok_or_else(|| {
            problem(
                ON_NOTHING,
                format!("no file declares the function {shown}"),
                "correct the name, or declare the function",
            )
        })
    }
}

/// The types of the arguments in a signature, as PostgreSQL prints them.
pub fn argument_types(inside: &str, kind: RoutineKind) -> Vec<String> {
    let mut types = Vec::new();
    let mut at = Cursor::new(Dialect::Postgres, inside);
    while !at.is_at_end() {
        let output = at.word("OUT");
        let _ = output || at.word("INOUT") || at.word("IN") || at.word("VARIADIC");
        let mut words = Vec::new();
        while let Some(token) = at.peek() {
            if token.is_symbol(",") || token.is_symbol("=") || token.is_word("DEFAULT") {
                break;
            }
            if token.is_symbol("(") {
                // A type's length is not part of a signature.
                at.parentheses();
                continue;
            }
            words.extend(at.skip().map(|token| token.text));
        }
        // The default's value may contain commas.
        while let Some(token) = at.peek() {
            if token.is_symbol(",") {
                break;
            }
            if token.is_symbol("(") {
                at.parentheses();
            } else {
                at.skip();
            }
        }
        at.symbol(",");
        if !words.is_empty() && (!output || kind == RoutineKind::Procedure) {
            types.push(type_of(&words));
        }
    }
    types
}

/// An argument's type: all its words, or all except its name.
fn type_of(words: &[&str]) -> String {
    // Types of several words; any other first word of several is a name.
    let several = [
        "double",
        "timestamp",
        "time",
        "character",
        "char",
        "bit",
        "interval",
        "national",
        "setof",
    ];
    let first = words.first().copied().unwrap_or_default().to_ascii_lowercase();
    let next = words.get(1).copied().unwrap_or_default();
    let glued = ["[", "]", ".", "%", ""].contains(&next);
    let continued = ["precision", "with", "without", "varying", "character", "char"]
        .contains(&next.to_ascii_lowercase().as_str());
    let whole = glued || (several.contains(&first.as_str()) && (continued || words.len() == 1));
    let words = if whole { words } else { &words[1..] };
    let mut text = String::new();
    for word in words {
        let tight = ["[", "]", ".", "%"].contains(word) || text.ends_with(['.', '%', '[']);
        if !text.is_empty() && !tight {
            text.push(' ');
        }
        text.push_str(word);
    }
    let parsed = types::canonical(&types::parse(&Dialect::Postgres.fold_text(&text)));
    types::render(&parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(inside: &str) -> String {
        argument_types(inside, RoutineKind::Function).join(", ")
    }

    #[test]
    fn types_of_arguments() {
        assert_eq!(types(""), "");
        assert_eq!(types("a int, b varchar(10) default f(1, 2)"), "integer, varchar");
        assert_eq!(
            types("double precision, x timestamp with time zone"),
            "double precision, timestamp with time zone"
        );
        assert_eq!(types("INOUT a Int4, OUT b text, VARIADIC c text[] = '{}'"), "integer, text[]");
        assert_eq!(types("u users, bigint"), "users, bigint");
        // Printed types are read back unchanged.
        let printed = types("a int4, character varying, timestamp without time zone, mood[]");
        assert_eq!(types(&printed), printed);
    }
}
