//! Columns of tables and of views.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use autogen_dialect::mysql::{Flavor, defaults, types};
use autogen_dialect::{Dialect, strip_parentheses};
use autogen_schema::{
    CatalogText, Column, ColumnType, Default, Expr, Generated, GeneratedStorage, Identity, Literal,
};

use super::{Buildings, COLUMNS, Catalog};
use crate::LiveError;
use crate::session::Cells;

/// The columns of views: position, name, type.
pub(super) type ViewColumns = BTreeMap<String, Vec<(u32, String, String)>>;

/// An expression: trimmed, without the parentheses around it.
pub(crate) fn expr(text: &str) -> Expr {
    Expr::new(strip_parentheses(Dialect::Mysql, text))
}

/// An expression from the catalog. MySQL reads its bytes as Latin-1, and escapes it once more
/// than in `SHOW CREATE TABLE`.
pub(super) fn catalog_expr(flavor: Flavor, text: &str) -> Expr {
    match flavor {
        Flavor::Mysql if text.contains('\\') => expr(&unescaped(&reread(text))),
        Flavor::Mysql => expr(&reread(text)),
        Flavor::Mariadb => expr(text),
    }
}

/// The text whose UTF-8 bytes were read as Latin-1; other texts are unchanged.
fn reread(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => Cow::Owned(text),
        Some(Err(_)) | None => Cow::Borrowed(text),
    }
}

/// A default in the form of `SHOW CREATE TABLE`, as an expression.
pub(crate) fn catalog_default(text: &str) -> Expr {
    match defaults::parse(text) {
        Default::Expression(expr) => expr,
        // It was given as an expression, and is a constant.
        Default::Literal(_) => expr(text),
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('0') => plain.push('\0'),
                Some('Z') => plain.push('\u{1a}'),
                other => plain.extend(other),
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Adds columns to their tables; returns those of views.
pub(super) async fn fill(
    catalog: &mut Catalog<'_>,
    database_collation: &str,
    tables: &mut Buildings,
) -> Result<ViewColumns, LiveError> {
    let flavor = catalog.flavor;
    let mut views = ViewColumns::new();
    let mut known_types = BTreeMap::new();
    catalog
        .ask("reading columns", COLUMNS, |row| {
            let table = row.get(0).unwrap_or_default();
            let place = row.number(1);
            let Some(building) = tables.get_mut(table) else {
                let of = views.entry(table.to_owned()).or_default();
                of.push((place, row.text(2), row.text(5)));
                return;
            };
            let collation = match building.collation.as_str() {
                "" => database_collation,
                collation => collation,
            };
            let column = column(row, flavor, collation, &mut known_types);
            building.columns.push((place, column));
        })
        .await?;
    Ok(views)
}

fn column(
    row: &Cells<'_>,
    flavor: Flavor,
    table_collation: &str,
    known_types: &mut BTreeMap<Arc<str>, ColumnType>,
) -> Column {
    // MariaDB marks a compressed column by an executable comment.
    let text = row.get(5).unwrap_or_default().replace("/*M!100301 COMPRESSED*/", "compressed");
    let text = text.as_str();
    let (text, data_type) = match (row.get(10), known_types.get_key_value(text)) {
        (Some(system), _) => (text.into(), types::parse(&format!("{text} srid {system}"))),
        (None, Some((text, known))) => (Arc::clone(text), known.clone()),
        (None, None) => {
            let text: Arc<str> = text.into();
            let parsed = types::parse(&text);
            known_types.insert(Arc::clone(&text), parsed.clone());
            (text, parsed)
        }
    };
    let mut column = Column::new(row.text(2), data_type);
    column.nullable = row.get(4) == Some("YES");
    column.collation = row.get(6).filter(|it| *it != table_collation).map(str::to_owned);
    column.comment = row.some(8).filter(|text| !text.is_empty());
    column.catalog_type = CatalogText(Some(text));
    let extra = row.get(7).unwrap_or_default().to_ascii_lowercase();
    column.invisible = extra.contains("invisible");
    if let Some((_, moment)) = extra.split_once("on update ") {
        let end = moment.find([' ', ',']).unwrap_or(moment.len());
        let moment = moment.get(..end).unwrap_or(moment);
        column.on_update = Some(Expr::new(moment.to_ascii_uppercase()));
    }
    if extra.contains("auto_increment") {
        column.identity = Some(Identity::AutoIncrement);
        return column;
    }
    let generated = row.get(9).filter(|text| !text.is_empty());
    if let Some(text) = generated.filter(|_| extra.contains(" generated")) {
        let storage = match extra.contains("virtual") {
            true => GeneratedStorage::Virtual,
            false => GeneratedStorage::Stored,
        };
        column.generated = Some(Generated { expr: catalog_expr(flavor, text), storage });
        return column;
    }
    column.default = row.get(3).and_then(|text| match flavor {
        Flavor::Mariadb if text == "NULL" => None,
        Flavor::Mariadb => Some(defaults::parse(text)),
        Flavor::Mysql if extra.contains("default_generated") => {
            Some(Default::Expression(catalog_expr(flavor, text)))
        }
        Flavor::Mysql => Some(constant(text, &column.data_type)),
    });
    column
}

/// MySQL reports the value of a constant, not its literal.
fn constant(text: &str, data_type: &ColumnType) -> Default {
    let number = matches!(
        data_type,
        ColumnType::Boolean
            | ColumnType::Integer { .. }
            | ColumnType::Float
            | ColumnType::Double
            | ColumnType::Decimal(_)
            | ColumnType::Year
    );
    let coded = matches!(
        data_type,
        ColumnType::Bit(_) | ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_)
    );
    // These include numbers with an explicit display width.
    let verbatim = matches!(data_type, ColumnType::Verbatim(_)) && text.parse::<f64>().is_ok();
    if coded {
        defaults::parse(text)
    } else if number || verbatim {
        Default::Literal(Literal::Number(text.to_owned()))
    } else {
        Default::Literal(Literal::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mysql_escapes_once_more() {
        let read = |text| catalog_expr(Flavor::Mysql, text).0;
        assert_eq!(read(r"(`c` <> _utf8mb4\'x\\\'y\\\\\')"), r"`c` <> _utf8mb4'x\'y\\'");
        assert_eq!(read("(1 + 1)"), "1 + 1");
        assert_eq!(read("(`grÃ¶\u{c3}\u{9f}e` > 1)"), "`größe` > 1");
        assert_eq!(read("`größe`"), "`größe`");
        assert_eq!(catalog_expr(Flavor::Mariadb, r"`c` <> 'a\'b'").0, r"`c` <> 'a\'b'");
    }
}
