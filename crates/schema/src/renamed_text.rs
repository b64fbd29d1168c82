//! The text of a view, trigger or policy after a column was renamed. A name after a dot belongs
//! to the relation, or its alias, before the dot; the name that `AS` gives stays.

use crate::expr::{Token, respelled, tokens};

/// What a name without a qualifier means in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unqualified {
    /// It can be a column of any relation in the text.
    Any,
    /// It is a column of the renamed table only where a statement of the text reads or writes
    /// that table, or in the list of `UPDATE OF`: in a trigger, whose rows are NEW and OLD.
    OfStatements,
}

/// The text after the column `before` of the table became `after`. `on_table`: whether the
/// text belongs to that table, so that NEW and OLD are its rows.
pub(crate) fn rename_column(
    text: &str,
    table: &str,
    (before, after): (&str, &str),
    unqualified: Unqualified,
    on_table: bool,
) -> String {
    let all = tokens(text);
    let words = Words::of(&all);
    let aliases = words.aliases(table);
    let bare = match unqualified {
        Unqualified::Any => true,
        Unqualified::OfStatements => words.has_statement_on(table),
    };
    let belongs = |place: usize| match words.before(place) {
        Some(Token::Other(".")) => words.qualifier(place).is_some_and(|name| {
            name.names(table)
                || aliases.iter().any(|it| name.names(it))
                || on_table && (name.names("new") || name.names("old"))
        }),
        Some(_) | None => match words.inserted_into(place) {
            Some(relation) => relation.names(table),
            None => bare || on_table && words.in_update_of(place),
        },
    };
    let mut renamed = String::with_capacity(text.len());
    let mut place = 0;
    for token in &all {
        if is_space(token) {
            renamed.push_str(token.text());
            continue;
        }
        if token.names(before) && !words.is_other(place) && belongs(place) {
            renamed.push_str(&respelled(token, after));
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
        let mut start = place;
        while start >= 2 && matches!(self.0[start - 1], Token::Other(".")) {
            start -= 2;
        }
        self.before(start)
    }

    /// Whether something other than a column stands here: a relation, a qualifier, an alias, the
    /// name of the object itself.
    fn is_other(&self, place: usize) -> bool {
        let qualifies = matches!(self.0.get(place + 1), Some(Token::Other(".")));
        let announced = self
            .announced_by(place)
            .is_some_and(|word| ANNOUNCE.iter().chain(&NAME_OTHERS).any(|it| word.names(it)));
        qualifies || announced || self.is_call(place)
    }

    /// The places of a relation of this name, with the word before each.
    fn places(&self, table: &str) -> impl Iterator<Item = (usize, &'t Token<'t>)> {
        let here = move |place: &usize| self.0[*place].names(table);
        (0..self.0.len()).filter(here).filter_map(|place| Some((place, self.announced_by(place)?)))
    }

    /// The aliases of the table.
    fn aliases(&self, table: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (place, announced_by) in self.places(table) {
            let listed = matches!(announced_by, Token::Other("," | "("));
            if !listed && !ANNOUNCE.iter().any(|it| announced_by.names(it)) {
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

    fn has_statement_on(&self, table: &str) -> bool {
        self.places(table).any(|(_, word)| ANNOUNCE.iter().any(|it| word.names(it)))
    }
}

/// What stands before a relation that a statement reads or writes.
const ANNOUNCE: [&str; 6] = ["from", "into", "join", "only", "update", "using"];

/// What stands before names of other kinds.
const NAME_OTHERS: [&str; 7] = ["as", "call", "function", "policy", "procedure", "trigger", "view"];

fn is_space(token: &Token<'_>) -> bool {
    token.text().trim().is_empty()
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

    fn view(text: &str) -> String {
        rename_column(text, "users", ("name", "title"), Unqualified::Any, false)
    }

    fn trigger(text: &str, on_table: bool) -> String {
        rename_column(text, "users", ("name", "title"), Unqualified::OfStatements, on_table)
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
}
