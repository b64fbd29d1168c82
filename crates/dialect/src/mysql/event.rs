//! Events: routines that the server runs on a schedule.
//!
//! An event without a start gets the time of its creation, and the server disables an event
//! after its end: neither is a difference.
//!
//! Sources: MySQL manual, CREATE EVENT, ALTER EVENT; MariaDB's on the same.

use std::fmt::Write as _;

use super::defaults;
use crate::Dialect;
use crate::declare::cursor::Cursor;
use crate::scan::{Lexeme, scan};

const CLAUSES: [&str; 5] = ["ON", "ENABLE", "DISABLE", "COMMENT", "DO"];

/// When it runs, each part as it is written.
enum Schedule<'a> {
    Once(&'a str),
    Every { interval: &'a str, starts: Option<&'a str>, ends: Option<&'a str> },
}

/// A `CREATE EVENT`, clause by clause.
pub(crate) struct Event<'a> {
    dialect: Dialect,
    /// Its definer, with a space after it.
    clauses: &'a str,
    name: &'a str,
    when: &'a str,
    schedule: Schedule<'a>,
    is_preserved: bool,
    status: Option<&'a str>,
    comment: Option<&'a str>,
    body: &'a str,
}

impl<'a> Event<'a> {
    /// Reads a statement; `None` for any other statement.
    pub(crate) fn read(dialect: Dialect, text: &'a str) -> Option<Self> {
        if !dialect.has_definers() {
            return None;
        }
        let mut at = Cursor::new(dialect, text);
        let head = at.head();
        if !at.word("EVENT") {
            return None;
        }
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = at.until(&["ON"]);
        if !at.words(&["ON", "SCHEDULE"]) {
            return None;
        }
        let start = at.clone();
        let schedule = schedule(&mut at)?;
        let when = start.text_before(&at).trim_end();
        let mut is_preserved = false;
        if at.words(&["ON", "COMPLETION"]) {
            is_preserved = !at.word("NOT");
            at.word("PRESERVE").then_some(())?;
        }
        let status = match at.peek() {
            Some(token) if token.is_word("ENABLE") || token.is_word("DISABLE") => {
                Some(at.until(&["COMMENT", "DO"]))
            }
            Some(_) | None => None,
        };
        let comment = at.word("COMMENT").then(|| at.until(&["DO"]));
        at.word("DO").then_some(())?;
        let body = at.rest();
        let whole = Self {
            dialect,
            clauses: head.clauses,
            name,
            when,
            schedule,
            is_preserved,
            status,
            comment,
            body,
        };
        (!body.is_empty()).then_some(whole)
    }

    /// Whether the existing event equals the desired one; `written` is the original text of the
    /// existing one.
    pub(crate) fn same(&self, wanted: &Self, written: &Self) -> bool {
        self.runs_as(wanted, written)
            && self.is_preserved == wanted.is_preserved
            && (written.ends_itself() && written.status.is_none() || self.has_status_of(wanted))
            && self.said() == wanted.said()
            && self.same_text(self.body, wanted.body)
    }

