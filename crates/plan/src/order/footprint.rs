//! What changes of tables and types create, remove and need.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Change, Column, ColumnChange, Constraint, ConstraintChange, Default, EnumChange, Expr, Index,
    IndexChange, IndexKey, Name, Pair, Partition, QName, Schema, Table, TableChange,
};

use super::resource::{Footprint, Loose, Resource};

pub(super) fn of_enum(change: &EnumChange) -> Footprint {
    let of = |name: &QName| vec![Resource::Type(name.clone())];
    match change {
        EnumChange::Create(item) => Footprint { creates: of(&item.name), ..Footprint::default() },
        EnumChange::Drop(item) => Footprint { removes: of(&item.name), ..Footprint::default() },
        EnumChange::Rename(name) => Footprint {
            creates: of(&name.after),
            removes: of(&name.before),
            ..Footprint::default()
        },
        EnumChange::RenameValue { of: name, .. } => {
            Footprint { creates: of(name), ..Footprint::default() }
        }
        // What leaves the type goes first, what comes to it goes last: it may be
        // made anew.
        EnumChange::Alter(item) => Footprint {
            creates: of(&item.after.name),
            removes: of(&item.before.name),
            ..Footprint::default()
        },
    }
}

pub(super) fn of_table(loose: &Loose, change: &TableChange) -> Footprint {
    match change {
        TableChange::Create(table) => Footprint {
            creates: contents(table),
            needs: demands(loose, table),
            ..Footprint::default()
        },
        TableChange::Drop(table) => Footprint {
            removes: contents(table),
            releases: demands(loose, table),
            ..Footprint::default()
        },
        TableChange::Rename(name) => Footprint {
            creates: vec![Resource::Table(name.after.clone())],
            removes: vec![Resource::Table(name.before.clone())],
            ..Footprint::default()
        },
        TableChange::Reorder { table, columns } => Footprint {
            needs: columns
                .after
                .iter()
                .map(|name| Resource::Column(table.clone(), name.clone()))
                .collect(),
            ..Footprint::default()
        },
        TableChange::Comment { table, .. } | TableChange::Options { table, .. } => {
            Footprint { needs: vec![Resource::Table(table.clone())], ..Footprint::default() }
        }
    }
}

/// What comes and goes with a table.
fn contents(table: &Table) -> Vec<Resource> {
    let mut all = vec![Resource::Table(table.name.clone())];
    all.extend(
        table.columns.iter().map(|it| Resource::Column(table.name.clone(), it.name.clone())),
    );
    for constraint in table.constraints() {
        all.extend(own_resources(&table.name, &constraint));
    }
    for index in &table.indexes {
        all.extend(index_resources(&table.name, index));
    }
    let partitions = table.partitioning.iter().flat_map(|it| &it.partitions);
    all.extend(partitions.flat_map(partition_contents));
    all
}

/// What comes and goes with a partition.
pub(super) fn partition_contents(partition: &Partition) -> Vec<Resource> {
    let mut all = contents(&partition.own);
    let below = partition.partitioning.iter().flat_map(|it| &it.partitions);
    all.extend(below.flat_map(partition_contents));
    all
}

/// What a partition leans on.
pub(super) fn partition_demands(partition: &Partition) -> Vec<Resource> {
    let mut all = demands(&Loose::new(), &partition.own);
    let below = partition.partitioning.iter().flat_map(|it| &it.partitions);
    all.extend(below.flat_map(partition_demands));
    all
}

/// Partitions have the columns of the table at the top: what needs one of theirs needs
/// that.
pub(super) fn through_partitions(
    before: &Schema,
    changes: &[Change],
    footprints: &mut [Footprint],
) {
    let partitions = before.partitions().into_iter();
    let mut roots: BTreeMap<&QName, &QName> =
        partitions.map(|(name, root)| (name, &root.name)).collect();
    for change in changes {
        let new = change.new_tables().into_iter();
        roots.extend(
            change.table().into_iter().flat_map(|top| new.clone().map(move |it| (it, top))),
        );
    }
    let of_root = |resource: &Resource| match resource {
        Resource::Column(table, name) => {
            Some(Resource::Column((*roots.get(table)?).clone(), name.clone()))
        }
        Resource::Values(table, name) => {
            Some(Resource::Values((*roots.get(table)?).clone(), name.clone()))
        }
        Resource::Table(_)
        | Resource::Type(_)
        | Resource::Sequence(_)
        | Resource::Name(..)
        | Resource::Key(..)
        | Resource::Keys(_)
        | Resource::Whole(_)
        | Resource::Logged(_)
        | Resource::Unlogged(_)
        | Resource::Routine(_) => None,
    };
    for footprint in &mut *footprints {
        for list in [&mut footprint.needs, &mut footprint.releases] {
            let more: Vec<Resource> = list.iter().filter_map(of_root).collect();
            list.extend(more);
        }
    }
    own_indexes_last(&roots, changes, footprints);
}

