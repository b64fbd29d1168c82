//! The text of a view, trigger or policy after a column was renamed. A name after a dot belongs
//! to the relation, or its alias, before the dot; one without a dot to the relations of its own
//! query or statement; the name that `AS` gives stays.

use crate::expr::{Token, respelled, tokens_and_comments};

/// What a name means that stands in no query and in no statement on rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unqualified {
    /// It can be a column of the renamed table.
    Column,
    /// It is none, but in the list of `UPDATE OF`: in a trigger, whose rows are NEW and OLD.
    Other,
}

/// A column's new name, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewName<'n> {
    pub(crate) before: &'n str,
    pub(crate) after: &'n str,
    /// Whether a query still gives the column under its former name: then `AS` says it.
    pub(crate) keeps_output: bool,
}

/// The text after a column of the table was renamed. `on_table`: whether the text belongs to
/// that table, so that NEW and OLD are its rows.
pub(crate) fn rename_column(
    text: &str,
    table: &str,
    name: NewName<'_>,
    unqualified: Unqualified,
    on_table: bool,
) -> String {
    let all = tokens_and_comments(text);
    let words = Words::of(&all);
    let aliases = words.aliases(table);
    let scopes = Scopes::of(&words);
    let bare = |place: usize| match scopes.relations(place) {
        [] => unqualified == Unqualified::Column || on_table && words.in_update_of(place),
        relations => relations.iter().any(|it| words.0[*it].names(table)),
    };
    let belongs = |place: usize| match words.before(place) {
        Some(Token::Other(".")) => words.qualifier(place).is_some_and(|name| {
            name.names(table)
                || aliases.iter().any(|it| name.names(it))
                || on_table && (name.names("new") || name.names("old"))
        }),
        Some(_) | None => match words.inserted_into(place) {
            Some(relation) => relation.names(table),
            None => bare(place),
        },
    };
    let mut renamed = String::with_capacity(text.len());
    let mut place = 0;
    for token in &all {
        if is_space(token) {
            renamed.push_str(token.text());
            continue;
        }
        if token.names(name.before) && !words.is_other(place) && belongs(place) {
            renamed.push_str(&respelled(token, name.after));
            if name.keeps_output && words.is_output(place) {
                renamed.push_str(" AS ");
                renamed.push_str(token.text());
            }
        } else {
            renamed.push_str(token.text());
        }
        place += 1;
    }
    renamed
}

/// The tokens of a text without white space.
struct Words<'t>(Vec<&'t Token<'t>>);

