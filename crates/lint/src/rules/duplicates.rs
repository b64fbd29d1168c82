//! DD103: unique over duplicates.

use autogen_plan::Severity;
use autogen_schema::{
    Change, Constraint, ConstraintChange, Index, IndexChange, IndexKey, IndexPart, KeyPart, Pair,
    PrimaryKey, Table, Unique,
};

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
    let (table, unique) = match case.change {
        Change::Index(IndexChange::Create { table, index }) if index.unique => {
            (table, of_index(index))
        }
        Change::Constraint(ConstraintChange::Add {
            table,
            constraint: Constraint::PrimaryKey(key),
        }) => (table, of_key(key)),
        Change::Constraint(ConstraintChange::Add {
            table,
            constraint: Constraint::Unique(unique),
        }) => (table, of_unique(unique)),
        _other => return None,
    };
    let tables = (case.schema.before.tables.get(table), case.schema.after.tables.get(table));
    if let (Some(before), Some(after)) = tables
        && is_unique_already(Pair::new(before, after), &unique)
    {
        return None;
    }
    Finding::new(
        format!("fails if {table} holds duplicates"),
        "look for duplicates before you run this",
    )
}

/// Columns of which no two rows hold the same.
struct Distinct {
    /// `None` where an expression or a predicate makes it hard to tell.
    columns: Option<Vec<String>>,
    /// Whether NULLs count as equal.
    nulls_too: bool,
}

fn of_index(index: &Index) -> Distinct {
    let column = |part: &IndexPart| match &part.key {
        IndexKey::Column(name) if part.collation.is_none() => Some(name.clone()),
        IndexKey::Column(_) | IndexKey::Expression(_) => None,
    };
    let columns = index.parts.iter().map(column).collect::<Option<_>>();
    Distinct {
        columns: columns.filter(|_| index.predicate.is_none()),
        nulls_too: index.nulls_not_distinct,
    }
}

fn of_key(key: &PrimaryKey) -> Distinct {
    Distinct { columns: names(&key.columns), nulls_too: true }
}

fn of_unique(unique: &Unique) -> Distinct {
    Distinct { columns: names(&unique.columns), nulls_too: unique.nulls_not_distinct }
}

fn names(parts: &[KeyPart]) -> Option<Vec<String>> {
    let whole = |part: &KeyPart| part.collation.is_none() && part.prefix.is_none();
    parts.iter().map(|part| whole(part).then(|| part.column.clone())).collect()
}

/// Whether the table says already that some of the columns are unique, and
/// their values stay what they are.
fn is_unique_already(table: Pair<&Table>, wanted: &Distinct) -> bool {
    let Some(columns) = &wanted.columns else { return false };
    let before = table.before;
    let same = |name: &String| match (before.column(name), table.after.column(name)) {
        (Some(before), Some(after)) => {
            before.data_type == after.data_type && before.collation == after.collation
        }
        (None, _) | (_, None) => false,
    };
    if !columns.iter().all(same) {
        return false;
    }
    let required =
        columns.iter().all(|name| before.column(name).is_some_and(|column| !column.nullable));
    let mut all: Vec<Distinct> = before.primary_key.iter().map(of_key).collect();
    all.extend(before.uniques.iter().map(of_unique));
    all.extend(before.indexes.iter().filter(|index| index.unique).map(of_index));
    all.iter().any(|there| {
        let within = there
            .columns
            .as_ref()
            .is_some_and(|names| names.iter().all(|name| columns.contains(name)));
        within && (!wanted.nulls_too || there.nulls_too || required)
    })
}
