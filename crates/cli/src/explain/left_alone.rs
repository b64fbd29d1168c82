//! Pages about what a database has and autogen leaves alone.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "U0101",
        "a foreign table",
        "A foreign table maps a table of another server, which SeaORM models can't describe. It is neither compared, changed nor dropped.",
    ),
    (
        "U0102",
        "a table that inherits",
        "PostgreSQL's `INHERITS` gives a table the columns of another one, which a model can't declare. The table is neither compared, changed nor dropped. This does not concern partitions: they belong to their parent.",
    ),
    (
        "U0103",
        "a table of a composite type",
        "`CREATE TABLE .. OF type` takes its columns from a type, which a model can't declare. The table is neither compared, changed nor dropped.",
    ),
    (
        "U0104",
        "a composite type",
        "Models have no composite types. The type is not changed; its columns are compared by the name of the type.",
    ),
    (
        "U0105",
        "a range type",
        "A user-defined range type is not changed; its columns are compared by the name of the type.",
    ),
    (
        "U0106",
        "a base type",
        "A type with its own input and output functions is not changed; its columns are compared by the name of the type.",
    ),
    (
        "U0107",
        "a constraint over periods",
        "A key WITHOUT OVERLAPS, or a foreign key with PERIOD, is neither compared nor changed.",
    ),
    (
        "U0108",
        "a constraint that is not enforced",
        "A foreign key that is NOT ENFORCED is neither compared nor changed.",
    ),
    (
        "U0109",
        "an invalid index",
        "A CREATE INDEX CONCURRENTLY failed, or not all partitions have the index yet. The index is not changed, and does not count as an index. Drop it, or REINDEX it.",
    ),
    (
        "U0110",
        "an index with operator class parameters",
        "A model can't declare the parameters of an operator class. The index is neither compared nor changed.",
    ),
    (
        "U0113",
        "a rule of a view",
        "A rule of a view is not compared. A plan that would recreate the view is refused (A0421).",
    ),
    ("U0114", "a rule", "Rules of tables are neither compared nor changed."),
    (
        "U0115",
        "an unusual aggregate",
        "Plain aggregates are compared. Ordered-set and moving aggregates, those without arguments and those with serial functions are not compared.",
    ),
    (
        "U0116",
        "unusual extended statistics",
        "autogen can't parse the definition of these statistics. They are neither compared nor changed.",
    ),
    (
        "U0117",
        "an event trigger",
        "An event trigger belongs to the whole database. It is neither compared nor changed.",
    ),
    (
        "U0119",
        "a table that others inherit from",
        "Tables created by INHERITS are not compared, and the table that they inherit from is not dropped. Its columns and constraints are compared; PostgreSQL propagates changes to the other tables.",
    ),
    (
        "U0120",
        "a constraint whose index has storage settings",
        "The storage parameters and the tablespace of an index under a primary key, a unique or an exclusion constraint are not compared. `ALTER INDEX .. SET (..)` changes them. A plan that would recreate the constraint is refused (A0421).",
    ),
    (
        "U0121",
        "a replica identity",
        "REPLICA IDENTITY tells logical replication how to identify a changed row. A setting other than the default is not compared. A plan that would drop or recreate the index that it uses is refused (A0418).",
    ),
    (
        "U0122",
        "default privileges",
        "ALTER DEFAULT PRIVILEGES grants privileges on objects that a role creates later. They are not compared, even with `privileges = true`.",
    ),
    (
        "U0123",
        "settings of a column",
        "The column (or an expression of an index) has its own storage, compression, statistics target or options such as `n_distinct`, or its NOT NULL constraint is NOT VALID or NO INHERIT (PostgreSQL 18; the names of these constraints have no effect, and are not compared). They are not compared. A plan that would recreate the column, or give it a type that resets its storage, is refused (A0421).",
    ),
    (
        "U0124",
        "a table that is clustered by an index",
        "The mark that CLUSTER sets on an index is not compared. A plan that would recreate the index is refused (A0421).",
    ),
    (
        "U0125",
        "a default of a view's column",
        "ALTER VIEW .. SET DEFAULT gives a value to rows that are inserted through a view. The default is not compared. A plan that would recreate the view is refused (A0421).",
    ),
    (
        "U0127",
        "an object of another kind",
        "Operators, operator classes, casts, conversions, text search objects, languages, access methods, transforms, window functions, publications, foreign servers, large objects and security labels are neither compared, changed nor dropped.",
    ),
    (
        "U0128",
        "a partition that differs from its table",
        "Indexes, constraints, triggers, policies and row security of one partition are compared. These are listed and kept unchanged where they differ from those of the table: a default, NOT NULL, the comment of a column, privileges, storage options, the name of an inherited index (unless PostgreSQL chose it), and everything on a partition that is a foreign table.\n\nIf only the name of an index differs, the partition can be detached, and keeps that name. With any other difference, no plan detaches the partition: remove the difference first, or detach it by hand. A setting on something that a partition inherits would be lost if that were recreated, so such a plan is refused (A0421). The name of such an index is lost.",
    ),
    (
        "U0129",
        "a materialized view without data",
        "It was created or refreshed WITH NO DATA, and can't be queried before REFRESH fills it. autogen does not fill it. A plan that would recreate it, and thereby fill it, is refused (A0421).",
    ),
    (
        "U0151",
        "a virtual table",
        "A module such as fts5 or rtree stores it, together with its shadow tables. They are neither compared, changed nor dropped.",
    ),
    (
        "U0152",
        "a clause that can't be represented",
        "The table is compared without this clause. A rebuild writes the table's statement again, and would lose the clause. Check the SQL before you run it.",
    ),
    (
        "U0153",
        "a table whose statement can't be read",
        "SQLite stores the statement that created a table, and autogen can't parse this one. The table is neither compared, changed nor dropped.",
    ),
    (
        "U0154",
        "an index whose statement can't be read",
        "autogen can't parse the statement that created the index. The index is neither compared, changed nor dropped.",
    ),
    (
        "U0155",
        "a trigger of a table that is not compared",
        "The table is not compared, and neither are its triggers.",
    ),
    (
        "U0171",
        "a table with system versioning",
        "MariaDB keeps the old versions of its rows. Such tables are not changed: change them by hand, with `autogen revision`.",
    ),
    (
        "U0173",
        "subpartitions with names of their own",
        "The partitions are compared, the names of their subpartitions are not. If the table is recreated, the server chooses those names.",
    ),
    (
        "U0174",
        "a definition that can't be read",
        "The server does not show this user the definition of a view or routine that another user created. Connect as that user, or grant SHOW VIEW, and SHOW_ROUTINE or SELECT on mysql.proc.",
    ),
    (
        "U0175",
        "an event in another time zone, a routine with another sql_mode, or a kind of object that only some servers have",
        "It is not changed.\n\nA routine, trigger or event keeps the sql_mode of the session that created it, and its statement does not contain that mode. With another one (ANSI_QUOTES, NO_BACKSLASH_ESCAPES, PIPES_AS_CONCAT, ..) the same statement means something else. Recreate it in a session without these modes.\n\nAn event also keeps the time zone of its session. Recreated in UTC, it would run at other hours. Run ALTER EVENT .. ON SCHEDULE in a session with time_zone = '+00:00'; then it can be compared.",
    ),
    (
        "U0176",
        "an option of a table",
        "Only engine, character set, collation, row format and comment are compared. Other options are not changed, and a table that is recreated from models does not have them.",
    ),
    (
        "U0177",
        "the comment of a primary key",
        "MySQL and MariaDB store a comment on the primary key's index. It is not changed, and a recreated primary key does not have it.",
    ),
    (
        "U0130",
        "a table that is stored in its own way",
        "Its access method is not `heap`, or its TOAST table has options of its own (`toast.autovacuum_enabled` and the like). They are not changed: ALTER TABLE .. SET ACCESS METHOD and .. SET (toast...) change them. A table that is created anew, from models or in another database, does not have them; a plan that would recreate a materialized view that has them is refused (A0421).",
    ),
    (
        "U0131",
        "a sequence that differs from what PostgreSQL makes",
        "A sequence is UNLOGGED although its table is not, or the other way round; or the sequence of an identity column has a name that PostgreSQL did not choose: it is called neither after the table nor after the column. It is not changed: ALTER SEQUENCE .. SET LOGGED and .. RENAME TO change it. A plan that would recreate the column is refused (A0421).",
    ),
    (
        "U0132",
        "a comment of the index under a constraint",
        "The comment of a constraint is compared, the comment of the index under it (COMMENT ON INDEX) is not, and stays as it is. A plan that would drop the constraint and add it anew is refused (A0421).",
    ),
    (
        "U0133",
        "an object that depends on an extension",
        "ALTER .. DEPENDS ON EXTENSION drops a function, index, trigger or materialized view together with an extension. That mark is not changed; a plan that would recreate the object is refused (A0421).",
    ),
];