/// An index that a partition has is taken for that of its table if it is like it: one of
/// its own comes after those.
fn own_indexes_last(
    roots: &BTreeMap<&QName, &QName>,
    changes: &[Change],
    footprints: &mut [Footprint],
) {
    let mut indexes: BTreeMap<&QName, Vec<Resource>> = BTreeMap::new();
    for (table, index) in changes.iter().filter_map(Change::created_index) {
        indexes.entry(table).or_default().extend(index_resources(table, index));
    }
    for (change, footprint) in changes.iter().zip(footprints) {
        let root = change.created_index().and_then(|(table, _)| roots.get(table));
        footprint.needs.extend(root.and_then(|it| indexes.get(*it)).into_iter().flatten().cloned());
    }
}

/// What a table leans on.
fn demands(loose: &Loose, table: &Table) -> Vec<Resource> {
    let mut all: Vec<Resource> = table.columns.iter().flat_map(leans_on).collect();
    for check in &table.checks {
        all.extend(check.expr.identifiers().into_iter().map(Resource::Routine));
    }
    let counts = |parent: &QName| !loose.contains(&(table.name.clone(), parent.clone()));
    let others = table.foreign_keys.iter().filter(|key| key.references != table.name);
    for key in others.filter(|key| counts(&key.references)) {
        all.extend(target(&key.references, &key.referenced_columns));
    }
    let partitions = table.partitioning.iter().flat_map(|it| &it.partitions);
    all.extend(partitions.flat_map(partition_demands));
    all
}

fn type_of(column: &Column) -> Option<Resource> {
    column.data_type.named().map(|name| Resource::Type(name.clone()))
}

/// The type of a column, the sequences that it counts by, and the functions
/// that it calls.
fn leans_on(column: &Column) -> Vec<Resource> {
    let mut all: Vec<Resource> = type_of(column).into_iter().collect();
    all.extend(counters(column));
    all.extend(called(column));
    all
}

fn counters(column: &Column) -> Vec<Resource> {
    match &column.default {
        Some(Default::Expression(expr)) => {
            expr.sequences().into_iter().map(Resource::Sequence).collect()
        }
        Some(Default::Literal(_)) | None => Vec::new(),
    }
}

fn target(table: &QName, columns: &[String]) -> Vec<Resource> {
    let mut all = vec![
        Resource::Table(table.clone()),
        Resource::Key(table.clone(), sorted(columns.iter().cloned())),
    ];
    all.extend(columns.iter().map(|column| Resource::Column(table.clone(), column.clone())));
    all
}

