//! `macro_rules!`: the project's own macros, expanded as by the compiler.
//!
//! An uncertain expansion is not made; the call is listed as unread.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};

/// More tokens than a real macro call or expansion has.
const LARGEST: usize = 50_000;

/// How much one call and its expansion may look at, in tokens.
const MOST_LOOKS: usize = 2_000_000;

/// The limit for all expansions of a project together: macros that call themselves twice
/// would never end.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Expansions.
    calls: usize,
    /// Tokens produced.
    tokens: usize,
    /// Tokens examined.
    looks: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { calls: 5_000, tokens: 1_000_000, looks: 8_000_000 }
    }
}

/// A macro: its rules in order.
#[derive(Debug)]
pub(crate) struct Rules(Vec<(Vec<Pattern>, TokenStream)>);

#[derive(Debug)]
enum Pattern {
    Token(TokenTree),
    Group(Delimiter, Vec<Pattern>),
    Fragment(String, String),
    Repeat { inner: Vec<Pattern>, separator: Option<TokenTree>, most_once: bool, least_once: bool },
}

/// The value of a name: tokens, or one value for each repetition.
#[derive(Debug, Clone)]
enum Bound {
    Tokens(Vec<TokenTree>),
    Several(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

/// What names stand for in one round of a body.
type Scope<'a> = BTreeMap<&'a str, &'a Bound>;

impl Rules {
    /// Reads the body of `macro_rules! name { .. }`.
    pub(crate) fn read(tokens: TokenStream) -> Option<Self> {
        let mut rules = Vec::new();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [
            TokenTree::Group(matcher),
            TokenTree::Punct(a),
            TokenTree::Punct(b),
            TokenTree::Group(body),
            tail @ ..,
        ] = rest
        {
            if (a.as_char(), b.as_char()) != ('=', '>') {
                return None;
            }
            rules.push((patterns(matcher.stream())?, body.stream()));
            rest = match tail {
                [TokenTree::Punct(end), tail @ ..] if end.as_char() == ';' => tail,
                tail => tail,
            };
        }
        rest.is_empty().then_some(Self(rules))
    }

    /// The expansion of a call, with every token of the macro itself located at `span`. `home` is
    /// the meaning of `$crate`.
    pub(crate) fn expand(
        &self,
        call: TokenStream,
        home: &str,
        span: Span,
        budget: &mut Budget,
    ) -> Option<TokenStream> {
        budget.calls = budget.calls.checked_sub(1)?;
        let looks = MOST_LOOKS.min(budget.looks);
        let mut matching = Matching { looks_left: looks };
        let (body, bindings) = self.matching(call, &mut matching);
        let left = LARGEST.min(budget.tokens);
        let mut writing = Writing { home, span, left, looks_left: matching.looks_left };
        let scope = bindings.iter().map(|(name, bound)| (name.as_str(), bound)).collect();
        let written = body.and_then(|it| writing.body(it.clone(), &scope));
        budget.looks -= looks - writing.looks_left;
        budget.tokens -= left - writing.left;
        written
    }

    /// The body of the first rule that matches a call, and the values of its names.
    fn matching(
        &self,
        call: TokenStream,
        matching: &mut Matching,
    ) -> (Option<&TokenStream>, Bindings) {
        let tokens: Vec<TokenTree> = call.into_iter().collect();
        for (patterns, body) in &self.0 {
            let mut bindings = Bindings::new();
            if tokens.len() < LARGEST
                && matching.all(patterns, &tokens, &mut bindings) == Some(tokens.len())
            {
                return (Some(body), bindings);
            }
            if matching.looks_left == 0 {
                break;
            }
        }
        (None, Bindings::new())
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// Whether a token is the one that a pattern has; those are no groups.
fn is_same(token: Option<&TokenTree>, wanted: &TokenTree) -> bool {
    let Some(token) = token.filter(|it| !matches!(it, TokenTree::Group(_))) else { return false };
    token.to_string() == wanted.to_string()
}

/// Takes from what is left; `None` where that is not enough, and then nothing is left.
fn spend(left: &mut usize, count: usize) -> Option<()> {
    let rest = left.checked_sub(count);
    *left = rest.unwrap_or(0);
    rest.map(|_| ())
}

fn patterns(tokens: TokenStream) -> Option<Vec<Pattern>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if !is_punct(Some(token), '$') {
            found.push(match token {
                TokenTree::Group(group) => {
                    Pattern::Group(group.delimiter(), patterns(group.stream())?)
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    Pattern::Token(token.clone())
                }
            });
            continue;
        }
        match (tokens.get(at)?, tokens.get(at + 1), tokens.get(at + 2)) {
            (TokenTree::Ident(name), colon, Some(TokenTree::Ident(kind)))
                if is_punct(colon, ':') =>
            {
                found.push(Pattern::Fragment(name.to_string(), kind.to_string()));
                at += 3;
            }
            (TokenTree::Group(group), _, _) if group.delimiter() == Delimiter::Parenthesis => {
                let (separator, operator, used) = repetition(&tokens[at + 1..])?;
                found.push(Pattern::Repeat {
                    inner: patterns(group.stream())?,
                    separator,
                    most_once: operator == '?',
                    least_once: operator == '+',
                });
                at += 1 + used;
            }
            _ => return None,
        }
    }
    Some(found)
}

/// What follows `$( .. )`: an optional separator and an operator.
fn repetition(tokens: &[TokenTree]) -> Option<(Option<TokenTree>, char, usize)> {
    let operator = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Punct(it)) if "*+?".contains(it.as_char()) => Some(it.as_char()),
        Some(_) | None => None,
    };
    if let Some(found) = operator(tokens.first()) {
        return Some((None, found, 1));
    }
    Some((tokens.first().cloned(), operator(tokens.get(1))?, 2))
}

