//! DD103: unique over duplicates.

use autogen_dialect::probe::{Distinct, Held, Rows};
use autogen_plan::Severity;
use autogen_schema::{Constraint, Expr, Index, IndexKey, KeyPart, Pair, QName, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD103",
    title: "unique over duplicates",
    severity: Severity::Warning,
    page: "Rows with equal values make the migration fail, and nothing is changed. Look for duplicates first: `SELECT .. GROUP BY .. HAVING count(*) > 1`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    let index = case.change.created_index().filter(|(_, it)| it.unique);
    let constraint = case.change.added_constraint();
    let (table, unique) = index
        .map(|(table, it)| (table, of_index(it)))
        .or_else(|| constraint.and_then(|(table, it)| Some((table, of_constraint(it)?))))?;
    if unique.is_empty(case, table) {
        return None;
    }
    let tables = (case.schema.before.tables.get(table), case.schema.after.tables.get(table));
    if let (Some(before), Some(after)) = tables
        && is_unique_already(Pair::new(before, after), &unique)
    {
        return None;
    }
    Finding::probed(
        probe(case, table, &unique),
        format!("fails if {table} holds duplicates in {}", unique.words()),
        "look for duplicates before you run this",
    )
}

/// What must differ between any two rows.
struct Alike {
    /// Columns and expressions.
    keys: Vec<IndexKey>,
    /// Whether they are compared as a whole: no prefix, no other collation.
    plain: bool,
    /// Whether NULLs count as equal.
    nulls_too: bool,
    predicate: Option<Expr>,
}

impl Alike {
    fn words(&self) -> String {
        let word = |key: &IndexKey| match key {
            IndexKey::Column(name) => name.clone(),
            IndexKey::Expression(expr) => expr.to_string(),
        };
        self.keys.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// Whether every row has a NULL there, and NULLs are not equal.
    fn is_empty(&self, case: &Case<'_>, table: &QName) -> bool {
        let empty = |key: &IndexKey| match key {
            IndexKey::Column(name) => case.comes_empty(table, name),
            IndexKey::Expression(_) => false,
        };
        !self.nulls_too && self.keys.iter().any(empty)
    }

    /// The columns, if the rule is about whole columns of all rows.
    fn columns(&self) -> Option<Vec<&String>> {
        if !self.plain || self.predicate.is_some() {
            return None;
        }
        self.keys
            .iter()
            .map(|key| match key {
                IndexKey::Column(name) => Some(name),
                IndexKey::Expression(_) => None,
            })
            .collect()
    }
}

fn of_index(index: &Index) -> Alike {
    Alike {
        keys: index.parts.iter().map(|part| part.key.clone()).collect(),
        plain: index.parts.iter().all(|part| part.collation.is_none() && part.prefix.is_none()),
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
    Alike {
        keys: parts.iter().map(|part| IndexKey::Column(part.column.clone())).collect(),
        plain: parts.iter().all(|part| part.collation.is_none() && part.prefix.is_none()),
        nulls_too,
        predicate: None,
    }
}

fn probe(case: &Case<'_>, table: &QName, wanted: &Alike) -> Option<String> {
    let value = |key: &IndexKey| match key {
        IndexKey::Column(name) => case.held(table, name),
        IndexKey::Expression(expr) => {
            case.origin.expression(table, expr).map(|expr| Held::There(format!("({expr})")))
        }
    };
    let values: Vec<Held> = wanted.keys.iter().map(value).collect::<Option<_>>()?;
    let predicate = match &wanted.predicate {
        Some(expr) => Some(case.origin.expression(table, expr)?),
        None => None,
    };
    let rows = Rows { table: &case.origin.table(table)?, values: &values };
    let distinct = Distinct { rows, nulls_too: wanted.nulls_too, predicate };
    wanted.plain.then(|| case.dialect.probe_duplicates(distinct))
}

/// Whether some of the columns are already unique, and their values do not change.
fn is_unique_already(table: Pair<&Table>, wanted: &Alike) -> bool {
    let Some(columns) = wanted.columns() else { return false };
    let before = table.before;
    let same = |name: &String| match (before.column(name), table.after.column(name)) {
        (Some(before), Some(after)) => {
            let computed = after.generated.is_some() && before.generated != after.generated;
            before.data_type == after.data_type && before.collation == after.collation && !computed
        }
        (None, _) | (_, None) => false,
    };
    let required = |name: &String| before.column(name).is_some_and(|column| !column.nullable);
    let mut all: Vec<Alike> = before.constraints().iter().filter_map(of_constraint).collect();
    all.extend(before.indexes.iter().filter(|index| index.unique).map(of_index));
    all.iter().any(|there| {
        let Some(names) = there.columns() else { return false };
        let within = names.iter().all(|name| columns.contains(name) && same(name));
        let nulls = wanted.nulls_too && !there.nulls_too;
        within && (!nulls || names.iter().all(|name| required(name)))
    })
}
