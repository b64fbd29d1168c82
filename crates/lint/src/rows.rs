//! What rows hold after a plan, said over the rows before it: probes are asked before
//! anything runs.

use autogen_dialect::probe::{Held, Kept};
use autogen_dialect::{Dialect, NULL};
use autogen_schema::{Column, Default, Expr, Pair, QName};

use crate::Case;

impl Case<'_> {
    /// The column, if its values are new to a table that may hold rows.
    fn new_column(&self, table: &QName, name: &str) -> Option<&Column> {
        let column = self.schema.after.tables.get(table)?.column(name)?;
        let new = self.origin.column(table, name).is_none();
        (new && !self.new_table).then_some(column)
    }

    /// What somebody gave for the rows of a new column.
    pub(crate) fn fill(&self, table: &QName, name: &str) -> Option<&Expr> {
        let given = self.fills.iter().find(|it| it.table == *table && it.column == name);
        given.map(|it| &it.expr)
    }

    /// Whether a required column comes back, and what it holds is left open.
    pub(crate) fn is_open(&self, table: &QName, column: &Column) -> bool {
        let fill = self.fill(table, &column.name).map(Expr::as_str);
        self.restoring && !column.nullable && fill == Some(NULL)
    }

    /// What the rows hold in the column after the plan.
    pub(crate) fn held(&self, table: &QName, name: &str) -> Option<Held> {
        if let Some(former) = self.origin.column(table, name) {
            return self.kept(table, [&former, name], Dialect::kept_in_collation);
        }
        let column = self.new_column(table, name).filter(|it| !self.is_open(table, it))?;
        let computed = column.generated.as_ref().map(|it| &it.expr);
        let value = match (computed.or(self.fill(table, name)), &column.default) {
            (Some(expr), _) => self.origin.expression(table, expr)?.to_string(),
            (None, Some(Default::Literal(literal))) => self.dialect.render_literal(literal),
            // A number that is drawn for a question is lost.
            (None, Some(Default::Expression(expr))) if expr.sequences().is_empty() => {
                self.origin.expression(table, expr)?.to_string()
            }
            (None, None) if self.comes_empty(table, name) => "NULL".to_owned(),
            (None, None) if self.restoring && column.identity.is_none() => {
                self.dialect.placeholder(self.schema.after, &column.data_type)?
            }
            (None, Some(Default::Expression(_)) | None) => return None,
        };
        self.dialect.as_value(&value, &column.data_type).map(Held::Coming)
    }

    /// Whether the column is new and NULL in every row.
    pub(crate) fn comes_empty(&self, table: &QName, name: &str) -> bool {
        self.new_column(table, name).is_some_and(|column| {
            column.nullable && !column.has_own_value() && self.fill(table, name).is_none()
        })
    }

    /// What the rows hold in a column that stays, by its former name and its name.
    fn kept(
        &self,
        table: &QName,
        [former, name]: [&str; 2],
        asked: fn(Dialect, &Kept<'_>) -> Option<Held>,
    ) -> Option<Held> {
        let there = self.schema.before.tables.get(&self.origin.table(table)?)?;
        let after = self.schema.after.tables.get(table).unwrap_or(there);
        let before = there.column(former)?;
        let column = Pair::new(before, after.column(name).unwrap_or(before));
        let given = self.usings.iter().filter(|_| !self.restoring);
        let using = given.into_iter().find(|it| it.table == *table && it.column == name);
        let using = match using {
            Some(it) => Some(self.origin.conversion(table, name, &it.expr)?),
            None => None,
        };
        let fill = self.fill_of_nulls(table, column.after)?;
        let kept = Kept {
            column,
            table: Pair::new(there, after),
            schema: self.schema,
            using,
            fill: fill.as_deref(),
        };
        asked(self.dialect, &kept)
    }

    /// What NULLs become where the column is required; `None` where no query can say it.
    fn fill_of_nulls(&self, table: &QName, column: &Column) -> Option<Option<String>> {
        let expr = match (self.fill(table, &column.name), &column.default) {
            (Some(expr), _) => expr,
            (None, Some(Default::Literal(literal))) => {
                return Some(Some(self.dialect.render_literal(literal)));
            }
            // Numbers that are drawn differ from each other.
            (None, Some(Default::Expression(expr))) if expr.sequences().is_empty() => expr,
            (None, Some(Default::Expression(_)) | None) => return Some(None),
        };
        Some(Some(self.origin.expression(table, expr)?.to_string()))
    }

    /// An expression over the rows as they are after the plan.
    pub(crate) fn computed(&self, table: &QName, expr: &Expr) -> Option<Expr> {
        let mut computed = self.origin.expression(table, expr)?.clone();
        for column in &self.schema.after.tables.get(table)?.columns {
            if !expr.mentions(&column.name) {
                continue;
            }
            let names = [column.name.as_str(); 2];
            let value = self.kept(table, names, Dialect::kept_value)?;
            // Another collation is another expression.
            let plain = self.kept(table, names, Dialect::kept_in_collation)? == value;
            if let (Held::Coming(text), true) = (&value, plain) {
                computed = computed.replace_column(&column.name, &format!("({text})"));
            } else if !plain {
                return None;
            }
        }
        Some(computed)
    }
}
