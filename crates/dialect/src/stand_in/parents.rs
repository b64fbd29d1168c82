//! Rows that others refer to, where their table comes back without any: each comes
//! with its key, and otherwise with nothing but what the table insists on.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Change, Column, Expr, ForeignKey, Identity, Name, PrimaryKey, QName, Schema, Table, Unique,
};

use super::{Back, Given, Rows, added, created, is_unique};
use crate::step::{Effect, Parents, Request, Step, before_renames, is_rename};
use crate::{Cost, Dialect, ddl, postgres};

/// What the keys that are asked for are called in a query.
pub(super) const WANTED: &str = "wanted";

/// What is lost where an earlier schema is brought back.
struct Lost<'a> {
    back: Back<'a>,
    /// The places of the last changes that make tables, or columns of them.
    made: BTreeMap<&'a QName, usize>,
}

/// The parents of a table's rows.
struct Wanted<'a> {
    /// The foreign key that asks for them.
    key: &'a ForeignKey,
    /// A query that gives each key once, by the names of its columns.
    keys: String,
    /// The tables that ask for them, one for the other.
    path: Vec<&'a QName>,
}

impl Dialect {
    /// The rows that foreign keys ask for where their parents are gone. `changes`
    /// bring `schema` back, the renames among them last; `all` are those of the whole
    /// migration that they are part of. A key is not among them where no row can be
    /// thought of that its table would take.
    pub fn stand_in_parents(
        self,
        schema: &Schema,
        changes: &[Change],
        all: &[Change],
    ) -> Vec<Parents> {
        let (created, columns) = (created(all), added(all));
        let earlier = before_renames(schema, changes);
        let schema = earlier.as_ref().unwrap_or(schema);
        let made = changes.iter().enumerate().filter_map(|(at, change)| {
            let column = change.added_column().map(|(table, _)| table);
            Some((column.or_else(|| Some(&change.created_table()?.name))?, at))
        });
        let lost = Lost {
            back: Back { schema, created: &created, columns: &columns, rows: Rows::Coming },
            made: made.collect(),
        };
        let mut begun = BTreeSet::new();
        let asked = changes.iter().enumerate().filter_map(|(cause, change)| {
            let (table, key) = change.added_foreign_key()?;
            let child = schema.tables.get(table).filter(|_| !created.contains(table))?;
            if key.references == *table || !lost.back.lacks_parents(key) {
                return None;
            }
            let wanted = Wanted { key, keys: self.keys_of(child, key), path: Vec::new() };
            let mut found = Parents { cause, tables: Vec::new(), statements: Vec::new() };
            let before = begun.clone();
            let possible = self.parents(&lost, &wanted, &mut begun, &mut found);
            if possible.is_none() {
                begun = before;
            }
            possible.map(|()| found)
        });
        asked.collect()
    }

