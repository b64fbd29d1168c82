//! Character sets and their default collations.
//!
//! A collation belongs to one character set, whose name it begins with. So the canonical form
//! has only collations: a character set without one means its default collation.
//!
//! Source: `information_schema.character_sets` of MySQL 9.7 and MariaDB 10.11, which differ
//! only in `utf8mb4`. Servers can be configured otherwise: MySQL by
//! `default_collation_for_utf8mb4`, MariaDB by `character_set_collations`, which since 11.5
//! defaults to `uca1400_ai_ci` for all of Unicode. A server, if there is one, is asked;
//! otherwise this table is used.

use std::collections::BTreeMap;

use autogen_schema::{Column, Pair, TableOptions};

use super::{Flavor, types};

/// The default collations of character sets, on a server or in general.
#[derive(Clone, Copy)]
pub(crate) struct Defaults<'a> {
    pub(crate) flavor: Flavor,
    /// What the server reported, if it differs from its family's defaults.
    pub(crate) told: Option<&'a BTreeMap<String, String>>,
}

/// The default collations of MySQL.
const DEFAULTS: &[(&str, &str)] = &[
    ("armscii8", "armscii8_general_ci"),
    ("ascii", "ascii_general_ci"),
    ("big5", "big5_chinese_ci"),
    ("binary", "binary"),
    ("cp1250", "cp1250_general_ci"),
    ("cp1251", "cp1251_general_ci"),
    ("cp1256", "cp1256_general_ci"),
    ("cp1257", "cp1257_general_ci"),
    ("cp850", "cp850_general_ci"),
    ("cp852", "cp852_general_ci"),
    ("cp866", "cp866_general_ci"),
    ("cp932", "cp932_japanese_ci"),
    ("dec8", "dec8_swedish_ci"),
    ("eucjpms", "eucjpms_japanese_ci"),
    ("euckr", "euckr_korean_ci"),
    ("gb18030", "gb18030_chinese_ci"),
    ("gb2312", "gb2312_chinese_ci"),
    ("gbk", "gbk_chinese_ci"),
    ("geostd8", "geostd8_general_ci"),
    ("greek", "greek_general_ci"),
    ("hebrew", "hebrew_general_ci"),
    ("hp8", "hp8_english_ci"),
    ("keybcs2", "keybcs2_general_ci"),
    ("koi8r", "koi8r_general_ci"),
    ("koi8u", "koi8u_general_ci"),
    ("latin1", "latin1_swedish_ci"),
    ("latin2", "latin2_general_ci"),
    ("latin5", "latin5_turkish_ci"),
    ("latin7", "latin7_general_ci"),
    ("macce", "macce_general_ci"),
    ("macroman", "macroman_general_ci"),
    ("sjis", "sjis_japanese_ci"),
    ("swe7", "swe7_swedish_ci"),
    ("tis620", "tis620_thai_ci"),
    ("ucs2", "ucs2_general_ci"),
    ("ujis", "ujis_japanese_ci"),
    ("utf16", "utf16_general_ci"),
    ("utf16le", "utf16le_general_ci"),
    ("utf32", "utf32_general_ci"),
    ("utf8mb3", "utf8mb3_general_ci"),
    ("utf8mb4", "utf8mb4_0900_ai_ci"),
];

/// Both servers accept other names for `utf8mb3`.
fn modern(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match lower.strip_prefix("utf8") {
        Some("") => "utf8mb3".to_owned(),
        Some(rest) if rest.starts_with('_') => format!("utf8mb3{rest}"),
        Some(_) | None => lower,
    }
}

/// The collations in a list such as `utf8mb3=utf8mb3_bin,utf8mb4=utf8mb4_bin` that differ
/// from this table.
pub fn told(flavor: Flavor, list: &str) -> Option<Box<BTreeMap<String, String>>> {
    let mut others = BTreeMap::new();
    for (charset, collation) in list.split(',').filter_map(|it| it.split_once('=')) {
        let charset = modern(charset.trim());
        let mut collation = modern(collation.trim());
        if charset_of(&collation) != charset {
            collation = format!("{charset}_{collation}");
        }
        if default_collation(flavor, &charset) != Some(collation.as_str()) {
            others.insert(charset, collation);
        }
    }
    (!others.is_empty()).then(|| Box::new(others))
}

/// The default collation of a character set, if known.
pub fn default_collation(flavor: Flavor, charset: &str) -> Option<&'static str> {
    let charset = modern(charset);
    match flavor {
        Flavor::Mariadb if charset == "utf8mb4" => Some("utf8mb4_general_ci"),
        Flavor::Mysql | Flavor::Mariadb => {
            let found = DEFAULTS.iter().find(|(name, _)| *name == charset);
            found.map(|(_, collation)| *collation)
        }
    }
}