fn sorted(columns: impl Iterator<Item = String>) -> Vec<String> {
    columns.collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn of_column(change: &ColumnChange) -> Footprint {
    let place = |table: &QName, name: &str| Resource::Column(table.clone(), name.to_owned());
    let reads = |table: &QName, column: &Column| -> Vec<Resource> {
        let names = column.generated.as_ref().map(|it| it.expr.identifiers()).unwrap_or_default();
        let others = names.iter().filter(|name| **name != column.name);
        with_values(others.map(|name| place(table, name)).collect())
    };
    match change {
        ColumnChange::Add { table, column, .. } => {
            let mut needs = reads(table, column);
            needs.push(Resource::Table(table.clone()));
            needs.extend(leans_on(column));
            let creates = vec![place(table, &column.name)];
            Footprint { creates, needs, ..Footprint::default() }
        }
        ColumnChange::Drop { table, column, .. } => {
            let mut releases = reads(table, column);
            releases.extend(leans_on(column));
            let removes = vec![place(table, &column.name)];
            Footprint { removes, releases, ..Footprint::default() }
        }
        ColumnChange::Rename { table, name } => Footprint {
            creates: vec![place(table, &name.after)],
            removes: vec![place(table, &name.before)],
            ..Footprint::default()
        },
        ColumnChange::RenameLabel { table, column, .. } => {
            Footprint { needs: vec![place(table, column)], ..Footprint::default() }
        }
        // Checks of the old labels go first, those of the new ones come last.
        ColumnChange::Relabel { table, column, .. } => {
            let own = vec![Resource::Values(table.clone(), column.clone())];
            Footprint { creates: own.clone(), removes: own, ..Footprint::default() }
        }
        ColumnChange::Alter { table, column } => {
            let own = vec![place(table, &column.after.name)];
            let (before, after) = (&column.before, &column.after);
            let mut needs = reads(table, after);
            needs.extend(leans_on(after));
            let mut releases = Vec::new();
            if before.default.is_some()
                && after.default.is_none()
                && before.data_type == after.data_type
            {
                // It may be a value that its type is about to lose.
                let of = type_of(before);
                needs.retain(|it| Some(it) != of.as_ref());
                releases.extend(of);
            }
            if column.before.generated != column.after.generated {
                // What it reads both before and after is there all the time.
                releases.extend(reads(table, before).into_iter().filter(|it| !needs.contains(it)));
            }
            if column.before.default != column.after.default {
                releases.extend(counters(&column.before));
            }
            if column.before.data_type != column.after.data_type {
                releases.extend(type_of(&column.before));
            }
            releases.extend(called(&column.before));
            if let Some(comes) = only_calls(column) {
                // A default that lets a routine go, or calls it again, is one of
                // two changes of its column.
                let (creates, removes) = if comes { (own, Vec::new()) } else { (Vec::new(), own) };
                return Footprint { creates, removes, needs, releases };
            }
            // What leaves the column goes first, what comes to it goes last.
            Footprint { creates: own.clone(), removes: own, needs, releases }
        }
    }
}

/// Whether all that changes is a default, and one that calls something comes,
/// or goes.
fn only_calls(column: &Pair<Column>) -> Option<bool> {
    let Pair { before, after } = column;
    let rest = |it: &Column| Column { default: None, ..it.clone() };
    let comes = match (&before.default, &after.default) {
        (None, Some(_)) => true,
        (Some(_), None) => false,
        (Some(_), Some(_)) | (None, None) => return None,
    };
    let one = if comes { after } else { before };
    let calls = counters(one).is_empty() && !called(one).is_empty();
    (calls && rest(before) == rest(after)).then_some(comes)
}

/// The names and keys that a constraint is.
fn own_resources(table: &QName, constraint: &Constraint) -> Vec<Resource> {
    let mut all = Vec::new();
    if let Some(name) = constraint.name().text() {
        all.push(Resource::Name(table.clone(), name.to_owned()));
    }
    if let Constraint::PrimaryKey(_) = constraint {
        // There is one at a time, whatever it is called.
        all.push(Resource::Name(table.clone(), "PRIMARY KEY".to_owned()));
    }
    let columns = match constraint {
        Constraint::PrimaryKey(key) => Some(&key.columns),
        Constraint::Unique(unique) => Some(&unique.columns),
        Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclusion(_) => None,
    };
    if let Some(columns) = columns {
        let columns = sorted(columns.iter().map(|part| part.column.clone()));
        all.push(Resource::Key(table.clone(), columns));
    }
    all
}

/// What a constraint leans on.
fn constraint_needs(table: &QName, constraint: &Constraint) -> Vec<Resource> {
    let column = |name: &String| Resource::Column(table.clone(), name.clone());
    let mut all = vec![Resource::Table(table.clone())];
    match constraint {
        Constraint::PrimaryKey(key) => {
            all.extend(key.columns.iter().map(|part| column(&part.column)));
            all.extend(key.include.iter().map(column));
        }
        Constraint::Unique(unique) => {
            all.extend(unique.columns.iter().map(|part| column(&part.column)));
            all.extend(unique.include.iter().map(column));
        }
        Constraint::ForeignKey(key) => {
            all.extend(key.columns.iter().map(column));
            all.extend(target(&key.references, &key.referenced_columns));
        }
        Constraint::Check(check) => all.extend(mentioned(table, &check.expr)),
        Constraint::Exclusion(exclusion) => {
            for (part, _) in &exclusion.elements {
                match &part.key {
                    IndexKey::Column(name) => all.push(column(name)),
                    IndexKey::Expression(expr) => all.extend(mentioned(table, expr)),
                }
            }
            all.extend(exclusion.predicate.iter().flat_map(|it| mentioned(table, it)));
        }
    }
    with_values(all)
}

/// Columns, and what they hold.
fn with_values(mut all: Vec<Resource>) -> Vec<Resource> {
    let values = |resource: &Resource| {
        let Resource::Column(table, name) = resource else { return None };
        Some(Resource::Values(table.clone(), name.clone()))
    };
    let values: Vec<Resource> = all.iter().filter_map(values).collect();
    all.extend(values);
    all
}

fn mentioned(table: &QName, expr: &Expr) -> Vec<Resource> {
    let names = expr.identifiers().into_iter();
    names
        .flat_map(|name| [Resource::Column(table.clone(), name.clone()), Resource::Routine(name)])
        .collect()
}

/// The routines that the expressions of a column may call.
fn called(column: &Column) -> Vec<Resource> {
    let default = match &column.default {
        Some(Default::Expression(expr)) => Some(expr),
        Some(Default::Literal(_)) | None => None,
    };
    let generated = column.generated.as_ref().map(|it| &it.expr);
    let names = default.into_iter().chain(generated).flat_map(Expr::identifiers);
    names.map(Resource::Routine).collect()
}

pub(super) fn of_constraint(change: &ConstraintChange) -> Footprint {
    match change {
        ConstraintChange::Add { table, constraint } => Footprint {
            creates: own_resources(table, constraint),
            needs: constraint_needs(table, constraint),
            ..Footprint::default()
        },
        ConstraintChange::Drop { table, constraint } => Footprint {
            removes: own_resources(table, constraint),
            releases: constraint_needs(table, constraint),
            ..Footprint::default()
        },
        ConstraintChange::Rename { table, name, .. } => renamed(table, name),
        ConstraintChange::Comment { table, constraint, .. } => under(table, constraint.name()),
    }
}

/// It happens while this name is there.
fn under(table: &QName, name: &Name) -> Footprint {
    let name: Vec<Resource> = name
        .text()
        .map(|text| Resource::Name(table.clone(), text.to_owned()))
        .into_iter()
        .collect();
    Footprint { needs: name.clone(), releases: name, ..Footprint::default() }
}

/// One name goes, another comes.
fn renamed(table: &QName, name: &Pair<Name>) -> Footprint {
    let of = |name: &Name| {
        let text = name.text().map(str::to_owned);
        text.map(|text| Resource::Name(table.clone(), text)).into_iter().collect()
    };
    Footprint { creates: of(&name.after), removes: of(&name.before), ..Footprint::default() }
}

fn index_resources(table: &QName, index: &Index) -> Vec<Resource> {
    let mut all: Vec<Resource> = index
        .name
        .text()
        .map(|name| Resource::Name(table.clone(), name.to_owned()))
        .into_iter()
        .collect();
    let columns: Option<Vec<String>> = index
        .parts
        .iter()
        .map(|part| match &part.key {
            IndexKey::Column(name) => Some(name.clone()),
            IndexKey::Expression(_) => None,
        })
        .collect();
    if let Some(columns) = columns.filter(|_| index.unique && index.predicate.is_none()) {
        all.push(Resource::Key(table.clone(), sorted(columns.into_iter())));
    }
    all
}

fn index_needs(table: &QName, index: &Index) -> Vec<Resource> {
    let column = |name: &String| Resource::Column(table.clone(), name.clone());
    let mut all = vec![Resource::Table(table.clone())];
    for part in &index.parts {
        match &part.key {
            IndexKey::Column(name) => all.push(column(name)),
            IndexKey::Expression(expr) => all.extend(mentioned(table, expr)),
        }
    }
    all.extend(index.include.iter().map(column));
    all.extend(index.predicate.iter().flat_map(|it| mentioned(table, it)));
    with_values(all)
}

pub(super) fn of_index(change: &IndexChange) -> Footprint {
    match change {
        IndexChange::Create { table, index } => Footprint {
            creates: index_resources(table, index),
            needs: index_needs(table, index),
            ..Footprint::default()
        },
        IndexChange::Drop { table, index } => Footprint {
            removes: index_resources(table, index),
            releases: index_needs(table, index),
            ..Footprint::default()
        },
        IndexChange::Rename { table, name, .. } => renamed(table, name),
        IndexChange::Comment { table, index, .. } | IndexChange::Tune { table, index, .. } => {
            under(table, &index.name)
        }
    }
}
