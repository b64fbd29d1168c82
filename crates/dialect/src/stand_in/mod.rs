//! What stands in for values that are gone, where an earlier schema is brought
//! back and a column asks for more than any value: a foreign key wants a row to
//! refer to, a unique key wants values that differ, a check wants certain ones.

mod checked;
mod keyed;
mod meets;
mod parents;
mod referred;

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Change, Column, ColumnType, Default, Expr, Fill, ForeignKey, IndexKey, QName, Schema, Table,
};

use self::checked::Coming;
use crate::scan::{Lexeme, scan};
use crate::step::before_renames;
use crate::{Dialect, ddl};

/// What is brought back.
struct Back<'a> {
    schema: &'a Schema,
    /// The tables that come with it, without rows.
    created: &'a BTreeSet<&'a QName>,
    /// The columns that come without their values, by table.
    columns: &'a BTreeMap<&'a QName, Vec<&'a Column>>,
    /// What the values are for.
    rows: Rows,
}

/// What values are found for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Rows that are there.
    There,
    /// Rows that come, each with the values of the primary key.
    Coming,
}

impl Back<'_> {
    /// Whether the parents of a key may be gone, or what they are known by.
    fn lacks_parents(&self, key: &ForeignKey) -> bool {
        let columns = self.columns.get(&key.references);
        let mut columns = columns.into_iter().flatten();
        self.created.contains(&key.references)
            || columns.any(|it| key.referenced_columns.contains(&it.name))
    }
}

/// What a column that comes back holds.
enum Given {
    /// This text.
    Text(String),
    /// Whatever the server puts there.
    Unknown,
    /// A value that we are to find.
    Asked,
}

impl Dialect {
    /// What required columns that come back hold in the rows that are there;
    /// `schema` is what is brought back, by the changes, the renames among them
    /// last. Columns that any value will do for are not among them.
    pub fn stand_ins(self, schema: &Schema, changes: &[Change]) -> Vec<Fill> {
        let (created, earlier) = (created(changes), before_renames(schema, changes));
        let schema = earlier.as_ref().unwrap_or(schema);
        let added = added(changes);
        let back = Back { schema, created: &created, columns: &added, rows: Rows::There };
        let mut fills = BTreeMap::new();
        for (name, columns) in &added {
            if let Some(table) = schema.tables.get(*name).filter(|_| !created.contains(name)) {
                fills.insert(*name, self.of_table(&back, table, columns));
            }
        }
        let fill = |change: &Change| {
            let (table, column) = change.added_column()?;
            let expr = fills.get(table)?.get(column.name.as_str())?;
            let (table, column) = (table.clone(), column.name.clone());
            Some(Fill { table, column, expr: Expr::new(expr.as_str()) })
        };
        changes.iter().filter_map(fill).collect()
    }

