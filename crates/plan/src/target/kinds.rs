//! Schemas, extensions, domains, sequences and the like.
//!
//! Models alone cannot declare them. Those that are not declared are kept and counted;
//! between two databases everything is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use autogen_dialect::ExpressionRole;
use autogen_schema::{
    Column, ColumnType, Default, Domain, Expr, Extension, Grant, Grantable, IndexKey, Name, QName,
    Schema, Sequence, Statistics, Table,
};

use super::Resolver;
use super::declaration::A_STATEMENT;
use super::matching::{matched_name, partners};

/// The server's column for a domain's value.
const VALUE: &str = "value";

impl Resolver<'_> {
    pub(super) fn kinds(&mut self, before: &Schema, after: &Schema, target: &mut Schema) {
        let whole = self.declared.is_exhaustive();
        target.namespaces = after.namespaces.clone();
        for (name, current) in &before.namespaces {
            if let Some(wanted) = target.namespaces.get_mut(name)
                && wanted.comment.is_none()
                && !whole
            {
                wanted.comment.clone_from(&current.comment);
            }
        }
        // The configuration determines which schemas are read: one without models is not dropped.
        let databases = !self.declared.is_models();
        self.keep(databases, "schema", &before.namespaces, &mut target.namespaces);
        target.extensions = BTreeMap::new();
        for (name, wanted) in &after.extensions {
            let extension = asked(before.extensions.get(name), wanted, databases);
            target.extensions.insert(name.clone(), extension);
        }
        // Servers install extensions by themselves; if the files declare none, all are kept.
        let all = databases || (whole && !after.extensions.is_empty());
        self.keep(all, "extension", &before.extensions, &mut target.extensions);
        target.collations.clone_from(&after.collations);
        self.keep(whole, "collation", &before.collations, &mut target.collations);
        target.domains = BTreeMap::new();
        for (name, wanted) in &after.domains {
            let domain = match before.domains.get(name) {
                Some(current) => self.domain(current, wanted),
                None => settled(wanted.clone()),
            };
            target.domains.insert(name.clone(), domain);
        }
        self.keep(whole, "domain", &before.domains, &mut target.domains);
        target.statistics = BTreeMap::new();
        for (name, wanted) in &after.statistics {
            let statistics = match before.statistics.get(name) {
                Some(current) => self.statistics(target, current, wanted),
                None => wanted.clone(),
            };
            target.statistics.insert(name.clone(), statistics);
        }
        let on_table = |item: &Statistics| {
            let table = target.tables.get(&item.table);
            table.is_some_and(|table| {
                item.on.iter().all(|key| match key {
                    IndexKey::Column(name) => table.column(name).is_some(),
                    IndexKey::Expression(_) => true,
                })
            })
        };
        let kept: BTreeMap<QName, Statistics> = before
            .statistics
            .iter()
            .filter(|(_, item)| whole || on_table(item))
            .map(|(name, item)| (name.clone(), item.clone()))
            .collect();
        self.keep(whole, "statistics", &kept, &mut target.statistics);
        target.sequences = after.sequences.clone();
        let kept: BTreeMap<QName, Sequence> = before
            .sequences
            .iter()
            .filter(|(_, item)| whole || has_owner(item, target))
            .map(|(name, item)| (name.clone(), item.clone()))
            .collect();
        self.keep(whole, "sequence", &kept, &mut target.sequences);
        keep_with_tables(before, after, target);
    }

    /// Privileges, if they are compared. Those on undeclared objects are kept.
    pub(super) fn grants(&self, before: &Schema, after: &Schema, target: &mut Schema) {
        target.grants.clone_from(&after.grants);
        let keeps = |on: &Grantable| match on {
            Grantable::Routine(name, arguments) => {
                let has = |schema: &Schema| {
                    schema.routines.iter().any(|it| it.is_called(name, arguments))
                };
                !has(after) && has(target)
            }
            Grantable::Relation(name) | Grantable::Column(name, _) => {
                !after.tables.contains_key(name)
                    && !after.views.contains_key(name)
                    && (target.tables.contains_key(name) || target.views.contains_key(name))
            }
            Grantable::Sequence(name) => {
                !after.sequences.contains_key(name) && target.sequences.contains_key(name)
            }
            Grantable::Schema(name) => {
                !after.namespaces.contains_key(name) && target.namespaces.contains_key(name)
            }
        };
        let all = !self.declared.privileges;
        let kept = before.grants.iter().filter(|grant| all || keeps(&grant.on)).cloned();
        let kept: Vec<Grant> = kept.collect();
        target.grants.extend(kept);
    }

    /// Objects that only the database has are kept and counted, unless the declaration is
    /// complete.
    fn keep<K: Ord + Clone + Display, T: Clone>(
        &mut self,
        whole: bool,
        kind: &'static str,
        before: &BTreeMap<K, T>,
        target: &mut BTreeMap<K, T>,
    ) {
        if whole {
            return;
        }
        for (name, item) in before {
            if !target.contains_key(name) {
                self.findings.keep(kind, name, A_STATEMENT);
                target.insert(name.clone(), item.clone());
            }
        }
    }

    /// Expressions take the server's spelling.
    fn statistics(
        &mut self,
        target: &Schema,
        current: &Statistics,
        wanted: &Statistics,
    ) -> Statistics {
        let mut result = wanted.clone();
        let table = target.tables.get(&wanted.table).filter(|_| current.table == wanted.table);
        let (Some(table), true) = (table, current.on.len() == wanted.on.len()) else {
            return result;
        };
        for key in &mut result.on {
            let IndexKey::Expression(expr) = key else { continue };
            let role = ExpressionRole::IndexExpression;
            let found = current.on.iter().find_map(|other| match other {
                IndexKey::Expression(other) => {
                    let same = self.same_expression(table, role.clone(), other, expr);
                    same.then(|| other.clone())
                }
                IndexKey::Column(_) => None,
            });
            if let Some(found) = found {
                *expr = found;
            }
        }
        result.on.sort();
        result
    }

    fn domain(&mut self, current: &Domain, wanted: &Domain) -> Domain {
        if current == wanted {
            return wanted.clone();
        }
        let mut domain = wanted.clone();
        // A table also occupies the name of a type.
        let mut scope = Table::new(wanted.name.sibling(format!("{} values", wanted.name.name)));
        let mut value = Column::new(VALUE, wanted.base.clone());
        value.collation.clone_from(&wanted.collation);
        scope.columns.push(value);
        let found = partners(
            &current.checks,
            &wanted.checks,
            |it| &it.name,
            |before, after| {
                before.not_valid == after.not_valid
                    && self.same_expression(
                        &scope,
                        ExpressionRole::Check,
                        &of_column(&before.expr),
                        &of_column(&after.expr),
                    )
            },
        );
        for (check, partner) in domain.checks.iter_mut().zip(&found) {
            if let Some(before) = partner.map(|at| &current.checks[at]) {
                check.name = matched_name(&before.name, &check.name);
                check.expr = before.expr.clone();
            }
        }
        if let (Some(before), Some(after)) = (&current.default, &wanted.default)
            && before != after
        {
            let role = ExpressionRole::Default { column: VALUE.to_owned() };
            let text = |it: &Default| Expr::new(self.dialect.default_text(it));
            let (left, right) = (text(before), text(after));
            if self.same_expression(&scope, role, &left, &right) {
                domain.default = Some(before.clone());
            }
        }
        settled(domain)
    }

    /// A column that is auto-increment in some form, if any form matches.
    pub(super) fn counts(before: &Column) -> bool {
        match &before.default {
            Some(Default::Expression(expr)) => {
                expr.as_str().starts_with("nextval(") && expr.sequences().len() == 1
            }
            Some(Default::Literal(_)) | None => false,
        }
    }
}

