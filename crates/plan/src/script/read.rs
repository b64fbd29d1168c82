//! Reading a migration file.

use std::borrow::Cow;

use autogen_dialect::{
    Comment, Dialect, checked_in, is_client_copy, is_shell_command, split, unclosed,
};

use autogen_schema::visible;

use super::{
    Directive, Header, NO_TRANSACTION, Script, ScriptError, ScriptGroup, ScriptHazard, ScriptProbe,
    ScriptProblem,
};

impl Script {
    /// Reads a file. Everything except our directives is the user's SQL, byte for byte.
    ///
    /// # Errors
    /// On a malformed header or directive, and on statements that cannot be sent to a server:
    /// `COPY` from or to the client.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, ScriptError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(at) = text.find('\0') {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            return Err(ScriptError { line, problem: ScriptProblem::ZeroByte });
        }
        let unix = checked_in(text);
        let converted = matches!(unix, Cow::Owned(_));
        let text = unix.as_ref();
        if let Some(line) = unclosed(dialect, text) {
            return Err(ScriptError { line, problem: ScriptProblem::Unclosed });
        }
        let mut reader = Reader::new(text)?;
        let split = split(dialect, text);
        for statement in split.statements {
            for comment in &statement.comments {
                reader.comment(comment)?;
            }
            reader.statement(statement.sql, statement.line, dialect)?;
        }
        for comment in &split.trailing {
            reader.comment(comment)?;
        }
        reader.finish(converted || !text.contains('\r'))
    }
}

struct Reader {
    script: Script,
    transaction: bool,
    /// The statements of the group so far.
    group: Vec<String>,
    /// The line where the part for other runners began.
    elsewhere: Option<usize>,
    carriage_returns: Option<usize>,
    count: usize,
}

impl Reader {
    fn new(text: &str) -> Result<Self, ScriptError> {
        let marked = text.lines().next().is_some_and(|line| line.trim_end() == NO_TRANSACTION);
        Ok(Self {
            script: Script { header: Header::parse(text)?, ..Script::default() },
            transaction: !marked,
            group: Vec::new(),
            elsewhere: None,
            carriage_returns: None,
            count: 0,
        })
    }

    fn comment(&mut self, comment: &Comment) -> Result<(), ScriptError> {
        let fail = |problem| ScriptError { line: comment.line, problem };
        let text = comment.text.trim_end();
        if !comment.first {
            let beside = || fail(ScriptProblem::BesideOthers(visible(text).into_owned()));
            return if Directive::parse(text).is_some() { Err(beside()) } else { Ok(()) };
        }
        let Some(directive) = Directive::parse(text) else {
            if let Some(right) = Directive::almost(text) {
                let found = visible(text).into_owned();
                return Err(fail(ScriptProblem::AlmostDirective { found, right }));
            }
            if self.elsewhere.is_none() {
                self.script.hazards.extend(hazard(&comment.text, self.count));
            }
            return Ok(());
        };
        let directive = directive.map_err(|words| fail(ScriptProblem::NoDirective(words)))?;
        match (directive, self.elsewhere) {
            (Directive::EndOtherRunners, Some(_)) => self.elsewhere = None,
            (Directive::EndOtherRunners, None) => {
                return Err(fail(ScriptProblem::Unpaired("end other-runners")));
            }
            (_, Some(_)) => {}
            (Directive::BeginOtherRunners, None) => self.elsewhere = Some(comment.line),
            (directive, None) => self.directive(directive, comment.line),
        }
        Ok(())
    }

    fn directive(&mut self, directive: Directive, line: usize) {
        match directive {
            Directive::Transaction => self.begin_group(true),
            Directive::NoTransaction => self.begin_group(false),
            Directive::ForeignKeysOff => {
                self.script.foreign_keys_off = true;
                // The mark is for other runners.
                self.transaction = true;
            }
            Directive::Irreversible => self.script.irreversible = true,
            Directive::CarriageReturns => self.carriage_returns = Some(line),
            Directive::Unread(item) => self.script.unread.push(*item),
            Directive::Adopted(adopted) => self.script.adopted = Some(adopted),
            Directive::Probe { code, sql } => {
                let hazard = self.script.hazards.iter().rev().find(|it| it.code == code);
                let message = hazard.map_or(code.clone(), |it| format!("{code}: {}", it.message));
                self.script.probes.push(ScriptProbe { message, sql });
            }
            Directive::BeginOtherRunners | Directive::EndOtherRunners => {}
        }
    }

    fn statement(&mut self, sql: String, line: usize, dialect: Dialect) -> Result<(), ScriptError> {
        if self.elsewhere.is_some() {
            return Ok(());
        }
        let first = || visible(sql.lines().next().unwrap_or_default()).into_owned();
        if is_client_copy(dialect, &sql) {
            return Err(ScriptError { line, problem: ScriptProblem::ClientCopy(first()) });
        }
        if is_shell_command(&sql) {
            return Err(ScriptError { line, problem: ScriptProblem::ShellCommand(first()) });
        }
        self.group.push(sql);
        self.count += 1;
        Ok(())
    }

