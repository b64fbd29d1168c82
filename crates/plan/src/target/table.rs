//! Tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use autogen_dialect::ExpressionRole;
use autogen_schema::{
    Check, Column, Exclusion, ForeignKey, Index, IndexKey, Name, Pair, PrimaryKey, Table, Unique,
};

use super::Resolver;
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
        let ground = Table { columns, ..Table::new(after.name.clone()) };
        let mut table = Table {
            primary_key: self.primary_key(before, after, partial),
            uniques: self.uniques(before, after, partial),
            foreign_keys: self.foreign_keys(before, after, partial),
            checks: self.checks(&ground, before, after, partial),
            exclusions: self.exclusions(before, after, partial),
            indexes: self.indexes(&ground, before, after, partial),
            partitioning: self.partitioning(before, after),
            comment: after.comment.clone(),
            options: after.options.clone(),
            triggers: after.triggers.clone(),
            row_security: after.row_security.clone(),
            ..ground
        };
        self.avoid_taken_names(before, &mut table);
        self.on_table(Some(before), after, &mut table);
        if partial {
            if after.comment.is_none() {
                table.comment.clone_from(&before.comment);
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
        for there in &before.columns {
            match after.column(&there.name) {
                Some(wanted) => columns.push(self.column(after, there, wanted, partial)),
                None if partial => {
                    self.findings.unmanaged.count("column");
                    columns.push(there.clone());
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
        let (there, wanted) = match (&before.primary_key, &after.primary_key) {
            (Some(there), Some(wanted)) => (there, wanted),
            (there, None) if partial => return there.clone(),
            (_, wanted) => return wanted.clone(),
        };
        let mut key = wanted.clone();
        if there.same_structure(wanted) {
            key.name = matched_name(&there.name, &wanted.name);
        }
        if partial && there.columns == wanted.columns {
            key = PrimaryKey { name: key.name, ..there.clone() };
        }
        Some(key)
    }

    fn uniques(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<Unique> {
        let alike = |there: &Unique, wanted: &Unique| {
            there.same_structure(wanted) || (partial && there.columns == wanted.columns)
        };
        let found = partners(&before.uniques, &after.uniques, |it| &it.name, alike);
        let mut result = Vec::new();
        for (wanted, partner) in after.uniques.iter().zip(&found) {
            match partner.map(|at| &before.uniques[at]) {
                Some(there) if partial => result.push(there.clone()),
                Some(there) => {
                    let name = matched_name(&there.name, &wanted.name);
                    result.push(Unique { name, ..wanted.clone() });
                }
                // An entity only declares that the values are unique.
                None if partial && has_unique_index(before, wanted) => {}
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, "unique constraint", &before.uniques, &found, &mut result);
        result
    }

    fn foreign_keys(&mut self, before: &Table, after: &Table, partial: bool) -> Vec<ForeignKey> {
        let alike = |there: &ForeignKey, wanted: &ForeignKey| {
            let ends = |it: &ForeignKey| {
                (it.columns.clone(), it.references.clone(), it.referenced_columns.clone())
            };
            there.same_structure(wanted) || (partial && ends(there) == ends(wanted))
        };
        let found = partners(&before.foreign_keys, &after.foreign_keys, |it| &it.name, alike);
        let mut result = Vec::new();
        for (wanted, partner) in after.foreign_keys.iter().zip(&found) {
            match partner.map(|at| &before.foreign_keys[at]) {
                Some(there) if partial => result.push(left_open(there, wanted)),
                Some(there) => {
                    // SeaORM writes no names of foreign keys on SQLite, and a table is not rebuilt
                    // for one.
                    let unnamed = there.name == Name::Absent && self.declared.is_models();
                    let name = match unnamed {
                        true => Name::Absent,
                        false => matched_name(&there.name, &wanted.name),
                    };
                    result.push(ForeignKey { name, ..wanted.clone() });
                }
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, "foreign key", &before.foreign_keys, &found, &mut result);
        result
    }

    fn checks(
        &mut self,
        ground: &Table,
        before: &Table,
        after: &Table,
        partial: bool,
    ) -> Vec<Check> {
        let found = partners(
            &before.checks,
            &after.checks,
            |it| &it.name,
            |there, wanted| {
                let rest = |it: &Check| (it.not_valid, it.no_inherit, it.not_enforced);
                rest(there) == rest(wanted)
                    && self.same_expression(
                        ground,
                        ExpressionRole::Check,
                        &there.expr,
                        &wanted.expr,
                    )
            },
        );
        let mut result = Vec::new();
        for (wanted, partner) in after.checks.iter().zip(&found) {
            result.push(match partner.map(|at| &before.checks[at]) {
                Some(there) => Check {
                    name: matched_name(&there.name, &wanted.name),
                    expr: there.expr.clone(),
                    ..wanted.clone()
                },
                None => wanted.clone(),
            });
        }
        self.keep_rest(partial, "check", &before.checks, &found, &mut result);
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
                Some(there) => matched_name(&there.name, &wanted.name),
                None => wanted.name.clone(),
            };
            result.push(Exclusion { name, ..wanted.clone() });
        }
        self.keep_rest(partial, "exclusion constraint", &before.exclusions, &found, &mut result);
        result
    }

    fn indexes(
        &mut self,
        ground: &Table,
        before: &Table,
        after: &Table,
        partial: bool,
    ) -> Vec<Index> {
        let mut found = partners(
            &before.indexes,
            &after.indexes,
            |it| &it.name,
            |there, wanted| self.same_index(ground, there, wanted),
        );
        self.tuned(ground, Pair::new(before, after), partial, &mut found);
        let mut result = Vec::new();
        for (wanted, partner) in after.indexes.iter().zip(&found) {
            match partner.map(|at| &before.indexes[at]) {
                Some(there) => result.push(Index {
                    options: if partial { &there.options } else { &wanted.options }.clone(),
                    name: matched_name(&there.name, &wanted.name),
                    comment: wanted
                        .comment
                        .clone()
                        .or_else(|| if partial { there.comment.clone() } else { None }),
                    ..there.clone()
                }),
                None if partial && wanted.unique && has_unique(before, wanted) => {}
                None => result.push(wanted.clone()),
            }
        }
        self.keep_rest(partial, "index", &before.indexes, &found, &mut result);
        result
    }

    /// Also pairs up indexes that differ in storage parameters. An entity does not declare those.
    fn tuned(
        &mut self,
        ground: &Table,
        table: Pair<&Table>,
        partial: bool,
        found: &mut [Option<usize>],
    ) {
        for (place, wanted) in table.after.indexes.iter().enumerate() {
            if found[place].is_some() {
                continue;
            }
            let partner = table.before.indexes.iter().enumerate().position(|(at, there)| {
                let tuned = there.with_storage(wanted.options.storage.clone());
                there.options.storage != tuned.options.storage
                    && !found.contains(&Some(at))
                    && (partial || self.dialect.tunes_index(table, there, &tuned))
                    && self.same_index(ground, &tuned, wanted)
            });
            found[place] = partner;
        }
    }

    fn same_index(&mut self, ground: &Table, there: &Index, wanted: &Index) -> bool {
        if !there.same_frame(wanted) {
            return false;
        }
        let parts = there.parts.iter().zip(&wanted.parts).all(|(there, wanted)| {
            match (&there.key, &wanted.key) {
                (IndexKey::Column(there), IndexKey::Column(wanted)) => there == wanted,
                (IndexKey::Expression(there), IndexKey::Expression(wanted)) => {
                    self.same_expression(ground, ExpressionRole::IndexExpression, there, wanted)
                }
                (IndexKey::Column(_), IndexKey::Expression(_))
                | (IndexKey::Expression(_), IndexKey::Column(_)) => false,
            }
        });
        parts
            && match (&there.predicate, &wanted.predicate) {
                (None, None) => true,
                (Some(there), Some(wanted)) => {
                    self.same_expression(ground, ExpressionRole::IndexPredicate, there, wanted)
                }
                (Some(_), None) | (None, Some(_)) => false,
            }
    }

    /// With a partial model, what only the database has is kept and counted.
    fn keep_rest<T: Clone>(
        &mut self,
        partial: bool,
        kind: &'static str,
        before: &[T],
        found: &[Option<usize>],
        result: &mut Vec<T>,
    ) {
        if !partial {
            return;
        }
        for (at, there) in before.iter().enumerate() {
            if !found.contains(&Some(at)) {
                self.findings.unmanaged.count(kind);
                result.push(there.clone());
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
        let there: BTreeSet<&Name> = before.constraint_names().map(|(_, name)| name).collect();
        let constraints = table.constraint_names().map(|(_, name)| name);
        let kept: BTreeSet<String> = constraints
            .filter(|name| there.contains(name))
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
fn left_open(there: &ForeignKey, wanted: &ForeignKey) -> ForeignKey {
    let none = autogen_schema::FkAction::NoAction;
    ForeignKey {
        name: there.name.clone(),
        on_delete: if wanted.on_delete == none { there.on_delete } else { wanted.on_delete },
        on_update: if wanted.on_update == none { there.on_update } else { wanted.on_update },
        ..there.clone()
    }
}

fn columns_of(index: &Index) -> Option<Vec<&str>> {
    index
        .parts
        .iter()
        .map(|part| match &part.key {
            IndexKey::Column(name) => Some(name.as_str()),
            IndexKey::Expression(_) => None,
        })
        .collect()
}

fn has_unique_index(table: &Table, unique: &Unique) -> bool {
    let wanted: Vec<&str> = unique.columns.iter().map(|part| part.column.as_str()).collect();
    table
        .indexes
        .iter()
        .any(|it| it.unique && it.predicate.is_none() && columns_of(it).as_ref() == Some(&wanted))
}

fn has_unique(table: &Table, index: &Index) -> bool {
    let wanted = columns_of(index);
    table.uniques.iter().any(|unique| {
        let columns: Vec<&str> = unique.columns.iter().map(|part| part.column.as_str()).collect();
        Some(columns) == wanted
    })
}
