//! `CREATE DOMAIN`.

use std::collections::BTreeSet;

use autogen_schema::{Check, ColumnType, DeclaredObject, Domain, Expr, Name, QName, Schema};

use super::end;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, Problem, UNKNOWN, name, problem};
use crate::postgres::{defaults, types};
use crate::scan::strip_parentheses;

/// The words that end a type or a default.
const CLAUSES: [&str; 6] = ["COLLATE", "DEFAULT", "CONSTRAINT", "NOT", "NULL", "CHECK"];

impl Declaring<'_> {
    pub(super) fn domain(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("domains")?;
        let name = name(&mut at, "domain")?;
        at.word("AS");
        let base = at.until(&CLAUSES).trim();
        if base.is_empty() {
            return Err(problem(
                UNKNOWN,
                format!("the domain {name} has no type"),
                "write CREATE DOMAIN name AS type",
            ));
        }
        let mut domain = Domain {
            name: name.clone(),
            base: types::parse(base),
            nullable: true,
            default: None,
            collation: None,
            checks: Vec::new(),
            comment: None,
        };
        while clause(&mut at, &mut domain)? {}
        end(&at, "CREATE DOMAIN")?;
        self.place(DeclaredObject::Other("domain", name.to_string()), &format!("domain {name}"))?;
        self.declared.schema.domains.insert(name, domain);
        Ok(())
    }
}

fn clause(at: &mut Cursor<'_>, domain: &mut Domain) -> Result<bool, Problem> {
    let constraint = if at.word("CONSTRAINT") {
        Name::exact(name(at, "constraint")?.name)
    } else {
        Name::Free(None)
    };
    if at.word("COLLATE") {
        domain.collation = Some(name(at, "collation")?.name);
    } else if at.word("DEFAULT") {
        let text = at.until(&CLAUSES);
        domain.default = Some(defaults::parse(text, &domain.base));
    } else if at.words(&["NOT", "NULL"]) {
        domain.nullable = false;
    } else if at.word("NULL") {
        domain.nullable = true;
    } else if at.word("CHECK") {
        let inside = at.parentheses().ok_or_else(|| {
            problem(UNKNOWN, "a CHECK has no parentheses", "write CHECK (expression)")
        })?;
        let expr = strip_parentheses(at.dialect(), inside.trim());
        let not_valid = at.words(&["NOT", "VALID"]);
        let check = Check { expr: Expr::new(expr), not_valid, ..Check::new(constraint, "") };
        domain.checks.push(check);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// A domain over another inherits its default, unless it has one.
pub(in crate::declare) fn inherit_defaults(schema: &mut Schema) {
    let names: Vec<QName> = schema.domains.keys().cloned().collect();
    for name in &names {
        let mut seen = BTreeSet::new();
        let mut next = Some(name.clone());
        let mut found = None;
        while let Some(at) = next.take().filter(|it| seen.insert(it.clone())) {
            let Some(domain) = schema.domains.get(&at) else { break };
            found.clone_from(&domain.default);
            if found.is_none()
                && let ColumnType::Verbatim(text) = &domain.base
            {
                let base = types::named(text);
                let near = at.sibling(base.name.clone());
                let known = [base, near].into_iter().find(|it| schema.domains.contains_key(it));
                next = known;
            }
        }
        if let Some(domain) = schema.domains.get_mut(name) {
            domain.default = found;
        }
    }
}