struct Matching {
    looks_left: usize,
}

impl Matching {
    /// How many tokens all the patterns match, in order.
    fn all(
        &mut self,
        patterns: &[Pattern],
        tokens: &[TokenTree],
        bindings: &mut Bindings,
    ) -> Option<usize> {
        let mut at = 0;
        for pattern in patterns {
            at += self.one(pattern, tokens.get(at..)?, bindings)?;
        }
        Some(at)
    }

    fn one(
        &mut self,
        pattern: &Pattern,
        tokens: &[TokenTree],
        bindings: &mut Bindings,
    ) -> Option<usize> {
        spend(&mut self.looks_left, 1)?;
        match pattern {
            Pattern::Token(wanted) => is_same(tokens.first(), wanted).then_some(1),
            Pattern::Group(delimiter, inner) => {
                let Some(TokenTree::Group(group)) = tokens.first() else { return None };
                if group.delimiter() != *delimiter {
                    return None;
                }
                let content: Vec<TokenTree> = group.stream().into_iter().collect();
                spend(&mut self.looks_left, content.len())?;
                (self.all(inner, &content, bindings)? == content.len()).then_some(1)
            }
            Pattern::Fragment(name, kind) => {
                let taken = self.fragment(kind, tokens)?;
                let found = Bound::Tokens(tokens.get(..taken)?.to_vec());
                bindings.insert(name.clone(), found);
                Some(taken)
            }
            Pattern::Repeat { inner, separator, most_once, least_once } => {
                let mut rounds: Vec<Bindings> = Vec::new();
                let mut at = 0;
                while !*most_once || rounds.is_empty() {
                    let mut begin = at;
                    if let Some(separator) = separator.as_ref().filter(|_| !rounds.is_empty()) {
                        if !is_same(tokens.get(begin), separator) {
                            break;
                        }
                        begin += 1;
                    }
                    let mut round = Bindings::new();
                    match self.all(inner, tokens.get(begin..)?, &mut round) {
                        Some(taken) if taken > 0 => at = begin + taken,
                        Some(_) | None => break,
                    }
                    rounds.push(round);
                }
                if *least_once && rounds.is_empty() {
                    return None;
                }
                gather(inner, rounds, bindings);
                Some(at)
            }
        }
    }

    /// How many tokens a fragment matches.
    fn fragment(&mut self, kind: &str, tokens: &[TokenTree]) -> Option<usize> {
        let first = tokens.first();
        match (kind, first) {
            ("tt", Some(TokenTree::Punct(punct))) if punct.as_char() == '\'' => Some(2),
            ("tt", Some(_)) => Some(1),
            ("ident", Some(TokenTree::Ident(word))) => (word != "_").then_some(1),
            ("lifetime", _) => is_punct(first, '\'').then_some(2),
            ("block", Some(TokenTree::Group(group))) => {
                (group.delimiter() == Delimiter::Brace).then_some(1)
            }
            ("literal", _) => self.parsed::<syn::Lit>(tokens).or_else(|| {
                let negative = is_punct(first, '-');
                let number = matches!(tokens.get(1), Some(TokenTree::Literal(_)));
                (negative && number).then_some(2)
            }),
            ("ty", _) => self.parsed::<syn::Type>(tokens),
            ("expr" | "expr_2021", _) => self.parsed::<syn::Expr>(tokens),
            ("path", _) => self.parsed::<syn::Path>(tokens),
            ("vis", _) => self.parsed::<syn::Visibility>(tokens),
            ("meta", _) => self.parsed::<syn::Meta>(tokens),
            ("item", _) => self.parsed::<syn::Item>(tokens),
            _ => None,
        }
    }

