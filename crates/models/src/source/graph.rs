//! The modules and what is known about them while they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use autogen_schema::{Bearing, QName, Unread};
use proc_macro2::{Span, TokenStream};
use syn::{Attribute, ItemEnum, ItemImpl, ItemStruct};

use super::conditions::Conditions;
use super::macros::{Budget, Rules};
use super::named_files::Handed;
use crate::column_type::TypeDecl;
use crate::diagnostic::Diagnostic;
use crate::model::{Model, Relation};

pub(crate) type ModuleId = usize;

/// The meaning of a name in a module.
#[derive(Debug)]
pub(crate) enum Def {
    Module(ModuleId),
    /// An import; `true` if the path begins with `::`.
    Use(Vec<String>, bool),
    Alias(Rc<syn::ItemType>),
    Enum(Rc<ItemEnum>),
    /// A struct that derives `DeriveValueType`.
    Value(Rc<ItemStruct>),
    /// A struct or enum that derives `FromJsonQueryResult`.
    Json,
    /// The `Entity` of a model in this module.
    Entity(usize),
    /// Some other type.
    Other,
    /// Something that exists only under this condition, which is unknown.
    Open(String),
}

/// A module with its names.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: usize,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) krate: usize,
    pub(crate) names: BTreeMap<String, Def>,
    pub(crate) globs: Vec<(Vec<String>, bool)>,
    /// The model of its `Entity`.
    pub(super) entity: Option<usize>,
    pub(super) relations: Option<Rc<ItemEnum>>,
    pub(super) by_hand: Option<Rc<ItemImpl>>,
    /// The items of an entity in SeaORM's expanded format.
    pub(super) parts: Parts,
    /// Constants that are plain texts: `NAME`, or `Entity::NAME` of a type.
    pub(super) texts: BTreeMap<String, String>,
}

/// A model and where it was found.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) model: Model,
    pub(crate) module: ModuleId,
    /// Its file, which may be included by `include!`.
    pub(crate) file: usize,
    pub(crate) relations: Vec<Relation>,
}

/// An `impl ValueType for X`.
#[derive(Debug)]
pub(crate) struct ValueImpl {
    pub(crate) module: ModuleId,
    pub(crate) of: Vec<String>,
    pub(crate) ty: TypeDecl,
}

/// All modules of all crates.
#[derive(Default)]
pub(crate) struct Modules {
    pub(crate) files: Vec<String>,
    pub(crate) modules: Vec<Module>,
    pub(crate) sites: Vec<Site>,
    pub(crate) impls: Vec<ValueImpl>,
    /// Enums that derive `Autogen`: declared even if no column uses them.
    pub(crate) whole_enums: Vec<(ModuleId, Rc<ItemEnum>)>,
    pub(crate) problems: Vec<Diagnostic>,
    /// What may declare a table and could not be read.
    pub(crate) unread: Vec<Unread>,
    /// Column types of Rust types that are not resolved.
    pub(crate) types: BTreeMap<String, String>,
    /// Each crate's conditions, folder and name.
    pub(super) crates: Vec<(Conditions, String, String)>,
    /// Parsed files, by crate: a file may belong to several targets.
    pub(super) parsed: BTreeMap<(usize, String), Option<Rc<syn::File>>>,
    /// Files by their paths.
    pub(super) index: BTreeMap<String, usize>,
    pub(super) seen: BTreeMap<(usize, usize, usize, QName), usize>,
    pub(super) open: Vec<String>,
    /// How many items were read, counted each time they are reached.
    pub(super) items: usize,
    /// The file that is being read.
    pub(super) at: usize,
    /// Unknown conditions around the current item.
    pub(super) conditions: Vec<String>,
    /// The unknown condition of the current item itself.
    pub(super) condition: Option<String>,
    /// Names that `use .. as ..` gives to derives of SeaORM and autogen.
    pub(super) aliases: BTreeMap<String, &'static str>,
    /// Macros of the project, and calls that are not yet read.
    pub(super) macros: Vec<Defined>,
    pub(super) calls: Vec<Call>,
    /// Derives and attributes of the project.
    pub(super) own_macros: OwnMacros,
    /// Crates imported with `#[macro_use]`.
    pub(super) macro_uses: Vec<MacroUse>,
    /// Items under macros, to be judged once all names are known.
    pub(super) suspects: Vec<Suspect>,
    /// Calls in the bodies of functions.
    pub(super) inner_calls: Vec<Inner>,
    pub(super) budget: Budget,
}

