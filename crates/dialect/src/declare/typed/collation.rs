//! `CREATE COLLATION`.

use autogen_schema::{Collation, CollationProvider, DeclaredObject};

use super::end;
use crate::declare::comment::literal;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, Problem, UNKNOWN, name, problem};

impl Declaring<'_> {
    pub(super) fn collation(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("collations")?;
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = name(&mut at, "collation")?;
        let Some(inside) = at.parentheses() else {
            return Err(not_understood(at.rest()));
        };
        end(&at, "CREATE COLLATION")?;
        let mut item = Collation {
            name: name.clone(),
            provider: CollationProvider::Libc,
            locale: String::new(),
            ctype: None,
            nondeterministic: false,
            rules: None,
            comment: None,
        };
        let mut options = Cursor::new(at.dialect(), inside);
        while !options.is_at_end() {
            option(&mut options, &mut item)?;
            if !options.symbol(",") && !options.is_at_end() {
                return Err(not_understood(options.rest()));
            }
        }
        item.ctype.take_if(|ctype| *ctype == item.locale);
        if item.locale.is_empty() {
            return Err(problem(
                UNKNOWN,
                format!("the collation {name} has no locale"),
                "write LOCALE = 'de-DE'; a copy of another collation is written out",
            ));
        }
        self.place(
            DeclaredObject::Other("collation", name.to_string()),
            &format!("collation {name}"),
        )?;
        self.declared.schema.collations.insert(name, item);
        Ok(())
    }
}

/// `NAME = value`.
fn option(at: &mut Cursor<'_>, item: &mut Collation) -> Done {
    let rest = at.rest().to_owned();
    let bad = || not_understood(&rest);
    let key = at.name().ok_or_else(bad)?;
    if !at.symbol("=") {
        return Err(bad());
    }
    let token = at.skip().ok_or_else(bad)?;
    let value = literal(token.text).unwrap_or_else(|| token.text.to_owned());
    match key.as_str() {
        "locale" | "lc_collate" => item.locale = value,
        "lc_ctype" => item.ctype = Some(value),
        "rules" => item.rules = Some(value),
        "provider" => {
            item.provider =
                CollationProvider::named(&value.to_ascii_lowercase()).ok_or_else(bad)?;
        }
        "deterministic" => item.nondeterministic = value.eq_ignore_ascii_case("false"),
        // The server determines the version; it is not declared.
        "version" => {}
        _ => return Err(bad()),
    }
    Ok(())
}

fn not_understood(rest: &str) -> Problem {
    problem(
        UNKNOWN,
        format!("`{rest}` in a CREATE COLLATION is not understood"),
        "write CREATE COLLATION name (PROVIDER = icu, LOCALE = 'de-DE', DETERMINISTIC = true)",
    )
}
