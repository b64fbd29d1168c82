//! Which statements a trigger fires for, by the words of its definition.
//!
//! Sources: the pages "CREATE TRIGGER" of PostgreSQL's, SQLite's and MySQL's manuals:
//! the events stand before ON, and columns after UPDATE OF.

use crate::Dialect;
use crate::scan::{Token, scan, unquote};

/// Whether a trigger fires for an UPDATE that sets one column. An UPDATE that sets
/// a column without changing it counts.
pub fn fires_on_update(dialect: Dialect, definition: &str, column: &str) -> bool {
    let mut tokens = scan(dialect, definition)
        .filter(Token::is_code)
        .take_while(|token| !token.is_word("on"))
        .skip_while(|token| !token.is_word("update"));
    if tokens.next().is_none() {
        return false;
    }
    let mut columns = tokens.peekable();
    if columns.next_if(|token| token.is_word("of")).is_none() {
        return true;
    }
    columns
        .take_while(|token| !token.is_word("or"))
        .any(|token| unquote(token.text).eq_ignore_ascii_case(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events() {
        let fires = |definition| fires_on_update(Dialect::Postgres, definition, "n");
        assert!(fires("CREATE TRIGGER t BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE .."));
        assert!(fires("CREATE TRIGGER t AFTER UPDATE OF m, \"n\" ON a FOR EACH ROW EXECUTE .."));
        assert!(!fires("CREATE TRIGGER t AFTER UPDATE OF m OR DELETE ON n EXECUTE .."));
        assert!(!fires("CREATE TRIGGER \"update\" AFTER INSERT ON a EXECUTE FUNCTION update()"));
    }
}
