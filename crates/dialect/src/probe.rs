//! Probes: queries that return a row if a step would fail, or lose something, on the existing
//! rows. They run before the migration, on the schema as it is then.

use autogen_schema::{
    ColumnType, Expr, Literal, Pair, Partitioning, QName, Schema, Sequence, Table,
};

pub use crate::held::{Compared, Held, Kept};
use crate::{Dialect, ddl, mysql, postgres, sqlite};

/// The probed columns of one table.
#[derive(Debug, Clone, Copy)]
pub struct ProbedColumns<'a> {
    /// The table.
    pub table: &'a QName,
    /// Its columns.
    pub columns: &'a [String],
}

/// Values of all rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The table.
    pub table: &'a QName,
    /// The probed values.
    pub values: &'a [Held],
}

/// Rows that must be distinct.
#[derive(Debug, Clone, Copy)]
pub struct Distinct<'a> {
    /// The values that must differ.
    pub rows: Rows<'a>,
    /// Whether NULLs count as equal.
    pub nulls_too: bool,
    /// The condition on the rows, if not all are meant.
    pub predicate: Option<&'a Expr>,
}

/// A probe for what only the target database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// The query.
    pub query: String,
    /// What it looks for, in words.
    pub kinds: &'static str,
}

impl Dialect {
    /// Any row.
    pub fn probe_rows(self, table: &QName) -> String {
        format!("SELECT 1 FROM {} LIMIT 1", self.quote_name(table))
    }

    /// A NULL in one of the columns.
    pub fn probe_nulls(self, place: ProbedColumns<'_>) -> String {
        let nulls: Vec<String> =
            place.columns.iter().map(|name| format!("{} IS NULL", self.quote(name))).collect();
        self.probe_where(place.table, &nulls.join(" OR "))
    }

    /// A row for which this holds.
    pub fn probe_where(self, table: &QName, condition: &str) -> String {
        format!("SELECT 1 FROM {} WHERE {condition} LIMIT 1", self.quote_name(table))
    }

    /// A value with characters that a MySQL character set lacks.
    pub fn probe_characters(self, table: &QName, columns: &[String], charset: &str) -> String {
        let charset = crate::mysql::render::word(charset);
        let other: Vec<String> = columns
            .iter()
            .map(|name| {
                let name = self.quote(name);
                format!(
                    "CONVERT({name} USING utf8mb4) COLLATE utf8mb4_bin <> \
                     CONVERT(CONVERT({name} USING {charset}) USING utf8mb4)"
                )
            })
            .collect();
        self.probe_where(table, &other.join(" OR "))
    }

    /// A row that violates a check: NULL does not.
    pub fn probe_violations(self, table: &QName, check: &Expr) -> String {
        self.probe_where(table, &format!("NOT ({check})"))
    }

    /// A row of the DEFAULT partition that belongs to another one. `by` is the text after
    /// `PARTITION BY`, `bound` the text after `FOR VALUES`.
    pub fn probe_bound(self, default: &QName, by: &str, bound: &str) -> Option<String> {
        match self {
            Self::Postgres => {
                let condition = postgres::bounds::condition(by, bound)?;
                Some(self.probe_where(default, &condition))
            }
            Self::Sqlite | Self::Mysql | Self::Mariadb => None,
        }
    }

    /// A row of a table outside of its bound as the partition `own`, or a row of the DEFAULT
    /// partition within that bound.
    pub fn probe_misplaced(
        self,
        [table, own]: [&QName; 2],
        default: Option<&QName>,
        partitioning: &Partitioning,
    ) -> Option<String> {
        match self {
            Self::Postgres => {
                let (outside, inside) = postgres::bounds::misplaced(own, partitioning)?;
                let name = self.quote_name(table);
                let mut probe = format!("SELECT 1 FROM {name} WHERE {outside}");
                if let (Some(default), Some(inside)) = (default, inside) {
                    let default = self.quote_name(default);
                    probe.push_str(&format!(" UNION ALL SELECT 1 FROM {default} WHERE {inside}"));
                }
                Some(format!("{probe} LIMIT 1"))
            }
            Self::Sqlite | Self::Mysql | Self::Mariadb => None,
        }
    }

