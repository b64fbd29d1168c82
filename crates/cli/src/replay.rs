//! Runs migrations on a scratch database, to find out their result.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::revisions::migration;
use autogen_live::run::{Migration, Settings, Silent, downgrade, upgrade};
use autogen_live::{Connection, Scratch, introspect};
use autogen_plan::{Options, Plan, Revision, Revisions};
use autogen_schema::{Declared, Schema};

use crate::comparing::{Sides, make};
use crate::error::Error;
use crate::error::unknown_dialect;
use crate::loaded::Loaded;
use crate::project::Project;
use crate::timeouts::{on_our_own, require_going_on};
use crate::within::require_within;

/// A scratch database, and what is read of it.
pub(crate) struct Replay<'p> {
    project: &'p Project,
    scratch: Scratch,
    settings: Settings,
    /// The schemas that the project names.
    expected: BTreeSet<String>,
}

impl<'p> Replay<'p> {
    /// Creates the database: on the connected server, or in memory.
    pub(crate) async fn open(
        project: &'p Project,
        revisions: &Revisions,
        expected: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        // Before anything exists that a signal could leave behind.
        let settings = on_our_own(project.statement_timeout);
        let scratch = match &project.database_url {
            Some(url) => Scratch::beside(url, &project.reach()).await?,
            None => {
                let told = revisions.iter().find_map(Revision::dialect);
                let dialect = match told.and_then(|name| name.parse::<Dialect>().ok()) {
                    Some(dialect) => dialect,
                    None => project.dialect()?.ok_or_else(unknown_dialect)?,
                };
                Scratch::embedded(dialect).await?.ok_or_else(|| {
                    Error::usage(
                        "A0627",
                        format!("running {dialect} migrations requires a {dialect} server"),
                        "pass --database-url: they run on a scratch database on that server, \
                         which is dropped afterwards",
                    )
                })?
            }
        };
        Ok(Self { project, scratch, settings, expected: expected.clone() })
    }

    /// Creates one in memory, if that needs no server.
    pub(crate) async fn embedded(
        project: &'p Project,
        dialect: Dialect,
    ) -> Result<Option<Self>, Error> {
        let scratch = Scratch::embedded(dialect).await?;
        Ok(scratch.map(|scratch| Self {
            project,
            scratch,
            settings: on_our_own(project.statement_timeout),
            expected: BTreeSet::new(),
        }))
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.scratch.connection()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.scratch.connection().dialect()
    }

    /// Applies revisions, in their order.
    pub(crate) async fn up(&self, revisions: &[&Revision]) -> Result<(), Error> {
        let migrations = revisions
            .iter()
            .map(|it| migration(it, &it.up, self.dialect()))
            .collect::<Result<Vec<_>, _>>()?;
        for it in &migrations {
            self.require_within(it)?;
        }
        upgrade(self.scratch.connection(), &migrations, self.settings.clone(), &mut Silent).await?;
        Ok(())
    }

    /// Undoes a revision with this file.
    pub(crate) async fn down(&self, revision: &Revision, down: &str) -> Result<(), Error> {
        let migration = migration(revision, down, self.dialect())?;
        self.require_within(&migration)?;
        downgrade(self.scratch.connection(), &[migration], self.settings.clone(), &mut Silent)
            .await?;
        Ok(())
    }

    fn require_within(&self, migration: &Migration) -> Result<(), Error> {
        let id = &migration.revision.id;
        require_within(&self.scratch, migration, |sql| {
            format!("revision {id}: {}", sql.lines().next().unwrap_or_default())
        })
    }

    /// The current schema, in the form that is compared.
    pub(crate) async fn schema(&self) -> Result<Schema, Error> {
        let scope = self.project.scope(self.expected.clone());
        let schema = introspect(self.scratch.connection(), &scope).await?;
        Ok(self.dialect().canonicalize(&schema))
    }

    /// The current schema as one side of a comparison.
    pub(crate) async fn loaded(&self) -> Result<Loaded, Error> {
        Ok(self.side(self.schema().await?))
    }

    fn side(&self, schema: Schema) -> Loaded {
        Loaded {
            declared: Declared::whole(schema),
            dialect: Some(self.dialect()),
            connection: Some(self.scratch.connection().clone()),
            scripts: None,
            own: true,
        }
    }

    /// The changes from one schema to another; the server normalizes expressions.
    pub(crate) async fn difference(&self, before: &Schema, after: &Schema) -> Result<Plan, Error> {
        let sides = Sides {
            from: self.side(before.clone()),
            to: self.side(after.clone()),
            dialect: self.dialect(),
            compiled: false,
            target_version: None,
        };
        // Nobody asked for a rename here.
        make(&sides, &Options::default()).await
    }

    /// Drops the database, whatever the outcome.
    pub(crate) async fn close<T>(self, outcome: Result<T, Error>) -> Result<T, Error> {
        let closed = self.scratch.close().await;
        let outcome = outcome?;
        closed?;
        require_going_on("running the migrations")?;
        Ok(outcome)
    }
}
