//! Directives: the lines of a migration file for our runner.

use autogen_schema::{Unread, is_hidden};

use super::Adopted;

/// The first line of a file that sqlx runs outside of a transaction.
pub(crate) const NO_TRANSACTION: &str = "-- no-transaction";

/// What begins a directive.
const MARK: &str = "-- autogen:";
const NAME: &str = "autogen";

/// A line for our runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// The following statements run in one transaction.
    Transaction,
    /// The following statements run one by one.
    NoTransaction,
    /// SQLite's foreign keys are off, from before the transaction.
    ForeignKeysOff,
    /// There is no way down.
    Irreversible,
    /// Statements of the file contain carriage returns, which git must not change.
    CarriageReturns,
    /// The fingerprint of a database that has the change already.
    Adopted(Adopted),
    /// A query that must return no row before anything runs.
    Probe {
        /// The code of the hazard above it, or one of the user's own.
        code: String,
        /// The query.
        sql: String,
    },
    /// What could not be read of the models that the statements were made from.
    Unread(Box<Unread>),
    /// The following lines are for other runners.
    BeginOtherRunners,
    /// The end of that.
    EndOtherRunners,
}

impl Directive {
    /// The directive of a comment; `None` for an ordinary comment.
    ///
    /// # Errors
    /// The words of an unknown directive.
    pub(super) fn parse(comment: &str) -> Option<Result<Self, String>> {
        let words = comment.strip_prefix(MARK)?.trim();
        Some(Self::of(words).ok_or_else(|| autogen_schema::visible(words).into_owned()))
    }

    /// The correct form of a comment that was meant to be a directive; `None` for a correct one,
    /// or an ordinary comment.
    pub(super) fn almost(comment: &str) -> Option<String> {
        let words = comment.strip_prefix("--").or_else(|| comment.strip_prefix('#'))?;
        let (name, rest) = words.trim_start_matches(['-', '#']).split_once(':')?;
        let meant = name.trim().eq_ignore_ascii_case(NAME) && !comment.starts_with(MARK);
        meant.then(|| autogen_schema::visible(&format!("{MARK} {}", rest.trim())).into_owned())
    }

    fn of(words: &str) -> Option<Self> {
        Some(match words {
            "transaction" => Self::Transaction,
            "no-transaction" => Self::NoTransaction,
            "foreign-keys-off" => Self::ForeignKeysOff,
            "irreversible" => Self::Irreversible,
            "carriage-returns" => Self::CarriageReturns,
            "begin other-runners" => Self::BeginOtherRunners,
            "end other-runners" => Self::EndOtherRunners,
            _ => match words.split_once(' ')? {
                ("unread", rest) => Self::Unread(serde_json::from_str(rest).ok()?),
                ("adopted", rest) => Self::Adopted(adopted(rest.trim())?),
                ("probe", rest) => {
                    let (code, sql) = rest.trim().split_once(' ')?;
                    Self::Probe { code: code.to_owned(), sql: query(sql.trim())? }
                }
                _ => return None,
            },
        })
    }

    /// The line, with its end.
    pub fn write(&self) -> String {
        let words = match self {
            Self::Transaction => "transaction".to_owned(),
            Self::NoTransaction => "no-transaction".to_owned(),
            Self::ForeignKeysOff => "foreign-keys-off".to_owned(),
            Self::Irreversible => "irreversible".to_owned(),
            Self::CarriageReturns => "carriage-returns".to_owned(),
            Self::BeginOtherRunners => "begin other-runners".to_owned(),
            Self::EndOtherRunners => "end other-runners".to_owned(),
            Self::Adopted(adopted) => format!("adopted {}", adopted.write()),
            Self::Unread(item) => {
                // An object of texts and numbers can always be written.
                format!("unread {}", escaped(&serde_json::to_string(item).unwrap_or_default()))
            }
            Self::Probe { code, sql } => match sql.chars().any(is_hidden) {
                true => format!("probe {code} {}", quoted(sql)),
                false => format!("probe {code} {sql}"),
            },
        };
        format!("{MARK} {words}\n")
    }
}

impl Adopted {
    /// `["table", ..] FINGERPRINT`.
    fn write(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(|it| quoted(it)).collect();
        format!("[{}] {}", tables.join(","), self.fingerprint)
    }
}

/// Reads the output of [`Adopted::write`].
fn adopted(words: &str) -> Option<Adopted> {
    let (tables, fingerprint) = words.rsplit_once(' ')?;
    let tables = serde_json::from_str(tables).ok()?;
    Some(Adopted { tables, fingerprint: fingerprint.to_owned() })
}

/// A query as it is, or as a JSON string if a comment line cannot contain it. No query begins
/// with a double quote.
fn query(text: &str) -> Option<String> {
    match text.starts_with('"') {
        true => serde_json::from_str(text).ok(),
        false => Some(text.trim_end_matches(';').trim_end().to_owned()).filter(|it| !it.is_empty()),
    }
}

/// JSON with escapes for hidden characters, which only its strings contain.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match is_hidden(c) {
            true => escaped.push_str(&unicode(c)),
            false => escaped.push(c),
        }
    }
    escaped
}

/// All hidden characters are in the basic plane: four digits suffice.
fn unicode(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// Text as a JSON string on one line, without hidden characters.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_hidden(c) => quoted.push_str(&unicode(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use autogen_schema::{Bearing, Origin, QName};

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let tables = BTreeSet::from(["a\n\"b\"".to_owned(), "\u{2028}c".to_owned()]);
        let origin = Origin { file: "a\n\u{85}\u{202e}\"/* */".to_owned(), line: 1, column: 2 };
        let unread = Unread {
            origin,
            what: "x\\\r".to_owned(),
            why: "\0".to_owned(),
            table: Some(QName::new(Some("s".to_owned()), "t\u{2028}")),
            bearing: Bearing::Elsewhere,
        };
        for directive in [
            Directive::Transaction,
            Directive::NoTransaction,
            Directive::ForeignKeysOff,
            Directive::Irreversible,
            Directive::CarriageReturns,
            Directive::BeginOtherRunners,
            Directive::EndOtherRunners,
            Directive::Unread(Box::new(unread)),
            Directive::Adopted(Adopted { tables, fingerprint: "ab12".to_owned() }),
            Directive::Probe { code: "DD101".to_owned(), sql: "SELECT 1".to_owned() },
            Directive::Probe { code: "X".to_owned(), sql: "SELECT '\r\n\\\"\u{202e}'".to_owned() },
        ] {
            let line = directive.write();
            let line = line.strip_suffix('\n').unwrap_or_default();
            assert!(!line.chars().any(is_hidden), "{line}");
            assert_eq!(Directive::parse(line), Some(Ok(directive)));
        }
        assert_eq!(Directive::parse("-- a comment"), None);
        for almost in ["--autogen: x", "-- Autogen:x ", "--  autogen : x", "# autogen: x"] {
            assert_eq!(Directive::almost(almost).as_deref(), Some("-- autogen: x"));
        }
        for other in ["-- autogen: x", "-- made by autogen: x", "/* autogen: x */", "-- autogen"] {
            assert_eq!(Directive::almost(other), None);
        }
        for words in
            ["", "transactions", "probe", "probe X", "probe X \"a", "adopted x y", "unread {}"]
        {
            let found = Directive::parse(&format!("-- autogen: {words}"));
            assert_eq!(found, Some(Err(words.to_owned())));
        }
    }
}