    /// A row that any of these queries returns.
    pub fn probe_any(self, queries: &[String]) -> Option<String> {
        let named =
            |(at, query): (usize, &String)| format!("SELECT 1 FROM ({query}) AS q{}", at + 1);
        match queries {
            [] => None,
            [only] => Some(only.clone()),
            _more => {
                let all: Vec<String> = queries.iter().enumerate().map(named).collect();
                Some(all.join(" UNION ALL "))
            }
        }
    }

    /// A row if one of these tables or types is missing.
    pub fn probe_absent(self, tables: &[QName], types: &[String]) -> Option<String> {
        let literal = |name: &QName| self.quote_text(&self.quote_name(name));
        match self {
            Self::Postgres => {
                let tables =
                    tables.iter().map(|it| format!("to_regclass({}) IS NULL", literal(it)));
                let types =
                    types.iter().map(|it| format!("to_regtype({}) IS NULL", self.quote_text(it)));
                let all: Vec<String> = tables.chain(types).collect();
                Some(format!("SELECT 1 WHERE {}", all.join(" OR ")))
            }
            Self::Mysql | Self::Mariadb => {
                let absent = |name: &QName| {
                    let place = name.schema.as_deref().map(|it| self.quote_text(it));
                    format!(
                        "NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = \
                         {} AND table_name = {})",
                        place.unwrap_or_else(|| "DATABASE()".to_owned()),
                        self.quote_text(&name.name)
                    )
                };
                let all: Vec<String> = tables.iter().map(absent).collect();
                Some(format!("SELECT 1 FROM DUAL WHERE {}", all.join(" OR ")))
            }
            Self::Sqlite => None,
        }
    }

    /// A column, an index, a trigger or the like of a table that the plan does not know, where a
    /// new table takes the place of the old one.
    pub fn probe_undeclared(self, schema: &Schema, table: &Table) -> Option<Undeclared> {
        let statistics = schema.statistics.values().filter(|it| it.table == table.name);
        match self {
            Self::Sqlite => Some(Undeclared {
                query: sqlite::rebuild::undeclared(table),
                kinds: "a column, index or trigger",
            }),
            Self::Postgres => Some(Undeclared {
                query: postgres::undeclared::query(
                    table,
                    statistics.map(|it| it.name.name.as_str()),
                ),
                kinds: "a column, index, constraint, trigger, policy or setting",
            }),
            Self::Mysql | Self::Mariadb => None,
        }
    }

    /// A row that is referenced by this key and leaves its referenced table.
    pub fn probe_referred(self, children: ProbedColumns<'_>, parents: ProbedColumns<'_>) -> String {
        let pairs = children.columns.iter().zip(parents.columns);
        let equal: Vec<String> = pairs
            .map(|(child, parent)| format!("c.{} = p.{}", self.quote(child), self.quote(parent)))
            .collect();
        format!(
            "SELECT 1 FROM {} c JOIN {} p ON {} LIMIT 1",
            self.quote_name(children.table),
            self.quote_name(parents.table),
            equal.join(" AND ")
        )
    }