impl<'t> Words<'t> {
    fn of(tokens: &'t [Token<'t>]) -> Self {
        Self(tokens.iter().filter(|it| !is_space(it)).collect())
    }

    fn before(&self, place: usize) -> Option<&'t Token<'t>> {
        self.0.get(place.checked_sub(1)?).copied()
    }

    fn is_call(&self, place: usize) -> bool {
        let next = self.0.get(place + 1);
        matches!(self.0[place], Token::Bare(_))
            && matches!(next, Some(Token::Other(text)) if text.starts_with('('))
    }

    /// The name before the dot that stands before this place.
    fn qualifier(&self, place: usize) -> Option<&'t Token<'t>> {
        self.0.get(place.checked_sub(2)?).copied()
    }

    /// Whether a dot follows.
    fn qualifies(&self, place: usize) -> bool {
        matches!(self.0.get(place + 1), Some(Token::Other(".")))
    }

    /// Whether the column alone is an item of the list of a query.
    fn is_output(&self, place: usize) -> bool {
        let ends = match self.0.get(place + 1) {
            None | Some(Token::Other("," | ")")) => true,
            Some(next) => ["from", "union", "except", "intersect"].iter().any(|it| next.names(it)),
        };
        let mut depth = 0_usize;
        for token in self.0[..place].iter().rev() {
            match token {
                Token::Other(")") => depth += 1,
                Token::Other("(") if depth == 0 => return false,
                Token::Other("(") => depth -= 1,
                Token::Other(_) | Token::Quoted(..) => {}
                Token::Bare(_) if depth > 0 => {}
                Token::Bare(_) if token.names("select") => {
                    return ends && self.begins_item(place);
                }
                Token::Bare(_)
                    if ["from", "where", "by", "having"].iter().any(|it| token.names(it)) =>
                {
                    return false;
                }
                Token::Bare(_) => {}
            }
        }
        false
    }

    /// Whether the name at this place, with its qualifiers, begins an item of a query's list.
    fn begins_item(&self, place: usize) -> bool {
        self.announced_by(place).is_some_and(|before| {
            let begins = ["all", "distinct", "select"];
            matches!(before, Token::Other(",")) || begins.iter().any(|it| before.names(it))
        })
    }

    /// Whether a list of `UPDATE OF` holds this place.
    fn in_update_of(&self, place: usize) -> bool {
        let head = &self.0[..place];
        let start = head.iter().rposition(|it| it.names("of"));
        start.is_some_and(|at| {
            at > 0 && head[at - 1].names("update") && head[at + 1..].iter().all(|it| is_of_list(it))
        })
    }

    /// The relation of `INSERT INTO relation (..)` whose list of columns holds this place.
    fn inserted_into(&self, place: usize) -> Option<&'t Token<'t>> {
        let start = self.0[..place].iter().rposition(|it| !is_of_list(it))?;
        let relation = start.checked_sub(1)?;
        let inserts = matches!(self.0[start], Token::Other("("))
            && self.announced_by(relation).is_some_and(|word| word.names("into"));
        inserts.then_some(self.0[relation])
    }

    /// The word before a name, with its qualifiers.
    fn announced_by(&self, place: usize) -> Option<&'t Token<'t>> {
        self.before(self.chain(place))
    }

    /// The place of the first qualifier of a name.
    fn chain(&self, place: usize) -> usize {
        let mut start = place;
        while start >= 2 && matches!(self.0[start - 1], Token::Other(".")) {
            start -= 2;
        }
        start
    }

    /// Whether the word before a name, with its qualifiers, announces a relation.
    fn is_announced(&self, place: usize) -> bool {
        let Some(at) = self.chain(place).checked_sub(1) else { return false };
        ANNOUNCE.iter().any(|it| self.0[at].names(it))
            && !self.0[place].names("of")
            && !(self.0[at].names("from") && self.is_of_expression(at))
    }

    /// Whether FROM belongs to an expression: `IS DISTINCT FROM`, `extract(year FROM ..)`.
    fn is_of_expression(&self, from: usize) -> bool {
        if self.before(from).is_some_and(|it| it.names("distinct")) {
            return true;
        }
        let mut depth = 0_usize;
        for (at, token) in self.0[..from].iter().enumerate().rev() {
            match token {
                Token::Other(")") => depth += 1,
                Token::Other("(") if depth > 0 => depth -= 1,
                Token::Other("(") => {
                    let called = self.before(at);
                    return called.is_some_and(|it| WITH_FROM.iter().any(|word| it.names(word)));
                }
                Token::Other(_) | Token::Bare(_) | Token::Quoted(..) => {}
            }
        }
        false
    }

    /// Whether something other than a column stands here: a relation, a qualifier, an alias, the
    /// name of the object itself.
    fn is_other(&self, place: usize) -> bool {
        let named = self.announced_by(place);
        let named = named.is_some_and(|word| NAME_OTHERS.iter().any(|it| word.names(it)));
        named || self.qualifies(place) || self.is_announced(place) || self.is_call(place)
    }

    /// The aliases of the table.
    fn aliases(&self, table: &str) -> Vec<String> {
        let mut found = Vec::new();
        for place in (0..self.0.len()).filter(|place| self.0[*place].names(table)) {
            let listed = matches!(self.announced_by(place), Some(Token::Other("," | "(")));
            if !listed && !self.is_announced(place) {
                continue;
            }
            let mut next = place + 1;
            if self.0.get(next).is_some_and(|it| it.names("as")) {
                next += 1;
            }
            match self.0.get(next) {
                Some(alias) if is_name(alias) && !is_keyword(alias) => found.push(alias.name()),
                Some(_) | None => {}
            }
        }
        found
    }
}

