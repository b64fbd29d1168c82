//! Checks the invariants of ARCHITECTURE.md.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use syn::visit::Visit;

/// Which of our crates may use which: arrows only downward.
const FLOORS: &[(&str, &[&str])] = &[
    ("autogen-schema", &[]),
    // Only to write models: applications do not turn this feature on.
    ("autogen-models", &["autogen-dialect", "autogen-schema"]),
    ("autogen-derive", &["autogen-models", "autogen-schema"]),
    ("autogen-dialect", &["autogen-schema"]),
    ("autogen-plan", &["autogen-dialect", "autogen-schema"]),
    ("autogen-lint", &["autogen-dialect", "autogen-plan", "autogen-schema"]),
    ("autogen-live", &["autogen-dialect", "autogen-plan", "autogen-schema"]),
    (
        "sea-autogen",
        &[
            "autogen-derive",
            "autogen-dialect",
            "autogen-lint",
            "autogen-live",
            "autogen-models",
            "autogen-plan",
            "autogen-schema",
        ],
    ),
    (
        "sea-autogen-cli",
        &[
            "autogen-dialect",
            "autogen-lint",
            "autogen-live",
            "autogen-models",
            "autogen-plan",
            "autogen-schema",
            "sea-autogen",
        ],
    ),
];

/// Crates that talk to servers, or run those that do.
const RUNTIME: &[&str] = &["sea-orm", "sqlx", "tokio"];
const WITH_RUNTIME: &[&str] = &["autogen-live", "sea-autogen", "sea-autogen-cli"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file under a folder of the repository, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // Build output and inputs of fuzzing are not our sources.
                if !["fuzz/target", "fuzz/corpus"].iter().any(|it| path.ends_with(it)) {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).expect("a text");
                let name = path.strip_prefix(root()).expect("a path below").display().to_string();
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn arrows_point_downward() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let floors: BTreeMap<&str, &[&str]> = FLOORS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let Some(allowed) = floors.get(name) else { continue };
        seen += 1;
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            let other = dependency["name"].as_str().expect("a name");
            let ours = floors.contains_key(other) && !allowed.contains(&other);
            let runtime = RUNTIME.contains(&other) && !WITH_RUNTIME.contains(&name);
            if ours || runtime {
                wrong.push(format!("{name} -> {other}"));
            }
        }
    }
    assert_eq!(seen, FLOORS.len(), "a crate is missing");
    none("dependencies that point upward, or reach the runtime", &wrong);
}

#[test]
fn packages_are_complete() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut lacks = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        if !FLOORS.iter().any(|(known, _)| *known == name) {
            continue;
        }
        for key in ["readme", "keywords", "categories", "license", "repository", "description"] {
            let value = &package[key];
            let empty = value.as_array().is_some_and(Vec::is_empty);
            if value.is_null() || empty {
                lacks.push(format!("{name}: {key}"));
            }
        }
        let folder =
            Path::new(package["manifest_path"].as_str().expect("a path")).with_file_name("");
        for text in ["LICENSE-APACHE", "LICENSE-MIT"] {
            if !folder.join(text).exists() {
                lacks.push(format!("{name}: {text}"));
            }
        }
    }
    none("what packages lack", &lacks);
    let page = std::fs::read_to_string(root().join("crates/derive/ATTRIBUTES.md")).expect("a page");
    assert!(!page.contains("](.."), "a link that leads out of the package");
}

/// The drivers of databases, by the features of `sea-autogen` that bring them.
const DRIVERS: &[(&str, &[&str])] = &[
    ("mysql", &["sqlx-mysql"]),
    ("postgres", &["sqlx-postgres"]),
    ("sqlite", &["libsqlite3-sys", "sqlx-sqlite"]),
];

