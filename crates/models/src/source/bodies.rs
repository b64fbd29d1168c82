//! Entities inside other items, such as the body of a function or the value of a constant:
//! they are listed, not read.
//!
//! Calls of the project's macros that may create one are listed as well. This is decided from
//! the macro's definition and the macros that it calls, without expansion.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemStruct, Token, Type};

use super::graph::{Inner, ModuleId, Modules, plain};
use super::harmless::{EVALUATING, HARMLESS, QUOTING};
use super::named_files::{Handed, handed, is_bringing};
use super::suspects::is_of_known;
use super::tree::SourceTree;
use super::unread::mentions;

/// Words that create an entity.
const MAKERS: [&str; 4] = ["DeriveEntityModel", "DeriveEntity", "Autogen", "EntityName"];

impl Modules {
    /// Lists entities inside an item; the content of modules and of macros between items is read.
    pub(super) fn look_inside(&mut self, id: ModuleId, item: &Item) {
        let folder = self.folder_of(id);
        let mut bodies = Bodies { modules: self, folder, unnamed: false };
        match item {
            Item::Mod(_) | Item::Macro(_) => {}
            // A model itself is an item too: only its parts are searched.
            Item::Struct(item) => visit::visit_item_struct(&mut bodies, item),
            _ => bodies.visit_item(item),
        }
    }

    /// Lists calls in bodies that may create an entity, once all macros are known.
    pub(super) fn look_at_calls(&mut self, files: &dyn SourceTree) {
        let makers = self.makers();
        for call in std::mem::take(&mut self.inner_calls) {
            let name = plain(&call.name);
            let what = format!("the macro `{name}!`");
            self.at = call.file;
            let is_ours = || self.macros.iter().any(|it| it.name == name);
            if makers.contains(&name) {
                self.leave(call.name.span(), what, IN_A_BODY.to_owned(), None);
            } else if call.words.iter().any(|word| makers.contains(word)) {
                self.leave_unlikely(call.name.span(), what, IN_A_BODY.to_owned());
            } else if let Some(certain) = call.reads_entities(files, &self.files) {
                let why = "it is handed a file that may declare entities".to_owned();
                match certain && !is_ours() {
                    true => self.leave(call.name.span(), what, why, None),
                    false => self.leave_unlikely(call.name.span(), what, why),
                }
            } else if call.suspicious && !HARMLESS.contains(&name.as_str()) && !is_ours() {
                self.leave_unlikely(call.name.span(), what, "it is defined elsewhere".to_owned());
            }
        }
    }

    /// The project's macros that may create an entity, directly or through others.
    fn makers(&self) -> BTreeSet<String> {
        let aliases = self.aliases.iter().filter(|(_, real)| MAKERS.contains(*real));
        let mut words: BTreeSet<&str> = aliases.map(|(name, _)| name.as_str()).collect();
        words.extend(MAKERS);
        let mut makers = BTreeSet::new();
        loop {
            let more = self.macros.iter().filter(|it| !makers.contains(&it.name));
            let more = more.filter(|it| it.words.iter().any(|word| words.contains(word.as_str())));
            let more: Vec<&str> = more.map(|it| it.name.as_str()).collect();
            if more.is_empty() {
                return makers;
            }
            makers.extend(more.iter().map(|it| (*it).to_owned()));
            words.extend(more);
        }
    }
}

impl Inner {
    /// Whether it reads a file that mentions entities, or one that cannot be read.
    fn reads_entities(&self, files: &dyn SourceTree, names: &[String]) -> Option<bool> {
        let file = names.get(self.file).map_or("", String::as_str);
        let found =
            self.handed.iter().map(|handed| handed.mentions_entities(files, file, &self.folder));
        found.filter(|mentions| *mentions != Some(false)).map(|mentions| mentions.is_some()).max()
    }
}

const IN_A_BODY: &str = "it is in the body of a function, or inside of another item";

struct Bodies<'a> {
    modules: &'a mut Modules,
    /// The folder of the crate.
    folder: String,
    /// Whether the constant around exists only for what it declares.
    unnamed: bool,
}

