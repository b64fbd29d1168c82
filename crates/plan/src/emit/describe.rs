//! What a change does, in a line for people.

use autogen_dialect::Dialect;
use autogen_schema::{Change, Column, Pair, differences};

/// The description of a change. For a column it says from what to what, in the dialect's
/// words: `alter column t.a: type integer to bigint`.
pub fn describe(dialect: Dialect, change: &Change) -> String {
    let Some((table, column)) = change.altered_column() else { return change.describe() };
    let details = differences(column).into_iter().map(|word| detail(dialect, column, word));
    let details: Vec<String> = details.collect();
    format!("alter column {table}.{}: {}", column.after.name, details.join(", "))
}

fn detail(dialect: Dialect, column: &Pair<Column>, word: &str) -> String {
    let values = match word {
        "type" => column.as_ref().map(|it| Some(dialect.render_type(&it.data_type))),
        "default" => {
            column.as_ref().map(|it| it.default.as_ref().map(|it| dialect.default_text(it)))
        }
        "collation" => column.as_ref().map(|it| it.collation.clone()),
        "character set" => column.as_ref().map(|it| it.charset.clone()),
        "generated expression" => {
            column.as_ref().map(|it| it.generated.as_ref().map(|it| it.expr.to_string()))
        }
        _other => Pair::new(None, None),
    };
    match (values.before, values.after) {
        (Some(before), Some(after)) => format!("{word} {before} to {after}"),
        (None, Some(after)) => format!("{word} {after}"),
        (Some(before), None) => format!("no {word} (was {before})"),
        (None, None) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use autogen_schema::{ColumnChange, ColumnType, Default, IntWidth, Literal, QName};

    use super::*;

    #[test]
    fn a_column_says_from_what_to_what() {
        let before = Column::new("a", ColumnType::int(IntWidth::Regular)).nullable();
        let after = Column {
            nullable: false,
            default: Some(Default::Literal(Literal::Number("7".to_owned()))),
            ..Column::new("a", ColumnType::int(IntWidth::Big))
        };
        let (table, column) = (QName::bare("t"), Box::new(Pair::new(before, after)));
        let change = Change::from(ColumnChange::Alter { table, column });
        assert_eq!(
            describe(Dialect::Postgres, &change),
            "alter column t.a: type integer to bigint, set not null, default 7"
        );
        assert_eq!(
            describe(Dialect::Postgres, &change.inverse()),
            "alter column t.a: type bigint to integer, drop not null, no default (was 7)"
        );
    }
}
