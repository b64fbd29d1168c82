//! Calls in SQL text, and which routine they may call.

use crate::Expr;
use crate::expr::{Token, tokens};

/// What a call shows of a routine: its name, and how many arguments it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Callee {
    name: String,
    least: usize,
    /// `None` for any number.
    most: Option<usize>,
}

impl Callee {
    /// The calls that may mean a routine, from its bare name, the types of its arguments, and the
    /// statement that creates it.
    pub fn new(name: &str, arguments: &str, definition: &str) -> Self {
        let parts = tokens(arguments);
        let head = Head::of(definition);
        // Databases without overloads do not store the argument types.
        let (taken, noted) = match arguments.trim() {
            "" => (0, head.is_empty),
            _some => (1 + commas(&parts), true),
        };
        let certain = noted && !head.is_murky && !head.takes_any;
        let least = if certain { taken.saturating_sub(head.defaults) } else { 0 };
        let most = (noted && !head.takes_any).then_some(taken);
        Self { name: name.to_owned(), least, most }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether every call of this name in the text certainly calls another routine of that name.
    pub fn is_ruled_out_by(&self, text: &str) -> bool {
        let parts = written(text);
        let mut found = false;
        for (at, token) in parts.iter().enumerate() {
            if token.names(&self.name) {
                let next = parts.get(at + 1).map(Token::text);
                let count = count(text, parts.get(at + 2..).unwrap_or_default());
                if next != Some("(") || count.is_none_or(|count| self.takes(count)) {
                    return false;
                }
                found = true;
            }
        }
        found
    }

    fn takes(&self, count: usize) -> bool {
        self.least <= count && self.most.is_none_or(|most| count <= most)
    }
}

impl Expr {
    /// Whether the expression may call this routine.
    pub fn calls(&self, callee: &Callee) -> bool {
        let parts = written(self.as_str());
        parts.windows(2).enumerate().any(|(at, pair)| match pair {
            [name, open] if name.names(&callee.name) && open.text() == "(" => {
                let count = count(self.as_str(), parts.get(at + 2..).unwrap_or_default());
                count.is_none_or(|count| callee.takes(count))
            }
            _other => false,
        })
    }
}

fn written(text: &str) -> Vec<Token<'_>> {
    tokens(text).into_iter().filter(|it| !it.text().trim().is_empty()).collect()
}

/// Whether the text may contain something that looks like code and is not.
fn is_murky(text: &str) -> bool {
    ["--", "/*", "$$", "\\"].iter().any(|mark| text.contains(mark))
}

/// The number of arguments before the closing parenthesis; `None` where it cannot be
/// determined.
fn count(text: &str, parts: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in parts.iter().enumerate() {
        match token.text() {
            "(" | "[" => depth += 1,
            ")" if depth == 0 => {
                let inside = parts.get(..at)?;
                let aggregates = |it: &Token<'_>| it.text().eq_ignore_ascii_case("order");
                let star = matches!(inside, [one] if one.text() == "*");
                if star || is_murky(text) || inside.iter().any(aggregates) {
                    return None;
                }
                return Some(if inside.is_empty() { 0 } else { 1 + commas(inside) });
            }
            ")" | "]" => depth = depth.checked_sub(1)?,
            _other => {}
        }
    }
    None
}

/// The commas outside of parentheses.
fn commas(parts: &[Token<'_>]) -> usize {
    let (mut depth, mut found) = (0_i32, 0);
    for token in parts {
        match token.text() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 0 => found += 1,
            _other => {}
        }
    }
    found
}

/// What the argument list of a `CREATE FUNCTION` declares.
struct Head {
    /// How many have a default.
    defaults: usize,
    /// Whether the last argument is variadic.
    takes_any: bool,
    /// Whether the list is empty.
    is_empty: bool,
    /// Whether it contains comments, or no list was found.
    is_murky: bool,
}

impl Head {
    fn of(definition: &str) -> Self {
        let parts = tokens(definition);
        let mut list = parts.iter().skip_while(|it| it.text() != "(").peekable();
        let is_murky = list.peek().is_none();
        let mut head = Self { defaults: 0, takes_any: false, is_empty: !is_murky, is_murky };
        let (mut depth, mut last) = (0_i32, "");
        for token in list {
            let text = token.text();
            head.is_murky |= matches!((last, text), ("-", "-") | ("/", "*"));
            head.takes_any |= text.eq_ignore_ascii_case("variadic");
            head.defaults += usize::from(text == "=" || text.eq_ignore_ascii_case("default"));
            depth += i32::from(text == "(") - i32::from(text == ")");
            if depth == 0 {
                break;
            }
            head.is_empty &= last.is_empty() || text.trim().is_empty();
            last = text;
        }
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callee(arguments: &str, definition: &str) -> Callee {
        Callee::new("f", arguments, definition)
    }

    fn one() -> Callee {
        callee("integer", "CREATE FUNCTION f(a integer) RETURNS integer AS $$select a = 1, 2$$")
    }

    #[test]
    fn calls_are_told_apart_by_the_number_of_arguments() {
        let two = callee("integer, text", "CREATE FUNCTION f(a integer, b text) RETURNS integer");
        let some = callee(
            "integer, text",
            "CREATE FUNCTION f(a integer, b text DEFAULT 'x)'::text) RETURNS integer",
        );
        let none = callee("", "CREATE FUNCTION f() RETURNS integer");
        let many = callee("integer[]", "CREATE FUNCTION f(VARIADIC a integer[]) RETURNS integer");
        let calls = |text: &str| -> Vec<bool> {
            [&one(), &two, &some, &none, &many].map(|it| Expr::new(text).calls(it)).to_vec()
        };
        assert_eq!(calls("f(x)"), [true, false, true, false, true]);
        assert_eq!(calls("1 + f( g(x, y), '(,' )"), [false, true, true, false, true]);
        assert_eq!(calls("s1.\"f\" ()"), [false, false, false, true, true]);
        assert_eq!(calls("f(ARRAY[1, 2])"), [true, false, true, false, true]);
        assert_eq!(calls("f > 1 AND ff(1)"), [false; 5]);
    }

    #[test]
    fn what_is_unclear_may_be_a_call() {
        let typeless = callee("", "CREATE FUNCTION f(a int) RETURNS int RETURN a");
        assert!(Expr::new("f(1)").calls(&typeless));
        for text in ["f(x /* , */)", "f(x", "f(*)", "f(E'\\', ')", "f(a ORDER BY b, c)", "f(x))("] {
            assert!(Expr::new(text).calls(&one()), "{text}");
        }
        let murky = callee("integer, text", "CREATE FUNCTION f(a integer, -- )\n b text = 'x')");
        assert!(Expr::new("f()").calls(&murky));
    }

    #[test]
    fn another_is_called_for_certain() {
        assert!(one().is_ruled_out_by("SELECT f(a, b), f() FROM t"));
        for text in ["SELECT f(a, b), f(a)", "SELECT f.a, f(a, b) FROM f", "SELECT 1", "f(a,b) --"]
        {
            assert!(!one().is_ruled_out_by(text), "{text}");
        }
    }

    #[test]
    fn calls_are_no_columns() {
        let expr = Expr::new(r#"score > s1."f" (score) + f"#);
        assert!(expr.calls(&one()));
        assert!(!Expr::new("f > 1").calls(&one()));
    }
}