/// The queries and statements of a text, each with the relations that it reads or writes.
struct Scopes {
    /// The scope of each place.
    of: Vec<usize>,
    /// The places of each scope's relations.
    relations: Vec<Vec<usize>>,
}

impl Scopes {
    fn of(words: &Words<'_>) -> Self {
        let mut found = Self { of: Vec::new(), relations: vec![Vec::new()] };
        let (mut current, mut statement, mut lists) = (0, 0, false);
        let mut outer: Vec<(usize, bool)> = Vec::new();
        for (place, token) in words.0.iter().enumerate() {
            let is = |list: &[&str]| list.iter().any(|word| token.names(word));
            match token {
                Token::Other("(") => outer.push((current, lists)),
                Token::Other(")") => (current, lists) = outer.pop().unwrap_or((statement, false)),
                Token::Other(_) | Token::Bare(_) | Token::Quoted(..) => {}
            }
            if matches!(token, Token::Other(";")) || is(&["begin", "then", "else", "loop"]) {
                statement = found.begin();
                (current, lists) = (statement, false);
            } else if is(&["select"]) {
                (current, lists) = (found.begin(), false);
            } else if is(&["conflict", "returning"]) {
                current = statement;
            }
            let listed = lists && matches!(words.before(place), Some(Token::Other("," | "(")));
            let announced = words.is_announced(place);
            if is_name(token)
                && !words.qualifies(place)
                && (announced || listed)
                && !is(&["select"])
            {
                found.relations[current].push(place);
            }
            lists =
                (lists || is(&["from", "join"])) && !is(&["where", "group", "order", "set", "on"]);
            found.of.push(current);
        }
        found
    }

    fn begin(&mut self) -> usize {
        self.relations.push(Vec::new());
        self.relations.len() - 1
    }

