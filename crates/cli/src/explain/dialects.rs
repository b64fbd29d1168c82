//! Pages about projects that serve several databases or versions.

/// Code, title, page.
pub(super) const PAGES: &[(&str, &str, &str)] = &[
    (
        "A0683",
        "migrations of several databases",
        "The migrations folder holds those of several databases: the first one's files in the folder itself, and those of each other in a folder by its name, such as `migrations/sqlite`. The command works with one of them, and neither DATABASE_URL nor --dialect says which. Pass one of the two. `autogen diff --dialect postgres --dialect sqlite` writes for both.",
    ),
    (
        "A0684",
        "no migrations of this database",
        "The project has migrations, but none of the database that DATABASE_URL or --dialect names. To serve this database too, begin its migrations by `autogen diff --dialect NAME`: they get a folder by its name in the migrations folder, with a `schema.json` of their own. The files of the other databases are not changed.\n\nIf the project serves one database only, correct the URL.",
    ),
    (
        "A0685",
        "a database and migrations of another one",
        "The server is not of the kind that the chosen migrations are for: a `mysql://` URL leads to a MariaDB server, say. Pass the --dialect of the server, or the URL of another server. MySQL and MariaDB have migrations of their own, since each can do things that the other can't.",
    ),
    (
        "A0686",
        "--dialect where it can't be given several times",
        "`autogen diff` takes --dialect several times, and then writes a migration for each database, all with the same number. It plans all of them first, and writes none if one is refused. The database URL is used for the database that it fits; the others are compared by their `schema.json`. Everything else is for one database at a time: other commands, --adopt, --from and --to, a report by --format, and a crate of SeaORM's migrations. Run it once for each.",
    ),
    (
        "A0447",
        "the server's version lacks something",
        "The models use something that the server at hand does not have, for example virtual columns before PostgreSQL 18 or `nulls_not_distinct` before 15: the migration could not run. `autogen caps` lists what each version has. Say it in another way, or upgrade the server. Where the server at hand is newer than the one in production, `target_version = \"13\"` in autogen.toml makes `diff` plan for the older one.",
    ),
];
