//! The relations of entities, in both directions, with names.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::attribute::action;
use autogen_schema::{ForeignKey, QName, Schema, Table};
use heck::ToUpperCamelCase;

use super::names::{FieldName, Module, plural, singular, snake, stem, type_name, unique};
use super::print::pair;

/// What a relation leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The row that a foreign key names, where it names one.
    BelongsTo { key: usize, optional: bool },
    /// The only row whose foreign key names this one.
    HasOne { back: Back },
    /// All of them.
    HasMany { back: Back },
    /// The rows at the other side of a junction table.
    Via { junction: QName },
}

/// The relation that a relation reverses, on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Back {
    /// Its variant, where the other entity has to be told which.
    pub(super) variant: Option<String>,
}

/// A relation of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) kind: Kind,
    /// The field in the dense format.
    pub(super) field: String,
    /// The variant of `Relation`.
    pub(super) variant: String,
    /// Whether SeaORM has to be told the variant.
    pub(super) named: bool,
    pub(super) target: QName,
    /// The key's keys for SeaORM: columns and actions.
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
    pub(super) actions: Vec<String>,
    /// The variant of the other direction of a relation with itself.
    pub(super) reverse: Option<String>,
}

/// The tables between which there are relations.
pub(super) struct Entities<'a> {
    pub(super) schema: &'a Schema,
    pub(super) modules: &'a BTreeMap<QName, Module>,
    pub(super) fields: &'a BTreeMap<QName, Vec<FieldName>>,
    /// The entities.
    pub(super) all: &'a BTreeSet<QName>,
}

/// A foreign key between two entities.
struct Link<'a> {
    table: &'a Table,
    key: &'a ForeignKey,
    place: usize,
}

impl<'a> Entities<'a> {
    /// The relations of every entity.
    pub(super) fn relations(&self) -> BTreeMap<QName, Vec<Relation>> {
        let links = self.links();
        let counts = counts(&links);
        let mut taken = self.taken();
        let mut found: BTreeMap<QName, Vec<Relation>> = BTreeMap::new();
        let mut variants: BTreeMap<(QName, usize), String> = BTreeMap::new();
        for link in &links {
            let relation = self.forward(link, &counts, &mut taken);
            variants.insert((link.table.name.clone(), link.place), relation.variant.clone());
            found.entry(link.table.name.clone()).or_default().push(relation);
        }
        for link in &links {
            let variant = &variants[&(link.table.name.clone(), link.place)];
            let relation = self.backward(link, &counts, variant, &mut taken);
            if link.key.references == link.table.name {
                let owners = found.entry(link.table.name.clone()).or_default();
                if let Some(forward) = owners.iter_mut().find(|it| it.variant == *variant) {
                    forward.reverse = Some(relation.variant.clone());
                }
            }
            found.entry(link.key.references.clone()).or_default().push(relation);
        }
        self.junctions(&links, &counts, &mut taken, &mut found);
        found
    }

