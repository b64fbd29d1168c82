//! MariaDB's sequences, and defaults that use them.
//!
//! The canonical form of such a default is `nextval('name')`, as in PostgreSQL: so every
//! search for sequences in expressions finds these too.
//!
//! Source: MariaDB's "CREATE SEQUENCE" and "ALTER SEQUENCE"; the defaults were found by
//! experiment on MariaDB 10.11.

use autogen_schema::{Expr, Pair, QName, Sequence, SequenceOptions};

use super::{Flavor, types};
use crate::Dialect::{Mariadb, Mysql};
use crate::scan::{Lexeme, Token, scan, unquote};

const MAX: i64 = i64::MAX - 1;
const MIN: i64 = -i64::MAX;

/// All options, explicit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Full {
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    /// No cache is 0.
    cache: i64,
    cycle: bool,
}

fn full(options: &SequenceOptions) -> Full {
    let increment = options.increment.unwrap_or(1);
    let (min, max) = if increment < 0 { (MIN, -1) } else { (1, MAX) };
    let min = options.min_value.unwrap_or(min);
    let max = options.max_value.unwrap_or(max);
    let start = options.start.unwrap_or(if increment < 0 { max } else { min });
    let cache = options.cache.unwrap_or(1000);
    Full { start, increment, min, max, cache, cycle: options.cycle }
}

/// Removes options that are the default.
pub(super) fn canonicalize(sequence: &mut Sequence) {
    let options = &sequence.options;
    let said = full(options);
    let step = SequenceOptions { increment: options.increment, ..SequenceOptions::default() };
    let bounds = SequenceOptions {
        min_value: options.min_value,
        max_value: options.max_value,
        ..step.clone()
    };
    let unless = |value: i64, default: i64| (value != default).then_some(value);
    sequence.options = SequenceOptions {
        start: unless(said.start, full(&bounds).start),
        increment: unless(said.increment, 1),
        min_value: unless(said.min, full(&step).min),
        max_value: unless(said.max, full(&step).max),
        cache: unless(said.cache, 1000),
        cycle: said.cycle,
    };
    let data_type = sequence.data_type.take().map(|it| types::canonical(Flavor::Mariadb, &it));
    sequence.data_type = data_type.filter(|it| types::render(it) != "bigint");
    sequence.owned_by = None;
    sequence.comment.take_if(|text| text.is_empty());
}

/// Reads the output of `SHOW CREATE SEQUENCE`; `None` for another form.
pub fn read(name: &str, text: &str) -> Option<Sequence> {
    let mut code = scan(Mysql, text).filter(Token::is_code).peekable();
    let mut sequence = Sequence {
        name: QName::bare(name),
        data_type: None,
        options: SequenceOptions::default(),
        owned_by: None,
        comment: None,
    };
    let starts = code.next()?.is_word("CREATE") && code.next()?.is_word("SEQUENCE");
    code.next().filter(|it| starts && it.lexeme == Lexeme::Name)?;
    while let Some(token) = code.next() {
        let word = token.text.to_ascii_lowercase();
        if word == "as" {
            let end = scan(Mysql, text.get(token.end()..)?).find(|it| it.is_word("START"))?;
            let kind = text.get(token.end()..token.end() + end.at)?.trim();
            sequence.data_type = Some(types::parse(kind));
            continue;
        }
        if ["with", "by", "="].contains(&word.as_str()) {
            continue;
        }
        let options = &mut sequence.options;
        match word.as_str() {
            "nocache" => options.cache = Some(0),
            "cycle" => options.cycle = true,
            "start" | "minvalue" | "maxvalue" | "increment" | "cache" => {
                code.next_if(|it| it.is_word("WITH") || it.is_word("BY"));
                let minus = code.next_if(|it| it.is_symbol("-")).is_some();
                let sign = if minus { "-" } else { "" };
                let number = format!("{sign}{}", code.next()?.text).parse().ok();
                match word.as_str() {
                    "start" => options.start = number,
                    "minvalue" => options.min_value = number,
                    "maxvalue" => options.max_value = number,
                    "increment" => options.increment = number,
                    _cache => options.cache = number,
                }
            }
            "comment" => {
                code.next_if(|it| it.is_symbol("="));
                let text = code.next()?;
                let words = super::defaults::parse(text.text);
                if let autogen_schema::Default::Literal(autogen_schema::Literal::Text(text)) = words
                {
                    sequence.comment = Some(text);
                }
            }
            _word => {}
        }
    }
    Some(sequence)
}

