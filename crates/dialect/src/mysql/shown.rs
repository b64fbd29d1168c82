//! The output of `SHOW CREATE TABLE`, split into its parts.
//!
//! Source: experiments on MySQL 9.7 and MariaDB 10.11.

use autogen_schema::{Shown, ShownKind, ShownPart};

use crate::Dialect::Mysql;
use crate::scan::{Token, scan, unquote};

/// The replacement for bytes that are not text.
const LOST: char = '\u{fffd}';

/// Splits the text; `None` for another form, or if bytes outside of columns could not be
/// decoded.
pub fn read(text: &str) -> Option<Box<Shown>> {
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut from = 0;
    for token in scan(Mysql, text) {
        if token.is_symbol("(") {
            depth += 1;
            if depth == 1 {
                from = token.end();
            }
        } else if token.is_symbol(")") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                parts.push(part(text.get(from..token.at)?)?);
                let ending = text.get(token.end()..)?.trim_end();
                let whole = !ending.contains(LOST);
                return whole.then(|| Box::new(Shown { parts, ending: ending.to_owned() }));
            }
        } else if token.is_symbol(",") && depth == 1 {
            parts.push(part(text.get(from..token.at)?)?);
            from = token.end();
        }
    }
    None
}

/// A column's text without the collation of its table. MySQL prints it if it is not the
/// character set's default; when reading it, it takes it as the column's own and then prints
/// the character set as well.
pub(crate) fn without_inherited(text: &str, ending: &str) -> String {
    let words = |text| scan(Mysql, text).filter(|token| token.is_code());
    let theirs = words(ending).skip_while(|token| !token.is_word("COLLATE")).nth(2);
    let mut tokens = words(text);
    let mut depth = 0_usize;
    while let (Some(token), Some(theirs)) = (tokens.next(), theirs) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is_word("CHARACTER") {
            break;
        } else if depth == 0 && token.is_word("COLLATE") {
            let collation = tokens.next().filter(|token| token.text == theirs.text);
            let cut = collation
                .and_then(|collation| Some((text.get(..token.at)?, text.get(collation.end()..)?)));
            return cut
                .map_or(text.to_owned(), |(head, rest)| format!("{}{rest}", head.trim_end()));
        }
    }
    text.to_owned()
}

fn part(text: &str) -> Option<ShownPart> {
    let text = text.trim();
    let code: Vec<Token<'_>> = scan(Mysql, text).filter(Token::is_code).take(4).collect();
    let first = code.first()?;
    let is_name = |token: &&Token<'_>| token.text.starts_with('`');
    let name = code.iter().find(is_name).map(|token| unquote(token.text));
    let kind = match (is_name(&first), code.get(2)) {
        (true, _) => ShownKind::Column,
        (false, Some(word)) if first.is_word("CONSTRAINT") && word.is_word("FOREIGN") => {
            ShownKind::ForeignKey
        }
        (false, _) => ShownKind::Other,
    };
    let whole = !text.contains(LOST);
    (whole || kind == ShownKind::Column).then(|| ShownPart {
        kind,
        name,
        text: whole.then(|| text.to_owned()),
    })
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let shown = read(
            "CREATE TABLE `a(` (\n  `i,d` int NOT NULL DEFAULT '0,)',\n  `b` binary(1) DEFAULT \
             '\u{fffd}',\n  PRIMARY KEY (`i,d`),\n  UNIQUE KEY `k``1` (`b`,`i,d`) USING BTREE,\n  \
             CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `p` (`b`) ON DELETE NO ACTION\n) \
             ENGINE=InnoDB AUTO_INCREMENT=7\n",
        )
        .expect("parts");
        let found: Vec<(ShownKind, Option<&str>, bool)> =
            shown.parts.iter().map(|it| (it.kind, it.name.as_deref(), it.text.is_some())).collect();
        assert_eq!(
            found,
            [
                (ShownKind::Column, Some("i,d"), true),
                (ShownKind::Column, Some("b"), false),
                (ShownKind::Other, Some("i,d"), true),
                (ShownKind::Other, Some("k`1"), true),
                (ShownKind::ForeignKey, Some("f"), true),
            ]
        );
        assert_eq!(shown.ending, " ENGINE=InnoDB AUTO_INCREMENT=7");
    }

    #[test]
    fn collations() {
        let of =
            |text| without_inherited(text, ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=x");
        assert_eq!(of("`a` text COLLATE x DEFAULT 'COLLATE x'"), "`a` text DEFAULT 'COLLATE x'");
        assert_eq!(of("`a` enum('COLLATE x') COLLATE x"), "`a` enum('COLLATE x')");
        for kept in ["`a` text COLLATE y", "`a` text CHARACTER SET c COLLATE x", "`a` int"] {
            assert_eq!(of(kept), kept);
        }
        assert_eq!(
            without_inherited("`a` text COLLATE x", ") ENGINE=InnoDB"),
            "`a` text COLLATE x"
        );
    }

    #[test]
    fn texts_of_another_form() {
        for text in
            ["", "CREATE VIEW `v` AS select 1", "CREATE TABLE `t` (", "CREATE TABLE t ()", ")"]
        {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read("CREATE TABLE t (`a` int) COMMENT='\u{fffd}'").is_none());
    }
}
