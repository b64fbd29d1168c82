//! Lines that begin with a backslash, which are not SQL: the database's own shell reads them.
//!
//! Source: PostgreSQL manual, "psql", meta-commands, and "pg_dump", `--restrict-key`.

/// The length of such a line, with its end.
pub(super) fn line(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |at| at + 1)
}

/// Whether only the shell needs a line: `pg_dump` puts a script between `\restrict` and
/// `\unrestrict`, so that names in it cannot run commands of psql.
pub(super) fn is_harmless(line: &str) -> bool {
    let command = line.split_whitespace().next().unwrap_or_default();
    ["\\restrict", "\\unrestrict"].contains(&command)
}

/// Whether a statement is such a line, or MySQL's `DELIMITER` at a place where the shell
/// would not read it.
pub fn is_shell_command(sql: &str) -> bool {
    let first = sql.split_whitespace().next().unwrap_or_default();
    sql.starts_with('\\') || first.eq_ignore_ascii_case("delimiter")
}

#[cfg(test)]
mod tests {
    use super::super::split;
    use crate::Dialect;

    #[test]
    fn lines_for_the_shell() {
        let text =
            "\\restrict a;b\n\n-- why\nselect 1;\n\\connect other\nselect '\n\\x';\n\\unrestrict a";
        let statements = split(Dialect::Postgres, text).statements;
        let texts: Vec<(&str, usize)> =
            statements.iter().map(|it| (it.sql.as_str(), it.line)).collect();
        assert_eq!(texts, [("select 1", 4), ("\\connect other", 5), ("select '\n\\x'", 6)]);
        assert_eq!(statements[0].comments[0].text, "-- why");
    }
}
