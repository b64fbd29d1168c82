//! Schemas, extensions, domains, sequences and the like.

use std::collections::BTreeMap;

use autogen_schema::{
    Change, CollationChange, Domain, DomainChange, ExtensionChange, Grant, GrantChange, Grantable,
    NamespaceChange, ObjectId, Pair, Schema, Sequence, SequenceChange, Statistics,
    StatisticsChange,
};

use crate::recreate::Recreated;

pub(super) fn diff(schema: Pair<&Schema>, recreated: &Recreated, changes: &mut Vec<Change>) {
    let Pair { before, after } = schema;
    each(
        Pair::new(&before.namespaces, &after.namespaces),
        |found| match found {
            Found::New(item) => NamespaceChange::Create(item.clone()).into(),
            Found::Gone(item) => NamespaceChange::Drop(item.clone()).into(),
            Found::Other(item) => NamespaceChange::Alter(item.map(Clone::clone)).into(),
        },
        changes,
    );
    each(
        Pair::new(&before.extensions, &after.extensions),
        |found| match found {
            Found::New(item) => ExtensionChange::Create(item.clone()).into(),
            Found::Gone(item) => ExtensionChange::Drop(item.clone()).into(),
            Found::Other(item) => ExtensionChange::Alter(item.map(Clone::clone)).into(),
        },
        changes,
    );
    each(
        Pair::new(&before.collations, &after.collations),
        |found| match found {
            Found::New(item) => CollationChange::Create(Box::new(item.clone())).into(),
            Found::Gone(item) => CollationChange::Drop(Box::new(item.clone())).into(),
            Found::Other(item) => CollationChange::Alter(Box::new(item.map(Clone::clone))).into(),
        },
        changes,
    );
    domains(schema, recreated, changes);
    sequences(schema, changes);
    statistics(schema, recreated, changes);
    grants(schema, changes);
}

/// What happened to an object.
enum Found<'a, T> {
    New(&'a T),
    Gone(&'a T),
    Other(Pair<&'a T>),
}

fn each<K: Ord, T: PartialEq>(
    all: Pair<&BTreeMap<K, T>>,
    change: impl Fn(Found<'_, T>) -> Change,
    changes: &mut Vec<Change>,
) {
    for (name, after) in all.after {
        match all.before.get(name) {
            None => changes.push(change(Found::New(after))),
            Some(before) if before != after => {
                changes.push(change(Found::Other(Pair::new(before, after))));
            }
            Some(_) => {}
        }
    }
    let gone = all.before.iter().filter(|(name, _)| !all.after.contains_key(*name));
    changes.extend(gone.map(|(_, item)| change(Found::Gone(item))));
}

fn domains(schema: Pair<&Schema>, recreated: &Recreated, changes: &mut Vec<Change>) {
    let alter = |item: Pair<&Domain>| -> Change {
        DomainChange::Alter(Box::new(item.map(Clone::clone))).into()
    };
    each(
        schema.map(|it| &it.domains),
        |found| match found {
            Found::New(item) => DomainChange::Create(Box::new(item.clone())).into(),
            Found::Gone(item) => DomainChange::Drop(Box::new(item.clone())).into(),
            Found::Other(item) => alter(item),
        },
        changes,
    );
    for (name, before) in &schema.before.domains {
        let Some(after) = schema.after.domains.get(name) else { continue };
        let calls = |it: &Domain| recreated.without_calls(it) != *it;
        if calls(before) && calls(after) {
            changes.retain(|change| {
                change.altered_domain().is_none_or(|domain| domain.after.name != *name)
            });
            let bare = recreated.without_calls(before);
            changes.push(alter(Pair::new(before, &bare)));
            changes.push(alter(Pair::new(&bare, after)));
        }
    }
}

/// The owner is a separate change: it may need the sequence, and the sequence exists without
/// it.
fn sequences(schema: Pair<&Schema>, changes: &mut Vec<Change>) {
    let free = |item: &Sequence| Sequence { owned_by: None, ..item.clone() };
    let all = schema.map(|it| &it.sequences);
    let names =
        all.before.keys().chain(all.after.keys().filter(|it| !all.before.contains_key(*it)));
    for name in names {
        let sides = Pair::new(all.before.get(name), all.after.get(name));
        match (sides.before, sides.after) {
            (None, Some(after)) => {
                changes.push(SequenceChange::Create(Box::new(free(after))).into());
            }
            (Some(before), None) => {
                changes.push(SequenceChange::Drop(Box::new(free(before))).into());
            }
            (Some(before), Some(after)) if free(before) != free(after) => {
                let pair = Pair::new(
                    before.clone(),
                    Sequence { owned_by: before.owned_by.clone(), ..after.clone() },
                );
                changes.push(SequenceChange::Alter(Box::new(pair)).into());
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        let owner = sides.map(|item| item.and_then(|item| item.owned_by.clone()));
        if owner.before != owner.after {
            changes.push(SequenceChange::Own { sequence: name.clone(), owner }.into());
        }
    }
}

fn statistics(schema: Pair<&Schema>, recreated: &Recreated, changes: &mut Vec<Change>) {
    let all = schema.map(|it| &it.statistics);
    let bare = |item: &Statistics| Statistics { target: None, comment: None, ..item.clone() };
    let drop = |item: &Statistics| StatisticsChange::Drop(Box::new(item.clone())).into();
    let create = |item: &Statistics| StatisticsChange::Create(Box::new(item.clone())).into();
    for (name, before) in all.before {
        match all.after.get(name) {
            Some(after) if recreated.has(&ObjectId::Statistics(name.clone())) => {
                changes.extend([drop(before), create(after)]);
            }
            Some(after) if after == before => {}
            Some(after) if bare(after) == bare(before) => {
                let pair = Pair::new(before.clone(), after.clone());
                changes.push(StatisticsChange::Alter(Box::new(pair)).into());
            }
            Some(after) => changes.extend([drop(before), create(after)]),
            None => changes.push(drop(before)),
        }
    }
    let new = all.after.iter().filter(|(name, _)| !all.before.contains_key(*name));
    changes.extend(new.map(|(_, item)| create(item)));
}

/// The privileges of one role on one object are one change.
fn grants(schema: Pair<&Schema>, changes: &mut Vec<Change>) {
    let (before, after) = (&schema.before.grants, &schema.after.grants);
    if before == after {
        return;
    }
    for ((on, to, grantable), privileges) in grouped(before.difference(after)) {
        changes.push(GrantChange::Revoke { on, to, grantable, privileges }.into());
    }
    for ((on, to, grantable), privileges) in grouped(after.difference(before)) {
        changes.push(GrantChange::Grant { on, to, grantable, privileges }.into());
    }
}

type Holder = (Grantable, Option<String>, bool);

fn grouped<'g>(grants: impl Iterator<Item = &'g Grant>) -> BTreeMap<Holder, Vec<String>> {
    let mut groups: BTreeMap<Holder, Vec<String>> = BTreeMap::new();
    for grant in grants {
        let holder = (grant.on.clone(), grant.to.clone(), grant.grantable);
        groups.entry(holder).or_default().push(grant.privilege.clone());
    }
    groups
}
