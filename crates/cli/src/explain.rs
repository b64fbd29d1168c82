//! Pages for every code: those of the models, of hazards, and of everything else.

mod dialects;
mod formats;
mod left_alone;
mod operations;
mod pulling;

/// The title and the page of a code.
pub(crate) fn page(code: &str) -> Option<(&'static str, &'static str)> {
    let found = pages().into_iter().find(|(it, _, _)| *it == code);
    found.map(|(_, title, page)| (title, page))
}

/// All codes with their titles, sorted.
pub(crate) fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut all = pages();
    all.sort_unstable();
    all.into_iter().map(|(code, title, _)| (code, title))
}

fn pages() -> Vec<(&'static str, &'static str, &'static str)> {
    let own = [PAGES, dialects::PAGES, formats::PAGES, left_alone::PAGES, operations::PAGES];
    let lists = own.into_iter().chain([pulling::PAGES, autogen_models::EXPLANATIONS]);
    let rules = autogen_lint::rules().iter().map(|rule| (rule.code, rule.title, rule.page));
    lists.flatten().copied().chain(rules).collect()
}

/// Code, title, page.
const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0100",
        "the models can't be read",
        "Some models can't be read, so there is nothing to compare. Each message names one place with its own code. `autogen explain CODE` says what to do about it.",
    ),
    (
        "A0301",
        "a database URL can't be read",
        "The URL must look like postgres://user:password@host/database, the same with mysql:// or mariadb://, or sqlite:path/to/file.db. Percent-encode special characters in the password: `@` is %40, `/` is %2F.",
    ),
    (
        "A0302",
        "a kind of database that is not supported",
        "This build supports PostgreSQL, MySQL, MariaDB and SQLite. Use a URL that begins with postgres:, mysql:, mariadb: or sqlite:.",
    ),
    (
        "A0303",
        "no such database",
        "The server answers, but it has no database of this name, or the SQLite file does not exist. Correct the name in the URL, or create the database: PostgreSQL by `createdb`, MySQL and MariaDB by `create database`. `autogen upgrade` creates an SQLite file. `diff`, `check`, `status`, `current` and `history` take a missing one as an empty database, if its folder exists.",
    ),
    (
        "A0304",
        "the server refuses the login",
        "The user or the password in the URL is wrong, or the server does not accept this user from this host. Check both; then check pg_hba.conf on PostgreSQL, or the host part of the user's name on MySQL.",
    ),
    (
        "A0305",
        "the server can't be reached",
        "No server answers at this host and port, or it does not answer in time. Check that it runs, and check the host, the port and the firewall.",
    ),
    (
        "A0306",
        "not an SQLite database",
        "The file exists, but SQLite can't read it. It is another kind of file, or it is encrypted.",
    ),
    (
        "A0307",
        "the database is read-only",
        "The server is a standby, or the file or its folder is read-only. Commands that only read still work. To change something, connect to the primary.",
    ),
    (
        "A0308",
        "the role lacks a privilege",
        "The login works, but the role lacks a privilege. Reading requires only CONNECT; changing a table requires its owner. Connect as the owner, or grant the privilege.",
    ),
    (
        "A0309",
        "no such schema",
        "autogen.toml lists a schema that the database does not have. Create the schema, or remove it from `schemas`.",
    ),
    (
        "A0310",
        "no current schema",
        "A table without a schema in its name belongs to the current schema, and there is none: the search_path of the role names no existing schema, or begins with one of the server's own (`pg_catalog`). On MySQL, the URL names no database. Set the search_path, or name the database.",
    ),
    (
        "A0311",
        "a query failed",
        "The server refused a query that autogen sent. The message quotes the server.",
    ),
    (
        "A0312",
        "the catalog can't be understood",
        "The server describes itself in a way that this build can't read. Please report it with the server's version.",
    ),
    (
        "A0313",
        "another process is migrating",
        "Another process holds the lock on this database. Only one process at a time runs migrations. The others wait, and then find nothing left to do.",
    ),
    (
        "A0314",
        "the history is from a newer autogen",
        "A newer autogen wrote the history table. Use that version, or a newer one.",
    ),
    (
        "A0315",
        "a revision was changed after it was applied",
        "The file's checksum differs from the one recorded when the revision ran. Restore the file from version control, and put the change into a new revision.",
    ),
    (
        "A0316",
        "a statement failed",
        "The message quotes the statement and the server. In a transaction, the whole group was rolled back. Without one, the statements before it are kept, and `autogen upgrade` or `autogen downgrade` continues after them. Correct the cause, in the database or in the revision's file, and run it again. `autogen remove` takes back a migration of which nothing was applied.",
    ),
    (
        "A0317",
        "rows would lose their parents",
        "After the migration, some rows would reference rows that do not exist. Nothing was changed. Correct or delete those rows first.",
    ),
    (
        "A0318",
        "a revision is not applied",
        "`downgrade` can undo only revisions that are applied. `autogen current` shows them.",
    ),
    (
        "A0319",
        "a revision was left unfinished",
        "A process ended in the middle of this revision. `autogen upgrade` continues where it stopped.",
    ),
    (
        "A0321",
        "no scratch database",
        "`verify` and `merge` run the migrations on an empty scratch database, whose name begins with autogen_scratch_. They create it on the server that --database-url names, and drop it again. Either the role may not create databases, or the server has no space left.",
    ),
    (
        "A0320",
        "the database does not allow a migration",
        "Before a migration runs, autogen runs the queries after `-- autogen: probe` in its file. Each looks for one row or object that would make the migration fail, or that would be lost. One query found it, and nothing was run. Correct the rows, or see `autogen explain` for the code of the hazard. If the loss is intended, delete that line from the file, so that the reviewer sees it.",
    ),
    (
        "A0401",
        "a change does not apply",
        "The plan contradicts itself. This is a bug: please report it with both schemas.",
    ),
    (
        "A0402",
        "no conversion between two types",
        "autogen does not know how to convert the values of one type into the other. Write the conversion on the field: #[autogen(using = \"..\")] takes an SQL expression over the columns of the table.",
    ),
    (
        "A0403",
        "changes depend on each other in a circle",
        "No order of these changes works, because each depends on another one. Split them into two revisions, and please report this.",
    ),
    (
        "A0404",
        "a rename matches nothing",
        "`--rename` takes the current name, `=`, and the new name: table=new, table.column=new, type:name=new, type:name.value=new. Write a schema before the table. On the right, a schema moves the table: t=s1.t.",
    ),
    (
        "A0405",
        "a rebuild would lose something",
        "SQLite can make this change only by copying the table into a new one. The table has a clause that autogen can't write again, such as NOT NULL ON CONFLICT; `autogen inspect` names it. Remove the clause by hand first, or write the revision by hand.",
    ),
    (
        "A0406",
        "a statement can't be written into a migration file",
        "autogen reads each migration file back before it writes it: every statement must be the same, byte for byte. This statement would not be, because the reader would split its text in another way than the server does. An example is a MySQL routine whose blocks are not closed. Remove it from the models or the .sql files, and write it by hand into an `autogen revision`.",
    ),
    (
        "A0410",
        "the schema can't exist",
        "The database would refuse this schema. The messages name each object.",
    ),
    (
        "A0411",
        "an unknown column",
        "A key, an index or a constraint names a column that its table does not have. Attributes take the column's name in the database, not the name of the Rust field.\n\nThis also holds for columns in expressions: a check, a generated column, a default, an expression or a condition of an index, and on PostgreSQL a declared policy, trigger or view must not use a column that the plan drops or renames. Servers refuse the plan, or drop the object as well. Change its declaration together with the model.",
    ),
    (
        "A0412",
        "a name is too long",
        "PostgreSQL keeps 63 bytes of a name and silently cuts off the rest, so two names could become one. Choose a shorter name.",
    ),
    (
        "A0413",
        "two columns of one name",
        "Two fields of a model have the same column name. Rename one of them, or remove it.",
    ),
    (
        "A0414",
        "a table that can't be changed",
        "A model declares a table, but the database has another kind of object with this name: a foreign table, a virtual table, or a table that inherits. autogen does not change it. Exclude the model from the comparison with #[autogen(skip)].",
    ),
    (
        "A0433",
        "a collation with another definition",
        "PostgreSQL can't change a collation while columns and indexes are sorted by it. Declare a collation under another name, and use it in the columns: they are sorted again.",
    ),
    (
        "A0415",
        "a logged table references an unlogged one",
        "After a crash, PostgreSQL empties an UNLOGGED table, and the references would point to missing rows. PostgreSQL refuses such a key. Make both tables UNLOGGED, or neither.",
    ),
    (
        "A0418",
        "a kept object uses a dropped one",
        "The plan drops something that an object outside the comparison uses. Servers refuse that. The object is one of these:\n\n  - A policy, a trigger (WHEN, UPDATE OF), a view or a parsed function body of PostgreSQL that only the database has. Drop it by hand first, or declare it in an .sql file without the dropped column.\n  - A table that no model ever named, with a foreign key to the dropped table. Drop the foreign key by hand first, keep the model, or drop that table as well by `diff --drop TABLE`.\n  - An index, a constraint, a trigger or a policy of one partition that no file declares. Drop it by hand first.\n  - Anything else that `autogen inspect` lists as not compared: a rule, a foreign table, a composite type, an operator, a cast, the columns of a publication, the default of a view's column or of one partition, a REPLICA IDENTITY that uses an index. Drop or reset it by hand first, and create it again after the migration.",
    ),
    (
        "A0419",
        "a partition under another name",
        "The plan would drop a partition with its rows, and create another one of the same table with the same bound. The partition was probably renamed. autogen does not rename partitions: run `ALTER TABLE old RENAME TO new` by hand, which keeps the rows, and the next comparison finds no difference. To drop the rows, pass `--no-rename NAME`.",
    ),
    (
        "A0420",
        "two partitions for the same rows",
        "A new partition has the same bound as another one of its table, or their bounds overlap. The server refuses that. The other partition may exist only in the database: partitions that models do not declare are kept. Declare that one instead, change one of the bounds, or rename it by hand (`ALTER TABLE old RENAME TO new`), which keeps its rows.\n\nautogen compares numbers, dates, times without a time zone, and the values of lists. The server compares all other bounds when the migration runs.",
    ),
    (
        "A0421",
        "a setting would be lost",
        "The plan recreates an index, a constraint, a trigger, a view or a column, or changes the type or the default of a column. A setting on it is not compared, so autogen could not restore it. Such settings are CLUSTER, storage, a statistics target, a rule or a default of a view, the state or the comment of a trigger on one partition, the default of one partition, and a materialized view without data.\n\nReset the setting by hand first (`ALTER TABLE .. SET WITHOUT CLUSTER`, `SET STATISTICS -1`, `DROP RULE`, ..), and set it again after the migration.",
    ),
    (
        "A0422",
        "a name that an object outside the comparison has",
        "The plan creates a table, a view, an index or a key whose name belongs to an object that `autogen inspect` lists as not compared, such as the invalid index that a failed CREATE INDEX CONCURRENTLY leaves. The server would refuse a second object of that name. Drop the other object by hand first, or rename it.",
    ),
    (
        "A0417",
        "used in a schema that is not read",
        "The plan drops or recreates something that a view, a column, a foreign key or a routine in another schema uses. That schema is not compared. PostgreSQL would refuse the drop, so autogen refuses it before anything runs. Add the schema to `schemas` in autogen.toml, so that both are compared, or change the dependent object by hand first.",
    ),
    (
        "A0416",
        "more columns than a table can have",
        "PostgreSQL allows 1,600 columns, SQLite 2,000, MySQL 4,096 and InnoDB 1,017. PostgreSQL also counts dropped columns, as long as the table exists. Move some of the columns to a second table, or into one JSON column.",
    ),
    (
        "A0432",
        "a table that can't be partitioned",
        "PostgreSQL can't partition an existing table. autogen creates a new one, copies the rows, and renames it, in one transaction. This requires three things: each row fits a partition, unique keys contain the partition columns, and no view reads the table. The message says which one is missing.",
    ),
    (
        "A0434",
        "a partition key uses this function",
        "A function with another result or other arguments must be recreated. PostgreSQL can't drop a function that a partition key uses, because its results placed the rows. Keep the function, and declare the new one under another name. Or turn the table into an unpartitioned one in one revision, and partition it again in the next.",
    ),
    (
        "A0435",
        "an enum that can't be recreated",
        "Removing or reordering values recreates an enum, and its columns are converted. A domain over the enum, or the key of a partitioned table, can't be converted. Remove those in an earlier revision, or keep the values: unused values do no harm.",
    ),
    (
        "A0438",
        "an expression that the server rejects",
        "A default, a check, a generated column or an index of a model names a column or a function that does not exist, or has a value that the column's type refuses. The server was asked before anything was written, in temporary tables that nobody else sees. Correct the expression at the given place. What the migration itself creates (a function, a sequence, a domain) is not there yet, so such migrations are not tried; nor are they where the role may not create temporary tables.",
    ),
    (
        "A0437",
        "a foreign key to columns that are not unique",
        "A foreign key finds the row that it references by a key: on PostgreSQL and SQLite a primary key, a unique constraint or a unique index over exactly these columns; on MariaDB an index that begins with them, which MySQL accepts only by a setting (A0442). There is none in the models or in the database, so the migration could not run, or, on SQLite, no row could be written after it. Make the columns unique. Where the relation is only for queries, say `skip_fk` beside `belongs_to`, and no foreign key is made.",
    ),
    (
        "A0436",
        "a column of a table whose rows are the type of another column",
        "PostgreSQL does not change the type of a column while a column of another table has the table's rows as its type (`holder.x t`, or `t[]`). Drop that column, or give it another type, in a separate revision first.",
    ),
    (
        "A0431",
        "a domain that can't be changed while something depends on it",
        "The type under a domain can't be changed while another domain is based on it: autogen recreates the domain and converts its columns, but not another domain. And PostgreSQL adds no check and no NOT NULL to a domain while a column is an array of it, since it does not look into arrays for values that violate it. Change what depends on the domain in a separate revision first; a column that is an array of the domain can be made an array of its base type, and of the domain again afterwards.",
    ),
    (
        "A0441",
        "a partitioning that MySQL and MariaDB can't do",
        "In MySQL and MariaDB, a partitioned table has no foreign keys, and no foreign key references it. Each of its unique keys, including the primary key, contains the partition columns. Ranges and lists name their partitions: `partition_by = \"RANGE (id) (PARTITION p0 VALUES LESS THAN (100), ..)\"`. The message says which rule is violated. Make the change in two revisions, or write one by hand (`autogen revision`).",
    ),
    (
        "A0446",
        "a sequence with another type",
        "MariaDB can't change the type of an existing sequence (`CREATE SEQUENCE .. AS smallint`). Declare a new sequence with the type and use it in the columns, or write the revision by hand.",
    ),
    (
        "A0442",
        "a constraint that MySQL and MariaDB don't have",
        "MySQL and MariaDB have no exclusion constraints and no deferrable constraints (`deferrable`). InnoDB has no `SET DEFAULT` for foreign keys. Since 8.4, MySQL requires that a foreign key references all columns of a primary or unique key. Remove the constraint from the model; a trigger can check the rows instead.",
    ),
    (
        "A0443",
        "an index that MySQL or MariaDB doesn't have",
        "MySQL and MariaDB have no partial indexes (`where`) and no `nulls_not_distinct`. Their index methods are B-tree, `fulltext` and `spatial`. MariaDB has no indexes over expressions. Index a generated column instead: it can hold the expression, or NULL in the rows that a unique index must ignore.",
    ),
    (
        "A0444",
        "an index over text without a length",
        "MySQL and MariaDB can't index a whole `text`, `blob` or `json` column. Give the number of characters on the struct, as in `#[autogen(index(\"body(20)\"))]`, or give the column a length.",
    ),
    (
        "A0445",
        "a type that MySQL or MariaDB doesn't have",
        "Only PostgreSQL has arrays, intervals, ranges, network types and domains. Choose another `column_type`; JSON can hold lists.",
    ),
    (
        "A0501",
        "a file name that is not a migration's",
        "Migrations are named <YYYYMMDDHHMMSS>_<words>.up.sql and .down.sql. Rename the file, or move it out of the folder.",
    ),
    (
        "A0502",
        "a file names another revision",
        "The line `-- revision:` differs from the digits in the file name. Correct one of them.",
    ),
    (
        "A0503",
        "two files with one revision number",
        "Two files have the same revision number. Give one of them another number, in its name and in its header.",
    ),
    (
        "A0504",
        "a parent is missing",
        "The parent of a migration is not in the folder. Restore its file from version control, or correct the line `-- parents:`.",
    ),
    (
        "A0505",
        "the revisions form a circle",
        "The lines `-- parents:` lead from a revision back to itself. Correct them.",
    ),
    (
        "A0506",
        "a .down.sql without its .up.sql",
        "The folder has a .down.sql without its .up.sql. Restore that file from version control, or delete this one.",
    ),
    (
        "A0507",
        "several heads",
        "Two branches both added a migration after the same one. `autogen merge` runs both on a scratch database, refuses if they change the same object, and writes a revision that comes after both, with its schema.json. Or `autogen rebase REV` puts one branch after the other, if no database has its revisions.",
    ),
    (
        "A0515",
        "a merge of unrelated revisions",
        "The two revisions share no ancestor: each branch has a first revision of its own. Two projects may share a folder by mistake. If the branches belong together, pass --allow-unrelated.",
    ),
    (
        "A0516",
        "two branches change the same object",
        "Both branches create, change or drop the same object, or one drops a table that the other changes. autogen can't know which result is intended. Change one of the revisions, or make one the child of the other (`-- parents:`) and let it make the rest of the change. `rebase` refuses here as `merge` does.",
    ),
    (
        "A0517",
        "the order of two branches matters",
        "The branches change different objects, but the result depends on which one runs first. Databases that ran them in different orders would differ. Make one the child of the other (`-- parents:`).",
    ),
    (
        "A0508",
        "an unknown revision",
        "No revision has this name. `autogen history` lists the revisions. The first digits of the number are enough, and `head` is the newest.",
    ),
    (
        "A0509",
        "several revisions match",
        "Several revisions begin with these digits. Write more digits.",
    ),
    (
        "A0510",
        "an applied revision has no file",
        "The database has a revision that is not in the folder. It was applied from another branch, or its file was deleted. Restore the file from version control.",
    ),
    (
        "A0511",
        "a file was changed after it was applied",
        "An applied revision must not change. Restore the file from version control, and put the change into a new revision.",
    ),
    (
        "A0512",
        "the database lacks migrations",
        "`diff` writes the difference between the database and the models. If the database lacks migrations, the difference repeats them. Run `autogen upgrade` first.",
    ),
    (
        "A0513",
        "too many steps",
        "`REV-N` goes N revisions back, `REV+N` N revisions forward. There are fewer revisions than that.",
    ),
    (
        "A0514",
        "an invalid label",
        "A label names one revision and the branch that begins with it. It is in the line `-- labels:` of one file. It consists of letters, digits, `_` and `-`, and is neither a number nor a reserved word such as `head`. Choose another label.",
    ),
    (
        "A0601",
        "a file can't be read or written",
        "The operating system refused it. The message quotes the system.",
    ),
    (
        "A0602",
        "autogen.toml can't be read",
        "The message names the line. `autogen init` writes an example with comments.",
    ),
    (
        "A0603",
        "a snapshot can't be read",
        "The file is no snapshot, a newer autogen wrote it, or it contains the marks of a merge conflict. `schema.json` records which tables the models have named, and so which tables may be dropped. A comparison with a database refuses to run without it.\n\nRestore the file from version control. To join two branches, run `autogen merge`, which writes it.",
    ),
    ("A0604", "an unknown dialect", "The dialects are sqlite, postgres, mysql and mariadb."),
    ("A0605", "no database given", "Set DATABASE_URL, write it into .env, or pass --database-url."),
    (
        "A0606",
        "not a source",
        "A source is a database URL, models[:PATH], snapshot:FILE, migrations[:DIR], sql:FILE, git:REV, or `database` for DATABASE_URL.",
    ),
    (
        "A0607",
        "schema.json is missing",
        "The snapshot of the head belongs in the migrations folder. Restore it from version control.",
    ),
    ("A0608", "no models at this path", "Correct `models` in autogen.toml, or pass --models."),
    ("A0609", "autogen.toml exists", "Edit the file, or pass --force to replace it."),
    (
        "A0610",
        "an unknown code",
        "autogen knows no such code. Codes are in brackets after messages, and before hazards.",
    ),
    (
        "A0611",
        "no database family given",
        "Models do not say which database they are for. Set DATABASE_URL, or pass --dialect (sqlite, postgres, mysql or mariadb), or write `dialect` into autogen.toml.",
    ),
    (
        "A0612",
        "two database families",
        "The two schemas belong to different database families, and can't be compared. Or --dialect names another family than the database URL: it is only needed where there is no URL.",
    ),
    (
        "A0613",
        "--fill can't be read",
        "--fill takes table.column=EXPR. EXPR is SQL over the columns of the table.",
    ),
    (
        "A0614",
        "a possible rename",
        "Something disappears and something similar appears. A rename keeps the rows and values; a drop and an add lose them. autogen never guesses: pass --rename or --no-rename, or write renamed_from on the model. In these flags and in --fill, names are joined by dots; a dot, an equals sign or a backslash in a name has a backslash before it. Columns whose names have nothing in common are not taken for a rename: pass --rename where they are one.",
    ),
    ("A0615", "stopped at a question", "You stopped at a question. Nothing was written."),
    ("A0616", "--revision is not a number", "--revision takes digits, such as 20261122093000."),
    ("A0617", "not a number of steps", "`downgrade` takes -N, a revision, or `base`."),
    (
        "A0618",
        "a migration without a way down",
        "The migration can't be undone: its .down.sql is missing, or declares it irreversible.",
    ),
    (
        "A0619",
        "a migration for another database",
        "The header of the file names another dialect than the database has. Connect to the right database, or correct the header.",
    ),
    (
        "A0620",
        "schema.json belongs to another revision",
        "The snapshot in the migrations folder names a revision that is not the head: a migration was added or removed without it. A comparison with it would repeat or miss changes. Restore both from the same commit. After a merge, run `autogen snapshot database -o migrations/schema.json` against a database at the head.",
    ),
    (
        "A0621",
        "models that can't be compiled alone",
        "`--compiled` builds a small program that uses one crate of models. That crate must depend on sea-autogen. Set `models` in autogen.toml or --models to the crate's folder.",
    ),
    (
        "A0622",
        "the models do not compile",
        "With `--compiled` the compiler reads the models. Its errors are in the message.",
    ),
    (
        "A0623",
        "existing rows do not fit the migration",
        "A row in the database would make the migration fail, or would lose a value: a new required column has no value (DD101), a value does not fit the new type (DL104), or a removed enum value is in use (DL105). Or the migration requires a table or a type that was not read and does not exist (DD113). Give a value by `#[autogen(fill = \"..\")]`, `--fill` or a default, a conversion by `#[autogen(using = \"..\")]`, or correct the rows. `--dry-run` shows the plan anyway.",
    ),
    (
        "A0624",
        "no editor is set",
        "`autogen edit` opens the file in the editor that VISUAL or EDITOR names. Set one of them.",
    ),
    (
        "A0625",
        "the editor failed",
        "The editor that VISUAL or EDITOR names did not start, or exited with an error.",
    ),
    (
        "A0629",
        ".env can't be read",
        "autogen looks for .env in the current folder and in each folder above. The file names DATABASE_URL, but that line, or one before it, is not of the form NAME=value, so the database is unknown. Quote a value with spaces. The message gives the line's number but not its text, because it may contain a password. autogen ignores a .env without DATABASE_URL, and any .env if --database-url or the environment names the database.",
    ),
    (
        "A0628",
        "a git revision that can't be read",
        "`git:REV` reads the models, and the .sql files that autogen.toml names, as of that branch, tag or commit, without a checkout. It requires git on the PATH, and models inside the repository.",
    ),
    (
        "A0627",
        "a replay without a server",
        "`verify` and `merge` run the migrations on an empty scratch database. For SQLite it is in memory. For the others it is created on the server that --database-url names, under a name that begins with autogen_scratch_, and dropped afterwards. The role must be allowed to create databases.",
    ),
    (
        "A0626",
        "an invalid range",
        "`history --range FROM:TO` shows the revisions after FROM, up to and including TO. `squash FIRST:LAST` replaces FIRST to LAST. In both, either end may be omitted, and the earlier revision is first.",
    ),
    ("A0699", "an internal error", "This is a bug. Please report it."),
    (
        "A0701",
        "a statement that declares nothing",
        "The .sql files that `sql` in autogen.toml names declare what models can't, by the statements that create it: CREATE VIEW, CREATE MATERIALIZED VIEW and its indexes, CREATE FUNCTION, CREATE PROCEDURE, CREATE AGGREGATE, CREATE EVENT, CREATE TRIGGER, CREATE POLICY, ALTER TABLE .. ENABLE (or FORCE) ROW LEVEL SECURITY, ALTER TABLE .. DISABLE (or ENABLE) TRIGGER, CREATE SCHEMA, CREATE EXTENSION, CREATE COLLATION, CREATE DOMAIN, CREATE SEQUENCE, CREATE TABLE .. PARTITION OF, CREATE STATISTICS, GRANT and REVOKE EXECUTE .. FROM PUBLIC (with `privileges = true`), and COMMENT ON these. Their order does not matter. Declare tables, columns, keys, indexes of tables and their comments in models. Write anything else, including data, into a revision by hand.",
    ),
    (
        "A0702",
        "declared twice",
        "Two statements, or a statement and a model, declare the same object. If a struct maps a view that a file declares, mark it #[autogen(skip)].",
    ),
    (
        "A0703",
        "on an undeclared object",
        "A trigger, policy, index or comment belongs to an object that neither a model nor a file declares. Correct the name, or declare the object.",
    ),
    (
        "A0704",
        "a kind that this database does not have",
        "SQLite has views and triggers. MySQL and MariaDB also have functions, procedures and events. Only PostgreSQL has the other kinds that .sql files can declare.",
    ),
    (
        "A0705",
        "no such .sql file",
        "A path or pattern under `sql` in autogen.toml matches no file. Paths are relative to autogen.toml; `*` matches any part of a name, `**` any folders. No files would mean dropping every view, so autogen requires that you say it: name an empty file.",
    ),
    (
        "A0706",
        "the server does not accept a declared object",
        "Before planning, autogen lets the database create the declared objects in a temporary schema, and rolls that back. The database refused this one; the message quotes it. Nothing was changed. Correct the statement.",
    ),
    (
        "A0707",
        "views that read each other",
        "A view reads itself, directly or through other views, so no order can create them. Write a recursive query as WITH RECURSIVE.",
    ),
    (
        "D0101",
        "an expression that only the server can compare",
        "Servers rewrite the expressions that they store, so the text of a default, check or predicate may differ although the meaning is the same. With a database, autogen asks it. Without one, the difference is reported as an ambiguity, and counts as a change.",
    ),
    (
        "D0102",
        "an expression that the server refuses",
        "autogen asked the server how it writes the expression, and the server does not accept the expression. Correct it.",
    ),
    (
        "D0104",
        "a possible rename",
        "Something disappears and something similar appears. Pass --rename or --no-rename, or write renamed_from on the model.\n\nA declared swap of two names runs once: schema.json records the renames that were declared when the last revision was written. If it has no such record (a merge or an earlier build wrote it), it cannot be determined whether the swap was made.",
    ),
    (
        "D0105",
        "a definition that only the server can compare",
        "PostgreSQL rewrites views, functions, triggers and policies when it stores them. autogen ignores differences in white space, comments and case. For all others it asks the database, in a temporary schema that it rolls back. If it can't ask (offline, or the role may not create a schema), the difference is reported as an ambiguity, and the object is recreated. That does no harm if both mean the same.",
    ),
    (
        "D0107",
        "a partition key or bound that may mean the same",
        "The database spells the partition key or bound differently from the file, and it cannot be determined whether both mean the same. The database is kept unchanged. If both mean the same, write it as `autogen inspect` does. Otherwise write the change into a revision by hand.",
    ),
    (
        "D0108",
        "a renamed value that rows may not have yet",
        "The models say `renamed_from` on an enum value that the database stores as text or as a number. That is every enum on SQLite, and elsewhere each with a `db_type` other than \"Enum\". An UPDATE writes the new value into the rows, once: schema.json records what was declared when the last revision was written. If it has no such record (a merge or an earlier build wrote it), it cannot be determined whether the UPDATE ran, and the rows are kept unchanged.",
    ),
    (
        "D0106",
        "a table that others inherit from",
        "The desired schema does not have the table, so it would be dropped. But other tables inherit from it (INHERITS), and those are not compared. The table is kept. Drop it by hand, or add it to `exclude` in autogen.toml.",
    ),
    (
        "D0110",
        "a unique key with other columns",
        "An entity (`DeriveEntityModel` alone) has `unique_key` or `unique` under the name of a key that exists over other columns. SeaORM's generator of entities leaves columns out, so the existing key is kept, and no second one is made: over fewer columns it would reject rows that are allowed today. Give the `unique_key` to each field of the key. If the key should change, derive Autogen on the struct, which compares all of it.",
    ),
    (
        "D0109",
        "something that the other side can't represent",
        "The desired schema has something of this name that is not compared (an invalid index, a table that inherits, a range type). It can't be compared with the object of this name in the database, which is kept and not dropped. Change it by hand, or add both to `exclude` in autogen.toml.",
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
