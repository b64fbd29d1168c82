//! Indexes and constraints in `#[autogen(..)]`, on structs and fields.
//!
//! Each object has a table of its keys, each with its reader; one loop reads all.

use std::collections::BTreeMap;

use autogen_schema::{
    Check, ConflictAction, Deferrable, Exclusion, Expr as Sql, FkAction, FkMatch, ForeignKey,
    Index, IndexKey, IndexPart, KeyPart, Name, NullsOrder, PrimaryKey, Unique,
};
use proc_macro2::Span;
use quote::ToTokens;

use crate::attr::{Item, Value, once};
use crate::codes::{BAD_VALUE, KEY_WIDTH, KEYWORD_SHAPE, UNKNOWN_COLUMN};
use crate::diagnostic::{Findings, suggest, unpaired};
use crate::model::{Model, NamedKey};
use crate::sql;

/// The keys of an object, each with the function that reads it into the object.
type Keys<T> = [(&'static str, fn(&mut T, &Item, &mut Reader<'_>))];

/// Reads the objects of one model.
struct Reader<'a> {
    model: &'a Model,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    /// Reads the keys between the parentheses; `complete` then reports what is missing. `None` if
    /// anything is wrong.
    fn object<T>(
        &mut self,
        item: &Item,
        keys: &Keys<T>,
        mut found: T,
        complete: fn(&mut T, &Item, &mut Self),
    ) -> Option<T> {
        let parts = item.nested(self.findings);
        let before = self.findings.0.len();
        once(&parts, &[], self.findings);
        for part in &parts {
            match keys.iter().find(|(key, _)| part.key == *key) {
                Some((_, read)) => read(&mut found, part, self),
                None => self.unknown(part, item, keys),
            }
        }
        if self.findings.0.len() == before {
            complete(&mut found, item, self);
        }
        (self.findings.0.len() == before).then_some(found)
    }

    fn unknown<T>(&mut self, part: &Item, item: &Item, keys: &Keys<T>) {
        let known: Vec<&str> = words(keys).collect();
        part.unknown(&format!("{}(..)", item.key), &known, self.findings);
    }

    /// A column by its name or the name of its field.
    fn column(&mut self, name: &str, span: Span) -> Option<String> {
        let found = self.model.column_named(name).map(ToOwned::to_owned);
        if found.is_none() {
            let table = &self.model.table;
            let near = suggest(name, table.columns.iter().map(|column| column.name.as_str()));
            self.findings.add(
                span,
                UNKNOWN_COLUMN,
                format!("`{}` has no column `{name}`", table.name),
                if near.is_empty() { "name a column of this struct".to_owned() } else { near },
            );
        }
        found
    }

    fn strings(&mut self, item: &Item) -> Vec<syn::LitStr> {
        item.strings(self.findings).unwrap_or_default()
    }

    fn columns(&mut self, item: &Item) -> Vec<String> {
        let names = self.strings(item);
        names.iter().filter_map(|name| self.column(&name.value(), name.span())).collect()
    }

    fn key_parts(&mut self, item: &Item) -> Vec<KeyPart> {
        let texts = self.strings(item);
        texts.iter().filter_map(|text| self.key_part(text)).collect()
    }

    fn key_part(&mut self, text: &syn::LitStr) -> Option<KeyPart> {
        let Some(mut part) = sql::key_part(&text.value()) else {
            self.shape(text, "column of a key");
            return None;
        };
        part.column = self.column(&part.column, text.span())?;
        Some(part)
    }

    fn index_parts(&mut self, item: &Item) -> Vec<IndexPart> {
        let texts = self.strings(item);
        texts.iter().filter_map(|text| self.index_part(text)).collect()
    }

    fn index_part(&mut self, text: &syn::LitStr) -> Option<IndexPart> {
        let Some(mut part) = sql::index_part(&text.value()) else {
            self.shape(text, "part of an index");
            return None;
        };
        if let IndexKey::Column(name) = &mut part.key {
            *name = self.column(name, text.span())?;
        }
        Some(part)
    }

    /// `room with =`
    fn element(&mut self, text: &syn::LitStr) -> Option<(IndexPart, String)> {
        let value = text.value();
        let split = value.to_ascii_lowercase().rfind(" with ").map(|at| value.split_at(at));
        let split = split.map(|(part, rest)| (part, rest[" with ".len()..].trim()));
        let Some((part, operator)) = split.filter(|(_, operator)| !operator.is_empty()) else {
            self.shape(text, "element `column with operator`");
            return None;
        };
        let part = self.index_part(&syn::LitStr::new(part, text.span()))?;
        Some((part, operator.to_owned()))
    }

    /// `table(column, ..)`
    fn reference(&mut self, key: &mut ForeignKey, item: &Item) {
        let Some(text) = item.lit_str(self.findings) else { return };
        match sql::reference(&text.value()) {
            Some((table, columns)) => {
                key.references = table;
                key.referenced_columns = columns;
            }
            None => self.shape(text, "reference"),
        }
    }

    fn shape(&mut self, text: &syn::LitStr, what: &str) {
        self.findings.add(
            text.span(),
            KEYWORD_SHAPE,
            format!("`{}` is no {what}", text.value()),
            "`autogen explain A0127` shows the forms",
        );
    }

    fn missing(&mut self, item: &Item, what: &str, hint: &str) {
        self.findings.add(item.span, BAD_VALUE, format!("`{}` {what}", item.key), hint);
    }

    fn no_columns(&mut self, item: &Item) {
        self.missing(item, "names no columns", "write `columns = [\"a\", \"b\"]`");
    }

    fn name(&mut self, item: &Item) -> Name {
        item.name(self.findings).map_or(Name::Free(None), Name::Exact)
    }

    fn expr(&mut self, item: &Item) -> Option<Sql> {
        item.name(self.findings).map(|text| Sql(sql::bare(&text)))
    }

    fn word<T: Copy>(&mut self, item: &Item, allowed: &[(&str, T)]) -> Option<T> {
        let text = item.lit_str(self.findings)?;
        let plain = text.value().replace(['_', ' '], "").to_lowercase();
        let found = allowed.iter().find(|(word, _)| word.replace(' ', "") == plain);
        if found.is_none() {
            let words: Vec<String> =
                allowed.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.findings.add(
                text.span(),
                BAD_VALUE,
                format!("`{}` can't be \"{}\"", item.key, text.value()),
                format!("it is one of {}", words.join(", ")),
            );
        }
        found.map(|(_, value)| *value)
    }

    fn defer(&mut self, item: &Item, slot: &mut Option<Deferrable>) {
        if !item.flag(self.findings) {
            return;
        }
        if item.key == "initially_deferred" {
            *slot = Some(Deferrable::InitiallyDeferred);
        } else if slot.is_none() {
            *slot = Some(Deferrable::InitiallyImmediate);
        }
    }
}