    fn begin_group(&mut self, transaction: bool) {
        let statements = std::mem::take(&mut self.group);
        if !statements.is_empty() {
            self.script.groups.push(ScriptGroup { transaction: self.transaction, statements });
        }
        self.transaction = transaction;
    }

    /// `without`: whether there are no carriage returns, or they were lost.
    fn finish(mut self, without: bool) -> Result<Script, ScriptError> {
        self.begin_group(true);
        if let Some(line) = self.elsewhere {
            return Err(ScriptError {
                line,
                problem: ScriptProblem::Unpaired("begin other-runners"),
            });
        }
        match self.carriage_returns {
            Some(line) if without => Err(ScriptError { line, problem: ScriptProblem::LineEnds }),
            Some(_) | None => Ok(self.script),
        }
    }
}

/// The hazard of `-- CODE severity: message`.
fn hazard(line: &str, statement: usize) -> Option<ScriptHazard> {
    let (head, message) = line.strip_prefix("-- ")?.split_once(": ")?;
    let (code, severity) = head.split_once(' ')?;
    let known = ["note", "warning", "danger"].contains(&severity);
    let owned = |text: &str| text.to_owned();
    known.then(|| ScriptHazard {
        statement,
        code: owned(code),
        severity: owned(severity),
        message: owned(message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Script, (usize, &'static str)> {
        Script::parse(text, Dialect::Postgres).map_err(|error| (error.line, error.code()))
    }

    #[test]
    fn directives_stand_between_statements() {
        let text = "-- revision: 1\n-- DD101 danger: rows\n-- autogen: probe DD101 select 1;\n\
                    select '\n-- autogen: no-transaction\n-- autogen: probe X select 2\n';\n\
                    /*\n-- autogen: irreversible\n*/ select 2; -- irreversible\n\
                    create function f() as $$\n-- autogen: begin other-runners\n$$;\n\
                    -- autogen: no-transaction\nselect 4;\n";
        let script = read(text).unwrap_or_default();
        let probe = ScriptProbe { message: "DD101: rows".to_owned(), sql: "select 1".to_owned() };
        assert_eq!(script.probes, [probe]);
        assert!(!script.irreversible);
        assert_eq!(script.statements().count(), 4);
        let kinds: Vec<bool> = script.groups.iter().map(|it| it.transaction).collect();
        assert_eq!(kinds, [true, false]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(read("select 1;\n-- autogen: tranaction\n"), Err((2, "A0524")));
        assert_eq!(read("\n-- autogen: begin other-runners\nselect 1;"), Err((2, "A0524")));
        assert_eq!(read("-- autogen: end other-runners\nselect 1;"), Err((1, "A0524")));
        assert_eq!(read("select 1;\ncopy t (a) from stdin;\n1\n\\.\n"), Err((2, "A0526")));
        assert_eq!(read("select '\0';"), Err((1, "A0524")));
        assert_eq!(read("select 1;\nselect 2; -- autogen: irreversible"), Err((2, "A0524")));
        assert_eq!(read("/* c */ -- autogen: no-transaction\nselect 1;"), Err((1, "A0524")));
        for open in ["/* open", "/* outer /* inner */", "'open", "$x$ open"] {
            assert_eq!(read(&format!("select 1;\n{open}\nselect 2;")), Err((2, "A0524")));
        }
        assert_eq!(read("select 1;\n--autogen: no-transaction\n"), Err((2, "A0524")));
        assert_eq!(
            read("select '\n-- Autogen: x' --autogen: x\n; -- Autogen: x"),
            read("select '\n-- Autogen: x' --autogen: x\n;")
        );
        assert!(read("select 1\n--autogen: irreversible\n+ 2;").is_ok());
        assert_eq!(read("\\restrict x\nselect 1;\n\\! rm x\n"), Err((3, "A0528")));
        assert_eq!(read("select 1;\ndelimiter"), Err((2, "A0528")));
        assert!(read("select 1; copy t from '/tmp/x'").is_ok());
    }

    #[test]
    fn line_ends_of_a_checkout() {
        let text = "-- revision: 1\nselect 'a\nb';\n";
        assert_eq!(read(&text.replace('\n', "\r\n")), read(text));
        let kept = "-- revision: 1\nselect 'a\r\nb';\n";
        let statements = read(kept).map(|it| it.groups[0].statements.clone());
        assert_eq!(statements, Ok(vec!["select 'a\r\nb'".to_owned()]));
        let marked = "-- revision: 1\n-- autogen: carriage-returns\nselect 'a\r\nb';\n";
        assert!(read(marked).is_ok());
        assert_eq!(read(&marked.replace("\r\n", "\n")), Err((2, "A0525")));
        let windows = marked.replace("\r\n", "\n").replace('\n', "\r\n");
        assert_eq!(read(&windows), Err((2, "A0525")));
    }
}
