//! `migrations!`: the files of a folder, in the program.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

pub(crate) fn migrations(input: TokenStream) -> syn::Result<TokenStream> {
    let folder: LitStr = syn::parse2(input)?;
    let fail = |message: String| syn::Error::new(folder.span(), message);
    // Cargo passes the crate that a macro is expanded for only in this variable.
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .ok_or_else(|| fail("this is not compiled by cargo".to_owned()))?;
    let path = Path::new(&root).join(folder.value());
    let unreadable =
        |error: std::io::Error| fail(format!("can't read {}: {error}", folder.value()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(unreadable)? {
        names.extend(entry.map_err(unreadable)?.file_name().into_string());
    }
    names.sort();
    let snapshot = names.iter().any(|name| name == "schema.json");
    names.retain(|name| name.ends_with(".up.sql") || name.ends_with(".down.sql"));
    if names.is_empty() {
        let message = format!("there are no migrations in {}: name the folder", folder.value());
        return Err(fail(message));
    }
    let place = |name: &str| {
        let full = path.join(name);
        full.to_str().map(str::to_owned).ok_or_else(|| fail(format!("{name} is not a UTF-8 path")))
    };
    let places = names.iter().map(|name| place(name)).collect::<syn::Result<Vec<_>>>()?;
    let watched = if snapshot { Some(place("schema.json")?) } else { None };
    let watched = watched.iter();
    Ok(quote! {{
        #(const _: &[u8] = ::core::include_bytes!(#watched);)*
        ::sea_autogen::Migrator::embedded(&[#((#names, ::core::include_str!(#places))),*])
    }})
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_migrations_is_told() {
        let told = |input: TokenStream| migrations(input).unwrap_err().to_string();
        assert!(told(quote!("nowhere")).starts_with("can't read nowhere: "));
        assert_eq!(told(quote!("src")), "there are no migrations in src: name the folder");
        assert!(told(quote!(src)).contains("expected string literal"));
        let text = migrations(quote!("../../migrations")).unwrap().to_string();
        assert!(text.contains("open_the_shop.up.sql") && text.contains("schema.json"));
    }
}
