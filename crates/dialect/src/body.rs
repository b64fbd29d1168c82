//! What the body of a routine or a trigger names, by the positions of its words. Servers
//! compile the statements in it when they run, and report no dependencies before.

use std::collections::BTreeSet;

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};
use crate::text::body;

/// The names in a body, in the spelling of [`Dialect::mentioned_as`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BodyNames {
    /// Relations that statements read or write.
    relations: BTreeSet<String>,
    /// Words before a dot: relations, aliases or schemas.
    qualifiers: BTreeSet<String>,
    /// Routines that are called.
    called: BTreeSet<String>,
    /// All names, with the word before their dot: columns, variables and other words.
    names: BTreeSet<(Option<String>, String)>,
}

impl BodyNames {
    /// Whether a statement uses the relation.
    pub fn relation(&self, name: &str) -> bool {
        self.relations.contains(name) || self.qualifiers.contains(name)
    }

    /// The relations that statements use, and other words before a dot.
    pub fn relations(&self) -> impl Iterator<Item = &str> {
        self.relations.union(&self.qualifiers).map(String::as_str)
    }

    /// Whether it calls the routine.
    pub fn calls(&self, name: &str) -> bool {
        self.called.contains(name)
    }

    /// The routines that it calls.
    pub fn into_called(self) -> BTreeSet<String> {
        self.called
    }

    /// Whether a statement on the table may use the column: its name is alone, or after the
    /// table or an alias.
    pub fn column(&self, table: &str, column: &str) -> bool {
        let may_be = |before: &str| {
            before == table || !self.relations.contains(before) && !is_row_variable(before)
        };
        let mut named = self.names.iter().filter(|(_, name)| name == column);
        self.relation(table) && named.any(|(before, _)| before.as_deref().is_none_or(may_be))
    }

    /// Whether a statement on the table certainly uses the column: its name is after the table.
    pub fn surely_column(&self, table: &str, column: &str) -> bool {
        let named = (Some(table.to_owned()), column.to_owned());
        self.relations.contains(table) && self.names.contains(&named)
    }

    /// Whether a trigger uses the column of the row that it acts on.
    pub fn column_of_row(&self, column: &str) -> bool {
        let mut named = self.names.iter().filter(|(_, name)| name == column);
        named.any(|(before, _)| before.as_deref().is_some_and(is_row_variable))
    }
}

/// The rows of a trigger.
fn is_row_variable(name: &str) -> bool {
    name.eq_ignore_ascii_case("new") || name.eq_ignore_ascii_case("old")
}

impl Dialect {
    /// The names in the definition of a routine or a trigger, with those in a body that is
    /// written as a string.
    pub fn body_names(self, definition: &str) -> BodyNames {
        let mut reader = Reader::new(self);
        reader.read(definition);
        if self == Self::Postgres {
            for token in scan(self, definition).filter(|it| it.lexeme == Lexeme::Text) {
                reader.read(body(token.text));
            }
        }
        reader.found
    }
}

/// What a name after the last word would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Nothing,
    /// A relation, or a routine that returns rows.
    Source,
    /// A relation that is written.
    Target,
    Routine,
    /// A variable of the session.
    Variable,
}

impl Expected {
    /// What this word announces, if it does.
    fn after(word: &str, previous: &str) -> Option<Self> {
        Some(match word {
            "from" if previous == "distinct" => return None,
            "update" if previous == "key" => Self::Nothing,
            "from" | "join" | "using" => Self::Source,
            "into" | "table" | "truncate" | "update" => Self::Target,
            "call" => Self::Routine,
            _ => return None,
        })
    }

    fn is_relation(self) -> bool {
        match self {
            Self::Source | Self::Target => true,
            Self::Nothing | Self::Routine | Self::Variable => false,
        }
    }
}

/// Whether the word can stand before a relation that was announced.
fn is_between(word: &str) -> bool {
    let words = ["delayed", "exists", "if", "ignore", "lateral", "low_priority", "not", "only"];
    words.contains(&word)
}

/// Whether the word ends a list of relations.
fn ends_list(word: &str) -> bool {
    let words = [
        "do",
        "group",
        "having",
        "limit",
        "loop",
        "of",
        "on",
        "or",
        "order",
        "returning",
        "select",
        "set",
        "union",
        "values",
        "where",
        "with",
    ];
    words.contains(&word)
}

struct Reader {
    dialect: Dialect,
    found: BodyNames,
    expected: Expected,
    /// For each open parenthesis, whether a comma separates relations.
    lists: Vec<bool>,
    previous: String,
}

impl Reader {
    fn new(dialect: Dialect) -> Self {
        let found = BodyNames::default();
        let previous = String::new();
        Self { dialect, found, expected: Expected::Nothing, lists: vec![false], previous }
    }

