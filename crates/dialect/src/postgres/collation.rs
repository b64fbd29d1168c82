//! User-defined collations, as statements.

use autogen_schema::Collation;

use crate::Dialect::Postgres;

/// The statement that creates a collation.
pub fn create(item: &Collation) -> String {
    let text = |text: &str| Postgres.quote_text(text);
    let mut options = vec![format!("PROVIDER = {}", item.provider.words())];
    match &item.ctype {
        None => options.push(format!("LOCALE = {}", text(&item.locale))),
        Some(ctype) => {
            options.push(format!("LC_COLLATE = {}", text(&item.locale)));
            options.push(format!("LC_CTYPE = {}", text(ctype)));
        }
    }
    if item.nondeterministic {
        options.push("DETERMINISTIC = false".to_owned());
    }
    if let Some(rules) = &item.rules {
        options.push(format!("RULES = {}", text(rules)));
    }
    format!("CREATE COLLATION {} ({})", Postgres.quote_name(&item.name), options.join(", "))
}
