//! A struct or an enum as the derive checks it: for every database.

use quote::ToTokens;

use crate::diagnostic::Findings;
use crate::dialects;
use crate::model::Model;
use crate::read_struct::{Context, read_struct};
use crate::read_types::{EnumDecl, read_enum};
use crate::registered::is_active;

/// A struct as the derive checks it: for each database that it differs for.
pub struct Checked {
    /// The model, for some database that has it.
    pub model: Option<Model>,
    /// Whether some database has it as a table.
    pub is_table: bool,
}

/// Reads a struct for every database that its attributes name, or once if they name none.
pub fn check_struct(item: &syn::ItemStruct, findings: &mut Findings) -> Checked {
    let mut checked = Checked { model: None, is_table: false };
    let mut all = Vec::new();
    for dialect in dialects::readings(&item.to_token_stream()) {
        let mut kept = syn::Item::Struct(item.clone());
        dialects::keep(&mut kept, dialect);
        let syn::Item::Struct(kept) = kept else { continue };
        let mut found = Findings::default();
        let model = read_struct(&kept, Context { whole: true, entity: None }, &mut found);
        checked.is_table |= model.as_ref().is_some_and(|model| !model.skip);
        checked.model = checked.model.take().or(model);
        all.push((dialect, found.0));
    }
    findings.0.extend(dialects::together(all));
    checked
}

/// The same for an enum.
pub fn check_enum(item: &syn::ItemEnum, findings: &mut Findings) -> Option<EnumDecl> {
    let mut all = Vec::new();
    let mut first = None;
    for dialect in dialects::readings(&item.to_token_stream()) {
        let mut kept = syn::Item::Enum(item.clone());
        dialects::keep(&mut kept, dialect);
        let syn::Item::Enum(kept) = kept else { continue };
        let mut found = Findings::default();
        let decl = read_enum(&kept, is_active(&kept), true, &mut found);
        first = first.or(decl);
        all.push((dialect, found.0));
    }
    findings.0.extend(dialects::together(all));
    first
}
