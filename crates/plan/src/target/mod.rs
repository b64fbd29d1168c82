//! From the declared schema to the exact desired one.
//!
//! Models leave things open: generated names, the form of auto-increment, inferred types,
//! and, with `DeriveEntityModel` alone, everything that they do not declare. Here every open
//! thing takes the database's value, if it fits. After it, the comparison is exact.

mod column;
mod declaration;
mod entity;
mod expression;
mod kinds;
mod matching;
mod partition;
mod programmable;
mod table;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use autogen_dialect::{Answer, Dialect, Question, Refusal};
use autogen_schema::{Declared, QName, Schema, Unsupported};

use self::declaration::{A_MODEL, A_VIEW, AN_ENUM};
pub(crate) use self::expression::question;
pub(crate) use self::kinds::known_types;
pub use self::programmable::Normalized;
use crate::findings::{Ambiguity, Unmanaged};
use crate::options::Options;

/// The findings of the resolution.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What only the database has, and is kept.
    pub(crate) unmanaged: Vec<Unmanaged>,
    /// What could not be decided.
    pub(crate) ambiguities: Vec<Ambiguity>,
    /// Questions for a server.
    pub(crate) questions: Vec<Question>,
    /// Whether a server could still normalize views and the like.
    pub(crate) unnormalized: bool,
    /// Undeclared views.
    pub(crate) kept: BTreeSet<QName>,
    /// Views whose unchanged text now has another meaning.
    pub(crate) grown: BTreeSet<QName>,
    /// What a server rejects.
    pub(crate) refusals: Vec<Refusal>,
}

impl Findings {
    /// Notes what only the database has.
    fn keep(&mut self, kind: &'static str, object: impl Display, declare: impl Into<String>) {
        let (object, declare) = (object.to_string(), declare.into());
        self.unmanaged.push(Unmanaged { kind, object, declare, warning: None });
    }
}

/// The resolution of one comparison.
pub(crate) struct Resolver<'a> {
    dialect: Dialect,
    answers: &'a BTreeMap<Question, Answer>,
    declared: &'a Declared,
    normalized: Option<&'a Normalized>,
    findings: Findings,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(dialect: Dialect, declared: &'a Declared, options: &'a Options) -> Self {
        let (answers, normalized) = (&options.answers, options.normalized.as_ref());
        Self { dialect, answers, declared, normalized, findings: Findings::default() }
    }

    /// The desired schema; both sides are canonical.
    pub(crate) fn resolve(mut self, before: &Schema, after: &Schema) -> (Schema, Findings) {
        let mut target = Schema { tables: BTreeMap::new(), ..before.clone() };
        target.unsupported = Vec::<Unsupported>::new();
        for (table, current) in after.tables_beside(before) {
            if current.is_none() && self.reads_a_view(&table.name, before, after) {
                continue;
            }
            let table = match current {
                Some(current) => self.table(current, table),
                None => self.new_table(table),
            };
            target.add_table(table);
        }
        for (name, table) in &before.tables {
            if after.tables.contains_key(name) || !self.stays(name) {
                continue;
            }
            self.findings.keep("table", name, A_MODEL);
            target.add_table(Arc::clone(table));
        }
        self.keep_inherited(before, &mut target);
        self.enums(before, after, &mut target);
        self.kinds(before, after, &mut target);
        self.views(before, after, &mut target);
        self.routines(before, after, &mut target);
        self.keep_unrepresented(before, after, &mut target);
        self.grants(before, after, &mut target);
        self.findings.refusals = self.refusals();
        // Existing views have no cycles.
        if self.findings.unnormalized {
            let circles = self.circles(&target.views);
            self.findings.refusals.extend(circles);
        }
        (target, self.findings)
    }

    /// Whether an entity reads a view, which SeaORM can't say.
    fn reads_a_view(&mut self, name: &QName, before: &Schema, after: &Schema) -> bool {
        let is_view = before.views.contains_key(name) || after.views.contains_key(name);
        if !is_view || !self.declared.partial.contains(name) {
            return false;
        }
        if !after.views.contains_key(name) {
            self.findings.keep("view", name, A_VIEW);
        }
        true
    }

    /// Whether an undeclared object is kept.
    fn stays(&self, name: &QName) -> bool {
        let Declared { skipped, unknown, dropped, .. } = self.declared;
        let foreign = unknown.contains(name) || self.declared.is_foreign(name);
        skipped.contains(name) || (foreign && !dropped.contains(name))
    }

    /// Whether only plain entities declare columns of this type.
    fn is_of_entities(&self, name: &QName, used: &BTreeMap<QName, Vec<(QName, String)>>) -> bool {
        let columns = used.get(name).into_iter().flatten();
        let mut declared =
            columns.filter(|(table, _)| self.declared.origins.contains_key(table)).peekable();
        declared.peek().is_some()
            && declared.all(|(table, _)| self.declared.partial.contains(table))
    }

    /// A table with inheritance children cannot be dropped while they are left alone.
    fn keep_inherited(&mut self, before: &Schema, target: &mut Schema) {
        for item in before.unsupported.iter().filter(|item| item.code == "U0119") {
            let name = QName::parse(item.object.strip_prefix("table ").unwrap_or_default());
            let Some(table) = before.tables.get(&name) else { continue };
            if target.tables.contains_key(&name) {
                continue;
            }
            target.add_table(table.clone());
            self.findings.ambiguities.push(Ambiguity {
                code: "D0106",
                object: name.to_string(),
                message: format!("it would be dropped, but is kept: {}", item.message),
                hint: "drop it by hand, or say `exclude` in autogen.toml".to_owned(),
            });
        }
    }

    fn enums(&mut self, before: &Schema, after: &Schema, target: &mut Schema) {
        target.enums = after.enums.clone();
        // Kept tables may use them.
        let used = target.enum_columns();
        for (name, item) in &before.enums {
            if self.is_of_entities(name, &used)
                && let Some(declared) = target.enums.get_mut(name)
            {
                let values = entity::labels(&item.values, &declared.values);
                if values != declared.values {
                    self.findings.keep("label order", name, declaration::labels(&values));
                }
                declared.values = values;
            }
            match target.enums.get_mut(name) {
                Some(declared) if declared.comment.is_none() && !self.declared.is_whole() => {
                    declared.comment.clone_from(&item.comment);
                }
                Some(_) => {}
                None if !self.stays(name) && !used.contains_key(name) => {}
                None => {
                    self.findings.keep("enum", name, AN_ENUM);
                    target.enums.insert(name.clone(), item.clone());
                }
            }
        }
    }
}
