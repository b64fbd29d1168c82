//! Normalizes expressions on MySQL and MariaDB: through temporary tables, which are private
//! and end no transaction, and their `SHOW CREATE TABLE`. This needs the right to create
//! temporary tables.

use std::collections::BTreeMap;

use autogen_dialect::{Answer, Dialect, ExpressionRole, Question, is_one_statement};
use autogen_schema::{Column, ColumnType, GeneratedStorage, QName, Table};
use sea_orm::sqlx;

use super::{MORE, PREFIX, one_expression, temporary_tables};
use crate::LiveError;
use crate::error::server_words;
use crate::introspect::mysql::{catalog_default, expr};
use crate::session::Session;

const DOING: &str = "asking how the server writes expressions";

pub(super) async fn ask(
    session: &mut Session,
    questions: &[Question],
) -> Result<Vec<Answer>, LiveError> {
    let dialect = session.dialect();
    // A table that cannot be dropped is dropped with the session.
    session.set_unfinished(true);
    let names = temporary_tables(questions);
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    let mut open: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        match one_expression(dialect, &question.expr) {
            Ok(_) => open.entry(&question.table.name).or_default().push(at),
            Err(reason) => {
                answers.insert(at, Err(reason));
            }
        }
    }
    let together: Vec<(&str, Vec<usize>)> = open
        .into_iter()
        .filter_map(|(name, asked)| Some((names.get(name)?.as_str(), asked)))
        .collect();
    if !all_at_once(session, questions, &together, &mut answers).await? {
        // Something is rejected: find out what, one by one.
        for (name, asked) in &together {
            for at in asked {
                let answer = alone(session, questions, name, *at).await?;
                answers.insert(*at, answer);
            }
        }
    }
    session.set_unfinished(false);
    let none = || Err("the server gives no answer".to_owned());
    Ok((0..questions.len()).map(|at| answers.remove(&at).unwrap_or_else(none)).collect())
}

/// Sends everything in one request; `false` if something is rejected.
async fn all_at_once(
    session: &mut Session,
    questions: &[Question],
    together: &[(&str, Vec<usize>)],
    answers: &mut BTreeMap<usize, Answer>,
) -> Result<bool, LiveError> {
    let dialect = session.dialect();
    let mut statements = Vec::new();
    for (name, asked) in together {
        let create = create_table(dialect, questions, name, asked);
        if !is_one_statement(dialect, &create) {
            return Ok(false);
        }
        statements.push(create);
        statements.push(format!("show create table {}", dialect.quote(name)));
        statements.push(drop_table(dialect, name));
    }
    match session.rows(&statements.join(";\n")).await {
        Ok(rows) => {
            let shown = rows.into_iter().filter_map(|row| row.into_iter().nth(1).flatten());
            for ((_, asked), shown) in together.iter().zip(shown) {
                for at in asked {
                    if let Some(question) = questions.get(*at) {
                        answers.insert(*at, answer(dialect, &shown, *at, question));
                    }
                }
            }
            Ok(true)
        }
        Err(sqlx::Error::Database(_)) => {
            // The tables that were created before the rejection.
            let all: Vec<String> = together.iter().map(|(it, _)| drop_table(dialect, it)).collect();
            let dropped = session.run(&all.join(";\n")).await;
            dropped.map_err(|error| session.error(DOING, &error))?;
            Ok(false)
        }
        Err(error) => Err(session.error(DOING, &error)),
    }
}

/// Sends one question.
async fn alone(
    session: &mut Session,
    questions: &[Question],
    name: &str,
    at: usize,
) -> Result<Answer, LiveError> {
    let dialect = session.dialect();
    let Some(question) = questions.get(at) else { return Ok(Err("no such question".to_owned())) };
    let create = create_table(dialect, questions, name, &[at]);
    if !is_one_statement(dialect, &create) {
        return Ok(Err(MORE.to_owned()));
    }
    let statements = [create, format!("show create table {}", dialect.quote(name))];
    let found = session.rows(&statements.join(";\n")).await;
    let given = match found {
        Ok(rows) => {
            let shown = rows.into_iter().filter_map(|row| row.into_iter().nth(1).flatten()).next();
            answer(dialect, &shown.unwrap_or_default(), at, question)
        }
        Err(error @ sqlx::Error::Database(_)) => Err(server_words(&error)),
        Err(error) => return Err(session.error(DOING, &error)),
    };
    let dropped = session.run(&drop_table(dialect, name)).await;
    dropped.map_err(|error| session.error(DOING, &error))?;
    Ok(given)
}

pub(super) fn drop_table(dialect: Dialect, name: &str) -> String {
    format!("drop temporary table if exists {}", dialect.quote(name))
}

/// A table with the columns that expressions may read, and the questions.
pub(super) fn create_table(
    dialect: Dialect,
    questions: &[Question],
    name: &str,
    asked: &[usize],
) -> String {
    let asked = asked.iter().filter_map(|at| Some((*at, questions.get(*at)?)));
    let asked: Vec<(usize, &Question)> = asked.collect();
    let table = asked.first().map(|(_, question)| &question.table);
    let columns = table.into_iter().flat_map(|table| &table.columns);
    let mut parts: Vec<String> = columns.map(|it| plain_column(dialect, it)).collect();
    parts.extend(asked.iter().map(|(at, question)| part(dialect, *at, question)));
    format!("create temporary table {} (\n{}\n)", dialect.quote(name), parts.join(",\n"))
}

