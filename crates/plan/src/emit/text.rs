//! Plans for people.

use crate::plan::{Plan, Severity};

/// The plan in plain words, a line per change: `+` adds, `-` takes away, `~`
/// alters.
pub fn text(plan: &Plan) -> String {
    let mut lines = Vec::new();
    let count = plan.changes().len();
    match count {
        0 => lines.push("no changes".to_owned()),
        1 => lines.push(format!("1 change for {}", plan.dialect)),
        _ => lines.push(format!("{count} changes for {}", plan.dialect)),
    }
    for change in plan.changes() {
        let verb = change.kind().split('_').next().unwrap_or_default();
        let sign = match verb {
            "create" | "add" => '+',
            "drop" => '-',
            _ => '~',
        };
        let loss = if change.loses_data() { "  (loses data)" } else { "" };
        lines.push(format!("  {sign} {}{loss}", change.describe()));
    }
    hazards(plan, &mut lines);
    if !plan.down.refusals.is_empty() {
        lines.push(String::new());
        lines.push("there is no way down:".to_owned());
        for refusal in &plan.down.refusals {
            lines.push(format!("  {}: {}", refusal.object, refusal.message));
        }
    }
    if !plan.doubts.is_empty() {
        lines.push(String::new());
        lines.push("in doubt:".to_owned());
        for doubt in &plan.doubts {
            lines.push(format!("  {} {}: {}", doubt.code, doubt.object, doubt.message));
            lines.push(format!("        {}", doubt.hint));
        }
    }
    if !plan.unmanaged.0.is_empty() {
        let counts: Vec<String> = plan
            .unmanaged
            .0
            .iter()
            .map(|(kind, count)| format!("{count} {}", plural(kind, *count)))
            .collect();
        lines.push(String::new());
        lines.push(format!("unmanaged: {}", counts.join(", ")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn hazards(plan: &Plan, lines: &mut Vec<String>) {
    let mut all: Vec<_> = plan.up.steps().flat_map(|planned| &planned.hazards).collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.code));
    if all.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push("hazards:".to_owned());
    for hazard in all {
        let severity = match hazard.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Danger => "danger",
        };
        lines.push(format!("  {} {severity}: {}", hazard.code, hazard.message));
        lines.push(format!("        safer: {}", hazard.safer));
    }
}

fn plural(kind: &str, count: usize) -> String {
    match (count, kind) {
        (1, _) => kind.to_owned(),
        (_, "index") => "indexes".to_owned(),
        (_, "identity") => "identities".to_owned(),
        (_, kind) => format!("{kind}s"),
    }
}
