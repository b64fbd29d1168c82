//! `#[sea_orm(..)]` and `#[autogen(..)]` as lists of keys with values.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Token};

use crate::codes::{BAD_VALUE, CONDITION, REPEATED, UNKNOWN_KEY};
use crate::diagnostic::{Findings, suggest};
use crate::dialects;

/// What follows a key.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Nothing.
    Flag,
    /// `= value`.
    Expr(Expr),
    /// `(..)`.
    List(TokenStream),
}

/// One `key`, `key = value` or `key(..)`.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) value: Value,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Lit) || input.peek(syn::token::Paren) {
            let value = value(input)?;
            return Ok(Self { key: String::new(), span: value.span(), value: Value::Expr(value) });
        }
        let ident = input.call(Ident::parse_any)?;
        let mut key = ident.unraw().to_string();
        while input.peek(Token![::]) {
            input.parse::<Token![::]>()?;
            key = format!("{key}::{}", input.call(Ident::parse_any)?.unraw());
        }
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(value(input)?)
        } else if input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            Value::List(content.parse()?)
        } else {
            Value::Flag
        };
        Ok(Self { key, span: ident.span(), value })
    }
}

/// An expression. Nearly all are a single literal, which is read without the full expression
/// grammar.
fn value(input: ParseStream<'_>) -> syn::Result<Expr> {
    let alone = input.cursor().literal().is_some_and(|(_, rest)| {
        rest.eof()
            || rest.ident().is_some_and(|(word, _)| word != "as")
            || rest.punct().is_some_and(|(punct, _)| punct.as_char() == ',')
    });
    if alone {
        return Ok(Expr::Lit(ExprLit { attrs: Vec::new(), lit: input.parse()? }));
    }
    input.parse()
}

/// The items between parentheses.
pub(crate) fn items(tokens: TokenStream, findings: &mut Findings) -> Vec<Item> {
    checked(Punctuated::<Item, Token![,]>::parse_terminated.parse2(tokens), findings)
}

/// The same, where commas between them may be left out: SeaORM's macros for relations accept it.
fn loose_items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        found.push(input.parse()?);
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(found)
}

fn checked(
    read: syn::Result<impl IntoIterator<Item = Item>>,
    findings: &mut Findings,
) -> Vec<Item> {
    match read {
        Ok(items) => {
            let (lists, items): (Vec<Item>, Vec<Item>) =
                items.into_iter().partition(|item| item.key == dialects::KEY);
            for list in lists {
                let named = match list.value {
                    Value::List(tokens) => Some(tokens),
                    Value::Flag | Value::Expr(_) => None,
                };
                dialects::report(list.span, named, findings);
            }
            items
        }
        Err(error) => {
            findings.add_syn(
                error,
                BAD_VALUE,
                "attributes are lists of `key`, `key = value` and `key(..)`",
            );
            Vec::new()
        }
    }
}

/// The items of all attributes of one name.
pub(crate) fn items_of(attrs: &[Attribute], name: &str, findings: &mut Findings) -> Vec<Item> {
    let mut found = Vec::new();
    for meta in metas(attrs) {
        if !meta.path().is_ident(name) {
            continue;
        }
        match meta {
            Meta::List(list) if name == "sea_orm" => {
                found.extend(checked(loose_items.parse2(list.tokens), findings));
            }
            Meta::List(list) => found.extend(items(list.tokens, findings)),
            Meta::Path(_) | Meta::NameValue(_) => {
                findings.add(
                    meta.span(),
                    BAD_VALUE,
                    format!("`{name}` takes a list"),
                    format!("write `#[{name}(..)]`"),
                );
            }
        }
    }
    found
}

/// All attributes. Conditions were evaluated before: a remaining `cfg_attr` depends on
/// something unknown.
pub(crate) fn metas(attrs: &[Attribute]) -> Vec<Meta> {
    attrs.iter().map(|attr| attr.meta.clone()).collect()
}

