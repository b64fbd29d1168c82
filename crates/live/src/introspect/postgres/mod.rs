//! Reads PostgreSQL's catalog: ten queries in one read-only transaction, each row one JSON
//! text. Only `pg_catalog` is read: `information_schema` hides what belongs to other roles.

mod columns;
mod constraints;
mod indexes;
mod left;
mod names;
mod others;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, argument_types};
use autogen_schema::{
    Extension, Grant, Grantable, Metadata, Namespace, Outside, RoutineKind, Schema, Table, View,
};
use serde::de::DeserializeOwned;

pub(crate) use self::columns::expr;
use self::names::Naming;
use self::rows::{
    AttachedRow, ColumnRow, ConstraintRow, Environment, IndexRow, RelationRow, RoutineRow,
    SequenceRow, SessionRow, TypeRow,
};
use crate::introspect::note;
use crate::session::Session;
use crate::{LiveError, Scope, ServerVersion};

pub(crate) const BEGIN: &str = "begin isolation level repeatable read read only";
const SESSION: &str = include_str!("session.sql");
const ENVIRONMENT: &str = include_str!("environment.sql");
const LEFT: &str = include_str!("left.sql");
const PARTITIONS: &str = include_str!("partitions.sql");
const USES: &str = include_str!("uses.sql");
const TYPES: &str = include_str!("types.sql");
const RELATIONS: &str = include_str!("relations.sql");
const SEQUENCES: &str = include_str!("sequences.sql");
const COLUMNS: &str = include_str!("columns.sql");
const CONSTRAINTS: &str = include_str!("constraints.sql");
const INDEXES: &str = include_str!("indexes.sql");
const ATTACHED: &str = include_str!("attached.sql");
const ROUTINES: &str = include_str!("routines.sql");

/// All rows of the catalog, not yet combined.
struct Catalog {
    environment: Environment,
    types: Vec<TypeRow>,
    relations: Vec<RelationRow>,
    sequences: Vec<SequenceRow>,
    columns: Vec<ColumnRow>,
    constraints: Vec<ConstraintRow>,
    indexes: Vec<IndexRow>,
    attached: Vec<AttachedRow>,
    routines: Vec<RoutineRow>,
}

/// A table while it is read.
struct Building {
    table: Table,
    /// The catalog's column numbers, in order, each with the oid of a collation other than the
    /// database's default.
    numbers: Vec<(i32, Option<i64>)>,
    /// For the own objects of a partition: the top-level table.
    root: Option<i64>,
}

impl Building {
    fn new(table: Table) -> Self {
        Self { table, numbers: Vec::new(), root: None }
    }

    /// The position of a column in the table by its number in the catalog.
    fn position(&self, number: i32) -> Option<usize> {
        self.numbers.binary_search_by_key(&number, |(number, _)| *number).ok()
    }

    /// The name of a column by its number in the catalog.
    fn column(&self, number: i32) -> Option<&str> {
        self.position(number).map(|at| self.table.columns[at].name.as_str())
    }

    fn columns(&self, numbers: &[i32]) -> Vec<String> {
        numbers.iter().filter_map(|number| self.column(*number)).map(str::to_owned).collect()
    }
}

type Buildings = BTreeMap<i64, Building>;

/// Views by oid.
type Views = BTreeMap<i64, View>;

/// The columns of tables outside of the schema: table, number, name.
type OutsideColumns = BTreeMap<(i64, i32), String>;

pub(super) async fn read(
    session: &mut Session,
    version: &ServerVersion,
    scope: &Scope,
) -> Result<Schema, LiveError> {
    session.run(BEGIN).await.map_err(|error| session.error("beginning to read", &error))?;
    session.set_unfinished(true);
    let read = read_catalog(session, version, scope).await;
    // Nothing was written, so a failed rollback does not matter, but a session with an open
    // transaction is closed.
    let ended = session.run("rollback").await;
    session.set_unfinished(ended.is_err());
    let (default_schema, catalog) = read?;
    Ok(assemble(catalog, default_schema, BTreeMap::new(), scope))
}

/// Reads schemas within the open transaction. Names in the current schema are unqualified;
/// other schemas use their aliases.
pub(crate) async fn read_within(
    session: &mut Session,
    version: &ServerVersion,
    schemas: &[String],
    aliases: BTreeMap<String, String>,
) -> Result<Schema, LiveError> {
    let scope = Scope { schemas: schemas.to_vec(), ..Scope::default() };
    let (default_schema, catalog) = read_catalog(session, version, &scope).await?;
    Ok(assemble(catalog, default_schema, aliases, &scope))
}

