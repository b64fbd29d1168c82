//! Sources of a schema: a database, models, a snapshot, the migrations.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope, introspect};
use autogen_models::Options;
use autogen_schema::{Declared, Schema};

use crate::compiled;
use crate::ddl;
use crate::error::Error;
use crate::folder::{Folder, read_snapshot};
use crate::git::Tree;
use crate::loaded::Loaded;
use crate::model_cache;
use crate::project::Project;
use crate::scripts;

/// A source as the user gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Database(String),
    Models(PathBuf),
    Snapshot(PathBuf),
    Migrations(PathBuf),
    /// The models at a revision of git.
    Git(String),
    /// Statements, run on a database of their own.
    Sql(PathBuf),
}

impl Source {
    /// Parses the name of a source.
    pub(crate) fn parse(text: &str, project: &Project) -> Result<Self, Error> {
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        Ok(match (kind, rest) {
            ("database", None) => Self::Database(project.url()?.to_owned()),
            ("models", None) => Self::Models(project.models.clone()),
            ("models", Some(path)) => Self::Models(path.into()),
            ("snapshot", Some(path)) => Self::Snapshot(path.into()),
            ("migrations", None) => Self::Migrations(project.folder.path.clone()),
            ("migrations", Some(path)) => Self::Migrations(path.into()),
            ("sql", Some(path)) => Self::Sql(path.into()),
            ("git", Some(revision)) => Self::Git(revision.to_owned()),
            ("sqlite" | "postgres" | "postgresql" | "mysql" | "mariadb", Some(_)) => {
                Self::Database(text.to_owned())
            }
            // A URL of another kind may contain a password.
            (_, Some(rest)) if rest.starts_with("//") => {
                return Err(Error::usage(
                    "A0302",
                    format!("`{kind}` databases are not supported by this build"),
                    "this build supports SQLite, PostgreSQL, MySQL and MariaDB",
                ));
            }
            _ => {
                // A part of a URL may contain a password as well.
                let secret = text.contains(['@', '=', '?']);
                let shown = if secret { "this" } else { &format!("`{text}`") };
                return Err(Error::usage(
                    "A0606",
                    format!("{shown} is not a source"),
                    "write a database URL, models[:PATH], git:REV, snapshot:FILE, sql:FILE or \
                     migrations[:DIR]",
                ));
            }
        })
    }

    /// Whether this is a database.
    pub(crate) fn is_database(&self) -> bool {
        match self {
            Self::Database(_) => true,
            Self::Models(_)
            | Self::Snapshot(_)
            | Self::Migrations(_)
            | Self::Git(_)
            | Self::Sql(_) => false,
        }
    }

    /// Reads the schema; of a database also the expected schemas.
    pub(crate) async fn load(
        &self,
        project: &Project,
        expected: BTreeSet<String>,
    ) -> Result<Loaded, Error> {
        self.load_scope(project, project.scope(expected)).await
    }

    /// As [`Self::load`], with all schemas of a database.
    pub(crate) async fn load_all(
        &self,
        project: &Project,
        expected: BTreeSet<String>,
    ) -> Result<Loaded, Error> {
        let scope = Scope { everything: true, ..project.scope(expected) };
        self.load_scope(project, scope).await
    }

    /// As [`Self::load_all`], to compare with another database: names in its current schema have
    /// no schema, whatever the search path is here.
    pub(crate) async fn load_beside(
        &self,
        project: &Project,
        other: Option<&Connection>,
    ) -> Result<Loaded, Error> {
        let current = match other {
            Some(other) => other.default_schema().await?,
            None => None,
        };
        let scope = Scope { everything: true, current, ..project.scope(BTreeSet::new()) };
        self.load_scope(project, scope).await
    }

    async fn load_scope(&self, project: &Project, scope: Scope) -> Result<Loaded, Error> {
        let mut loaded = self.load_within(project, scope).await?;
        // Privileges are not compared unless they are configured; recreated objects keep them.
        loaded.declared.privileges &= project.config.privileges;
        loaded.declared.column_order = project.config.column_order;
        Ok(loaded)
    }

    /// The same, with everything that is needed to write the schema down exactly.
    pub(crate) async fn load_shown(&self, project: &Project) -> Result<Loaded, Error> {
        let scope = Scope { shown: true, everything: true, ..project.scope(BTreeSet::new()) };
        self.load_within(project, scope).await
    }

