//! Pages for every code: those of the models, of hazards, and of all else.

mod formats;
mod left_alone;
mod operations;

/// The title and the page of a code.
pub(crate) fn page(code: &str) -> Option<(&'static str, &'static str)> {
    let listed = |list: &'static [(&str, &str, &str)]| list.iter().find(|(it, _, _)| *it == code);
    let hazard = autogen_lint::rules().iter().find(|rule| rule.code == code);
    listed(autogen_models::EXPLANATIONS)
        .or_else(|| listed(PAGES))
        .or_else(|| listed(formats::PAGES))
        .or_else(|| listed(left_alone::PAGES))
        .or_else(|| listed(operations::PAGES))
        .map(|(_, title, page)| (*title, *page))
        .or_else(|| hazard.map(|rule| (rule.title, rule.page)))
}

/// Code, title, page.
const PAGES: &[(&str, &str, &str)] = &[
    ("A0100", "the models can't be read", "The messages name each place with its own code."),
    (
        "A0301",
        "a database URL can't be read",
        "The URL is written like postgres://user:password@host/database or sqlite:path/to/file.db. Special characters in the password are percent-encoded: `@` is %40, `/` is %2F.",
    ),
    (
        "A0302",
        "a kind of database that is not supported",
        "This build speaks to PostgreSQL, MySQL, MariaDB and SQLite.",
    ),
    (
        "A0303",
        "no such database",
        "The server answers, but has no database of this name, or the SQLite file is not there. Only `autogen upgrade` creates an SQLite file; a PostgreSQL database is created by `createdb`, one of MySQL or MariaDB by `create database`.",
    ),
    (
        "A0304",
        "the server refuses the login",
        "User or password in the URL are wrong, or the server does not let this user in from here (PostgreSQL: pg_hba.conf; MySQL: the host behind the user's name).",
    ),
    (
        "A0305",
        "the server can't be reached",
        "Nothing answers at this host and port, or it does not answer in time.",
    ),
    (
        "A0306",
        "not an SQLite database",
        "The file exists, and SQLite can't read it: it is something else, or it is encrypted.",
    ),
    (
        "A0307",
        "the database is read-only",
        "A standby, a read-only file or folder. Reading commands work; connect to the primary to change something.",
    ),
    (
        "A0308",
        "the role may not do this",
        "The login works, but the role lacks a right. Reading needs none but to connect; changing a table needs its owner.",
    ),
    ("A0309", "no such schema", "A schema that autogen.toml lists is not in the database."),
    (
        "A0310",
        "no current schema",
        "The search_path of the role names no schema that exists, or begins with one of the server's own (`pg_catalog`), so that a table without a schema in its name has no home. On MySQL: the URL names no database.",
    ),
    ("A0311", "a query failed", "The server's words are in the message."),
    (
        "A0312",
        "the catalog makes no sense",
        "What the server says of itself can't be read. Please report it with the server's version.",
    ),
    (
        "A0313",
        "somebody else is migrating",
        "Another process holds the lock on this database. One deployer at a time runs migrations; the others wait for it, and find nothing left to do.",
    ),
    (
        "A0314",
        "the history is from a newer autogen",
        "Use the version that wrote it, or a newer one.",
    ),
    (
        "A0315",
        "a revision was changed after it was applied",
        "The checksum of its file is another one than when it ran. Bring the file back as it was, and put the change into a new revision.",
    ),
    (
        "A0316",
        "a statement failed",
        "The statement and the server's words are in the message. In a transaction, nothing of the group was kept; else the statements before it stay, and `autogen upgrade` goes on after them.",
    ),
    (
        "A0317",
        "rows would lose their parents",
        "After the migration, rows would reference rows that are not there. Nothing was changed. Repair or delete those rows first.",
    ),
    ("A0318", "a revision is not applied", "What was never applied can't be undone."),
    (
        "A0319",
        "a revision was left unfinished",
        "A process ended in the middle of it. `autogen upgrade` goes on where it stopped.",
    ),
    (
        "A0321",
        "no database to try on",
        "`verify` and `merge` run the migrations on an empty database, which they create beside the one that --database-url names, under a name that begins with autogen_scratch_, and drop again. The role may not create databases, or the server has no room.",
    ),
    (
        "A0320",
        "rows are in the way of a migration",
        "Before a migration runs, the queries after `-- autogen: probe` in its file are asked, each for one row that would make it fail or would lose something. One was found, and nothing was run. Correct the rows; where the loss is meant, delete that line from the file, so that the reviewer sees it.",
    ),
    (
        "A0401",
        "a change does not fit",
        "The plan contradicts itself. Please report it with both schemas.",
    ),
    (
        "A0402",
        "no conversion is known",
        "The values of one type can't be brought into the other without being told how. Say it on the field: #[autogen(using = \"..\")] takes an SQL expression over the columns of the table.",
    ),
    (
        "A0403",
        "changes wait for each other",
        "The changes can't be put into an order. Split them into two revisions, and report this.",
    ),
    (
        "A0404",
        "a rename fits nothing",
        "`--rename` takes the name that is there now, `=`, and the new name: table=new, table.column=new, type:name=new, type:name.value=new. A schema goes before the table, and may stand on the right as well: t=s1.t moves a table.",
    ),
    (
        "A0405",
        "a rebuild would lose something",
        "SQLite can make this change only by copying the table into a new one, and the table holds something that autogen can't write again, such as NOT NULL ON CONFLICT. `autogen inspect` names it. Take it out by hand first, or write the revision by hand.",
    ),
    (
        "A0406",
        "a statement can't be written into a migration file",
        "A file is read again before it is written: each statement must come back byte for byte. This one would not, since the reader would take its text apart in another way than the server does, such as a routine of MySQL whose blocks do not close. Take it out of the models or the .sql files, and write it by hand into an `autogen revision`.",
    ),
    (
        "A0410",
        "the schema can't exist",
        "The database would refuse this schema. The messages name each object.",
    ),
    (
        "A0411",
        "an unknown column is named",
        "A key, an index or a constraint names a column that its table does not have. Attributes take the names that the database knows, not those of Rust fields.",
    ),
    (
        "A0412",
        "a name is too long",
        "PostgreSQL keeps 63 bytes of a name and cuts off the rest without a word, so that two names can become one. Choose a shorter name.",
    ),
    ("A0413", "two columns of one name", "Two fields of a model mean the same column."),
    (
        "A0414",
        "a table that can't be changed",
        "A model declares a table, and the database has something under this name that can't be represented: a foreign table, a virtual table, a table that inherits. It is left alone; take the model out of the comparison with #[autogen(skip)].",
    ),
    (
        "A0433",
        "a collation that is defined in another way",
        "PostgreSQL can't change what a collation means while columns and indexes are sorted by it. Declare one under another name, and give it to the columns: they are sorted again.",
    ),
    (
        "A0415",
        "a logged table references an unlogged one",
        "A crash empties an UNLOGGED table, and would leave references to rows that are gone; PostgreSQL refuses such a key. Make both tables UNLOGGED, or neither.",
    ),
    (
        "A0418",
        "a table that stays refers to one that goes",
        "The model of a table is gone, so the table would be dropped; but another table, which no model ever named and which is therefore left alone, has a foreign key to it. Servers refuse to drop it, and SQLite would leave the key without a table. Drop the foreign key by hand first, keep the model, or drop the other table as well, by `diff --drop TABLE`. Likewise a partition may have an index, a constraint, a trigger or a policy of its own, which no file declares, that uses a column or a function that would go: drop it by hand first. The same holds for all that is left alone (`autogen inspect` lists it): a rule, a foreign table, a composite type, an operator, a cast, a publication's columns, the default of a view's column or of one partition, a REPLICA IDENTITY by an index. Drop or reset it by hand first, and make it again after the migration.",
    ),
    (
        "A0419",
        "a partition under another name",
        "A partition would be dropped with its rows, while another one of the same table and bound is created: most likely it was renamed. autogen does not rename partitions: `ALTER TABLE old RENAME TO new` by hand keeps the rows, and the next comparison finds nothing. Where the rows shall go, `--no-rename NAME` says so.",
    ),
    (
        "A0420",
        "two partitions for the same rows",
        "A new partition would have the bound of another one of the same table, or one that overlaps it; the server refuses that. The other one may be one that only the database has: models leave partitions that they don't declare as they are. Declare that one instead, give one of them another bound, or rename it by hand (`ALTER TABLE old RENAME TO new`), which keeps its rows. Bounds are compared as they are written: numbers, dates, times without a zone, and values of lists. Others, the server compares when the migration runs.",
    ),
    (
        "A0421",
        "a setting that would be lost",
        "The plan recreates an index, a constraint, a trigger, a view or a column, or gives a column another type or default, and something that is not compared goes with it: CLUSTER, storage, a statistics target, a rule or a default of a view, the state or the comment of a trigger on one partition, the default of one partition, that a materialized view holds no data. autogen could not bring it back. Reset it by hand first (`ALTER TABLE .. SET WITHOUT CLUSTER`, `SET STATISTICS -1`, `DROP RULE`, ..), and set it again after the migration.",
    ),
    (
        "A0417",
        "used in a schema that is not read",
        "A view, a column, a foreign key or a routine in a schema that is not compared uses what the plan would drop, or recreate: PostgreSQL refuses that, so it is refused here, before anything runs. List the schema in `schemas`, in autogen.toml, so that both are compared, or change what uses it by hand first.",
    ),
    (
        "A0416",
        "more columns than a table can have",
        "PostgreSQL takes 1,600 columns, SQLite 2,000 and MySQL 4,096 (InnoDB 1,017). PostgreSQL counts dropped columns as well, for as long as the table is there.",
    ),
    (
        "A0432",
        "a table that can't be partitioned as it is",
        "PostgreSQL can't partition a table that is there: autogen makes a new one, copies the rows, and gives it the name, in one transaction. For that each row needs a partition to go to, unique keys must hold the columns that the table is partitioned by, and no view may read the table meanwhile. The message says which of these is missing.",
    ),
    (
        "A0434",
        "a function that a table is partitioned by",
        "Another result or other arguments recreate a function, and PostgreSQL lets go of no function by whose results rows were put into partitions. Leave this one and declare the other under another name; or make the table a plain one in one revision, and partition that in the next.",
    ),
    (
        "A0435",
        "an enum that something clings to",
        "Values that go, or change their places, recreate an enum, and its columns are converted. A domain over it and the key of a partitioned table can't be. Take them away in a revision of its own, or leave the values as they are: one that nobody uses does no harm.",
    ),
    (
        "A0431",
        "a domain that another one depends on",
        "The type under a domain can't be changed; the domain is recreated and its columns are converted. Another domain over it would have to be recreated as well. Do that first, in a revision of its own.",
    ),
    (
        "A0441",
        "a table that MySQL and MariaDB can't divide like this",
        "A partitioned table there has no foreign keys, and none points at it; each of its unique keys, the primary key among them, holds the columns that it is partitioned by; and ranges and lists say their partitions (`partition_by = \"RANGE (id) (PARTITION p0 VALUES LESS THAN (100), ..)\"`). The message says which of these it is. What is left can be done in two revisions, or in one that is written by hand (`autogen revision`).",
    ),
    (
        "A0446",
        "another type of a sequence",
        "MariaDB keeps the type of a sequence (`CREATE SEQUENCE .. AS smallint`) as long as the sequence is there. Make another sequence with the type and let the columns count by that, or write the revision by hand.",
    ),
    (
        "A0442",
        "a constraint that MySQL and MariaDB don't have",
        "There are no exclusion constraints, no constraint waits for the commit (`deferrable`), InnoDB has no `SET DEFAULT` for foreign keys, and MySQL since 8.4 takes no foreign key to columns that are not all of a primary or unique key. Take it out of the model; a trigger can guard the rows instead.",
    ),
    (
        "A0443",
        "an index that MySQL or MariaDB doesn't have",
        "There are no partial indexes (`where`), no `nulls_not_distinct`, and no methods but B-trees, `fulltext` and `spatial`; MariaDB has no indexes over expressions. A generated column can stand for the expression, or be NULL in the rows that a unique index shall leave alone, and be indexed.",
    ),
    (
        "A0444",
        "an index over endless text",
        "MySQL and MariaDB index no whole `text`, `blob` or `json` column: say how many characters, as in `#[autogen(index(\"body(20)\"))]` on the struct, or give the column a length.",
    ),
    (
        "A0445",
        "a type that MySQL or MariaDB doesn't have",
        "Arrays, intervals, ranges, networks and domains are PostgreSQL's. Choose another `column_type`; JSON can hold lists.",
    ),
    (
        "A0501",
        "a file is not named like a migration",
        "Migrations are named <YYYYMMDDHHMMSS>_<words>.up.sql and .down.sql.",
    ),
    (
        "A0502",
        "a file says that it is another revision",
        "The line `-- revision:` and the digits of the file's name differ.",
    ),
    (
        "A0503",
        "a revision is there twice",
        "Two files have the same number. Give one of them another, in its name and its heading.",
    ),
    (
        "A0504",
        "a parent is missing",
        "A migration comes after one that is not in the folder. Bring the file back from version control.",
    ),
    (
        "A0505",
        "the revisions run in a circle",
        "Following the lines `-- parents:` leads back to where one started.",
    ),
    ("A0506", "a way down without a way up", "There is a .down.sql without its .up.sql."),
    (
        "A0507",
        "there are several heads",
        "Two branches both added a migration after the same one. `autogen merge` runs both on a database of its own, refuses where they touch the same thing, and writes a revision that comes after both, with its schema.json. Or let the later one name the other as its parent.",
    ),
    (
        "A0515",
        "a merge of what has nothing in common",
        "The two revisions share no ancestor: each branch begins with a revision of its own. They may be of two projects that share a folder by mistake. If they belong together, say --allow-unrelated.",
    ),
    (
        "A0516",
        "two branches change the same thing",
        "Both branches create, change or drop the same object, or one takes away a table that the other changes. Nobody but you knows what shall be. Change one of the revisions, or put one on top of the other (`-- parents:`) and let it do the rest.",
    ),
    (
        "A0517",
        "two branches whose order matters",
        "Each branch alone changes something else, and yet it makes a difference which one runs first. Databases that ran them in different orders would differ. Put one on top of the other (`-- parents:`).",
    ),
    (
        "A0508",
        "an unknown revision",
        "`autogen history` lists the revisions. The beginning of the number is enough, and `head` is the newest.",
    ),
    ("A0509", "a number fits several revisions", "Write more digits."),
    (
        "A0510",
        "the database has a revision without a file",
        "It was applied from another branch, or the file was deleted. Bring it back from version control.",
    ),
    (
        "A0511",
        "a file was changed after it was applied",
        "What ran can't be changed any more: bring back the file as it was, and put the change into a new revision.",
    ),
    (
        "A0512",
        "the database lacks migrations",
        "A new migration is made from the difference between the database and the models. Where the database is behind, that difference would hold the pending migrations once more. Run `autogen upgrade` first.",
    ),
    (
        "A0513",
        "a step beyond what there is",
        "`REV-N` goes back N revisions, `REV+N` forward; there are not so many.",
    ),
    (
        "A0514",
        "a label that can be none",
        "A label names one revision and the branch that begins with it, in the line `-- labels:` of its file. It has letters, digits, `_` and `-`, is no number and no word like `head`, and stands in one file only.",
    ),
    ("A0601", "a file can't be read or written", "The system's words are in the message."),
    (
        "A0602",
        "autogen.toml can't be read",
        "The message names the line. `autogen init` writes a commented example.",
    ),
    (
        "A0603",
        "a snapshot can't be read",
        "It is no snapshot, or a newer autogen wrote it, or it holds the marks of a merge conflict: two branches both added a migration. `schema.json` says which tables models named once, and so what may be dropped: a comparison with a database refuses to go on without it.\n\nBring the file back from version control. Two branches are joined by `autogen merge`, which writes it.",
    ),
    ("A0604", "an unknown dialect", "Known are sqlite and postgres."),
    (
        "A0605",
        "no database is given",
        "Set DATABASE_URL, write it into .env, or say --database-url.",
    ),
    (
        "A0606",
        "not a source",
        "A source is a database URL, models[:PATH], snapshot:FILE or migrations[:DIR]; `database` stands for DATABASE_URL.",
    ),
    (
        "A0607",
        "schema.json is missing",
        "The snapshot at the head lies beside the migrations. Bring it back from version control.",
    ),
    ("A0608", "no models at this path", "Correct `models` in autogen.toml, or say --models."),
    ("A0609", "autogen.toml is there already", "Edit it, or say --force to replace it."),
    (
        "A0610",
        "an unknown code",
        "Codes stand in brackets behind messages, and in front of hazards.",
    ),
    (
        "A0611",
        "for which database?",
        "Models and their snapshots do not tell which database they are for. Say --dialect.",
    ),
    (
        "A0612",
        "two kinds of databases",
        "A schema of one database family can't be compared with one of another.",
    ),
    (
        "A0613",
        "--fill can't be read",
        "It takes table.column=EXPR, where EXPR is SQL over the columns of the table.",
    ),
    (
        "A0614",
        "is it a rename?",
        "Something goes while something alike comes. As a rename it keeps its rows and values; as a drop and an add it loses them. That is never guessed: say --rename or --no-rename, or write renamed_from on the model.",
    ),
    ("A0615", "stopped at a question", "Nothing was written."),
    ("A0616", "--revision is not a number", "It takes digits, like 20261122093000."),
    ("A0617", "not a number of steps", "`downgrade` takes -N, a revision, or `base`."),
    (
        "A0618",
        "no way back",
        "The migration can't be undone by itself: its .down.sql is missing, or says that it is irreversible.",
    ),
    (
        "A0619",
        "a migration for another database",
        "The heading of the file names another dialect than that of the database.",
    ),
    (
        "A0620",
        "schema.json belongs to another revision",
        "The snapshot beside the migrations names a revision that is not their head: a migration was added, or taken out, without it. Comparing with it would repeat or forget changes. Bring both from the same commit; after a merge, `autogen snapshot database -o migrations/schema.json` against a database at the head makes it anew.",
    ),
    (
        "A0621",
        "models that can't be compiled alone",
        "`--compiled` builds a small program that uses one crate of models, which must depend on sea-autogen. Name that crate's folder by `models` in autogen.toml or by --models.",
    ),
    (
        "A0622",
        "the models do not compile",
        "`--compiled` lets the compiler read the models; its own words are in the message.",
    ),
    (
        "A0623",
        "the rows in the database do not allow it",
        "The database at hand holds a row over which the migration would fail, or lose a value: a new required column without a value (DD101), a value that does not fit the new type (DL104), an enum value that is to be removed (DL105); or it lacks a table or a type that the migration needs and that was not read (DD113). Say what shall become of it: `#[autogen(fill = \"..\")]` or `--fill`, a default, `#[autogen(using = \"..\")]`; or correct the rows. `--dry-run` shows the plan all the same.",
    ),
    (
        "A0624",
        "no editor is named",
        "`autogen edit` opens the file in the editor that VISUAL or EDITOR names.",
    ),
    (
        "A0625",
        "the editor failed",
        "The program that VISUAL or EDITOR names did not start, or said that it failed.",
    ),
    (
        "A0629",
        ".env can't be read",
        "The file is looked for in the folder where the command runs, then in each one above it. It names DATABASE_URL, and a line at or before that is not of the form NAME=value, so that no database would be known; a value with spaces stands in quotes. The line is named and not shown, since it may hold a password. A file that does not name DATABASE_URL is not looked at, and neither is one where --database-url or the environment says which database it is.",
    ),
    (
        "A0628",
        "a revision of git that can't be read",
        "`git:REV` reads the models, and the .sql files that autogen.toml names, as they are at that branch, tag or commit, without a checkout. It needs git on the PATH, and the models within the repository.",
    ),
    (
        "A0627",
        "a replay without a server",
        "`verify` and `merge` run the migrations on an empty database of their own. For SQLite that is one in memory; for the others it is made on the server that --database-url names, under a name that begins with autogen_scratch_, and dropped again. The role must be allowed to create databases.",
    ),
    (
        "A0626",
        "no range",
        "`history --range FROM:TO` shows what comes after FROM, up to TO; either may be left out.",
    ),
    ("A0699", "an internal error", "Please report it."),
    (
        "A0701",
        "a statement that declares nothing",
        "The .sql files named by `sql` in autogen.toml declare what models can't, as the statements that create it: CREATE VIEW, CREATE MATERIALIZED VIEW and the indexes on it, CREATE FUNCTION, CREATE PROCEDURE, CREATE AGGREGATE, CREATE EVENT, CREATE TRIGGER, CREATE POLICY, ALTER TABLE .. ENABLE (or FORCE) ROW LEVEL SECURITY, ALTER TABLE .. DISABLE (or ENABLE) TRIGGER, CREATE SCHEMA, CREATE EXTENSION, CREATE COLLATION, CREATE DOMAIN, CREATE SEQUENCE, CREATE TABLE .. PARTITION OF, CREATE STATISTICS, GRANT and REVOKE EXECUTE .. FROM PUBLIC (with `privileges = true`), and COMMENT ON these. Their order means nothing. Tables, columns, keys, the indexes of tables and comments on them belong in models; anything else, data included, in a revision written by hand.",
    ),
    (
        "A0702",
        "declared twice",
        "Two statements, or a statement and a model, declare the same object. Where a struct stands for a view that a file declares, mark it #[autogen(skip)].",
    ),
    (
        "A0703",
        "on something that nobody declares",
        "A trigger, policy, index or comment is on an object that is neither a model nor declared by a file.",
    ),
    (
        "A0704",
        "a kind that this database does not have",
        "SQLite has views and triggers, MySQL and MariaDB have functions, procedures and events as well; the other kinds that .sql files can declare are PostgreSQL's.",
    ),
    (
        "A0705",
        "no such .sql file",
        "A path or pattern under `sql` in autogen.toml fits no file. Paths are relative to autogen.toml; `*` fits anything in a name, `**` any folders. An empty list of files would mean to drop every view, so it has to be said: name a file that is empty.",
    ),
    (
        "A0706",
        "the server does not accept a declared object",
        "Before anything is planned, the database is asked what it makes of the declared objects, in a schema that a rollback takes away. It refused this one; its words are in the message. Nothing was changed.",
    ),
    (
        "A0707",
        "views that read each other",
        "A view can't read itself, directly or through others: there is no order in which they could be made. A query that builds on its own rows is written as WITH RECURSIVE.",
    ),
    (
        "D0101",
        "an expression that only the server can judge",
        "Servers rewrite the expressions that they store, so that the text of a default, check or predicate tells little. With a database at hand it is asked; without one, the difference is shown as an ambiguity, and counts as a change.",
    ),
    (
        "D0102",
        "an expression that the server refuses",
        "The server was asked how it writes the expression, and does not accept it.",
    ),
    (
        "D0104",
        "a possible rename",
        "Something goes while something alike comes. Say --rename or --no-rename, or write renamed_from on the model. A declared swap of two names is carried out once: schema.json keeps the renames that were declared when the last revision was written. Where it has none (it was made by a merge, or by an earlier build), nobody can tell whether the swap was done.",
    ),
    (
        "D0105",
        "a text that only the server can judge",
        "PostgreSQL stores views, functions, triggers and policies in its own words. Texts that are equal but for white space, comments and capitals are equal; whether others mean the same is asked of the database itself, in a schema that a rollback takes away. Where it can't be asked (offline, or the role may not create a schema), the difference is shown as an ambiguity, and the object is recreated, which is harmless where it meant the same.",
    ),
    (
        "D0107",
        "a partition key or bound that may mean the same",
        "The database spells it in another way than the file does, and it can't be determined whether both mean the same. The database is not changed. Where they mean the same, write it as `autogen inspect` does; else write the change into a revision by hand.",
    ),
    (
        "D0108",
        "a value whose new name may not have come to the rows",
        "The models say `renamed_from` at a value of an enum that the database keeps as any text or number (all of them on SQLite; elsewhere those with a `db_type` other than \"Enum\"). An UPDATE gives the rows their new values, once: schema.json keeps what was declared when the last revision was written. Where it has no such list (it was made by a merge, or by an earlier build), nobody can tell whether that was done, and rows are left as they are.",
    ),
    (
        "D0106",
        "a table that others inherit from",
        "The desired schema does not have the table, so it would be dropped; but other tables inherit from it (INHERITS), and these are left alone. The table stays. Drop it by hand, or leave it out with `exclude` in autogen.toml.",
    ),
    (
        "D0109",
        "something that the other side can't represent",
        "The side that shall be holds something of this name that is left alone (an invalid index, a table that inherits, a range type), so it can't be compared with what is there: what is there stays, and is not dropped for it. Change it by hand, or leave both out with `exclude` in autogen.toml.",
    ),
    (
        "U0151",
        "a virtual table",
        "A module such as fts5 or rtree keeps it, together with its shadow tables. All of them are not changed.",
    ),
    (
        "U0152",
        "a clause that can't be represented",
        "The table is compared without this clause. A rebuild of the table writes its statement again, and would lose the clause: look at the SQL before you run it.",
    ),
    (
        "U0153",
        "a table whose statement can't be read",
        "SQLite keeps the statement that made a table, and this one can't be read. The table is neither compared, changed nor dropped.",
    ),
    ("U0154", "an index whose statement can't be read", "It is not changed."),
    ("U0155", "a trigger of a table that is left alone", "It stays with its table."),
    (
        "U0171",
        "a table with system versioning",
        "MariaDB keeps the rows that were. Such tables are not changed: change them by hand, with `autogen revision`.",
    ),
    (
        "U0173",
        "subpartitions with names of their own",
        "The partitions are read, and the names of what they are divided into are left out: a table that is recreated gets those that the server chooses.",
    ),
    (
        "U0174",
        "a text that can't be read",
        "The server does not show this user the text of a view or routine that somebody else made. Connect as who made it, or grant SHOW VIEW, and SHOW_ROUTINE or SELECT on mysql.proc.",
    ),
    (
        "U0175",
        "an event in another time zone, a text for another sql_mode, or a kind of object that only some servers have",
        "It is not changed. A routine, trigger or event keeps the sql_mode of the session that made it, which its statement does not say: under another one (ANSI_QUOTES, NO_BACKSLASH_ESCAPES, PIPES_AS_CONCAT, ..) the same text means something else. Create it anew in a session without these modes. An event's times are those of the session that made it, which the statement does not say: recreated in UTC, the same statement would run at other hours. ALTER EVENT .. ON SCHEDULE in a session with time_zone = '+00:00' makes it one that can be compared.",
    ),
    (
        "U0176",
        "an option of a table",
        "Options other than engine, character set, collation, row format and comment are not changed; a table that is recreated from models does not have them.",
    ),
    (
        "U0177",
        "the comment of a primary key",
        "MySQL and MariaDB keep a comment of the primary key's index. It is not changed; a primary key that is recreated does not have it.",
    ),
    (
        "U0178",
        "a table with an application-time period",
        "MariaDB's PERIOD FOR gives a table a period of validity, and keys WITHOUT OVERLAPS. Such tables are not changed: change them by hand, with `autogen revision`.",
    ),
    (
        "U0179",
        "an index that is stored in its own way",
        "Indexes of the MEMORY engine are hashes unless USING BTREE says otherwise. The index is not changed; one that is recreated is a hash.",
    ),
];