/// An extension always has some version and some schema; undeclared ones are taken from the
/// database.
fn asked(current: Option<&Extension>, wanted: &Extension, databases: bool) -> Extension {
    let mut extension = wanted.clone();
    if databases || extension.version.is_none() {
        extension.version = current.and_then(|it| it.version.clone());
    }
    if !databases && extension.schema.is_none() {
        extension.schema = current.and_then(|it| it.schema.clone());
    }
    if !databases && extension.comment.is_none() {
        extension.comment = current.and_then(|it| it.comment.clone());
    }
    extension
}

/// Domain checks use VALUE where the check of a column uses its name.
fn of_column(expr: &Expr) -> Expr {
    expr.rename_column(VALUE, VALUE)
}

fn settled(mut domain: Domain) -> Domain {
    for check in &mut domain.checks {
        let name = std::mem::replace(&mut check.name, Name::Absent);
        check.name = name.settled();
    }
    domain.checks.sort();
    domain
}

/// What a table that is left alone is made of stays with it: the types and counters of
/// its columns, and its statistics. So does the sequence that a column goes on counting by.
fn keep_with_tables(before: &Schema, after: &Schema, target: &mut Schema) {
    let left = |name: &QName| before.tables.contains_key(name) && !after.tables.contains_key(name);
    let tables: Vec<_> = target.tables.values().filter(|it| left(&it.name)).cloned().collect();
    let stays = |name: &QName| tables.iter().any(|it| it.name == *name);
    for column in tables.iter().flat_map(|table| &table.columns) {
        if let Some(name) = column.data_type.named()
            && let Some(domain) = before.domains.get(name)
        {
            target.domains.entry(name.clone()).or_insert_with(|| domain.clone());
        }
    }
    let counted = counted(target);
    for (name, item) in &before.sequences {
        if counted.contains(name) || item.owned_by.as_ref().is_some_and(|(table, _)| stays(table)) {
            target.sequences.entry(name.clone()).or_insert_with(|| item.clone());
        }
    }
    for (name, item) in before.statistics.iter().filter(|(_, item)| stays(&item.table)) {
        target.statistics.entry(name.clone()).or_insert_with(|| item.clone());
    }
}

/// The sequences that columns count by.
fn counted(target: &Schema) -> BTreeSet<QName> {
    let columns = target.tables.values().flat_map(|table| &table.columns);
    let defaults = columns.filter_map(|column| match &column.default {
        Some(Default::Expression(default)) => Some(default),
        Some(Default::Literal(_)) | None => None,
    });
    defaults.filter(|it| it.as_str().starts_with("nextval(")).flat_map(Expr::sequences).collect()
}

fn has_owner(item: &Sequence, target: &Schema) -> bool {
    match &item.owned_by {
        Some((table, column)) => {
            target.tables.get(table).is_some_and(|it| it.column(column).is_some())
        }
        None => true,
    }
}

/// Types that a model names in the database's spelling, and that only the database has.
pub(crate) fn known_types(before: &Schema, declared: &Schema) -> BTreeMap<QName, Domain> {
    let typed = declared
        .tables
        .values()
        .flat_map(|table| &table.columns)
        .any(|column| matches!(innermost(&column.data_type), ColumnType::Verbatim(_)));
    if typed { before.domains.clone() } else { BTreeMap::new() }
}

fn innermost(data_type: &ColumnType) -> &ColumnType {
    data_type.element().map_or(data_type, innermost)
}
