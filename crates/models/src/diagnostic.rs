//! Problems in a model: what, where, and what to do.

use std::fmt;

use autogen_schema::{Origin, counted};
use proc_macro2::Span;

/// A problem and its position in the sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Diagnostic {
    /// Its position.
    pub origin: Origin,
    /// A stable code; [`crate::EXPLANATIONS`] has a page for each.
    pub code: &'static str,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { file, line, column } = &self.origin;
        if !file.is_empty() {
            f.write_str(file)?;
            if *line > 0 {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{} [{}]", self.message, self.code)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// The message for a foreign key whose sides differ in their number of columns.
pub(crate) fn unpaired(columns: usize, referenced: usize) -> String {
    let verb = if columns == 1 { "references" } else { "reference" };
    format!("{} {verb} {referenced}", counted(columns, "column"))
}

/// A problem and its position in the tokens.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its position.
    pub span: Span,
    /// A stable code; [`crate::EXPLANATIONS`] has a page for each.
    pub code: &'static str,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Finding {
    /// The same problem, with its position in a file.
    pub fn locate(self, file: &str) -> Diagnostic {
        Diagnostic {
            origin: origin(file, self.span),
            code: self.code,
            message: self.message,
            hint: self.hint,
        }
    }

    /// The message as the compiler shows it.
    pub fn to_compile_error(&self) -> syn::Error {
        let mut text = format!("{} [{}]", self.message, self.code);
        if !self.hint.is_empty() {
            text.push_str("\n  hint: ");
            text.push_str(&self.hint);
        }
        syn::Error::new(self.span, text)
    }
}

/// The place of a span in a file.
pub(crate) fn origin(file: &str, span: Span) -> Origin {
    let start = span.start();
    Origin { file: file.to_owned(), line: start.line, column: start.column + 1 }
}

/// Collects findings, so that all are reported at once.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds one.
    pub fn add(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.0.push(Finding { span, code, message: message.into(), hint: hint.into() });
    }

    /// Adds what syn found, one finding for each error that it combines.
    pub(crate) fn add_syn(&mut self, error: syn::Error, code: &'static str, hint: &str) {
        for part in error {
            self.add(part.span(), code, lower_first(&part.to_string()), hint);
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if chars.clone().next().is_some_and(char::is_uppercase) => {
            format!("{first}{}", chars.as_str())
        }
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The known name nearest to a misspelled one, if any is near: a few letters differ, or it is
/// cut short.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(2);
    let cut = |candidate: &str| name.len() >= 3 && candidate.starts_with(name);
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit || cut(candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, delete, replace or swap with a neighbour.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut best =
                (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left[i - 1] == *b && right[j - 1] == *a {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

/// ", did you mean `x`?" if a known name is near.
pub(crate) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_name() {
        let known = ["default", "default_sql", "comment"];
        assert_eq!(nearest("defualt", known), Some("default"));
        assert_eq!(nearest("comments", known), Some("comment"));
        assert_eq!(nearest("strict", known), None);
    }
}
