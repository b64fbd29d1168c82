//! Pages about running migrations: waiting, stopping, mending.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0518",
        "a revision is there, and was replaced",
        "A revision says by `-- replaces:` that it stands for others, and the file of one of these is there as well: usually a merge brought it back. Delete it, or squash again.",
    ),
    (
        "A0519",
        "a database in the middle of what was squashed",
        "One revision took the place of several, of which the database has some and lacks some. Check out the commit before the squash, run `autogen upgrade` there, and come back: a database that has them all goes on by itself.",
    ),
    (
        "A0520",
        "something comes after the middle of a range",
        "`squash` replaces revisions by one that keeps the number of the last; a branch that begins in the middle would lose its parent. Squash up to where the branches part, or behind it.",
    ),
    (
        "A0521",
        "what was written again does not lead to the same schema",
        "`squash` and `rebase` run what they write on a database of its own before they write it. The plan above the message says what is missing. Nothing was written.",
    ),
    (
        "A0522",
        "a revision can't be moved like this",
        "`autogen rebase REV` moves a head, and all before it that the other head lacks, on top of the other head. Where there are several others, --onto names one; where something else comes after a revision that would move, move that first, or `merge`.",
    ),
    (
        "A0631",
        "the models change what was changed by hand",
        "The database is not what its revision says: somebody changed it by hand, and the models change the same thing. `autogen diff --adopt` writes what was done by hand into a revision of its own, which this database only records; then `autogen diff` writes what the models change beyond it. Or take the change by hand back.",
    ),
    (
        "A0632",
        "nothing to adopt from",
        "`--adopt` writes down what was changed in a database by hand: it takes a database that is at the head of the migrations, and their schema.json, which says what should be there.",
    ),
    (
        "A0671",
        "a table would go, and not everything was read",
        "No model that was read names a table, and somewhere in the sources stands what could not be read: a macro of another crate, an attribute macro, an entity in the body of a function, one under a condition that nobody can know, a file that is made when the program is compiled, a derive or attribute that nobody knows. Or its model was read, and is outside of `models`. The model of the table may stand there, so it is not dropped. A snapshot of models holds what was not read of them, and counts as they do; `--drop` is for models themselves.\n\nFour ways out: `--compiled` lets the compiler read the models, which sees whatever derives Autogen; `--drop TABLE` says that the table goes; `exclude = [\"TABLE\"]` in autogen.toml keeps it out of every comparison; a model with `#[autogen(skip)]` names it and leaves it alone. Or write what is listed in a form that is read: `macro_rules!` of the project are expanded, `include!` of a file, `cfg_if!` and `automod::dir!` are followed.",
    ),
    (
        "A0672",
        "`--drop` names nothing that could be dropped",
        "A comparison with models leaves alone what only the database has and no model ever named, neither now nor in schema.json. `--drop NAME` drops such a table or enum; `*` in it fits anything. A table that a model names, one that a model skips, and one that `exclude` keeps out are not among them. Between two databases every table counts, and `--drop` says nothing.",
    ),
    (
        "A0673",
        "a file that can't be read as text",
        "What was named is no regular file (a device, a pipe, a folder), larger than 64 MiB, or not UTF-8. Configurations, snapshots and .sql files are files of text.",
    ),
    (
        "A0523",
        "the database has what would move",
        "A revision that moves gets another parent, and maybe another number: a database that has it already would not know it any more. Take it back by `downgrade`, rebase, and run `upgrade`. Revisions that others have already are joined by `merge`, which changes none of them.",
    ),
    (
        "A0527",
        "the database differs from the models",
        "An application asked, by `sea_autogen::check`, whether its database is what its models expect, and it is not. The message holds what leads from the one to the other: a migration that was not run, or was never written. `autogen check` tells which. `sea_autogen::report` gives the same words without making an error of them.",
    ),
    (
        "A0641",
        "no project here",
        "A command that works on migrations looks for autogen.toml in the folder where it runs, then in each folder above, as cargo looks for Cargo.toml; the paths in it are relative to its folder. There is none, no `migrations` folder, and no flag names one. Nothing was made. A command that only looks at models says the same where there are none. `autogen init` begins a project.",
    ),
    (
        "A0642",
        "no folder of migrations, or none in it",
        "The folder that autogen.toml or --migrations names is not there, such as in a container that was built without it. That is not taken for a project without migrations: nothing was run. git keeps no empty folders, so a new project may lack it until `autogen diff` writes the first migration. A folder that has only schema.json, which is that of a migration, lacks its migrations: bring them back from version control.",
    ),
    (
        "A0524",
        "a line of a migration file says nothing",
        "The header is the comments before the first statement; each of its keys (revision, parents, dialect, labels, depends, replaces, message, before, after) stands there once. Directives stand between statements, on a line of their own: `-- autogen: transaction`, `no-transaction`, `foreign-keys-off`, `irreversible`, `carriage-returns`, `probe CODE QUERY`, `adopted TABLES FINGERPRINT`, `unread WHAT` (in what `inspect models --format sql` writes), `begin other-runners` and `end other-runners`. In a literal, a name or a body they are text. A query that holds control characters is written as a JSON string. A comment that only looks like a directive (`--autogen:`, `-- Autogen:`, `# autogen:`) is an error, and so is a directive behind something else on its line, and a quote or comment that is never closed.",
    ),
    (
        "A0525",
        "the line ends of a migration file were changed",
        "Statements of this file hold carriage returns, in a literal or in the body of a routine, and git, or an editor, made other line ends of them. Run like this, the database would hold another text than the one that was reviewed. Put `*.sql -text` into the .gitattributes of the folder, and check the file out again. In other files CRLF at the end of every line is read as LF, and checksums do not count it.",
    ),
    (
        "A0526",
        "COPY from or to the client",
        "`COPY .. FROM STDIN` waits for rows that come over the connection, and a migration has none to send: it would wait for ever, with its locks. Write INSERT, or COPY from a file or a program of the server. `pg_dump --inserts` writes INSERT; `pg_dump --schema-only` leaves the rows out.",
    ),
    (
        "A0528",
        "a line for the database's shell",
        "A line that begins with a backslash, such as `\\connect`, `\\copy` or `\\!`, is no SQL: psql reads it itself, and no server knows it. `\\restrict` and `\\unrestrict`, which pg_dump writes, are passed over; take any other out of the file.",
    ),
    (
        "A0663",
        "a statement reaches beyond the database that it is tried on",
        "`sql:FILE`, `verify`, `merge`, `rebase` and `squash` run SQL on a database of their own, which is dropped again. What belongs to the whole server would stay, or go: roles and users and who is a member of them, other databases, tablespaces, ALTER SYSTEM and SET GLOBAL, rights on *.*, files and programs of the server, and on MySQL what is named with another database. Such statements are refused by their first words, before anything of the file runs. `upgrade` runs them: a migration that needs them is tried by hand, on a server of its own.",
    ),
    (
        "A0322",
        "waited too long for a lock",
        "Somebody holds a lock on what the statement changes, usually a transaction that was left open; the message lists the oldest ones. The statement waits in short turns, so that the queries of others, which would have to queue behind it, get through in between. Nothing of it happened. End the transaction that is in the way, or allow more by --lock-timeout or `lock_timeout` in autogen.toml, and run `autogen upgrade` again.",
    ),
    (
        "A0323",
        "a statement took too long",
        "It ran longer than --statement-timeout, or `statement_timeout` in autogen.toml, allows, and was cancelled on the server. Nothing of it happened; an index that was built concurrently is left invalid, and the next `autogen upgrade` drops it and builds it again.",
    ),
    (
        "A0324",
        "stopped",
        "Ctrl-C, or the signal to end. The statement under way was cancelled on the server, its transaction rolled back, and the lock given back; what was finished before is recorded. `autogen upgrade` goes on from there. The exit code is 130. A second signal ends the process at once, which does no harm either. `verify`, `merge`, `rebase` and `squash` write nothing then, and drop the database that they worked on; after a second signal one may be left, whose name begins with autogen_scratch_.",
    ),
    (
        "A0325",
        "behind a transaction pooler",
        "PgBouncer in transaction mode, and its like, give each transaction whatever session of the server is free. A lock that a session holds means nothing there, and what is set in one session leaks to others. Connect to the server itself, or by a pool in session mode.",
    ),
    (
        "A0326",
        "nobody can tell whether a statement ran",
        "The process ended while a statement ran of which the catalog does not tell whether it happened: one that the server takes in no transaction, such as CREATE DATABASE; on MySQL and MariaDB also CALL, LOAD DATA, EXCHANGE PARTITION, an update of a table whose engine knows no transactions, and two tables alike that change places. Look yourself, then say so: `autogen repair REV --done` if it happened, `--not-done` if it did not. `autogen upgrade` goes on from there.",
    ),
    (
        "A0327",
        "no room is left",
        "The disk of the database is full, or the database may not grow any more. What was under way is undone. Make room, and run it again.",
    ),
    (
        "A0328",
        "the connection was lost",
        "The server ended the session, or the network did. What stood in a transaction is undone. Run it again: where a statement's fate is unknown, the catalog is asked, and it goes on where it stopped.",
    ),
    (
        "A0329",
        "a revision is not in the history",
        "Only what the database's history has can be repaired. `autogen status` lists it.",
    ),
    (
        "A0330",
        "nothing to repair like this",
        "The revision is in another state than this repair is for. `autogen status` says how each revision stands, and what can be done about it.",
    ),
    (
        "A0331",
        "too many instant changes of a table",
        "MySQL adds and drops columns at once by keeping old versions of the rows' layout: 64 of them up to 9.0, 255 since 9.1. Past that it refuses `ALGORITHM=INSTANT` until the table is rebuilt. Nothing was run. `ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE` builds it anew while everybody goes on: it takes as long as the table is large, and as much room once more, so choose the hour. Then run it again. `diff` notes it as well, where the database at hand is so; a role without the privilege PROCESS sees no numbers, and is told when the server refuses. A full-text index that is gone leaves a hidden column behind, on MariaDB as well, which keeps columns from coming and going at once until the table is rebuilt: it is in no catalog, so the server tells of it.",
    ),
];
