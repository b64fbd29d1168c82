//! Tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use autogen_dialect::ExpressionRole;
use autogen_schema::attribute::Attributed;
use autogen_schema::{
    Check, Column, Exclusion, ForeignKey, Index, IndexKey, Name, Pair, PrimaryKey, QName, Table,
    Unique,
};

use super::Resolver;
use super::declaration::{self, Declarable};
use super::entity::{names, same_columns};
use super::matching::{matched_name, partners};

impl Resolver<'_> {
    /// A table that does not exist yet: open things get their defaults.
    pub(super) fn new_table(&mut self, after: &Table) -> Arc<Table> {
        let mut table = after.clone();
        self.on_table(None, after, &mut table);
        self.dialect.settle(None, &mut table);
        Arc::new(table)
    }

    /// The desired table; shared with the existing one if they are equal.
    pub(super) fn table(&mut self, before: &Arc<Table>, after: &Table) -> Arc<Table> {
        if **before == *after {
            return Arc::clone(before);
        }
        let partial = self.declared.partial.contains(&after.name);
        // Expressions are compared on the desired columns.
        let columns = self.columns(before, after, partial);
        let scope = Table { columns, ..Table::new(after.name.clone()) };
        let mut table = Table {
            primary_key: self.primary_key(before, after, partial),
            uniques: self.uniques(before, after, partial),
            foreign_keys: self.foreign_keys(before, after, partial),
            checks: self.checks(&scope, before, after, partial),
            exclusions: self.exclusions(before, after, partial),
            indexes: self.indexes(&scope, before, after, partial),
            partitioning: self.partitioning(before, after),
            comment: after.comment.clone(),
            options: after.options.clone(),
            triggers: after.triggers.clone(),
            row_security: after.row_security.clone(),
            ..scope
        };
        self.avoid_taken_names(before, &mut table);
        self.on_table(Some(before), after, &mut table);
        if partial {
            if after.comment.is_none() {
                table.comment.clone_from(&before.comment);
                if let Some(comment) = &before.comment {
                    let attribute = declaration::value("comment", comment);
                    self.findings.keep("comment", &before.name, attribute);
                }
            }
            table.options = before.options.clone();
        }
        self.dialect.settle(Some(before), &mut table);
        if **before == table { Arc::clone(before) } else { Arc::new(table) }
    }

    /// The columns in the existing order, new ones at the end; or in the declared order, if that
    /// is compared.
    fn columns(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<Column> {
        let mut columns = Vec::with_capacity(after.columns.len());
        for current in &before.columns {
            match after.column(&current.name) {
                Some(wanted) => columns.push(self.column(after, current, wanted, partial)),
                None if partial => {
                    self.findings.unmanaged.push(declaration::column(
                        self.dialect,
                        &before.name,
                        current,
                    ));
                    columns.push(current.clone());
                }
                None => {}
            }
        }
        let new = after.columns.iter().filter(|column| before.column(&column.name).is_none());
        columns.extend(new.cloned());
        if self.declared.column_order && !partial && self.dialect.orders_columns() {
            let place = |name: &str| after.columns.iter().position(|it| it.name == name);
            columns.sort_by_key(|column| place(&column.name));
        }
        columns
    }

    fn primary_key(&mut self, before: &Table, after: &Table, partial: bool) -> Option<PrimaryKey> {
        let (current, wanted) = match (&before.primary_key, &after.primary_key) {
            (Some(current), Some(wanted)) => (current, wanted),
            (current, None) if partial => return current.clone(),
            (_, wanted) => return wanted.clone(),
        };
        let mut key = wanted.clone();
        // An entity declares no order of them.
        let same = partial && same_columns(&names(&current.columns), &names(&wanted.columns));
        if same || current.same_structure(wanted) {
            key.name = matched_name(&current.name, &wanted.name);
        }
        if same {
            if names(&current.columns) != names(&wanted.columns) {
                let columns = names(&current.columns).join(", ");
                let object = format_args!("{} ({columns})", before.name);
                let attribute = current.attribute().to_string();
                self.findings.keep("primary key order", object, attribute);
            }
            key = PrimaryKey { name: key.name, ..current.clone() };
        }
        Some(key)
    }

    fn uniques(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<Unique> {
        let alike = |current: &Unique, wanted: &Unique| {
            current.same_structure(wanted)
                || (partial && same_columns(&names(&current.columns), &names(&wanted.columns)))
        };
        let found = partners(&before.uniques, &after.uniques, |it| &it.name, alike);
        let mut result = Vec::new();
        for (wanted, partner) in after.uniques.iter().zip(&found) {
            match partner.map(|at| &before.uniques[at]) {
                Some(current) if partial => result.push(current.clone()),
                Some(current) => {
                    let name = matched_name(&current.name, &wanted.name);
                    result.push(Unique { name, ..wanted.clone() });
                }
                None if partial
                    && self.is_guarded(before, &wanted.name, &names(&wanted.columns)) => {}
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, &before.name, &before.uniques, &found, &mut result);
        result
    }

    fn foreign_keys(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<ForeignKey> {
        let alike = |current: &ForeignKey, wanted: &ForeignKey| {
            current.same_structure(wanted) || (partial && current.same_ends(wanted))
        };
        let found = partners(&before.foreign_keys, &after.foreign_keys, |it| &it.name, alike);
        let mut result = Vec::new();
        for (wanted, partner) in after.foreign_keys.iter().zip(&found) {
            match partner.map(|at| &before.foreign_keys[at]) {
                Some(current) if partial => result.push(left_open(current, wanted)),
                Some(current) => {
                    // SeaORM writes no names of foreign keys on SQLite, and a table is not rebuilt
                    // for one.
                    let unnamed = current.name == Name::Absent && self.declared.is_models();
                    let name = match unnamed {
                        true => Name::Absent,
                        false => matched_name(&current.name, &wanted.name),
                    };
                    result.push(ForeignKey { name, ..wanted.clone() });
                }
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, &before.name, &before.foreign_keys, &found, &mut result);
        result
    }

    fn checks(
        &mut self,
        scope: &Table,
        before: &Table,
        after: &Table,
        partial: bool,
    ) -> Vec<Check> {
        let found = partners(
            &before.checks,
            &after.checks,
            |it| &it.name,
            |current, wanted| {
                let rest = |it: &Check| (it.not_valid, it.no_inherit, it.not_enforced);
                rest(current) == rest(wanted)
                    && self.same_expression(
                        scope,
                        ExpressionRole::Check,
                        &current.expr,
                        &wanted.expr,
                    )
            },
        );
        let mut result = Vec::new();
        for (wanted, partner) in after.checks.iter().zip(&found) {
            result.push(match partner.map(|at| &before.checks[at]) {
                Some(current) => Check {
                    name: matched_name(&current.name, &wanted.name),
                    expr: current.expr.clone(),
                    ..wanted.clone()
                },
                None => wanted.clone(),
            });
        }
        self.keep_rest(partial, &before.name, &before.checks, &found, &mut result);
        result
    }

    fn exclusions(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<Exclusion> {
        let found = partners(
            &before.exclusions,
            &after.exclusions,
            |it| &it.name,
            Exclusion::same_structure,
        );
        let mut result = Vec::new();
        for (wanted, partner) in after.exclusions.iter().zip(&found) {
            let name = match partner.map(|at| &before.exclusions[at]) {
                Some(current) => matched_name(&current.name, &wanted.name),
                None => wanted.name.clone(),
            };
            result.push(Exclusion { name, ..wanted.clone() });
        }
        self.keep_rest(partial, &before.name, &before.exclusions, &found, &mut result);
        result
    }

    fn indexes(
        &mut self,
        scope: &Table,
        before: &Table,
        after: &Table,
        partial: bool,
    ) -> Vec<Index> {
        let mut found = partners(
            &before.indexes,
            &after.indexes,
            |it| &it.name,
            |current, wanted| self.same_index(scope, current, wanted),
        );
        self.tuned(scope, Pair::new(before, after), partial, &mut found);
        let mut result = Vec::new();
        for (wanted, partner) in after.indexes.iter().zip(&found) {
            match partner.map(|at| &before.indexes[at]) {
                Some(current) => result.push(Index {
                    options: if partial { &current.options } else { &wanted.options }.clone(),
                    name: matched_name(&current.name, &wanted.name),
                    comment: wanted
                        .comment
                        .clone()
                        .or_else(|| if partial { current.comment.clone() } else { None }),
                    ..current.clone()
                }),
                None if partial && self.has_guard(before, wanted) => {}
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, &before.name, &before.indexes, &found, &mut result);
        result
    }

    /// Also pairs up indexes that differ in storage parameters. An entity does not declare those.
    fn tuned(
        &mut self,
        scope: &Table,
        table: Pair<&Table>,
        partial: bool,
        found: &mut [Option<usize>],
    ) {
        for (place, wanted) in table.after.indexes.iter().enumerate() {
            if found[place].is_some() {
                continue;
            }
            let partner = table.before.indexes.iter().enumerate().position(|(at, current)| {
                let tuned = current.with_storage(wanted.options.storage.clone());
                current.options.storage != tuned.options.storage
                    && !found.contains(&Some(at))
                    && (partial || self.dialect.tunes_index(table, current, &tuned))
                    && self.same_index(scope, &tuned, wanted)
            });
            found[place] = partner;
        }
    }

    fn same_index(&mut self, scope: &Table, current: &Index, wanted: &Index) -> bool {
        if !current.same_frame(wanted) {
            return false;
        }
        let parts = current.parts.iter().zip(&wanted.parts).all(|(current, wanted)| {
            match (&current.key, &wanted.key) {
                (IndexKey::Column(current), IndexKey::Column(wanted)) => current == wanted,
                (IndexKey::Expression(current), IndexKey::Expression(wanted)) => {
                    self.same_expression(scope, ExpressionRole::IndexExpression, current, wanted)
                }
                (IndexKey::Column(_), IndexKey::Expression(_))
                | (IndexKey::Expression(_), IndexKey::Column(_)) => false,
            }
        });
        parts
            && match (&current.predicate, &wanted.predicate) {
                (None, None) => true,
                (Some(current), Some(wanted)) => {
                    self.same_expression(scope, ExpressionRole::IndexPredicate, current, wanted)
                }
                (Some(_), None) | (None, Some(_)) => false,
            }
    }

    /// With a partial model, what only the database has is kept and listed.
    fn keep_rest<T: Declarable>(
        &mut self,
        partial: bool,
        table: &QName,
        before: &[T],
        found: &[Option<usize>],
        result: &mut Vec<T>,
    ) {
        if !partial {
            return;
        }
        for (at, current) in before.iter().enumerate() {
            if !found.contains(&Some(at)) {
                let attribute = current.attribute().to_string();
                self.findings.keep(T::KIND, current.object(table), attribute);
                result.push(current.clone());
            }
        }
    }

    /// A free name of a new object must not conflict with a name that is kept.
    fn avoid_taken_names(&self, before: &Table, table: &mut Table) {
        let free = |name: &Name| matches!(name, Name::Free(Some(_)));
        if !table.constraint_names().any(|(_, name)| free(name))
            && !table.indexes.iter().any(|it| free(&it.name))
        {
            return;
        }
        let current: BTreeSet<&Name> = before.constraint_names().map(|(_, name)| name).collect();
        let constraints = table.constraint_names().map(|(_, name)| name);
        let kept: BTreeSet<String> = constraints
            .filter(|name| current.contains(name))
            .chain(table.indexes.iter().map(|it| &it.name))
            .filter(|name| name.is_enforced())
            .filter_map(|name| name.text().map(str::to_owned))
            .collect();
        let rename = |name: &mut Name| {
            let Name::Free(Some(text)) = name else { return };
            let mut number = 1;
            let base = text.clone();
            while kept.contains(text) {
                *text = format!("{base}{number}");
                number += 1;
            }
        };
        table.primary_key.iter_mut().for_each(|it| rename(&mut it.name));
        table.uniques.iter_mut().for_each(|it| rename(&mut it.name));
        table.foreign_keys.iter_mut().for_each(|it| rename(&mut it.name));
        table.checks.iter_mut().for_each(|it| rename(&mut it.name));
        table.indexes.iter_mut().for_each(|it| rename(&mut it.name));
    }
}

/// A relation without actions does not declare them.
fn left_open(current: &ForeignKey, wanted: &ForeignKey) -> ForeignKey {
    let none = autogen_schema::FkAction::NoAction;
    ForeignKey {
        name: current.name.clone(),
        on_delete: if wanted.on_delete == none { current.on_delete } else { wanted.on_delete },
        on_update: if wanted.on_update == none { current.on_update } else { wanted.on_update },
        ..current.clone()
    }
}
