//! `cfg` and `cfg_attr`, evaluated as by Cargo and the compiler.
//!
//! Items that are off are removed, items that are on lose their condition. A condition on
//! something unknown here (the target, a compiler flag) is kept; readers of such an item must
//! not guess.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, Field, Ident, Item, Lit, LitBool, Meta, Token, Variant};

use crate::dialects::keep_parts;

/// What is known about a crate's conditions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    /// The enabled features; `None` without a manifest.
    pub(crate) features: Option<BTreeSet<String>>,
    /// The database that the models are read for.
    pub(crate) dialect: Option<&'static str>,
}

impl Conditions {
    /// Whether a condition holds; `None` if unknown.
    pub(crate) fn value(&self, cfg: &Meta) -> Option<bool> {
        match cfg {
            Meta::Path(path) => {
                let off = ["test", "doc", "doctest", "docsrs"].iter().any(|it| path.is_ident(it));
                match (off, path.is_ident("true"), path.is_ident("false")) {
                    (true, _, _) | (_, _, true) => Some(false),
                    (_, true, _) => Some(true),
                    (false, false, false) => None,
                }
            }
            Meta::NameValue(pair) if pair.path.is_ident("feature") => {
                let Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) = &pair.value else {
                    return None;
                };
                self.features.as_ref().map(|all| all.contains(&name.value()))
            }
            Meta::NameValue(_) => None,
            Meta::List(list) => {
                let parts: Vec<Option<bool>> =
                    predicates(list.tokens.clone())?.iter().map(|it| self.value(it)).collect();
                let (any, all) = (list.path.is_ident("any"), list.path.is_ident("all"));
                if list.path.is_ident("not") && parts.len() == 1 {
                    return parts[0].map(|it| !it);
                }
                match (any || all, parts.contains(&Some(any)), parts.contains(&None)) {
                    (false, _, _) => None,
                    (true, true, _) => Some(any),
                    (true, false, true) => None,
                    (true, false, false) => Some(!any),
                }
            }
        }
    }

    /// Evaluates all conditions of a file's items, at any depth.
    pub(crate) fn settle(&self, items: &mut Vec<Item>) {
        let mut settling = Settling(self);
        settling.items(items);
    }

    /// Whether the attributes keep their item; conditions that are decided are removed.
    pub(crate) fn keeps(&self, attrs: &mut Vec<Attribute>) -> bool {
        let mut live = true;
        for attr in std::mem::take(attrs) {
            self.attribute(attr, attrs, &mut live);
        }
        live
    }

    fn attribute(&self, mut attr: Attribute, out: &mut Vec<Attribute>, live: &mut bool) {
        keep_parts(&mut attr, self.dialect);
        let list = match &attr.meta {
            Meta::List(list) if list.path.is_ident("cfg") || list.path.is_ident("cfg_attr") => list,
            Meta::List(_) | Meta::Path(_) | Meta::NameValue(_) => return out.push(attr),
        };
        let Some(parts) = predicates(list.tokens.clone()) else { return out.push(attr) };
        let mut parts = parts.into_iter();
        let value = parts.next().and_then(|it| self.value(&it));
        match (list.path.is_ident("cfg"), value) {
            (_, None) => out.push(attr),
            (true, Some(holds)) => *live &= holds,
            (false, Some(false)) => {}
            (false, Some(true)) => {
                for meta in parts {
                    self.attribute(Attribute { meta, ..attr.clone() }, out, live);
                }
            }
        }
    }
}

fn predicates(tokens: TokenStream) -> Option<Vec<Meta>> {
    let parser = |input: ParseStream<'_>| {
        Punctuated::<Meta, Token![,]>::parse_terminated_with(input, predicate)
    };
    Some(parser.parse2(tokens).ok()?.into_iter().collect())
}

/// Reads a condition: an attribute's form, or the word `true` or `false`.
pub(super) fn predicate(input: ParseStream<'_>) -> syn::Result<Meta> {
    if !input.peek(LitBool) {
        return input.parse();
    }
    let word: LitBool = input.parse()?;
    Ok(Meta::Path(Ident::new(if word.value { "true" } else { "false" }, word.span).into()))
}

/// The first undecided condition, as it is written.
pub(crate) fn open(attrs: &[Attribute]) -> Option<String> {
    Some(shown(&attrs.iter().find(|attr| attr.path().is_ident("cfg"))?.meta))
}

/// A condition as it is written.
pub(crate) fn shown(meta: &Meta) -> String {
    let text = meta.to_token_stream().to_string();
    text.replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(" ,", ",")
}

struct Settling<'a>(&'a Conditions);

impl Settling<'_> {
    fn items(&mut self, items: &mut Vec<Item>) {
        items.retain_mut(|item| match attributes_mut(item) {
            Some(attrs) => self.0.keeps(attrs),
            None => true,
        });
        items.iter_mut().for_each(|item| self.visit_item_mut(item));
    }
}