    /// The foreign keys that relations can declare.
    fn links(&self) -> Vec<Link<'a>> {
        let mut links = Vec::new();
        for name in self.all {
            let Some(table) = self.schema.tables.get(name) else { continue };
            let mut seen: Vec<&ForeignKey> = Vec::new();
            for (place, key) in table.foreign_keys.iter().enumerate() {
                let target = self.schema.tables.get(&key.references);
                let complete = key.columns.len() == key.referenced_columns.len()
                    && target.is_some_and(|target| {
                        key.referenced_columns.iter().all(|it| target.column(it).is_some())
                    });
                let again = seen.iter().any(|other| other.same_ends(key));
                if complete && !again && self.all.contains(&key.references) {
                    seen.push(key);
                    links.push(Link { table, key, place });
                }
            }
        }
        links
    }

    /// The names of fields and variants that each entity has already.
    fn taken(&self) -> BTreeMap<QName, (BTreeSet<String>, BTreeSet<String>)> {
        let names = |name: &QName| {
            let fields = self.fields.get(name).into_iter().flatten();
            (fields.map(|it| it.name.clone()).collect(), BTreeSet::new())
        };
        self.all.iter().map(|name| (name.clone(), names(name))).collect()
    }

    fn module(&self, name: &QName) -> &str {
        self.modules.get(name).map_or("", |it| it.name.as_str())
    }

    fn columns(&self, table: &QName, columns: &[String]) -> Vec<String> {
        let Some(found) = self.schema.tables.get(table) else { return Vec::new() };
        let fields = self.fields.get(table).map(Vec::as_slice).unwrap_or_default();
        let field = |column: &String| {
            let at = found.columns.iter().position(|it| it.name == *column)?;
            fields.get(at).map(FieldName::in_relation)
        };
        columns.iter().filter_map(field).collect()
    }

    fn forward(&self, link: &Link<'_>, counts: &Counts, taken: &mut Taken) -> Relation {
        let (table, key) = (&link.table.name, link.key);
        let from = self.columns(table, &key.columns);
        let base = self.about(link);
        let itself = key.references == *table;
        let named = itself || counts.of(table, &key.references) > 1;
        let nullable = |name: &String| link.table.column(name).is_some_and(|it| it.nullable);
        let actions = [("on_delete", key.on_delete), ("on_update", key.on_update)];
        let actions = actions.into_iter().filter_map(|(word, it)| Some(pair(word, action(it)?)));
        let optional = key.columns.iter().any(nullable);
        let kind = Kind::BelongsTo { key: link.place, optional };
        let (field, variant, named) = self.name(table, &base, &key.references, named, taken);
        Relation {
            kind,
            field,
            variant,
            named,
            target: key.references.clone(),
            from,
            to: self.columns(&key.references, &key.referenced_columns),
            actions: actions.collect(),
            reverse: None,
        }
    }

    /// What a foreign key is about, by its column, or else by its table.
    fn about(&self, link: &Link<'_>) -> String {
        let columns = self.columns(&link.table.name, &link.key.columns);
        match columns.as_slice() {
            [only] if let Some(stem) = stem(only) => stem.to_owned(),
            _ => singular(self.module(&link.key.references)),
        }
    }

    fn backward(
        &self,
        link: &Link<'_>,
        counts: &Counts,
        variant: &str,
        taken: &mut Taken,
    ) -> Relation {
        let (table, target) = (&link.table.name, &link.key.references);
        let itself = table == target;
        let told = itself || counts.of(table, target) > 1;
        // SeaORM can't be told the other direction of `has_one`.
        let only = !told && is_unique(link.table, &link.key.columns);
        let child = self.module(table);
        let rows = if only { singular(child) } else { plural(&singular(child)) };
        let rows = if child == rows || !only { plural_of(child, only, rows) } else { rows };
        let about = self.about(link);
        let base = match (itself, about.as_str()) {
            (true, "parent") => "children".to_owned(),
            (true, about) => format!("{about}_of"),
            (false, about) if counts.keys(table, target) > 1 => format!("{about}_{rows}"),
            (false, _) => rows,
        };
        let named = itself || counts.of(target, table) > 1;
        let back = Back { variant: told.then(|| variant.to_owned()) };
        let (field, own, named) = self.name(target, &base, table, named, taken);
        Relation {
            kind: if only { Kind::HasOne { back } } else { Kind::HasMany { back } },
            field,
            variant: own,
            named,
            target: table.clone(),
            from: Vec::new(),
            to: Vec::new(),
            actions: Vec::new(),
            reverse: itself.then(|| variant.to_owned()),
        }
    }

    /// Field and variant of a relation, and whether SeaORM has to be told the variant: else it
    /// takes that of the target's module.
    fn name(
        &self,
        of: &QName,
        base: &str,
        target: &QName,
        named: bool,
        taken: &mut Taken,
    ) -> (String, String, bool) {
        let mut nothing = (BTreeSet::new(), BTreeSet::new());
        let (fields, variants) = taken.get_mut(of).unwrap_or(&mut nothing);
        let base = match (fields.contains(base), self.module(target)) {
            (true, module) if !base.ends_with(module) => format!("{base}_{module}"),
            (_, _) => base.to_owned(),
        };
        let base = snake(&base);
        let field = unique(&base, fields, str::to_owned);
        let implied = type_name(self.module(target));
        if !named && variants.insert(implied.clone()) {
            return (field, implied, false);
        }
        // SeaORM converts the name that it is told once more.
        let wanted = type_name(&field).to_upper_camel_case();
        let variant = unique(&wanted, variants, |it| it.to_upper_camel_case());
        (field, variant.to_upper_camel_case(), true)
    }

    /// Many to many, through tables whose key is two foreign keys.
    fn junctions(
        &self,
        links: &[Link<'_>],
        counts: &Counts,
        taken: &mut Taken,
        found: &mut BTreeMap<QName, Vec<Relation>>,
    ) {
        let mut ways = Vec::new();
        // They are in the order of their tables.
        for own in links.chunk_by(|one, other| one.table.name == other.table.name) {
            let [one, other] = own else { continue };
            let name = &one.table.name;
            let (left, right) = (&one.key.references, &other.key.references);
            let alone = |it: &QName| counts.of(name, it) == 1 && it != name;
            if left != right && alone(left) && alone(right) && is_junction(one, other) {
                ways.push((left, right, name));
                ways.push((right, left, name));
            }
        }
        let mut between: BTreeMap<(&QName, &QName), usize> = BTreeMap::new();
        for (from, to, _) in &ways {
            *between.entry((*from, *to)).or_default() += 1;
        }
        for (from, to, junction) in &ways {
            let several = between.get(&(*from, *to)).is_some_and(|it| *it > 1);
            let implied = found.get(*junction).is_some_and(|all| all.iter().all(|it| !it.named));
            if several || counts.of(from, to) > 0 || !implied {
                continue;
            }
            let base = plural_of(self.module(to), false, plural(&singular(self.module(to))));
            let (field, variant, named) = self.name(from, &base, to, false, taken);
            // The variant is that of the junction.
            if named {
                continue;
            }
            let own = found.entry((*from).clone()).or_default();
            // A table that only joins is not a relation of its own.
            let joins = self.schema.tables.get(*junction).is_some_and(|it| is_only_key(it));
            own.retain(|it| !joins || it.target != **junction);
            own.push(Relation {
                kind: Kind::Via { junction: (*junction).clone() },
                field,
                variant,
                named: false,
                target: (*to).clone(),
                from: Vec::new(),
                to: Vec::new(),
                actions: Vec::new(),
                reverse: None,
            });
        }
    }
}

