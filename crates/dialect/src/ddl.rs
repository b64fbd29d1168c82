//! DDL clauses with the same SQL in every database. A canonical schema contains only what its
//! database supports, so the dialect is needed only for quoting.

use autogen_schema::{
    Check, Column, ColumnType, ConflictAction, Constraint, Default, Deferrable, Exclusion, Expr,
    FkAction, FkMatch, ForeignKey, Index, IndexKey, IndexPart, KeyPart, Literal, Name, NullsOrder,
    Pair, PrimaryKey, QName, Unique,
};

use crate::Dialect;
use crate::scan::strip_parentheses;

/// A list of quoted names.
pub(crate) fn names<S: AsRef<str>>(dialect: Dialect, names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| dialect.quote(name.as_ref())).collect();
    quoted.join(", ")
}

/// The value of a default, after `DEFAULT`.
pub(crate) fn default(dialect: Dialect, default: &Default) -> String {
    match default {
        Default::Literal(literal) => self::literal(dialect, literal),
        Default::Expression(expr) => dialect.default_expression(expr),
    }
}

/// A literal.
pub(crate) fn literal(dialect: Dialect, literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(true) => "TRUE".to_owned(),
        Literal::Bool(false) => "FALSE".to_owned(),
        Literal::Number(text) => text.clone(),
        Literal::Text(text) => dialect.quote_text(text),
        Literal::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("x'{digits}'")
        }
    }
}

/// An expression as the value of an assignment: a query gets parentheses.
pub(crate) fn as_operand(dialect: Dialect, expr: &str) -> String {
    let expr = strip_parentheses(dialect, expr);
    let word: String = expr.chars().take_while(|it| it.is_ascii_alphabetic()).collect();
    match word.to_ascii_lowercase().as_str() {
        "select" | "with" | "values" => format!("({expr})"),
        _other => expr.to_owned(),
    }
}

/// The statement that relabels rows, all at once, so that two labels can be exchanged.
///
/// `kept` continues the assignments: `, at = at` for columns that must not change.
pub(crate) fn relabel(
    dialect: Dialect,
    table: &QName,
    column: &Column,
    labels: &[Pair<String>],
    kept: &str,
) -> String {
    let (table, name) = (dialect.quote_name(table), dialect.quote(&column.name));
    let text = |label: &str| self::label(dialect, &column.data_type, label);
    if let [only] = labels {
        let (before, after) = (text(&only.before), text(&only.after));
        return format!("UPDATE {table} SET {name} = {after}{kept} WHERE {name} = {before}");
    }
    let old: Vec<String> = labels.iter().map(|it| text(&it.before)).collect();
    format!(
        "UPDATE {table}\nSET {name} = {}{kept}\nWHERE {name} IN ({})",
        relabelled(dialect, column, labels),
        old.join(", ")
    )
}

/// A column's value with its new label, if it has one.
pub(crate) fn relabelled(dialect: Dialect, column: &Column, labels: &[Pair<String>]) -> String {
    let name = dialect.quote(&column.name);
    let text = |label: &str| self::label(dialect, &column.data_type, label);
    let cases: Vec<String> = labels
        .iter()
        .map(|it| format!("WHEN {} THEN {}", text(&it.before), text(&it.after)))
        .collect();
    format!("CASE {name} {} ELSE {name} END", cases.join(" "))
}

/// A label as a value of its column: enums may be stored as numbers.
fn label(dialect: Dialect, data_type: &ColumnType, label: &str) -> String {
    let number = matches!(data_type, ColumnType::Integer { .. }) && label.parse::<i64>().is_ok();
    if number { label.to_owned() } else { dialect.quote_text(label) }
}

/// `CONSTRAINT "name" `, or nothing.
fn constraint_name(dialect: Dialect, name: &Name) -> String {
    match name.text() {
        Some(text) => format!("CONSTRAINT {} ", dialect.quote(text)),
        None => String::new(),
    }
}

