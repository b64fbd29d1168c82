//! The entries of a migrator's list: each migration's file and name.

use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Expr, ImplItem, Item};

use super::migrator::Migrator;
use super::read as read_file;
use crate::error::Error;

/// One migration of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name in the history; unknown if an expression creates it.
    pub(crate) name: Option<String>,
    /// Its file, if it is in this crate.
    pub(crate) file: Option<PathBuf>,
}

/// Reads the entries of a migrator.
pub(super) fn read(modules: &Path, migrator: &Migrator) -> Result<Vec<Entry>, Error> {
    migrator.listed.iter().map(|it| entry(modules, migrator, it)).collect()
}

fn entry(modules: &Path, migrator: &Migrator, listed: &Expr) -> Result<Entry, Error> {
    let unknown = Entry { name: None, file: None };
    let Some(path) = made(listed) else { return Ok(unknown) };
    let mut names: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
    let Some(kind) = names.pop() else { return Ok(unknown) };
    while names.first().is_some_and(|it| ["self", "crate"].contains(&it.as_str())) {
        names.remove(0);
    }
    // `Type::new()` ends in a function.
    let (kind, names) = match kind.starts_with(|c: char| c.is_lowercase()) {
        true => (names.pop().unwrap_or_default(), names),
        false => (kind, names),
    };
    let Some(first) = names.first() else { return Ok(unknown) };
    if !migrator.declared.contains(first) {
        return Ok(unknown);
    }
    let below = names.iter().fold(modules.to_path_buf(), |path, name| path.join(name));
    let files = [below.with_added_extension("rs"), below.join("mod.rs")];
    let Some(file) = files.into_iter().find(|it| it.is_file()) else { return Ok(unknown) };
    let text = read_file(&file)?;
    // A file that cannot be read is reported by the compiler; nearly every migration has the
    // name of its file.
    let name = match syn::parse_file(&text) {
        Ok(parsed) => name_of(&parsed, &kind, &file),
        Err(_) => stem(&file),
    };
    Ok(Entry { name, file: Some(file) })
}

/// The expression inside `Box::new(..)`.
fn made(listed: &Expr) -> Option<&syn::Path> {
    let Expr::Call(call) = listed else { return None };
    let Expr::Path(called) = call.func.as_ref() else { return None };
    let mut names = called.path.segments.iter().rev().map(|it| it.ident.to_string());
    if names.next()? != "new" || names.next()? != "Box" {
        return None;
    }
    match call.args.first()? {
        Expr::Path(it) => Some(&it.path),
        Expr::Struct(it) => Some(&it.path),
        Expr::Call(it) => match it.func.as_ref() {
            Expr::Path(it) => Some(&it.path),
            _ => None,
        },
        _ => None,
    }
}

/// The name of `MigrationName`: if derived, the name of the file.
fn name_of(file: &syn::File, kind: &str, path: &Path) -> Option<String> {
    let derived = file.items.iter().any(|item| match item {
        Item::Struct(it) if it.ident == kind => it.attrs.iter().any(|attribute| {
            let mut derives = false;
            let _ = attribute.parse_nested_meta(|meta| {
                let last = meta.path.segments.last().map(|it| it.ident.to_string());
                derives |= last.as_deref() == Some("DeriveMigrationName");
                Ok(())
            });
            derives
        }),
        _ => false,
    });
    if derived {
        return stem(path);
    }
    file.items.iter().find_map(|item| {
        let Item::Impl(it) = item else { return None };
        let (name, _) = it.trait_.as_ref()?;
        if name.segments.last()?.ident != "MigrationName" {
            return None;
        }
        let syn::Type::Path(owner) = it.self_ty.as_ref() else { return None };
        if owner.path.segments.last()?.ident != kind {
            return None;
        }
        let method = it.items.iter().find_map(|it| match it {
            ImplItem::Fn(it) if it.sig.ident == "name" => Some(it),
            _ => None,
        })?;
        let mut texts = Texts::default();
        texts.visit_block(&method.block);
        match texts.0.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    })
}

fn stem(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_string_lossy().into_owned())
}

#[derive(Default)]
struct Texts(Vec<String>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_lit_str(&mut self, it: &'ast syn::LitStr) {
        self.0.push(it.value());
    }
}
