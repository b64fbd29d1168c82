//! Text that looks like something else: the end of a literal, a comment, a directive, a
//! header line, a terminal escape.

use autogen_dialect::Dialect;
use autogen_schema::{Check, ColumnType, Default, Expr, Literal, Name, Schema};
use proptest::prelude::*;

/// A table and a column whose texts must not be mistaken for anything else.
pub(crate) const TABLE: &str = "Odd \"na'me\n-- autogen: begin other-runners\n`;\r$$/*";
pub(crate) const COLUMN: &str = "Ord\"er\r-- revision: 1\n';\u{202e}";

const PIECES: [&str; 34] = [
    "a",
    " ",
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "\n",
    "\r",
    "\r\n",
    "\t",
    ";",
    "; DROP TABLE a; ",
    "--",
    "#",
    "/*",
    "*/",
    "/*! */",
    "$$",
    "$x$",
    "\n-- autogen: transaction\n",
    "\n-- autogen: begin other-runners\n",
    "\n-- autogen: irreversible\n",
    "\n-- autogen: probe X1 select 1\n",
    "\n-- revision: 5\n",
    "\n-- DD101 danger: none\n",
    "\nDELIMITER $$\n",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{2028}",
    "{}%s",
    "<script>",
    "日é",
];

/// Text for each place that has some.
#[derive(Debug, Clone)]
pub(crate) struct Hostile {
    comment: String,
    default: String,
    label: String,
    body: String,
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..6)
        .prop_map(|pieces| pieces.concat())
}

pub(crate) fn hostile() -> impl Strategy<Value = Hostile> {
    let label = text().prop_map(|text| {
        // PostgreSQL takes 63 bytes; MySQL drops spaces at the end.
        let mut label: String = text.chars().take(18).collect();
        label.push('.');
        label
    });
    let default = text().prop_map(|text| text.chars().take(20).collect());
    (text(), default, label, text()).prop_map(|(comment, default, label, body)| Hostile {
        comment,
        default,
        label,
        body,
    })
}

impl Hostile {
    /// The body of a view, a trigger or a routine.
    pub(crate) fn body(&self, dialect: Dialect) -> String {
        dialect.quote_text(&self.body)
    }

    /// Puts it wherever a schema already has text.
    pub(crate) fn sow(&self, dialect: Dialect, schema: &mut Schema) {
        schema.reform_tables(|table| {
            if let Some(comment) = &mut table.comment {
                comment.clone_from(&self.comment);
            }
            for column in &mut table.columns {
                if let Some(comment) = &mut column.comment {
                    comment.clone_from(&self.comment);
                }
                if let Some(Default::Literal(Literal::Text(text))) = &mut column.default
                    && matches!(column.data_type, ColumnType::Varchar(_) | ColumnType::Text(_))
                {
                    text.clone_from(&self.default);
                }
            }
            if table.column("s").is_some_and(|it| matches!(it.data_type, ColumnType::Varchar(_))) {
                let expr = format!("{} <> {}", dialect.quote("s"), self.body(dialect));
                let name = Name::exact(format!("{}_h", crate::schemas::short(&table.name.name)));
                table.checks.push(Check { expr: Expr::new(expr), ..Check::new(name, "") });
            }
        });
        let labels = schema.enums.values_mut().flat_map(|it| it.values.iter_mut());
        for label in labels.filter(|it| it.contains('\'')) {
            label.clone_from(&self.label);
        }
    }
}