fn words<T>(keys: &Keys<T>) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|(key, _)| *key).filter(|key| !key.is_empty())
}

/// The keys of all objects.
#[cfg(test)]
pub(crate) fn all_keys() -> impl Iterator<Item = &'static str> {
    let keys = words(CHECK_KEYS).chain(words(UNIQUE_KEYS)).chain(words(INDEX_KEYS));
    let keys = keys.chain(words(FOREIGN_KEYS)).chain(words(PRIMARY_KEYS));
    keys.chain(words(EXCLUDE_KEYS))
}

/// The words for `ON DELETE` and `ON UPDATE`.
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

const MATCHES: &[(&str, FkMatch)] =
    &[("simple", FkMatch::Simple), ("full", FkMatch::Full), ("partial", FkMatch::Partial)];

const NULLS: &[(&str, NullsOrder)] = &[("first", NullsOrder::First), ("last", NullsOrder::Last)];

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

const CHECK_KEYS: &Keys<Check> = &[
    ("name", |found, part, reader| found.name = reader.name(part)),
    ("expr", |found, part, reader| found.expr = reader.expr(part).unwrap_or(Sql::from(""))),
    ("not_valid", |found, part, reader| found.not_valid = part.flag(reader.findings)),
    ("no_inherit", |found, part, reader| found.no_inherit = part.flag(reader.findings)),
    ("not_enforced", |found, part, reader| found.not_enforced = part.flag(reader.findings)),
    ("comment", |found, part, reader| found.comment = part.text(reader.findings)),
];

/// `check = ".."` or `check(..)`.
pub(crate) fn check(model: &Model, item: &Item, findings: &mut Findings) -> Option<Check> {
    let mut reader = Reader { model, findings };
    if let Value::Expr(_) = item.value {
        let expr = reader.expr(item)?;
        return Some(Check::new(Name::Free(None), expr.0));
    }
    let found = Check::new(Name::Free(None), "");
    reader.object(item, CHECK_KEYS, found, |found, item, reader| {
        if found.expr.as_str().is_empty() {
            let hint = "write `check(name = \"..\", expr = \"price > 0\")`";
            reader.missing(item, "has no expression", hint);
        }
    })
}

