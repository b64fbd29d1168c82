//! Values that refer to rows that are there.

use autogen_schema::{Column, ForeignKey, IndexKey, Table};

use super::parents::WANTED;
use super::{Back, Rows};
use crate::Dialect;

impl Dialect {
    /// The parent that comes first among those that the row's other columns allow.
    pub(super) fn first_parent(
        self,
        back: &Back<'_>,
        table: &Table,
        key: &ForeignKey,
        (column, added): (&Column, &[&Column]),
    ) -> Option<String> {
        let pairs = || key.columns.iter().zip(&key.referenced_columns);
        let (_, wanted) = pairs().find(|(own, _)| **own == column.name)?;
        let there = |own: &String| added.iter().all(|it| it.name != *own);
        let parent = self.quote_name(&key.references);
        let place = match back.rows {
            Rows::There => self.quote_name(&table.name),
            Rows::Coming => WANTED.to_owned(),
        };
        let alike: Vec<String> = pairs()
            .filter(|(own, _)| there(own))
            .map(|(own, other)| {
                format!("parent.{} = {place}.{}", self.quote(other), self.quote(own))
            })
            .collect();
        let wanted = self.quote(wanted);
        if !alike.is_empty() {
            if key.references == table.name && !self.reads_what_it_writes() {
                return None;
            }
            let order: Vec<String> =
                pairs().map(|(_, other)| format!("parent.{}", self.quote(other))).collect();
            let first = format!(
                "(SELECT parent.{wanted} FROM {parent} AS parent WHERE {} ORDER BY {} LIMIT 1)",
                alike.join(" AND "),
                order.join(", ")
            );
            // Where one of the others is NULL, no parent is asked for.
            let open = key.columns.iter().filter_map(|it| table.column(it)).any(|it| it.nullable);
            let neutral = self.neutral(back.schema, &column.data_type).filter(|_| open);
            return Some(match neutral {
                Some(neutral) => format!("coalesce({first}, {neutral})"),
                None => first,
            });
        }
        let order: Vec<String> = pairs().map(|(_, other)| self.quote(other)).collect();
        let order = order.join(", ");
        let first = format!("SELECT {wanted} FROM {parent} ORDER BY {order} LIMIT 1");
        Some(match self.reads_what_it_writes() {
            true => format!("({first})"),
            // But for one that stands by itself.
            false => format!("(SELECT {wanted} FROM ({first}) AS parent)"),
        })
    }

    /// Whether a statement can read the table that it writes to.
    /// Source: <https://dev.mysql.com/doc/refman/8.4/en/update.html>.
    fn reads_what_it_writes(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }

    /// The parent of the row's rank, where no two rows may have the same: of the rank
    /// among rows that are alike in what else must differ. `None` where rows may share
    /// a parent, or nothing that is there tells them apart.
    pub(super) fn parent_by_rank(
        self,
        back: &Back<'_>,
        table: &Table,
        key: &ForeignKey,
        (column, added): (&Column, &[&Column]),
    ) -> Option<String> {
        let [wanted] = key.referenced_columns.as_slice() else { return None };
        let there = |name: &String| added.iter().all(|it| it.name != *name);
        let unique = unique_with(table, column)?;
        let others: Vec<String> =
            unique.into_iter().filter(|it| **it != column.name).cloned().collect();
        let own: Vec<String> = table
            .primary_key
            .iter()
            .flat_map(|it| &it.columns)
            .map(|it| it.column.clone())
            .collect();
        let known = others.iter().chain(&own).all(there);
        if !known || own.is_empty() || key.references == table.name || back.rows == Rows::Coming {
            return None;
        }
        let list = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|it| self.quote(it)).collect();
            names.join(", ")
        };
        let (place, parent, wanted) =
            (self.quote_name(&table.name), self.quote_name(&key.references), self.quote(wanted));
        let among = match others.is_empty() {
            true => String::new(),
            false => format!("PARTITION BY {} ", list(&others)),
        };
        let rank = format!("row_number() OVER ({among}ORDER BY {}) AS place", list(&own));
        let parents = format!(
            "(SELECT {wanted} AS parent, row_number() OVER (ORDER BY {wanted}) AS place FROM {parent}) \
             AS parents"
        );
        let ranked = |named: &str| {
            format!(
                "(SELECT {named}, {rank} FROM {place}) AS ranked JOIN {parents} ON parents.place = \
                 ranked.place"
            )
        };
        let keys: Vec<String> = own.iter().map(|it| self.quote(it)).collect();
        Some(match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => {
                let (named, same) = as_own(&place, &keys);
                format!("(SELECT parents.parent FROM {} WHERE {same})", ranked(&named))
            }
            // A query that names the row would be asked for each of them.
            Self::Postgres => {
                let named = format!("CAST(({}) AS text)", list(&own));
                format!(
                    "CAST((SELECT jsonb_object_agg(own, parent) FROM {}) ->> {named} AS {})",
                    ranked(&format!("{named} AS own")),
                    self.render_type(&column.data_type)
                )
            }
        })
    }
}

/// The columns of a table's key under names that none of its columns has, and that
/// those of `ranked` are the row's.
pub(super) fn as_own(table: &str, key: &[String]) -> (String, String) {
    let own = key.iter().zip(1..);
    let named: Vec<String> = own.clone().map(|(name, at)| format!("{name} AS own{at}")).collect();
    let same: Vec<String> =
        own.map(|(name, at)| format!("ranked.own{at} = {table}.{name}")).collect();
    (named.join(", "), same.join(" AND "))
}

/// The columns of a unique key that the column is part of.
fn unique_with<'a>(table: &'a Table, column: &Column) -> Option<Vec<&'a String>> {
    let keys = table.primary_key.iter().map(|it| &it.columns);
    let keys = keys.chain(table.uniques.iter().map(|it| &it.columns));
    let keys = keys.map(|parts| parts.iter().map(|it| Some(&it.column)).collect());
    let indexes = table.indexes.iter().filter(|it| it.unique && it.predicate.is_none());
    let indexes = indexes.map(|index| {
        let column = |key: &'a IndexKey| match key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        };
        index.parts.iter().map(|part| column(&part.key)).collect()
    });
    let mut keys = keys.chain(indexes).flat_map(|it: Option<Vec<&String>>| it);
    keys.find(|names| names.iter().any(|it| **it == column.name))
}