impl VisitMut for Settling<'_> {
    fn visit_item_mod_mut(&mut self, item: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut item.content {
            self.items(items);
        }
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        fields.named =
            kept(std::mem::take(&mut fields.named), |it: &mut Field| self.0.keeps(&mut it.attrs));
    }

    fn visit_fields_unnamed_mut(&mut self, fields: &mut syn::FieldsUnnamed) {
        fields.unnamed =
            kept(std::mem::take(&mut fields.unnamed), |it: &mut Field| self.0.keeps(&mut it.attrs));
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        item.variants = kept(std::mem::take(&mut item.variants), |it: &mut Variant| {
            self.0.keeps(&mut it.attrs)
        });
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain_mut(|inner| match inner {
            syn::ImplItem::Fn(function) => self.0.keeps(&mut function.attrs),
            syn::ImplItem::Const(text) => self.0.keeps(&mut text.attrs),
            _ => true,
        });
        syn::visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        for statement in &mut block.stmts {
            if let syn::Stmt::Item(item) = statement
                && let Some(attrs) = attributes_mut(item)
                && !self.0.keeps(attrs)
            {
                *item = Item::Verbatim(TokenStream::new());
            }
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
}

fn kept<T>(
    all: Punctuated<T, Token![,]>,
    mut keeps: impl FnMut(&mut T) -> bool,
) -> Punctuated<T, Token![,]> {
    all.into_iter().filter_map(|mut it| keeps(&mut it).then_some(it)).collect()
}

/// The attributes of an item, if it can have any, shared or mutable.
macro_rules! attributes {
    ($name:ident, $item:ty, $attrs:ty $(, $mutable:tt)?) => {
        pub(crate) fn $name(item: $item) -> Option<$attrs> {
            Some(match item {
                Item::Const(it) => &$($mutable)? it.attrs,
                Item::Enum(it) => &$($mutable)? it.attrs,
                Item::ExternCrate(it) => &$($mutable)? it.attrs,
                Item::Fn(it) => &$($mutable)? it.attrs,
                Item::ForeignMod(it) => &$($mutable)? it.attrs,
                Item::Impl(it) => &$($mutable)? it.attrs,
                Item::Macro(it) => &$($mutable)? it.attrs,
                Item::Mod(it) => &$($mutable)? it.attrs,
                Item::Static(it) => &$($mutable)? it.attrs,
                Item::Struct(it) => &$($mutable)? it.attrs,
                Item::Trait(it) => &$($mutable)? it.attrs,
                Item::TraitAlias(it) => &$($mutable)? it.attrs,
                Item::Type(it) => &$($mutable)? it.attrs,
                Item::Union(it) => &$($mutable)? it.attrs,
                Item::Use(it) => &$($mutable)? it.attrs,
                _ => return None,
            })
        }
    };
}

attributes!(attributes, &Item, &Vec<Attribute>);
attributes!(attributes_mut, &mut Item, &mut Vec<Attribute>, mut);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_decided_or_open() {
        let features = Some(BTreeSet::from(["on".to_owned()]));
        let conditions = Conditions { features, dialect: None };
        for (text, expected) in [
            ("feature = \"on\"", Some(true)),
            ("feature = \"off\"", Some(false)),
            ("not(feature = \"off\")", Some(true)),
            ("test", Some(false)),
            ("unix", None),
            ("not(unix)", None),
            ("any(unix, feature = \"on\")", Some(true)),
            ("any(unix, feature = \"off\")", None),
            ("all(unix, feature = \"off\")", Some(false)),
            ("all(target_os = \"linux\", feature = \"on\")", None),
            ("true", Some(true)),
            ("false", Some(false)),
            ("not(true)", Some(false)),
            ("all(unix, false)", Some(false)),
            ("any(unix, true)", Some(true)),
            ("all(unix, true)", None),
            ("any()", Some(false)),
            ("all()", Some(true)),
            ("not(all(test, windows))", Some(true)),
        ] {
            let cfg = predicate.parse_str(text).unwrap();
            assert_eq!(conditions.value(&cfg), expected, "{text}");
        }
        let cfg: Meta = syn::parse_str("feature = \"on\"").unwrap();
        assert_eq!(Conditions::default().value(&cfg), None);
    }

    #[test]
    fn what_is_off_goes_and_what_is_open_stays() {
        let features = Some(BTreeSet::from(["on".to_owned()]));
        let conditions = Conditions { features, dialect: None };
        let mut file: syn::File = syn::parse_str(
            "#[cfg(feature = \"off\")] struct A; #[cfg(unix)] struct B;
             mod m { struct C { #[cfg(test)] a: u8, #[cfg_attr(feature = \"on\", x, y)] b: u8 } }",
        )
        .unwrap();
        conditions.settle(&mut file.items);
        let expected: TokenStream =
            "#[cfg(unix)] struct B; mod m { struct C { #[x] #[y] b: u8 } }".parse().unwrap();
        let found = file.items.iter().map(ToTokens::to_token_stream).collect::<TokenStream>();
        assert_eq!(found.to_string(), expected.to_string());
    }
}
