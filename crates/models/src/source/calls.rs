//! Calls of macros between items: read if their meaning is known.

use std::rc::Rc;

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{ItemMacro, ItemMod, LitStr, Meta, Token};

use super::bodies::words;
use super::conditions::predicate;
use super::graph::{Call, Defined, ModuleId, Modules, Place, plain};
use super::limits::measure;
use super::macros::Rules;
use super::named_files::FileName;
use super::tree::{SourceTree, join, parent};
use super::unread::mentions;
use crate::codes::NO_MODULE;
use crate::diagnostic::Finding;

/// Nested macros beyond the compiler's limit.
const DEPTH: usize = 128;

/// One branch of `cfg_if!` or `cfg_select!`: its condition, and its items.
type Branch = (Option<Meta>, TokenStream);

impl Modules {
    pub(super) fn read_macro(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        item: &ItemMacro,
        place: &Place,
    ) {
        let path: Vec<String> = item.mac.path.segments.iter().map(|it| plain(&it.ident)).collect();
        let tokens = item.mac.tokens.clone();
        let span = item.mac.path.segments.last().map_or_else(Span::call_site, |it| it.ident.span());
        if let (["macro_rules"], Some(name)) = (texts(&path).as_slice(), &item.ident) {
            self.macros.push(Defined {
                krate: self.modules[id].krate,
                name: plain(name),
                file: self.at,
                line: name.span().start().line,
                words: words(&tokens),
                rules: Rules::read(tokens).map(Rc::new),
            });
            return;
        }
        match texts(&path).as_slice() {
            ["include"] | ["std" | "core", "include"] => {
                self.include(files, id, tokens, span, place)
            }
            ["cfg_if"] | ["cfg_if", "cfg_if"] => {
                let form = ("cfg_if!", "if #[cfg(..)]");
                self.read_branches(files, id, (branches.parse2(tokens), form), span, place);
            }
            ["cfg_select"] | ["std" | "core", "cfg_select"] => {
                let form = ("cfg_select!", "condition => { .. }");
                self.read_branches(files, id, (arms.parse2(tokens), form), span, place);
            }
            ["automod", "dir"] => self.automod(files, id, tokens, span, place),
            _ => self.calls.push(Call {
                module: id,
                file: self.at,
                place: place.clone(),
                path,
                tokens,
                span,
                conditions: self.conditions.clone(),
            }),
        }
    }

    /// `include!("file.rs")`.
    fn include(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        tokens: TokenStream,
        span: Span,
        place: &Place,
    ) {
        let Some(name) = FileName::read(tokens) else {
            let why = "the file's name is known only when it is compiled".to_owned();
            return self.leave(span, "`include!`".to_owned(), why, None);
        };
        let file = name.path(&place.file, &self.folder_of(id));
        if files.has(&file) {
            let children = parent(&file);
            return self.read_file(files, id, Place { file, children, inline: false });
        }
        let what = format!("the file `{}` of `include!`", name.text);
        if name.of_crate {
            let why = "it is not in the folder of the crate".to_owned();
            return self.leave(span, what, why, None);
        }
        self.missing(span, &what, "`include!`");
    }

    /// The folder of a module's crate.
    pub(super) fn folder_of(&self, id: ModuleId) -> String {
        let krate = self.crates.get(self.modules[id].krate);
        krate.map_or_else(String::new, |(_, folder, _)| folder.clone())
    }

    /// A missing file: an error, unless a condition may be off.
    pub(super) fn missing(&mut self, span: Span, file: &str, what: &str) {
        if !self.conditions.is_empty() {
            let conditions = self.conditions.join(", ");
            let why = format!("it is missing, and is required only under `{conditions}`");
            return self.leave(span, file.to_owned(), why, None);
        }
        self.report(Finding {
            span,
            code: NO_MODULE,
            message: format!("{file} is missing"),
            hint: format!("create it, or remove the {what}"),
        });
    }

    /// `automod::dir!("src/folder")`: a module for each file in a folder of the crate.
    fn automod(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        tokens: TokenStream,
        span: Span,
        place: &Place,
    ) {
        let parser = |input: ParseStream<'_>| {
            input.parse::<syn::Visibility>()?;
            input.parse::<LitStr>()
        };
        let Ok(folder) = parser.parse2(tokens) else {
            let why = "its folder is not text".to_owned();
            return self.leave(span, "`automod::dir!`".to_owned(), why, None);
        };
        let names = files.list(&join(&self.folder_of(id), &folder.value()));
        let stems = names.iter().filter_map(|name| name.strip_suffix(".rs"));
        let stems = stems.filter(|it| !["mod", "lib", "main"].contains(it));
        let stems: Vec<&str> = stems.collect();
        if stems.is_empty() {
            let why = format!("no module can be seen in `{}`", folder.value());
            return self.leave(span, "`automod::dir!`".to_owned(), why, None);
        }
        for stem in stems {
            let Ok(mut ident) = syn::parse_str::<syn::Ident>(&stem.replace('-', "_")) else {
                continue;
            };
            ident.set_span(span);
            let item: ItemMod = syn::parse_quote!(mod #ident;);
            self.read_module(files, id, &item, place);
        }
    }

