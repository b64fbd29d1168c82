//! The two sides of a comparison: read, canonicalized, planned.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::{LiveError, compare, is_of_tool};
use autogen_models::KEYLESS;
use autogen_plan::{Options, Plan};
use autogen_schema::{Declared, DeclaredObject, Origin, QName, Schema, counted};

use crate::error::{Error, unknown_dialect};
use crate::loaded::Loaded;
use crate::output;
use crate::project::Project;
use crate::seen;
use crate::source::Source;

/// The two sides and their database.
pub(crate) struct Sides {
    pub(crate) from: Loaded,
    pub(crate) to: Loaded,
    pub(crate) dialect: Dialect,
    /// Whether the compiler read the models.
    pub(crate) compiled: bool,
    /// The version of the server that it must run on, if it is not the one at hand.
    pub(crate) target_version: Option<u32>,
}

/// Reads both sides.
pub(crate) async fn sides(project: &Project, from: &Source, to: &Source) -> Result<Sides, Error> {
    // Schemas that models name are read from the database as well.
    let (from, to) = if from.is_database() && to.is_database() {
        let from = from.load_all(project, BTreeSet::new()).await?;
        let to = to.load_beside(project, from.connection.as_ref()).await?;
        require_schemas(project, [&from, &to]).await?;
        (from, to)
    } else if from.is_database() {
        let to = to.load(project, BTreeSet::new()).await?;
        (from.load(project, to.namespaces()).await?, to)
    } else {
        let from = from.load(project, BTreeSet::new()).await?;
        let expected = from.namespaces();
        (from, to.load(project, expected).await?)
    };
    matched(project, from, to).await
}

/// Refuses schemas to compare that neither side has: one that only one side has is created or
/// dropped.
async fn require_schemas(project: &Project, sides: [&Loaded; 2]) -> Result<(), Error> {
    let mut existing: BTreeSet<String> = BTreeSet::new();
    for side in sides {
        existing.extend(side.declared.schema.namespaces.keys().cloned());
        if let Some(connection) = &side.connection {
            existing.extend(connection.default_schema().await?);
        }
    }
    let Some(connection) = sides.iter().find_map(|side| side.connection.as_ref()) else {
        return Ok(());
    };
    let absent = project.config.schemas.iter().find(|name| !existing.contains(*name));
    match absent.filter(|_| connection.dialect().has_schemas()) {
        Some(schema) => {
            let (url, schema) = (connection.url().to_owned(), schema.clone());
            Err(LiveError::NoSuchSchema { url, schema }.into())
        }
        None => Ok(()),
    }
}

/// Reports what a database has in schemas that are not read.
pub(crate) fn tell_outside(schema: &Schema) {
    for (name, objects) in &schema.outside.0.schemas {
        let objects = counted(*objects, "object");
        output::note(&format!(
            "not read: schema {name} ({objects}); `schemas` in autogen.toml lists those that are"
        ));
    }
}

/// Warns of entities that SeaORM will not compile.
pub(crate) fn tell_keyless(declared: &Declared) {
    for table in &declared.keyless {
        let place = declared.origins.get(table).map(|it| format!("{}:{}: ", it.file, it.line));
        output::note(&format!(
            "warning: {}the entity of {table} has no primary key, which SeaORM requires: mark its \
             key by `#[sea_orm(primary_key)]` [{KEYLESS}]",
            place.unwrap_or_default()
        ));
    }
}

/// Leaves models out whose tables are not read from a database: an entity of SeaORM's own history
/// table, and what autogen.toml excludes.
fn leave_excluded(project: &Project, default_schema: Option<&str>, side: &mut Loaded) {
    if !side.declared.is_models() {
        return;
    }
    let scope = project.scope(BTreeSet::new());
    let is_out = |name: &&QName| !scope.holds(name, default_schema.unwrap_or_default());
    let tables: Vec<QName> = side.declared.schema.tables.keys().filter(is_out).cloned().collect();
    tables.iter().for_each(|name| side.declared.leave_out(name));
    let excluded: Vec<String> =
        tables.iter().filter(|name| !is_of_tool(name)).map(ToString::to_string).collect();
    if !excluded.is_empty() {
        output::note(&format!("autogen.toml excludes these models: {}", excluded.join(", ")));
    }
}

/// Lets the server normalize the texts of views that differ from the existing ones.
pub(crate) fn normalize_views(existing: &Schema, wanted: &mut Declared) {
    let other = wanted.schema.views.iter().filter(|(name, view)| {
        existing.views.get(*name).is_some_and(|other| other.definition != view.definition)
    });
    let other = other.map(|(name, _)| (DeclaredObject::View(name.clone()), Origin::default()));
    wanted.places.extend(other.collect::<Vec<_>>());
}

/// Brings both sides into the form of their database.
pub(crate) async fn matched(
    project: &Project,
    mut from: Loaded,
    mut to: Loaded,
) -> Result<Sides, Error> {
    let dialect = match (from.dialect, to.dialect) {
        (Some(before), Some(after)) if before != after => {
            return Err(Error::usage(
                "A0612",
                format!("one side is {before}, the other is {after}"),
                "compare schemas of one database family",
            ));
        }
        (Some(dialect), _) | (None, Some(dialect)) => dialect,
        (None, None) => project.dialect()?.ok_or_else(unknown_dialect)?,
    };
    let default = match (&from.connection, &to.connection) {
        (Some(connection), _) | (None, Some(connection)) => connection.default_schema().await?,
        (None, None) => Some("public".to_owned()).filter(|_| dialect.has_schemas()),
    };
    from.complete(dialect, default.as_deref())?;
    to.complete(dialect, default.as_deref())?;
    for side in [&mut from, &mut to] {
        leave_excluded(project, default.as_deref(), side);
    }
    dialect.canonicalize_tables(&mut to.declared);
    // Each version of a server prints views in its own way.
    if let (Some(one), Some(other)) = (&from.connection, &to.connection)
        && one.version().major(dialect) != other.version().major(dialect)
    {
        normalize_views(&from.declared.schema, &mut to.declared);
    }
    seen::settle(project, default.as_deref(), &from, &mut to)?;
    if to.declared.is_models() && from.connection.is_some() {
        let named = to.declared.namespaces().into_iter();
        to.declared.visited = named.filter(|name| !project.config.schemas.contains(name)).collect();
    }
    // Models leave names open; a database created from them has names.
    if from.connection.is_none() {
        from.declared.schema = dialect.as_created(&from.declared.schema);
    }
    if from.connection.is_some()
        && to.declared.is_models()
        && let Some(snapshot) = project.folder.snapshot()?
    {
        from.declared.schema.remember(&snapshot.schema);
        from.declared.done = snapshot.renames;
    }
    to.declared.done = from.declared.done.take();
    let target_version = project.target_version(dialect)?;
    Ok(Sides { from, to, dialect, compiled: project.compiled, target_version })
}

/// Plans; if expressions are ambiguous and a server is connected, it is asked, once for all
/// of them.
pub(crate) async fn make(sides: &Sides, options: &Options) -> Result<Plan, Error> {
    let server = sides.from.connection.as_ref().or(sides.to.connection.as_ref());
    let (before, after) = (&sides.from.declared.schema, &sides.to.declared);
    let options = Options { server: sides.target_version, ..options.clone() };
    let plan = compare(sides.dialect, before, after, &options, server).await?;
    seen::require(after, &plan, sides.compiled)?;
    Ok(plan)
}
