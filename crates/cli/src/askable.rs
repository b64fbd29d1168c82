//! Probes of joined files. All probes of a file are asked before it runs: one about what the
//! file itself creates can't be asked, and is left out.

use autogen_dialect::Dialect;
use autogen_live::{Connection, LiveError, Outcome, probe};
use autogen_plan::{Directive, Script};

use crate::error::Error;

/// The hazard whose probe looks at the schema: what it finds here, an earlier file takes away.
const UNDECLARED: &str = "DL115";

/// The queries of the probes in these files that the database can't answer as it is.
pub(crate) async fn unanswerable(
    connection: &Connection,
    files: impl Iterator<Item = &str>,
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for file in files {
        let script = script(file, connection.dialect())?;
        for asked in script.probes {
            match probe(connection, &[asked.sql.as_str()]).await {
                Ok(outcomes) => {
                    let is_found = outcomes.iter().any(|it| matches!(it, Outcome::Found(_)));
                    if is_found && asked.message.starts_with(UNDECLARED) {
                        found.push(asked.sql);
                    }
                }
                Err(LiveError::BadProbe { .. }) => found.push(asked.sql),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(found)
}

/// The file without these probes; as it is, if its statements would change.
pub(crate) fn without(text: &str, probes: &[String], dialect: Dialect) -> Result<String, Error> {
    let kept = text.split_inclusive('\n').filter(|line| !is_one_of(line.trim_end(), probes));
    let kept: String = kept.collect();
    let statements = |text: &str| -> Result<Vec<String>, Error> {
        Ok(script(text, dialect)?.statements().cloned().collect())
    };
    Ok(if statements(&kept)? == statements(text)? { kept } else { text.to_owned() })
}

fn script(text: &str, dialect: Dialect) -> Result<Script, Error> {
    Script::parse(text, dialect)
        .map_err(|error| Error::usage(error.code(), error.to_string(), error.hint()))
}

fn is_one_of(line: &str, probes: &[String]) -> bool {
    let code = line.strip_prefix("-- autogen: probe ").and_then(|rest| rest.split(' ').next());
    code.is_some_and(|code| {
        probes.iter().any(|sql| {
            Directive::Probe { code: code.to_owned(), sql: sql.clone() }.write().trim_end() == line
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_goes_and_a_text_like_it_stays() {
        let file = "-- revision: 1\n-- parents: none\n-- dialect: sqlite\n-- message: m\n\n\
                    -- autogen: probe DD101 SELECT 1 FROM t\nALTER TABLE t ADD a integer;\n";
        let gone = without(file, &["SELECT 1 FROM t".to_owned()], Dialect::Sqlite);
        assert!(gone.is_ok_and(|text| !text.contains("probe") && text.contains("ALTER")));
        let literal = file.replace(
            "ALTER TABLE t ADD a integer",
            "SELECT '\n-- autogen: probe DD101 SELECT 1 FROM t\n'",
        );
        let kept = without(&literal, &["SELECT 1 FROM t".to_owned()], Dialect::Sqlite);
        assert!(kept.is_ok_and(|text| text == literal));
    }
}