/// The folder of a module's child files.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) children: String,
    pub(super) inline: bool,
}

/// A call in a body, kept until all macros are known.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) file: usize,
    pub(super) name: syn::Ident,
    pub(super) words: BTreeSet<String>,
    /// The files that it may read, and the folder of its crate.
    pub(super) handed: Vec<Handed>,
    pub(super) folder: String,
    /// Whether an unknown macro counts here: it is the value of a constant that exists only for
    /// what it declares, or it mentions entities.
    pub(super) suspicious: bool,
}

/// A macro that the project defines.
#[derive(Debug)]
pub(crate) struct Defined {
    pub(super) krate: usize,
    pub(super) name: String,
    pub(super) file: usize,
    pub(super) line: usize,
    /// All names in its definition.
    pub(super) words: BTreeSet<String>,
    /// `None` if its rules use unsupported syntax.
    pub(super) rules: Option<Rc<Rules>>,
}

/// A call, kept until all macros are known.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) module: ModuleId,
    pub(super) file: usize,
    pub(super) place: Place,
    pub(super) path: Vec<String>,
    pub(super) tokens: TokenStream,
    pub(super) span: Span,
    pub(super) conditions: Vec<String>,
}

/// The items of a module that belong to its entity.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(super) entity: Option<Rc<ItemStruct>>,
    pub(super) name: Option<Rc<ItemImpl>>,
    pub(super) model: Option<Rc<ItemStruct>>,
    pub(super) column: Option<Rc<ItemEnum>>,
    pub(super) column_def: Option<Rc<ItemImpl>>,
    pub(super) primary: Option<Rc<ItemEnum>>,
    pub(super) primary_auto: Option<Rc<ItemImpl>>,
}

/// What is known about the macros of the workspace.
#[derive(Debug, Default)]
pub(super) struct OwnMacros {
    /// Crates of procedural macros in which no file mentions entities so far.
    pub(super) silent: BTreeSet<usize>,
    /// The crates that define a macro.
    pub(super) homes: BTreeMap<String, BTreeSet<usize>>,
}

/// An item, and the macros on it.
#[derive(Debug)]
pub(super) struct Suspect {
    pub(super) module: ModuleId,
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) what: String,
    /// The table or enum that the item declares.
    pub(super) table: Option<QName>,
    /// When an unknown attribute matters; an unknown derive hardly does.
    pub(super) bearing: Bearing,
    /// The macro that is called here, between items.
    pub(super) call: Option<Called>,
    pub(super) attributes: Vec<syn::Path>,
    pub(super) derives: Vec<syn::Path>,
    /// All attributes, which may name files.
    pub(super) all: Vec<Attribute>,
    /// Whether attributes may be helper attributes of the derives.
    pub(super) helpers: bool,
}

/// `#[macro_use] extern crate name;`
#[derive(Debug)]
pub(super) struct MacroUse {
    /// Its module: the root of a crate.
    pub(super) root: ModuleId,
    pub(super) name: String,
    /// The imported macros; empty for all.
    pub(super) only: BTreeSet<String>,
}

/// The call of a macro.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) path: Vec<String>,
    /// Whether its tokens may be items that create entities.
    pub(super) items: bool,
}

pub(super) fn implements(item: &syn::ItemImpl, name: &str) -> bool {
    item.trait_
        .as_ref()
        .and_then(|(path, _)| path.segments.last())
        .is_some_and(|last| last.ident == name)
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), ToOwned::to_owned)
}
