//! Column types: active enums, value types, and plain enums.

use autogen_schema::{ColumnType, EnumType, Pair, QName, Rename};
use heck::ToUpperCamelCase;
use proc_macro2::Span;
use syn::{Expr, ExprLit, Fields, ItemEnum, ItemStruct, Lit, UnOp};

use crate::attr::{Item, Value, docs, items_of, once, require_certain};
use crate::case::{CASE_STYLES, CaseStyle};
use crate::codes::{BAD_VALUE, COLUMN_TYPE, CONTRADICTION, ENUM, VALUE_TYPE};
use crate::column_type::{TypeDecl, parse_text};
use crate::diagnostic::Findings;
use crate::read_struct::optional;

pub(crate) const ENUM_KEYS: &[&str] =
    &["name", "schema", "rename_all", "renamed_from", "comment", "crate"];
pub(crate) const VARIANT_KEYS: &[&str] = &["value", "renamed_from"];

/// An enum that can be the type of a column.
#[derive(Debug, Clone)]
pub struct EnumDecl {
    /// The Rust name.
    pub ident: String,
    /// Its position.
    pub span: Span,
    /// Its column type.
    pub ty: TypeDecl,
    /// The database's enum type, if it has one.
    pub native: Option<EnumType>,
    /// Whether it is declared even if no column uses it.
    pub whole: bool,
    /// Declared renames.
    pub renames: Vec<Rename>,
    /// Renamed values that columns hold as text or numbers.
    pub labels: Vec<Pair<String>>,
}

#[derive(Default)]
struct EnumSpec {
    name: Option<String>,
    own_name: Option<String>,
    schema: Option<String>,
    db_type: Option<syn::LitStr>,
    rename_all: Option<CaseStyle>,
    comment: Option<String>,
    renamed_from: Option<String>,
}

/// Reads an enum that derives `DeriveActiveEnum` (`active`) or only `Autogen`.
pub fn read_enum(
    item: &ItemEnum,
    active: bool,
    whole: bool,
    findings: &mut Findings,
) -> Option<EnumDecl> {
    let before = findings.0.len();
    let mut spec = EnumSpec::default();
    for part in items_of(&item.attrs, "sea_orm", findings) {
        match part.key.as_str() {
            "enum_name" => spec.name = part.name(findings),
            "db_type" => spec.db_type = part.lit_str(findings).cloned(),
            "rename_all" => spec.rename_all = style(&part, findings),
            // `rs_type` concerns only Rust; SeaORM rejects unknown keys.
            _ => {}
        }
    }
    let items = items_of(&item.attrs, "autogen", findings);
    once(&items, &[], findings);
    for part in &items {
        match part.key.as_str() {
            "name" | "rename_all" if active => findings.add(
                part.span,
                CONTRADICTION,
                format!("`{}` of an active enum belongs in `#[sea_orm(..)]`", part.key),
                "write `#[sea_orm(enum_name = \"..\")]` or `#[sea_orm(rename_all = \"..\")]`",
            ),
            "name" => spec.own_name = part.name(findings),
            "schema" => spec.schema = part.name(findings),
            "rename_all" => spec.rename_all = style(part, findings),
            "renamed_from" => spec.renamed_from = part.name(findings),
            "comment" => {
                spec.comment = match part.value {
                    Value::Flag => docs(&item.attrs),
                    Value::Expr(_) | Value::List(_) => part.text(findings),
                };
            }
            "crate" => {
                part.text(findings);
            }
            _ => part.unknown("#[autogen(..)] on an enum", ENUM_KEYS, findings),
        }
    }
    let native = if active {
        let Some(db_type) = &spec.db_type else {
            findings.add(
                item.ident.span(),
                ENUM,
                format!("`{}` has no `db_type`", item.ident),
                "write `#[sea_orm(rs_type = \"String\", db_type = \"String(StringLen::None)\")]`",
            );
            return None;
        };
        db_type.value() == "Enum"
    } else {
        true
    };
    let (values, renamed) = values(item, active, native, &spec, findings);
    let ident = item.ident.to_string();
    let name = QName::new(
        spec.schema.clone(),
        spec.own_name
            .clone()
            .or_else(|| spec.name.clone())
            .unwrap_or_else(|| ident.to_upper_camel_case()),
    );
    let mut renames = Vec::new();
    if let Some(earlier) = &spec.renamed_from {
        let before = QName::parse(earlier);
        // A name without schema is in the schema of the type.
        let before = match before.schema {
            Some(_) => before,
            None => name.sibling(before.name),
        };
        renames.push(Rename::Type { before, after: name.clone() });
    }
    let mut labels: Vec<Pair<String>> =
        renamed.into_iter().map(|(before, after)| Pair::new(before, after)).collect();
    let (ty, native) = if native {
        renames.extend(labels.drain(..).map(|Pair { before, after }| Rename::Value {
            of: name.clone(),
            before,
            after,
        }));
        let native = EnumType { name: name.clone(), values, comment: spec.comment.clone() };
        (TypeDecl::Known(ColumnType::Enum(name)), Some(native))
    } else {
        let text = spec.db_type.as_ref()?;
        let Some(ty) = parse_text(text) else {
            findings.add(
                text.span(),
                COLUMN_TYPE,
                format!("`{}` is not a column type that can be read", text.value()),
                "name a variant of sea_query::ColumnType with literal arguments, or \"Enum\"",
            );
            return None;
        };
        (ty, None)
    };
    (findings.0.len() == before).then_some(EnumDecl {
        ident,
        span: item.ident.span(),
        ty,
        native,
        whole,
        renames,
        labels,
    })
}

