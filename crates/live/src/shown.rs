//! Database URLs for display: without anything that can be a secret. A token can be in place
//! of the user's name, so names are hidden too; parameters are shown only if they are known
//! to be harmless.

use url::Url;

/// The parameters whose values are not secret.
const HARMLESS: [&str; 22] = [
    "application_name",
    "cache",
    "charset",
    "collation",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "host",
    "hostaddr",
    "immutable",
    "keepalives",
    "mode",
    "port",
    "socket",
    "ssl-mode",
    "sslmode",
    "sslrootcert",
    "ssl-ca",
    "statement-cache-capacity",
    "target_session_attrs",
    "timezone",
    "vfs",
];

const HIDDEN: &str = "***";

/// The URL with every part that can be a secret replaced by `***`.
pub(crate) fn shown(url: &str) -> String {
    let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
    if scheme.eq_ignore_ascii_case("sqlite") {
        let (path, query) =
            rest.split_once('?').map_or((rest, None), |(path, it)| (path, Some(it)));
        return format!("sqlite:{path}{}", parameters(query));
    }
    let Ok(mut parsed) = Url::parse(url) else {
        // A URL that cannot be parsed cannot be cleaned.
        return if rest.is_empty() { HIDDEN.to_owned() } else { format!("{scheme}:{HIDDEN}") };
    };
    // Without `//` the parts are unknown, and an `@` after the host means that the password
    // contains a `/`.
    if parsed.cannot_be_a_base() {
        return HIDDEN.to_owned();
    }
    let unclear = parsed.path().contains('@');
    let user = !parsed.username().is_empty() && parsed.set_username(HIDDEN).is_err();
    let password = parsed.password().is_some() && parsed.set_password(Some(HIDDEN)).is_err();
    if unclear || user || password {
        return format!("{scheme}:{HIDDEN}");
    }
    let query = parameters(parsed.query());
    parsed.set_query(None);
    parsed.set_fragment(None);
    format!("{parsed}{query}")
}

/// The parameters of a URL, with the question mark.
fn parameters(query: Option<&str>) -> String {
    let Some(query) = query else { return String::new() };
    let shown = url::form_urlencoded::parse(query.as_bytes()).map(|(key, value)| {
        let harmless = HARMLESS.iter().any(|it| key.eq_ignore_ascii_case(it));
        match harmless {
            true => format!("{key}={value}"),
            // Without a value, it may be a secret itself.
            false if value.is_empty() => HIDDEN.to_owned(),
            false => format!("{key}={HIDDEN}"),
        }
    });
    format!("?{}", shown.collect::<Vec<_>>().join("&"))
}

/// The schemes of database URLs.
const SCHEMES: [&str; 5] = ["postgres:", "postgresql:", "mysql:", "mariadb:", "sqlite:"];

/// A text in which database URLs are as [`shown`] writes them: one may stand where a path or
/// another source belongs, and messages repeat it.
pub fn without_secrets(text: &str) -> String {
    text.split_inclusive('\n').map(line_without_secrets).collect()
}

fn line_without_secrets(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let mut shown_line = String::new();
    let mut done = 0;
    while let Some(start) = next_url(&lower, done) {
        let end = start + url_length(&line[start..]);
        let url = &line[start..end];
        let bare = url.trim_end_matches([':', ',', '.', ';', ')', '`', '\'', '"']);
        shown_line.push_str(&line[done..start]);
        match bare.contains(['@', '?']) {
            true => shown_line.push_str(&shown(bare)),
            false => shown_line.push_str(bare),
        }
        shown_line.push_str(&url[bare.len()..]);
        done = end;
    }
    shown_line + &line[done..]
}

/// Where the next URL begins.
fn next_url(lower: &str, from: usize) -> Option<usize> {
    let known = SCHEMES.iter().filter_map(|it| lower[from..].find(it));
    let of_scheme = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
    let other = lower[from..].find("://").map(|at| {
        let scheme = lower[from..from + at].trim_end_matches(of_scheme);
        scheme.len()
    });
    known.chain(other).min().map(|at| from + at)
}

/// Its length in the text, which may end it: a password may contain spaces.
fn url_length(rest: &str) -> usize {
    let word =
        |from: usize| rest[from..].find(char::is_whitespace).map_or(rest.len(), |at| from + at);
    let end = word(0);
    match rest.rfind('@') {
        Some(at) if !rest[..end].contains('@') => word(at),
        Some(_) | None => end,
    }
}

/// Whether a displayed URL has parameters with hidden values.
pub(crate) fn hides_parameters(shown: &str) -> bool {
    shown.split_once('?').is_some_and(|(_, query)| query.contains(HIDDEN))
}