/// Reports attributes that depend on an unknown condition: a part of an item under
/// `#[cfg(..)]`, and keys of ours under `#[cfg_attr(..)]`.
pub(crate) fn require_certain(
    (what, part): (&str, bool),
    span: Span,
    attrs: &[Attribute],
    findings: &mut Findings,
) {
    let hint = "depend on a feature, or read the models with `--compiled`";
    for attr in attrs {
        let Meta::List(list) = &attr.meta else { continue };
        // Whole items under an unknown condition are handled where they are found.
        if list.path.is_ident("cfg") && part {
            let message = format!("whether {what} exists depends on `cfg({})`", list.tokens);
            findings.add(span, CONDITION, message, hint);
        }
        if under_condition(attr).any(|it| is_ours(&it)) {
            let message = format!("what {what} is depends on `cfg_attr({})`", list.tokens);
            findings.add(span, CONDITION, message, hint);
        }
    }
}

/// The attributes inside a `cfg_attr`, at any depth.
pub(crate) fn under_condition(attr: &Attribute) -> impl Iterator<Item = Meta> + use<> {
    let mut found = Vec::new();
    let mut open = vec![attr.meta.clone()];
    while let Some(meta) = open.pop() {
        let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
        let list = meta.require_list().ok().filter(|list| list.path.is_ident("cfg_attr"));
        let parts = list.and_then(|list| parser.parse2(list.tokens.clone()).ok());
        for part in parts.into_iter().flatten().skip(1) {
            let nested = part.path().is_ident("cfg_attr");
            if nested { &mut open } else { &mut found }.push(part);
        }
    }
    found.into_iter()
}

/// The attributes of an item, including those under a condition.
pub(crate) fn possible(attrs: &[Attribute]) -> Vec<Attribute> {
    let mut all = attrs.to_vec();
    for attr in attrs {
        all.extend(under_condition(attr).map(|meta| Attribute { meta, ..attr.clone() }));
    }
    all
}

/// Whether an attribute can declare a part of a table.
pub(crate) fn is_ours(meta: &Meta) -> bool {
    let made = ["DeriveEntityModel", "Autogen", "DeriveEntity", "DeriveModel", "DeriveActiveEnum"];
    let of_ours = |list: &syn::MetaList| {
        let text = list.tokens.to_string();
        made.iter().any(|name| text.contains(name))
    };
    let path = meta.path();
    path.is_ident("sea_orm")
        || path.is_ident("autogen")
        || path.is_ident("path")
        || (path.is_ident("derive") && meta.require_list().is_ok_and(of_ours))
}

/// The last segments of all derived traits.
pub(crate) fn derives(attrs: &[Attribute]) -> Vec<String> {
    let paths = derived(attrs);
    let last = paths.iter().filter_map(|path| path.segments.last());
    last.map(|segment| segment.ident.to_string()).collect()
}

/// The paths of all derived traits.
pub(crate) fn derived(attrs: &[Attribute]) -> Vec<syn::Path> {
    let mut found = Vec::new();
    for meta in metas(attrs) {
        let Meta::List(list) = meta else { continue };
        if !list.path.is_ident("derive") {
            continue;
        }
        let parser = Punctuated::<syn::Path, Token![,]>::parse_terminated;
        found.extend(parser.parse2(list.tokens).into_iter().flatten());
    }
    found
}

