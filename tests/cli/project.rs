//! A project in a folder of its own, and the command run in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on, dialects, from_a_shell, program, services};
use sea_orm::{ConnectionTrait, Statement};

/// The command.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| program("autogen"))
}

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether this database is to be tested.
pub(crate) fn wanted(dialect: Dialect) -> bool {
    let wanted = dialects().contains(&dialect);
    if !wanted {
        eprintln!("left out by AUTOGEN_TEST_DATABASES: {dialect}");
    }
    wanted
}

/// The result of a run of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ran {
    /// Requires the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Requires success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.exits(0)
    }

    /// Requires that stderr contains a text.
    #[track_caller]
    pub(crate) fn tells(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in stderr:\n{}", self.err);
        self
    }

    /// Requires that stdout contains a text.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in stdout:\n{}\n{}", self.out, self.err);
        self
    }

    /// Requires one error with its code, a position, and a hint; nothing on stdout, and no panic.
    #[track_caller]
    pub(crate) fn fails(self, exit: i32, code: &str, place: &str) -> Self {
        let ran = self.exits(exit);
        assert_eq!(ran.out, "", "a failure has no result");
        let lines: Vec<&str> = ran.err.lines().filter(|it| it.starts_with("error[")).collect();
        assert_eq!(lines.len(), 1, "one error:\n{}", ran.err);
        assert!(lines[0].starts_with(&format!("error[{code}]: ")), "{}", ran.err);
        assert!(ran.err.contains("hint: "), "no way out:\n{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran.tells(place)
    }
}

/// A folder with models, and a database.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl Project {
    /// An empty folder, without a database.
    pub(crate) fn empty() -> Self {
        let parent = services::folder().join("cli");
        std::fs::create_dir_all(&parent).expect("a folder under target");
        Self { folder: tempfile::TempDir::new_in(parent).expect("a folder"), database: None }
    }

    /// An empty folder and an empty database.
    pub(crate) fn on(dialect: Dialect) -> Self {
        Self { database: Some(Database::fresh(dialect)), ..Self::empty() }
    }

    /// The same with `autogen.toml` and models.
    pub(crate) fn with_models(dialect: Dialect, models: &str) -> Self {
        let project = Self::on(dialect);
        project.set_up(models);
        project
    }

    /// Models without a database, and a database family.
    pub(crate) fn offline(dialect: Dialect, models: &str) -> Self {
        let project = Self::empty();
        project.set_up(models);
        let config = format!("models = \"src\"\ndialect = \"{dialect}\"\n");
        project.write("autogen.toml", &config);
        project
    }

    fn set_up(&self, models: &str) {
        self.write("autogen.toml", "models = \"src\"\n");
        self.write("src/lib.rs", models);
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().expect("a project with a database")
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Reads a file.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Replaces a part of a file.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, before: &str, after: &str) {
        let text = self.read(path);
        assert!(text.contains(before), "`{before}` is not in {path}");
        self.write(path, &text.replace(before, after));
    }

    /// Every file with its bytes; a folder ends in `/`.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.path().to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(self.path()).expect("below").display().to_string();
                if path.is_dir() {
                    found.insert(format!("{name}/"), Vec::new());
                    open.push(path);
                } else {
                    found.insert(name, std::fs::read(&path).expect("a file"));
                }
            }
        }
        found
    }

    /// The names in the folder of migrations.
    pub(crate) fn migrations(&self) -> Vec<String> {
        let files = self.files().into_keys();
        let names = files.filter_map(|it| it.strip_prefix("migrations/").map(str::to_owned));
        names.filter(|it| !it.is_empty()).collect()
    }

    /// As [`Self::as_given`], and nobody has to be asked whether `downgrade` may lose rows.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.as_given(arguments);
        if arguments.first() == Some(&"downgrade") {
            command.arg("--yes");
        }
        command
    }

    /// The command, ready to run in the folder: no terminal, and none of the caller's environment
    /// that it would read.
    pub(crate) fn as_given(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        from_a_shell(&mut command);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PGPASSWORD", "PGUSER", "PGHOST"] {
            command.env_remove(name);
        }
        // Set, so that no .env above the folder is used.
        command.env("DATABASE_URL", self.database.as_ref().map_or("", Database::url));
        command
    }

    /// Runs it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments))
    }

    /// Runs it against another database.
    pub(crate) fn run_at(&self, url: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command.env("DATABASE_URL", url);
        finish(command)
    }

    /// Runs it, and requires that no file and nothing in the database changed.
    #[track_caller]
    pub(crate) fn unchanged(&self, arguments: &[&str]) -> Ran {
        let before = (self.files(), self.contents());
        let ran = self.run(arguments);
        let after = (self.files(), self.contents());
        let names: Vec<&String> = after.0.keys().collect();
        assert!(before.0 == after.0, "files changed, now {names:?}\n{}{}", ran.out, ran.err);
        assert_eq!(before.1, after.1, "the database changed\n{}{}", ran.out, ran.err);
        ran
    }

    /// Everything in the database, as text: its objects, its history.
    pub(crate) fn contents(&self) -> Vec<String> {
        let Some(database) = &self.database else { return Vec::new() };
        let sql = match database.dialect() {
            Dialect::Sqlite => {
                "select type || ' ' || name || ' ' || coalesce(sql, '') as it \
                 from sqlite_master where name not like 'sqlite\\_%' escape '\\' order by 1"
            }
            Dialect::Postgres => {
                "select c.relkind::text || ' ' || c.oid::regclass::text || ' ' || \
                        coalesce(a.attname || ' ' || a.atttypid::regtype::text || ' ' || \
                                 a.attnotnull::text, '') as it \
                 from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
                 where c.relnamespace in (select oid from pg_namespace \
                       where nspname not like 'pg\\_%' and nspname <> 'information_schema') \
                 order by 1"
            }
            Dialect::Mysql | Dialect::Mariadb => {
                "select concat('column ', table_name, ' ', column_name, ' ', column_type, ' ', \
                        is_nullable) as it \
                 from information_schema.columns where table_schema = database() \
                 union all select concat('index ', table_name, ' ', index_name, ' ', \
                        coalesce(column_name, '')) \
                 from information_schema.statistics where table_schema = database() \
                 order by 1"
            }
        };
        let mut found = self.query(sql);
        if found.iter().any(|it| it.contains("autogen_history")) {
            found.extend(self.query(
                "select concat(revision, ' ', state, ' ', steps_done) as it \
                 from autogen_history order by 1",
            ));
        }
        found
    }

    /// The texts in the column `it` of a query.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        let database = self.database();
        // The type name in casts to text.
        let sql = match database.dialect() {
            Dialect::Sqlite | Dialect::Postgres => sql.to_owned(),
            Dialect::Mysql | Dialect::Mariadb => sql.replace(" as text)", " as char)"),
        };
        block_on(async {
            let connection = database.connect().await;
            let backend = connection.raw().get_database_backend();
            let rows =
                connection.raw().query_all_raw(Statement::from_string(backend, sql.as_str())).await;
            let rows = rows.unwrap_or_else(|error| panic!("{error}\nin: {sql}"));
            let texts = rows.iter().map(|row| row.try_get::<String>("", "it").expect("a text"));
            let texts = texts.collect();
            connection.close().await;
            texts
        })
    }

    /// Runs statements in the database.
    pub(crate) fn execute(&self, sql: &str) {
        block_on(self.database().run(sql));
    }
}

pub(crate) fn finish(mut command: Command) -> Ran {
    let output = command.output().expect("the command runs");
    Ran {
        code: output.status.code().expect("it exits by itself"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}