    /// Two equal rows.
    pub fn probe_duplicates(self, wanted: Distinct<'_>) -> String {
        let predicate = wanted.predicate.map(|it| format!("({it})"));
        let (source, parts, predicate) = match self.coming(wanted.rows, predicate.as_deref()) {
            Some((source, parts)) => (format!("{source} AS coming"), parts, None),
            None => (self.quote_name(wanted.rows.table), there(wanted.rows), predicate),
        };
        let mut conditions: Vec<String> = predicate.into_iter().collect();
        if !wanted.nulls_too {
            conditions.extend(parts.iter().map(|part| format!("{part} IS NOT NULL")));
        }
        let filter = match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        };
        format!(
            "SELECT 1 FROM {source}{filter} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
            parts.join(", ")
        )
    }

    /// Two rows that an exclusion constraint excludes.
    pub fn probe_conflicts(
        self,
        table: &QName,
        elements: &[Compared<'_>],
        predicate: Option<&Expr>,
    ) -> Option<String> {
        match self {
            Self::Postgres => Some(postgres::conflicts::query(table, elements, predicate)),
            Self::Sqlite | Self::Mysql | Self::Mariadb => None,
        }
    }

    /// A row that satisfies its condition, in any of the tables.
    pub fn probe_anywhere(self, conditions: &[(&QName, String)]) -> Option<String> {
        let parts: Vec<String> = conditions
            .iter()
            .map(|(table, condition)| {
                format!("SELECT 1 FROM {} WHERE {condition}", self.quote_name(table))
            })
            .collect();
        match parts.as_slice() {
            [] => None,
            [only] => Some(format!("{only} LIMIT 1")),
            _more => Some(format!("{} LIMIT 1", parts.join(" UNION ALL "))),
        }
    }

    /// The rows as a subquery with the names of its columns, if some columns are not added yet.
    fn coming(self, rows: Rows<'_>, predicate: Option<&str>) -> Option<(String, Vec<String>)> {
        if !rows.values.iter().any(|value| matches!(value, Held::Coming(_))) {
            return None;
        }
        let names: Vec<String> = (1..=rows.values.len()).map(|at| format!("c{at}")).collect();
        let named = there(rows).into_iter().zip(&names);
        let values: Vec<String> = named.map(|(value, name)| format!("{value} AS {name}")).collect();
        let filter = predicate.map(|it| format!(" WHERE {it}")).unwrap_or_default();
        let table = self.quote_name(rows.table);
        Some((format!("(SELECT {} FROM {table}{filter})", values.join(", ")), names))
    }

    /// A row without a referenced row; `parent` is `None` if the referenced table is not created
    /// yet, and so is empty.
    pub fn probe_orphans(self, child: Rows<'_>, parent: Option<Rows<'_>>) -> String {
        let named = |rows: Rows<'_>| {
            let stored = || (self.quote_name(rows.table), there(rows));
            self.coming(rows, None).unwrap_or_else(stored)
        };
        let (source, names) = named(child);
        let values: Vec<String> = names.iter().map(|name| format!("child.{name}")).collect();
        let mut conditions: Vec<String> =
            values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
        if let Some(parent) = parent {
            let (source, names) = named(parent);
            let pairs: Vec<String> = values
                .iter()
                .zip(names)
                .map(|(own, other)| format!("parent.{other} = {own}"))
                .collect();
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM {source} AS parent WHERE {})",
                pairs.join(" AND ")
            ));
        }
        format!("SELECT 1 FROM {source} AS child WHERE {} LIMIT 1", conditions.join(" AND "))
    }

    /// A literal in SQL.
    pub fn render_literal(self, literal: &Literal) -> String {
        ddl::literal(self, literal)
    }

    /// A constant or an expression, cast to the type of its column; `None` if the type may not
    /// exist yet.
    pub fn as_value(self, expr: &str, data_type: &ColumnType) -> Option<String> {
        let expr = ddl::as_operand(self, expr);
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => Some(expr),
            Self::Postgres if data_type.named().is_some() => None,
            Self::Postgres => Some(format!("CAST({expr} AS {})", self.render_type(data_type))),
        }
    }

    /// A row that no partition accepts, if a query can find it.
    pub fn probe_unplaced(self, table: &QName, partitioning: &Partitioning) -> Option<String> {
        let condition = match self {
            Self::Sqlite => None,
            Self::Postgres => postgres::bounds::unplaced(partitioning),
            Self::Mysql | Self::Mariadb => mysql::partition::unplaced(partitioning),
        }?;
        Some(self.probe_where(table, &condition))
    }

    /// A sequence without a number left in its new bounds, if a query can find it.
    pub fn probe_exhausted(self, name: &QName, sequence: Pair<&Sequence>) -> Option<String> {
        let options = Pair::new(&sequence.before.options, &sequence.after.options);
        let types =
            Pair::new(sequence.before.data_type.as_ref(), sequence.after.data_type.as_ref());
        let condition = match self {
            Self::Sqlite | Self::Mysql => None,
            Self::Postgres => postgres::sequence::outrun(options, types),
            Self::Mariadb => mysql::sequence::exhausted(options),
        };
        condition.map(|it| self.probe_where(name, &it))
    }

    /// A value of a column that is none of these texts.
    pub fn probe_other_labels(self, table: &QName, column: &str, labels: &[String]) -> String {
        let labels: Vec<String> = labels.iter().map(|label| self.quote_text(label)).collect();
        let text = match self {
            Self::Sqlite | Self::Postgres => "text",
            Self::Mysql | Self::Mariadb => "char",
        };
        let value = format!("CAST({} AS {text})", self.quote(column));
        self.probe_where(table, &format!("{value} NOT IN ({})", labels.join(", ")))
    }

    /// A value that a change of type would change or reject, if a query can find it; `schema` is
    /// the schema after the change.
    pub fn probe_conversion(
        self,
        table: &QName,
        column: &str,
        before: &ColumnType,
        after: &ColumnType,
        schema: &Schema,
    ) -> Option<String> {
        if let Some(item) = after.enum_name().filter(|_| after.element().is_none()) {
            let labels = &schema.enums.get(item)?.values;
            let text = before.element().is_none() && !labels.is_empty();
            return text.then(|| self.probe_other_labels(table, column, labels));
        }
        let name = self.quote(column);
        let condition = match self {
            Self::Sqlite => sqlite::convert::misfit(&name, before, after),
            Self::Postgres => postgres::convert::misfit(&name, before, after),
            Self::Mysql | Self::Mariadb => mysql::convert::misfit(&name, before, after),
        }?;
        Some(self.probe_where(table, &condition))
    }
}

