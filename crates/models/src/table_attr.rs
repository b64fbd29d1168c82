//! Indexes and constraints as `#[autogen(..)]` says them, on structs and fields.

use std::collections::BTreeMap;

use autogen_schema::{
    Check, ConflictAction, Deferrable, Exclusion, Expr as Sql, FkAction, FkMatch, ForeignKey,
    Index, IndexKey, IndexPart, KeyPart, Name, PrimaryKey, Unique,
};
use proc_macro2::Span;
use quote::ToTokens;

use crate::attr::{Item, Value, once};
use crate::codes::{BAD_VALUE, KEY_WIDTH, KEYWORD_SHAPE, UNKNOWN_COLUMN};
use crate::diagnostic::{Findings, suggest};
use crate::model::{Model, NamedKey};
use crate::sql;

pub(crate) const CHECK_KEYS: &[&str] =
    &["name", "expr", "not_valid", "no_inherit", "not_enforced", "comment"];
pub(crate) const UNIQUE_KEYS: &[&str] = &[
    "name",
    "columns",
    "include",
    "nulls_not_distinct",
    "deferrable",
    "initially_deferred",
    "on_conflict",
    "comment",
];
pub(crate) const INDEX_KEYS: &[&str] = &[
    "name",
    "columns",
    "unique",
    "where",
    "include",
    "method",
    "opclass",
    "collation",
    "desc",
    "nulls",
    "nulls_not_distinct",
    "with",
    "tablespace",
    "parser",
    "invisible",
    "comment",
];
pub(crate) const FOREIGN_KEYS: &[&str] = &[
    "name",
    "columns",
    "references",
    "on_delete",
    "on_update",
    "set_columns",
    "match",
    "deferrable",
    "initially_deferred",
    "not_valid",
    "external",
    "comment",
];
pub(crate) const PRIMARY_KEYS: &[&str] =
    &["name", "columns", "include", "deferrable", "initially_deferred", "on_conflict", "comment"];
pub(crate) const EXCLUDE_KEYS: &[&str] =
    &["name", "method", "elements", "where", "deferrable", "initially_deferred", "comment"];

/// The column of a name that a user wrote, by column or by field.
pub(crate) fn column(
    model: &Model,
    name: &str,
    span: Span,
    findings: &mut Findings,
) -> Option<String> {
    let found = model.column_named(name).map(ToOwned::to_owned);
    if found.is_none() {
        let known = model.table.columns.iter().map(|column| column.name.as_str());
        let near = suggest(name, known);
        findings.add(
            span,
            UNKNOWN_COLUMN,
            format!("`{}` has no column `{name}`", model.table.name),
            if near.is_empty() { "name a column of this struct".to_owned() } else { near },
        );
    }
    found
}

fn columns(model: &Model, names: Option<Vec<syn::LitStr>>, findings: &mut Findings) -> Vec<String> {
    names
        .into_iter()
        .flatten()
        .filter_map(|name| column(model, &name.value(), name.span(), findings))
        .collect()
}

fn shape(span: Span, text: &str, what: &str, findings: &mut Findings) {
    findings.add(
        span,
        KEYWORD_SHAPE,
        format!("`{text}` is no {what}"),
        "`autogen explain A0127` shows the forms",
    );
}

fn key_parts(model: &Model, item: &Item, findings: &mut Findings) -> Vec<KeyPart> {
    let mut parts = Vec::new();
    for text in item.strings(findings).into_iter().flatten() {
        match sql::key_part(&text.value()) {
            Some(mut part) => {
                if let Some(name) = column(model, &part.column, text.span(), findings) {
                    part.column = name;
                    parts.push(part);
                }
            }
            None => shape(text.span(), &text.value(), "column of a key", findings),
        }
    }
    parts
}

fn index_parts(model: &Model, item: &Item, findings: &mut Findings) -> Vec<IndexPart> {
    let mut parts = Vec::new();
    for text in item.strings(findings).into_iter().flatten() {
        parts.extend(index_part(model, &text, findings));
    }
    parts
}

fn index_part(model: &Model, text: &syn::LitStr, findings: &mut Findings) -> Option<IndexPart> {
    let Some(mut part) = sql::index_part(&text.value()) else {
        shape(text.span(), &text.value(), "part of an index", findings);
        return None;
    };
    if let IndexKey::Column(name) = &mut part.key {
        *name = column(model, name, text.span(), findings)?;
    }
    Some(part)
}

fn name_of(item: &Item, findings: &mut Findings) -> Name {
    item.name(findings).map_or(Name::Free(None), Name::Exact)
}