#[test]
fn an_application_builds_only_the_drivers_that_it_names() {
    for feature in [None].into_iter().chain(DRIVERS.iter().map(|(feature, _)| Some(*feature))) {
        let mut command = Command::new(env!("CARGO"));
        command.args(["tree", "--offline", "--locked", "--package", "sea-autogen"]);
        command.args(["--edges", "normal", "--prefix", "none", "--format", "{lib}"]);
        command.args(["--features", feature.unwrap_or_default()]);
        let output = command.current_dir(root()).output().expect("cargo tree");
        let text = String::from_utf8_lossy(&output.stdout).replace('_', "-");
        assert!(text.contains("sea-orm"), "{}", String::from_utf8_lossy(&output.stderr));
        for (of, drivers) in DRIVERS {
            for driver in *drivers {
                let built = text.lines().any(|line| line.trim() == *driver);
                assert_eq!(built, feature == Some(*of), "{driver} with {feature:?}");
            }
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    let all = ["crates", "tests", "fixtures"].into_iter().flat_map(sources);
    // Files as a user writes them, and as another tool generates them, are unchanged.
    let theirs = ["derive_ui/ui/", "fixtures/seaorm-migration/"];
    let silent = all.filter(|(name, text)| {
        !text.starts_with("//!") && !theirs.iter().any(|it| name.contains(it))
    });
    none("modules without //!", &silent.map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn no_file_is_long() {
    let all = ["crates", "tests", "fixtures"].into_iter().flat_map(sources);
    let long = all.filter(|(_, text)| text.lines().count() > 600);
    none("files over 600 lines", &long.map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn only_the_command_prints_or_reads_the_environment() {
    let words = ["println!", "print!(", "eprintln!", "eprint!(", "env::var", "env::args", "dbg!"];
    let mut found = Vec::new();
    for (name, text) in sources("crates") {
        // A macro can only find out its crate in this way.
        let macros = name == "crates/derive/src/embed.rs";
        if name.starts_with("crates/cli/") || name.contains("/tests/") || macros {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{name}:{}", at + 1));
            }
        }
    }
    none("printing, or reading the environment", &found);
}

/// Imports between files that may form a circle.
const CIRCLES: &[&str] = &[];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut crates: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, text) in sources("crates") {
        if let Some((home, _)) = name.split_once("/src/") {
            crates.entry(home.to_owned()).or_default().push((name, text));
        }
    }
    let circles = crates.values().flat_map(|it| circles::Crate::read(it).circles());
    let found: Vec<String> = circles.filter(|it| !CIRCLES.contains(&it.as_str())).collect();
    none("files that import each other in a circle", &found);
}

#[test]
fn commands_know_no_other_command() {
    let home = "crates/cli/src/";
    let all: Vec<_> = sources(home).into_iter().collect();
    let read = circles::Crate::read(&all);
    let command = |file: &str| {
        let name = file.strip_prefix(home)?.strip_prefix("commands/")?.split(['/', '.']).next()?;
        Some(name.to_owned()).filter(|it| it != "mod")
    };
    let mut found = Vec::new();
    for (from, others) in read.imports() {
        for (to, name) in others {
            let both = command(from).zip(command(to));
            if both.is_some_and(|(one, other)| one != other) {
                found.push(format!("{from} -> {to}: {name}"));
            }
        }
    }
    none("commands that use another command", &found);
}

#[test]
fn no_order_comes_from_hashes() {
    let mut found = Vec::new();
    for (name, text) in sources("crates") {
        if text.contains("HashMap") || text.contains("HashSet") {
            found.push(name);
        }
    }
    none("hash maps", &found);
}

#[test]
fn dialects_are_told_apart_in_two_crates_only() {
    let mut found = Vec::new();
    for (name, text) in sources("crates") {
        let home = ["crates/dialect/", "crates/live/"].iter().any(|it| name.starts_with(it));
        if home || name.contains("/tests/") {
            continue;
        }
        let mut finder = Matches { file: &name, ours: None, found: &mut found };
        finder.visit_file(&syn::parse_file(&text).expect("Rust"));
    }
    none("matches on the dialect", &found);
}

#[test]
fn matches_over_our_enums_name_every_variant() {
    let all = sources("crates");
    let mut ours = BTreeSet::new();
    for (_, text) in &all {
        let mut enums = Enums(&mut ours);
        enums.visit_file(&syn::parse_file(text).expect("Rust"));
    }
    let mut found = Vec::new();
    for (name, text) in all.iter().filter(|(name, _)| !name.contains("/tests/")) {
        let mut finder = Matches { file: name, ours: Some(&ours), found: &mut found };
        finder.visit_file(&syn::parse_file(text).expect("Rust"));
    }
    none("wildcard arms over our own enums", &found);
}

#[test]
fn nothing_names_a_machine() {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git");
    let mut found = Vec::new();
    let places = ["/home", "/root", "/work", "/Users"].map(|place| format!("{place}/"));
    for name in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        for (at, line) in text.lines().enumerate() {
            let starts = |place: &String| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| !(c.is_alphanumeric() || "._-*}/".contains(c)))
                })
            };
            if places.iter().any(starts) {
                found.push(format!("{name}:{}", at + 1));
            }
        }
    }
    none("paths of a machine", &found);
}

/// The names of all enums.
struct Enums<'a>(&'a mut BTreeSet<String>);

impl<'ast> Visit<'ast> for Enums<'_> {
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.0.insert(item.ident.to_string());
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        self.0.extend(circles::defined(item.mac.tokens.clone(), &["enum"]));
    }
}

/// Forbidden matches: on the dialect, or, if our enums are given, with a wildcard over one of
/// them.
struct Matches<'a> {
    file: &'a str,
    ours: Option<&'a BTreeSet<String>>,
    found: &'a mut Vec<String>,
}

impl<'ast> Visit<'ast> for Matches<'_> {
    fn visit_expr_match(&mut self, item: &'ast syn::ExprMatch) {
        let line = item.match_token.span.start().line;
        let names: BTreeSet<String> = item.arms.iter().flat_map(|arm| enum_of(&arm.pat)).collect();
        let wrong = match self.ours {
            None => names.contains("Dialect"),
            Some(ours) => {
                names.iter().any(|name| ours.contains(name))
                    && item.arms.iter().any(|arm| is_wild(&arm.pat))
            }
        };
        if wrong {
            self.found.push(format!("{}:{line}", self.file));
        }
        syn::visit::visit_expr_match(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            syn::visit::visit_item_mod(self, item);
        }
    }
}

/// The enums that a pattern names directly: `Change::Table(..)` is `Change`.
fn enum_of(pattern: &syn::Pat) -> Vec<String> {
    let of = |path: &syn::Path| {
        let segments: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
        match segments.as_slice() {
            [.., owner, _] => vec![owner.clone()],
            _ => Vec::new(),
        }
    };
    match pattern {
        syn::Pat::TupleStruct(it) => of(&it.path),
        syn::Pat::Struct(it) => of(&it.path),
        syn::Pat::Path(it) => of(&it.path),
        syn::Pat::Or(it) => it.cases.iter().flat_map(enum_of).collect(),
        syn::Pat::Paren(it) => enum_of(&it.pat),
        syn::Pat::Reference(it) => enum_of(&it.pat),
        syn::Pat::Guard(it) => enum_of(&it.pat),
        syn::Pat::Ident(it) => {
            it.subpat.as_ref().map(|(_, pattern)| enum_of(pattern)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn is_wild(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(it) => {
            it.subpat.is_none()
                && it.ident.to_string().starts_with(|c: char| c.is_lowercase() || c == '_')
        }
        syn::Pat::Paren(it) => is_wild(&it.pat),
        _ => false,
    }
}
