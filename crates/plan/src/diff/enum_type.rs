//! Enum types.

use autogen_schema::{Change, EnumChange, Pair, Schema};

pub(super) fn diff(schema: Pair<&Schema>, changes: &mut Vec<Change>) {
    for after in schema.after.enums.values() {
        match schema.before.enums.get(&after.name) {
            None => changes.push(EnumChange::Create(after.clone()).into()),
            Some(before) if before != after => {
                changes.push(EnumChange::Alter(Pair::new(before.clone(), after.clone())).into());
            }
            Some(_) => {}
        }
    }
    for before in schema.before.enums.values() {
        if !schema.after.enums.contains_key(&before.name) {
            changes.push(EnumChange::Drop(before.clone()).into());
        }
    }
}
