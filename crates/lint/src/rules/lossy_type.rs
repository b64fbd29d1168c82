//! DL104: lossy type change.

use autogen_plan::Severity;
use autogen_schema::{ColumnType, Pair, Schema};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL104",
    title: "lossy type change",
    severity: Severity::Danger,
    page: "The new type can cut, round or refuse values. PostgreSQL refuses text that is too long and numbers that are too large, but silently rounds decimals and fractions of seconds. SQLite never refuses a value. Check the values first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    let (before, after) = (&column.before.data_type, &column.after.data_type);
    let under = Pair::new(
        case.schema.before.underlying(before, true),
        case.schema.after.underlying(after, false),
    );
    let lossy = || under.before != under.after && case.dialect.is_lossy(under.before, under.after);
    if !case.first || before == after || !lossy() {
        return None;
    }
    if column.after.generated.is_some() && column.before.generated != column.after.generated {
        // They are computed, not converted.
        return None;
    }
    let labels = |it: &ColumnType| matches!(it, ColumnType::InlineEnum(_) | ColumnType::Set(_));
    if labels(before) && labels(after) {
        // A removed value has its own hazard.
        return None;
    }
    let given = case.usings.iter().any(|it| it.table == *table && it.column == column.after.name);
    let probe = || {
        let there = is_there(after, case.schema);
        let name = case.origin.column(table, &column.after.name)?;
        let table = case.origin.table(table)?;
        let schema = case.schema.after;
        case.dialect.probe_conversion(&table, &name, before, after, schema).filter(|_| there)
    };
    let relabelled = case.origin.is_relabelled(table, &column.after.name);
    let probe = if given || relabelled { None } else { probe() };
    let (before, after) = (case.dialect.render_type(before), case.dialect.render_type(after));
    Finding::probed(
        probe,
        format!("values of {table}.{} may not fit from {before} into {after}", column.after.name),
        "look for values that do not fit before you run this",
    )
}

/// Whether values can be cast to the type before the plan runs: the plan does not create it.
/// Labels of enums are compared as text.
fn is_there(data_type: &ColumnType, schema: Pair<&Schema>) -> bool {
    if let ColumnType::Array(element) = data_type {
        // The elements of an array are cast.
        if let ColumnType::Enum(name) = &**element {
            return schema.before.enums.contains_key(name);
        }
        return is_there(element, schema);
    }
    if let ColumnType::Domain(name) = data_type {
        return schema.before.domains.contains_key(name);
    }
    let extensions = &schema.before.extensions;
    !matches!(data_type, ColumnType::Verbatim(_))
        || schema.after.extensions.keys().all(|name| extensions.contains_key(name))
}