fn there(rows: Rows<'_>) -> Vec<String> {
    rows.values.iter().map(|it| it.text().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let (t, u) = (QName::bare("t"), QName::bare("u"));
        let columns = ["a".to_owned(), "b\"".to_owned()];
        let place = ProbedColumns { table: &t, columns: &columns };
        let dialect = Dialect::Postgres;
        assert_eq!(
            dialect.probe_nulls(place),
            r#"SELECT 1 FROM "t" WHERE "a" IS NULL OR "b""" IS NULL LIMIT 1"#
        );
        let values = ["\"a\"", "\"b\"\"\""].map(|it| Held::There(it.to_owned()));
        let rows = Rows { table: &t, values: &values };
        assert_eq!(
            dialect.probe_orphans(rows, Some(Rows { table: &u, values: &values })),
            r#"SELECT 1 FROM "t" AS child WHERE child."a" IS NOT NULL AND child."b""" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" AS parent WHERE parent."a" = child."a" AND parent."b""" = child."b""") LIMIT 1"#
        );
        let values = ["\"a\"", "lower(b)"].map(|it| Held::There(it.to_owned()));
        let rows = Rows { table: &t, values: &values };
        let predicate = Expr::new("c > 0");
        let wanted = Distinct { rows, nulls_too: false, predicate: Some(&predicate) };
        assert_eq!(
            dialect.probe_duplicates(wanted),
            r#"SELECT 1 FROM "t" WHERE (c > 0) AND "a" IS NOT NULL AND lower(b) IS NOT NULL GROUP BY "a", lower(b) HAVING count(*) > 1 LIMIT 1"#
        );
    }

    #[test]
    fn values_that_are_still_to_come() {
        let (t, u) = (QName::bare("t"), QName::bare("u"));
        let values = [Held::There("\"a\"".into()), Held::Coming("1".into())];
        let rows = Rows { table: &t, values: &values };
        let dialect = Dialect::Sqlite;
        let stored = ["\"x\"", "\"y\""].map(|it| Held::There(it.to_owned()));
        let parent = Rows { table: &u, values: &stored };
        assert_eq!(
            dialect.probe_orphans(rows, Some(parent)),
            r#"SELECT 1 FROM (SELECT "a" AS c1, 1 AS c2 FROM "t") AS child WHERE child.c1 IS NOT NULL AND child.c2 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" AS parent WHERE parent."x" = child.c1 AND parent."y" = child.c2) LIMIT 1"#
        );
        let one = Rows { table: &t, values: &stored[..1] };
        let coming = [Held::Coming("upper(\"y\")".into())];
        assert_eq!(
            dialect.probe_orphans(one, Some(Rows { table: &u, values: &coming })),
            r#"SELECT 1 FROM "t" AS child WHERE child."x" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT upper("y") AS c1 FROM "u") AS parent WHERE parent.c1 = child."x") LIMIT 1"#
        );
        let predicate = Expr::new("c > 0");
        let wanted = Distinct { rows, nulls_too: true, predicate: Some(&predicate) };
        assert_eq!(
            dialect.probe_duplicates(wanted),
            r#"SELECT 1 FROM (SELECT "a" AS c1, 1 AS c2 FROM "t" WHERE (c > 0)) AS coming GROUP BY c1, c2 HAVING count(*) > 1 LIMIT 1"#
        );
    }
}
