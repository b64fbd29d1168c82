//! The order of changes: a graph of local edges ("this must run before that"),
//! found through the things that changes create, remove and need. Ties are
//! broken by phase, table and name, so that the result reads well and is the
//! same on every run.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Change, Column, ColumnChange, Constraint, ConstraintChange, Default as ColumnDefault,
    EnumChange, Expr, Index, IndexChange, IndexKey, Name, Pair, QName, Table, TableChange,
};

use crate::PlanError;
use crate::diff::cycles::circular;

mod kinds;

/// References (child, parent) that do not count.
type Loose = BTreeSet<(QName, QName)>;

/// Something that changes wait for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Resource {
    Table(QName),
    Column(QName, String),
    Type(QName),
    Sequence(QName),
    /// A name in the schema of a table: constraints and indexes.
    Name(QName, String),
    /// Some columns of a table as the target of foreign keys.
    Key(QName, Vec<String>),
}

/// What a change does to resources.
#[derive(Debug, Default)]
struct Footprint {
    /// There only after the change.
    creates: Vec<Resource>,
    /// There only before the change.
    removes: Vec<Resource>,
    /// Must be there, in its state after the plan.
    needs: Vec<Resource>,
    /// Is let go by the change; must be there until then.
    releases: Vec<Resource>,
}

/// Sorts the changes.
pub(crate) fn order(changes: Vec<Change>) -> Result<Vec<Change>, PlanError> {
    let loose = loose_references(&changes);
    let footprints: Vec<Footprint> = changes.iter().map(|it| footprint(&loose, it)).collect();
    let edges = edges(&footprints);
    let mut waiting = vec![0_usize; changes.len()];
    for later in edges.values().flatten() {
        waiting[*later] += 1;
    }
    let keys: Vec<_> = changes.iter().map(sort_key).collect();
    let mut ready: BTreeSet<_> =
        (0..changes.len()).filter(|at| waiting[*at] == 0).map(|at| (&keys[at], at)).collect();
    let mut sorted = Vec::with_capacity(changes.len());
    while let Some((_, at)) = ready.pop_first() {
        sorted.push(at);
        for later in edges.get(&at).into_iter().flatten() {
            waiting[*later] -= 1;
            if waiting[*later] == 0 {
                ready.insert((&keys[*later], *later));
            }
        }
    }
    if sorted.len() < changes.len() {
        let stuck = (0..changes.len()).filter(|at| waiting[*at] > 0);
        return Err(PlanError::Circle(stuck.map(|at| changes[at].describe()).collect()));
    }
    let mut slots: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    Ok(sorted.into_iter().filter_map(|at| slots[at].take()).collect())
}

/// References in a circle that a database without checks at creation keeps in
/// its tables: for the order they do not count.
fn loose_references(changes: &[Change]) -> Loose {
    let pick = |created: bool| -> Vec<&Table> {
        let tables = changes.iter().filter_map(|change| match change {
            Change::Table(TableChange::Create(table)) if created => Some(&**table),
            Change::Table(TableChange::Drop(table)) if !created => Some(&**table),
            Change::Table(_)
            | Change::Namespace(_)
            | Change::Extension(_)
            | Change::Enum(_)
            | Change::Domain(_)
            | Change::Sequence(_)
            | Change::Column(_)
            | Change::Constraint(_)
            | Change::Index(_) => None,
        });
        tables.collect()
    };
    let mut loose = circular(&pick(true));
    loose.extend(circular(&pick(false)));
    loose
}

fn edges(footprints: &[Footprint]) -> BTreeMap<usize, BTreeSet<usize>> {
    let index = |pick: fn(&Footprint) -> &Vec<Resource>| {
        let mut map: BTreeMap<&Resource, Vec<usize>> = BTreeMap::new();
        for (at, footprint) in footprints.iter().enumerate() {
            for resource in pick(footprint) {
                map.entry(resource).or_default().push(at);
            }
        }
        map
    };
    let creators = index(|it| &it.creates);
    let removers = index(|it| &it.removes);
    let mut edges: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut add = |first: &[usize], later: usize| {
        for first in first.iter().filter(|first| **first != later) {
            edges.entry(*first).or_default().insert(later);
        }
    };
    let none = Vec::new();
    for (at, footprint) in footprints.iter().enumerate() {
        for resource in &footprint.needs {
            add(creators.get(resource).unwrap_or(&none), at);
        }
        for resource in &footprint.creates {
            add(removers.get(resource).unwrap_or(&none), at);
        }
        for resource in &footprint.releases {
            for remover in removers.get(resource).unwrap_or(&none) {
                add(&[at], *remover);
            }
        }
    }
    edges
}

