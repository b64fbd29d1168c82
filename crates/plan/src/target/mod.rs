//! From what is declared to the exact schema that shall be.
//!
//! Models leave things open: names that anybody would only generate,
//! auto-increment in whatever way, types that are merely inferred, and, under
//! `DeriveEntityModel` alone, all that they do not say. Here every open thing
//! takes what the database has, where it has something that fits. After it,
//! the comparison is exact.

mod column;
mod expression;
mod kinds;
mod matching;
mod partition;
mod programmable;
mod table;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::{Answer, Dialect, Question, Refusal};
use autogen_schema::{Declared, QName, Schema, Unsupported};

pub(crate) use self::kinds::known_types;
pub use self::programmable::Normalized;
use crate::findings::{Ambiguity, Unmanaged};
use crate::options::Options;

/// What the resolution brings to light.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What the database alone has, and keeps.
    pub(crate) unmanaged: Unmanaged,
    /// What can't be decided here.
    pub(crate) ambiguities: Vec<Ambiguity>,
    /// What a server could decide.
    pub(crate) questions: Vec<Question>,
    /// Whether a server could tell more of views and the like.
    pub(crate) unnormalized: bool,
    /// Views that nobody declares.
    pub(crate) kept: BTreeSet<QName>,
    /// Views that mean something else by now, by the same words.
    pub(crate) grown: BTreeSet<QName>,
    /// What a server does not accept.
    pub(crate) refusals: Vec<Refusal>,
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

    /// The schema that shall be; both sides are canonical.
    pub(crate) fn resolve(mut self, before: &Schema, after: &Schema) -> (Schema, Findings) {
        let mut target = Schema { tables: BTreeMap::new(), ..before.clone() };
        target.unsupported = Vec::<Unsupported>::new();
        for (table, there) in after.tables_beside(before) {
            let table = match there {
                Some(there) => self.table(there, table),
                None => self.new_table(table),
            };
            target.add_table(table);
        }
        for (name, table) in &before.tables {
            if after.tables.contains_key(name) || !self.stays(name) {
                continue;
            }
            self.findings.unmanaged.count("table");
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
        // What the database has runs in no circle.
        if self.findings.unnormalized {
            let circles = self.circles(&target.views);
            self.findings.refusals.extend(circles);
        }
        (target, self.findings)
    }

    /// Whether what nobody declares stays all the same.
    fn stays(&self, name: &QName) -> bool {
        let Declared { skipped, strangers, dropped, .. } = self.declared;
        let foreign = strangers.contains(name) || self.declared.is_foreign(name);
        skipped.contains(name) || (foreign && !dropped.contains(name))
    }

    /// A table that others inherit from can't go while they are left alone.
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
        // What stays may be made of it.
        let used = target.enum_columns();
        for (name, item) in &before.enums {
            match target.enums.get_mut(name) {
                Some(declared) if declared.comment.is_none() && !self.declared.is_whole() => {
                    declared.comment.clone_from(&item.comment);
                }
                Some(_) => {}
                None if !self.stays(name) && !used.contains_key(name) => {}
                None => {
                    self.findings.unmanaged.count("enum");
                    target.enums.insert(name.clone(), item.clone());
                }
            }
        }
    }
}
