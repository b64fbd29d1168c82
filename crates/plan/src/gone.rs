//! Objects that are kept or declared although a column or a relation that they read is
//! dropped: the server would reject the plan, or drop them as well.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::{Dialect, Refusal, SureReads};
use autogen_schema::{
    Change, Declared, DeclaredObject, Default, Defined, Expr, Index, IndexKey, IndexPart, Pair,
    QName, Routine, Schema, Table,
};

/// The refusals: `before` is the schema before the `renames`, `schema` the one after them
/// and the target.
pub(crate) fn still_read(
    dialect: Dialect,
    before: &Schema,
    renames: &[Change],
    schema: Pair<&Schema>,
    declared: &Declared,
) -> Vec<Refusal> {
    let gone = Gone::find(dialect, before, renames, schema);
    if gone.columns.is_empty() && gone.relations.is_empty() {
        return Vec::new();
    }
    let mut found = Found { dialect, gone, declared, refusals: Vec::new() };
    for table in schema.after.tables.values() {
        found.parts(table);
        if dialect.binds_texts() {
            found.attached(table);
        }
    }
    if dialect.binds_texts() {
        found.views(schema.after);
        found.routines(schema.after);
    }
    found.refusals
}

/// What the plan drops for good.
struct Gone {
    /// By their tables, in both spellings; also by the names before renames.
    columns: BTreeMap<QName, BTreeMap<String, String>>,
    /// Those that are only renamed: the server keeps up with that in what it has parsed.
    renamed: BTreeSet<String>,
    relations: BTreeSet<QName>,
}

impl Gone {
    fn find(dialect: Dialect, before: &Schema, renames: &[Change], schema: Pair<&Schema>) -> Self {
        let mut columns: BTreeMap<QName, BTreeMap<String, String>> = BTreeMap::new();
        let former = before.tables.values().map(|table| (renamed(&table.name, renames), table));
        let there = schema.before.tables.values().map(|table| (table.name.clone(), table));
        for (name, table) in former.chain(there) {
            let Some(after) = schema.after.tables.get(&name) else { continue };
            if Arc::ptr_eq(table, after) {
                continue;
            }
            let stay: BTreeSet<String> =
                after.columns.iter().map(|it| dialect.mentioned_as(&it.name)).collect();
            let all = table.columns.iter().map(|it| (dialect.mentioned_as(&it.name), &it.name));
            let gone = all.filter(|(word, _)| !stay.contains(word));
            let gone: Vec<_> = gone.map(|(word, it)| (word, it.clone())).collect();
            if !gone.is_empty() {
                columns.entry(name).or_default().extend(gone);
            }
        }
        let mut renamed = BTreeSet::new();
        for (name, gone) in &columns {
            let there = schema.before.tables.get(name).into_iter().flat_map(|it| &it.columns);
            let there: BTreeSet<String> = there.map(|it| dialect.mentioned_as(&it.name)).collect();
            let former = gone.iter().filter(|(word, _)| !there.contains(*word));
            renamed.extend(former.map(|(_, column)| format!("{name}.{column}")));
        }
        let partitions = schema.after.partitions();
        let stays = |name: &QName| {
            let Schema { tables, views, .. } = schema.after;
            tables.contains_key(name) || views.contains_key(name) || partitions.contains_key(name)
        };
        let all = schema.before.tables.keys().chain(schema.before.views.keys());
        Self { columns, renamed, relations: all.filter(|it| !stays(it)).cloned().collect() }
    }

    /// The columns of the table that are gone and that the object reads.
    fn columns(&self, table: &QName, reads: impl Fn(&str) -> bool) -> Vec<String> {
        let gone = self.columns.get(table).into_iter().flatten();
        gone.filter(|(word, _)| reads(word)).map(|(_, name)| format!("{table}.{name}")).collect()
    }
}

/// The name of a table after the renames.
fn renamed(name: &QName, renames: &[Change]) -> QName {
    let renames = renames.iter().filter_map(Change::renamed_table);
    renames.fold(name.clone(), |name, it| match it.before == name {
        true => it.after.clone(),
        false => name,
    })
}

struct Found<'a> {
    dialect: Dialect,
    gone: Gone,
    declared: &'a Declared,
    refusals: Vec<Refusal>,
}