/// A constraint in `CREATE TABLE` and after `ADD`.
pub(crate) fn constraint(dialect: Dialect, constraint: &Constraint) -> String {
    let name = constraint_name(dialect, constraint.name());
    let body = match constraint {
        Constraint::PrimaryKey(it) => primary_key(dialect, it),
        Constraint::Unique(it) => unique(dialect, it),
        Constraint::ForeignKey(it) => foreign_key(dialect, it),
        Constraint::Check(it) => check(it),
        Constraint::Exclusion(it) => exclusion(dialect, it),
    };
    format!("{name}{body}")
}

/// A check with its name; domains use the same form.
pub(crate) fn check_constraint(dialect: Dialect, check: &Check) -> String {
    format!("{}{}", constraint_name(dialect, &check.name), self::check(check))
}

fn primary_key(dialect: Dialect, key: &PrimaryKey) -> String {
    format!(
        "PRIMARY KEY ({}){}{}{}",
        key_parts(dialect, &key.columns),
        include(dialect, &key.include),
        deferrable(key.deferrable),
        on_conflict(key.on_conflict),
    )
}

fn unique(dialect: Dialect, unique: &Unique) -> String {
    let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    format!(
        "UNIQUE{nulls} ({}){}{}{}",
        key_parts(dialect, &unique.columns),
        include(dialect, &unique.include),
        deferrable(unique.deferrable),
        on_conflict(unique.on_conflict),
    )
}

/// A foreign key with the columns of both sides.
pub(crate) fn foreign_key(dialect: Dialect, key: &ForeignKey) -> String {
    format!("FOREIGN KEY ({}) {}", names(dialect, &key.columns), references(dialect, key))
}

/// A foreign key, starting with `REFERENCES`.
pub(crate) fn references(dialect: Dialect, key: &ForeignKey) -> String {
    let mut sql = format!("REFERENCES {}", dialect.quote_name(&key.references));
    if !key.referenced_columns.is_empty() {
        sql.push_str(&format!(" ({})", names(dialect, &key.referenced_columns)));
    }
    match key.match_type {
        FkMatch::Simple => {}
        FkMatch::Full => sql.push_str(" MATCH FULL"),
        FkMatch::Partial => sql.push_str(" MATCH PARTIAL"),
    }
    if let Some(action) = fk_action(key.on_delete) {
        sql.push_str(&format!(" ON DELETE {action}"));
        if !key.set_columns.is_empty() {
            sql.push_str(&format!(" ({})", names(dialect, &key.set_columns)));
        }
    }
    if let Some(action) = fk_action(key.on_update) {
        sql.push_str(&format!(" ON UPDATE {action}"));
    }
    sql.push_str(deferrable(key.deferrable));
    if key.not_valid {
        sql.push_str(" NOT VALID");
    }
    sql
}

fn fk_action(action: FkAction) -> Option<&'static str> {
    match action {
        FkAction::NoAction => None,
        FkAction::Restrict => Some("RESTRICT"),
        FkAction::Cascade => Some("CASCADE"),
        FkAction::SetNull => Some("SET NULL"),
        FkAction::SetDefault => Some("SET DEFAULT"),
    }
}

fn check(check: &Check) -> String {
    let inherit = if check.no_inherit { " NO INHERIT" } else { "" };
    let valid = if check.not_valid { " NOT VALID" } else { "" };
    let enforced = if check.not_enforced { " NOT ENFORCED" } else { "" };
    format!("CHECK ({}){inherit}{valid}{enforced}", check.expr)
}

fn exclusion(dialect: Dialect, exclusion: &Exclusion) -> String {
    let elements: Vec<String> = exclusion
        .elements
        .iter()
        .map(|(part, operator)| format!("{} WITH {operator}", index_part(dialect, part)))
        .collect();
    let filter = exclusion.predicate.as_ref().map(|it| format!(" WHERE ({it})"));
    format!(
        "EXCLUDE USING {} ({}){}{}",
        exclusion.method,
        elements.join(", "),
        filter.unwrap_or_default(),
        deferrable(exclusion.deferrable),
    )
}

