//! The enabled features of the project's crates, resolved as by Cargo.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// The requested features, in addition to those that manifests enable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// Their names; `crate/feature` for one of another crate.
    pub on: Vec<String>,
    /// Whether the default features of the models' crate are off.
    pub no_default: bool,
    /// Whether all features of the models' crate are on.
    pub all: bool,
}

/// A dependency on another crate of the project.
#[derive(Debug, Clone)]
struct Needed {
    /// Its name in the manifest.
    key: String,
    folder: String,
    features: Vec<String>,
    default: bool,
}

/// The features and dependencies of a manifest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manifested {
    folder: String,
    name: String,
    table: BTreeMap<String, Vec<String>>,
    optional: BTreeSet<String>,
    needs: Vec<Needed>,
    /// The dependencies outside of the project.
    others: BTreeSet<String>,
}

impl Manifested {
    /// Reads the features of a manifest.
    pub(crate) fn read(folder: &str, name: &str, manifest: &Table) -> Self {
        let features = manifest.get("features").and_then(Value::as_table);
        let table = features
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), strings(Some(value))))
            .collect();
        let (folder, name) = (folder.to_owned(), name.to_owned());
        Self { folder, name, table, ..Self::default() }
    }

    /// Adds a dependency; `entry` is its entry in the manifest, `shared` that in the workspace,
    /// `folder` its folder, if it belongs to the project.
    pub(crate) fn needs(
        &mut self,
        key: &str,
        entry: &Value,
        shared: Option<&Value>,
        folder: Option<String>,
    ) {
        let flag = |name: &str| {
            let of = |value: &Value| value.get(name).and_then(Value::as_bool);
            of(entry).or_else(|| shared.and_then(of))
        };
        if entry.get("optional").and_then(Value::as_bool) == Some(true) {
            self.optional.insert(key.to_owned());
        }
        let mut features = strings(entry.get("features"));
        features.extend(strings(shared.and_then(|it| it.get("features"))));
        if let Some(folder) = folder {
            let default = flag("default-features").unwrap_or(true);
            self.needs.push(Needed { key: key.to_owned(), folder, features, default });
        } else {
            self.others.insert(key.to_owned());
        }
    }

    /// Whether an optional dependency has a feature of its own name.
    fn is_implicit(&self, name: &str) -> bool {
        let dep = format!("dep:{name}");
        self.optional.contains(name) && !self.table.values().flatten().any(|it| *it == dep)
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The enabled features: a feature by crate, or `dep:` and a dependency.
struct Search<'a> {
    crates: &'a [Manifested],
    on: BTreeSet<(usize, String)>,
    open: Vec<(usize, String)>,
}

/// The features of each crate, in the order of `crates`; `asked` applies to the crates that
/// `is_asked` selects.
pub(crate) fn settle(
    crates: &[Manifested],
    asked: &Features,
    is_asked: &dyn Fn(&str) -> bool,
) -> Vec<BTreeSet<String>> {
    let mut search = Search { crates, on: BTreeSet::new(), open: Vec::new() };
    for (at, one) in crates.iter().enumerate() {
        let asked_for = is_asked(&one.folder);
        if !(asked_for && asked.no_default) {
            search.turn_on(at, "default");
        }
        for needed in &one.needs {
            if !one.optional.contains(&needed.key) {
                search.need(needed);
            }
        }
        if asked_for {
            let all = one.table.keys().chain(&one.optional).filter(|_| asked.all);
            all.for_each(|name| search.turn_on(at, name));
            for name in &asked.on {
                match name.split_once('/') {
                    Some((other, feature)) if other == one.name => search.turn_on(at, feature),
                    Some(_) => search.entry(at, name),
                    None => search.turn_on(at, name),
                }
            }
        }
    }
    while let Some((at, name)) = search.open.pop() {
        search.follow(at, &name);
    }
    let found = |at| {
        let enabled = search.on.iter().filter(move |(krate, _)| *krate == at);
        enabled.map(|(_, name)| name.clone()).collect()
    };
    (0..crates.len()).map(found).collect()
}

/// The first requested feature that no requested crate has. Cargo rejects it; ignoring it
/// could make its models look removed.
pub(crate) fn unknown<'f>(
    crates: &[Manifested],
    asked: &'f Features,
    is_asked: &dyn Fn(&str) -> bool,
) -> Option<&'f str> {
    let has = |one: &Manifested, name: &str| one.table.contains_key(name) || one.is_implicit(name);
    let is_known = |name: &str| {
        let mut asked_for = crates.iter().filter(|one| is_asked(&one.folder));
        let Some((key, feature)) = name.split_once('/') else {
            return asked_for.any(|one| has(one, name));
        };
        asked_for.any(|one| {
            let needed = one.needs.iter().find(|it| it.key == key.trim_end_matches('?'));
            let other = |it: &Needed| crates.iter().find(|other| other.folder == it.folder);
            match needed.map(other) {
                Some(other) => other.is_none_or(|other| has(other, feature)),
                None => one.name == key && has(one, feature) || one.others.contains(key),
            }
        })
    };
    asked.on.iter().map(String::as_str).find(|name| !is_known(name))
}