impl Found<'_> {
    /// The parts of a table that are computed from columns.
    fn parts(&mut self, table: &Table) {
        if !self.gone.columns.contains_key(&table.name) {
            return;
        }
        for (object, expr) in expressions(table) {
            let reads = self.dialect.expression_reads(expr);
            let own = self.dialect.mentioned_as(&table.name.name);
            for used in self.gone.columns(&table.name, |column| reads.column(&own, column)) {
                self.refusals.push(unknown(object.clone(), &used));
            }
        }
    }

    /// The policies and triggers of a table.
    fn attached(&mut self, table: &Table) {
        let name = &table.name;
        for policy in table.row_security.iter().flat_map(|it| &it.policies) {
            let reads = self.dialect.policy_reads(&policy.definition);
            let own = self.dialect.mentioned_as(&name.name);
            let mut used = self.gone.columns(name, |column| reads.column(&own, column));
            used.extend(self.relations(&reads));
            let place = DeclaredObject::Policy { table: name.clone(), name: policy.name.clone() };
            self.kept(&place, &format!("policy {} of {name}", policy.name), used);
        }
        for trigger in &table.triggers {
            let reads = self.dialect.trigger_columns(&trigger.definition);
            let used = self.gone.columns(name, |column| reads.contains(column));
            let place = DeclaredObject::Trigger { on: name.clone(), name: trigger.name.clone() };
            self.kept(&place, &format!("trigger {} of {name}", trigger.name), used);
        }
    }

    fn relations(&self, reads: &SureReads) -> Vec<String> {
        let read = |name: &&QName| reads.relations.contains(&self.dialect.mentioned_as(&name.name));
        self.gone.relations.iter().filter(read).map(ToString::to_string).collect()
    }

    /// Views whose reads a server reported.
    fn views(&mut self, target: &Schema) {
        for view in target.views.values() {
            let Some(reads) = &view.reads.0 else { continue };
            let relations = reads.relations.intersection(&self.gone.relations);
            let mut used: Vec<String> = relations.map(ToString::to_string).collect();
            for (table, column) in &reads.columns {
                let word = self.dialect.mentioned_as(column);
                used.extend(self.gone.columns(table, |it| it == word));
            }
            let place = DeclaredObject::View(view.name.clone());
            self.kept(&place, &format!("view {}", view.name), used);
        }
    }

    /// Routines whose body is stored parsed. It is printed with the tables of its columns.
    fn routines(&mut self, target: &Schema) {
        let dialect = self.dialect;
        let parsed = |it: &&Routine| dialect.routine_bonds(it.definition()) == it.definition();
        for routine in target.routines.iter().filter(parsed) {
            let names = dialect.body_names(routine.definition());
            let tables: Vec<&QName> = self.gone.columns.keys().collect();
            let used = tables.into_iter().flat_map(|table| {
                let own = dialect.mentioned_as(&table.name);
                self.gone.columns(table, |column| names.surely_column(&own, column))
            });
            let used = used.collect();
            self.kept(&routine.place(), &format!("function {}", routine.signature()), used);
        }
    }

    fn kept(&mut self, place: &DeclaredObject, object: &str, used: Vec<String>) {
        let is_declared = self.declared.places.contains_key(place);
        let renamed = &self.gone.renamed;
        let used = used.into_iter().filter(|used| is_declared || !renamed.contains(used));
        self.refusals.extend(used.map(|used| match is_declared {
            true => unknown(object.to_owned(), &used),
            false => Refusal {
                code: "A0418",
                message: format!("it would be dropped, but {object}, which is kept, uses it"),
                object: used,
                hint: format!(
                    "drop {object} by hand first, or declare it without that in an .sql file \
                     (`sql` in autogen.toml)"
                ),
            },
        }));
    }
}

/// A declared object that reads something that is not declared any more.
fn unknown(object: String, used: &str) -> Refusal {
    Refusal {
        code: "A0411",
        object,
        message: format!("it uses {used}, which the plan drops or renames"),
        hint: "change its declaration as well, or keep what it uses".to_owned(),
    }
}

/// The expressions of a table, with the objects that they belong to.
fn expressions(table: &Table) -> Vec<(String, &Expr)> {
    let name = &table.name;
    let mut found = Vec::new();
    for column in &table.columns {
        let generated = column.generated.iter().map(|it| &it.expr);
        found.extend(generated.map(|it| (format!("generated column {name}.{}", column.name), it)));
        if let Some(Default::Expression(expr)) = &column.default {
            found.push((format!("the default of {name}.{}", column.name), expr));
        }
    }
    for check in &table.checks {
        found.push((part("check", &check.name, name), &check.expr));
    }
    for item in &table.exclusions {
        let all = item.elements.iter().map(|(part, _)| part);
        let object = part("exclusion constraint", &item.name, name);
        found.extend(computed(all, item.predicate.as_ref()).map(|it| (object.clone(), it)));
    }
    for index in &table.indexes {
        let object = part("index", &index.name, name);
        found.extend(index_expressions(index).map(|it| (object.clone(), it)));
    }
    found
}

fn part(kind: &str, name: &autogen_schema::Name, table: &QName) -> String {
    match name.text() {
        Some(text) => format!("{kind} {text} of {table}"),
        None => format!("a {kind} of {table}"),
    }
}

fn index_expressions(index: &Index) -> impl Iterator<Item = &Expr> {
    computed(index.parts.iter(), index.predicate.as_ref())
}

fn computed<'t>(
    parts: impl Iterator<Item = &'t IndexPart>,
    predicate: Option<&'t Expr>,
) -> impl Iterator<Item = &'t Expr> {
    let computed = parts.filter_map(|part| match &part.key {
        IndexKey::Column(_) => None,
        IndexKey::Expression(expr) => Some(expr),
    });
    computed.chain(predicate)
}