    fn read(&mut self, text: &str) {
        let tokens: Vec<Token<'_>> = scan(self.dialect, text).filter(Token::is_code).collect();
        let mut rest = &tokens[..];
        while let Some(token) = rest.first() {
            let read = match token.lexeme {
                Lexeme::Word | Lexeme::Name => self.word(rest),
                Lexeme::Symbol => self.symbol(token.text),
                Lexeme::Space | Lexeme::Comment | Lexeme::Text | Lexeme::Number => {
                    self.expected = Expected::Nothing;
                    1
                }
            };
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    /// A keyword, or a name with all its parts; returns the number of tokens.
    fn word(&mut self, rest: &[Token<'_>]) -> usize {
        let path = path(self.dialect, rest);
        let word = path.concat();
        let keyword = path.len() == 1 && rest[0].lexeme == Lexeme::Word;
        let known = keyword && self.keyword(&word.to_ascii_lowercase());
        if !known {
            let next = rest.get(path.len() * 2 - 1).map_or("", |it| it.text);
            self.name(&path, next);
        }
        self.previous = word.to_ascii_lowercase();
        path.len() * 2 - 1
    }

    /// Whether the word only announces or ends something.
    fn keyword(&mut self, word: &str) -> bool {
        if let Some(expected) = Expected::after(word, &self.previous) {
            self.expected = expected;
            self.is_list(expected.is_relation());
        } else if ends_list(word) {
            self.expected = Expected::Nothing;
            self.is_list(false);
        } else {
            return self.expected.is_relation() && is_between(word);
        }
        true
    }

    fn name(&mut self, path: &[String], next: &str) {
        let expected = std::mem::replace(&mut self.expected, Expected::Nothing);
        let Some((name, before)) = path.split_last() else { return };
        self.found.qualifiers.extend(before.iter().cloned());
        let called = expected == Expected::Routine || next == "(" && expected != Expected::Target;
        if called {
            self.found.called.insert(name.clone());
        }
        if expected.is_relation() || next == "%" {
            self.found.relations.insert(name.clone());
        }
        if !called && expected != Expected::Variable {
            self.found.names.insert((before.last().cloned(), name.clone()));
        }
    }

    fn symbol(&mut self, symbol: &str) -> usize {
        let is_list = self.lists.last().copied().unwrap_or_default();
        match symbol {
            "(" => {
                self.lists.push(self.expected.is_relation());
                return 1;
            }
            ")" => drop(self.lists.pop()),
            ";" => self.lists = vec![false],
            _ => {}
        }
        self.expected = match symbol {
            "," if is_list => Expected::Source,
            "@" => Expected::Variable,
            _ => Expected::Nothing,
        };
        1
    }

    fn is_list(&mut self, is_list: bool) {
        if let Some(last) = self.lists.last_mut() {
            *last = is_list;
        }
    }
}

/// The parts of the name that the tokens begin with.
fn path(dialect: Dialect, tokens: &[Token<'_>]) -> Vec<String> {
    let is_name = |it: &Token<'_>| matches!(it.lexeme, Lexeme::Word | Lexeme::Name);
    let mut parts = tokens.iter().take(1).map(|it| spelled(dialect, it)).collect::<Vec<_>>();
    let dots = tokens.get(1..).unwrap_or_default().chunks_exact(2);
    let more = dots.take_while(|pair| pair[0].is_symbol(".") && is_name(&pair[1]));
    parts.extend(more.map(|pair| spelled(dialect, &pair[1])));
    parts
}

/// The name as [`Dialect::mentioned_as`] spells it.
pub(crate) fn spelled(dialect: Dialect, token: &Token<'_>) -> String {
    match token.lexeme {
        Lexeme::Word => token.text.to_ascii_lowercase(),
        Lexeme::Name
        | Lexeme::Text
        | Lexeme::Space
        | Lexeme::Comment
        | Lexeme::Number
        | Lexeme::Symbol => dialect.mentioned_as(&unquote(token.text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> BodyNames {
        Dialect::Mysql.body_names(&format!("create procedure p() {body}"))
    }

    fn sorted(names: &BTreeSet<String>) -> String {
        names.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn relations_and_calls() {
        let relations = |body| sorted(&read(body).relations);
        assert_eq!(
            relations("select status, total from a, db.b as x join c on x.i = c.i"),
            "a b c"
        );
        assert_eq!(relations("insert into log (name, total) values (1, 2), (3, 4)"), "log");
        assert_eq!(relations("update a set x = 1, y = 2 where z in (select i from (d))"), "a d");
        assert_eq!(relations("insert into a values (1) on duplicate key update b = 1"), "a");
        assert_eq!(relations("if new.a is distinct from new.b then truncate t; end if"), "t");
        let called = |body| sorted(&read(body).called);
        assert_eq!(
            called("begin call p1; call s.p2(1); insert into t (x) values (f(1)); end"),
            "f p p1 p2"
        );
        let text = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ declare r \"T\"%rowtype; \
                    begin select count(*) into n from a; perform g(); return (select 1 from rows(1)); end $$";
        let names = Dialect::Postgres.body_names(text);
        assert_eq!(sorted(&names.relations), "T a n rows");
        assert!(names.calls("g") && names.calls("rows") && !names.calls("a"));
    }

    #[test]
    fn columns() {
        let names = read(
            "begin insert into log (at) select u.name from users u, docs where docs.x = @owner; end",
        );
        assert!(names.column("log", "at") && names.column("users", "name"));
        assert!(names.column("docs", "x") && !names.column("log", "x"));
        assert!(names.surely_column("docs", "x") && !names.surely_column("users", "name"));
        assert!(!names.column("users", "owner") && !names.column("others", "name"));
        let names = read("insert into log (a) values (new.b)");
        assert!(names.column_of_row("b") && !names.column_of_row("a"));
        assert!(names.column("log", "a") && !names.column("log", "b"));
    }
}