/// The character set that a collation belongs to.
pub fn charset_of(collation: &str) -> &str {
    collation.split_once('_').map_or(collation, |(charset, _)| charset)
}

/// One collation for a declared character set and collation; `None` if neither is declared,
/// or if the character set is unknown.
pub(crate) fn collation(
    defaults: Defaults<'_>,
    charset: Option<&str>,
    collation: Option<&str>,
) -> Option<String> {
    let said = collation.map(modern);
    said.or_else(|| {
        let charset = modern(charset?);
        let told = defaults.told.and_then(|it| it.get(&charset)).cloned();
        told.or_else(|| default_collation(defaults.flavor, &charset).map(str::to_owned))
    })
}

/// The new character set of a column, if it may lack characters of the current one.
pub(crate) fn narrowed<'a>(
    column: Pair<&'a Column>,
    options: Pair<&'a TableOptions>,
    databases: Pair<Option<&'a str>>,
) -> Option<&'a str> {
    let charset = |column: &'a Column, options: &'a TableOptions, database: Option<&'a str>| {
        let own = column.collation.as_deref().or(column.charset.as_deref());
        let collation = own.or(options.collation.as_deref()).or(options.charset.as_deref());
        collation.or(database).map(charset_of)
    };
    let text = |column: &Column| types::has_charset(&column.data_type);
    if !text(column.before) || !text(column.after) {
        return None;
    }
    let before = charset(column.before, options.before, databases.before);
    let after = charset(column.after, options.after, databases.after)?;
    let everything = ["utf8mb4", "utf16", "utf16le", "utf32", "gb18030", "binary"];
    let small = ["ascii", "latin1", "latin2", "cp1250", "cp1251", "cp1252", "ucs2", "utf8mb3"];
    let safe = everything.contains(&after)
        || before == Some(after)
        || (after == "utf8mb3" && before.is_some_and(|it| small.contains(&it)))
        || (before == Some("ascii") && after != "swe7");
    (!safe).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        let defaults = Defaults { flavor: Flavor::Mysql, told: None };
        let of = |charset, found| collation(defaults, charset, found);
        assert_eq!(of(Some("latin1"), None).as_deref(), Some("latin1_swedish_ci"));
        assert_eq!(of(Some("utf8mb4"), Some("utf8mb4_bin")).as_deref(), Some("utf8mb4_bin"));
        assert_eq!(of(None, Some("utf8_bin")).as_deref(), Some("utf8mb3_bin"));
        assert_eq!(of(Some("klingon"), None), None);
        assert_eq!(charset_of("utf8mb4_0900_ai_ci"), "utf8mb4");
        assert_eq!(charset_of("binary"), "binary");
    }

    /// The values of MariaDB 10.11, 11.4 and 11.5, and of a configured MySQL.
    #[test]
    fn what_servers_tell() {
        let later = "utf8mb3=utf8mb3_uca1400_ai_ci,utf8mb4=uca1400_ai_ci";
        for (flavor, list, expected) in [
            (Flavor::Mariadb, "", "utf8mb4_general_ci"),
            (Flavor::Mariadb, "utf8mb4=utf8mb4_general_ci", "utf8mb4_general_ci"),
            (Flavor::Mariadb, later, "utf8mb4_uca1400_ai_ci"),
            (Flavor::Mysql, "utf8mb4=utf8mb4_0900_ai_ci", "utf8mb4_0900_ai_ci"),
            (Flavor::Mysql, "utf8mb4=utf8mb4_general_ci", "utf8mb4_general_ci"),
            (Flavor::Mysql, "=,,junk", "utf8mb4_0900_ai_ci"),
        ] {
            let others = told(flavor, list);
            let defaults = Defaults { flavor, told: others.as_deref() };
            let of = |charset| collation(defaults, Some(charset), None);
            assert_eq!(of("utf8mb4").as_deref(), Some(expected), "{list}");
            assert_eq!(of("latin1").as_deref(), Some("latin1_swedish_ci"), "{list}");
        }
        assert_eq!(told(Flavor::Mysql, "utf8mb4=utf8mb4_0900_ai_ci"), None);
        let others = told(Flavor::Mariadb, later);
        let defaults = Defaults { flavor: Flavor::Mariadb, told: others.as_deref() };
        assert_eq!(
            collation(defaults, Some("utf8"), None).as_deref(),
            Some("utf8mb3_uca1400_ai_ci")
        );
        assert_eq!(
            collation(defaults, Some("utf8"), Some("utf8_bin")).as_deref(),
            Some("utf8mb3_bin")
        );
    }
}