/// Phase, table, name: how a careful person would write the script.
fn sort_key(change: &Change) -> (u8, Option<QName>, String) {
    let phase = match change {
        Change::Namespace(_) | Change::Extension(_) => 3,
        Change::Domain(change) => kinds::domain_phase(change),
        Change::Sequence(change) => kinds::sequence_phase(change),
        Change::Constraint(ConstraintChange::Drop { constraint, .. }) => match constraint {
            Constraint::ForeignKey(_) => 0,
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 1,
        },
        Change::Index(IndexChange::Drop { .. }) => 1,
        Change::Constraint(ConstraintChange::Rename { .. })
        | Change::Index(IndexChange::Rename { .. }) => 2,
        Change::Enum(
            EnumChange::Create(_)
            | EnumChange::Alter(_)
            | EnumChange::Rename(_)
            | EnumChange::RenameValue { .. },
        ) => 3,
        Change::Table(TableChange::Create(_) | TableChange::Rename(_)) => 4,
        Change::Table(TableChange::Options { .. }) => 5,
        Change::Column(ColumnChange::Drop { .. }) => 6,
        Change::Column(
            ColumnChange::Alter { .. } | ColumnChange::Add { .. } | ColumnChange::Rename { .. },
        ) => 7,
        Change::Constraint(ConstraintChange::Add { constraint, .. }) => match constraint {
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 8,
            Constraint::ForeignKey(_) => 10,
        },
        Change::Index(IndexChange::Create { .. }) => 9,
        Change::Table(TableChange::Drop(_)) => 11,
        Change::Enum(EnumChange::Drop(_)) => 12,
        Change::Table(TableChange::Comment { .. })
        | Change::Constraint(ConstraintChange::Comment { .. })
        | Change::Index(IndexChange::Comment { .. }) => 13,
    };
    (phase, change.table().cloned(), change.object())
}

fn footprint(loose: &Loose, change: &Change) -> Footprint {
    match change {
        // These never wait: they come first or last.
        Change::Namespace(_) | Change::Extension(_) => Footprint::default(),
        Change::Domain(change) => kinds::of_domain(change),
        Change::Sequence(change) => kinds::of_sequence(change),
        Change::Enum(change) => of_enum(change),
        Change::Table(change) => of_table(loose, change),
        Change::Column(change) => of_column(change),
        Change::Constraint(change) => of_constraint(change),
        Change::Index(change) => of_index(change),
    }
}

fn of_enum(change: &EnumChange) -> Footprint {
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
        EnumChange::Alter(item) => {
            Footprint { creates: of(&item.after.name), ..Footprint::default() }
        }
    }
}

fn of_table(loose: &Loose, change: &TableChange) -> Footprint {
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
    all
}

/// What a table leans on.
fn demands(loose: &Loose, table: &Table) -> Vec<Resource> {
    let mut all: Vec<Resource> = table.columns.iter().flat_map(leans_on).collect();
    let counts = |parent: &QName| !loose.contains(&(table.name.clone(), parent.clone()));
    let others = table.foreign_keys.iter().filter(|key| key.references != table.name);
    for key in others.filter(|key| counts(&key.references)) {
        all.extend(target(&key.references, &key.referenced_columns));
    }
    all
}

fn type_of(column: &Column) -> Option<Resource> {
    column.data_type.named().map(|name| Resource::Type(name.clone()))
}

/// The type of a column, and the sequences that it counts by.
fn leans_on(column: &Column) -> Vec<Resource> {
    let mut all: Vec<Resource> = type_of(column).into_iter().collect();
    all.extend(counters(column));
    all
}

fn counters(column: &Column) -> Vec<Resource> {
    match &column.default {
        Some(ColumnDefault::Expression(expr)) => {
            expr.sequences().into_iter().map(Resource::Sequence).collect()
        }
        Some(ColumnDefault::Literal(_)) | None => Vec::new(),
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

fn of_column(change: &ColumnChange) -> Footprint {
    let place = |table: &QName, name: &str| Resource::Column(table.clone(), name.to_owned());
    let reads = |table: &QName, column: &Column| -> Vec<Resource> {
        let names = column.generated.as_ref().map(|it| it.expr.identifiers()).unwrap_or_default();
        names.iter().filter(|name| **name != column.name).map(|name| place(table, name)).collect()
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
        ColumnChange::Alter { table, column } => {
            let own = vec![place(table, &column.after.name)];
            let mut needs = reads(table, &column.after);
            needs.extend(leans_on(&column.after));
            let mut releases = Vec::new();
            if column.before.default != column.after.default {
                releases.extend(counters(&column.before));
            }
            if column.before.data_type != column.after.data_type {
                releases.extend(type_of(&column.before));
            }
            // What leaves the column goes first, what comes to it goes last.
            Footprint { creates: own.clone(), removes: own, needs, releases }
        }
    }
}

/// The names and keys that a constraint is.
fn own_resources(table: &QName, constraint: &Constraint) -> Vec<Resource> {
    let mut all = Vec::new();
    if let Some(name) = constraint.name().text() {
        all.push(Resource::Name(table.clone(), name.to_owned()));
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
    all
}

fn mentioned(table: &QName, expr: &Expr) -> Vec<Resource> {
    expr.identifiers().into_iter().map(|name| Resource::Column(table.clone(), name)).collect()
}

fn of_constraint(change: &ConstraintChange) -> Footprint {
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
        ConstraintChange::Comment { table, constraint, .. } => {
            Footprint { needs: own_resources(table, constraint), ..Footprint::default() }
        }
    }
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
    all
}

fn of_index(change: &IndexChange) -> Footprint {
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
        IndexChange::Comment { table, index, .. } => {
            Footprint { needs: index_resources(table, index), ..Footprint::default() }
        }
    }
}
