//! The names of new migrations.

use autogen_plan::Revisions;
use autogen_schema::Change;
use jiff::Timestamp;

use crate::error::Error;

/// The new revision: the requested one, or the time.
pub(crate) fn revision(asked: Option<&str>, revisions: &Revisions) -> Result<String, Error> {
    let revision = match asked {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) => {
            digits.to_owned()
        }
        Some(other) => {
            return Err(Error::usage(
                "A0616",
                format!("--revision {other} has other characters than digits"),
                "write it like 20261122093000",
            ));
        }
        None => later(revisions, &[]),
    };
    if revisions.iter().any(|it| number(&it.id) == revision) {
        return Err(Error::usage(
            "A0503",
            format!("there is a revision {revision} already"),
            "choose another --revision",
        ));
    }
    Ok(revision)
}

/// The digits of a revision. In the names of SeaORM's migrations they are a time, between
/// words.
fn number(id: &str) -> String {
    match id.strip_prefix('m') {
        Some(rest) => rest.chars().filter(char::is_ascii_digit).take(14).collect(),
        None => id.to_owned(),
    }
}

/// The time in UTC as digits; later than all existing revisions, and those about to be
/// written.
pub(crate) fn later(revisions: &Revisions, more: &[String]) -> String {
    let now = Timestamp::now().as_second();
    let mut seconds = now;
    loop {
        let id = digits(seconds);
        let ids = || revisions.iter().map(|it| &it.id).chain(more);
        if ids().all(|it| number(it) < id) || seconds > now + 86_400 {
            return id;
        }
        seconds += 1;
    }
}

/// `YYYYMMDDHHMMSS` of a Unix time.
fn digits(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y%m%d%H%M%S").to_string()
}

/// The words of the file's name: from the message, or from the changes.
pub(crate) fn slug(message: &str, changes: &[Change]) -> String {
    let mut words = String::new();
    for c in message.chars() {
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        } else if !words.is_empty() && !words.ends_with('_') {
            words.push('_');
        }
    }
    if words.is_empty() {
        words = changes.iter().take(2).map(Change::slug).collect::<Vec<_>>().join("_and_");
        if changes.len() > 2 {
            words.push_str(&format!("_and_{}_more", changes.len() - 2));
        }
    }
    words.truncate(60);
    let words = words.trim_matches('_');
    if words.is_empty() { "changes".to_owned() } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_digits() {
        assert_eq!(digits(0), "19700101000000");
        assert_eq!(digits(951_782_399), "20000228235959");
        assert_eq!(digits(951_782_400), "20000229000000");
        assert_eq!(digits(1_795_341_600), "20261122100000");
    }
}
