//! Durations as people write them.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// Reads `500ms`, `90s`, `10m`, `1h`, and plain seconds.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number: u32 = digits.parse().map_err(|_| "write it like 500ms, 90s, 10m or 1h")?;
    let one = match unit {
        "ms" => Duration::from_millis(1),
        "" | "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(3600),
        _ => return Err("its unit is ms, s, m or h".to_owned()),
    };
    Ok(one * number)
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
        for wrong in ["", "s", "-1s", "1 s", "1d", "99999999999"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
