//! Statements as text: whether two are equivalent, what they name, and the removal of a
//! schema's name.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use autogen_schema::{Pair, QName, View, ViewKind};
use sqlparser::ast::{
    Ident, Query, Select, SelectItem, SetExpr, Statement, Visit, Visitor, visit_relations,
};
use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::Dialect;
use crate::mysql::event::Event;
use crate::scan::{Lexeme, Token, scan, unquote};

/// Words with another meaning when quoted.
pub(crate) const VALUES: [&str; 12] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "null",
    "session_user",
    "user",
];

impl Dialect {
    /// A word as the database reads it without quotes.
    pub(crate) fn fold(self, word: &str) -> String {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => word.to_owned(),
            Self::Postgres => word.to_ascii_lowercase(),
        }
    }

    /// A text with all its unquoted words folded.
    pub(crate) fn fold_text(self, text: &str) -> String {
        scan(self, text)
            .map(|token| match token.lexeme {
                Lexeme::Word => self.fold(token.text),
                Lexeme::Space
                | Lexeme::Comment
                | Lexeme::Text
                | Lexeme::Name
                | Lexeme::Number
                | Lexeme::Symbol => token.text.to_owned(),
            })
            .collect()
    }

    /// Whether the database treats two names as equal.
    pub(crate) fn same_name(self, left: &QName, right: &QName) -> bool {
        match self {
            Self::Sqlite => left.name.eq_ignore_ascii_case(&right.name),
            Self::Postgres | Self::Mysql | Self::Mariadb => left == right,
        }
    }

    /// Whether two statements differ only in white space, comments, the case of words, needless
    /// quotes, and `OR REPLACE`.
    pub fn same_statement(self, left: &str, right: &str) -> bool {
        left == right || self.normal(left).eq(self.normal(right))
    }

    /// Whether the existing object equals the other statement, whose original text is `written`.
    pub fn same_object(self, texts: Pair<&str>, written: &str) -> bool {
        let Pair { before, after } = texts;
        let event = |text| Event::read(self, text);
        if self.same_statement(before, after) {
            return true;
        }
        let Some(there) = event(before) else { return false };
        event(after)
            .zip(event(written))
            .is_some_and(|(after, written)| there.same(&after, &written))
    }

    /// The desired text of an object, with the parts of the existing one that were not written by
    /// anybody: the start of an event.
    pub fn going_on(self, there: &str, wanted: &str, written: &str) -> String {
        let event = |text| Event::read(self, text);
        let all = event(there).zip(event(wanted)).zip(event(written));
        all.map_or_else(
            || wanted.to_owned(),
            |((there, wanted), written)| wanted.going_on(&there, &written),
        )
    }

    /// A statement that creates an object; an event is created disabled.
    pub fn at_rest(self, statement: &str) -> String {
        Event::read(self, statement).map_or_else(|| statement.to_owned(), |it| it.at_rest())
    }

    /// An event that was created disabled, as it is desired.
    pub fn awake(self, text: &str, written: &str) -> String {
        let event = |text| Event::read(self, text);
        let both = event(text).zip(event(written));
        both.map_or_else(|| text.to_owned(), |(text, written)| text.awake(&written))
    }

    fn normal(self, text: &str) -> impl Iterator<Item = String> {
        let mut tokens: Vec<String> = scan(self, text)
            .filter(Token::is_code)
            .map(|token| match token.lexeme {
                Lexeme::Word => token.text.to_ascii_lowercase(),
                Lexeme::Name => self.normal_name(token.text),
                Lexeme::Text
                | Lexeme::Number
                | Lexeme::Symbol
                | Lexeme::Space
                | Lexeme::Comment => token.text.to_owned(),
            })
            .collect();
        if tokens.len() > 3 && tokens[..3] == ["create", "or", "replace"] {
            tokens.drain(1..3);
        }
        tokens.into_iter()
    }

    fn normal_name(self, quoted: &str) -> String {
        let name = unquote(quoted);
        let name = match self {
            Self::Sqlite => name.to_ascii_lowercase(),
            Self::Postgres | Self::Mysql | Self::Mariadb => name,
        };
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain && VALUES.binary_search(&name.as_str()).is_err() {
            return name;
        }
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// The trigger that a definition names in FOLLOWS or PRECEDES, which must exist when the
    /// trigger is created.
    pub fn trigger_neighbour(self, definition: &str) -> Option<String> {
        match self {
            Self::Sqlite | Self::Postgres => return None,
            Self::Mysql | Self::Mariadb => {}
        }
        let code: Vec<Token<'_>> = scan(self, definition).filter(Token::is_code).collect();
        let body = code.windows(3).position(|three| {
            let [each, row, order] = three else { return false };
            let order = order.is_word("FOLLOWS") || order.is_word("PRECEDES");
            each.is_word("EACH") && row.is_word("ROW") && order
        })?;
        let name = code.get(body + 3)?;
        Some(match name.lexeme {
            Lexeme::Name => unquote(name.text),
            Lexeme::Word
            | Lexeme::Text
            | Lexeme::Space
            | Lexeme::Comment
            | Lexeme::Number
            | Lexeme::Symbol => name.text.to_owned(),
        })
    }

    /// The names and words in a statement, as the database reads them. With `inside`, also those
    /// in its strings: the bodies of functions.
    pub fn words(self, text: &str, inside: bool) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for token in scan(self, text) {
            match token.lexeme {
                Lexeme::Word => {
                    words.insert(token.text.to_ascii_lowercase());
                }
                Lexeme::Name => {
                    let name = unquote(token.text);
                    words.insert(match self {
                        Self::Sqlite | Self::Mysql | Self::Mariadb => name.to_ascii_lowercase(),
                        Self::Postgres => name,
                    });
                }
                Lexeme::Text if inside => words.extend(self.words(body(token.text), false)),
                Lexeme::Text
                | Lexeme::Number
                | Lexeme::Symbol
                | Lexeme::Space
                | Lexeme::Comment => {}
            }
        }
        words
    }
}

