//! Help texts as golden files, the version, and the pages of all codes.
//!
//! `UPDATE_GOLDEN=1` writes the files anew.

use std::collections::BTreeSet;

use crate::project::{Project, root};

const COMMANDS: [&str; 26] = [
    "",
    "init",
    "diff",
    "revision",
    "merge",
    "rebase",
    "squash",
    "verify",
    "edit",
    "remove",
    "upgrade",
    "downgrade",
    "current",
    "history",
    "heads",
    "branches",
    "show",
    "stamp",
    "status",
    "repair",
    "check",
    "inspect",
    "pull",
    "snapshot",
    "explain",
    "caps",
];

#[test]
fn help_texts() {
    let project = Project::empty();
    let folder = root().join("tests/cli/golden");
    for command in COMMANDS {
        let arguments: Vec<&str> =
            [command, "--help"].into_iter().filter(|it| !it.is_empty()).collect();
        let ran = project.run(&arguments).ok();
        assert_eq!(ran.err, "");
        let name = if command.is_empty() { "autogen" } else { command };
        let path = folder.join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &ran.out).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(ran.out, expected, "{name}.txt differs: read it, then UPDATE_GOLDEN=1");
        for line in expected.lines() {
            assert!(!line.contains("[env: DATABASE_URL="), "a secret could show: {line}");
        }
    }
    let listed = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(listed, COMMANDS.len(), "a golden file of no command");
}

/// `-h` fits on a screen, and names the way to the rest.
#[test]
fn short_help() {
    let project = Project::empty();
    for command in COMMANDS {
        let arguments: Vec<&str> =
            [command, "-h"].into_iter().filter(|it| !it.is_empty()).collect();
        let short = project.run(&arguments).ok().out;
        assert!(short.lines().count() < 50, "{short}");
        assert!(short.lines().all(|line| line.len() <= 100), "{short}");
        assert!(short.contains("see more with '--help'"), "{short}");
        assert!(!short.contains("Examples:"), "{short}");
        let long = project.run(&[command, "--help"][usize::from(command.is_empty())..]).ok().out;
        assert_eq!(long.contains("Examples:"), !command.is_empty(), "{long}");
    }
}

#[test]
fn every_command_has_its_help_here() {
    let help = Project::empty().run(&["--help"]).ok().out;
    let (commands, _) = help.split_once("Global options:").expect("the options come last");
    let found: BTreeSet<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    let mut expected: BTreeSet<&str> = COMMANDS.into_iter().filter(|it| !it.is_empty()).collect();
    expected.insert("help");
    assert_eq!(found, expected);
}

#[test]
fn the_version() {
    let ran = Project::empty().run(&["--version"]).ok();
    assert_eq!(ran.out, format!("autogen {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(ran.err, "");
}

#[test]
fn wrong_usage() {
    let project = Project::empty();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["diff", "--frobnicate"],
        &["diff", "--format", "xml"],
        &["inspect", "a", "b"],
        &["upgrade", "--quiet", "--verbose"],
    ] {
        let ran = project.run(arguments).exits(2);
        assert_eq!(ran.out, "", "{arguments:?}");
        let told = ran.err.contains("Usage: autogen") || ran.err.contains("try '--help'");
        assert!(told, "{arguments:?}: {}", ran.err);
    }
}

/// Without a code, all are listed.
#[test]
fn all_codes_are_listed() {
    let ran = Project::empty().run(&["explain"]).ok();
    let listed: BTreeSet<&str> =
        ran.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let missing: Vec<String> =
        codes().into_iter().filter(|code| !listed.contains(code.as_str())).collect();
    assert!(missing.is_empty() && listed.len() == ran.out.lines().count(), "{missing:?}");
}

/// `-q` leaves the results, `-v` adds the statements.
#[test]
fn how_much_is_told() {
    let project = Project::with_models(autogen_dialect::Dialect::Sqlite, crate::models::BLOG);
    project.run(&["diff", "-m", "first"]).ok();
    let verbose = project.run(&["upgrade", "-v"]).ok();
    verbose.tells("\"email\" varchar NOT NULL").shows("applied");
    project.run(&["downgrade"]).ok();
    let quiet = project.run(&["upgrade", "-q"]).ok();
    assert_eq!(quiet.err, "");
    let _ = quiet.shows("applied");
    let red = project.run(&["upgrade", "nothing", "--color", "always"]).exits(2);
    assert!(red.err.contains("\u{1b}["), "{}", red.err);
}

/// Whether a text is a code: one to three capitals and three or four digits.
fn is_code(text: &str) -> bool {
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let digits = &text[letters..];
    (1..=2).contains(&letters)
        && (3..=4).contains(&digits.len())
        && digits.bytes().all(|it| it.is_ascii_digit())
}

/// Every code that a string literal of our crates holds.
fn codes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root().join("crates")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                found.extend(text.split('"').filter(|it| is_code(it)).map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_code_has_a_page() {
    let project = Project::empty();
    let codes = codes();
    for family in ["A01", "A03", "A04", "A05", "A06", "D01", "DL", "U01"] {
        assert!(codes.iter().any(|it| it.starts_with(family)), "no code {family} was found");
    }
    let mut without = Vec::new();
    for code in &codes {
        let ran = project.run(&["explain", code]);
        let mut lines = ran.out.lines();
        let title = lines.next().and_then(|it| it.strip_prefix(&format!("{code}: ")));
        let page = lines.any(|it| !it.is_empty());
        if ran.code != 0 || title.is_none_or(str::is_empty) || !page {
            without.push(code);
        }
    }
    assert!(without.is_empty(), "codes without a page: {without:?}");
    let small = project.run(&["explain", "a0101"]).ok();
    assert_eq!(small, project.run(&["explain", "A0101"]).ok());
    project.run(&["explain", "A9999"]).fails(2, "A0610", "A9999");
}

#[test]
fn what_versions_can_do() {
    let project = Project::empty();
    let text = project.run(&["caps"]).ok().out;
    let all = |word: &str| -> String {
        text.lines().find(|line| line.starts_with(word)).unwrap_or_default().to_owned()
    };
    assert_eq!(all("NULLS NOT DISTINCT").split_whitespace().filter(|it| *it == "no").count(), 3);
    let heads = all("                          mysql");
    assert!(heads.contains("mysql 8.0.16") && heads.contains("mariadb 10.11"), "{text}");
    let json = project.run(&["caps", "--format", "json"]).ok().out;
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    let found = all.as_array().unwrap().iter().find(|it| it["version"] == "8.0.29").unwrap();
    let eighteen = all.as_array().unwrap().iter().find(|it| it["version"] == "18").unwrap();
    assert_eq!((&eighteen["virtual_columns"], &eighteen["since"]), (&true.into(), &180_000.into()));
    assert_eq!((&found["instant_drop_column"], &found["row_versions"]), (&true.into(), &64.into()));
}
