//! DD103: unique over duplicates.

use autogen_dialect::probe::{Distinct, Held, Rows};
use autogen_plan::Severity;
use autogen_schema::{Constraint, Expr, Index, IndexKey, IndexPart, KeyPart, QName, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD103",
    title: "unique over duplicates",
    severity: Severity::Warning,
    page: "Rows that have equal values, or get them by a fill, a conversion or another collation, make the migration fail, and nothing is changed. Look for duplicates first: `SELECT .. GROUP BY .. HAVING count(*) > 1`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    if let Some((table, column)) = case.change.altered_column() {
        return altered(case, table, &column.after.name);
    }
    let index = case.change.created_index().filter(|(_, it)| it.unique);
    let constraint = case.change.added_constraint();
    let (table, unique) = index
        .map(|(table, it)| (table, of_index(it)))
        .or_else(|| constraint.and_then(|(table, it)| Some((table, of_constraint(it)?))))?;
    if unique.is_empty(case, table) || is_unique_already(case, table, &unique) {
        return None;
    }
    Finding::probed(
        probe(case, table, &unique),
        format!("fails if {table} holds duplicates in {}", unique.words()),
        "look for duplicates before you run this",
    )
}

/// The unique keys that are there before and after other values, or another collation, of
/// a column.
fn altered(case: &Case<'_>, table: &QName, column: &str) -> Option<Finding> {
    if matches!(case.held(table, column), Some(Held::There(_))) {
        return None;
    }
    let there = unique_keys(case.schema.before.tables.get(&case.origin.table(table)?)?);
    let there: Vec<String> = there.iter().map(|it| it.signature(Clone::clone)).collect();
    let former = |name: &String| case.origin.column(table, name).unwrap_or_default();
    let stays = |key: &Alike| there.contains(&key.signature(former));
    let mut keys = unique_keys(case.schema.after.tables.get(table)?);
    keys.retain(|it| it.uses(column) && stays(it));
    let words: Vec<String> = keys.iter().map(Alike::words).collect();
    let probes: Option<Vec<String>> = keys.iter().map(|it| probe(case, table, it)).collect();
    if keys.is_empty() {
        return None;
    }
    Finding::probed(
        probes.and_then(|it| case.dialect.probe_any(&it)),
        format!("fails if {table} comes to hold duplicates in {}", words.join(", or in ")),
        "look for rows that become equal before you run this",
    )
}

/// A column or an expression of a key, and how it is compared there.
struct Part {
    key: IndexKey,
    collation: Option<String>,
    prefix: Option<u32>,
}

/// What no two rows may have in common.
struct Alike {
    parts: Vec<Part>,
    /// Whether NULLs count as equal.
    nulls_too: bool,
    predicate: Option<Expr>,
}