/// The text of the `///` comments: lines joined, one leading space removed.
pub(crate) fn docs(attrs: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attr in attrs {
        let Meta::NameValue(pair) = &attr.meta else {
            continue;
        };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else {
            continue;
        };
        if pair.path.is_ident("doc") {
            let text = text.value();
            lines.push(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned());
        }
    }
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The path in `#[autogen(crate = "..")]`.
pub fn crate_path(attrs: &[Attribute]) -> Option<syn::LitStr> {
    let mut ignored = Findings::default();
    let items = items_of(attrs, "autogen", &mut ignored);
    let item = items.iter().find(|item| item.key == "crate")?;
    item.lit_str(&mut ignored).cloned()
}

impl Item {
    /// The position of the value, or of a key without value.
    pub(crate) fn value_span(&self) -> Span {
        match &self.value {
            Value::Expr(value) => value.span(),
            Value::Flag | Value::List(_) => self.span,
        }
    }

    fn wants(&self, what: &str, example: &str, findings: &mut Findings) {
        findings.add(
            self.value_span(),
            BAD_VALUE,
            format!("`{}` takes {what}", self.key),
            format!("write `{}{example}`", self.key),
        );
    }

    /// The value as a string literal.
    pub(crate) fn lit_str<'a>(&'a self, findings: &mut Findings) -> Option<&'a syn::LitStr> {
        if let Value::Expr(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) = &self.value {
            return Some(text);
        }
        self.wants("a string", " = \"..\"", findings);
        None
    }

    /// The value as a string.
    pub(crate) fn text(&self, findings: &mut Findings) -> Option<String> {
        self.lit_str(findings).map(syn::LitStr::value)
    }

    /// The value as a string that is not blank.
    pub(crate) fn name(&self, findings: &mut Findings) -> Option<String> {
        let text = self.text(findings)?;
        if text.trim().is_empty() {
            self.wants("a name", " = \"..\"", findings);
            return None;
        }
        Some(text)
    }

    /// A flag: no value, or a bool.
    pub(crate) fn flag(&self, findings: &mut Findings) -> bool {
        match &self.value {
            Value::Flag => true,
            Value::Expr(Expr::Lit(ExprLit { lit: Lit::Bool(value), .. })) => value.value,
            Value::Expr(_) | Value::List(_) => {
                self.wants("no value, or a bool", "", findings);
                false
            }
        }
    }

    /// The value as a whole number.
    pub(crate) fn number(&self, findings: &mut Findings) -> Option<i64> {
        if let Value::Expr(value) = &self.value {
            let digits = value.to_token_stream().to_string().replace([' ', '_'], "");
            if let Ok(number) = digits.parse() {
                return Some(number);
            }
        }
        self.wants("a whole number", " = 1", findings);
        None
    }

    /// The value as a list of strings: `= ["a", "b"]`, `= ("a", "b")`,
    /// `= "a"` or `("a", "b")`.
    pub(crate) fn strings(&self, findings: &mut Findings) -> Option<Vec<syn::LitStr>> {
        let exprs: Vec<Expr> = match &self.value {
            Value::Expr(Expr::Array(array)) => array.elems.iter().cloned().collect(),
            Value::Expr(Expr::Tuple(tuple)) => tuple.elems.iter().cloned().collect(),
            Value::Expr(Expr::Paren(paren)) => vec![(*paren.expr).clone()],
            Value::Expr(other) => vec![other.clone()],
            Value::List(tokens) => {
                let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
                match parser.parse2(tokens.clone()) {
                    Ok(exprs) => exprs.into_iter().collect(),
                    Err(error) => {
                        findings.add_syn(error, BAD_VALUE, "write a list of strings");
                        return None;
                    }
                }
            }
            Value::Flag => Vec::new(),
        };
        let texts: Option<Vec<syn::LitStr>> = exprs
            .iter()
            .map(|expr| match expr {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
                _ => None,
            })
            .collect();
        match texts {
            Some(texts) if !texts.is_empty() => Some(texts),
            Some(_) | None => {
                self.wants("a list of strings", " = [\"a\", \"b\"]", findings);
                None
            }
        }
    }

    /// The items between the parentheses; none for a bare key.
    pub(crate) fn nested(&self, findings: &mut Findings) -> Vec<Self> {
        match &self.value {
            Value::Flag => Vec::new(),
            Value::List(tokens) => items(tokens.clone(), findings),
            Value::Expr(_) => {
                self.wants("a list in parentheses", "(..)", findings);
                Vec::new()
            }
        }
    }

    /// Reports an unknown key.
    pub(crate) fn unknown(&self, place: &str, known: &[&str], findings: &mut Findings) {
        if self.key.is_empty() {
            findings.add(
                self.span,
                BAD_VALUE,
                format!("expected a key of {place}"),
                format!("known are {}", known.join(", ")),
            );
            return;
        }
        let near = suggest(&self.key, known.iter().copied());
        let hint = if near.is_empty() { format!("known are {}", known.join(", ")) } else { near };
        findings.add(
            self.span,
            UNKNOWN_KEY,
            format!("unknown key `{}` in {place}", self.key),
            hint,
        );
    }
}

/// Reports a key that is given twice and can be given only once.
pub(crate) fn once(items: &[Item], repeatable: &[&str], findings: &mut Findings) {
    for (at, item) in items.iter().enumerate() {
        let repeated = items[..at].iter().any(|before| before.key == item.key);
        if repeated && !item.key.is_empty() && !repeatable.contains(&item.key.as_str()) {
            findings.add(
                item.span,
                REPEATED,
                format!("`{}` is given twice", item.key),
                "remove one of them",
            );
        }
    }
}
