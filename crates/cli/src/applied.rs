//! The migrations that a database has.

use autogen_live::Connection;
use autogen_live::history::{self, Applied};
use autogen_plan::Revisions;

use crate::config::Format;
use crate::error::Error;
use crate::project::Project;
use crate::seaorm;

impl Project {
    /// The database's migrations.
    pub(crate) async fn history(
        &self,
        connection: &Connection,
        revisions: &Revisions,
    ) -> Result<Vec<Applied>, Error> {
        match self.config.format {
            Format::Sql => Ok(history::current(connection).await?),
            Format::SeaOrm => seaorm::history(self, connection, revisions).await,
        }
    }
}