    /// The relations of the query or statement that holds this place.
    fn relations(&self, place: usize) -> &[usize] {
        let scope = self.of.get(place).copied().unwrap_or_default();
        self.relations.get(scope).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What stands before a relation that a statement reads or writes.
const ANNOUNCE: [&str; 6] = ["from", "into", "join", "only", "update", "using"];

/// Functions with FROM between their arguments.
const WITH_FROM: [&str; 5] = ["extract", "overlay", "position", "substring", "trim"];

/// What stands before names of other kinds.
const NAME_OTHERS: [&str; 7] = ["as", "call", "function", "policy", "procedure", "trigger", "view"];

/// White space and comments.
fn is_space(token: &Token<'_>) -> bool {
    let text = token.text().trim();
    text.is_empty()
        || matches!(token, Token::Other(_)) && (text.starts_with("--") || text.starts_with("/*"))
}

fn is_name(token: &Token<'_>) -> bool {
    match token {
        Token::Bare(_) | Token::Quoted(..) => true,
        Token::Other(_) => false,
    }
}

/// Whether it can stand in a list of names.
fn is_of_list(token: &Token<'_>) -> bool {
    is_name(token) || matches!(token, Token::Other(","))
}

/// Whether the word can follow a relation without being its alias.
fn is_keyword(token: &Token<'_>) -> bool {
    let words = [
        "cross",
        "default",
        "do",
        "end",
        "except",
        "fetch",
        "for",
        "force",
        "full",
        "group",
        "having",
        "ignore",
        "inner",
        "intersect",
        "join",
        "left",
        "limit",
        "natural",
        "offset",
        "on",
        "order",
        "returning",
        "right",
        "select",
        "set",
        "straight_join",
        "tablesample",
        "then",
        "union",
        "use",
        "using",
        "values",
        "when",
        "where",
        "window",
    ];
    match token {
        Token::Bare(text) => words.iter().any(|it| text.eq_ignore_ascii_case(it)),
        Token::Quoted(..) | Token::Other(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(text: &str, keeps_output: bool, unqualified: Unqualified, on: bool) -> String {
        let name = NewName { before: "name", after: "title", keeps_output };
        rename_column(text, "users", name, unqualified, on)
    }

    fn view(text: &str) -> String {
        renamed(text, false, Unqualified::Column, false)
    }

    fn trigger(text: &str, on_table: bool) -> String {
        renamed(text, false, Unqualified::Other, on_table)
    }

    #[test]
    fn a_qualifier_decides() {
        assert_eq!(
            view("select `u`.`name` AS `name`,`o`.`name` AS `x` from (`db`.`users` `u` join `o`)"),
            "select `u`.`title` AS `name`,`o`.`name` AS `x` from (`db`.`users` `u` join `o`)",
        );
        assert_eq!(view("select users.name from users"), "select users.title from users");
        assert_eq!(
            view("select name, x.name from users join orders as x on x.id = name"),
            "select title, x.name from users join orders as x on x.id = title",
        );
        let others = "select name(1), name.x from users, s.name join name";
        assert_eq!(view(others), others);
    }

    #[test]
    fn rows_of_a_trigger_are_of_its_table() {
        assert_eq!(
            trigger(
                "after insert on users for each row insert into log(name) values (new.name)",
                true
            ),
            "after insert on users for each row insert into log(name) values (new.title)",
        );
        assert_eq!(
            trigger("before update of id, name on users begin select old.name; end", true),
            "before update of id, title on users begin select old.title; end",
        );
        assert_eq!(
            trigger(
                "after insert on o insert into log(id, name) select id, name from users",
                false
            ),
            "after insert on o insert into log(id, name) select id, title from users",
        );
        assert_eq!(
            trigger("after insert on o begin update users set name = new.name; end", false),
            "after insert on o begin update users set title = new.name; end",
        );
    }

    #[test]
    fn a_name_belongs_to_its_own_query() {
        assert_eq!(
            view("select name from other where name in (select name from users where id = doc)"),
            "select name from other where name in (select title from users where id = doc)",
        );
        assert_eq!(
            view("select name from other union select name from users order by name"),
            "select name from other union select title from users order by title",
        );
        assert_eq!(view("select name from a, users"), "select title from a, users");
        assert_eq!(
            view("select 1 from users -- name\n/* name */"),
            "select 1 from users -- name\n/* name */"
        );
        assert_eq!(
            trigger(
                "after update of name on users begin update other set name = new.name where a \
                 and name <> 'me'; update users set name = old.name; end",
                true
            ),
            "after update of title on users begin update other set name = new.title where a and \
             name <> 'me'; update users set title = old.title; end",
        );
        assert_eq!(
            trigger(
                "on users when (old.name is distinct from new.name) execute function f()",
                true
            ),
            "on users when (old.title is distinct from new.title) execute function f()",
        );
        assert_eq!(
            view("select extract(year from name), trim(both from users.name) from users"),
            "select extract(year from title), trim(both from users.title) from users",
        );
        assert_eq!(renamed("name > 3", false, Unqualified::Column, true), "title > 3");
    }

    #[test]
    fn the_name_of_an_output_can_stay() {
        let keeps = |text| renamed(text, true, Unqualified::Column, false);
        assert_eq!(
            keeps("SELECT users.id, users.name FROM users WHERE users.name > 'a'"),
            "SELECT users.id, users.title AS name FROM users WHERE users.title > 'a'",
        );
        assert_eq!(
            keeps("SELECT DISTINCT name, lower(name) AS l, name AS n FROM users GROUP BY name"),
            "SELECT DISTINCT title AS name, lower(title) AS l, title AS n FROM users GROUP BY title",
        );
        assert_eq!(
            keeps("SELECT q.name FROM (SELECT users.name FROM users) q"),
            "SELECT q.name FROM (SELECT users.title AS name FROM users) q",
        );
    }
}