    async fn load_within(&self, project: &Project, scope: Scope) -> Result<Loaded, Error> {
        match self {
            Self::Database(url) => {
                let connection = match project.database_url.as_deref() == Some(url.as_str()) {
                    true => project.connect_to_read().await?,
                    false => project.connect_to(url).await?,
                };
                let schema = introspect(&connection, &scope).await?;
                Ok(Loaded {
                    declared: Declared::whole(schema),
                    dialect: Some(connection.dialect()),
                    connection: Some(connection),
                    scripts: None,
                    own: false,
                })
            }
            Self::Models(path) => {
                let read = match project.compiled {
                    true => compiled::read(path, &project.reading.features),
                    false => models(path, &project.reading),
                };
                let mut declared = read.map_err(|error| project.without_models(path, error))?;
                declared.privileges = true;
                let scripts = scripts::read(project)?;
                Ok(Loaded { declared, dialect: None, connection: None, scripts, own: true })
            }
            Self::Git(revision) => {
                let tree = Tree::open(project, revision)?;
                let mut declared = tree.models(&project.models, &project.reading)?;
                declared.privileges = true;
                let scripts = tree.scripts(project)?;
                Ok(Loaded { declared, dialect: None, connection: None, scripts, own: true })
            }
            // It contains only what the file creates.
            Self::Sql(path) => ddl::load(project, path, Scope { everything: true, ..scope }).await,
            Self::Snapshot(path) => snapshot(read_snapshot(path)?),
            Self::Migrations(path) => {
                let folder = Folder::new(path.clone(), project.config.format);
                // The first comparison of a project creates the folder.
                let own = *path == project.folder.path;
                let revisions =
                    if own { folder.revisions_or_none()? } else { folder.revisions()? };
                let head = revisions.head()?.map(|it| it.id.as_str());
                match folder.snapshot()? {
                    Some(found) => {
                        at_head(path, found.revision.as_deref(), head)?;
                        snapshot(found)
                    }
                    None if head.is_none() && (own || folder.is_bare()?) => Ok(Loaded {
                        declared: Declared::whole(Schema::default()),
                        dialect: None,
                        connection: None,
                        scripts: None,
                        own: true,
                    }),
                    None => Err(Error::usage(
                        "A0607",
                        format!("{} has no schema.json", path.display()),
                        "restore it from version control",
                    )),
                }
            }
        }
    }
}

/// Refuses a snapshot of another revision than the head of the migrations.
fn at_head(path: &Path, found: Option<&str>, head: Option<&str>) -> Result<(), Error> {
    match found {
        Some(revision) if head != Some(revision) => Err(Error::refused(
            "A0620",
            format!(
                "{} belongs to revision {revision}, but the migrations end at {}",
                path.join("schema.json").display(),
                head.unwrap_or("none at all")
            ),
            "restore both from the same commit, or write it again: `autogen explain A0620`",
        )),
        Some(_) | None => Ok(()),
    }
}

fn snapshot(found: autogen_schema::Snapshot) -> Result<Loaded, Error> {
    let dialect = found.dialect.as_deref().map(str::parse::<Dialect>).transpose();
    let dialect = dialect.map_err(|error| {
        Error::usage("A0604", format!("the snapshot can't be read: {error}"), "use a newer autogen")
    })?;
    let mut declared = Declared::whole(found.schema);
    declared.done = found.renames;
    declared.unread = found.unread;
    // A snapshot without a revision and for some database may be anybody's.
    let own = found.revision.is_some() || found.dialect.is_none();
    Ok(Loaded { declared, dialect, connection: None, scripts: None, own })
}

/// Reads models from sources. Paths in messages are relative to the current folder, or to the
/// given path if that is elsewhere.
pub(crate) fn models(path: &Path, reading: &Options) -> Result<Declared, Error> {
    if !path.exists() {
        return Err(Error::usage(
            "A0608",
            format!("{} does not exist", path.display()),
            "correct `models` in autogen.toml, or pass --models",
        ));
    }
    let outside = path.is_absolute() || path.starts_with("..");
    let (root, inner) = if !outside {
        (PathBuf::from("."), path.to_path_buf())
    } else if path.is_file() {
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        (path.parent().map(Path::to_path_buf).unwrap_or_default(), name)
    } else {
        (path.to_path_buf(), PathBuf::new())
    };
    let text = inner.to_string_lossy().replace('\\', "/");
    let text = text.trim_start_matches("./").trim_end_matches('/');
    let path = if text == "." { String::new() } else { text.to_owned() };
    let frozen = reading.frozen.as_deref().map(Path::new);
    let frozen = frozen.and_then(|it| if outside { it.strip_prefix(&root).ok() } else { Some(it) });
    let frozen = frozen.map(|it| it.to_string_lossy().replace('\\', "/"));
    let options = Options { path, frozen, ..reading.clone() };
    Ok(model_cache::read(&root, &options)?)
}