    /// The statement that changes it, or `None` if nothing differs. An unchanged schedule is not
    /// restated: setting it would restart it.
    pub(crate) fn alter(&self, after: &Self) -> Option<String> {
        let mut clauses = String::new();
        let mut say = |text: std::fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            let _ = write!(clauses, "\n    {text}");
        };
        let moved = !self.runs_as(after, after);
        // MariaDB keeps an end that is not restated.
        if self.dialect == Dialect::Mariadb && self.has_end() && !after.has_end() {
            let text = after.with(after.when, after.status.unwrap_or("ENABLE"));
            return text.strip_prefix("CREATE ").map(|it| format!("CREATE OR REPLACE {it}"));
        }
        if moved {
            say(format_args!("ON SCHEDULE {}", after.when));
        }
        if self.is_preserved != after.is_preserved {
            let not = if after.is_preserved { "" } else { "NOT " };
            say(format_args!("ON COMPLETION {not}PRESERVE"));
        }
        let left = !moved && after.ends_itself() && after.status.is_none();
        if !left && !self.has_status_of(after) {
            say(format_args!("{}", after.status.unwrap_or("ENABLE")));
        }
        if self.said() != after.said() {
            say(format_args!("COMMENT {}", after.comment.unwrap_or("''")));
        }
        if !self.same_text(self.body, after.body) {
            say(format_args!("DO {}", after.body));
        }
        let head = format!("ALTER {}EVENT {}", after.clauses, after.name);
        (!clauses.is_empty()).then(|| head + &clauses)
    }

    /// The same event, disabled: to see how the server prints it.
    pub(crate) fn at_rest(&self) -> String {
        self.with(self.when, "DISABLE")
    }

    /// The server's form of a disabled event, as the desired one.
    pub(crate) fn awake(&self, written: &Self) -> String {
        self.with(self.when, written.status.unwrap_or("ENABLE"))
    }

    /// With the times of the existing event, where they are unchanged.
    pub(crate) fn going_on(&self, there: &Self, written: &Self) -> String {
        let stays = there.runs_as(self, written);
        self.with(if stays { there.when } else { self.when }, self.status.unwrap_or("ENABLE"))
    }

    fn with(&self, when: &str, status: &str) -> String {
        let Self { clauses, name, body, .. } = self;
        let not = if self.is_preserved { "" } else { "NOT " };
        let comment = self.comment.map_or(String::new(), |it| format!(" COMMENT {it}"));
        format!(
            "CREATE {clauses}EVENT {name} ON SCHEDULE {when} ON COMPLETION {not}PRESERVE \
             {status}{comment} DO {body}"
        )
    }

    /// Whether the server drops or disables it after its end.
    fn ends_itself(&self) -> bool {
        match &self.schedule {
            Schedule::Once(_) => true,
            Schedule::Every { ends, .. } => ends.is_some(),
        }
    }

    fn has_end(&self) -> bool {
        match &self.schedule {
            Schedule::Once(_) => false,
            Schedule::Every { ends, .. } => ends.is_some(),
        }
    }

    fn runs_as(&self, wanted: &Self, written: &Self) -> bool {
        use Schedule::{Every, Once};
        match (&self.schedule, &wanted.schedule, &written.schedule) {
            (Once(there), Once(wanted), Once(written)) => {
                self.same_moment(Some(there), Some(wanted), Some(written))
            }
            (
                Every { interval, starts, ends },
                Every { interval: other, starts: other_starts, ends: other_ends },
                Every { starts: said_starts, ends: said_ends, .. },
            ) => {
                self.same_text(interval, other)
                    && (said_starts.is_none()
                        || self.same_moment(*starts, *other_starts, *said_starts))
                    && self.same_moment(*ends, *other_ends, *said_ends)
            }
            (Once(_) | Every { .. }, Once(_) | Every { .. }, Once(_) | Every { .. }) => false,
        }
    }

    /// A relative moment was fixed when the event was created.
    fn same_moment(&self, there: Option<&str>, wanted: Option<&str>, said: Option<&str>) -> bool {
        match (there, wanted, said) {
            (None, None, None) => true,
            (Some(there), Some(wanted), Some(said)) => {
                !self.is_constant(said) || self.same_text(there, wanted)
            }
            (None | Some(_), None | Some(_), None | Some(_)) => false,
        }
    }

    fn is_constant(&self, moment: &str) -> bool {
        let mut code = scan(self.dialect, moment).filter(crate::scan::Token::is_code);
        let text = code.next().is_some_and(|it| it.lexeme == Lexeme::Text);
        text && code.next().is_none()
    }

    fn has_status_of(&self, other: &Self) -> bool {
        let status = |it: &Self| it.status.unwrap_or("ENABLE").to_owned();
        self.same_text(&status(self), &status(other))
    }

    /// Its comment; an empty one is none.
    fn said(&self) -> Option<autogen_schema::Default> {
        let comment = self.comment.map(defaults::parse);
        comment.filter(|it| *it != defaults::parse("''"))
    }

    fn same_text(&self, left: &str, right: &str) -> bool {
        self.dialect.same_statement(left, right)
    }
}