/// A column for expressions to read: plain, even if it is auto-increment or generated.
fn plain_column(dialect: Dialect, column: &Column) -> String {
    let collation = column.collation.as_deref().map(|it| format!(" collate {it}"));
    let (name, data_type) = (dialect.quote(&column.name), dialect.render_type(&column.data_type));
    format!("{name} {data_type}{} null", collation.unwrap_or_default())
}

fn part(dialect: Dialect, at: usize, question: &Question) -> String {
    let name = format!("{PREFIX}{at}");
    let expr = question.expr.as_str();
    let of = |column: &str| column_of(dialect, &question.table, column);
    match &question.role {
        ExpressionRole::Default { column } => format!("{name} {} default ({expr})", of(column)),
        ExpressionRole::Generated { column } => {
            let generated = question.table.column(column).and_then(|it| it.generated.as_ref());
            let storage = match generated.map(|it| it.storage) {
                Some(GeneratedStorage::Virtual) => "virtual",
                Some(GeneratedStorage::Stored) | None => "stored",
            };
            format!("{name} {} generated always as ({expr}) {storage}", of(column))
        }
        // In a temporary table, an index expression is normalized in the same way.
        ExpressionRole::IndexExpression | ExpressionRole::IndexPredicate => {
            format!("constraint {name} check (({expr}) is null)")
        }
        ExpressionRole::Check => format!("constraint {name} check ({expr})"),
    }
}

fn column_of(dialect: Dialect, table: &Table, column: &str) -> String {
    let column = table.column(column);
    let data_type = column.map_or(ColumnType::text(), |column| column.data_type.clone());
    let collation = column.and_then(|it| it.collation.as_deref());
    let collation = collation.map(|it| format!(" collate {it}"));
    format!("{}{}", dialect.render_type(&data_type), collation.unwrap_or_default())
}

/// The answer from a statement that has a line for each part.
fn answer(dialect: Dialect, shown: &str, at: usize, question: &Question) -> Answer {
    let none = || "the server gives no answer".to_owned();
    let name = dialect.quote(&format!("{PREFIX}{at}"));
    let line = shown
        .lines()
        .map(str::trim_start)
        .find(|line| {
            let line = line.strip_prefix("CONSTRAINT ").unwrap_or(line);
            line.strip_prefix(&name).is_some_and(|rest| rest.starts_with(' '))
        })
        .ok_or_else(none)?;
    let line = line.strip_suffix(',').unwrap_or(line);
    match &question.role {
        ExpressionRole::Default { .. } => {
            let text = behind(line, " DEFAULT ").ok_or_else(none)?;
            Ok(catalog_default(text))
        }
        ExpressionRole::Generated { .. } => {
            let text = behind(line, " GENERATED ALWAYS AS ").ok_or_else(none)?;
            Ok(expr(parenthesised(text).ok_or_else(none)?))
        }
        ExpressionRole::Check => {
            let text = behind(line, " CHECK ").ok_or_else(none)?;
            Ok(expr(parenthesised(text).ok_or_else(none)?))
        }
        ExpressionRole::IndexExpression | ExpressionRole::IndexPredicate => {
            let text = behind(line, " CHECK ").and_then(parenthesised).ok_or_else(none)?;
            let text = expr(text);
            let text = text.as_str();
            let bare = text.strip_suffix(" is null").unwrap_or(text);
            Ok(expr(bare))
        }
    }
}

/// The text after a word outside of quotes.
fn behind<'t>(line: &'t str, word: &str) -> Option<&'t str> {
    let mut at = 0;
    for (place, quoted) in outside(line) {
        if !quoted && place >= at && line.get(place..)?.starts_with(word) {
            return line.get(place + word.len()..);
        }
        at = place;
    }
    None
}

/// The text from a parenthesis to its closing one.
fn parenthesised(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (place, quoted) in outside(text) {
        let c = text.get(place..)?.chars().next()?;
        match c {
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(..place + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The position of each character, and whether it is inside quotes.
fn outside(text: &str) -> Vec<(usize, bool)> {
    let mut places = Vec::with_capacity(text.len());
    let mut open: Option<char> = None;
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        places.push((place, open.is_some()));
        match open {
            // A doubled quote closes and opens again.
            Some(_) if escaped => escaped = false,
            Some(quote) if c == '\\' && quote != '`' => escaped = true,
            Some(quote) if c == quote => open = None,
            Some(_) => {}
            None if ['\'', '"', '`'].contains(&c) => open = Some(c),
            None => {}
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines() {
        let line = r"`autogen_q0` enum('a DEFAULT b') DEFAULT (concat('(''\'',`x)`))";
        let text = r"(concat('(''\'',`x)`))";
        assert_eq!(behind(line, " DEFAULT "), Some(text));
        assert_eq!(parenthesised(text), Some(text));
        assert_eq!(parenthesised("(a)) STORED"), Some("(a)"));
        assert_eq!(parenthesised("("), None);
        assert_eq!(behind("x", " DEFAULT "), None);
    }
}
