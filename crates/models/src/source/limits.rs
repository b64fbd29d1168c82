//! Limits on size and depth, checked before anything recurses over the source.
//!
//! A Rust parser recurses for each bracket, each `<`, and each operator in a row, so a
//! crafted file could overflow the stack. Attributes, doc comments among them, are a list,
//! and so are words in a row. The lexer does not recurse, so the depth is
//! measured on its tokens.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The largest file that is read, in bytes.
pub(crate) const LARGEST: usize = 8 << 20;

/// Nested brackets and generics: twice rustc's limit for macros.
const DEEPEST: usize = 256;

/// Tokens in a row without `;`, `,` or `{}`: each may be an operator.
const LONGEST: usize = 4000;

/// The stack that parsing needs within these limits, with a reserve.
pub(crate) const STACK: usize = 256 << 20;

/// Why tokens are not read, and where.
#[derive(Debug)]
pub(crate) struct TooDeep {
    pub(crate) span: Span,
    pub(crate) what: &'static str,
}

/// The state of a walk over nested groups.
struct Level {
    tokens: std::vec::IntoIter<TokenTree>,
    angles: usize,
    run: usize,
    braces: bool,
    /// The run before the attribute that began with the last token or two.
    before_attribute: Option<usize>,
    /// Whether the last token was a plain word: a second one continues no expression.
    word: bool,
}

impl Level {
    fn new(tokens: TokenStream, braces: bool) -> Self {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let tokens = tokens.into_iter();
        Self { tokens, angles: 0, run: 0, braces, before_attribute: None, word: false }
    }

    /// Counts one token; `last` is the one before it.
    fn count(&mut self, token: &TokenTree, last: char) {
        let began = self.before_attribute.take();
        let word = matches!(token, TokenTree::Ident(word) if !is_keyword(&word.to_string()));
        if word && std::mem::replace(&mut self.word, word) {
            self.run = 0;
        }
        self.word = word;
        let TokenTree::Punct(punct) = token else {
            let closes =
                matches!(token, TokenTree::Group(it) if it.delimiter() == Delimiter::Bracket);
            self.run = began.filter(|_| closes).unwrap_or(self.run + 1);
            return;
        };
        self.before_attribute = match punct.as_char() {
            '#' => Some(self.run),
            '!' => began,
            _ => None,
        };
        self.run += 1;
        match (last, punct.as_char()) {
            ('-' | '=', '>') => self.angles = if last == '=' { 0 } else { self.angles },
            (_, '<') => self.angles += 1,
            (_, '>') => self.angles = self.angles.saturating_sub(1),
            (_, ';') => (self.angles, self.run) = (0, 0),
            (_, ',') => self.run = 0,
            _ => {}
        }
    }
}

/// Checks that tokens can be parsed: nothing is nested deeper, or longer in a row, than a
/// parser with [`STACK`] can handle.
pub(crate) fn measure(tokens: TokenStream) -> Result<(), TooDeep> {
    let mut open = vec![Level::new(tokens, true)];
    let mut outer = 0;
    let mut last = ' ';
    while let Some(level) = open.last_mut() {
        let Some(token) = level.tokens.next() else {
            let closed = open.pop().is_some_and(|it| it.braces);
            if let Some(level) = open.last_mut() {
                outer -= level.angles;
                level.run = if closed && !follows(level) { 0 } else { level.run };
            }
            last = ' ';
            continue;
        };
        level.count(&token, last);
        last = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        let (angles, run) = (level.angles, level.run);
        if open.len() + outer + angles > DEEPEST {
            return Err(TooDeep { span: token.span(), what: "brackets or types" });
        }
        if run > LONGEST {
            return Err(TooDeep { span: token.span(), what: "operators" });
        }
        if let TokenTree::Group(group) = token {
            outer += angles;
            open.push(Level::new(group.stream(), group.delimiter() == Delimiter::Brace));
        }
    }
    Ok(())
}

/// Words that continue an expression or a type.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "as" | "async"
            | "await"
            | "box"
            | "break"
            | "const"
            | "dyn"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "move"
            | "mut"
            | "ref"
            | "return"
            | "static"
            | "unsafe"
            | "while"
            | "yield"
    )
}

/// Whether the tokens after a block continue it: `else`, `.`, an operator.
fn follows(level: &Level) -> bool {
    match level.tokens.as_slice().first() {
        Some(TokenTree::Ident(word)) => word == "else",
        Some(TokenTree::Punct(punct)) => punct.as_char() != '#',
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) | None => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn fits(text: &str) -> bool {
        measure(text.parse().unwrap()).is_ok()
    }

    #[test]
    fn depth_has_a_limit() {
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("Option<", ">")] {
            let nested = |depth: usize| open.repeat(depth) + "x" + &close.repeat(depth);
            assert!(fits(&nested(200)), "{open}");
            assert!(!fits(&nested(300)), "{open}");
        }
        assert!(!fits(&("Option<(".repeat(150) + "x" + &")>".repeat(150))));
        assert!(fits(&"Option<(A, B)>, ".repeat(1000)));
        assert!(fits(&"fn f() -> Vec<A> { a < b }".repeat(1000)));
        assert!(!fits(&("!".repeat(5000) + "x")));
        assert!(!fits(&"if a {} else ".repeat(2000)));
        assert!(fits(&"if a {} ".repeat(3000)));
        assert!(!fits(&("a as b".to_owned() + &" as c".repeat(5000))));
        assert!(!fits(&("return ".repeat(5000) + "x")));
    }

    #[test]
    fn what_is_flat_has_none() {
        assert!(fits(&("/// Text.\n".repeat(5000) + "struct A;")));
        assert!(fits(&("//! Text.\n".repeat(5000) + "struct A;")));
        assert!(fits(&("#[a] #[b(c)]\n".repeat(5000) + "struct A;")));
        assert!(fits(&format!("m! {{ {} }}", "X ".repeat(9000))));
        assert!(fits(&format!("m! {{ {} }}", "<p> hello world </p> ".repeat(3000))));
    }
}