fn schedule<'a>(at: &mut Cursor<'a>) -> Option<Schedule<'a>> {
    if at.word("AT") {
        return Some(Schedule::Once(at.until(&CLAUSES)));
    }
    at.word("EVERY").then_some(())?;
    let interval = at.until(&["STARTS", "ENDS", "ON", "ENABLE", "DISABLE", "COMMENT", "DO"]);
    let starts = at.word("STARTS");
    let starts = starts.then(|| at.until(&["ENDS", "ON", "ENABLE", "DISABLE", "COMMENT", "DO"]));
    let ends = at.word("ENDS").then(|| at.until(&CLAUSES));
    Some(Schedule::Every { interval, starts, ends })
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(text: &str) -> Event<'_> {
        Event::read(Dialect::Mysql, text).expect("an event")
    }

    fn same(there: &str, wanted: &str) -> bool {
        let wanted = read(wanted);
        read(there).same(&wanted, &wanted)
    }

    const THERE: &str = "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 04:00:00' \
                         ON COMPLETION NOT PRESERVE ENABLE DO DELETE FROM logs";

    #[test]
    fn what_nobody_said_is_no_difference() {
        assert!(same(THERE, "create event e on schedule every 1 day do delete from logs"));
        assert!(same(
            THERE,
            "create definer=a@b event e on schedule every 1 day starts now() + interval 1 day \
             enable do delete from logs"
        ));
        for other in [
            "create event e on schedule every 2 day do delete from logs",
            "create event e on schedule every 1 day starts '2026-01-01 05:00:00' do delete from logs",
            "create event e on schedule every 1 day ends '2027-01-01' do delete from logs",
            "create event e on schedule every 1 day on completion preserve do delete from logs",
            "create event e on schedule every 1 day disable do delete from logs",
            "create event e on schedule every 1 day comment 'x' do delete from logs",
            "create event e on schedule every 1 day do delete from others",
            "create event e on schedule at '2026-01-01 04:00:00' do delete from logs",
        ] {
            assert!(!same(THERE, other), "{other}");
        }
    }

    #[test]
    fn what_is_over_is_disabled_by_the_server() {
        let over = "CREATE EVENT `e` ON SCHEDULE AT '2026-01-01 04:00:00' \
                    ON COMPLETION PRESERVE DISABLE DO SELECT 1";
        let once = "create event e on schedule at '2026-01-01 04:00:00' on completion preserve";
        assert!(same(over, &format!("{once} do select 1")));
        assert!(!same(over, &format!("{once} enable do select 1")));
    }

    #[test]
    fn only_what_differs_is_altered() {
        let alter = |text| read(THERE).alter(&read(text)).unwrap_or_default();
        assert_eq!(
            alter("create event e on schedule every 1 day do begin end"),
            "ALTER EVENT e\n    DO begin end"
        );
        assert_eq!(
            alter(
                "create event e on schedule every 1 hour on completion preserve disable \
                 comment 'c' do delete from logs"
            ),
            "ALTER EVENT e\n    ON SCHEDULE every 1 hour\n    ON COMPLETION PRESERVE\n    \
             disable\n    COMMENT 'c'"
        );
        assert_eq!(alter("create event e on schedule every 1 day do delete from logs"), "");
    }

    #[test]
    fn at_rest_and_awake() {
        let wanted = read("create event e on schedule every 1 day do select 1");
        let rest = wanted.at_rest();
        assert_eq!(
            rest,
            "CREATE EVENT e ON SCHEDULE every 1 day ON COMPLETION NOT PRESERVE DISABLE DO select 1"
        );
        assert!(read(&read(&rest).awake(&wanted)).same(&wanted, &wanted));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "create table t (a int)",
            "create event e do select 1",
            "create event",
            "create event e on schedule",
            "create event e on schedule every 1 day do",
        ] {
            assert!(Event::read(Dialect::Mysql, text).is_none(), "{text}");
        }
        assert!(Event::read(Dialect::Postgres, THERE).is_none());
    }
}