type Taken = BTreeMap<QName, (BTreeSet<String>, BTreeSet<String>)>;

/// How many relations lead from one entity to another.
#[derive(Default)]
struct Counts {
    relations: BTreeMap<(QName, QName), usize>,
    keys: BTreeMap<(QName, QName), usize>,
}

impl Counts {
    /// Relations in either direction.
    fn of(&self, entity: &QName, target: &QName) -> usize {
        self.relations.get(&(entity.clone(), target.clone())).copied().unwrap_or_default()
    }

    /// Foreign keys.
    fn keys(&self, entity: &QName, target: &QName) -> usize {
        self.keys.get(&(entity.clone(), target.clone())).copied().unwrap_or_default()
    }
}

fn counts(links: &[Link<'_>]) -> Counts {
    let mut counts = Counts::default();
    for link in links {
        let ends = (link.table.name.clone(), link.key.references.clone());
        *counts.relations.entry((ends.1.clone(), ends.0.clone())).or_default() += 1;
        *counts.relations.entry(ends.clone()).or_default() += 1;
        *counts.keys.entry(ends).or_default() += 1;
    }
    counts
}

/// A table's own name is kept where it is a plural already.
fn plural_of(module: &str, only: bool, rows: String) -> String {
    if !only && plural(module) == module { module.to_owned() } else { rows }
}

/// Whether the columns are unique in a table.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    table.unique_keys().into_iter().any(|(_, key)| {
        key.len() == columns.len() && columns.iter().all(|column| key.contains(&column))
    })
}

/// Whether two foreign keys are all of a table's primary key.
fn is_junction(one: &Link<'_>, other: &Link<'_>) -> bool {
    let Some(key) = &one.table.primary_key else { return false };
    let mut columns: Vec<&String> = one.key.columns.iter().chain(&other.key.columns).collect();
    columns.sort();
    let mut wanted: Vec<&String> = key.columns.iter().map(|part| &part.column).collect();
    wanted.sort();
    columns == wanted
}

/// Whether all columns are in the primary key.
fn is_only_key(table: &Table) -> bool {
    let width = table.primary_key.as_ref().map_or(0, |key| key.columns.len());
    table.columns.len() == width
}
