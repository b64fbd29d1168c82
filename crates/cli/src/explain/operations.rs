//! Pages about running migrations: waiting, stopping, repairing.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0518",
        "a replaced revision exists",
        "A revision replaces others (`-- replaces:`), but the file of one of these exists as well. Usually a merge brought it back. Delete it, or squash again.",
    ),
    (
        "A0519",
        "a database in the middle of squashed revisions",
        "One revision replaced several, and the database has only some of these. Check out the commit before the squash, run `autogen upgrade` there, and return. A database that has all of them continues by itself.",
    ),
    (
        "A0520",
        "a branch begins inside the range",
        "`squash` replaces revisions by one with the number of the last. A branch that begins inside the range would lose its parent. Squash up to the revision where the branches begin, or start after it.",
    ),
    (
        "A0521",
        "the rewritten migrations give another schema",
        "`squash` and `rebase` run the rewritten migrations on a scratch database before they write them. The plan above the message shows the difference. Nothing was written.",
    ),
    (
        "A0522",
        "a revision that can't be moved",
        "`autogen rebase REV` moves a head, and all revisions before it that the other head lacks, onto the other head. If there are several other heads, name one with --onto. If another revision comes after one that would move, move that first, or `merge`.",
    ),
    (
        "A0631",
        "the models change something that was changed by hand",
        "The database differs from its revision: somebody changed it by hand, and the models change the same object, or what it is part of, or what its text uses, where the database would not update the text. Run `autogen diff --adopt`: it writes the manual change into a revision, which this database only records. Then `autogen diff` writes the rest. Or undo the manual change.",
    ),
    (
        "A0632",
        "nothing to adopt from",
        "`--adopt` writes a manual change of the database into a migration. It requires a database at the head of the migrations, and their schema.json, to compare with.",
    ),
    (
        "A0671",
        "a table would be dropped, and some sources were not read",
        "No model declares the table, but autogen could not read all sources, so its model may be in one of these: a macro of another crate, an attribute macro, an entity in the body of a function, code under a `cfg` with an unknown value, a file that the build generates, an unknown derive or attribute. Or the model was read, but is outside of `models`. A snapshot of models records what was not read of them, and is treated the same. In the body of a function, a call of an unknown macro counts only if its words mention entities (`sea_orm`, `table_name`, a derive).\n\nTo decide, do one of these:\n\n  - `--compiled`: the compiler reads the models, and finds everything that derives Autogen\n  - `--drop TABLE`: drop the table (only with models themselves)\n  - `exclude = [\"TABLE\"]` in autogen.toml: never compare the table\n  - a model with `#[autogen(skip)]`: the table is left alone\n  - write the listed place in a form that autogen reads: `macro_rules!` of the project, `include!` of a file, `cfg_if!`, `automod::dir!`",
    ),
    (
        "A0672",
        "`--drop` matches nothing",
        "When you compare with models, autogen leaves alone what only the database has and what no model ever named, now or in schema.json. `--drop NAME` drops such a table or enum; `*` in it matches any text. It does not apply to a table that a model names or skips, or that `exclude` lists. Between two databases every table is compared, and `--drop` has no effect.",
    ),
    (
        "A0673",
        "a file that can't be read as text",
        "The file is not a regular file (a device, a pipe, a folder), is larger than 64 MiB, or is not UTF-8. Configurations, snapshots and .sql files must be text files.",
    ),
    (
        "A0674",
        "a downgrade loses data",
        "Going back drops tables or columns, or deletes rows, and no later `upgrade` brings the values back. The message lists what is lost: the hazards in the files that would run, and the statements that drop or delete without one. On a terminal, `downgrade` asks. Elsewhere it needs `--yes`. A downgrade that loses nothing runs without either. `autogen show --down REV` prints the way down of a revision.\n\nWhether the tables have rows is not looked at, so that the answer is the same on every database.",
    ),
    (
        "A0675",
        "a downgrade was not confirmed",
        "The answer to the question was no, so nothing ran. Back up what is needed, or write a new revision that goes back and keeps the data.",
    ),
    (
        "A0523",
        "a database has a revision that would move",
        "A moved revision gets another parent, and perhaps another number, so a database that has it would not recognize it. Undo it by `downgrade`, rebase, and run `upgrade`. If other databases have the revisions, use `merge`, which changes none of them.",
    ),
    (
        "A0527",
        "the database differs from the models",
        "The application called `sea_autogen::check`, and the database differs from its models. The message lists the differences. Either a migration was not run, or it was never written: `autogen check` reports which. `sea_autogen::report` returns the same text without an error.",
    ),
    (
        "A0641",
        "no project here",
        "A command that works on migrations looks for autogen.toml in the current folder, then in each folder above. It found none, there is no `migrations` folder, and no flag names one. Nothing was created. A command that only reads models reports the same if there are none. `autogen init` starts a project.",
    ),
    (
        "A0643",
        "a migration that can't be removed",
        "`autogen remove` takes back the newest migration: its files, and its part of schema.json. It refuses one that the database has run, also in part (`autogen downgrade` undoes it; one whose first statement failed is removed from the history as well), one that another comes after, and one that joins branches. Ask every database that may have run it, since only the given one is asked. The former schema.json comes from version control, or from a run of the earlier migrations on a scratch database.",
    ),
    (
        "A0644",
        "the database does not accept the migration",
        "`autogen diff` on SQLite creates the present schema in memory, with its views and triggers and without rows, and runs the new migration there before it writes it. SQLite reads every view and trigger again when a table changes, and refuses a change that breaks one, for example a renamed column that a view shows through another view. Nothing was written. Change the view or trigger together with the table in the schema files; autogen then drops it before the change and creates it afterwards. A schema that can't be created in memory, for example one with a virtual table, is not tried.",
    ),
    (
        "A0691",
        "a baseline can't be written",
        "`autogen stamp --baseline` writes the schema that a database has as the first revision, and records it there without running it. There must be no migration yet, and no history in the database, and the database must have a table. A database that has the same tables, for example production, records the baseline at its `upgrade`; an empty one runs it. Tables that no model names are part of it, and stay unknown to it: no diff drops them.",
    ),
    (
        "A0332",
        "not the schema of the baseline",
        "The first revision is a baseline: the schema that another database had. This one has no history, and some of the tables, but they differ, so the revision can neither be recorded nor run. Nothing was changed. `autogen diff --from database --to migrations --dry-run` shows what differs. Correct the database by hand, or record the baseline by `autogen stamp REV`: the next `autogen diff` against this database then shows what is left.",
    ),
    (
        "A0642",
        "the migrations folder is missing, or holds no migration",
        "The folder that autogen.toml or --migrations names does not exist, for example because a container was built without it. autogen does not treat that as a project without migrations: nothing was run. git does not store empty folders, so a new project may lack it until `autogen diff` writes the first migration. A folder that holds only the schema.json of a migration lacks its files: bring them back from version control. A folder that holds other folders or a Cargo.toml and no migration is probably the wrong one, for example the parent of the right one. A folder within it that holds a migration it lacks is refused as well, since that would not be run; migrations that a squash replaced may be kept there.",
    ),
    (
        "A0529",
        "a migration file is empty",
        "The way up of a migration has no text at all, as after a copy that was cut off or a merge that went wrong. It would count as applied and change nothing. Restore the file from version control. A migration that changes nothing on purpose has a header, as `autogen revision` writes it.",
    ),
    (
        "A0524",
        "a line of a migration file can't be understood",
        "The header consists of the comments before the first statement. Each of its keys (revision, parents, dialect, labels, depends, replaces, message, before, after) appears once.\n\nDirectives are between statements, each on its own line: `-- autogen: transaction`, `no-transaction`, `foreign-keys-off`, `irreversible`, `carriage-returns`, `probe CODE QUERY`, `adopted TABLES FINGERPRINT`, `unread WHAT` (written by `inspect models --format sql`), `begin other-runners` and `end other-runners`. Inside a literal, a name or a body they are text. A query with control characters is written as a JSON string.\n\nThese are errors: a comment that only looks like a directive (`--autogen:`, `-- Autogen:`, `# autogen:`), a directive after other text on its line, and a quote or comment that is not closed.",
    ),
    (
        "A0525",
        "the line ends of a migration file were changed",
        "Statements of this file contain carriage returns, in a literal or in the body of a routine, and git or an editor changed the line ends. The database would store another text than the reviewed one. Add `*.sql -text` to the .gitattributes of the folder, and check the file out again. In other files, CRLF at line ends is read as LF, and checksums ignore the difference.",
    ),
    (
        "A0526",
        "COPY from or to the client",
        "`COPY .. FROM STDIN` waits for rows from the client, and a migration sends none: it would wait forever and hold its locks. Write INSERT, or COPY from a file or a program on the server. `pg_dump --inserts` writes INSERT; `pg_dump --schema-only` omits the rows.",
    ),
    (
        "A0528",
        "a psql command",
        "A line that begins with a backslash, such as `\\connect`, `\\copy` or `\\!`, is a psql command and not SQL. No server understands it. autogen skips `\\restrict` and `\\unrestrict`, which pg_dump writes. Remove all others from the file.",
    ),
    (
        "A0690",
        "built without this database",
        "An application takes the drivers that it names: `sea-autogen` has the features `postgres`, `mysql` (with MariaDB) and `sqlite`. The URL, or SeaORM's connection, is of a database whose feature is off. Turn it on in Cargo.toml, such as `sea-autogen = { version = \"0.1\", features = [\"postgres\", \"sqlite\"] }`. The command has all of them.",
    ),
    (
        "A0663",
        "a statement changes more than the scratch database",
        "`sql:FILE`, `verify`, `merge`, `rebase` and `squash` run SQL on a scratch database, which they drop. A change outside of it would remain: roles, users and their memberships, other databases, tablespaces, ALTER SYSTEM and SET GLOBAL, privileges on *.*, files and programs of the server, and on MySQL any object of another database. autogen recognizes such statements by their first words, and refuses them before anything of the file runs. `upgrade` does run them. Test such a migration by hand, on a separate server.",
    ),
    (
        "A0322",
        "waited too long for a lock",
        "Another session holds a lock on the object that the statement changes, usually an open transaction; the message lists the oldest ones. The statement waits in short turns, so that other queries can run in between. It made no change. End the blocking transaction, or wait longer by --lock-timeout or `lock_timeout` in autogen.toml. Then run `autogen upgrade` again.",
    ),
    (
        "A0323",
        "a statement took too long",
        "The statement ran longer than --statement-timeout, or `statement_timeout` in autogen.toml, allows. It was cancelled on the server, and made no change. An index that was being built concurrently remains invalid; the next `autogen upgrade` drops and rebuilds it. A query of autogen's own that is not answered in that time, such as a probe or a read of the catalog, ends likewise: the session is closed, and nothing has changed.",
    ),
    (
        "A0324",
        "stopped",
        "The command received Ctrl-C or a termination signal. The running statement was cancelled, its transaction was rolled back, and the lock was released. Finished steps are recorded, and `autogen upgrade` continues after them. The exit code is 130. A second signal ends the process at once, which is also safe. `verify`, `merge`, `rebase` and `squash` then write nothing and drop their scratch database. After a second signal one may remain; its name begins with autogen_scratch_.",
    ),
    (
        "A0325",
        "a transaction pooler",
        "PgBouncer in transaction mode, or a similar pooler, gives each transaction any free session of the server. Session locks do not work there, and session settings leak to others. Connect to the server directly, or through a pool in session mode.",
    ),
    (
        "A0326",
        "it cannot be determined whether a statement ran",
        "The process ended during a statement whose effect the catalog does not show. Examples are non-transactional statements such as CREATE DATABASE; on MySQL and MariaDB also CALL, LOAD DATA, EXCHANGE PARTITION, an update of a table without transactions, and a swap of two equal tables. Check the database yourself. Run `autogen repair REV --done` if the statement ran, `--not-done` if it did not. Then `autogen upgrade` continues.",
    ),
    (
        "A0327",
        "no space left",
        "The disk of the database is full, or the database has reached its maximum size. The running step was rolled back. Free some space, and run the command again.",
    ),
    (
        "A0328",
        "the connection was lost",
        "The server ended the session, or the network failed. Open transactions were rolled back. Run the command again: if the result of a statement is unknown, autogen asks the catalog, and continues from there.",
    ),
    (
        "A0329",
        "a revision is not in the history",
        "Only a revision in the database's history can be repaired. `autogen status` lists them.",
    ),
    (
        "A0330",
        "a repair that does not apply",
        "This repair is for a revision in another state. `autogen status` shows the state of each revision, and what to do.",
    ),
    (
        "A0331",
        "too many instant changes of a table",
        "MySQL adds and drops columns instantly by keeping old versions of the row layout: 64 up to 9.0, 255 since 9.1. After that it refuses `ALGORITHM=INSTANT` until the table is rebuilt. A full-text index that was dropped leaves a hidden column, on MariaDB too, which also prevents instant changes until a rebuild. Nothing was run.\n\n`ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE` rebuilds the table while it stays in use. It takes time and space in proportion to the table, so choose a quiet hour. Then run the migration again.\n\n`diff` reports this too, if the database is available and the role has the privilege PROCESS. The hidden column is in no catalog, so only the server's error reports it.",
    ),
];
