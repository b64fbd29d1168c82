//! Likely renames: pairs of a dropped and a created object, scored on name, type, position
//! and constraints.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Column, EnumType, Pair, QName, Rename, Schema, Table};

use super::{Candidate, Wishes};
use crate::diff::only;

/// The minimum score, in percent, of a pair that is asked about.
const LIKELY: u8 = 50;

/// How alike, in percent, the names of two columns have to be: nobody means one whose name has
/// nothing in common, whatever else is the same.
const ALIKE: u8 = 35;

/// With more pairs than this, only names that moved to another schema are compared: nobody
/// renames hundreds of objects at once, and the comparison must not be quadratic.
const MOST_PAIRS: usize = 10_000;

/// Finds the likely pairs; each name is in at most one pair.
pub(super) fn find(before: &Schema, after: &Schema, wishes: &Wishes<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    tables(Pair::new(before, after), &wishes.partitions, &mut found);
    types(before, after, &mut found);
    for (table, there) in after.tables_beside(before) {
        if let Some(there) = there.filter(|_| wishes.whole) {
            columns(&table.name, there, table, &mut found);
        }
    }
    for (name, item) in &after.enums {
        if let Some(there) = before.enums.get(name) {
            values(name, there, item, &mut found);
        }
    }
    for (name, places) in wishes.inlined {
        let labelled = |schema: &Schema, (table, column): &(QName, String)| {
            let values = super::labels(schema, table, column)?.clone();
            Some(EnumType { name: name.clone(), values, comment: None })
        };
        let pair = places.iter().find_map(|it| Some((labelled(before, it)?, labelled(after, it)?)));
        if let Some((there, wanted)) = pair {
            values(name, &there, &wanted, &mut found);
        }
    }
    found.retain(|it| {
        let denied = wishes.denied.contains(&it.before()) || wishes.is_foreign(&it.rename);
        it.score >= LIKELY && !denied
    });
    best(found)
}

/// The best pairs, the likeliest first; a name that is in one pair is in no other.
fn best(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.cmp(b)));
    let mut used = BTreeSet::new();
    let mut chosen = Vec::new();
    for candidate in found {
        let before = format!("-{}", candidate.before());
        let after = format!("+{}", candidate.after());
        if !used.contains(&before) && !used.contains(&after) {
            used.extend([before, after]);
            chosen.push(candidate);
        }
    }
    chosen
}

fn tables(schema: Pair<&Schema>, partitions: &Pair<BTreeSet<QName>>, found: &mut Vec<Candidate>) {
    let mut gone: Vec<&Table> = only(schema.before, schema.after);
    let mut new: Vec<&Table> = only(schema.after, schema.before);
    gone.retain(|table| !partitions.after.contains(&table.name));
    new.retain(|table| !partitions.before.contains(&table.name));
    let deep = gone.len() * new.len() <= MOST_PAIRS;
    let mut namesakes: BTreeMap<&str, Vec<&Table>> = BTreeMap::new();
    for wanted in &new {
        namesakes.entry(&wanted.name.name).or_default().push(wanted);
    }
    for there in &gone {
        let moved = namesakes.get(there.name.name.as_str()).map_or(&[][..], Vec::as_slice);
        for wanted in if deep { &new } else { moved } {
            let score = alike_tables(there, wanted);
            let (before, after) = (there.name.clone(), wanted.name.clone());
            found.push(Candidate { rename: Rename::Table { before, after }, score });
        }
    }
}

fn alike_tables(there: &Table, wanted: &Table) -> u8 {
    let parts = |table: &Table| -> BTreeSet<String> {
        table.columns.iter().map(|column| column.name.clone()).collect()
    };
    let (a, b) = (parts(there), parts(wanted));
    let common = a.intersection(&b).count();
    let all = a.union(&b).count().max(1);
    let typed = there
        .columns
        .iter()
        .filter(|it| wanted.column(&it.name).is_some_and(|other| other.data_type == it.data_type))
        .count();
    let columns = (common * 60 + typed * 20) / all;
    let name = usize::from(ratio(&there.name.name, &wanted.name.name)) * 20 / 100;
    percent(columns + name)
}

