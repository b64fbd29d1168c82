//! Reading a migration file, also one that somebody edited.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, split};

use crate::emit::Header;

/// Statements that run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptGroup {
    /// Whether they run in one transaction.
    pub transaction: bool,
    /// The statements, without closing semicolons.
    pub statements: Vec<String>,
}

/// Something that must not be found before the migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptProbe {
    /// What would go wrong, after its code: the hazard above it in the file.
    pub message: String,
    /// The query that gives a row where it would.
    pub sql: String,
}

/// What a database is that has a change already, which somebody made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The tables that it is about; none for the whole schema.
    pub tables: BTreeSet<String>,
    /// What they are then.
    pub fingerprint: String,
}

/// A migration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What stands at the top.
    pub header: Header,
    /// The database that it is for, as the file says.
    pub dialect: Option<String>,
    /// The fingerprint of the schema that it starts from.
    pub before: Option<String>,
    /// The fingerprint of the schema that it leads to.
    pub after: Option<String>,
    /// Whether SQLite's foreign keys must be off, from before the transaction.
    pub foreign_keys_off: bool,
    /// Whether there is no way back.
    pub irreversible: bool,
    /// What a database is that has it already.
    pub adopted: Option<Adopted>,
    /// What is asked first.
    pub probes: Vec<ScriptProbe>,
    /// The statements.
    pub groups: Vec<ScriptGroup>,
}

impl Script {
    /// Reads a file. What is no directive of ours is the user's SQL.
    pub fn parse(text: &str, dialect: Dialect) -> Self {
        let mut script = Self {
            header: Header::default(),
            dialect: None,
            before: None,
            after: None,
            foreign_keys_off: false,
            irreversible: false,
            adopted: None,
            probes: Vec::new(),
            groups: Vec::new(),
        };
        // The mark by which sqlx knows such files.
        let mut transaction = !text.starts_with("-- no-transaction");
        let mut elsewhere = false;
        let mut sql = String::new();
        let mut hazards: BTreeMap<&str, &str> = BTreeMap::new();
        for line in text.lines() {
            hazards.extend(hazard(line));
            match directive(line) {
                Some("begin other-runners") => elsewhere = true,
                Some("end other-runners") => elsewhere = false,
                Some(_) | None if elsewhere => {}
                Some(word @ ("transaction" | "no-transaction")) => {
                    script.push(transaction, &std::mem::take(&mut sql), dialect);
                    transaction = word == "transaction";
                }
                Some("foreign-keys-off") => {
                    script.foreign_keys_off = true;
                    // The mark is for the others, who are told what we know.
                    transaction = true;
                }
                Some("irreversible") => script.irreversible = true,
                Some(words) if words.starts_with("adopted ") => script.adopted = adopted(words),
                Some(words) if words.starts_with("probe ") => {
                    script.probes.extend(probe(words, &hazards));
                }
                Some(_) | None => {
                    // The heading ends where the statements begin.
                    if script.groups.is_empty() && is_comment(&sql) {
                        script.heading(line);
                    }
                    sql.push_str(line);
                    sql.push('\n');
                }
            }
        }
        script.push(transaction, &sql, dialect);
        script
    }

    fn push(&mut self, transaction: bool, sql: &str, dialect: Dialect) {
        let split = split(dialect, sql);
        let statements: Vec<String> = split.statements.into_iter().map(|it| it.sql).collect();
        if !statements.is_empty() {
            self.groups.push(ScriptGroup { transaction, statements });
        }
    }

    fn heading(&mut self, line: &str) {
        let Some((key, value)) = line.strip_prefix("-- ").and_then(|rest| rest.split_once(": "))
        else {
            return;
        };
        let value = value.trim().to_owned();
        match key {
            "revision" => self.header.revision = value,
            "parents" if value == "none" => {}
            "parents" => self.header.parents = listed(&value),
            "labels" => self.header.labels = listed(&value),
            "depends" => self.header.depends = listed(&value),
            "replaces" => self.header.replaces = listed(&value),
            "message" => self.header.message = value,
            "dialect" => self.dialect = Some(value),
            "before" => self.before = Some(value),
            "after" => self.after = Some(value),
            _ => {}
        }
    }
}

fn listed(value: &str) -> Vec<String> {
    value.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

fn directive(line: &str) -> Option<&str> {
    line.trim().strip_prefix("-- autogen:").map(str::trim)
}

/// The code and the message of `-- CODE severity: message`.
fn hazard(line: &str) -> Option<(&str, &str)> {
    let (head, message) = line.strip_prefix("-- ")?.split_once(": ")?;
    let (code, severity) = head.split_once(' ')?;
    ["note", "warning", "danger"].contains(&severity).then_some((code, message))
}

/// `probe CODE QUERY`; the code is that of a hazard above, or the user's own.
fn probe(words: &str, hazards: &BTreeMap<&str, &str>) -> Option<ScriptProbe> {
    let (code, sql) = words.strip_prefix("probe ")?.trim().split_once(' ')?;
    let message = match hazards.get(code) {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    };
    let sql = sql.trim().trim_end_matches(';').to_owned();
    Some(ScriptProbe { message, sql })
}

/// `adopted ["table", ..] FINGERPRINT`.
fn adopted(words: &str) -> Option<Adopted> {
    let (tables, fingerprint) = words.strip_prefix("adopted ")?.trim().rsplit_once(' ')?;
    let tables = serde_json::from_str(tables).ok()?;
    Some(Adopted { tables, fingerprint: fingerprint.to_owned() })
}

fn is_comment(sql: &str) -> bool {
    sql.lines().all(|line| line.is_empty() || line.starts_with("--"))
}