fn key_parts(dialect: Dialect, parts: &[KeyPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let mut sql = dialect.quote(&part.column);
            if let Some(length) = part.prefix {
                sql.push_str(&format!("({length})"));
            }
            if let Some(collation) = &part.collation {
                sql.push_str(&format!(" COLLATE {}", dialect.quote(collation)));
            }
            if part.descending {
                sql.push_str(" DESC");
            }
            sql
        })
        .collect();
    parts.join(", ")
}

fn include(dialect: Dialect, columns: &[String]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    format!(" INCLUDE ({})", names(dialect, columns))
}

fn deferrable(when: Option<Deferrable>) -> &'static str {
    match when {
        None => "",
        Some(Deferrable::InitiallyImmediate) => " DEFERRABLE",
        Some(Deferrable::InitiallyDeferred) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// SQLite's conflict clause.
pub(crate) fn on_conflict(action: Option<ConflictAction>) -> &'static str {
    match action {
        None => "",
        Some(ConflictAction::Rollback) => " ON CONFLICT ROLLBACK",
        Some(ConflictAction::Abort) => " ON CONFLICT ABORT",
        Some(ConflictAction::Fail) => " ON CONFLICT FAIL",
        Some(ConflictAction::Ignore) => " ON CONFLICT IGNORE",
        Some(ConflictAction::Replace) => " ON CONFLICT REPLACE",
    }
}

/// A whole `CREATE INDEX` statement.
pub(crate) fn create_index(dialect: Dialect, table: &QName, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index.name.text().map(|name| format!("{} ", dialect.quote(name)));
    let mut sql = format!(
        "CREATE {unique}INDEX {}ON {}",
        name.unwrap_or_default(),
        dialect.quote_name(table)
    );
    if let Some(method) = &index.method {
        sql.push_str(&format!(" USING {method}"));
    }
    let parts: Vec<String> = index.parts.iter().map(|part| index_part(dialect, part)).collect();
    sql.push_str(&format!(" ({})", parts.join(", ")));
    sql.push_str(&include(dialect, &index.include));
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.storage.is_empty() {
        sql.push_str(&format!(" WITH ({})", storage(&index.options.storage)));
    }
    if let Some(tablespace) = &index.options.tablespace {
        sql.push_str(&format!(" TABLESPACE {}", dialect.quote(tablespace)));
    }
    if let Some(predicate) = &index.predicate {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    sql
}

/// Storage parameters, between the parentheses.
pub(crate) fn storage(parameters: &std::collections::BTreeMap<String, String>) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    pairs.join(", ")
}

fn index_part(dialect: Dialect, part: &IndexPart) -> String {
    let mut sql = match &part.key {
        IndexKey::Column(name) => dialect.quote(name),
        IndexKey::Expression(expr) if is_call(expr) => expr.to_string(),
        IndexKey::Expression(expr) => format!("({expr})"),
    };
    if let Some(length) = part.prefix {
        sql.push_str(&format!("({length})"));
    }
    if let Some(collation) = &part.collation {
        sql.push_str(&format!(" COLLATE {}", dialect.quote_collation(collation)));
    }
    if let Some(opclass) = &part.opclass {
        sql.push_str(&format!(" {opclass}"));
    }
    if part.descending {
        sql.push_str(" DESC");
    }
    match part.nulls {
        None => {}
        Some(NullsOrder::First) => sql.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => sql.push_str(" NULLS LAST"),
    }
    sql
}

/// Whether the expression is a single function call, which needs no parentheses in an index.
fn is_call(expr: &Expr) -> bool {
    let text = expr.as_str();
    let Some(open) = text.find('(') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if open == 0 || !text[..open].chars().all(plain) || text.contains('\'') {
        return false;
    }
    // Words that look like function calls and have a grammar of their own.
    if ["cast", "coalesce", "nullif", "greatest", "least", "case"]
        .contains(&text[..open].to_ascii_lowercase().as_str())
    {
        return false;
    }
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().skip(open) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}
