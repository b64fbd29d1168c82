//! Which statements fire a trigger, from the text of its definition.
//!
//! Sources: the pages "CREATE TRIGGER" of PostgreSQL's, SQLite's and MySQL's manuals: the
//! events are before ON, and columns after UPDATE OF.

use std::collections::BTreeSet;

use autogen_schema::{Change, QName, Trigger};

use crate::Dialect;
use crate::body::spelled;
use crate::scan::{Token, scan};

/// Whether a trigger fires for an UPDATE that sets one column. An UPDATE that sets
/// a column without changing it counts.
pub fn fires_on_update(dialect: Dialect, definition: &str, column: &str) -> bool {
    match updated(dialect, definition) {
        None => false,
        Some(columns) => {
            columns.is_empty() || columns.iter().any(|it| it.eq_ignore_ascii_case(column))
        }
    }
}

/// The columns after UPDATE OF; `None` if UPDATE is not an event.
fn updated(dialect: Dialect, definition: &str) -> Option<Vec<String>> {
    let mut tokens = scan(dialect, definition)
        .filter(Token::is_code)
        .take_while(|token| !token.is_word("on"))
        .skip_while(|token| !token.is_word("update"));
    tokens.next()?;
    let mut columns = tokens.peekable();
    if columns.next_if(|token| token.is_word("of")).is_none() {
        return Some(Vec::new());
    }
    let columns = columns.take_while(|token| !token.is_word("or"));
    Some(columns.filter(|it| !it.is_symbol(",")).map(|it| spelled(dialect, &it)).collect())
}

impl Dialect {
    /// The columns of its table that the declaration of a trigger names: after UPDATE OF, and
    /// those of NEW and OLD, as [`Dialect::mentioned_as`] spells them.
    pub fn trigger_columns(self, definition: &str) -> BTreeSet<String> {
        let tokens: Vec<Token<'_>> = scan(self, definition).filter(Token::is_code).collect();
        let of_row = tokens.windows(3).filter(|three| {
            (three[0].is_word("new") || three[0].is_word("old")) && three[1].is_symbol(".")
        });
        let listed = updated(self, definition).unwrap_or_default();
        of_row.map(|three| spelled(self, &three[2])).chain(listed).collect()
    }
}

/// The triggers that are dropped by a statement of their own although their table goes: on
/// SQLite, those that name another relation that goes. A statement on a third table fails
/// while a trigger names what is gone, and two triggers may name each other's tables.
#[derive(Debug)]
pub struct OwnDrops {
    dialect: Dialect,
    /// The relations that go, as [`Dialect::mentioned_as`] spells them.
    gone: BTreeSet<String>,
}

impl OwnDrops {
    /// Those of these changes.
    pub fn of(dialect: Dialect, changes: &[Change]) -> Self {
        let gone = if dialect.rereads_texts() { changes } else { &[] };
        let gone = gone.iter().flat_map(Change::gone_relations);
        Self { dialect, gone: gone.map(|name| dialect.mentioned_as(&name.name)).collect() }
    }

    /// Whether the trigger of the table is one of them.
    pub fn has(&self, on: &QName, trigger: &Trigger) -> bool {
        if self.gone.is_empty() {
            return false;
        }
        let own = self.dialect.mentioned_as(&on.name);
        let names = self.dialect.body_names(&trigger.definition);
        names.relations().any(|it| it != own && self.gone.contains(it))
    }
}

/// The action of a trigger for each row, without its order among others, which the server
/// reports separately.
pub fn trigger_body(dialect: Dialect, definition: &str) -> Option<&str> {
    let mut tokens = scan(dialect, definition).filter(Token::is_code).peekable();
    while !tokens.next()?.is_word("for") || !tokens.peek()?.is_word("each") {}
    let row = tokens.nth(1)?;
    let mut first = tokens.next()?;
    if row.is_word("row") && (first.is_word("follows") || first.is_word("precedes")) {
        first = tokens.nth(1)?;
    }
    definition.get(first.at..).filter(|_| row.is_word("row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        let body = |definition| trigger_body(Dialect::Mariadb, definition);
        assert_eq!(
            body(
                "create trigger `for each row` before insert on t for /* c */ each\nRow set @a = 'x'"
            ),
            Some("set @a = 'x'")
        );
        assert_eq!(
            body("CREATE TRIGGER g AFTER DELETE ON t FOR EACH ROW FOLLOWS `f` begin end"),
            Some("begin end")
        );
        assert_eq!(body("CREATE TRIGGER g AFTER DELETE ON t FOR EACH"), None);
    }

    #[test]
    fn events() {
        let fires = |definition| fires_on_update(Dialect::Postgres, definition, "n");
        assert!(fires("CREATE TRIGGER t BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE .."));
        assert!(fires("CREATE TRIGGER t AFTER UPDATE OF m, \"n\" ON a FOR EACH ROW EXECUTE .."));
        assert!(!fires("CREATE TRIGGER t AFTER UPDATE OF m OR DELETE ON n EXECUTE .."));
        assert!(!fires("CREATE TRIGGER \"update\" AFTER INSERT ON a EXECUTE FUNCTION update()"));
    }

    #[test]
    fn columns() {
        let text = "CREATE TRIGGER t AFTER UPDATE OF M, \"N\" OR DELETE ON a FOR EACH ROW \
                    WHEN (new.k <> OLD.\"L\") EXECUTE FUNCTION f('new.x', y)";
        let columns = Dialect::Postgres.trigger_columns(text);
        assert_eq!(columns.into_iter().collect::<Vec<_>>().join(" "), "L N k m");
    }
}