/// What a statement names, as far as its text shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mentions {
    /// All names and words.
    pub words: BTreeSet<String>,
    /// What it reads from, if it could be parsed: names without schemas.
    pub relations: Option<BTreeSet<String>>,
    /// Whether it selects all columns of something (`*`).
    pub star: bool,
}

impl Dialect {
    /// What the query of a view names.
    pub fn view_mentions(self, definition: &str) -> Mentions {
        let query = self.query_of(definition);
        let words = self.words(definition, false);
        let statements = match self {
            Self::Sqlite => Parser::parse_sql(&SQLiteDialect {}, query),
            Self::Postgres => Parser::parse_sql(&PostgreSqlDialect {}, query),
            Self::Mysql | Self::Mariadb => Parser::parse_sql(&MySqlDialect {}, query),
        };
        let Ok(statements) = statements else {
            return Mentions { words, relations: None, star: true };
        };
        let mut relations = self.relations(&statements);
        for name in &self.common_tables(&statements) {
            relations.remove(name);
        }
        let mut head = scan(self, definition).filter(Token::is_code);
        if head.nth(1).is_some_and(|token| token.is_word("RECURSIVE")) {
            // It also names itself.
            let own = head.nth(1).map(|token| self.mentioned_as(&unquote(token.text)));
            relations.retain(|name| Some(name) != own.as_ref());
        }
        let star = takes_all(self, query);
        Mentions { words, relations: Some(relations), star }
    }

    /// The names that a parsed statement reads from.
    fn relations<V: Visit>(self, parsed: &V) -> BTreeSet<String> {
        let mut relations = BTreeSet::new();
        let _: ControlFlow<()> = visit_relations(parsed, |name| {
            if let Some(part) = name.0.last().and_then(|part| part.as_ident()) {
                relations.insert(self.identifier(part));
            }
            ControlFlow::Continue(())
        });
        relations
    }

    pub(crate) fn identifier(self, part: &Ident) -> String {
        match (self, part.quote_style) {
            (Self::Postgres, Some(_)) => part.value.clone(),
            (Self::Postgres, None) | (Self::Sqlite | Self::Mysql | Self::Mariadb, _) => {
                part.value.to_ascii_lowercase()
            }
        }
    }

    /// The names of `WITH` queries, except one whose own query reads a relation of that name.
    fn common_tables(self, statements: &Vec<Statement>) -> BTreeSet<String> {
        let mut collected = CommonTables { dialect: self, names: BTreeSet::new() };
        let _: ControlFlow<()> = Visit::visit(statements, &mut collected);
        collected.names
    }

    /// What any other statement names; with `inside`, also in the bodies of functions.
    pub fn mentions(self, statement: &str, inside: bool) -> Mentions {
        Mentions { words: self.words(statement, inside), relations: None, star: false }
    }

    /// Whether a view can be replaced in place.
    pub fn alters_view(self, view: Pair<&View>) -> bool {
        let Pair { before, after } = view;
        match self {
            Self::Sqlite => false,
            // `CREATE OR REPLACE VIEW` accepts any query.
            Self::Mysql | Self::Mariadb => true,
            Self::Postgres if before.kind != after.kind => false,
            Self::Postgres if before.definition == after.definition => true,
            Self::Postgres => {
                let columns = (before.columns.0.as_ref(), after.columns.0.as_ref());
                before.kind == ViewKind::Plain
                    && match columns {
                        (Some(before), Some(after)) => after.starts_with(before),
                        _ => self.appends_columns(&before.definition, &after.definition),
                    }
            }
        }
    }

