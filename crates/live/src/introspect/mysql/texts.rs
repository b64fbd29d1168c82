//! Views, triggers, routines and events.

use std::collections::BTreeMap;

use autogen_dialect::mysql::{self, Flavor};
use autogen_dialect::{Dialect, trigger_body, without_schema};
use autogen_schema::{Metadata, QName, Routine, RoutineKind, Schema, Trigger, View, ViewKind};

use super::columns::ViewColumns;
use super::exact::Exact;
use super::object::{Object, unended};
use super::{Buildings, Catalog, Context, OBJECTS, unwritten};
use crate::LiveError;
use crate::introspect::note;

pub(super) async fn read(catalog: &mut Catalog<'_>) -> Result<Vec<Object>, LiveError> {
    let mut objects = catalog
        .ask("reading views, triggers and routines", OBJECTS, |row| Object {
            kind: row.text(0),
            name: row.text(1),
            body: row.text(2),
            first: row.text(3),
            second: row.text(4),
            third: row.text(5),
            place: row.number(6),
            modes: row.text(7),
        })
        .await?;
    objects.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    Ok(objects)
}

pub(super) fn fill(
    objects: Vec<Object>,
    exact: Exact,
    context: &Context<'_>,
    flavor: Flavor,
    tables: &mut Buildings,
    columns: &mut ViewColumns,
    schema: &mut Schema,
) {
    let dialect = flavor.dialect();
    let triggers: BTreeMap<[String; 3], BTreeMap<u32, String>> = ordered(&objects);
    for object in objects {
        let label = format!("{} {}", object.kind, object.name);
        if let Some(mode) = object.other_mode() {
            let message = format!(
                "it was created with the sql_mode {mode}, which a file can't \
                                   declare"
            );
            schema.unsupported.push(note("U0175", label, &message));
            continue;
        }
        match object.kind.as_str() {
            "view" if !context.holds(&object.name) => {}
            "view" if object.body.is_empty() => {
                let message = "its definition can't be read with the privileges of this user";
                schema.unsupported.push(note("U0174", label, message));
            }
            "view" => {
                let mut told = columns.remove(&object.name).unwrap_or_default();
                told.sort();
                let told: Vec<(String, String)> =
                    told.into_iter().map(|(_, name, kind)| (name, kind)).collect();
                let mut view = view(&object, flavor, &told, context.database);
                view.columns = Metadata(Some(told));
                let written = exact.view(&object.name);
                let written = written.map(|it| without_schema(dialect, &it, context.database));
                view.source = Metadata(written.filter(|text| *text != view.definition));
                schema.views.insert(view.name.clone(), view);
            }
            "trigger" => {
                let Some(building) = tables.get_mut(&object.third) else { continue };
                let trigger = trigger(&object, &exact, &triggers, dialect, context.database);
                building.table.triggers.push(trigger);
            }
            "event" if !object.is_readable() => {
                let message = format!("its time zone is {}, and not UTC", object.first);
                schema.unsupported.push(note("U0175", label, &message));
            }
            "function" | "procedure" | "event" => {
                let (word, kind) = match object.kind.as_str() {
                    "function" => ("function", RoutineKind::Function),
                    "procedure" => ("procedure", RoutineKind::Procedure),
                    _ => ("event", RoutineKind::Event),
                };
                let Some(definition) = exact.statement(word, &object.name) else {
                    let message = "its definition can't be read with the privileges of this user";
                    schema.unsupported.push(note("U0174", label, message));
                    continue;
                };
                schema.routines.push(Routine {
                    name: QName::bare(object.name),
                    // MySQL has no overloads.
                    arguments: String::new(),
                    kind,
                    definition,
                    comment: None,
                    source: unwritten(),
                    access: Metadata::default(),
                });
            }
            kind => {
                let message = format!("a database's {kind} is not compared");
                schema.unsupported.push(note("U0175", label, &message));
            }
        }
    }
}

/// Triggers by time, event and table, in the order in which they act.
fn ordered(objects: &[Object]) -> BTreeMap<[String; 3], BTreeMap<u32, String>> {
    let mut found: BTreeMap<[String; 3], BTreeMap<u32, String>> = BTreeMap::new();
    for object in objects.iter().filter(|it| it.kind == "trigger") {
        let of = [object.first.clone(), object.second.clone(), object.third.clone()];
        found.entry(of).or_default().insert(object.place, object.name.clone());
    }
    found
}

fn view(object: &Object, flavor: Flavor, told: &[(String, String)], database: &str) -> View {
    let dialect = flavor.dialect();
    let mut head = "CREATE ".to_owned();
    if !["", "UNDEFINED"].contains(&object.third.as_str()) {
        head.push_str(&format!("ALGORITHM={} ", object.third));
    }
    if object.second == "INVOKER" {
        head.push_str("SQL SECURITY INVOKER ");
    }
    let check = match object.first.as_str() {
        "LOCAL" => " WITH LOCAL CHECK OPTION",
        "CASCADED" => " WITH CASCADED CHECK OPTION",
        _ => "",
    };
    let body = without_schema(dialect, &object.body, database);
    let name = dialect.quote(&object.name);
    let columns = match flavor {
        Flavor::Mysql => names_of_its_own(&body, told),
        // MariaDB includes them in the query.
        Flavor::Mariadb => String::new(),
    };
    let definition = format!("{head}VIEW {name}{columns} AS {body}{check}");
    View::new(QName::bare(object.name.clone()), ViewKind::Plain, definition)
}

/// The column names after a view's name, if its query has others: MySQL stores them, and its
/// catalog shows them only as columns.
fn names_of_its_own(query: &str, told: &[(String, String)]) -> String {
    let given = mysql::output_names(query);
    let same = given.iter().map(String::as_str).eq(told.iter().map(|(name, _)| name.as_str()));
    if same || given.len() != told.len() {
        return String::new();
    }
    let names: Vec<String> = told.iter().map(|(name, _)| Dialect::Mysql.quote(name)).collect();
    format!(" ({})", names.join(","))
}

fn trigger(
    object: &Object,
    exact: &Exact,
    triggers: &BTreeMap<[String; 3], BTreeMap<u32, String>>,
    dialect: Dialect,
    database: &str,
) -> Trigger {
    let Object { name, first: moment, second: event, third: table, .. } = object;
    let row = " FOR EACH ROW ";
    let written = exact.statement("trigger", name);
    let body = written.as_deref().and_then(|text| trigger_body(dialect, text));
    let body = body.unwrap_or(&object.body);
    let of = [moment.clone(), event.clone(), table.clone()];
    let before = triggers.get(&of).and_then(|all| all.range(..object.place).next_back());
    let follows = before.map(|(_, other)| format!("FOLLOWS {} ", dialect.quote(other)));
    let definition = format!(
        "CREATE TRIGGER {} {moment} {event} ON {}{row}{}{}",
        dialect.quote(name),
        dialect.quote(table),
        follows.unwrap_or_default(),
        without_schema(dialect, unended(body), database)
    );
    Trigger { source: unwritten(), ..Trigger::new(name, definition) }
}
