//! `autogen snapshot`.

use std::collections::BTreeSet;

use autogen_schema::Snapshot as Document;

use crate::args::Snapshot;
use crate::error::{Error, exit};
use crate::folder::write_all;
use crate::output;
use crate::project::Project;
use crate::seen;
use crate::source::Source;

pub(super) async fn run(project: &Project, args: &Snapshot) -> Result<u8, Error> {
    let mut loaded =
        Source::parse(&args.source, project)?.load_all(project, BTreeSet::new()).await?;
    let dialect = match loaded.dialect {
        Some(dialect) => Some(dialect),
        None => project.dialect_or_server().await?,
    };
    loaded.complete_for(dialect)?;
    let schema = match dialect {
        Some(dialect) => dialect.canonicalize(&loaded.declared.schema),
        None => loaded.declared.schema,
    };
    let mut snapshot = Document::new(schema);
    snapshot.dialect = dialect.map(|dialect| dialect.name().to_owned());
    seen::tell_unread(&loaded.declared.unread, false);
    snapshot.unread = loaded.declared.unread;
    match &args.output {
        Some(path) => write_all(&[(path.clone(), snapshot.to_json())])?,
        None => output::data(&snapshot.to_json()),
    }
    Ok(exit::DONE)
}
