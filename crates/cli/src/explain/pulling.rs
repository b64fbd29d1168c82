//! Pages about writing models of a database.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0680",
        "a database without tables",
        "`autogen pull` writes a model of each table, and the database has none that autogen reads. Check the name of the database in the URL. On PostgreSQL the tables may be in another schema: list it in `schemas` of autogen.toml. `include` and `exclude` there leave tables out, and so do tables of other tools.",
    ),
    (
        "A0681",
        "a pattern that matches no table",
        "`--tables` takes the name of a table, with or without its schema; `*` matches any text and `?` one character. No table of the database matches this pattern. `autogen inspect` lists the tables. Quote the pattern, so that the shell does not replace it.",
    ),
    (
        "A0682",
        "files that a pull would change",
        "`autogen pull` writes new files, and never replaces a file that differs: it may be edited by hand. Nothing was written. Commit your changes, then pass --force; `git diff` shows what the database has otherwise. Or write into another folder by --out, and compare the two. Only `mod.rs`, `prelude.rs` and the line `sql` in autogen.toml are extended without --force.",
    ),
];