    /// Whether a query has the columns of another, with more columns after them, as far as the
    /// text shows.
    fn appends_columns(self, before: &str, after: &str) -> bool {
        let select = |definition: &str| -> Option<Select> {
            let dialect = PostgreSqlDialect {};
            let statements = Parser::parse_sql(&dialect, self.query_of(definition)).ok()?;
            let Some(Statement::Query(query)) = statements.into_iter().next() else { return None };
            match *query.body {
                SetExpr::Select(select) => Some(*select),
                _other => None,
            }
        };
        let (Some(before), Some(after)) = (select(before), select(after)) else { return false };
        let named = |item: &SelectItem| {
            matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. })
        };
        before.from == after.from
            && after.projection.iter().all(named)
            && after.projection.starts_with(&before.projection)
    }

    /// Whether the database rejects a change of objects that views or routines depend on.
    pub fn binds_texts(self) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
            Self::Postgres => true,
        }
    }

    /// Whether a rename updates the texts of views and triggers. Otherwise they are broken until
    /// they are recreated.
    pub fn follows_renames(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether an object should exist until the text that names it is dropped. MySQL does not
    /// require it, and triggers that name each other's tables are common.
    pub fn texts_go_first(self) -> bool {
        match self {
            Self::Mysql | Self::Mariadb => false,
            Self::Sqlite | Self::Postgres => true,
        }
    }

    /// Whether columns can be dropped and objects renamed only while every view and trigger is
    /// valid.
    ///
    /// Source: <https://sqlite.org/lang_altertable.html>, "ALTER TABLE DROP COLUMN": the command
    /// fails if a view or trigger uses the column, which SQLite checks by parsing all of them.
    pub fn rereads_texts(self) -> bool {
        match self {
            Self::Sqlite => true,
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether the database stores views and the like in its own spelling.
    pub fn rewrites_texts(self) -> bool {
        match self {
            Self::Sqlite => false,
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
        }
    }

    /// A name in the spelling of [`Mentions`].
    pub fn mentioned_as(self, name: &str) -> String {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => name.to_ascii_lowercase(),
            Self::Postgres => name.to_owned(),
        }
    }

    /// The query behind a view's `AS`.
    fn query_of(self, definition: &str) -> &str {
        let mut depth = 0_usize;
        for token in scan(self, definition) {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && token.is_word("AS") {
                return definition[token.end()..].trim();
            }
        }
        definition
    }

    /// Whether the body of this routine is checked when it is created: then everything that it
    /// names must exist.
    pub fn checks_body(self, definition: &str) -> bool {
        match self {
            Self::Mysql | Self::Mariadb => return false,
            Self::Sqlite | Self::Postgres => {}
        }
        let tokens: Vec<Token<'_>> = scan(self, definition).filter(Token::is_code).collect();
        let language = tokens.windows(2).find(|pair| pair[0].is_word("LANGUAGE"));
        let atomic =
            tokens.windows(2).any(|pair| pair[0].is_word("BEGIN") && pair[1].is_word("ATOMIC"));
        atomic || language.is_none_or(|pair| unquote(pair[1].text).eq_ignore_ascii_case("sql"))
    }

    /// The part of a routine that the database tracks as dependencies: its head, and its body if
    /// that is stored parsed.
    pub fn routine_bonds(self, definition: &str) -> String {
        let tokens: Vec<Token<'_>> = scan(self, definition).filter(Token::is_code).collect();
        let code = tokens.windows(2).any(|pair| {
            pair[0].is_word("RETURN") || (pair[0].is_word("BEGIN") && pair[1].is_word("ATOMIC"))
        });
        if code { definition.to_owned() } else { self.routine_head(definition) }
    }

    /// The text before a routine's options: its arguments and its result. If both are equal, the
    /// routine can be replaced in place.
    pub fn routine_head(self, definition: &str) -> String {
        let options = [
            "AS",
            "LANGUAGE",
            "IMMUTABLE",
            "STABLE",
            "VOLATILE",
            "LEAKPROOF",
            "CALLED",
            "STRICT",
            "SECURITY",
            "EXTERNAL",
            "PARALLEL",
            "COST",
            "ROWS",
            "SUPPORT",
            "SET",
            "WINDOW",
            "TRANSFORM",
            "RETURN",
            "BEGIN",
            "NOT",
        ];
        let mut depth = 0_usize;
        let mut end = definition.len();
        for token in scan(self, definition) {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && options.iter().any(|word| token.is_word(word)) {
                end = token.at;
                break;
            }
        }
        definition[..end].trim().to_owned()
    }
}

/// Whether a star means columns, and not rows or a product.
fn takes_all(dialect: Dialect, query: &str) -> bool {
    let tokens: Vec<Token<'_>> = scan(dialect, query).filter(Token::is_code).collect();
    tokens.windows(2).any(|pair| {
        let first = ["SELECT", "DISTINCT", "ALL"].iter().any(|word| pair[0].is_word(word));
        let next = pair[0].is_symbol(",") || pair[0].is_symbol(".");
        pair[1].is_symbol("*") && (first || next)
    })
}

struct CommonTables {
    dialect: Dialect,
    names: BTreeSet<String>,
}

impl Visitor for CommonTables {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            for table in &with.cte_tables {
                let name = self.dialect.identifier(&table.alias.name);
                let read = self.dialect.relations(&*table.query);
                if with.recursive || !read.contains(&name) {
                    self.names.insert(name);
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// The text between the quotes of a string.
pub(crate) fn body(text: &str) -> &str {
    let Some(open) = text.find(['\'', '$']) else { return text };
    if text[open..].starts_with('$') {
        let tag = text[open + 1..].find('$').map_or(1, |at| at + 2);
        return text.get(open + tag..text.len().saturating_sub(tag)).unwrap_or_default();
    }
    text.get(open + 1..text.len() - 1).unwrap_or_default()
}

/// The text without a schema before the names in it.
pub fn without_schema(dialect: Dialect, text: &str, schema: &str) -> String {
    qualified(dialect, text, |found| (found == schema).then(String::new))
}

/// The text with other schemas before the names in it: `other` returns the replacement for a
/// schema, including the dot.
pub fn qualified(dialect: Dialect, text: &str, other: impl Fn(&str) -> Option<String>) -> String {
    let tokens: Vec<Token<'_>> = scan(dialect, text).collect();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_name = |it: &Token<'_>| it.lexeme == Lexeme::Word || it.lexeme == Lexeme::Name;
        let qualifies = is_name(token)
            && tokens.get(at + 1).is_some_and(|next| next.is_symbol("."))
            && tokens.get(at + 2).is_some_and(is_name)
            && (at == 0 || !tokens[at - 1].is_symbol("."));
        let schema = match token.lexeme {
            Lexeme::Word => dialect.fold(token.text),
            Lexeme::Name
            | Lexeme::Text
            | Lexeme::Number
            | Lexeme::Symbol
            | Lexeme::Space
            | Lexeme::Comment => unquote(token.text),
        };
        match other(&schema).filter(|_| qualifies) {
            Some(instead) => {
                result.push_str(&instead);
                at += 2;
            }
            None => {
                result.push_str(token.text);
                at += 1;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_say_the_same() {
        let same = |left, right| Dialect::Postgres.same_statement(left, right);
        assert!(same(
            "CREATE VIEW v AS SELECT 1",
            "create or replace view \"v\" as -- x\n select 1"
        ));
        assert!(!same("CREATE VIEW v AS SELECT 'a'", "CREATE VIEW v AS SELECT 'A'"));
        assert!(!same("CREATE VIEW v AS SELECT user", "CREATE VIEW v AS SELECT \"user\""));
        assert!(!same("CREATE VIEW v AS SELECT a", "CREATE VIEW v AS SELECT \"A\""));
        assert!(
            Dialect::Sqlite
                .same_statement("CREATE VIEW v AS SELECT [A]", "create view V as select a")
        );
        assert!(VALUES.is_sorted());
    }

    #[test]
    fn a_schema_goes_out_of_a_text() {
        let without = |text| without_schema(Dialect::Postgres, text, "public");
        assert_eq!(
            without("CREATE VIEW Public.v AS SELECT a.public.x, 'public.y' FROM \"public\".t"),
            "CREATE VIEW v AS SELECT a.public.x, 'public.y' FROM t"
        );
    }

    #[test]
    fn what_a_view_reads() {
        let read = |query: &str| {
            let definition = format!("CREATE VIEW v AS {query}");
            let relations = Dialect::Postgres.view_mentions(&definition).relations;
            relations.map(|it| it.into_iter().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(
            read("select a.x from s.A join \"B\" on true where exists (select from c)").as_deref(),
            Some("B a c")
        );
        assert_eq!(read("with x as (select 1 from t) select * from x").as_deref(), Some("t"));
        assert_eq!(read("with t as (select 1 from t) select * from t").as_deref(), Some("t"));
        assert_eq!(read("selec nothing"), None);
        let star = |query| takes_all(Dialect::Postgres, query);
        assert!(star("select * from t") && star("select a, t.* from t"));
        assert!(!star("select count(*), a * b from t"));
    }

    #[test]
    fn words_of_bodies() {
        let text = "CREATE FUNCTION f() RETURNS int AS $x$ select A from \"T\" $x$";
        assert!(!Dialect::Postgres.words(text, false).contains("a"));
        assert!(Dialect::Postgres.words(text, true).contains("a"));
        assert!(Dialect::Postgres.words(text, true).contains("T"));
    }
}