fn word<T>(item: &Item, allowed: &[(&str, T)], findings: &mut Findings) -> Option<T>
where
    T: Copy,
{
    let text = item.lit_str(findings)?;
    let plain = text.value().replace(['_', ' '], "").to_lowercase();
    let found =
        allowed.iter().find(|(word, _)| word.replace(' ', "") == plain).map(|(_, value)| *value);
    if found.is_none() {
        let words: Vec<String> = allowed.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        findings.add(
            text.span(),
            BAD_VALUE,
            format!("`{}` can't be \"{}\"", item.key, text.value()),
            format!("it is one of {}", words.join(", ")),
        );
    }
    found
}

/// The words for what happens to children.
pub(crate) const ACTIONS: &[(&str, FkAction)] = &[
    ("no action", FkAction::NoAction),
    ("restrict", FkAction::Restrict),
    ("cascade", FkAction::Cascade),
    ("set null", FkAction::SetNull),
    ("set default", FkAction::SetDefault),
];

const CONFLICTS: &[(&str, ConflictAction)] = &[
    ("rollback", ConflictAction::Rollback),
    ("abort", ConflictAction::Abort),
    ("fail", ConflictAction::Fail),
    ("ignore", ConflictAction::Ignore),
    ("replace", ConflictAction::Replace),
];

fn defer(item: &Item, slot: &mut Option<Deferrable>, findings: &mut Findings) {
    if !item.flag(findings) {
        return;
    }
    if item.key == "initially_deferred" {
        *slot = Some(Deferrable::InitiallyDeferred);
    } else if slot.is_none() {
        *slot = Some(Deferrable::InitiallyImmediate);
    }
}

/// `with(fillfactor = 70, ..)`.
pub(crate) fn storage(item: &Item, findings: &mut Findings) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in item.nested(findings) {
        let value = match &part.value {
            Value::Flag => "true".to_owned(),
            Value::Expr(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => {
                text.value()
            }
            Value::Expr(value) => value.to_token_stream().to_string().replace(' ', ""),
            Value::List(_) => {
                part.nested(findings);
                continue;
            }
        };
        found.insert(part.key.replace("::", "."), value);
    }
    found
}

/// `check = ".."` or `check(..)`.
pub(crate) fn check(item: &Item, findings: &mut Findings) -> Option<Check> {
    if let Value::Expr(_) = item.value {
        let text = item.name(findings)?;
        return Some(Check::new(Name::Free(None), sql::bare(&text)));
    }
    let mut found = Check::new(Name::Free(None), "");
    let parts = item.nested(findings);
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => found.name = name_of(part, findings),
            "expr" => {
                if let Some(text) = part.name(findings) {
                    found.expr = Sql(sql::bare(&text));
                }
            }
            "not_valid" => found.not_valid = part.flag(findings),
            "no_inherit" => found.no_inherit = part.flag(findings),
            "not_enforced" => found.not_enforced = part.flag(findings),
            "comment" => found.comment = part.text(findings),
            _ => part.unknown("check(..)", CHECK_KEYS, findings),
        }
    }
    if found.expr.as_str().is_empty() {
        findings.add(
            item.span,
            BAD_VALUE,
            "`check` has no expression",
            "write `check(name = \"..\", expr = \"price > 0\")`",
        );
        return None;
    }
    Some(found)
}

fn no_columns(item: &Item, findings: &mut Findings) {
    findings.add(
        item.span,
        BAD_VALUE,
        format!("`{}` names no columns", item.key),
        "write `columns = [\"a\", \"b\"]`",
    );
}

/// `unique(..)`; on a field the column is known.
pub(crate) fn unique(
    model: &Model,
    item: &Item,
    own: Option<&str>,
    findings: &mut Findings,
) -> Option<Unique> {
    let mut found = Unique::new(Name::Free(None), own.as_slice());
    let parts = item.nested(findings);
    let before = findings.0.len();
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => found.name = name_of(part, findings),
            "columns" => found.columns = key_parts(model, part, findings),
            "include" => found.include = columns(model, part.strings(findings), findings),
            "nulls_not_distinct" => found.nulls_not_distinct = part.flag(findings),
            "deferrable" | "initially_deferred" => defer(part, &mut found.deferrable, findings),
            "on_conflict" => found.on_conflict = word(part, CONFLICTS, findings),
            "comment" => found.comment = part.text(findings),
            _ => part.unknown("unique(..)", UNIQUE_KEYS, findings),
        }
    }
    if found.columns.is_empty() && findings.0.len() == before {
        no_columns(item, findings);
    }
    (findings.0.len() == before).then_some(found)
}

