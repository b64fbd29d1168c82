//! The project of a command: flags override the configuration, which overrides defaults.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::{Connection, LiveError, MissingFile, Reach, Scope, dialect_of};
use autogen_models::{Features, Options as ReadOptions};

use crate::args::Global;
use crate::config::{self, Config, Format};
use crate::error::Error;
use crate::folder::Folder;
use crate::homes::Homes;
use crate::output;
use crate::seaorm::Crate;
use crate::timeouts;

/// The project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) config: Config,
    /// The configuration, if there is a file.
    pub(crate) file: Option<PathBuf>,
    /// The folder of the configuration.
    pub(crate) base: PathBuf,
    pub(crate) folder: Folder,
    pub(crate) models: PathBuf,
    pub(crate) database_url: Option<String>,
    /// Whether the compiler reads the models.
    pub(crate) compiled: bool,
    /// How models are read from sources.
    pub(crate) reading: ReadOptions,
    /// Patterns of tables to drop although no model ever named them.
    pub(crate) drops: Vec<String>,
    /// The statement timeout, which also limits waiting for a server.
    pub(crate) statement_timeout: Option<Duration>,
    /// The database family that the flag names.
    pub(crate) flag: Option<String>,
    /// The database of the migrations, if the project has those of several.
    pub(crate) home: Option<Dialect>,
    /// Why a comparison with them is refused, once the database is reached.
    pub(crate) homeless: Option<Error>,
    /// Whether there is any sign of a project.
    found: bool,
    /// Whether the path of the models was given.
    named: bool,
}

impl Project {
    /// Reads the configuration. Its paths are relative to its folder.
    pub(crate) fn open(global: &Global) -> Result<Self, Error> {
        let file = global.config.clone().or_else(config::search);
        let config = file.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let base = file.as_deref().and_then(Path::parent).map(PathBuf::from).unwrap_or_default();
        let folder = global.migrations.clone().unwrap_or_else(|| base.join(&config.migrations));
        let models = global.models.clone().unwrap_or_else(|| base.join(&config.models));
        let url = global.database_url.clone().filter(|url| !url.is_empty());
        if let Some(error) = global.broken_env.clone().filter(|_| url.is_none()) {
            return Err(error);
        }
        // Migrations keep the entities of their time.
        let is_crate = config.format == Format::SeaOrm && folder.join("Cargo.toml").exists();
        let frozen = is_crate.then(|| folder.to_string_lossy().into_owned());
        let project = Self {
            found: file.is_some() || global.migrations.is_some() || folder.is_dir(),
            named: global.models.is_some(),
            folder: Folder::new(folder, config.format),
            models,
            database_url: url.map(|url| from_base(url, &base)),
            compiled: global.compiled,
            reading: ReadOptions {
                path: String::new(),
                features: Features {
                    on: config.features.iter().chain(&global.features).cloned().collect(),
                    no_default: global.no_default_features || !config.default_features,
                    all: global.all_features,
                },
                types: config.types.clone(),
                frozen,
            },
            drops: Vec::new(),
            statement_timeout: config.statement_timeout,
            file,
            base,
            flag: only(&global.dialects)?,
            home: None,
            homeless: None,
            config,
        };
        if project.flag.is_some() {
            project.require_one_family()?;
        }
        Ok(project)
    }

    /// One project for each dialect that flags name. The database URL is for the first of them that
    /// it fits.
    pub(crate) fn for_each(global: &Global) -> Result<Vec<Self>, Error> {
        let mut all: Vec<Self> = Vec::new();
        let mut url = global.database_url.clone();
        for name in &global.dialects {
            let wanted: Dialect = parse(name)?;
            if all.iter().any(|it| it.home == Some(wanted)) {
                let message = format!("--dialect {wanted} is given twice");
                return Err(Error::usage("A0686", message, "remove one of them"));
            }
            let named = url.as_deref().and_then(dialect_of);
            let fits = named.is_none_or(|named| named == wanted);
            let database_url = if fits { url.take() } else { None };
            let dialects = vec![name.clone()];
            let mut project = Self::open(&Global { dialects, database_url, ..global.clone() })?;
            if project.config.format != Format::Sql {
                return Err(Error::usage(
                    "A0686",
                    "a crate of SeaORM's migrations has one --dialect",
                    "run it once for each crate, with --migrations",
                ));
            }
            project.folder.path = Homes::find(&project.folder.path)?.beside_others(wanted);
            project.home = Some(wanted);
            all.push(project);
        }
        Ok(all)
    }