impl Bodies<'_> {
    fn is_test(attrs: &[Attribute]) -> bool {
        let last = |attr: &Attribute| attr.path().segments.last().map(|it| it.ident.to_string());
        attrs
            .iter()
            .filter_map(last)
            .any(|it| ["test", "rstest", "test_case", "bench"].contains(&it.as_str()))
    }

    /// Searches the arguments of a macro that evaluates them. A form of its own, such as
    /// tracing's `%name`, is searched for words.
    fn look_at_arguments(&mut self, name: &Ident, tokens: &TokenStream, words: BTreeSet<String>) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
        if let Ok(arguments) = arguments {
            let before = std::mem::replace(&mut self.unnamed, false);
            arguments.iter().for_each(|argument| self.visit_expr(argument));
            self.unnamed = before;
            return;
        }
        if words.contains("derive") && MAKERS.iter().any(|it| words.contains(*it)) {
            let what = format!("the macro `{}!`", plain(name));
            return self.modules.leave(name.span(), what, IN_A_BODY.to_owned(), None);
        }
        self.note(name, words, Vec::new(), false);
    }

    /// Notes a call, to be judged once all macros are known.
    fn note(
        &mut self,
        name: &Ident,
        words: BTreeSet<String>,
        handed: Vec<Handed>,
        suspicious: bool,
    ) {
        let (file, name, folder) = (self.modules.at, name.clone(), self.folder.clone());
        self.modules.inner_calls.push(Inner { file, name, words, handed, folder, suspicious });
    }
}

impl<'ast> Visit<'ast> for Bodies<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !Self::is_test(&item.attrs) {
            let before = std::mem::replace(&mut self.unnamed, false);
            visit::visit_item_fn(self, item);
            self.unnamed = before;
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let before = std::mem::replace(&mut self.unnamed, false);
        visit::visit_impl_item_fn(self, item);
        self.unnamed = before;
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        let declares = item.ident == "_" || is_unit(&item.ty);
        let before = std::mem::replace(&mut self.unnamed, declares);
        visit::visit_item_const(self, item);
        self.unnamed = before;
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        let before = std::mem::replace(&mut self.unnamed, is_unit(&item.ty));
        visit::visit_impl_item_const(self, item);
        self.unnamed = before;
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        let before = std::mem::replace(&mut self.unnamed, is_unit(&item.ty));
        visit::visit_item_static(self, item);
        self.unnamed = before;
    }

    /// Attributes are judged where the item is read.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    /// Syntax that the parser does not support.
    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.modules.look_at_tokens(tokens);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        let derived = self.modules.derives(&item.attrs);
        if derived.iter().any(|it| MAKERS.contains(&it.as_str())) {
            let what = format!("the struct `{}`", plain(&item.ident));
            self.modules.leave(item.ident.span(), what, IN_A_BODY.to_owned(), None);
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            let what = format!("the module `{}`", plain(&item.ident));
            self.modules.leave_unlikely(item.ident.span(), what, IN_A_BODY.to_owned());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let Some(last) = item.path.segments.last() else { return };
        let name = plain(&last.ident);
        if QUOTING.contains(&name.as_str()) {
            return;
        }
        let words = words(&item.tokens);
        let what = || format!("the macro `{name}!`");
        if EVALUATING.contains(&name.as_str()) {
            return self.look_at_arguments(&last.ident, &item.tokens, words);
        }
        if words.contains("table_name") || MAKERS.iter().any(|it| words.contains(*it)) {
            return self.modules.leave(last.ident.span(), what(), IN_A_BODY.to_owned(), None);
        }
        if name == "include" {
            return self.modules.leave_unlikely(last.ident.span(), what(), IN_A_BODY.to_owned());
        }
        let known = item.path.segments.iter().any(|it| is_of_known(&[plain(&it.ident)]));
        let harmless = known || HARMLESS.contains(&name.as_str()) || is_bringing(&name);
        let handed = if harmless { Vec::new() } else { handed(&item.tokens) };
        let suspicious = self.unnamed || (!harmless && mentions(&item.tokens));
        self.note(&last.ident, words, handed, suspicious);
    }
}

/// Whether a value exists only for what its expression declares.
fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// All names among tokens, at any depth.
pub(super) fn words(tokens: &TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![tokens.clone()];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    found.insert(plain(&word));
                }
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    found
}