async fn read_catalog(
    session: &mut Session,
    version: &ServerVersion,
    scope: &Scope,
) -> Result<(String, Catalog), LiveError> {
    let Reading { default_schema, schemas, partitions } = set_session(session, scope).await?;
    let queries = Queries {
        schemas: literals(&schemas),
        major: version.number / 10_000,
        privileges: scope.privileges,
    };
    let environment = ENVIRONMENT
        .replace(":left", LEFT)
        .replace(":partitions", if partitions { PARTITIONS } else { "" })
        .replace(":uses", USES);
    let environment = queries.ask(session, "reading schemas", &environment).await?.pop();
    let Some(environment) = environment else {
        return Err(LiveError::Catalog {
            url: session.url().to_owned(),
            doing: "reading schemas".to_owned(),
            reason: "no row".to_owned(),
        });
    };
    let catalog = Catalog {
        environment,
        types: queries.ask(session, "reading types", TYPES).await?,
        relations: queries.ask(session, "reading tables", RELATIONS).await?,
        sequences: queries.ask(session, "reading sequences", SEQUENCES).await?,
        columns: queries.ask(session, "reading columns", COLUMNS).await?,
        constraints: queries.ask(session, "reading constraints", CONSTRAINTS).await?,
        indexes: queries.ask(session, "reading indexes", INDEXES).await?,
        attached: queries.ask(session, "reading triggers and policies", ATTACHED).await?,
        routines: queries.ask(session, "reading functions", ROUTINES).await?,
    };
    Ok((default_schema, catalog))
}

/// What to read in a transaction.
pub(crate) struct Reading {
    pub(crate) default_schema: String,
    schemas: Vec<String>,
    /// Whether the database has any partition.
    partitions: bool,
}

/// Fixes the settings that affect how expressions are printed, until the end of the
/// transaction, and finds what to read.
pub(crate) async fn set_session(
    session: &mut Session,
    scope: &Scope,
) -> Result<Reading, LiveError> {
    if let Some(current) = &scope.current {
        let set = format!("set local search_path = {}", Dialect::Postgres.quote(current));
        let doing = "setting the current schema";
        session.run(&set).await.map_err(|error| session.error(doing, &error))?;
    }
    let asked: BTreeSet<&String> = scope.schemas.iter().chain(&scope.expected).collect();
    let asked: Vec<String> = asked.into_iter().cloned().collect();
    let queries = Queries { schemas: literals(&asked), major: 0, privileges: false };
    let row: Option<SessionRow> =
        queries.ask(session, "reading the current schema", SESSION).await?.pop();
    let Some(SessionRow { schema: Some(default_schema), schemas: found, users, partitions }) = row
    else {
        return Err(LiveError::NoCurrentSchema { url: session.url().to_owned() });
    };
    let exists = |schema: &&String| found.contains(*schema);
    let lenient = |schema: &String| scope.everything || scope.expected.contains(schema);
    let missing = scope.schemas.iter().find(|schema| !exists(schema) && !lenient(schema));
    if let Some(missing) = missing {
        let (url, schema) = (session.url().to_owned(), missing.clone());
        return Err(LiveError::NoSuchSchema { url, schema });
    }
    let mut schemas: Vec<String> = asked.iter().filter(exists).cloned().collect();
    if scope.everything && scope.schemas.is_empty() {
        schemas.extend(users);
        schemas.sort();
        schemas.dedup();
    }
    // If only models name schemas, the current one is included.
    if scope.schemas.is_empty() && !schemas.contains(&default_schema) {
        schemas.push(default_schema.clone());
    }
    Ok(Reading { default_schema, schemas, partitions })
}

/// The parameters of the queries' texts.
struct Queries {
    /// The schemas as an array.
    schemas: String,
    /// The server's major version.
    major: u32,
    /// Whether privileges are read.
    privileges: bool,
}

impl Queries {
    async fn ask<T: DeserializeOwned>(
        &self,
        session: &mut Session,
        doing: &str,
        sql: &str,
    ) -> Result<Vec<T>, LiveError> {
        session.json(doing, &self.complete(sql)).await
    }

    /// Inserts the schemas, and removes the lines that this server version does not support:
    /// those that end in `--@ >= N` with a higher number.
    fn complete(&self, sql: &str) -> String {
        let mut text = String::with_capacity(sql.len() + self.schemas.len());
        for line in sql.lines().filter(|line| !line.starts_with("--")) {
            let (code, since) = line.split_once("--@ >= ").unwrap_or((line, "0"));
            if since.trim().parse::<u32>().is_ok_and(|since| self.major >= since) {
                let code = code.replace(":schemas", &self.schemas);
                let wanted = if self.privileges { "true" } else { "false" };
                text.push_str(&code.replace(":privileges", wanted));
                text.push('\n');
            }
        }
        text
    }
}

fn literals(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| Dialect::Postgres.quote_text(name)).collect();
    format!("array[{}]::text[]", quoted.join(", "))
}