    /// The keys that the rows of a child refer to.
    fn keys_of(self, child: &Table, key: &ForeignKey) -> String {
        let pairs = key.columns.iter().zip(&key.referenced_columns);
        let keys: Vec<String> = pairs
            .map(|(own, other)| match own == other {
                true => self.quote(own),
                false => format!("{} AS {}", self.quote(own), self.quote(other)),
            })
            .collect();
        let required = |name: &&String| child.column(name).is_some_and(|it| !it.nullable);
        let nulls: Vec<String> = key
            .columns
            .iter()
            .filter(|name| !required(name))
            .map(|name| format!("{} IS NOT NULL", self.quote(name)))
            .collect();
        let filter = match nulls.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", nulls.join(" AND ")),
        };
        let child = self.quote_name(&child.name);
        format!("SELECT DISTINCT {} FROM {child}{filter}", keys.join(", "))
    }

    /// Finds the statements that make the parents, and first theirs.
    fn parents(
        self,
        lost: &Lost<'_>,
        wanted: &Wanted<'_>,
        begun: &mut BTreeSet<QName>,
        found: &mut Parents,
    ) -> Option<()> {
        let key = wanted.key;
        let table = lost.back.schema.tables.get(&key.references)?;
        // SQLite's foreign keys are off, and rows come when all tables are there.
        let late = lost.made.get(&table.name).is_some_and(|made| *made > found.cause);
        if late && self != Self::Sqlite || wanted.path.contains(&&table.name) {
            return None;
        }
        if !found.tables.contains(&table.name) {
            found.tables.push(table.name.clone());
        }
        let path: Vec<&QName> =
            wanted.path.iter().copied().chain(std::iter::once(&table.name)).collect();
        let values = self.row(lost, table, key)?;
        // Rows that came for another key are counted already.
        let counted = |value: &String| Expr::new(value.as_str()).mentions("row_number");
        if begun.contains(&table.name) && values.values().any(counted) {
            return None;
        }
        for own in table.foreign_keys.iter().filter(|it| it.references != table.name) {
            let held: Option<Vec<&String>> =
                own.columns.iter().map(|name| values.get(name.as_str())).collect();
            let is_null = |held: &Vec<&String>| held.iter().any(|it| *it == "NULL");
            let held = held.filter(|it| lost.back.lacks_parents(own) && !is_null(it));
            let Some(held) = held else { continue };
            let types = lost.back.schema.tables.get(&own.references)?;
            let named: Vec<String> = held
                .into_iter()
                .zip(&own.referenced_columns)
                .map(|(value, name)| {
                    let of = types.column(name)?;
                    Some(format!("{} AS {}", self.cast(value, of), self.quote(name)))
                })
                .collect::<Option<_>>()?;
            let keys =
                format!("SELECT DISTINCT {} FROM ({}) AS {WANTED}", named.join(", "), wanted.keys);
            let wanted = Wanted { key: own, keys, path: path.clone() };
            self.parents(lost, &wanted, begun, found)?;
        }
        let anew = lost.back.created.contains(&table.name);
        let first = begun.insert(table.name.clone()) && anew;
        let (given, drawn): (Vec<&Column>, Vec<&Column>) =
            table.columns.iter().partition(|it| values.contains_key(it.name.as_str()));
        let caught_up = |columns: Vec<&Column>| -> Vec<String> {
            let columns = columns.into_iter().filter(|_| self == Self::Postgres);
            columns.filter_map(|it| postgres::sequence::caught_up(&table.name, it, anew)).collect()
        };
        // Numbers that somebody gave may stand before those that are drawn here.
        found.statements.extend(caught_up(drawn).into_iter().filter(|_| !anew));
        found.statements.push(self.insert(table, wanted, &values, !first));
        found.statements.extend(caught_up(given));
        Some(())
    }

    /// What a parent holds: its key by name, other columns only where there must be
    /// something. `None` where nothing is known that would do.
    fn row<'t>(
        self,
        lost: &Lost<'_>,
        table: &'t Table,
        key: &ForeignKey,
    ) -> Option<BTreeMap<&'t str, String>> {
        let is_key = |name: &String| key.referenced_columns.contains(name);
        let keyed = by_key(table, key);
        let counted = |it: &&Column| it.generated.is_none() && it.identity.is_none();
        let others: Vec<&Column> =
            table.columns.iter().filter(|it| !is_key(&it.name)).filter(counted).collect();
        let mut fills = self.of_table(&lost.back, &keyed, &others);
        let mut values = BTreeMap::new();
        for column in table.columns.iter().filter(|it| is_key(&it.name)) {
            values.insert(column.name.as_str(), self.quote(&column.name));
        }
        for column in others {
            let asked = matches!(self.given(&keyed, column), Given::Asked);
            let refers = |it: &&ForeignKey| it.columns.contains(&column.name);
            let own = table.foreign_keys.iter().find(refers);
            let itself = own.is_some_and(|it| it.references == table.name);
            let fill = match (fills.remove(column.name.as_str()), &column.default, own) {
                (_, None, Some(own)) if asked && itself => Some(self.itself(own, key, column)?),
                (None, Some(_), Some(own)) if column.nullable && lost.back.lacks_parents(own) => {
                    Some("NULL".to_owned())
                }
                (None, Some(default), Some(own)) if lost.back.lacks_parents(own) => {
                    Some(ddl::default(self, default))
                }
                (fill, _, _) => fill,
            };
            let unique = asked && is_unique(&keyed, column);
            // Others that are there may have the value.
            if unique
                && !column.nullable
                && (fill.is_none() || !lost.back.created.contains(&table.name))
            {
                return None;
            }
            let needed = asked && !column.nullable && column.default.is_none();
            let neutral = || self.neutral(lost.back.schema, &column.data_type);
            match fill.or_else(|| neutral().filter(|_| needed)) {
                Some(value) => {
                    values.insert(column.name.as_str(), value);
                }
                None if needed => return None,
                None => {}
            }
        }
        Some(values)
    }

    /// The key of the row in a column that refers to its own table.
    fn itself(self, own: &ForeignKey, key: &ForeignKey, column: &Column) -> Option<String> {
        let mut pairs = own.columns.iter().zip(&own.referenced_columns);
        let (_, name) = pairs.find(|(own, _)| **own == column.name)?;
        key.referenced_columns.contains(name).then(|| self.quote(name))
    }

    fn insert(
        self,
        table: &Table,
        wanted: &Wanted<'_>,
        values: &BTreeMap<&str, String>,
        beside: bool,
    ) -> String {
        let given = |it: &Column| {
            values.get(it.name.as_str()).map(|value| (self.quote(&it.name), value.as_str()))
        };
        let (names, values): (Vec<String>, Vec<&str>) =
            table.columns.iter().filter_map(given).unzip();
        let place = self.quote_name(&table.name);
        let always = self == Self::Postgres
            && table.columns.iter().any(|it| {
                let drawn = matches!(it.identity, Some(Identity::Always(_)));
                drawn && wanted.key.referenced_columns.contains(&it.name)
            });
        let overriding = if always { "OVERRIDING SYSTEM VALUE\n" } else { "" };
        let alike: Vec<String> = wanted
            .key
            .referenced_columns
            .iter()
            .map(|name| self.quote(name))
            .map(|name| format!("there.{name} = {WANTED}.{name}"))
            .collect();
        let filter = match beside {
            true => format!(
                "\nWHERE NOT EXISTS (SELECT 1 FROM {place} AS there WHERE {})",
                alike.join(" AND ")
            ),
            false => String::new(),
        };
        format!(
            "INSERT INTO {place} ({})\n{overriding}SELECT {}\nFROM ({}) AS {WANTED}{filter}",
            names.join(", "),
            values.join(", "),
            wanted.keys
        )
    }

    /// A value that counts as one of the type of its column.
    fn cast(self, value: &str, column: &Column) -> String {
        match self {
            Self::Postgres => format!("CAST({value} AS {})", self.render_type(&column.data_type)),
            Self::Sqlite | Self::Mysql | Self::Mariadb => value.to_owned(),
        }
    }

    /// Puts the rows of parents among the steps: before each foreign key, or on SQLite
    /// behind the rebuilds that those are part of.
    pub(crate) fn with_parents(self, mut steps: Vec<Step>, request: &Request<'_>) -> Vec<Step> {
        let is_for = |step: &Step, parents: &Parents| {
            let changes = step.causes.iter().filter_map(|it| request.changes.get(*it));
            let mut tables = changes.filter(|it| !is_rename(it)).filter_map(Change::table);
            step.causes.contains(&parents.cause) || tables.any(|it| parents.tables.contains(it))
        };
        let behind =
            steps.iter().rposition(|it| request.parents.iter().any(|rows| is_for(it, rows)));
        let mut behind = behind.map(|last| last + 1);
        for parents in request.parents {
            let asks = steps.iter().position(|it| it.causes.contains(&parents.cause));
            let place = match self {
                Self::Sqlite => behind,
                Self::Postgres | Self::Mysql | Self::Mariadb => asks,
            };
            let Some(place) = place else { continue };
            let transaction = asks.and_then(|it| steps.get(it)).is_none_or(|it| it.transaction);
            let effect = Effect { cost: Cost::Scan, ..Effect::NONE };
            let rows = parents
                .statements
                .iter()
                .map(|sql| Step { transaction, ..Step::new(parents.cause, effect, sql.as_str()) });
            behind = behind.map(|it| it + rows.len());
            steps.splice(place..place, rows);
        }
        steps
    }
}

/// The table as one that is known by what a foreign key refers to: what holds all of
/// that is unique by it.
fn by_key(table: &Table, key: &ForeignKey) -> Table {
    let names: Vec<&str> = key.referenced_columns.iter().map(String::as_str).collect();
    let mut keyed = table.clone();
    if let Some(key) = keyed.primary_key.replace(PrimaryKey::new(Name::Absent, &names)) {
        let columns: Vec<&str> = key.columns.iter().map(|it| it.column.as_str()).collect();
        keyed.uniques.push(Unique::new(Name::Absent, &columns));
    }
    keyed
        .uniques
        .retain(|it| !names.iter().all(|name| it.columns.iter().any(|part| part.column == *name)));
    keyed.indexes.retain(|it| !names.iter().all(|name| it.uses(name)));
    keyed
}
