//! The laws that every plan keeps.

use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_plan::{Input, Options, Plan, PlanError, Severity, emit, plan};
use autogen_schema::{Declared, DeclaredObject, Origin, Schema};

/// Plans, with hazards.
///
/// # Errors
/// As [`plan`].
pub fn planned_from(
    before: &Schema,
    after: &Declared,
    dialect: Dialect,
    options: &Options,
) -> Result<Plan, PlanError> {
    let mut plan = plan(Input { dialect, before, after, options })?;
    autogen_lint::annotate(&mut plan);
    Ok(plan)
}

/// The laws of the schema and of changes.
///
/// # Errors
/// The law that is broken.
pub fn laws(plan: &Plan) -> Result<(), String> {
    let dialect = plan.dialect;
    let after = &plan.schema.after;
    if dialect.canonicalize(after) != *after {
        return Err("canonicalize is not idempotent".to_owned());
    }
    let mut schema = plan.schema.before.clone();
    for change in plan.changes() {
        if change.inverse().inverse() != *change {
            return Err(format!("the inverse of the inverse is another: {}", change.describe()));
        }
        change.apply(&mut schema).map_err(|error| error.to_string())?;
    }
    same(&tidy(&schema), &tidy(after), "applying the changes does not give the schema after")?;
    for change in &plan.down.changes {
        change.apply(&mut schema).map_err(|error| error.to_string())?;
    }
    same(&tidy(&schema), &tidy(&plan.schema.before), "the way down does not lead back")?;
    let again = planned_from(after, &Declared::whole(after.clone()), dialect, &Options::default());
    match again {
        Ok(again) if again.is_empty() => Ok(()),
        Ok(again) => Err(format!("the second diff is not empty:\n{}", emit::text(&again))),
        Err(error) => Err(error.to_string()),
    }
}

/// A schema as it is declared: with original texts, which a server normalizes.
pub fn written(schema: Schema) -> Declared {
    let mut declared = Declared::whole(schema);
    let mut places = std::collections::BTreeMap::new();
    let mut add = |place: DeclaredObject| places.insert(place, Origin::default());
    let schema = &declared.schema;
    for (name, view) in &schema.views {
        add(DeclaredObject::View(name.clone()));
        for trigger in &view.triggers {
            add(DeclaredObject::Trigger { on: name.clone(), name: trigger.name.clone() });
        }
    }
    for routine in &schema.routines {
        add(routine.place());
    }
    for (name, table) in &schema.tables {
        for trigger in &table.triggers {
            add(DeclaredObject::Trigger { on: name.clone(), name: trigger.name.clone() });
        }
        for policy in table.row_security.iter().flat_map(|it| &it.policies) {
            add(DeclaredObject::Policy { table: name.clone(), name: policy.name.clone() });
        }
    }
    declared.places = places;
    declared
}

/// Without what is not represented, and in one order of columns: databases append.
pub fn tidy(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.unsupported.clear();
    for table in schema.tables.values_mut().map(Arc::make_mut) {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.sort();
    }
    schema
}

/// Compares two schemas.
///
/// # Errors
/// The message with a diff.
pub fn same(left: &Schema, right: &Schema, message: &str) -> Result<(), String> {
    if left == right {
        return Ok(());
    }
    let text = |schema: &Schema| serde_json::to_string_pretty(schema).expect("JSON");
    let (left, right) = (text(left), text(right));
    let diff = similar::TextDiff::from_lines(&left, &right);
    Err(format!("{message}\n{}", diff.unified_diff().context_radius(4)))
}

/// The hazards of the way up, a line each.
pub fn hazards(plan: &Plan) -> String {
    let mut text = String::new();
    for hazard in plan.up.steps().flat_map(|planned| &planned.hazards) {
        let severity = match hazard.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Danger => "danger",
        };
        text.push_str(&format!("{} {severity}: {}\n", hazard.code, hazard.message));
    }
    text
}
