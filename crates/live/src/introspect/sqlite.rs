//! Reads an SQLite database: one query for the statements that created its objects, which our
//! own parser reads. The pragmas would need several queries for each table, and show less.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::sqlite::ddl;
use autogen_schema::{Column, Index, IndexKey, QName, Schema, Table, Trigger, View, ViewKind};
use serde::Deserialize;

use super::note;
use crate::session::Session;
use crate::{LiveError, Scope};

/// Everything in one row: rows come from another thread, and switching threads for each costs
/// more than reading it.
const OBJECTS: &str = "select json_group_array(json_array(type, name, tbl_name, sql)) \
    from (select * from sqlite_master order by rowid)";

/// The row of an object in sqlite_schema, in the order of the query.
#[derive(Deserialize)]
struct Object {
    kind: String,
    name: String,
    table: String,
    /// `None` for indexes that belong to constraints.
    sql: Option<String>,
}

pub(super) async fn read(session: &mut Session, scope: &Scope) -> Result<Schema, LiveError> {
    let doing = "reading the schema";
    let texts = session.texts(OBJECTS).await.map_err(|error| session.error(doing, &error))?;
    let mut objects: Vec<Object> = Vec::new();
    for text in texts {
        objects = serde_json::from_str(&text).map_err(|error| LiveError::Catalog {
            url: session.url().to_owned(),
            doing: doing.to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(assemble(objects, scope))
}

fn assemble(objects: Vec<Object>, scope: &Scope) -> Schema {
    let mut schema = Schema::default();
    let shadows = shadow_tables(&objects);
    let holds = |name: &str| {
        // Names with this prefix belong to SQLite, in any case of letters.
        let own = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"));
        !own && !shadows.contains(&name.to_ascii_lowercase())
            && scope.holds(&QName::bare(name), "main")
    };
    // Names are compared without case, as in SQLite.
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut unread: BTreeSet<String> = BTreeSet::new();
    for object in objects.iter().filter(|it| it.kind == "table" && holds(&it.name)) {
        let sql = object.sql.as_deref().unwrap_or_default();
        let label = format!("table {}", object.name);
        if let Some((_, module)) = ddl::virtual_module(sql) {
            let message = format!("a virtual table of the module {module} is not compared");
            schema.unsupported.push(note("U0151", label, &message));
            unread.insert(object.name.to_ascii_lowercase());
            continue;
        }
        match ddl::parse_table(sql) {
            Ok(mut parsed) => {
                for unsaid in parsed.unsaid {
                    let message = format!("{unsaid} can't be represented");
                    schema.unsupported.push(note("U0152", label.clone(), &message));
                }
                // After a rename, the statement may spell the name differently.
                parsed.table.name = QName::bare(object.name.clone());
                tables.insert(object.name.to_ascii_lowercase(), parsed.table);
            }
            Err(error) => {
                let message = format!("its statement can't be read: {error}");
                schema.unsupported.push(note("U0153", label, &message));
                unread.insert(object.name.to_ascii_lowercase());
            }
        }
    }
    let mut views: BTreeMap<String, View> = BTreeMap::new();
    for object in objects.iter().filter(|it| it.kind == "view" && holds(&it.name)) {
        let definition = statement(object.sql.as_deref().unwrap_or_default());
        let view = View::new(QName::bare(object.name.clone()), ViewKind::Plain, definition);
        views.insert(object.name.to_ascii_lowercase(), view);
    }
    for object in &objects {
        let Some(sql) = &object.sql else { continue };
        match object.kind.as_str() {
            "index" => {
                let Some(table) = tables.get_mut(&object.table.to_ascii_lowercase()) else {
                    continue;
                };
                match ddl::parse_index(sql) {
                    Ok((_, mut index)) => {
                        resolve_parts(table, &mut index);
                        table.indexes.push(index);
                    }
                    Err(error) => {
                        let message = format!("its statement can't be read: {error}");
                        let label = format!("index {}", object.name);
                        schema.unsupported.push(note("U0154", label, &message));
                    }
                }
            }
            "trigger" => {
                let trigger = Trigger::new(object.name.clone(), statement(sql));
                let on = object.table.to_ascii_lowercase();
                if let Some(view) = views.get_mut(&on) {
                    view.triggers.push(trigger);
                } else if let Some(table) = tables.get_mut(&object.table.to_ascii_lowercase()) {
                    table.triggers.push(trigger);
                } else if unread.contains(&object.table.to_ascii_lowercase())
                    || holds(&object.table)
                {
                    let label = format!("trigger {}", object.name);
                    let message = format!("a trigger of {} is not compared", object.table);
                    schema.unsupported.push(note("U0155", label, &message));
                }
            }
            // "view" and "table", which are handled above.
            _ => {}
        }
    }
    resolve_references(&mut tables);
    schema.views = views.into_values().map(|view| (view.name.clone(), view)).collect();
    for table in tables.into_values() {
        schema.add_table(table);
    }
    schema
}

/// A statement without its closing semicolon.
fn statement(sql: &str) -> String {
    sql.trim().trim_end_matches(';').trim_end().to_owned()
}

/// Spells the columns of an index as the table does.
fn resolve_parts(table: &Table, index: &mut Index) {
    for part in &mut index.parts {
        if let IndexKey::Column(name) = &mut part.key {
            spell(table, name);
        }
    }
}

fn spell(table: &Table, name: &mut String) {
    let same = |column: &&Column| column.name.eq_ignore_ascii_case(name);
    if let Some(column) = table.columns.iter().find(same) {
        name.clone_from(&column.name);
    }
}

/// Spells the tables and columns of foreign keys as they were declared.
fn resolve_references(tables: &mut BTreeMap<String, Table>) {
    struct Respelled {
        table: String,
        at: usize,
        parent: QName,
        columns: Vec<String>,
    }
    let mut respelled = Vec::new();
    for (key, table) in &*tables {
        for (at, foreign) in table.foreign_keys.iter().enumerate() {
            let Some(parent) = tables.get(&foreign.references.name.to_ascii_lowercase()) else {
                continue;
            };
            let mut columns = foreign.referenced_columns.clone();
            columns.iter_mut().for_each(|column| spell(parent, column));
            if parent.name != foreign.references || columns != foreign.referenced_columns {
                let (table, parent) = (key.clone(), parent.name.clone());
                respelled.push(Respelled { table, at, parent, columns });
            }
        }
    }
    for Respelled { table, at, parent, columns } in respelled {
        if let Some(foreign) = tables.get_mut(&table).and_then(|it| it.foreign_keys.get_mut(at)) {
            foreign.references = parent;
            foreign.referenced_columns = columns;
        }
    }
}

/// The tables behind virtual tables, in lower case.
///
/// Sources: <https://sqlite.org/fts5.html> 9, <https://sqlite.org/fts3.html>
/// 9.1, <https://sqlite.org/rtree.html> 4.6.
fn shadow_tables(objects: &[Object]) -> BTreeSet<String> {
    let suffixes = |module: &str| -> &[&str] {
        match module {
            "fts5" => &["data", "idx", "content", "docsize", "config"],
            "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
            "rtree" | "rtree_i32" | "geopoly" => &["node", "rowid", "parent"],
            "spellfix1" => &["vocab"],
            "vec0" => &[
                "info",
                "chunks",
                "rowids",
                "auxiliary",
                "metadatachunks00",
                "metadatatext00",
                "vector_chunks00",
            ],
            _ => &[],
        }
    };
    objects
        .iter()
        .filter(|object| object.kind == "table")
        .filter_map(|object| Some((object, ddl::virtual_module(object.sql.as_deref()?)?)))
        .flat_map(|(object, (_, module))| {
            let name = object.name.to_ascii_lowercase();
            suffixes(&module).iter().map(move |suffix| format!("{name}_{suffix}"))
        })
        .collect()
}
