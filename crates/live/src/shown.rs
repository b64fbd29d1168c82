//! Database URLs as they may be shown: without the password.

use url::Url;

/// The URL with the password, wherever it stands, replaced by `***`.
pub(crate) fn shown(url: &str) -> String {
    let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
    if scheme.eq_ignore_ascii_case("sqlite") {
        return format!("sqlite:{rest}");
    }
    let Ok(mut parsed) = Url::parse(url) else {
        // What can't be parsed can't be cleaned.
        return if rest.is_empty() { "***".to_owned() } else { format!("{scheme}:***") };
    };
    // Without `//` nobody knows what is what, and an `@` behind the host means
    // that the password holds a `/`.
    if parsed.cannot_be_a_base() {
        return "***".to_owned();
    }
    if parsed.path().contains('@') {
        return format!("{scheme}:***");
    }
    if parsed.password().is_some() && parsed.set_password(Some("***")).is_err() {
        return format!("{scheme}:***");
    }
    let secret = |key: &str| {
        let key = key.to_ascii_lowercase();
        key.contains("password") || key.contains("secret") || key.contains("token")
    };
    if parsed.query_pairs().any(|(key, _)| secret(&key)) {
        let pairs: Vec<(String, String)> = parsed
            .query_pairs()
            .map(|(key, value)| {
                let value = if secret(&key) { "***".to_owned() } else { value.into_owned() };
                (key.into_owned(), value)
            })
            .collect();
        parsed.query_pairs_mut().clear().extend_pairs(pairs);
    }
    parsed.to_string()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn hides_passwords() {
        for (url, expected) in [
            ("postgres://u:s3cret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            (
                "postgres://u:s3@cret@h/d?password=s3cret&a=1",
                "postgres://u:***@h/d?password=***&a=1",
            ),
            ("postgres:///d?host=/tmp", "postgres:///d?host=/tmp"),
            ("sqlite:a.db", "sqlite:a.db"),
            ("s3cret", "***"),
            ("postgres://u:s3cret@[", "postgres:***"),
            ("postgres://u:12/s3cret@h/d", "postgres:***"),
            ("u:s3cret@h/d", "***"),
        ] {
            assert_eq!(shown(url), expected);
            assert!(!shown(url).contains("s3cret"));
        }
    }
}
