//! Pages about the formats of migrations: SeaORM's, sqlx's, and files of SQL.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0651",
        "no crate of SeaORM migrations",
        "With `format = \"sea-orm\"`, `migrations` names a crate of migrations, or the folder in it with the file that has `impl MigratorTrait`. There must be exactly one such file, since new migrations are listed there. `sea-orm-cli migrate init` makes a crate; `autogen init` finds one that is there.",
    ),
    (
        "A0652",
        "a migration is listed twice",
        "SeaORM goes by names, and runs each of them once. Two entries with one name are often what is left of a merge: take one out.",
    ),
    (
        "A0653",
        "the migrator can't be read",
        "The file with `impl MigratorTrait` is no Rust that can be parsed; the compiler says the same. Markers of a merge conflict are a common reason: both sides add a line to the list, and usually both stay, theirs first.",
    ),
    (
        "A0654",
        "a list that can't be added to",
        "autogen adds to `fn migrations()` one line for each new migration, and changes nothing else in the file. For that the migrations must stand in one `vec![..]` there. Entries may be any expressions; one whose name can't be told is left out of `history` and `current`.",
    ),
    (
        "A0655",
        "nothing for SeaORM's migrations",
        "SeaORM's migrations are programs with a history of their own, `seaql_migrations`, which autogen only reads. `upgrade` and `downgrade` run them; `stamp`, `verify` and scripts by `--sql` are for migrations in SQL.",
    ),
    (
        "A0656",
        "the project's migrator failed",
        "`autogen upgrade` and `downgrade` run the crate by `cargo run`, as `sea-orm-cli migrate` does. What the compiler or the migration said stands above the error. Migrations that ended well are noted in SeaORM's history and stay. Each that autogen wrote runs in one transaction where the database has those; elsewhere it looks for what it did already, and goes on when it is run again.",
    ),
    (
        "A0657",
        "a change that needs several transactions",
        "sqlx runs each migration in one transaction. A plan is divided into several migrations for it, each with its own way back; this change can't be divided so. Write it with `--layout autogen`, for autogen's own runner, or make the change in two steps.",
    ),
    (
        "A0658",
        "it is not known what the migrations lead to",
        "SeaORM's migrations are programs: what they make can only be seen in a database that has them all. Let DATABASE_URL name one, run `autogen upgrade` (or `cargo run -- up`), then `autogen merge` writes `schema.json` from it. `autogen init` does the same for a database that is at the last migration already.",
    ),
    (
        "A0659",
        "migrations whose names are not known",
        "The migrator's list has entries that are made by an expression, or come from another crate, so their names can't be determined from the source. SeaORM goes back by numbers, in which they count. Run the crate yourself: `cargo run -- down -n N`.",
    ),
    (
        "A0660",
        "a statement of an SQL file fails",
        "The source `sql:FILE` runs the file on an empty database of its own (in memory for SQLite, else beside the one in DATABASE_URL, dropped again), and reads what it made. The server refused the statement in the line that is named, for the reason that it gives.",
    ),
    (
        "A0662",
        "what SeaORM can't look for",
        "What was changed by hand is taken into a migration that runs everywhere, also where it is so already; so each statement asks first, and SeaORM can ask for tables, columns and indexes by their names. Other changes, and tables of SQLite that would be made anew, have to be written by hand.",
    ),
    (
        "A0661",
        "`||` in MySQL",
        "In MySQL and MariaDB `||` is an OR, unless the session says PIPES_AS_CONCAT, as those of SeaORM and sqlx do: a check or a view would silently become another under their runners. Write OR, or concat(), in the model or the `.sql` file.",
    ),
];
