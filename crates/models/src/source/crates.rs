//! The crates of the project: manifests, workspaces, path dependencies.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Bearing, Origin, Unread, matches_pattern};
use toml::{Table, Value};

use super::Options;
use super::features::{self, Features, Manifested};
use super::tree::{Content, SourceTree, is_under, join, normal, parent};
use crate::codes::{MANIFEST, NO_CRATE, NO_FEATURE, UNREADABLE};
use crate::diagnostic::Diagnostic;

/// How many folders above the start are searched for a manifest.
const UPWARD: usize = 12;

/// A crate: its name in paths, and the root files of its targets.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) roots: Vec<String>,
    /// The crates that its manifest renames: the name here to the real name.
    pub(crate) renames: BTreeMap<String, String>,
    /// Its folder.
    pub(crate) folder: String,
    /// The enabled features; `None` without a manifest.
    pub(crate) features: Option<BTreeSet<String>>,
    /// Whether it defines procedural macros; with all crates that these are built from.
    pub(crate) makes_macros: bool,
}

/// The crates to read, and the path under which models are part of the result.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) crates: Vec<Crate>,
    pub(crate) scope: String,
    /// Workspace members and path dependencies that are missing.
    pub(crate) absent: Vec<Unread>,
}

/// A member of a workspace.
struct Member {
    folder: String,
    /// Its name in the manifest, unless that is a pattern.
    named: Option<String>,
}

struct Finder<'a> {
    files: &'a dyn SourceTree,
    crates: Vec<Crate>,
    manifests: Vec<Manifested>,
    seen: BTreeSet<String>,
    problems: Vec<Diagnostic>,
    absent: Vec<Unread>,
    /// The folders that replace packages (`[patch]`).
    patches: BTreeMap<String, String>,
}

/// Finds the crates for a path: a crate, a workspace, a folder of sources or
/// one file.
pub(crate) fn find(files: &dyn SourceTree, options: &Options) -> Result<Layout, Vec<Diagnostic>> {
    let scope = normal(&options.path);
    let is_file = scope.ends_with(".rs");
    if is_file && !files.has(&scope) {
        return Err(vec![no_crate(&scope)]);
    }
    let mut finder = Finder {
        files,
        crates: Vec::new(),
        manifests: Vec::new(),
        seen: BTreeSet::new(),
        problems: Vec::new(),
        absent: Vec::new(),
        patches: BTreeMap::new(),
    };
    if let Some(folder) = manifest_above(files, &scope, is_file) {
        finder.workspace(&folder);
        if !finder.problems.is_empty() {
            return Err(finder.problems);
        }
        let owned = finder.crates.iter().any(|one| {
            one.roots
                .iter()
                .any(|root| is_under(&scope, &parent(root)) || (!is_file && is_under(root, &scope)))
        });
        if owned && (!is_file || is_reachable_by_place(&finder.crates, &scope)) {
            let asked = |folder: &str| is_under(folder, &scope) || is_under(&scope, folder);
            if let Some(name) = features::unknown(&finder.manifests, &options.features, &asked) {
                return Err(vec![no_feature(name)]);
            }
            let all = features::settle(&finder.manifests, &options.features, &asked);
            for (one, features) in finder.crates.iter_mut().zip(all) {
                one.features = Some(features);
            }
            if let Some(frozen) = options.frozen.as_deref().map(normal) {
                finder.crates.retain(|one| one.folder != frozen || is_under(&scope, &frozen));
            }
            return Ok(Layout { crates: finder.crates, scope, absent: finder.absent });
        }
    }
    let roots: Vec<String> = if is_file {
        vec![scope.clone()]
    } else {
        ["lib.rs", "main.rs", "mod.rs"]
            .iter()
            .map(|name| join(&scope, name))
            .filter(|path| files.has(path))
            .take(1)
            .collect()
    };
    if roots.is_empty() {
        return Err(vec![no_crate(&scope)]);
    }
    Ok(Layout { crates: vec![Crate::loose(roots, options)], scope, absent: Vec::new() })
}

impl Crate {
    /// A crate without a manifest: its features come only from the options.
    pub(crate) fn loose(roots: Vec<String>, options: &Options) -> Self {
        let features = (options.features != Features::default())
            .then(|| options.features.on.iter().cloned().collect());
        Self { name: "crate".to_owned(), roots, features, ..Self::default() }
    }
}