    /// The stand-ins of one table's columns, which come one after the other.
    fn of_table<'c>(
        self,
        back: &Back<'_>,
        table: &Table,
        columns: &[&'c Column],
    ) -> BTreeMap<&'c str, String> {
        let is_asked = |it: &&Column| matches!(self.given(table, it), Given::Asked);
        let is_free = |it: &&Column| parent(table, it, columns).is_none() && !is_unique(table, it);
        let free: Vec<&Column> =
            columns.iter().copied().filter(|it| is_asked(it) && is_free(it)).collect();
        let joint = self.together(back.schema, table, &free);
        let open = columns.iter().map(|it| it.name.clone()).collect();
        let mut coming = Coming { open, ..Coming::default() };
        let mut fills = BTreeMap::new();
        // What a key asks for is found whatever the others hold.
        let (keyed, others): (Vec<&Column>, Vec<&Column>) =
            columns.iter().copied().partition(|it| is_asked(it) && !is_free(it));
        for column in keyed.into_iter().chain(others) {
            let given = self.given(table, column);
            let fill = match (&given, joint.get(&column.name)) {
                (Given::Asked, Some(value)) => Some(value.clone()),
                (Given::Asked, None) => self.stand_in(back, table, column, columns, &coming),
                (Given::Text(_) | Given::Unknown, _) => None,
            };
            let held = match (given, &fill) {
                (Given::Text(text), _) => Some(text),
                (Given::Asked, Some(fill)) if self.is_constant(fill) => Some(fill.clone()),
                (Given::Asked, None) => match &column.default {
                    Some(default) => Some(ddl::default(self, default)),
                    None => self.neutral(back.schema, &column.data_type),
                },
                (Given::Asked, Some(_)) | (Given::Unknown, _) => None,
            };
            // The others know it by what it is made of, which may be there before it.
            let computed = fill.as_ref().filter(|it| self.is_lasting(it));
            let held = held.or_else(|| computed.map(|it| format!("({it})")));
            if held.is_some() {
                coming.open.remove(&column.name);
            }
            coming.known.extend(held.map(|it| (column.name.clone(), it)));
            if let Some(fill) = fill {
                fills.insert(column.name.as_str(), fill);
            }
        }
        fills
    }

    /// What stands in for the value of a column, where a neutral one may not do.
    fn stand_in(
        self,
        back: &Back<'_>,
        table: &Table,
        column: &Column,
        added: &[&Column],
        coming: &Coming,
    ) -> Option<String> {
        match parent(table, column, added) {
            Some(key) if !back.lacks_parents(key) => self
                .parent_by_rank(back, table, key, (column, added))
                .or_else(|| self.first_parent(back, table, key, (column, added))),
            _other if is_unique(table, column) && column.nullable => Some("NULL".to_owned()),
            _other if is_unique(table, column) => self
                .of_key(back, table, column, added)
                .or_else(|| self.checked(back.schema, table, column, coming)),
            // Its parent comes with just that number; MySQL takes a zero for the next one.
            Some(_) if is_integer(column) && !is_checked(table, column) => Some("1".to_owned()),
            _other => self.checked(back.schema, table, column, coming),
        }
    }

    /// What a column that comes back holds by itself.
    fn given(self, owner: &Table, column: &Column) -> Given {
        match &column.default {
            _ if column.identity.is_some() || column.generated.is_some() => Given::Unknown,
            // All rows would have the same.
            Some(Default::Literal(_)) if is_unique(owner, column) => Given::Asked,
            Some(Default::Expression(expr)) if is_unique(owner, column) && is_now(expr) => {
                Given::Asked
            }
            Some(default @ Default::Literal(_)) => Given::Text(ddl::default(self, default)),
            Some(Default::Expression(_)) => Given::Unknown,
            None if column.nullable => Given::Text("NULL".to_owned()),
            None => Given::Asked,
        }
    }

    /// Whether a stand-in gives the same again when rows were written meanwhile: the
    /// place of a row does not.
    fn is_lasting(self, fill: &str) -> bool {
        match self {
            Self::Postgres => !Expr::new(fill).mentions("ctid"),
            Self::Sqlite | Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Whether the text of a stand-in is a literal, as a default may be.
    pub(crate) fn is_constant(self, text: &str) -> bool {
        let words: Vec<_> = scan(self, text).filter(|it| it.is_code()).collect();
        match words.as_slice() {
            [one] => {
                matches!(one.lexeme, Lexeme::Text | Lexeme::Number)
                    || one.is_word("true")
                    || one.is_word("false")
            }
            [sign, number] => sign.is_symbol("-") && number.lexeme == Lexeme::Number,
            _other => false,
        }
    }
}

fn is_integer(column: &Column) -> bool {
    matches!(column.data_type, ColumnType::Integer { .. })
}

/// Whether an expression is the time of the statement.
fn is_now(expr: &Expr) -> bool {
    const WORDS: [&str; 6] = [
        "current_timestamp",
        "current_date",
        "localtimestamp",
        "now",
        "transaction_timestamp",
        "statement_timestamp",
    ];
    let names = expr.identifiers();
    !names.is_empty() && names.iter().all(|it| WORDS.contains(&it.to_lowercase().as_str()))
}

/// The foreign key that asks for a parent of each row, whatever the column holds.
fn parent<'a>(table: &'a Table, column: &Column, added: &[&Column]) -> Option<&'a ForeignKey> {
    let is_null = |name: &String| {
        let other = added.iter().find(|it| it.name == *name && it.name != column.name);
        other.is_some_and(|it| it.nullable && it.default.is_none())
    };
    let asks =
        |key: &&ForeignKey| key.columns.contains(&column.name) && !key.columns.iter().any(is_null);
    let mut keys = table.foreign_keys.iter().filter(asks);
    keys.clone().find(|key| key.columns.len() == 1).or_else(|| keys.next())
}

/// Whether a check speaks of the column.
fn is_checked(table: &Table, column: &Column) -> bool {
    table.checks.iter().any(|it| it.expr.mentions(&column.name))
}

/// Whether no two rows may be alike in what the column is part of.
fn is_unique(table: &Table, column: &Column) -> bool {
    let name = &column.name;
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let uniques = table.uniques.iter().flat_map(|unique| &unique.columns);
    let indexes = table.indexes.iter().filter(|index| index.unique).flat_map(|index| &index.parts);
    let elements = table.exclusions.iter().flat_map(|it| &it.elements).map(|(part, _)| part);
    key.chain(uniques).any(|part| part.column == *name)
        || indexes.into_iter().chain(elements).any(|part| match &part.key {
            IndexKey::Column(column) => column == name,
            IndexKey::Expression(expr) => expr.mentions(name),
        })
}

/// Tables that the changes make: they are empty.
fn created(changes: &[Change]) -> BTreeSet<&QName> {
    changes.iter().filter_map(Change::created_table).map(|table| &table.name).collect()
}

/// The columns that come, by table, in their order.
fn added(changes: &[Change]) -> BTreeMap<&QName, Vec<&Column>> {
    let mut added: BTreeMap<&QName, Vec<&Column>> = BTreeMap::new();
    for (table, column) in changes.iter().filter_map(Change::added_column) {
        added.entry(table).or_default().push(column);
    }
    added
}
