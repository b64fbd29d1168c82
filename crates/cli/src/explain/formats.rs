//! Pages about the formats of migrations: SeaORM's, sqlx's, and files of SQL.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0651",
        "no crate of SeaORM migrations",
        "With `format = \"sea-orm\"`, `migrations` names a crate of SeaORM migrations, or its folder that contains the file with `impl MigratorTrait`. Exactly one such file must exist, because new migrations are listed there. `sea-orm-cli migrate init` creates such a crate; `autogen init` finds an existing one.",
    ),
    (
        "A0652",
        "a migration is listed twice",
        "SeaORM identifies migrations by name and runs each once. Two entries with one name often remain after a merge. Remove one of them.",
    ),
    (
        "A0653",
        "the migrator can't be read",
        "The file with `impl MigratorTrait` is not valid Rust. Often it contains the marks of a merge conflict: both sides add a line to the list. Usually both lines stay, theirs first.",
    ),
    (
        "A0654",
        "a list that autogen can't extend",
        "autogen adds one line for each new migration to `fn migrations()`, and changes nothing else in the file. This requires that the migrations are in one `vec![..]` there. The entries may be any expressions; one without a recognizable name is omitted from `history` and `current`.",
    ),
    (
        "A0655",
        "not available for SeaORM's migrations",
        "SeaORM's migrations are programs with a history of their own, `seaql_migrations`, which autogen only reads. `upgrade` and `downgrade` run them. `stamp`, `verify` and `--sql` are only for migrations in SQL.",
    ),
    (
        "A0656",
        "the project's migrator failed",
        "`autogen upgrade` and `downgrade` run the crate by `cargo run`, as `sea-orm-cli migrate` does. The output of the compiler or of the migration is above the error. Migrations that succeeded are recorded in SeaORM's history and are kept. If the database has transactional DDL, each migration that autogen wrote runs in one transaction. Otherwise it checks which of its steps are done, and continues when you run it again.",
    ),
    (
        "A0657",
        "a change that needs several transactions",
        "sqlx runs each migration in one transaction. autogen therefore splits a plan into several migrations, each with its own way down. This change can't be split that way. Write it with `--layout autogen`, for autogen's own runner, or make the change in two steps.",
    ),
    (
        "A0658",
        "the schema after the migrations is unknown",
        "SeaORM's migrations are programs, so their result is visible only in a database that has all of them. Set DATABASE_URL to one, run `autogen upgrade` (or `cargo run -- up`), then `autogen merge`, which writes `schema.json` from it. For a database at the last migration, `autogen init` does the same.",
    ),
    (
        "A0659",
        "migrations with unknown names",
        "Some entries of the migrator's list are expressions, or come from another crate, so their names cannot be determined from the source. SeaORM counts these entries when it goes back by a number. Run the crate yourself: `cargo run -- down -n N`.",
    ),
    (
        "A0660",
        "a statement of an SQL file fails",
        "The source `sql:FILE` runs the file on an empty scratch database and reads the result. For SQLite that database is in memory; otherwise it is on the server of DATABASE_URL, and dropped afterwards. The server refused the statement at the given line, for the given reason. Correct the file.",
    ),
    (
        "A0662",
        "a change that SeaORM can't check for",
        "`--adopt` writes a change that was made by hand into a migration that runs on every database, including those that have the change. So each statement first checks whether its change is made. SeaORM can check only for tables, columns and indexes, by name. Write other changes, and rebuilds of SQLite tables, by hand.",
    ),
    (
        "A0661",
        "`||` in MySQL",
        "In MySQL and MariaDB, `||` means OR, unless the session's sql_mode has PIPES_AS_CONCAT. Sessions of SeaORM and sqlx have it, so under their runners a check or a view would silently change its meaning. Write OR or concat() in the model or the `.sql` file.",
    ),
];