    fn parsed<T: Parse>(&mut self, tokens: &[TokenTree]) -> Option<usize> {
        spend(&mut self.looks_left, tokens.len() + 1)?;
        let ahead = |input: ParseStream<'_>| {
            input.parse::<T>()?;
            input.parse::<TokenStream>()
        };
        let rest = ahead.parse2(tokens.iter().cloned().collect()).ok()?;
        tokens.len().checked_sub(rest.into_iter().count())
    }
}

/// Combines the bindings of a repetition's rounds.
fn gather(inner: &[Pattern], mut rounds: Vec<Bindings>, bindings: &mut Bindings) {
    let mut names = Vec::new();
    named(inner, &mut names);
    for name in names {
        let found = rounds.iter_mut().filter_map(|round| round.remove(&name)).collect();
        bindings.insert(name, Bound::Several(found));
    }
}

fn named(patterns: &[Pattern], names: &mut Vec<String>) {
    for pattern in patterns {
        match pattern {
            Pattern::Token(_) => {}
            Pattern::Group(_, inner) | Pattern::Repeat { inner, .. } => named(inner, names),
            Pattern::Fragment(name, _) => names.push(name.clone()),
        }
    }
}

struct Writing<'a> {
    home: &'a str,
    span: Span,
    /// Tokens that may still be written.
    left: usize,
    looks_left: usize,
}

impl Writing<'_> {
    fn body(&mut self, body: TokenStream, scope: &Scope<'_>) -> Option<TokenStream> {
        let tokens: Vec<TokenTree> = body.into_iter().collect();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            spend(&mut self.looks_left, 1)?;
            if is_punct(Some(token), '$') {
                at += self.dollar(&tokens[at..], scope, &mut out)?;
                continue;
            }
            out.push(self.own(token, scope)?);
            spend(&mut self.left, 1)?;
        }
        Some(out.into_iter().collect())
    }

    /// A token of the macro itself, at the place of the call.
    fn own(&mut self, token: &TokenTree, scope: &Scope<'_>) -> Option<TokenTree> {
        let mut token = match token {
            TokenTree::Group(group) => {
                let inner = self.body(group.stream(), scope)?;
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => token.clone(),
        };
        token.set_span(self.span);
        Some(token)
    }

    /// Expands what follows a `$`; returns how many tokens were used.
    fn dollar(
        &mut self,
        tokens: &[TokenTree],
        scope: &Scope<'_>,
        out: &mut Vec<TokenTree>,
    ) -> Option<usize> {
        match tokens.first()? {
            TokenTree::Ident(word) if word == "crate" => {
                out.push(TokenTree::Ident(Ident::new(self.home, self.span)));
                Some(1)
            }
            TokenTree::Ident(word) => {
                let Bound::Tokens(found) = scope.get(word.to_string().as_str())? else {
                    return None;
                };
                spend(&mut self.left, found.len())?;
                out.extend(found.iter().cloned());
                Some(1)
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let (separator, _, taken) = repetition(&tokens[1..])?;
                let mut names = Vec::new();
                used(group.stream(), &mut names);
                spend(&mut self.looks_left, names.len())?;
                for at in 0..rounds(&names, scope)? {
                    if at > 0 {
                        out.extend(separator.clone());
                    }
                    spend(&mut self.looks_left, names.len())?;
                    out.extend(self.body(group.stream(), &round(&names, scope, at))?);
                    spend(&mut self.left, 1)?;
                }
                Some(1 + taken)
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        }
    }
}

/// How many rounds a repetition in a body has: all names in it that repeat do so
/// equally often.
fn rounds(names: &[String], scope: &Scope<'_>) -> Option<usize> {
    let mut counts = names.iter().filter_map(|name| match scope.get(name.as_str()) {
        Some(Bound::Several(all)) => Some(all.len()),
        Some(Bound::Tokens(_)) | None => None,
    });
    let count = counts.next()?;
    counts.all(|it| it == count).then_some(count)
}

/// What these names stand for in one of the rounds.
fn round<'a>(names: &'a [String], scope: &Scope<'a>, at: usize) -> Scope<'a> {
    let bound = |name: &'a String| match *scope.get(name.as_str())? {
        Bound::Several(all) => Some((name.as_str(), all.get(at)?)),
        one @ Bound::Tokens(_) => Some((name.as_str(), one)),
    };
    names.iter().filter_map(bound).collect()
}

