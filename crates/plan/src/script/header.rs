//! The header of a migration file. It is the same in every dialect, since it ends at the
//! first line that is not a comment.

use super::{Adopted, ScriptError, ScriptProblem};

/// The keys of a header, in their order.
const KEYS: [&str; 9] = [
    "revision", "parents", "dialect", "labels", "depends", "replaces", "message", "before", "after",
];

/// The header of a migration file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The revision, as in the file's name.
    pub revision: String,
    /// Its parents; none for the first.
    pub parents: Vec<String>,
    /// Names for it and for the branch that begins with it.
    pub labels: Vec<String>,
    /// Revisions on other branches that must run before.
    pub depends: Vec<String>,
    /// Revisions that it replaces: a database that has all of them has this one.
    pub replaces: Vec<String>,
    /// Its description.
    pub message: String,
    /// The database that it is for.
    pub dialect: Option<String>,
    /// The fingerprint of the schema before.
    pub before: Option<String>,
    /// The fingerprint of the schema after.
    pub after: Option<String>,
    /// The fingerprint of a database that has the change already.
    pub adopted: Option<Adopted>,
}

impl Header {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// On a duplicate key, and on control characters.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut header = Self::default();
        let mut found: Vec<&str> = Vec::new();
        for (at, line) in lines(text).enumerate() {
            let Some((key, value)) = entry(line) else { continue };
            let fail = |problem| ScriptError { line: at + 1, problem };
            if found.contains(&key) {
                return Err(fail(ScriptProblem::KeyTwice(key)));
            }
            if value.chars().any(char::is_control) {
                let shown = autogen_schema::visible(line.trim_end()).into_owned();
                return Err(fail(ScriptProblem::HeaderControl(shown)));
            }
            found.push(key);
            header.set(key, value);
        }
        Ok(header)
    }

    fn set(&mut self, key: &str, value: &str) {
        let text = || value.to_owned();
        match key {
            "revision" => self.revision = text(),
            "parents" if value == "none" => {}
            "parents" => self.parents = listed(value),
            "labels" => self.labels = listed(value),
            "depends" => self.depends = listed(value),
            "replaces" => self.replaces = listed(value),
            "message" => self.message = text(),
            "dialect" => self.dialect = Some(text()),
            "before" => self.before = Some(text()),
            "after" => self.after = Some(text()),
            _ => {}
        }
    }

    /// The lines of the header.
    pub(crate) fn write(&self) -> String {
        let list = |values: &[String]| Some(values.join(", ")).filter(|it| !it.is_empty());
        let message = self.message.split_whitespace().collect::<Vec<_>>().join(" ");
        let values = [
            Some(self.revision.clone()),
            Some(list(&self.parents).unwrap_or_else(|| "none".to_owned())),
            self.dialect.clone(),
            list(&self.labels),
            list(&self.depends),
            list(&self.replaces),
            Some(message).filter(|it| !it.is_empty()),
            self.before.clone(),
            self.after.clone(),
        ];
        let lines = KEYS.iter().zip(values).filter_map(|(key, value)| Some((key, value?)));
        lines
            .map(|(key, value)| format!("-- {key}: {}\n", autogen_schema::visible(&value)))
            .collect()
    }
}

fn listed(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect()
}

/// The lines before the first one that is not a comment, with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let above = |line: &&str| line.trim().is_empty() || line.starts_with("--");
    text.split_inclusive('\n').take_while(above)
}

/// The key and the value of a line, if it is one of a header.
fn entry(line: &str) -> Option<(&'static str, &str)> {
    let (key, value) = line.strip_prefix("-- ")?.split_once(": ")?;
    let key = KEYS.iter().find(|it| **it == key)?;
    Some((key, value.trim_matches([' ', '\t', '\n']).trim_end_matches('\r').trim_end()))
}

/// A file without its header lines, otherwise unchanged.
pub fn body(text: &str) -> String {
    let above: usize = lines(text).map(str::len).sum();
    let (above, rest) = text.split_at_checked(above).unwrap_or((text, ""));
    let kept: String = lines(above).filter(|line| entry(line).is_none()).collect();
    kept + rest
}

/// A file with other values in its header; keys that it lacks are not added, and everything
/// else is unchanged.
pub fn with_header(text: &str, values: &[(&str, &str)]) -> String {
    let above: usize = lines(text).map(str::len).sum();
    let (above, rest) = text.split_at_checked(above).unwrap_or((text, ""));
    let mut changed = String::new();
    for line in lines(above) {
        let key = entry(line).map(|(key, _)| key);
        match key.and_then(|key| values.iter().find(|(it, _)| *it == key)) {
            Some((key, value)) => {
                let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
                changed.push_str(&format!("-- {key}: {}{end}", autogen_schema::visible(value)));
            }
            None => changed.push_str(line),
        }
    }
    changed + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_change_and_nothing_else_does() {
        let text = "-- revision: 1\n-- parents: none\n\n-- autogen: irreversible\n-- revision\n\
                    CREATE TABLE t (\r\n-- parents: 5\na int);\n";
        assert_eq!(
            body(text),
            "\n-- autogen: irreversible\n-- revision\nCREATE TABLE t (\r\n-- parents: 5\na int);\n"
        );
        let changed = with_header(text, &[("parents", "7"), ("after", "x")]);
        assert_eq!(changed, text.replace("-- parents: none", "-- parents: 7"));
        let windows = "-- revision: 1\r\n-- parents: 2, 3\r\n\r\nSELECT 1;\r\n";
        assert_eq!(
            with_header(windows, &[("revision", "9")]),
            windows.replace("revision: 1", "revision: 9")
        );
        assert_eq!(Header::parse(windows).map(|it| it.parents), Ok(vec!["2".into(), "3".into()]));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let header = Header {
            revision: "20260101000000".to_owned(),
            parents: vec!["1".to_owned(), "2".to_owned()],
            message: "two words".to_owned(),
            dialect: Some("sqlite".to_owned()),
            before: Some("abc".to_owned()),
            after: Some("def".to_owned()),
            ..Header::default()
        };
        assert_eq!(Header::parse(&header.write()), Ok(header));
        let twice = Header::parse("-- parents: 1\n\n-- parents: 2\n");
        assert_eq!(twice.map_err(|it| (it.line, it.code())), Err((3, "A0524")));
        let control = Header::parse("-- revision: 1\rDROP TABLE t\n");
        assert_eq!(control.map_err(|it| it.line), Err(1));
    }
}