/// Whether a file is where some crate keeps its modules.
fn is_reachable_by_place(crates: &[Crate], file: &str) -> bool {
    crates.iter().any(|one| {
        one.roots.iter().any(|root| is_under(file, &parent(root)) && !parent(root).is_empty())
    })
}

fn no_feature(name: &str) -> Diagnostic {
    Diagnostic {
        origin: Origin::default(),
        code: NO_FEATURE,
        message: format!("no crate of the models has the feature `{name}`"),
        hint: "name one of `[features]` in Cargo.toml, or remove it from --features and \
               autogen.toml"
            .to_owned(),
    }
}

fn no_crate(path: &str) -> Diagnostic {
    let shown = if path.is_empty() { "." } else { path };
    Diagnostic {
        origin: Origin { file: shown.to_owned(), ..Origin::default() },
        code: NO_CRATE,
        message: "there is no crate, no lib.rs, main.rs or mod.rs, and no such file".to_owned(),
        hint: "name a crate, a workspace, a folder of sources or one .rs file".to_owned(),
    }
}

/// The folder of the nearest manifest at or above a path.
fn manifest_above(files: &dyn SourceTree, path: &str, is_file: bool) -> Option<String> {
    let mut folder = if is_file { parent(path) } else { path.to_owned() };
    for _ in 0..UPWARD {
        if files.has(&join(&folder, "Cargo.toml")) {
            return Some(folder);
        }
        folder = parent(&folder);
    }
    None
}