/// `primary_key(..)` on a struct.
pub(crate) fn primary_key(
    model: &Model,
    item: &Item,
    implied: Option<PrimaryKey>,
    findings: &mut Findings,
) -> Option<PrimaryKey> {
    let mut found = implied.unwrap_or_else(|| PrimaryKey::new(Name::Free(None), &[]));
    let parts = item.nested(findings);
    let before = findings.0.len();
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => found.name = name_of(part, findings),
            "columns" => found.columns = key_parts(model, part, findings),
            "include" => found.include = columns(model, part.strings(findings), findings),
            "deferrable" | "initially_deferred" => defer(part, &mut found.deferrable, findings),
            "on_conflict" => found.on_conflict = word(part, CONFLICTS, findings),
            "comment" => found.comment = part.text(findings),
            _ => part.unknown("primary_key(..)", PRIMARY_KEYS, findings),
        }
    }
    if found.columns.is_empty() && findings.0.len() == before {
        no_columns(item, findings);
    }
    (findings.0.len() == before).then_some(found)
}

/// `index(..)`; on a field the column is known.
pub(crate) fn index(
    model: &Model,
    item: &Item,
    own: Option<&str>,
    findings: &mut Findings,
) -> Option<Index> {
    let mut found = Index::new(Name::Free(None), own.as_slice());
    let (mut opclass, mut collation, mut descending, mut nulls) = (None, None, false, None);
    let parts = item.nested(findings);
    let before = findings.0.len();
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => found.name = name_of(part, findings),
            "columns" => found.parts = index_parts(model, part, findings),
            // `index("a", "b desc")`
            "" => {
                if let Value::Expr(syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text), ..
                })) = &part.value
                {
                    found.parts.extend(index_part(model, text, findings));
                } else {
                    part.unknown("index(..)", INDEX_KEYS, findings);
                }
            }
            "unique" => found.unique = part.flag(findings),
            "where" => {
                let text = part.name(findings);
                found.predicate = text.map(|text| Sql(sql::bare(&text)));
            }
            "include" => found.include = columns(model, part.strings(findings), findings),
            "method" => {
                let method = part.name(findings).map(|text| text.to_lowercase());
                found.method = method.filter(|method| method != "btree");
            }
            "opclass" => opclass = part.name(findings),
            "collation" => collation = part.name(findings),
            "desc" => descending = part.flag(findings),
            "nulls" => {
                let orders = [
                    ("first", autogen_schema::NullsOrder::First),
                    ("last", autogen_schema::NullsOrder::Last),
                ];
                nulls = word(part, &orders, findings);
            }
            "nulls_not_distinct" => found.nulls_not_distinct = part.flag(findings),
            "with" => found.options.storage = storage(part, findings),
            "tablespace" => found.options.tablespace = part.name(findings),
            "parser" => found.options.parser = part.name(findings),
            "invisible" => found.options.invisible = part.flag(findings),
            "comment" => found.comment = part.text(findings),
            _ => part.unknown("index(..)", INDEX_KEYS, findings),
        }
    }
    for part in &mut found.parts {
        part.opclass = part.opclass.take().or_else(|| opclass.clone());
        part.collation = part.collation.take().or_else(|| collation.clone());
        part.descending |= descending;
        let implied = if part.descending {
            autogen_schema::NullsOrder::First
        } else {
            autogen_schema::NullsOrder::Last
        };
        part.nulls = part.nulls.or(nulls).filter(|order| *order != implied);
    }
    if found.parts.is_empty() && findings.0.len() == before {
        no_columns(item, findings);
    }
    if found.name == Name::Free(None) {
        found.name = Name::proposed(index_name(&model.table.name.name, &found));
    }
    (findings.0.len() == before).then_some(found)
}

/// The name that we propose: SeaORM's form, over all parts.
fn index_name(table: &str, index: &Index) -> String {
    let mut name = format!("idx-{table}");
    for part in &index.parts {
        name.push('-');
        match &part.key {
            IndexKey::Column(column) => name.push_str(column),
            IndexKey::Expression(expr) => name.push_str(&expr.identifiers().join("_")),
        }
    }
    name
}