fn assemble(
    catalog: Catalog,
    default_schema: String,
    aliases: BTreeMap<String, String>,
    scope: &Scope,
) -> Schema {
    let (opclasses, collations) = (BTreeMap::new(), BTreeMap::new());
    let mut naming = Naming { default_schema, aliases, opclasses, collations };
    let environment = catalog.environment;
    for (oid, schema, name) in environment.opclasses {
        naming.opclasses.insert(oid, naming.opclass(&schema, &name));
    }
    for (oid, schema, name) in environment.collations {
        naming.collations.insert(oid, naming.collation(&schema, &name));
    }
    let mut schema = Schema::default();
    for row in environment.namespaces {
        if row.name != naming.default_schema {
            let namespace = Namespace { name: row.name.clone(), comment: row.comment };
            schema.namespaces.insert(row.name, namespace);
        }
    }
    schema.outside = Metadata(Outside {
        schemas: environment.outside,
        uses: environment
            .outside_uses
            .into_iter()
            .filter_map(|it| left::used(it, &naming))
            .collect(),
        attributes: Vec::new(),
    });
    for (code, kind, place, name, rest, why, carrier) in environment.left {
        // The server's own name for objects outside of schemas, or with a schema in their name.
        let name = match place.map(|place| naming.name(&place, name.clone())) {
            Some(name) if !scope.holds(&name, &naming.default_schema) => continue,
            Some(name) => name.to_string(),
            None => name,
        };
        // Those are separate objects; the others are dropped with the object they belong to.
        if code == "U0127" && !kind.ends_with(" of") {
            let within = |place: &&String| {
                let quoted = Dialect::Postgres.quote(place);
                let rest = name.strip_prefix(&quoted).or_else(|| name.strip_prefix(place.as_str()));
                rest.is_some_and(|rest| rest.starts_with('.'))
            };
            if let Some(place) = schema.namespaces.keys().find(within).cloned() {
                left::lies_in(&mut schema, &place, format!("{kind} {name}"));
            }
        }
        let object = format!("{kind} {name}{rest}");
        if let Some(carrier) = carrier.and_then(|it| left::carrier(it, &naming)) {
            left::attribute(&mut schema, object.clone(), why.clone(), carrier);
        }
        schema.unsupported.push(note(&code, object, &why));
    }
    for row in environment.extensions {
        let place = (row.schema != naming.default_schema).then_some(row.schema);
        let version = Some(row.version);
        let extension =
            Extension { name: row.name.clone(), schema: place, version, comment: row.comment };
        schema.extensions.insert(row.name, extension);
    }
    for row in environment.own_collations {
        let collation = others::collation(row, &naming);
        schema.collations.insert(collation.name.clone(), collation);
    }
    for (kind, place, name, detail, to, privilege, grantable) in environment.grants {
        let on = match kind {
            'S' => Grantable::Sequence(naming.name(&place, name)),
            'n' => Grantable::Schema(name),
            'a' => Grantable::Column(naming.name(&place, name), detail),
            'f' => {
                let types = argument_types(&naming.text(&detail), RoutineKind::Function);
                Grantable::Routine(naming.name(&place, name), types.join(", "))
            }
            _ => Grantable::Relation(naming.name(&place, name)),
        };
        schema.grants.insert(Grant { on, to, grantable, privilege });
    }
    others::types(catalog.types, &naming, &mut schema);
    let (mut tables, mut views) = others::relations(catalog.relations, &naming, scope, &mut schema);
    let outside_columns =
        columns::fill(catalog.columns, catalog.sequences, &naming, &mut tables, &mut schema);
    let exclusions = indexes::fill(catalog.indexes, &naming, &mut tables, &mut views, &mut schema);
    let parents = constraints::Parents { outside_columns, naming: &naming };
    constraints::fill(catalog.constraints, exclusions, &parents, &mut tables, &mut schema);
    others::attached(catalog.attached, &naming, scope, &mut tables, &mut views, &mut schema);
    others::own_objects(&mut tables);
    others::routines(catalog.routines, &naming, &mut schema);
    for mut view in views.into_values() {
        view.sort();
        schema.views.insert(view.name.clone(), view);
    }
    for building in tables.into_values() {
        schema.add_table(building.table);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_completed_for_the_version() {
        let sql = "-- remark\nselect a,\n  b, --@ >= 15\n  c\nwhere x = any (:schemas)\n";
        let complete = |major| {
            Queries { schemas: literals(&["it's".to_owned()]), major, privileges: false }
                .complete(sql)
        };
        assert_eq!(complete(14), "select a,\n  c\nwhere x = any (array['it''s']::text[])\n");
        assert_eq!(complete(15), "select a,\n  b, \n  c\nwhere x = any (array['it''s']::text[])\n");
    }
}