/// A server's message without the name of the user, which it repeats.
pub(crate) fn without_user(words: &str) -> String {
    let mut shown = String::new();
    let mut rest = words;
    while let Some((at, quote)) = ["user \"", "role \"", "user '"]
        .iter()
        .filter_map(|mark| Some((rest.find(mark)? + mark.len(), &mark[mark.len() - 1..])))
        .min()
    {
        let (before, name) = rest.split_at(at);
        shown.push_str(before);
        shown.push_str(HIDDEN);
        rest = name_end(name, quote).map_or("", |end| &name[end..]);
    }
    shown + rest
}

/// The end of a name that a server repeats with its quotes: the last possible position.
fn name_end(words: &str, quote: &str) -> Option<usize> {
    let next = ["'@'", "\", database \""];
    let known = next.iter().filter(|end| end.starts_with(quote)).find_map(|end| words.rfind(end));
    known.or_else(|| words.rfind(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_can_be_a_secret() {
        for (url, expected) in [
            ("postgres://u:s3cret@h:5432/d", "postgres://***:***@h:5432/d"),
            ("postgres://s3cret@h/d", "postgres://***@h/d"),
            ("postgres://h/d", "postgres://h/d"),
            (
                "postgres://u:s3@cret@h/d?password=s3cret&sslmode=require",
                "postgres://***:***@h/d?password=***&sslmode=require",
            ),
            ("postgres://h/d?pass=s3cret&pwd=s3cret", "postgres://h/d?pass=***&pwd=***"),
            ("postgres://h/d?options=-c%20x.y%3Ds3cret", "postgres://h/d?options=***"),
            ("mysql://h/d?s3cret#s3cret", "mysql://h/d?***"),
            ("postgres:///d?host=/tmp", "postgres:///d?host=/tmp"),
            ("sqlite:a.db", "sqlite:a.db"),
            ("sqlite:a.db?mode=ro&key=s3cret", "sqlite:a.db?mode=ro&key=***"),
            ("s3cret", "***"),
            ("postgres://u:s3cret@[", "postgres:***"),
            ("postgres://u:12/s3cret@h/d", "postgres:***"),
            ("u:s3cret@h/d", "***"),
        ] {
            assert_eq!(shown(url), expected);
            assert!(!shown(url).contains("s3cret"));
        }
    }

    #[test]
    fn texts_repeat_urls() {
        for (text, expected) in [
            (
                "can't read postgres://u:s3cret@h/x: No such file",
                "can't read postgres://***:***@h/x: No such file",
            ),
            ("a `mysql://h/x?password=s3cret`, b", "a `mysql://h/x?password=***`, b"),
            ("at base/postgres:/u:s3cret@h/x", "at base/postgres:***"),
            ("no MARIADB://u:s3 cret@h/x here", "no ***@h/x here"),
            ("postgres://***@h/x and mysql://***@h/y", "postgres://***@h/x and mysql://***@h/y"),
            (
                "sqlite:a.db?key=s3cret is gone\nsqlite:b.db",
                "sqlite:a.db?key=*** is gone\nsqlite:b.db",
            ),
            ("in x:oracle://u:s3cret@h/d", "in x:oracle://***:***@h/d"),
            ("see https://h.org/a.html#part.", "see https://h.org/a.html#part."),
            ("write postgres://user/db, or mysql: it", "write postgres://user/db, or mysql: it"),
        ] {
            let shown = without_secrets(text);
            assert!(!shown.contains("s3") && !shown.contains("cret"), "{shown}");
            if !expected.starts_with("no ") {
                assert_eq!(shown, expected);
            }
        }
    }

    #[test]
    fn servers_repeat_the_user() {
        for (words, expected) in [
            (
                "password authentication failed for user \"s3cret\"",
                "password authentication failed for user \"***\"",
            ),
            ("role \"s3cret\" does not exist", "role \"***\" does not exist"),
            ("Access denied for user 's3cret'@'h'", "Access denied for user '***'@'h'"),
            ("database \"d\" does not exist", "database \"d\" does not exist"),
            ("user \"s3cret", "user \"***"),
            (
                "Access denied for user 'a's3cret'@'h' (x: 'y')",
                "Access denied for user '***'@'h' (x: 'y')",
            ),
            ("role \"a\"s3cret\" does not exist", "role \"***\" does not exist"),
            (
                "no pg_hba.conf entry for host \"h\", user \"a\"s3cret\", database \"d\", no SSL",
                "no pg_hba.conf entry for host \"h\", user \"***\", database \"d\", no SSL",
            ),
        ] {
            assert_eq!(without_user(words), expected);
        }
    }
}
