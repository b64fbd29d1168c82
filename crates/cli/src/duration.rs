//! Durations as people write them.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

/// How long one may be, in hours: later sums do not overflow.
const LONGEST: i64 = u32::MAX as i64;

/// Reads `500ms`, `90s`, `10m`, `1h 30m`, and plain seconds.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let form = || "write it like 500ms, 90s, 10m or 1h".to_owned();
    let plain = text.bytes().all(|it| it.is_ascii_digit()).then(|| format!("{text}s"));
    let read: SignedDuration = plain.as_deref().unwrap_or(text).parse().map_err(|_| form())?;
    if read.as_hours() > LONGEST {
        return Err("it is too long".to_owned());
    }
    Duration::try_from(read).map_err(|_| form())
}

/// The same in a configuration.
pub(crate) fn from_text<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(text)?;
    time(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time("90"), Ok(Duration::from_secs(90)));
        assert_eq!(time("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(time("0"), Ok(Duration::ZERO));
        assert_eq!(time("1h 30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "s", "-1s", "1d", "1x", "99999999999h", "999999999999999999999"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