/// The sequence of a default that is nothing but its next value.
fn counted(expr: &Expr) -> Option<QName> {
    if let [name] = expr.sequences().as_slice() {
        let text = expr.as_str();
        return (text.matches('(').count() == 1 && text.ends_with(')')).then(|| name.clone());
    }
    let code: Vec<Token<'_>> = scan(Mysql, expr.as_str()).filter(Token::is_code).collect();
    let inner = match code.as_slice() {
        [call, open, inner @ .., close]
            if call.is_word("NEXTVAL") && open.is_symbol("(") && close.is_symbol(")") =>
        {
            inner
        }
        [next, value, word, inner @ ..]
            if next.is_word("NEXT") && value.is_word("VALUE") && word.is_word("FOR") =>
        {
            inner
        }
        _other => return None,
    };
    let plain = |it: &Token<'_>| it.lexeme == Lexeme::Name || it.lexeme == Lexeme::Word;
    match inner {
        [name] if plain(name) => Some(QName::bare(unquote(name.text))),
        [_database, dot, name] if dot.is_symbol(".") && plain(name) => {
            Some(QName::bare(unquote(name.text)))
        }
        _other => None,
    }
}

/// The canonical form of a default that uses a sequence.
pub(super) fn settled(expr: &Expr) -> Option<Expr> {
    let name = counted(expr)?;
    Some(Expr::new(Expr::next_value(&name).as_str().replacen("'::regclass)", "')", 1)))
}

/// The same in MariaDB's syntax.
pub(super) fn rendered(expr: &Expr) -> Option<String> {
    Some(format!("nextval({})", Mysql.quote_name(&counted(expr)?)))
}

pub(super) fn create(sequence: &Sequence) -> String {
    let mut sql = format!("CREATE SEQUENCE {}", Mysql.quote_name(&sequence.name));
    if let Some(data_type) = &sequence.data_type {
        sql.push_str(&format!(" AS {}", types::render(data_type)));
    }
    let silent = full(&SequenceOptions::default());
    for word in words(None, &sequence.options, silent) {
        sql.push_str(&format!(" {word}"));
    }
    if let Some(comment) = &sequence.comment {
        sql.push_str(&format!(" COMMENT={}", Mariadb.quote_text(comment)));
    }
    sql
}

/// The clauses that change one set of options to another.
pub(super) fn changed(options: Pair<&SequenceOptions>) -> Vec<String> {
    words(Some(options.before), options.after, full(options.before))
}

/// The number from which the sequence must continue, if it may be before its new bounds: the
/// server rejects bounds that start after its position. If it is further on, this has no
/// effect, and the old bounds do not matter (found by experiment on MariaDB 10.11).
pub(super) fn carried(options: Pair<&SequenceOptions>) -> Option<i64> {
    let (before, after) = (full(options.before), full(options.after));
    match (before.increment < 0, after.increment < 0) {
        (false, false) if after.min > before.min => Some(after.min),
        (true, true) if after.max < before.max => Some(after.max),
        (false | true, _) => None,
    }
}

/// A condition for a sequence that has no number left in its new bounds.
pub(crate) fn exhausted(options: Pair<&SequenceOptions>) -> Option<String> {
    let (before, after) = (full(options.before), full(options.after));
    if after.cycle {
        return None;
    }
    match (before.increment < 0, after.increment < 0) {
        (false, false) if after.max < before.max => {
            Some(format!("next_not_cached_value > {}", after.max))
        }
        (true, true) if after.min > before.min => {
            Some(format!("next_not_cached_value < {}", after.min))
        }
        (false | true, _) => None,
    }
}

