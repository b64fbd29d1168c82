//! Checks the documents: the README's tour is run as it is written, and each single change of
//! `docs/changes.md` has its case.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use autogen_dialect::Dialect;
use autogen_tests::case::{Case, Spec};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The fenced blocks of a text: language and body.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some((_, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn the_tour_works() {
    let folder = autogen_tests::services::folder();
    std::fs::create_dir_all(&folder).expect("a folder under target");
    let project = tempfile::TempDir::new_in(folder).expect("a temporary folder");
    std::fs::create_dir_all(project.path().join("src")).expect("src");
    let manifest =
        "[package]\nname = \"tour\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    std::fs::write(project.path().join("Cargo.toml"), manifest).expect("Cargo.toml");
    let path = std::env::var("PATH").unwrap_or_default();
    let command = autogen_tests::program("autogen");
    let path = format!("{}:{path}", command.parent().expect("its folder").display());
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let (mut files, mut scripts) = (0, 0);
    let mut printed = String::new();
    for (language, body) in blocks(&readme) {
        match language.as_str() {
            "rust" => {
                let first = body.lines().next().unwrap_or_default();
                let file = first.strip_prefix("// file: ").expect("a block that names its file");
                std::fs::write(project.path().join(file), &body).expect("a source file");
                files += 1;
            }
            "sh" => {
                let output = Command::new("sh")
                    .args(["-e", "-c", &body])
                    .current_dir(project.path())
                    .env("PATH", &path)
                    .env_remove("DATABASE_URL")
                    .output()
                    .expect("sh");
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{body}\n{text}\n{errors}");
                printed.push_str(&text);
                scripts += 1;
            }
            other => panic!("nobody runs blocks of `{other}`"),
        }
    }
    assert_eq!((files, scripts), (2, 3), "the tour's blocks");
    for words in ["CREATE TABLE \"users\"", "rename column users.name to full_name", "undid "] {
        assert!(printed.contains(words), "{words} is missing in\n{printed}");
    }
}

/// Every code of what is left alone is on the page about it.
#[test]
fn what_is_left_alone_is_listed() {
    let page = std::fs::read_to_string(root().join("docs/left-alone.md")).expect("a page");
    let mut missing = Vec::new();
    let mut open = vec![root().join("crates/live/src/introspect")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text");
            let codes = text.split('"').filter(|it| it.starts_with("U0") && it.len() == 5);
            missing.extend(codes.filter(|code| !page.contains(*code)).map(str::to_owned));
        }
    }
    assert!(missing.is_empty(), "not in docs/left-alone.md: {missing:?}");
}

/// The rows of the tables of `docs/changes.md`: databases, mark, case folders.
fn listed_changes() -> Vec<(String, Vec<String>, String, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("docs/changes.md")).expect("docs/changes.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.contains("../fixtures/cases/")) {
        let cells: [String; 4] = cells(&line.replace("| |", "|  |"))
            .try_into()
            .unwrap_or_else(|_| panic!("four columns: {line}"));
        let [change, databases, mark, cases] = cells;
        let databases = databases.split(", ").map(str::to_lowercase);
        let databases = databases.map(|name| name.replace("postgresql", "postgres")).collect();
        let folder = |link: &str| {
            let (name, target) = link.trim_matches(['[', ')']).split_once("](").expect("a link");
            assert_eq!(target, format!("../fixtures/cases/{name}"), "{change}");
            name.to_owned()
        };
        let cases = cases.split(", ").map(folder).collect();
        found.push((change.clone(), databases, mark, cases));
    }
    found
}

#[test]
fn every_single_change_has_its_case() {
    let cases: BTreeMap<String, Spec> =
        Case::all().into_iter().map(|case| (case.name, case.spec)).collect();
    let changes = listed_changes();
    assert!(changes.len() > 180, "{} changes", changes.len());
    for (change, databases, mark, folders) in changes {
        let specs: Vec<&Spec> = folders
            .iter()
            .map(|name| cases.get(name).unwrap_or_else(|| panic!("{change}: no case {name}")))
            .collect();
        let holds = |spec: &Spec, database: &String| {
            let refused = spec.refused.get(database);
            spec.dialects.contains(database)
                && match mark.as_str() {
                    "none" => refused.is_none() && spec.unchanged.contains(database),
                    "rows" => refused.is_none() && spec.fails.contains(database),
                    "" => refused.is_none(),
                    code => refused.is_some_and(|it| it == code),
                }
        };
        let holding = Dialect::ALL.into_iter().map(|dialect| dialect.name().to_owned());
        let holding: Vec<String> =
            holding.filter(|name| specs.iter().any(|spec| holds(spec, name))).collect();
        assert_eq!(databases, holding, "{change}");
    }
}
