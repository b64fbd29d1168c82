//! DL109: a character set that may lack characters.

use autogen_plan::Severity;
use autogen_schema::{Pair, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL109",
    title: "a character set that may not have all characters",
    severity: Severity::Danger,
    page: "The new character set can't store all characters. autogen's sessions are strict, so the conversion fails (error 1366); other sessions would write question marks instead. Look for such values first, or keep utf8mb4.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    let (table, columns, charset) = of_column(case).or_else(|| of_table(case))?;
    let probe = || {
        let place = case.origin.table(table)?;
        let names = case.origin.columns(table, &columns)?;
        Some(case.dialect.probe_characters(&place, &names, &charset))
    };
    Finding::probed(
        probe(),
        format!("fails if {} has characters that {charset} does not have", places(table, &columns)),
        "look for such values before you run this, or choose utf8mb4",
    )
}

fn of_column<'c>(case: &Case<'c>) -> Option<(&'c QName, Vec<String>, String)> {
    let (table, column) = case.change.altered_column()?;
    let charset = case.narrowed(table, column.as_ref())?;
    Some((table, vec![column.after.name.clone()], charset))
}

/// The columns that use their table's character set.
fn of_table<'c>(case: &Case<'c>) -> Option<(&'c QName, Vec<String>, String)> {
    let (table, _) = case.change.changed_options()?;
    let before = case.schema.before.tables.get(&case.origin.table(table)?)?;
    let mut columns = Vec::new();
    let mut found = None;
    for column in &case.schema.after.tables.get(table)?.columns {
        let old = case.origin.column(table, &column.name);
        let old = old.and_then(|name| before.column(&name));
        // A column with its own character set has its own change.
        let follows = column.collation.is_none() && column.charset.is_none();
        let Some(old) = old.filter(|it| follows && it.collation.is_none()) else {
            continue;
        };
        if let Some(charset) = case.narrowed(table, Pair::new(old, column)) {
            columns.push(column.name.clone());
            found = Some(charset);
        }
    }
    Some((table, columns, found?))
}

fn places(table: &QName, columns: &[String]) -> String {
    let all: Vec<String> = columns.iter().map(|name| format!("{table}.{name}")).collect();
    all.join(" or ")
}

impl Case<'_> {
    /// The new character set of the column, if it may lack characters of the old one.
    fn narrowed(&self, table: &QName, column: Pair<&autogen_schema::Column>) -> Option<String> {
        let (was, is) = (self.schema.before, self.schema.after);
        let before = was.tables.get(&self.origin.table(table)?)?;
        let after = is.tables.get(table)?;
        self.dialect.narrowed_charset(
            column,
            Pair::new(&before.options, &after.options),
            Pair::new(was.collation.0.as_deref(), is.collation.0.as_deref()),
        )
    }
}
