//! Relations: the `Relation` enum of the compact format and the relation fields of the dense
//! one. Only the side that owns the key creates one.

use autogen_schema::FkAction;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, ItemEnum, PathArguments, Type};

use crate::attr::{Item, items_of, once};
use crate::case::variant_of;
use crate::codes::{KEY_WIDTH, RELATION};
use crate::diagnostic::{Findings, unpaired};
use crate::model::Relation;
use crate::table_attr::ACTIONS;

/// Whether a field of this type is a relation of the dense format.
pub(crate) fn is_relation(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|segment| {
        ["HasOne", "HasMany", "BelongsTo"].contains(&segment.ident.to_string().as_str())
            && matches!(segment.arguments, PathArguments::AngleBracketed(_))
    })
}

/// The keys of a `Relation` enum's variants.
const ENUM_KEYS: &[&str] = &[
    "belongs_to",
    "has_one",
    "has_many",
    "via_rel",
    "on_update",
    "on_delete",
    "on_condition",
    "from",
    "to",
    "fk_name",
    "skip_fk",
    "condition_type",
];

/// The relations of a `Relation` enum that own a key.
pub fn read_relation_enum(item: &ItemEnum, findings: &mut Findings) -> Vec<Relation> {
    let mut found = Vec::new();
    for variant in &item.variants {
        let items = items_of(&variant.attrs, "sea_orm", findings);
        for part in &items {
            if !ENUM_KEYS.contains(&part.key.as_str()) {
                part.unknown("#[sea_orm(..)] on a relation", ENUM_KEYS, findings);
            }
        }
        let Some(target) = find(&items, "belongs_to") else {
            continue;
        };
        let Some(text) = target.lit_str(findings) else {
            continue;
        };
        let Ok(path) = text.parse::<syn::Path>() else {
            findings.add(
                text.span(),
                RELATION,
                format!("`{}` is not the path of an entity", text.value()),
                "write `belongs_to = \"super::user::Entity\"`",
            );
            continue;
        };
        found.extend(owner(&items, path, variant.ident.span(), findings));
    }
    found
}

/// The keys of `#[autogen(..)]` on a field that is a relation.
pub(crate) const FIELD_KEYS: &[&str] = &["fk_name"];

/// The relation of a field, if it owns a key.
pub(crate) fn read_field(field: &syn::Field, findings: &mut Findings) -> Option<Relation> {
    let mut items = items_of(&field.attrs, "sea_orm", findings);
    // SeaORM has no name for the key of a dense relation.
    let ours = items_of(&field.attrs, "autogen", findings);
    once(&ours, &[], findings);
    for item in ours {
        match FIELD_KEYS.contains(&item.key.as_str()) {
            true => items.push(item),
            false => item.unknown("#[autogen(..)] on a relation", FIELD_KEYS, findings),
        }
    }
    let (from, to) = (find(&items, "from"), find(&items, "to"));
    let belongs = find(&items, "belongs_to").is_some();
    let to_itself = find(&items, "self_ref").is_some()
        && find(&items, "via").is_none()
        && from.is_some()
        && to.is_some();
    if !belongs && !to_itself {
        return None;
    }
    let span = field.ident.as_ref().map_or_else(|| field.span(), Spanned::span);
    let target = entity_of(&field.ty)?;
    let target =
        if find(&items, "self_ref").is_some() { syn::parse_quote!(Entity) } else { target };
    owner(&items, target, span, findings)
}

fn find<'a>(items: &'a [Item], key: &str) -> Option<&'a Item> {
    items.iter().find(|item| item.key == key)
}

/// The entity in `HasOne<E>`, `BelongsTo<E>` or `BelongsTo<Option<E>>`.
fn entity_of(ty: &Type) -> Option<syn::Path> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some(path.path.clone());
    };
    let inner = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })?;
    entity_of(inner)
}

fn owner(
    items: &[Item],
    target: syn::Path,
    span: proc_macro2::Span,
    findings: &mut Findings,
) -> Option<Relation> {
    let from = columns(find(items, "from"), "from", span, findings);
    let to = columns(find(items, "to"), "to", span, findings);
    let on_delete = action(find(items, "on_delete"), findings);
    let on_update = action(find(items, "on_update"), findings);
    let name = find(items, "fk_name").and_then(|item| item.name(findings));
    let (from, to) = (from?, to?);
    if find(items, "skip_fk").is_some() {
        return None;
    }
    if from.len() != to.len() {
        findings.add(
            span,
            KEY_WIDTH,
            unpaired(from.len(), to.len()),
            "pair them one to one in `from` and `to`",
        );
        return None;
    }
    Some(Relation { span, target, from, to, on_delete, on_update, name })
}

/// The variants of `Column` that `from` and `to` name: `user_id`,
/// `Column::UserId`, or several in parentheses.
fn columns(
    item: Option<&Item>,
    key: &str,
    span: proc_macro2::Span,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let Some(item) = item else {
        findings.add(
            span,
            RELATION,
            format!("the relation does not have `{key}`"),
            "write `from` and `to`, the columns that it joins",
        );
        return None;
    };
    let text = item.lit_str(findings)?;
    let variants = text.parse::<syn::Expr>().ok().and_then(|expr| variants(&expr));
    if variants.is_none() {
        findings.add(
            text.span(),
            RELATION,
            format!("`{}` names no columns", text.value()),
            "write `Column::UserId`, `user_id` or `(Column::A, Column::B)`",
        );
    }
    variants
}

/// The variants that an expression names: one, or a tuple of them.
pub(crate) fn variants(expr: &syn::Expr) -> Option<Vec<String>> {
    let found: Option<Vec<String>> = match expr {
        syn::Expr::Tuple(tuple) => tuple.elems.iter().map(variant).collect(),
        syn::Expr::Paren(paren) => variant(&paren.expr).map(|one| vec![one]),
        other => variant(other).map(|one| vec![one]),
    };
    found.filter(|found| !found.is_empty())
}

fn variant(expr: &syn::Expr) -> Option<String> {
    let syn::Expr::Path(path) = expr else {
        return None;
    };
    let segments = &path.path.segments;
    let last = segments.last()?.ident.to_string();
    let last = last.trim_start_matches("r#");
    // A path names a variant; a bare name is a field.
    Some(if segments.len() > 1 { last.to_owned() } else { variant_of(last) })
}

fn action(item: Option<&Item>, findings: &mut Findings) -> FkAction {
    let Some(text) = item.and_then(|item| item.lit_str(findings)) else {
        return FkAction::NoAction;
    };
    let value = text.value();
    let known = known_action(value.rsplit("::").next().unwrap_or_default().trim());
    if known.is_none() {
        findings.add(
            text.span(),
            RELATION,
            format!("`{}` is not an action of a foreign key", text.value()),
            "it is one of NoAction, Restrict, Cascade, SetNull, SetDefault",
        );
    }
    known.unwrap_or_default()
}

/// An action by the name of its variant.
pub(crate) fn known_action(name: &str) -> Option<FkAction> {
    let name = name.to_lowercase();
    let known = ACTIONS.iter().find(|(word, _)| word.replace(' ', "") == name);
    known.map(|(_, action)| *action)
}

/// A path as text without spaces.
pub(crate) fn path_text(path: &syn::Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