    /// Reads the branches of `cfg_if!` or `cfg_select!` that may be active.
    fn read_branches(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        (branches, (what, form)): (syn::Result<Vec<Branch>>, (&str, &str)),
        span: Span,
        place: &Place,
    ) {
        let Ok(branches) = branches else {
            let why = format!("it is written in another form than `{form}`");
            return self.leave(span, format!("`{what}`"), why, None);
        };
        let conditions = self.conditions_of(id);
        let depth = self.conditions.len();
        for (cfg, items) in branches {
            let value = cfg.as_ref().map_or(Some(true), |cfg| conditions.value(cfg));
            if value != Some(false) {
                // If an earlier branch may be active, the following ones are uncertain too.
                self.conditions.extend(
                    cfg.filter(|_| value.is_none()).map(|it| super::conditions::shown(&it)),
                );
                self.read_tokens(files, id, items, span, place);
            }
            if value == Some(true) {
                break;
            }
        }
        self.conditions.truncate(depth);
    }

    /// Reads tokens as items; returns whether they are items.
    fn read_tokens(
        &mut self,
        files: &dyn SourceTree,
        id: ModuleId,
        tokens: TokenStream,
        span: Span,
        place: &Place,
    ) -> bool {
        let parsed = measure(tokens.clone()).is_ok().then(|| syn::parse2::<syn::File>(tokens));
        let Some(Ok(mut file)) = parsed else {
            let why = "its expansion is not a list of items".to_owned();
            self.leave(span, "a macro".to_owned(), why, None);
            return false;
        };
        self.conditions_of(id).settle(&mut file.items);
        let before = self.condition.take();
        self.read_items(files, id, &file.items, place);
        self.condition = before;
        true
    }

    /// Reads the expansions of the calls, once all macros are known.
    pub(crate) fn expand(&mut self, files: &dyn SourceTree) {
        let mut depth = 0;
        while !self.calls.is_empty() {
            let calls = std::mem::take(&mut self.calls);
            for call in calls {
                self.expand_call(files, call, depth);
            }
            depth += 1;
        }
        self.look_at_calls(files);
    }

    fn expand_call(&mut self, files: &dyn SourceTree, call: Call, depth: usize) {
        let (before, conditions) = (self.at, std::mem::take(&mut self.conditions));
        self.at = call.file;
        self.conditions.clone_from(&call.conditions);
        match self.rules_of(&call) {
            Ok(Some((rules, home))) if depth < DEPTH => {
                let tokens = call.tokens.clone();
                match rules.expand(tokens, &home, call.span, &mut self.budget) {
                    Some(items) => {
                        self.read_tokens(files, call.module, items, call.span, &call.place);
                    }
                    None => self.leave_call(&call, "its expansion cannot be determined"),
                }
            }
            Ok(Some(_)) => self.leave_call(&call, "macros call one another without end"),
            Ok(None) if mentions(&call.tokens) => {
                self.leave_call(&call, "it is defined elsewhere");
            }
            Ok(None) => self.look_at_call(&call),
            Err(()) => self.leave_call(&call, "several macros of the project go by this name"),
        }
        self.at = before;
        self.conditions = conditions;
    }

    fn leave_call(&mut self, call: &Call, why: &str) {
        let what = format!("the macro `{}!`", call.path.join("::"));
        self.leave(call.span, what, why.to_owned(), None);
    }

    /// The rules of the called macro, and the meaning of `$crate` in it.
    fn rules_of(&self, call: &Call) -> Result<Option<(Rc<Rules>, String)>, ()> {
        let Some(name) = call.path.last() else { return Ok(None) };
        let krate = self.modules[call.module].krate;
        let named: Vec<&Defined> =
            self.macros.iter().filter(|defined| defined.name == *name).collect();
        let of_crate: Vec<&Defined> =
            named.iter().copied().filter(|defined| defined.krate == krate).collect();
        let line = call.span.start().line;
        let above =
            of_crate.iter().filter(|defined| defined.file == call.file && defined.line < line);
        let found =
            match (of_crate.as_slice(), above.max_by_key(|defined| defined.line), named.as_slice())
            {
                ([only], _, _) => *only,
                ([], _, []) => return Ok(None),
                ([], _, [only]) => *only,
                ([_, ..], Some(nearest), _) => *nearest,
                ([_, ..], None, _) | ([], _, [_, ..]) => return Err(()),
            };
        let home = match found.krate == krate {
            true => "crate".to_owned(),
            false => self.crates.get(found.krate).map_or_else(String::new, |krate| krate.2.clone()),
        };
        found.rules.clone().map(|rules| Some((rules, home))).ok_or(())
    }
}

fn texts(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// `if #[cfg(..)] { .. } else if #[cfg(..)] { .. } else { .. }`
fn branches(input: ParseStream<'_>) -> syn::Result<Vec<Branch>> {
    let mut found = Vec::new();
    loop {
        let cfg = if input.peek(Token![if]) {
            input.parse::<Token![if]>()?;
            let attrs = input.call(syn::Attribute::parse_outer)?;
            match attrs.first().map(|it| it.parse_args_with(predicate)) {
                Some(cfg) => Some(cfg?),
                None => return Err(input.error("no condition")),
            }
        } else {
            None
        };
        let content;
        syn::braced!(content in input);
        let last = cfg.is_none();
        found.push((cfg, content.parse()?));
        if last || input.is_empty() {
            return if input.is_empty() { Ok(found) } else { Err(input.error("more")) };
        }
        input.parse::<Token![else]>()?;
    }
}

/// `unix => { .. } feature = "x" => { .. } _ => { .. }`
fn arms(input: ParseStream<'_>) -> syn::Result<Vec<Branch>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let any = input.parse::<Option<Token![_]>>()?.is_some();
        let cfg = if any { None } else { Some(input.call(predicate)?) };
        input.parse::<Token![=>]>()?;
        let content;
        syn::braced!(content in input);
        found.push((cfg, content.parse()?));
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(found)
}
