//! Pages about what a PostgreSQL catalog holds and autogen leaves alone.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "U0101",
        "a foreign table",
        "It stands for a table of another server, and SeaORM models do not describe it. It is neither compared, changed nor dropped.",
    ),
    (
        "U0102",
        "a table that inherits",
        "PostgreSQL's `INHERITS` gives a table the columns of another; a model can't say that. The table is neither compared, changed nor dropped. Partitions are no such tables: they follow their parent.",
    ),
    (
        "U0103",
        "a table of a composite type",
        "`CREATE TABLE .. OF type` takes its columns from a type, which a model can't say. The table is neither compared, changed nor dropped.",
    ),
    (
        "U0104",
        "a composite type",
        "Models have no composite types. It is not changed; a column of it is carried with the type's name.",
    ),
    (
        "U0105",
        "a range type",
        "A range type of your own is not changed; a column of it is carried with the type's name.",
    ),
    (
        "U0106",
        "a base type",
        "A type with input and output functions of its own is not changed; a column of it is carried with the type's name.",
    ),
    (
        "U0107",
        "a constraint over periods",
        "A key WITHOUT OVERLAPS, or a foreign key with PERIOD. It is not changed.",
    ),
    (
        "U0108",
        "a constraint that is not enforced",
        "A foreign key that is NOT ENFORCED is not changed.",
    ),
    (
        "U0109",
        "an invalid index",
        "It was left behind by a CREATE INDEX CONCURRENTLY that failed, or it is not built on all partitions yet. It is not changed, and counts as none: drop it, or REINDEX it.",
    ),
    (
        "U0110",
        "an index with a tuned operator class",
        "The parameters of its operator class can't be represented. It is not changed.",
    ),
    (
        "U0113",
        "a rule of a view",
        "It is not changed; a plan that would recreate the view is refused (A0421).",
    ),
    ("U0114", "a rule", "Rules of tables are not changed."),
    (
        "U0115",
        "an unusual aggregate",
        "Plain aggregates are compared. Ordered-set and moving ones, those without arguments and those with serial functions are not changed.",
    ),
    (
        "U0116",
        "unusual extended statistics",
        "Statistics whose definition can't be read are not changed.",
    ),
    ("U0117", "an event trigger", "It belongs to the database as a whole, and is not changed."),
    (
        "U0119",
        "a table that others inherit from",
        "Tables made by INHERITS are left alone, and the table that they inherit from is not dropped. Its columns and constraints are managed, and PostgreSQL carries them on to the others.",
    ),
    (
        "U0120",
        "a constraint whose index is stored in its own way",
        "The storage parameters and the tablespace of the index under a primary key, a unique or an exclusion constraint are not changed: `ALTER INDEX .. SET (..)` changes them. A plan that would drop the constraint and add it anew is refused (A0421).",
    ),
    (
        "U0121",
        "a replica identity",
        "REPLICA IDENTITY says by what logical replication knows a row that changes. Where it is not the default, it is not changed; a plan that would drop or recreate the index that it goes by is refused (A0418).",
    ),
    (
        "U0122",
        "default privileges",
        "ALTER DEFAULT PRIVILEGES grants something on objects that a role makes later. It is not changed, also with `privileges = true`.",
    ),
    (
        "U0123",
        "settings of a column",
        "Storage, compression, a statistics target or options such as `n_distinct` were set on the column (or on an expression of an index). They are not changed; a plan that would recreate the column, or give it a type that resets its storage, is refused (A0421).",
    ),
    (
        "U0124",
        "a table that is clustered by an index",
        "The mark that CLUSTER leaves at an index is not changed; a plan that would recreate the index is refused (A0421).",
    ),
    (
        "U0125",
        "a default of a view's column",
        "ALTER VIEW .. SET DEFAULT gives rows that are inserted through a view a value. It is not changed; a plan that would recreate the view is refused (A0421).",
    ),
    (
        "U0127",
        "an object of another kind",
        "Operators, operator classes, casts, conversions, text search objects, languages, access methods, transforms, window functions, publications, foreign servers, large objects and security labels are neither compared, changed nor dropped.",
    ),
    (
        "U0128",
        "a partition that differs from its table",
        "Indexes, constraints, triggers, policies and row security of one partition are compared. A default, NOT NULL, a comment of a column, privileges and storage options that differ from those of its table are left unchanged, and each is listed; so is the name of an index that it has from its table, unless PostgreSQL chose that name, and all of a partition that is a foreign table. A partition with another name of an index alone is detached and keeps that name. A partition with any other difference is not detached by a plan: remove the difference first, or detach it by hand. What is set on something that the partition has from its table is lost where that is recreated, and such a plan is refused (A0421); the name of such an index is not kept.",
    ),
    (
        "U0129",
        "a materialized view without data",
        "It was created or refreshed WITH NO DATA, and can't be queried until REFRESH fills it. It is not filled; a plan that would recreate it, and thereby fill it, is refused (A0421).",
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
