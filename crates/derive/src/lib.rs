//! `#[derive(Autogen)]`: checks a model at compile time, and registers it.
//!
//! Everything that needs no other file is checked here, with all errors at once and each at
//! its position. What only types determine (the column type of a field, the keys of
//! relations) is left to the compiler: the registration uses SeaORM's traits.

mod embed;

use autogen_models::{Findings, check_enum, check_struct, inferred_fields, is_active};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Item};

#[doc = include_str!("../ATTRIBUTES.md")]
#[proc_macro_derive(Autogen, attributes(sea_orm, autogen))]
pub fn derive_autogen(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Embeds a folder of migrations, named relative to the crate's Cargo.toml, as
/// a `sea_autogen::Migrator`:
///
/// ```ignore
/// static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| sea_autogen::migrations!("migrations"));
/// MIGRATOR.upgrade(&db).await?;
/// ```
///
/// The files are part of the program: where it runs, none are needed. A new
/// migration comes with a new `schema.json`, by which the compiler sees that it
/// has to look again.
#[proc_macro]
pub fn migrations(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    embed::migrations(input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    match syn::parse2(input.clone())? {
        Item::Struct(item) => expand_struct(&item),
        Item::Enum(item) => expand_enum(&item),
        other => Err(syn::Error::new_spanned(
            other,
            "`Autogen` can be derived only on structs \
                                                     and enums",
        )),
    }
}

fn expand_struct(item: &syn::ItemStruct) -> syn::Result<TokenStream> {
    let mut findings = Findings::default();
    let checked = check_struct(item, &mut findings);
    fail(findings)?;
    // SeaORM's `ModelEx` is the same table again; `Model` registers it.
    let Some(model) = checked.model.filter(|model| !(model.entity && model.ident == "ModelEx"))
    else {
        return Ok(TokenStream::new());
    };
    let root = root(&item.attrs)?;
    let private = quote!(#root::__private);
    let types = inferred_fields(item).into_iter().map(|(_, ty)| {
        // With this span, the compiler's error points to the field, not to the derive.
        let span = ty.span().resolved_at(Span::mixed_site());
        quote_spanned!(span=> #private::column_type::<#ty>())
    });
    let keys = if model.entity && checked.is_table {
        quote!(#private::keys::<Entity>())
    } else {
        quote!(#private::no_keys())
    };
    Ok(register(&private, &item.to_token_stream(), types, &keys))
}

fn expand_enum(item: &syn::ItemEnum) -> syn::Result<TokenStream> {
    let mut findings = Findings::default();
    let active = is_active(item);
    let decl = check_enum(item, &mut findings);
    fail(findings)?;
    let root = root(&item.attrs)?;
    let private = quote!(#root::__private);
    let keys = quote!(#private::no_keys());
    let registration = register(&private, &item.to_token_stream(), std::iter::empty(), &keys);
    let native = decl.and_then(|decl| decl.native).filter(|_| !active);
    let stored = native.map(|native| {
        let (ident, name, values) = (&item.ident, native.name.name, native.values);
        quote! {
            impl #private::Stored for #ident {
                fn stored() -> #private::Seen {
                    #private::native_enum(#name, &[#(#values),*])
                }
            }
        }
    });
    Ok(quote!(#registration #stored))
}

fn register(
    private: &TokenStream,
    item: &TokenStream,
    types: impl Iterator<Item = TokenStream>,
    keys: &TokenStream,
) -> TokenStream {
    let item = item.to_string();
    quote! {
        const _: () = {
            #private::inventory::submit! {
                #private::Registration {
                    item: #item,
                    file: file!(),
                    line: line!(),
                    column: column!(),
                    types: || ::std::vec![#(#types),*],
                    keys: || #keys,
                }
            }
        };
    }
}

fn fail(findings: Findings) -> syn::Result<()> {
    let errors = findings.0.iter().map(autogen_models::Finding::to_compile_error);
    match errors.reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The path of `sea_autogen`, which `#[autogen(crate = "..")]` overrides.
fn root(attrs: &[Attribute]) -> syn::Result<TokenStream> {
    match autogen_models::crate_path(attrs) {
        Some(path) => Ok(path.parse::<syn::Path>()?.to_token_stream()),
        None => Ok(quote!(::sea_autogen)),
    }
}
