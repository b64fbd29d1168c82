//! `COMMENT ON ..`, for the kinds that files declare.

use autogen_schema::{QName, ViewKind};

use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};
use crate::scan::{Lexeme, unquote};

impl Declaring<'_> {
    pub(super) fn comment(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("comments")?;
        let start = at.clone();
        if at.words(&["MATERIALIZED", "VIEW"]) || at.word("VIEW") {
            let name = name(&mut at, "view")?;
            let text = text(&mut at)?;
            let Some(view) = self.declared.schema.views.get_mut(&name) else {
                return Err(unknown("view", &name.to_string()));
            };
            view.comment = text;
            return Ok(());
        }
        let routines = ["FUNCTION", "PROCEDURE", "AGGREGATE", "ROUTINE"];
        if routines.iter().any(|word| at.word(word)) {
            let after = {
                let mut ahead = at.clone();
                ahead.qname();
                ahead.parentheses();
                ahead
            };
            let comment = text(&mut after.clone())?;
            self.named_routine(&mut at)?.comment = comment;
            return Ok(());
        }
        if at.word("TRIGGER") {
            let (trigger, on, comment) = attached(&mut at, "trigger")?;
            let on = self.known_relation(&on, &format!("trigger {trigger}"))?;
            let triggers = self.declared.schema.triggers_mut(&on).into_iter().flatten();
            let found = triggers.into_iter().find(|it| it.name == trigger);
            found.ok_or_else(|| unknown("trigger", &trigger))?.comment = comment;
            return Ok(());
        }
        if at.word("POLICY") {
            let (policy, table, comment) = attached(&mut at, "policy")?;
            let table = self.declared.schema.table_mut(&table);
            let security = table.and_then(|table| table.row_security.as_mut());
            let policies = security.map(|it| &mut it.policies);
            let found = policies.into_iter().flatten().find(|it| it.name == policy);
            found.ok_or_else(|| unknown("policy", &policy))?.comment = comment;
            return Ok(());
        }
        if at.word("INDEX") {
            let index = name(&mut at, "index")?;
            let comment = text(&mut at)?;
            let views = self.declared.schema.views.values_mut();
            let kept = views.filter(|view| {
                view.kind == ViewKind::Materialized && view.name.schema == index.schema
            });
            let mut indexes = kept.flat_map(|view| &mut view.indexes);
            if let Some(found) = indexes.find(|it| it.name == index.name) {
                found.comment = comment;
                return Ok(());
            }
        }
        at = start.clone();
        if at.word("COLUMN") {
            let mut parts = at.dotted();
            let comment = text(&mut at)?;
            let column = parts.pop().unwrap_or_default();
            let relation = parts.pop().unwrap_or_default();
            let view = QName::new(parts.pop(), relation);
            if let Some(view) = self.declared.schema.views.get_mut(&view) {
                match comment {
                    Some(text) => view.column_comments.insert(column, text),
                    None => view.column_comments.remove(&column),
                };
                return Ok(());
            }
        }
        if self.typed_comment(start.clone())? {
            return Ok(());
        }
        Err(problem(
            UNKNOWN,
            format!("`COMMENT ON {}` is about an object that no file can declare", start.rest()),
            "comments of tables, columns, indexes and constraints belong in models",
        ))
    }
}

fn unknown(what: &str, name: &str) -> Problem {
    problem(
        ON_NOTHING,
        format!("no file declares the {what} {name}"),
        format!("correct the name, or declare the {what}"),
    )
}

/// `name ON table IS text`.
fn attached(at: &mut Cursor<'_>, what: &str) -> Result<(String, QName, Option<String>), Problem> {
    let object = name(at, what)?.name;
    at.word("ON");
    let on = name(at, "table")?;
    Ok((object, on, text(at)?))
}

/// `IS 'text'` or `IS NULL`, and nothing after it.
pub(super) fn text(at: &mut Cursor<'_>) -> Result<Option<String>, Problem> {
    let refused = |found: &str| {
        problem(UNKNOWN, format!("a comment is a text, and not `{found}`"), "write IS 'text'")
    };
    if !at.word("IS") {
        return Err(refused(at.rest()));
    }
    if at.word("NULL") && at.is_at_end() {
        return Ok(None);
    }
    let rest = at.rest();
    let token = at.skip().filter(|token| token.lexeme == Lexeme::Text && at.is_at_end());
    let text = token.and_then(|token| literal(token.text)).ok_or_else(|| refused(rest))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The value of a string literal of PostgreSQL.
pub(crate) fn literal(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix('$') {
        let tag = rest.find('$')? + 2;
        return text.get(tag..text.len().checked_sub(tag)?).map(str::to_owned);
    }
    if text.starts_with('\'') {
        return Some(unquote(text));
    }
    let inside = text.strip_prefix(['e', 'E'])?;
    let mut value = String::new();
    let body = unquote(inside);
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next()? {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            // Character codes can be written as the characters.
            'x' | 'u' | 'U' | '0'..='7' | 'b' | 'f' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}