impl Search<'_> {
    fn turn_on(&mut self, at: usize, name: &str) {
        let Some(one) = self.crates.get(at) else { return };
        let there = one.table.contains_key(name) || one.is_implicit(name);
        if there && self.on.insert((at, name.to_owned())) {
            self.open.push((at, name.to_owned()));
        }
    }

    fn need(&mut self, needed: &Needed) {
        let Some(at) = self.crates.iter().position(|it| it.folder == needed.folder) else { return };
        if needed.default {
            self.turn_on(at, "default");
        }
        needed.features.iter().for_each(|name| self.turn_on(at, name));
    }

    /// Enables an optional dependency.
    fn depend(&mut self, at: usize, key: &str) {
        let needs = self.crates.get(at).map(|manifest| manifest.needs.clone()).unwrap_or_default();
        needs.iter().filter(|needed| needed.key == key).for_each(|needed| self.need(needed));
    }

    fn follow(&mut self, at: usize, name: &str) {
        let Some(one) = self.crates.get(at) else { return };
        match one.table.get(name) {
            Some(entries) => entries.clone().iter().for_each(|entry| self.entry(at, entry)),
            None => self.depend(at, name),
        }
    }

    /// `feature`, `dep:x`, `x/feature` or `x?/feature`.
    fn entry(&mut self, at: usize, entry: &str) {
        if let Some(key) = entry.strip_prefix("dep:") {
            return self.depend(at, key);
        }
        let Some((key, feature)) = entry.split_once('/') else { return self.turn_on(at, entry) };
        let weak = key.ends_with('?');
        let key = key.trim_end_matches('?');
        if !weak {
            self.turn_on(at, key);
            self.depend(at, key);
        }
        let needs =
            self.crates.get(at).map(|manifest| manifest.needs.as_slice()).unwrap_or_default();
        let folder =
            needs.iter().find(|needed| needed.key == key).map(|needed| needed.folder.clone());
        if let Some(other) =
            folder.and_then(|folder| self.crates.iter().position(|one| one.folder == folder))
        {
            self.turn_on(other, feature);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(folder: &str, text: &str) -> Manifested {
        let manifest: Table = text.parse().unwrap();
        let mut one = Manifested::read(folder, folder, &manifest);
        for (key, entry) in
            manifest.get("dependencies").and_then(Value::as_table).unwrap_or(&Table::new())
        {
            let path = entry
                .get("path")
                .and_then(Value::as_str)
                .map(|it| it.trim_start_matches("../").to_owned());
            one.needs(key, entry, None, path);
        }
        one
    }

    #[test]
    fn features_turn_each_other_on() {
        let models = read(
            "models",
            "[features]\ndefault = [\"a\"]\na = [\"b\"]\nb = []\nc = [\"uuid\"]\nd = [\"dep:time\"]\n\
             [dependencies]\nuuid = { version = \"1\", optional = true }\n\
             time = { version = \"1\", optional = true }",
        );
        let app = read(
            "app",
            "[features]\ndefault = []\nx = [\"models/d\"]\n[dependencies]\nmodels = { path = \"../models\", features = [\"c\"] }",
        );
        let on = |asked: Features, crates: &[Manifested]| {
            let found = settle(crates, &asked, &|it| it == "models");
            found[0].iter().cloned().collect::<Vec<_>>().join(" ")
        };
        let alone = [models.clone()];
        assert_eq!(on(Features::default(), &alone), "a b default");
        assert_eq!(on(Features { no_default: true, ..Features::default() }, &alone), "");
        assert_eq!(
            on(Features { on: vec!["d".to_owned()], ..Features::default() }, &alone),
            "a b d default"
        );
        assert_eq!(
            on(Features { all: true, ..Features::default() }, &alone),
            "a b c d default uuid"
        );
        assert_eq!(on(Features::default(), &[models.clone(), app]), "a b c default uuid");
        let unknown_of = |name: &str| {
            let asked = Features { on: vec![name.to_owned()], ..Features::default() };
            unknown(&alone, &asked, &|it| it == "models").map(str::to_owned)
        };
        for known in ["a", "uuid", "models/b", "uuid/v4"] {
            assert_eq!(unknown_of(known), None, "{known}");
        }
        for typo in ["A", "aa", "models/x", "app/x", "time"] {
            assert_eq!(unknown_of(typo).as_deref(), Some(typo));
        }
    }
}