/// The names after each `$`, at any depth.
fn used(tokens: TokenStream, names: &mut Vec<String>) {
    let mut dollar = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(word) if dollar => names.push(word.to_string()),
            TokenTree::Group(group) => used(group.stream(), names),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        dollar = is_punct(Some(&token), '$');
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn expands(rules: &str, call: &str, expected: &str) {
        let rules = Rules::read(rules.parse().unwrap()).unwrap();
        let found =
            rules.expand(call.parse().unwrap(), "crate", Span::call_site(), &mut Budget::default());
        let expected: TokenStream = expected.parse().unwrap();
        let bare = |it: TokenStream| it.to_string().replace(char::is_whitespace, "");
        assert_eq!(found.map(bare), Some(bare(expected)));
    }

    #[test]
    fn rules_fragments_and_repetitions() {
        expands("($a:ident) => { struct $a; };", "X", "struct X;");
        expands("() => { a }; ($a:ty) => { b($a) }", "Vec<u8>", "b(Vec<u8>)");
        expands(
            "($($n:ident: $t:ty),* $(,)?) => { $(pub $n: Option<$t>,)* }",
            "a: i32, b: Vec<(u8, u8)>,",
            "pub a: Option<i32>, pub b: Option<Vec<(u8, u8)>>,",
        );
        expands(
            "($v:vis mod $n:ident { $($(#[$m:meta])* $f:ident = $l:literal;)+ }) \
             => { $v mod $n { $($(#[$m])* const $f: i8 = $l;)+ } }",
            "pub(crate) mod m { #[doc = \"x\"] A = 1; B = -2; }",
            "pub(crate) mod m { #[doc = \"x\"] const A: i8 = 1; const B: i8 = -2; }",
        );
        expands(
            "($($t:ident [$($c:ident)*])*) => { $($($t.$c;)*)* }",
            "a [b c] d [e]",
            "a.b; a.c; d.e;",
        );
        expands(
            "($p:path, $e:expr) => { $crate::f::<$p>($e) }",
            "a::b, 1 + 2",
            "crate::f::<a::b>(1 + 2)",
        );
        expands("($i:item) => { $i }", "struct A { b: u8 }", "struct A { b: u8 }");
    }

    #[test]
    fn what_is_not_certain_has_no_expansion() {
        let rules = Rules::read("($($a:ident)* ; $($b:ident)*) => { $($a $b)* }".parse().unwrap());
        let call = |text: &str| {
            rules.as_ref().unwrap().expand(
                text.parse().unwrap(),
                "crate",
                Span::call_site(),
                &mut Budget::default(),
            )
        };
        assert!(call("a b; c").is_none());
        assert!(call("a b; c d").is_some());
        assert!(call("1").is_none());
        assert!(Rules::read("($a:ident) = { }".parse().unwrap()).is_none());
    }

    /// A round costs its own tokens, and not those of all rounds: this took a minute.
    #[test]
    fn work_grows_with_the_call() {
        let rules = Rules::read("($($t:tt)*) => { e! { $($t)* } }".parse().unwrap()).unwrap();
        let looks = |count: usize| {
            let mut budget = Budget::default();
            let before = budget.looks;
            let call = "struct X ; ".repeat(count).parse().unwrap();
            assert!(rules.expand(call, "crate", Span::call_site(), &mut budget).is_some());
            before - budget.looks
        };
        let started = std::time::Instant::now();
        assert!(looks(8_000) <= 8 * looks(1_000) && looks(1_000) > 3_000);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    /// What grows without end stops at what a project may take.
    #[test]
    fn the_budget_ends() {
        let rules = Rules::read("($($t:tt)*) => { $($t)* $($t)* }".parse().unwrap()).unwrap();
        let mut budget = Budget::default();
        let mut call: TokenStream = "a".parse().unwrap();
        let mut rounds = 0;
        while let Some(found) = rules.expand(call, "crate", Span::call_site(), &mut budget) {
            call = found;
            rounds += 1;
        }
        assert_eq!(rounds, 14);
        let empty = Rules::read("($($v:vis;)*) => { $($v $v $v $v)* }".parse().unwrap()).unwrap();
        let call: TokenStream = ";".repeat(1_000).parse().unwrap();
        let mut calls = 0;
        while empty.expand(call.clone(), "crate", Span::call_site(), &mut budget).is_some() {
            calls += 1;
        }
        assert!(calls < 100, "{calls}");
    }
}