const UNIQUE_KEYS: &Keys<Unique> = &[
    ("name", |found, part, reader| found.name = reader.name(part)),
    ("columns", |found, part, reader| found.columns = reader.key_parts(part)),
    ("include", |found, part, reader| found.include = reader.columns(part)),
    ("nulls_not_distinct", |found, part, reader| {
        found.nulls_not_distinct = part.flag(reader.findings);
    }),
    ("deferrable", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("initially_deferred", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("on_conflict", |found, part, reader| found.on_conflict = reader.word(part, CONFLICTS)),
    ("comment", |found, part, reader| found.comment = part.text(reader.findings)),
];

/// `unique(..)`; on a field the column is known.
pub(crate) fn unique(
    model: &Model,
    item: &Item,
    column: Option<&str>,
    findings: &mut Findings,
) -> Option<Unique> {
    let found = Unique::new(Name::Free(None), column.as_slice());
    Reader { model, findings }.object(item, UNIQUE_KEYS, found, |found, item, reader| {
        if found.columns.is_empty() {
            reader.no_columns(item);
        }
    })
}

const PRIMARY_KEYS: &Keys<PrimaryKey> = &[
    ("name", |found, part, reader| found.name = reader.name(part)),
    ("columns", |found, part, reader| found.columns = reader.key_parts(part)),
    ("include", |found, part, reader| found.include = reader.columns(part)),
    ("deferrable", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("initially_deferred", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("on_conflict", |found, part, reader| found.on_conflict = reader.word(part, CONFLICTS)),
    ("comment", |found, part, reader| found.comment = part.text(reader.findings)),
];

/// `primary_key(..)` on a struct.
pub(crate) fn primary_key(
    model: &Model,
    item: &Item,
    implied: Option<PrimaryKey>,
    findings: &mut Findings,
) -> Option<PrimaryKey> {
    let found = implied.unwrap_or_else(|| PrimaryKey::new(Name::Free(None), &[]));
    Reader { model, findings }.object(item, PRIMARY_KEYS, found, |found, item, reader| {
        if found.columns.is_empty() {
            reader.no_columns(item);
        }
    })
}

/// An index, and the options that apply to all its parts.
struct IndexSpec {
    index: Index,
    opclass: Option<String>,
    collation: Option<String>,
    descending: bool,
    nulls: Option<NullsOrder>,
}

const INDEX_KEYS: &Keys<IndexSpec> = &[
    ("name", |found, part, reader| found.index.name = reader.name(part)),
    ("columns", |found, part, reader| found.index.parts = reader.index_parts(part)),
    ("", positional),
    ("unique", |found, part, reader| found.index.unique = part.flag(reader.findings)),
    ("where", |found, part, reader| found.index.predicate = reader.expr(part)),
    ("include", |found, part, reader| found.index.include = reader.columns(part)),
    ("method", |found, part, reader| {
        let method = part.name(reader.findings).map(|text| text.to_lowercase());
        found.index.method = method.filter(|method| method != "btree");
    }),
    ("opclass", |found, part, reader| found.opclass = part.name(reader.findings)),
    ("collation", |found, part, reader| found.collation = part.name(reader.findings)),
    ("desc", |found, part, reader| found.descending = part.flag(reader.findings)),
    ("nulls", |found, part, reader| found.nulls = reader.word(part, NULLS)),
    ("nulls_not_distinct", |found, part, reader| {
        found.index.nulls_not_distinct = part.flag(reader.findings);
    }),
    ("with", |found, part, reader| found.index.options.storage = storage(part, reader.findings)),
    ("tablespace", |found, part, reader| {
        found.index.options.tablespace = part.name(reader.findings);
    }),
    ("parser", |found, part, reader| found.index.options.parser = part.name(reader.findings)),
    ("invisible", |found, part, reader| {
        found.index.options.invisible = part.flag(reader.findings);
    }),
    ("comment", |found, part, reader| found.index.comment = part.text(reader.findings)),
];

/// `index("a", "b desc")`
fn positional(found: &mut IndexSpec, part: &Item, reader: &mut Reader<'_>) {
    if let Value::Expr(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) = &part.value
    {
        found.index.parts.extend(reader.index_part(text));
    } else {
        let known: Vec<&str> = words(INDEX_KEYS).collect();
        part.unknown("index(..)", &known, reader.findings);
    }
}

/// `index(..)`; on a field the column is known.
pub(crate) fn index(
    model: &Model,
    item: &Item,
    column: Option<&str>,
    findings: &mut Findings,
) -> Option<Index> {
    let index = Index::new(Name::Free(None), column.as_slice());
    let spec = IndexSpec { index, opclass: None, collation: None, descending: false, nulls: None };
    let found = Reader { model, findings }.object(item, INDEX_KEYS, spec, |found, item, reader| {
        if found.index.parts.is_empty() {
            reader.no_columns(item);
        }
    });
    let mut index = of_all_parts(found?);
    if index.name == Name::Free(None) {
        index.name = Name::proposed(index_name(&model.table.name.name, &index));
    }
    Some(index)
}

/// The index, with the options that apply to all its parts.
fn of_all_parts(spec: IndexSpec) -> Index {
    let mut index = spec.index;
    for part in &mut index.parts {
        part.opclass = part.opclass.take().or_else(|| spec.opclass.clone());
        part.collation = part.collation.take().or_else(|| spec.collation.clone());
        part.descending |= spec.descending;
        let implied = if part.descending { NullsOrder::First } else { NullsOrder::Last };
        part.nulls = part.nulls.or(spec.nulls).filter(|order| *order != implied);
    }
    index
}

/// The proposed name: SeaORM's form, from all parts.
pub(crate) fn index_name(table: &str, index: &Index) -> String {
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

const FOREIGN_KEYS: &Keys<NamedKey> = &[
    ("name", |found, part, reader| found.key.name = reader.name(part)),
    ("columns", |found, part, reader| found.key.columns = reader.columns(part)),
    ("references", |found, part, reader| reader.reference(&mut found.key, part)),
    ("on_delete", |found, part, reader| {
        found.key.on_delete = reader.word(part, ACTIONS).unwrap_or_default();
    }),
    ("on_update", |found, part, reader| {
        found.key.on_update = reader.word(part, ACTIONS).unwrap_or_default();
    }),
    ("set_columns", |found, part, reader| found.key.set_columns = reader.columns(part)),
    ("match", |found, part, reader| {
        found.key.match_type = reader.word(part, MATCHES).unwrap_or_default();
    }),
    ("deferrable", |found, part, reader| reader.defer(part, &mut found.key.deferrable)),
    ("initially_deferred", |found, part, reader| reader.defer(part, &mut found.key.deferrable)),
    ("not_valid", |found, part, reader| found.key.not_valid = part.flag(reader.findings)),
    ("external", |found, part, reader| found.external = part.flag(reader.findings)),
    ("comment", |found, part, reader| found.key.comment = part.text(reader.findings)),
];

/// `foreign_key(..)`; on a field the column is known.
pub(crate) fn foreign_key(
    model: &Model,
    item: &Item,
    column: Option<&str>,
    findings: &mut Findings,
) -> Option<NamedKey> {
    let mut key = ForeignKey::new(Name::Free(None), &[], "".into(), &[]);
    key.columns.extend(column.map(ToOwned::to_owned));
    let found = NamedKey { span: item.span, key, external: false };
    let mut found = Reader { model, findings }.object(item, FOREIGN_KEYS, found, paired)?;
    if found.key.name == Name::Free(None) {
        found.key.name = Name::proposed(key_name(&model.table.name.name, &found.key.columns));
    }
    Some(found)
}

/// Reports a foreign key that lacks a side, or whose sides differ in their number of columns.
fn paired(found: &mut NamedKey, item: &Item, reader: &mut Reader<'_>) {
    let (columns, referenced) = (&found.key.columns, &found.key.referenced_columns);
    if columns.is_empty() {
        reader.no_columns(item);
    } else if found.key.references.name.is_empty() {
        reader.missing(item, "references nothing", "write `references = \"table(column)\"`");
    } else if !referenced.is_empty() && referenced.len() != columns.len() {
        let message = unpaired(columns.len(), referenced.len());
        reader.findings.add(item.span, KEY_WIDTH, message, "pair them one to one");
    }
}

/// The name that SeaORM generates for a foreign key.
pub(crate) fn key_name(table: &str, columns: &[String]) -> String {
    format!("fk-{table}-{}", columns.join("-"))
}

const EXCLUDE_KEYS: &Keys<Exclusion> = &[
    ("name", |found, part, reader| found.name = reader.name(part)),
    ("method", |found, part, reader| {
        if let Some(method) = part.name(reader.findings) {
            found.method = method.to_lowercase();
        }
    }),
    ("elements", |found, part, reader| {
        let texts = reader.strings(part);
        found.elements = texts.iter().filter_map(|text| reader.element(text)).collect();
    }),
    ("where", |found, part, reader| found.predicate = reader.expr(part)),
    ("deferrable", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("initially_deferred", |found, part, reader| reader.defer(part, &mut found.deferrable)),
    ("comment", |found, part, reader| found.comment = part.text(reader.findings)),
];

/// `exclude(method = "gist", elements = ["room with =", "during with &&"])`.
pub(crate) fn exclude(model: &Model, item: &Item, findings: &mut Findings) -> Option<Exclusion> {
    let found = Exclusion {
        name: Name::Free(None),
        method: "gist".to_owned(),
        elements: Vec::new(),
        predicate: None,
        deferrable: None,
        comment: None,
    };
    Reader { model, findings }.object(item, EXCLUDE_KEYS, found, |found, item, reader| {
        if found.elements.is_empty() {
            let hint = "write `elements = [\"room with =\", \"during with &&\"]`";
            reader.missing(item, "names no elements", hint);
        }
    })
}