fn style(part: &Item, findings: &mut Findings) -> Option<CaseStyle> {
    let text = part.lit_str(findings)?;
    let style = CaseStyle::parse(&text.value());
    if style.is_none() {
        findings.add(
            text.span(),
            BAD_VALUE,
            format!("`{}` is not a case style", text.value()),
            format!("it is one of {}", CASE_STYLES.join(", ")),
        );
    }
    style
}

/// The labels, and the renames declared on variants.
fn values(
    item: &ItemEnum,
    active: bool,
    native: bool,
    spec: &EnumSpec,
    findings: &mut Findings,
) -> (Vec<String>, Vec<(String, String)>) {
    let mut values = Vec::new();
    let mut renamed = Vec::new();
    let (mut strings, mut numbers) = (spec.rename_all.is_some(), false);
    require_certain(
        (&format!("`{}`", item.ident), false),
        item.ident.span(),
        &item.attrs,
        findings,
    );
    for variant in &item.variants {
        let what = format!("`{}::{}`", item.ident, variant.ident);
        require_certain((&what, true), variant.ident.span(), &variant.attrs, findings);
        let ident = variant.ident.to_string();
        let mut value = None;
        let mut rename = None;
        for part in items_of(&variant.attrs, "sea_orm", findings) {
            match part.key.as_str() {
                "string_value" => {
                    strings = true;
                    value = part.text(findings);
                }
                "num_value" => {
                    numbers = true;
                    value = part.number(findings).map(|number| number.to_string());
                }
                "rename" => {
                    strings = true;
                    rename = style(&part, findings);
                }
                _ => {}
            }
        }
        let mut earlier = None;
        for part in items_of(&variant.attrs, "autogen", findings) {
            match part.key.as_str() {
                "value" if !active => value = part.text(findings),
                "renamed_from" => earlier = part.text(findings),
                _ => part.unknown("#[autogen(..)] on a variant", VARIANT_KEYS, findings),
            }
        }
        let value = value.or_else(|| rename.or(spec.rename_all).map(|style| style.convert(&ident)));
        let value = value.or_else(|| {
            let number = variant.discriminant.as_ref().and_then(|(_, expr)| whole(expr));
            numbers |= number.is_some() && active;
            number.filter(|_| active)
        });
        let value = value.or_else(|| (!active).then(|| ident.clone()));
        match value {
            Some(value) => {
                renamed.extend(earlier.map(|before| (before, value.clone())));
                values.push(value);
            }
            None => findings.add(
                variant.ident.span(),
                ENUM,
                format!("`{}::{ident}` has no value", item.ident),
                "write `#[sea_orm(string_value = \"..\")]` or `#[sea_orm(num_value = 1)]`",
            ),
        }
        if !matches!(variant.fields, Fields::Unit) {
            findings.add(
                variant.ident.span(),
                ENUM,
                format!("`{}::{ident}` holds data", item.ident),
                "the variants of an enum column are plain",
            );
        }
    }
    if strings && numbers {
        findings.add(
            item.ident.span(),
            ENUM,
            format!("`{}` mixes strings and numbers", item.ident),
            "give every variant a value of the same kind",
        );
    }
    if native && numbers {
        findings.add(
            item.ident.span(),
            ENUM,
            format!("the labels of `{}` are numbers", item.ident),
            "the labels of a database enum are strings: use `string_value`",
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = values.iter().find(|value| !seen.insert(value.as_str())) {
        findings.add(
            item.ident.span(),
            ENUM,
            format!("`{}` has two variants of the value `{twice}`", item.ident),
            "give each variant its own value",
        );
    }
    (values, renamed)
}

fn whole(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number.base10_digits().to_owned()),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            whole(&unary.expr).map(|number| format!("-{number}"))
        }
        _ => None,
    }
}

/// The column type of a struct or enum that derives `DeriveValueType`.
pub fn read_value_type(
    ident: &syn::Ident,
    attrs: &[syn::Attribute],
    fields: Option<&Fields>,
    findings: &mut Findings,
) -> Option<TypeDecl> {
    let mut ty = None;
    let mut as_string = false;
    for part in items_of(attrs, "sea_orm", findings) {
        match part.key.as_str() {
            "column_type" => {
                let text = part.lit_str(findings)?;
                ty = parse_text(text);
                if ty.is_none() {
                    findings.add(
                        text.span(),
                        COLUMN_TYPE,
                        format!("`{}` is not a column type that can be read", text.value()),
                        "name a variant of sea_query::ColumnType with literal arguments",
                    );
                    return None;
                }
            }
            "value_type" => as_string = true,
            _ => {}
        }
    }
    if ty.is_some() {
        return ty;
    }
    if as_string {
        return Some(TypeDecl::Known(ColumnType::Varchar(None)));
    }
    let inner = match fields {
        Some(Fields::Unnamed(fields)) => fields.unnamed.first(),
        Some(Fields::Named(_) | Fields::Unit) | None => None,
    };
    let Some(inner) = inner else {
        findings.add(
            ident.span(),
            VALUE_TYPE,
            format!("`{ident}` is not a value type"),
            "a value type is a struct with one unnamed field, or has `value_type = \"String\"`",
        );
        return None;
    };
    let inner = optional(&inner.ty, true).unwrap_or(&inner.ty);
    Some(TypeDecl::Rust(Box::new(inner.clone())))
}

/// The fields of a struct, for [`read_value_type`].
pub(crate) fn fields_of(item: &ItemStruct) -> Option<&Fields> {
    Some(&item.fields)
}