    /// Refuses to compare a database with the migrations of another.
    pub(crate) fn require_home(&self, dialect: Dialect) -> Result<(), Error> {
        if let Some(error) = &self.homeless {
            return Err(error.clone());
        }
        match self.home {
            Some(home) if home != dialect => Err(Error::usage(
                "A0685",
                format!(
                    "the database is one of {dialect}, and {} is for {home}",
                    self.folder.path.display()
                ),
                &format!("pass --dialect {dialect}, or the URL of a {home} server"),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses a dialect that the database of the URL can't have.
    fn require_one_family(&self) -> Result<(), Error> {
        let named = self.database_url.as_deref().and_then(dialect_of);
        let (Some(given), Some(named)) = (self.dialect()?, named) else { return Ok(()) };
        if given.shares_urls(named) {
            return Ok(());
        }
        Err(Error::usage(
            "A0612",
            format!("the dialect is {given}, and the database URL is one of {named}"),
            "leave out --dialect, which is for work without a database; or unset DATABASE_URL",
        ))
    }

    /// Refuses to work without a project.
    pub(crate) fn require_found(&self) -> Result<(), Error> {
        if self.found {
            return Ok(());
        }
        Err(Error::usage(
            "A0641",
            "there is no project here: no autogen.toml in this folder, and in none above it",
            "`autogen init` starts one; or change to the project's folder, or name its file by \
             --config",
        ))
    }

    /// The error for missing models: outside of a project nobody named them.
    pub(crate) fn without_models(&self, path: &Path, error: Error) -> Error {
        let missing = ["A0120", "A0608", "A0621"].contains(&error.code);
        match self.require_found() {
            Err(found) if missing && !self.named && *path == self.models => found,
            Err(_) | Ok(()) => error,
        }
    }

    /// The part of a database that is compared. Some schemas are read because models name them,
    /// and may be missing.
    pub(crate) fn scope(&self, expected: BTreeSet<String>) -> Scope {
        let mut exclude = self.config.exclude.clone();
        // SeaORM's history table may have another name.
        if self.config.format == Format::SeaOrm
            && let Ok(migrations) = Crate::open(&self.folder.path)
        {
            exclude.push(migrations.table().to_owned());
        }
        Scope {
            schemas: self.config.schemas.clone(),
            current: None,
            everything: false,
            expected,
            privileges: self.config.privileges,
            include: self.config.include.clone(),
            exclude,
            shown: false,
        }
    }

    /// Refuses a command that does not apply to SeaORM's migrations, which run by themselves.
    pub(crate) fn require_sql(&self, what: &str, instead: &str) -> Result<(), Error> {
        match self.config.format {
            Format::Sql => Ok(()),
            Format::SeaOrm => {
                let message = format!("{what} is not for SeaORM's migrations");
                Err(Error::usage("A0655", message, instead))
            }
        }
    }

    /// The database family, if flags or configuration name one.
    pub(crate) fn dialect(&self) -> Result<Option<Dialect>, Error> {
        let named = self.flag.as_deref().or(self.config.dialect.as_deref());
        named.map(parse).transpose()
    }

    /// The oldest version of the server that migrations must run on; SQLite has no server.
    pub(crate) fn target_version(&self, dialect: Dialect) -> Result<Option<u32>, Error> {
        let Some(text) = self.config.target_version.as_deref().filter(|_| dialect.has_server())
        else {
            return Ok(None);
        };
        let number = dialect.version_number(text);
        number.map(Some).ok_or_else(|| {
            let message = format!("`target_version` is no version of {dialect}: {text:?}");
            Error::usage("A0602", message, "write it as in `target_version = \"13\"`")
        })
    }

    /// The same, or the family of the database URL: without a connection, MariaDB under
    /// `mysql://` is treated as MySQL.
    pub(crate) fn dialect_or_url(&self) -> Result<Option<Dialect>, Error> {
        let named = self.database_url.as_deref().and_then(dialect_of);
        Ok(self.dialect()?.or(named))
    }

    /// The same, where `mysql://` is asked for: its server may be MariaDB.
    pub(crate) async fn dialect_or_server(&self) -> Result<Option<Dialect>, Error> {
        let known = self.dialect_or_url()?;
        if self.dialect()?.is_some() || known != Some(Dialect::Mysql) {
            return Ok(known);
        }
        let connection = self.connect().await?;
        let dialect = connection.dialect();
        connection.close().await;
        Ok(Some(dialect))
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> Result<&str, Error> {
        self.database_url.as_deref().ok_or_else(|| {
            Error::usage(
                "A0605",
                "no database is given",
                "set DATABASE_URL, write it into .env, or pass --database-url",
            )
        })
    }

    /// Connects to the database, which must exist.
    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        self.connect_to(self.url()?).await
    }

    /// Connects to an existing database.
    pub(crate) async fn connect_to(&self, url: &str) -> Result<Connection, Error> {
        Ok(Connection::open(url, MissingFile::Refused, self.reach()).await?)
    }

    /// Connects to the project's database to read it: a missing SQLite file is an empty
    /// database, which only `upgrade` creates.
    pub(crate) async fn connect_to_read(&self) -> Result<Connection, Error> {
        let url = self.url()?;
        match Connection::open(url, MissingFile::Refused, self.reach()).await {
            Err(LiveError::NoSuchDatabase { url: shown })
                if dialect_of(url) == Some(Dialect::Sqlite) =>
            {
                let empty = Connection::open(url, MissingFile::Empty, self.reach()).await?;
                output::note(&format!("{shown} does not exist yet, and is taken as empty"));
                Ok(empty)
            }
            opened => Ok(opened?),
        }
    }

    /// The limits on connecting.
    pub(crate) fn reach(&self) -> Reach {
        timeouts::reach(self.statement_timeout)
    }

    /// Connects to the database, and creates a missing SQLite file.
    pub(crate) async fn connect_or_create(&self) -> Result<Connection, Error> {
        Ok(Connection::open(self.url()?, MissingFile::Created, self.reach()).await?)
    }
}

/// A dialect by its name.
fn parse(name: &str) -> Result<Dialect, Error> {
    name.parse::<Dialect>().map_err(|error| {
        Error::usage("A0604", error.to_string(), "correct --dialect or autogen.toml")
    })
}

/// The one dialect that flags name, if they name any.
fn only(dialects: &[String]) -> Result<Option<String>, Error> {
    match dialects {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        [_, _, ..] => Err(Error::usage(
            "A0686",
            "--dialect is given several times",
            "only `diff` works for several databases at once: run this once for each",
        )),
    }
}

/// A relative SQLite file in `DATABASE_URL` belongs to the application, which runs in the
/// project's folder; one in a flag is relative to the current folder.
fn from_base(url: String, base: &Path) -> String {
    let inherited = std::env::var("DATABASE_URL").is_ok_and(|it| it == url);
    let Some(path) = url.strip_prefix("sqlite:").filter(|_| inherited) else { return url };
    let path = path.strip_prefix("//").unwrap_or(path);
    let elsewhere = path.starts_with('/') || path.starts_with(':') || path.starts_with("file:");
    if elsewhere || path.is_empty() || base.as_os_str().is_empty() {
        return url;
    }
    format!("sqlite:{}", base.join(path).display())
}