impl Alike {
    fn words(&self) -> String {
        let word = |part: &Part| match &part.key {
            IndexKey::Column(name) => name.clone(),
            IndexKey::Expression(expr) => expr.to_string(),
        };
        self.parts.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    fn uses(&self, column: &str) -> bool {
        let by_part = |part: &Part| match &part.key {
            IndexKey::Column(name) => name == column,
            IndexKey::Expression(expr) => expr.mentions(column),
        };
        let filtered = self.predicate.as_ref().is_some_and(|it| it.mentions(column));
        filtered || self.parts.iter().any(by_part)
    }

    /// What tells it from other keys, with these names for its columns.
    fn signature(&self, name: impl Fn(&String) -> String) -> String {
        let part = |part: &Part| match &part.key {
            IndexKey::Column(column) => {
                format!("{:?}", (name(column), &part.collation, part.prefix))
            }
            IndexKey::Expression(expr) => format!("{:?}", (expr, &part.collation)),
        };
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        format!("{parts:?} {:?}", self.predicate)
    }

    /// Whether every row has a NULL there, and NULLs are not equal.
    fn is_empty(&self, case: &Case<'_>, table: &QName) -> bool {
        let empty = |part: &Part| match &part.key {
            IndexKey::Column(name) => case.comes_empty(table, name),
            IndexKey::Expression(_) => false,
        };
        !self.nulls_too && self.parts.iter().any(empty)
    }

    /// The columns, if the rule is about whole columns of all rows.
    fn columns(&self) -> Option<Vec<&String>> {
        let plain = |part: &'_ Part| part.collation.is_none() && part.prefix.is_none();
        if self.predicate.is_some() || !self.parts.iter().all(plain) {
            return None;
        }
        self.parts
            .iter()
            .map(|part| match &part.key {
                IndexKey::Column(name) => Some(name),
                IndexKey::Expression(_) => None,
            })
            .collect()
    }
}

fn unique_keys(table: &Table) -> Vec<Alike> {
    let mut all: Vec<Alike> = table.constraints().iter().filter_map(of_constraint).collect();
    all.extend(table.indexes.iter().filter(|index| index.unique).map(of_index));
    all
}

fn of_index(index: &Index) -> Alike {
    let part = |it: &IndexPart| Part {
        key: it.key.clone(),
        collation: it.collation.clone(),
        prefix: it.prefix,
    };
    Alike {
        parts: index.parts.iter().map(part).collect(),
        nulls_too: index.nulls_not_distinct,
        predicate: index.predicate.clone(),
    }
}

fn of_constraint(constraint: &Constraint) -> Option<Alike> {
    match constraint {
        Constraint::PrimaryKey(key) => Some(of_parts(&key.columns, true)),
        Constraint::Unique(unique) => Some(of_parts(&unique.columns, unique.nulls_not_distinct)),
        Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclusion(_) => None,
    }
}

fn of_parts(parts: &[KeyPart], nulls_too: bool) -> Alike {
    let part = |it: &KeyPart| Part {
        key: IndexKey::Column(it.column.clone()),
        collation: it.collation.clone(),
        prefix: it.prefix,
    };
    Alike { parts: parts.iter().map(part).collect(), nulls_too, predicate: None }
}

fn probe(case: &Case<'_>, table: &QName, wanted: &Alike) -> Option<String> {
    let value = |part: &Part| {
        let held = match &part.key {
            IndexKey::Column(name) => case.held(table, name)?,
            IndexKey::Expression(expr) => Held::There(format!("({})", case.computed(table, expr)?)),
        };
        Some(held.in_key(case.dialect, part.collation.as_deref(), part.prefix))
    };
    let values: Vec<Held> = wanted.parts.iter().map(value).collect::<Option<_>>()?;
    let predicate = match &wanted.predicate {
        Some(expr) => Some(case.computed(table, expr)?),
        None => None,
    };
    let rows = Rows { table: &case.origin.table(table)?, values: &values };
    let distinct = Distinct { rows, nulls_too: wanted.nulls_too, predicate: predicate.as_ref() };
    Some(case.dialect.probe_duplicates(distinct))
}

/// Whether some of the columns are already unique, and their values do not change.
fn is_unique_already(case: &Case<'_>, name: &QName, wanted: &Alike) -> bool {
    let Some(columns) = wanted.columns() else { return false };
    let schema = case.schema.map(|it| it.tables.get(name));
    let (Some(before), Some(after)) = (schema.before, schema.after) else { return false };
    let same = |name: &String| match (before.column(name), after.column(name)) {
        (Some(before), Some(after)) => {
            let computed = after.generated.is_some() && before.generated != after.generated;
            before.data_type == after.data_type && !computed
        }
        (None, _) | (_, None) => false,
    };
    let kept = |column: &String| matches!(case.held(name, column), Some(Held::There(_)));
    let required = |name: &String| before.column(name).is_some_and(|column| !column.nullable);
    unique_keys(before).iter().any(|there| {
        let Some(names) = there.columns() else { return false };
        let within = names.iter().all(|it| columns.contains(it) && same(it) && kept(it));
        let nulls = wanted.nulls_too && !there.nulls_too;
        within && (!nulls || names.iter().all(|name| required(name)))
    })
}