/// `foreign_key(..)`; on a field the column is known.
pub(crate) fn foreign_key(
    model: &Model,
    item: &Item,
    own: Option<&str>,
    findings: &mut Findings,
) -> Option<NamedKey> {
    let own: Vec<String> = own.map(ToOwned::to_owned).into_iter().collect();
    let mut key = ForeignKey::new(Name::Free(None), &[], "".into(), &[]);
    key.columns = own;
    let mut external = false;
    let parts = item.nested(findings);
    let before = findings.0.len();
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => key.name = name_of(part, findings),
            "columns" => key.columns = columns(model, part.strings(findings), findings),
            "references" => {
                if let Some(text) = part.lit_str(findings) {
                    match sql::reference(&text.value()) {
                        Some((table, columns)) => {
                            key.references = table;
                            key.referenced_columns = columns;
                        }
                        None => shape(text.span(), &text.value(), "reference", findings),
                    }
                }
            }
            "on_delete" => key.on_delete = word(part, ACTIONS, findings).unwrap_or_default(),
            "on_update" => key.on_update = word(part, ACTIONS, findings).unwrap_or_default(),
            "set_columns" => key.set_columns = columns(model, part.strings(findings), findings),
            "match" => {
                let kinds = [
                    ("simple", FkMatch::Simple),
                    ("full", FkMatch::Full),
                    ("partial", FkMatch::Partial),
                ];
                key.match_type = word(part, &kinds, findings).unwrap_or_default();
            }
            "deferrable" | "initially_deferred" => defer(part, &mut key.deferrable, findings),
            "not_valid" => key.not_valid = part.flag(findings),
            "external" => external = part.flag(findings),
            "comment" => key.comment = part.text(findings),
            _ => part.unknown("foreign_key(..)", FOREIGN_KEYS, findings),
        }
    }
    if findings.0.len() == before {
        if key.columns.is_empty() {
            no_columns(item, findings);
        } else if key.references.name.is_empty() {
            findings.add(
                item.span,
                BAD_VALUE,
                "`foreign_key` references nothing",
                "write `references = \"table(column)\"`",
            );
        } else if !key.referenced_columns.is_empty()
            && key.referenced_columns.len() != key.columns.len()
        {
            findings.add(
                item.span,
                KEY_WIDTH,
                format!("{} columns reference {}", key.columns.len(), key.referenced_columns.len()),
                "pair them one to one",
            );
        }
    }
    if key.name == Name::Free(None) {
        key.name = Name::proposed(key_name(&model.table.name.name, &key.columns));
    }
    (findings.0.len() == before).then_some(NamedKey { span: item.span, key, external })
}

/// The name that SeaORM gives a foreign key.
pub(crate) fn key_name(table: &str, columns: &[String]) -> String {
    format!("fk-{table}-{}", columns.join("-"))
}

/// `exclude(method = "gist", elements = ["room with =", "during with &&"])`.
pub(crate) fn exclude(model: &Model, item: &Item, findings: &mut Findings) -> Option<Exclusion> {
    let mut found = Exclusion {
        name: Name::Free(None),
        method: "gist".to_owned(),
        elements: Vec::new(),
        predicate: None,
        deferrable: None,
        comment: None,
    };
    let parts = item.nested(findings);
    let before = findings.0.len();
    once(&parts, &[], findings);
    for part in &parts {
        match part.key.as_str() {
            "name" => found.name = name_of(part, findings),
            "method" => {
                if let Some(method) = part.name(findings) {
                    found.method = method.to_lowercase();
                }
            }
            "elements" => {
                for text in part.strings(findings).into_iter().flatten() {
                    let value = text.value();
                    let lower = value.to_ascii_lowercase();
                    let split = lower.rfind(" with ").map(|at| {
                        let (part, operator) = value.split_at(at);
                        (part.to_owned(), operator[" with ".len()..].trim().to_owned())
                    });
                    match split {
                        Some((part, operator)) if !operator.is_empty() => {
                            let text = syn::LitStr::new(&part, text.span());
                            let part = index_part(model, &text, findings);
                            found.elements.extend(part.map(|part| (part, operator)));
                        }
                        Some(_) | None => {
                            shape(text.span(), &value, "element `column with operator`", findings);
                        }
                    }
                }
            }
            "where" => {
                let text = part.name(findings);
                found.predicate = text.map(|text| Sql(sql::bare(&text)));
            }
            "deferrable" | "initially_deferred" => defer(part, &mut found.deferrable, findings),
            "comment" => found.comment = part.text(findings),
            _ => part.unknown("exclude(..)", EXCLUDE_KEYS, findings),
        }
    }
    if found.elements.is_empty() && findings.0.len() == before {
        findings.add(
            item.span,
            BAD_VALUE,
            "`exclude` names no elements",
            "write `elements = [\"room with =\", \"during with &&\"]`",
        );
    }
    (findings.0.len() == before).then_some(found)
}