/// Bounds are written if they differ from the other side, and all of them if the direction
/// changes.
fn words(before: Option<&SequenceOptions>, after: &SequenceOptions, there: Full) -> Vec<String> {
    let wanted = full(after);
    let said = |value: Option<i64>| before.is_some() || value.is_some();
    let mut words = Vec::new();
    let mut say = |differs: bool, word: String| {
        if differs {
            words.push(word);
        }
    };
    say(wanted.increment != there.increment, format!("INCREMENT BY {}", wanted.increment));
    say(wanted.min != there.min && said(after.min_value), format!("MINVALUE {}", wanted.min));
    say(wanted.max != there.max && said(after.max_value), format!("MAXVALUE {}", wanted.max));
    say(wanted.start != there.start && said(after.start), format!("START WITH {}", wanted.start));
    let cache = match wanted.cache {
        0 => "NOCACHE".to_owned(),
        number => format!("CACHE {number}"),
    };
    say(wanted.cache != there.cache, cache);
    let cycle = if wanted.cycle { "CYCLE" } else { "NOCYCLE" };
    say(wanted.cycle != there.cycle, cycle.to_owned());
    // Its position may not be valid in the other direction.
    let turns = before.is_some() && (wanted.increment < 0) != (there.increment < 0);
    say(turns, format!("RESTART WITH {}", wanted.start));
    words
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    fn shown(text: &str) -> Sequence {
        let mut found = read("s", text).expect("a sequence");
        canonicalize(&mut found);
        found
    }

    #[test]
    fn what_the_server_shows() {
        let plain = shown(
            "CREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9223372036854775806 increment \
             by 1 cache 1000 nocycle ENGINE=InnoDB",
        );
        assert_eq!(plain.options, SequenceOptions::default());
        assert_eq!(create(&plain), "CREATE SEQUENCE `s`");
        let down = shown(
            "CREATE SEQUENCE `s` start with -1 minvalue -9223372036854775807 maxvalue -1 \
             increment by -1 nocache cycle ENGINE=InnoDB COMMENT='it''s'",
        );
        assert_eq!(
            create(&down),
            "CREATE SEQUENCE `s` INCREMENT BY -1 NOCACHE CYCLE COMMENT='it''s'"
        );
        let both = Pair::new(&plain.options, &down.options);
        assert_eq!(
            changed(both).join(" "),
            "INCREMENT BY -1 MINVALUE -9223372036854775807 MAXVALUE -1 START WITH -1 NOCACHE CYCLE \
             RESTART WITH -1"
        );
        assert_eq!(read("s", "CREATE TABLE `s` (a int)"), None);
    }

    #[test]
    fn where_it_stands() {
        let of = |text: &str| shown(&format!("CREATE SEQUENCE `s` {text}")).options;
        let up = of("start with 1 minvalue 1 maxvalue 100 increment by 1");
        let higher = of("start with 50 minvalue 50 maxvalue 90 increment by 1");
        let down = of("start with -1 minvalue -100 maxvalue -1 increment by -1");
        let lower = of("start with -50 minvalue -90 maxvalue -50 increment by -1");
        let asked = |before, after| {
            let both = Pair::new(before, after);
            (carried(both), exhausted(both))
        };
        let text = |it: &str| Some(it.to_owned());
        assert_eq!(asked(&up, &higher), (Some(50), text("next_not_cached_value > 90")));
        assert_eq!(asked(&higher, &up), (None, None));
        assert_eq!(asked(&down, &lower), (Some(-50), text("next_not_cached_value < -90")));
        assert_eq!(asked(&lower, &down), (None, None));
        // It restarts.
        assert_eq!(asked(&up, &lower), (None, None));
        let round = SequenceOptions { cycle: true, ..higher };
        assert_eq!(asked(&up, &round), (Some(50), None));
    }

    #[test]
    fn defaults() {
        let settled_text = |text: &str| settled(&Expr::new(text)).map(|expr| expr.0);
        for text in [
            "nextval('s')",
            "nextval('s'::regclass)",
            "NEXTVAL(s)",
            "nextval(`s`)",
            "nextval(`d b`.`s`)",
            "next value for s",
        ] {
            assert_eq!(settled_text(text).as_deref(), Some("nextval('s')"), "{text}");
        }
        for text in ["nextval(s) + 1", "lastval(s)", "nextval(", "'nextval(s)'"] {
            assert_eq!(settled_text(text), None, "{text}");
        }
        assert_eq!(rendered(&Expr::new("nextval('\"A b\"')")).as_deref(), Some("nextval(`A b`)"));
    }
}
