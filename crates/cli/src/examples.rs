//! Examples of each command, for the end of its `--help`.

/// A command, and its examples: each with what it is for.
pub(crate) const EXAMPLES: [(&str, &[(&str, &str)]); 25] = [
    (
        "init",
        &[
            ("autogen init", "begin here; an existing crate of SeaORM migrations is found"),
            ("autogen init --from-database", "with models of a database that exists already"),
        ],
    ),
    (
        "pull",
        &[
            ("autogen pull", "write models of all tables"),
            ("autogen pull --tables 'shop_*' --out src/shop", "of some tables, elsewhere"),
            ("autogen pull --check", "whether the database and the files still agree, for CI"),
        ],
    ),
    (
        "diff",
        &[
            ("autogen diff", "write a migration from what changed in the models"),
            ("autogen diff --dry-run", "print the plan and write nothing"),
            ("autogen diff -m \"add users\" --rename users.name=full_name", "decide a rename"),
            ("autogen diff --fill users.email=lower(name)", "give a required column its values"),
            ("autogen diff --from git:main --to models --format sql", "what a branch changes"),
            ("autogen diff --from migrations --exit-code", "without a database, for CI"),
        ],
    ),
    (
        "revision",
        &[("autogen revision -m \"normalize phone numbers\"", "then fill it: `autogen edit`")],
    ),
    (
        "edit",
        &[
            ("autogen edit", "the head's way up"),
            ("autogen edit 20261122 --down", "a way down, by the first digits of its revision"),
        ],
    ),
    ("remove", &[("autogen remove", "delete a migration that no database has run")]),
    ("merge", &[("autogen merge", "after `git merge`, if both branches added migrations")]),
    (
        "rebase",
        &[("autogen rebase 20261122", "put this branch after the other head, instead of a merge")],
    ),
    (
        "squash",
        &[
            ("autogen squash -m \"first release\"", "one revision instead of all"),
            ("autogen squash 20261101:20261130", "of a range"),
        ],
    ),
    (
        "upgrade",
        &[
            ("autogen upgrade", "to the head"),
            ("autogen upgrade +1", "one step"),
            ("autogen upgrade 20261122 --lock-timeout 5s", "to a revision, with a limit"),
            ("autogen upgrade current:head --sql", "the script of what the database lacks"),
        ],
    ),
    (
        "downgrade",
        &[
            ("autogen downgrade", "the last revision"),
            ("autogen downgrade -2 --yes", "two of them, also if rows are lost"),
            ("autogen downgrade 20261122", "back to a revision"),
            ("autogen downgrade base --sql", "the script of the whole way"),
        ],
    ),
    (
        "stamp",
        &[
            ("autogen stamp head", "the database has all of them already"),
            ("autogen stamp --baseline", "begin with the schema that the database has"),
            ("autogen stamp --purge base", "forget the history"),
        ],
    ),
    (
        "repair",
        &[
            ("autogen repair 20261122 --not-done", "the statement at which it stopped did not run"),
            ("autogen repair 20261122 --accept-checksum", "only the file's comments changed"),
            ("autogen repair --drop-invalid-indexes", "after an interrupted CREATE INDEX"),
        ],
    ),
    ("status", &[("autogen status", "what is applied, pending or interrupted")]),
    ("check", &[("autogen check", "in CI: exits 1 if a migration is missing or not applied")]),
    (
        "current",
        &[
            ("autogen current", "the newest applied revisions"),
            ("autogen current --check-heads", "exit 1 unless they are the heads"),
        ],
    ),
    (
        "history",
        &[
            ("autogen history -i", "with a mark at what the database has"),
            ("autogen history -r current:head", "what it lacks"),
        ],
    ),
    ("heads", &[("autogen heads --verbose", "with parents, labels and messages")]),
    ("branches", &[("autogen branches", "where the history forks")]),
    (
        "show",
        &[
            ("autogen show", "the newest migration"),
            ("autogen show 20261122 --down", "another one, with its way down"),
        ],
    ),
    (
        "inspect",
        &[
            ("autogen inspect", "the database"),
            ("autogen inspect models --format sql", "the models, as CREATE TABLE statements"),
            ("autogen inspect git:v1.0 --format json", "the models of an earlier commit"),
        ],
    ),
    ("verify", &[("autogen verify", "in CI, with a server that may create a database")]),
    (
        "snapshot",
        &[
            ("autogen snapshot -o before.json", "keep the models' schema"),
            ("autogen snapshot migrations", "the schema after the last migration"),
        ],
    ),
    (
        "explain",
        &[
            ("autogen explain DL102", "what a hazard or an error means, and what to do"),
            ("autogen explain", "all codes"),
        ],
    ),
    ("caps", &[("autogen caps", "what each server version can do online")]),
];

/// The examples of a command, as the end of its help.
pub(crate) fn of(command: &str) -> String {
    let found = EXAMPLES.iter().find(|(name, _)| *name == command);
    let lines = found.into_iter().flat_map(|(_, examples)| examples.iter());
    let lines = lines.map(|(line, purpose)| format!("  {line}\n      {purpose}\n"));
    format!("Examples:\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage;

    /// The words of a line, as a shell gives them.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split('"').enumerate();
        let words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        words.collect()
    }

    #[test]
    fn examples_are_valid() {
        for (name, examples) in EXAMPLES {
            for (line, _) in examples {
                let words = words(line);
                assert_eq!(words.get(1).map(String::as_str), Some(name));
                let read = usage::read(&words);
                assert!(read.is_ok(), "{line}: {:?}", read.err());
            }
        }
    }
}