fn types(before: &Schema, after: &Schema, found: &mut Vec<Candidate>) {
    let gone = before.enums.values().filter(|item| !after.enums.contains_key(&item.name)).collect();
    let new = after.enums.values().filter(|item| !before.enums.contains_key(&item.name)).collect();
    for (gone, wanted) in pairs::<&EnumType>(gone, new) {
        let common = gone.values.iter().filter(|value| wanted.values.contains(value)).count();
        let all = gone.values.len().max(wanted.values.len()).max(1);
        let name = usize::from(ratio(&gone.name.name, &wanted.name.name)) * 30 / 100;
        let (before, after) = (gone.name.clone(), wanted.name.clone());
        let score = percent(common * 70 / all + name);
        found.push(Candidate { rename: Rename::Type { before, after }, score });
    }
}

fn columns(name: &QName, before: &Table, wanted: &Table, found: &mut Vec<Candidate>) {
    let names = before.columns.iter().map(|column| &column.name);
    if names.eq(wanted.columns.iter().map(|column| &column.name)) {
        return;
    }
    let gone = before.columns.iter().enumerate();
    let gone = gone.filter(|(_, column)| wanted.column(&column.name).is_none()).collect();
    let new = wanted.columns.iter().enumerate();
    let new = new.filter(|(_, column)| before.column(&column.name).is_none()).collect();
    for ((at, before), (place, after)) in pairs::<(usize, &Column)>(gone, new) {
        if ratio(&before.name, &after.name) < ALIKE {
            continue;
        }
        let score = alike_columns(before, after, at == place);
        let rename = Rename::Column {
            table: name.clone(),
            before: before.name.clone(),
            after: after.name.clone(),
        };
        found.push(Candidate { rename, score });
    }
}

fn alike_columns(before: &Column, after: &Column, same_place: bool) -> u8 {
    let bare = |it: &Column| Column { name: String::new(), comment: None, ..it.clone() };
    let name = usize::from(ratio(&before.name, &after.name)) * 40 / 100;
    let kind = if before.data_type == after.data_type { 30 } else { 0 };
    let place = if same_place { 20 } else { 0 };
    let rest = if bare(before) == bare(after) { 10 } else { 0 };
    percent(name + kind + place + rest)
}

fn values(name: &QName, old: &EnumType, wanted: &EnumType, found: &mut Vec<Candidate>) {
    let gone = old.values.iter().enumerate();
    let gone = gone.filter(|(_, value)| !wanted.values.contains(value)).collect();
    let new = wanted.values.iter().enumerate();
    let new = new.filter(|(_, value)| !old.values.contains(value)).collect();
    for ((at, before), (place, after)) in pairs::<(usize, &String)>(gone, new) {
        let same = old.values.len() == wanted.values.len() && at == place;
        let near = usize::from(ratio(before, after)) * 50 / 100;
        let score = percent(near + if same { 50 } else { 0 });
        let rename =
            Rename::Value { of: name.clone(), before: before.clone(), after: after.clone() };
        found.push(Candidate { rename, score });
    }
}

/// All pairs of these and those, unless there are too many.
fn pairs<T: Copy>(these: Vec<T>, those: Vec<T>) -> Vec<(T, T)> {
    if these.len() * those.len() > MOST_PAIRS {
        return Vec::new();
    }
    these.iter().flat_map(|this| those.iter().map(move |that| (*this, *that))).collect()
}

/// The similarity of two names, in percent.
fn ratio(before: &str, after: &str) -> u8 {
    let (before, after) = (before.to_lowercase(), after.to_lowercase());
    let ratio = similar::TextDiff::from_chars(before.as_str(), after.as_str()).ratio();
    // A ratio is between 0 and 1.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    let percent = (ratio * 100.0) as u8;
    percent.min(100)
}

fn percent(value: usize) -> u8 {
    u8::try_from(value.min(100)).unwrap_or(100)
}
