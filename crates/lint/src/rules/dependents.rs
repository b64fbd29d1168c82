//! DD110: view or trigger names a dropped column.

use autogen_plan::Severity;
use autogen_schema::Expr;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD110",
    title: "view or trigger names a dropped column",
    severity: Severity::Danger,
    page: "A view or trigger uses the dropped column. SQLite accepts the drop, and the view or trigger fails later. Change it in the same revision.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.dropped_column()?;
    let mentions = |sql: &str| {
        let sql = Expr::new(sql);
        sql.mentions(&column.name) && sql.mentions(&table.name)
    };
    // Dependents that are dropped or changed come first in the plan.
    let after = case.schema.after;
    let view = after.views.values().find(|view| mentions(&view.definition));
    let mut triggers = after.tables.values().flat_map(|table| &table.triggers);
    let trigger = triggers.find(|trigger| mentions(&trigger.definition));
    let object = match (view, trigger) {
        (Some(view), _) => format!("view {}", view.name),
        (None, Some(trigger)) => format!("trigger {}", trigger.name),
        (None, None) => return None,
    };
    case.first.then_some(())?;
    Finding::new(
        format!("{object} seems to use {table}.{}", column.name),
        "change it in the same revision",
    )
}
