//! Plans for people.

use std::collections::BTreeSet;

use autogen_schema::{Pair, QName, Routine, Schema, counted, visible};

use super::describe;
use super::sql::schema_sql;
use crate::findings::{Unmanaged, counts};
use crate::plan::{Hazard, Plan, Severity};

/// The plan as text, a line per change: `+` creates, `-` drops, `~` alters.
pub fn text(plan: &Plan) -> String {
    let mut lines = Vec::new();
    let count = plan.changes().len();
    match count {
        0 => lines.push("no changes".to_owned()),
        _ => lines.push(format!("{} for {}", counted(count, "change"), plan.dialect)),
    }
    for change in plan.changes() {
        let verb = change.kind().split('_').next().unwrap_or_default();
        let sign = match verb {
            "create" | "add" => '+',
            "drop" => '-',
            _ => '~',
        };
        let loss = if change.loses_data() { "  (loses data)" } else { "" };
        lines.push(format!("  {sign} {}{loss}", visible(&describe(plan.dialect, change))));
    }
    tables(plan, &mut lines);
    texts(plan, &mut lines);
    hazards(plan, &mut lines);
    if !plan.down.refusals.is_empty() {
        lines.push(String::new());
        lines.push("there is no way down:".to_owned());
        for refusal in &plan.down.refusals {
            let (object, message) = (visible(&refusal.object), visible(&refusal.message));
            lines.push(format!("  {object}: {message}"));
        }
    }
    if !plan.ambiguities.is_empty() {
        lines.push(String::new());
        lines.push("ambiguous:".to_owned());
        for ambiguity in &plan.ambiguities {
            let (object, message) = (visible(&ambiguity.object), visible(&ambiguity.message));
            lines.push(format!("  {} {object}: {message}", ambiguity.code));
            lines.push(format!("        {}", visible(&ambiguity.hint)));
        }
    }
    if !plan.unmanaged.is_empty() {
        lines.push(String::new());
        lines.push(format!("unmanaged: {}", unmanaged_kinds(plan)));
        let warnings = plan.unmanaged.iter().filter_map(|it| it.warning.as_deref());
        lines.extend(warnings.map(|warning| format!("  warning: {}", visible(warning))));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What only the database has, an object and how it would be declared per line.
pub fn unmanaged(plan: &Plan) -> String {
    let line = |item: &Unmanaged| {
        let (object, declare) = (visible(&item.object), visible(&item.declare));
        format!("  {} {object}: {declare}\n", item.kind)
    };
    match plan.unmanaged.is_empty() {
        true => String::new(),
        false => {
            let lines: String = plan.unmanaged.iter().map(line).collect();
            format!("only the database has:\n{lines}")
        }
    }
}

/// How many objects of each kind only the database has.
pub fn unmanaged_kinds(plan: &Plan) -> String {
    let counts = counts(&plan.unmanaged).into_iter();
    let counts: Vec<String> = counts.map(|(kind, count)| counted(count, kind)).collect();
    counts.join(", ")
}

/// The tables that exist on both sides and change, as a diff of DDL lines.
fn tables(plan: &Plan, lines: &mut Vec<String>) {
    let touched: BTreeSet<&QName> = plan.changes().iter().filter_map(|it| it.table()).collect();
    for name in touched {
        let before = renamed_from(plan, name);
        let (before, after) =
            (ddl(plan, &plan.schema.before, &before), ddl(plan, &plan.schema.after, name));
        if !before.is_empty() && !after.is_empty() {
            unified(&name.to_string(), Pair::new(&before, &after), lines);
        }
    }
}

/// The views and routines that exist on both sides and change, as a diff of their texts.
fn texts(plan: &Plan, lines: &mut Vec<String>) {
    let Pair { before, after } = plan.schema.as_ref();
    for view in after.views.values() {
        if let Some(current) = before.views.get(&view.name) {
            let texts = Pair::new(&*current.definition, &*view.definition);
            unified(&format!("view {}", view.name), texts, lines);
        }
    }
    for routine in &after.routines {
        let same = |it: &&Routine| it.is_called(&routine.name, &routine.arguments);
        if let Some(current) = before.routines.iter().find(same) {
            let name = format!(
                "{} {}({})",
                routine.kind.words().to_lowercase(),
                routine.name,
                routine.arguments
            );
            unified(&name, Pair::new(&*current.definition, &*routine.definition), lines);
        }
    }
}

/// The lines in which two texts differ, with those around them.
fn unified(title: &str, texts: Pair<&str>, lines: &mut Vec<String>) {
    if texts.before == texts.after {
        return;
    }
    lines.push(String::new());
    lines.push(format!("{}:", visible(title)));
    let diff = similar::TextDiff::from_lines(texts.before, texts.after);
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches(['\n', '\r', ' ']);
            lines.push(format!("  {}{}", change.tag(), visible(line)));
        }
    }
}

/// The name of a table before the plan.
fn renamed_from(plan: &Plan, name: &QName) -> QName {
    let renames = plan.changes().iter().filter(|it| it.kind() == "rename_table");
    let mut current = name.clone();
    for change in renames.rev() {
        if change.table() == Some(&current) {
            current = QName::parse(&change.object());
        }
    }
    current
}

fn ddl(plan: &Plan, schema: &Schema, name: &QName) -> String {
    let Some(table) = schema.tables.get(name) else { return String::new() };
    let mut alone = Schema { enums: schema.enums.clone(), ..Schema::default() };
    alone.add_table(table.clone());
    // Types have changes of their own.
    let sql = schema_sql(plan.dialect, &alone).unwrap_or_default();
    let statements = sql.split("\n\n").filter(|it| !it.starts_with("CREATE TYPE"));
    statements.collect::<Vec<_>>().join("\n")
}

fn hazards(plan: &Plan, lines: &mut Vec<String>) {
    let mut all: Vec<_> = plan.up.steps().flat_map(|planned| &planned.hazards).collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.code));
    if all.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push("hazards:".to_owned());
    for same in all.chunk_by(|one, other| one.code == other.code) {
        same.iter().take(shown(same)).for_each(|hazard| lines.extend(hazard_lines(hazard)));
        let more = same.len() - shown(same);
        if more > 0 {
            lines.push(format!(
                "  {} note: .. and {more} more, above their statements",
                same[0].code
            ));
        }
    }
}

/// How many hazards with the same code are written: of notes, the first ones.
fn shown(same: &[&Hazard]) -> usize {
    let note = same.first().is_some_and(|it| it.severity == Severity::Note);
    if note && same.len() > MOST_NOTES { MOST_NOTES - 1 } else { same.len() }
}

const MOST_NOTES: usize = 5;

fn hazard_lines(hazard: &Hazard) -> [String; 2] {
    let severity = hazard.severity.name();
    [
        format!("  {} {severity}: {}", hazard.code, visible(&hazard.message)),
        format!("        safer: {}", visible(&hazard.safer)),
    ]
}