impl Finder<'_> {
    fn manifest(&mut self, folder: &str) -> Option<Table> {
        let path = join(folder, "Cargo.toml");
        let text = match self.files.read(&path) {
            Content::Text(text) => text,
            Content::Absent => return None,
            Content::Unreadable(why) => {
                self.problems.push(Diagnostic {
                    origin: Origin { file: path, ..Origin::default() },
                    code: UNREADABLE,
                    message: format!("the manifest can't be read: {why}"),
                    hint: "`cargo metadata` fails on it as well".to_owned(),
                });
                return None;
            }
        };
        match text.parse::<Table>() {
            Ok(table) => Some(table),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let before = text.get(..at).unwrap_or_default();
                self.problems.push(Diagnostic {
                    origin: Origin {
                        file: path,
                        line: before.matches('\n').count() + 1,
                        column: before.rsplit('\n').next().unwrap_or_default().len() + 1,
                    },
                    code: MANIFEST,
                    message: error.message().to_owned(),
                    hint: "`cargo metadata` reports the same place".to_owned(),
                });
                None
            }
        }
    }

    /// Adds the crates of the workspace that a folder belongs to.
    fn workspace(&mut self, folder: &str) {
        let Some(manifest) = self.manifest(folder) else {
            return;
        };
        let mut root = (folder.to_owned(), manifest);
        if !root.1.contains_key("workspace") {
            let mut above = parent(folder);
            for _ in 0..UPWARD {
                // Errors in a manifest above are not ours to report.
                let text = self.files.read(&join(&above, "Cargo.toml")).text();
                let table = text.and_then(|text| text.parse::<Table>().ok());
                if let Some(table) = table.filter(|table| table.contains_key("workspace")) {
                    let folder = normal(folder);
                    if self.members(&above, &table).iter().any(|member| member.folder == folder) {
                        root = (above, table);
                    }
                    break;
                }
                above = parent(&above);
            }
        }
        let shared = root.1.get("workspace").and_then(Value::as_table).cloned();
        let shared = shared.unwrap_or_default();
        self.patches = patches(&root.0, &root.1);
        self.configured_patches(&root.0);
        // The crate itself comes first, then the others in the manifest's order.
        self.add(folder, &shared, &root.0);
        self.add(&root.0.clone(), &shared, &root.0);
        for Member { folder, named } in self.members(&root.0, &root.1) {
            self.add(&folder, &shared, &root.0);
            if let Some(named) = named {
                self.require_member(&root.0, &named, &folder);
            }
        }
    }

    /// Adds what Cargo's configuration puts in the place of other packages. A manifest comes
    /// first, and the file that is nearer.
    ///
    /// Source: the Cargo Book, "Configuration", `[patch]` and `paths`.
    fn configured_patches(&mut self, root: &str) {
        let mut folder = root.to_owned();
        for _ in 0..UPWARD {
            for name in [".cargo/config.toml", ".cargo/config"] {
                let text = self.files.read(&join(&folder, name)).text();
                let Some(table) = text.and_then(|text| text.parse::<Table>().ok()) else {
                    continue;
                };
                let mut found = patches(&folder, &table);
                found.extend(self.overrides(&folder, &table));
                for (package, path) in found {
                    self.patches.entry(package).or_insert(path);
                }
                break;
            }
            folder = parent(&folder);
        }
    }

    /// The packages of the folders that `paths` names.
    fn overrides(&self, folder: &str, configuration: &Table) -> BTreeMap<String, String> {
        let paths = configuration.get("paths").and_then(Value::as_array).into_iter().flatten();
        let folders = paths.filter_map(Value::as_str).map(|path| join(folder, path));
        let named = folders.filter_map(|path| {
            let text = self.files.read(&join(&path, "Cargo.toml")).text()?;
            let manifest = text.parse::<Table>().ok()?;
            let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
            Some((name, path))
        });
        named.collect()
    }

    fn members(&self, folder: &str, manifest: &Table) -> Vec<Member> {
        let list = |key: &str| -> Vec<String> {
            manifest
                .get("workspace")
                .and_then(|workspace| workspace.get(key))
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect()
        };
        let excluded: Vec<String> = list("exclude").iter().map(|path| join(folder, path)).collect();
        let mut found: Vec<Member> = Vec::new();
        for pattern in list("members") {
            // Cargo ignores folders that match a pattern and are not crates.
            let named = Some(&pattern).filter(|it| !it.contains(['*', '?']));
            for member in self.expand(folder, &pattern) {
                if !excluded.contains(&member) && !found.iter().any(|it| it.folder == member) {
                    found.push(Member { folder: member, named: named.cloned() });
                }
            }
        }
        found
    }

    /// The folders that match a pattern like `crates/*`.
    fn expand(&self, folder: &str, pattern: &str) -> Vec<String> {
        let mut found = vec![folder.to_owned()];
        for part in normal(pattern).split('/') {
            found = found
                .iter()
                .flat_map(|base| {
                    if part.contains(['*', '?']) {
                        let names = self.files.list(base);
                        let folders = names.iter().filter_map(|name| name.strip_suffix('/'));
                        let fitting = folders.filter(|name| matches_pattern(part, name));
                        fitting.map(|name| join(base, name)).collect()
                    } else {
                        vec![join(base, part)]
                    }
                })
                .collect();
        }
        found
    }

    fn add(&mut self, folder: &str, shared: &Table, root: &str) {
        let folder = normal(folder);
        if !self.seen.insert(folder.clone()) {
            return;
        }
        let Some(manifest) = self.manifest(&folder) else {
            return;
        };
        let text = |table: Option<&Value>, key: &str| -> Option<String> {
            Some(table?.get(key)?.as_str()?.to_owned())
        };
        let Some(package) = text(manifest.get("package"), "name") else {
            return;
        };
        let library = manifest.get("lib");
        let name = text(library, "name").unwrap_or(package).replace('-', "_");
        let mut roots = vec![
            join(&folder, &text(library, "path").unwrap_or("src/lib.rs".to_owned())),
            join(&folder, "src/main.rs"),
        ];
        for bin in manifest.get("bin").and_then(Value::as_array).into_iter().flatten() {
            if let Some(path) = text(Some(bin), "path") {
                roots.push(join(&folder, &path));
            }
        }
        // Cargo finds these by itself.
        let bins = join(&folder, "src/bin");
        roots.extend(self.files.list(&bins).iter().map(|name| match name.strip_suffix('/') {
            Some(nested) => join(&bins, &format!("{nested}/main.rs")),
            None => join(&bins, name),
        }));
        let mut unique = BTreeSet::new();
        roots.retain(|path| {
            path.ends_with(".rs") && self.files.has(path) && unique.insert(path.clone())
        });

        let mut renames = BTreeMap::new();
        let mut paths = Vec::new();
        let mut manifested = Manifested::read(&folder, &name, &manifest);
        for (counts, key, entry) in dependencies(&manifest) {
            let inherited = entry.get("workspace").and_then(Value::as_bool).unwrap_or(false);
            let said = entry;
            let common = shared.get("dependencies").and_then(|all| all.get(key));
            let common = common.filter(|_| inherited);
            let (entry, base) = match common {
                Some(entry) => (entry, root),
                None => (entry, folder.as_str()),
            };
            if let Some(package) = text(Some(entry), "package") {
                renames.insert(key.replace('-', "_"), package.replace('-', "_"));
            }
            if counts {
                let path = text(Some(entry), "path").map(|path| join(base, &path));
                let package = text(Some(entry), "package").unwrap_or(key.clone());
                let path = path.or_else(|| self.patches.get(&package).cloned());
                manifested.needs(key, said, common, path.clone());
                paths.extend(path.map(|path| (key.clone(), path)));
            }
        }
        let own = folder.clone();
        let is_macros = |key| library.and_then(|it| it.get(key)).and_then(Value::as_bool);
        let is_macros = is_macros("proc-macro").or(is_macros("proc_macro")) == Some(true);
        let makes_macros = is_macros && paths.is_empty();
        self.crates.push(Crate { name, roots, renames, folder, features: None, makes_macros });
        self.manifests.push(manifested);
        for (key, path) in paths {
            self.require_there(&own, &key, &path);
            self.add(&path, shared, root);
        }
    }

    /// Lists a missing dependency: its models are unknown.
    fn require_there(&mut self, folder: &str, key: &str, path: &str) {
        if self.files.has(&join(path, "Cargo.toml")) {
            return;
        }
        let file = join(folder, "Cargo.toml");
        let text = self.files.read(&file).text().unwrap_or_default();
        let named =
            |line: &str| line.trim_start().starts_with(key) || line.contains(&format!(".{key}]"));
        let line = text.lines().position(named).map_or(0, |at| at + 1);
        self.lack(file, line, key, format!("there is no Cargo.toml in {path}"));
    }

    /// Lists a workspace member that is missing or has no target.
    fn require_member(&mut self, root: &str, named: &str, folder: &str) {
        let there = self.files.has(&join(folder, "Cargo.toml"));
        let why = match (there, there && self.has_targets(folder)) {
            (_, true) => return,
            (false, _) => format!("there is no Cargo.toml in {folder}"),
            (true, false) => format!("there is no target in {folder}"),
        };
        let file = join(root, "Cargo.toml");
        let text = self.files.read(&file).text().unwrap_or_default();
        let list = text.lines().position(|line| line.trim_start().starts_with("members"));
        let mut lines = text.lines().enumerate().skip(list.unwrap_or(0));
        let quoted = [format!("\"{named}\""), format!("'{named}'")];
        let line = lines.find(|(_, line)| quoted.iter().any(|it| line.contains(it)));
        self.lack(file, line.map_or(0, |(at, _)| at + 1), named, why);
    }

    /// Whether there is anything to compile, even without models, such as tests.
    fn has_targets(&self, folder: &str) -> bool {
        let found = self.crates.iter().find(|krate| krate.folder == folder);
        let text = self.files.read(&join(folder, "Cargo.toml")).text();
        let manifest = text.and_then(|text| text.parse::<Table>().ok()).unwrap_or_default();
        let others = [("test", "tests"), ("example", "examples"), ("bench", "benches")];
        found.is_some_and(|krate| !krate.roots.is_empty())
            || others.iter().any(|(key, inner)| {
                manifest.contains_key(*key) || !self.files.list(&join(folder, inner)).is_empty()
            })
    }

    fn lack(&mut self, file: String, line: usize, name: &str, why: String) {
        self.absent.push(Unread {
            origin: Origin { file, line, column: 1 },
            what: format!("the crate `{name}`"),
            why,
            table: None,
            bearing: Bearing::Unlikely,
        });
    }
}

/// The folders of packages that replace others through `[patch.SOURCE]` or `[replace]`, whose
/// keys contain a version.
fn patches(root: &str, manifest: &Table) -> BTreeMap<String, String> {
    let sources = manifest.get("patch").and_then(Value::as_table).into_iter().flatten();
    let sources = sources.map(|(_, source)| source).chain(manifest.get("replace"));
    let entries = sources.filter_map(Value::as_table).flatten();
    let folder = |(key, entry): (&String, &Value)| {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let key = key.rsplit('/').next().unwrap_or(key).rsplit('#').next().unwrap_or(key);
        let key = key.split([':', '@']).next().unwrap_or(key);
        let package = text("package").unwrap_or(key).to_owned();
        Some((package, join(root, text("path")?)))
    };
    entries.filter_map(folder).collect()
}

/// The dependencies of a manifest, including those for one target, and whether each is a
/// normal one, not one of tests or of the build.
fn dependencies(manifest: &Table) -> Vec<(bool, &String, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter();
    let targets = targets.flat_map(Table::values).filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(targets) {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = table.get(section).and_then(Value::as_table).into_iter().flatten();
            found.extend(entries.map(|(key, entry)| (section == "dependencies", key, entry)));
        }
    }
    found
}
