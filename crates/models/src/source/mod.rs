//! Models from source files, without compiling.

mod bodies;
mod calls;
mod conditions;
mod crates;
mod elsewhere;
mod expanded;
mod features;
mod graph;
mod harmless;
mod limits;
mod macros;
mod modules;
mod named_files;
mod own_macros;
mod resolve;
mod suspects;
mod tree;
mod unread;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use autogen_schema::{ColumnType, Declared, ForeignKey, Origin, Pair, QName, Rename, Unread};

use crate::assemble::{RelationActions, Settled, SettledEnum, assemble, no_models, relation_key};
use crate::codes::{self, TARGET, TYPE, UNKNOWN_COLUMN};
use crate::column_type::TypeDecl;
use crate::diagnostic::{Diagnostic, suggest};
use crate::dialects::{DIALECT_NAMES, mentioned_in, together};
use crate::relation::path_text;
use elsewhere::elsewhere;
pub use features::Features;
use graph::{Modules, Site};
use resolve::{Failure, Resolver, type_text};
pub use tree::{Content, Directory, SourceTree};

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder of a crate, of a workspace or of sources, or one `.rs` file, relative to the
    /// tree's root; empty for the root itself. Only models under it are part of the result (for a
    /// file: those in it and in the modules that it declares); names are resolved through the
    /// whole workspace.
    pub path: String,
    /// Features in addition to those that manifests enable.
    pub features: Features,
    /// Column types, as SQL, of Rust types that are not resolved: by the path from the crate, such
    /// as `shared::Money`.
    pub types: BTreeMap<String, String>,
    /// A crate whose entities are not models, relative to the tree's root: migrations keep the
    /// entities of their time.
    pub frozen: Option<String>,
}

/// Reads all models under a path. What may declare a table and could not be read is listed as
/// well.
///
/// # Errors
/// All problems in the sources, each with its position.
pub fn read_sources(
    files: &dyn SourceTree,
    options: &Options,
) -> Result<Declared, Vec<Diagnostic>> {
    on_a_stack(|| {
        let noting = Noting { files, found: AtomicBool::new(false) };
        let all = read(&noting, options, None);
        match noting.found.into_inner() {
            true => variants(all, |dialect| read(files, options, Some(dialect))),
            false => all,
        }
    })
}

/// A tree that notes whether a file may name databases, for which it is then read again.
struct Noting<'a> {
    files: &'a dyn SourceTree,
    found: AtomicBool,
}

impl SourceTree for Noting<'_> {
    fn read(&self, path: &str) -> Content {
        let content = self.files.read(path);
        if let Content::Text(text) = &content
            && mentioned_in(text)
        {
            self.found.store(true, Ordering::Relaxed);
        }
        content
    }

    fn list(&self, path: &str) -> Vec<String> {
        self.files.list(path)
    }

    fn has(&self, path: &str) -> bool {
        self.files.has(path)
    }
}

/// Adds what the models declare for each database in particular.
pub(crate) fn variants(
    all: Result<Declared, Vec<Diagnostic>>,
    read: impl Fn(&'static str) -> Result<Declared, Vec<Diagnostic>>,
) -> Result<Declared, Vec<Diagnostic>> {
    let mut declared: Vec<(&str, Declared)> = Vec::new();
    let mut problems = Vec::new();
    for dialect in DIALECT_NAMES {
        let found = read(dialect);
        problems.push((Some(dialect), found.as_ref().err().cloned().unwrap_or_default()));
        declared.extend(found.ok().map(|found| (dialect, found)));
    }
    let problems = together(problems);
    let Some((_, first)) = declared.first().filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    // What all databases have may not be a model by itself: the first one speaks for it.
    let mut whole = all.unwrap_or_else(|_| first.clone());
    declared.retain(|(_, one)| *one != whole);
    for (dialect, one) in declared {
        let origins = one.origins.iter().map(|(name, origin)| (name.clone(), origin.clone()));
        whole.origins.extend(origins);
        whole.variants.insert(dialect.to_owned(), one);
    }
    Ok(whole)
}

fn read(
    files: &dyn SourceTree,
    options: &Options,
    dialect: Option<&'static str>,
) -> Result<Declared, Vec<Diagnostic>> {
    let layout = crates::find(files, options)?;
    let (modules, libraries) = walk(files, &layout.crates, options, dialect);
    let declared = modules.files_below(&layout.scope);
    let counts = |file: &str| tree::is_under(file, &layout.scope) || declared.contains(file);
    if layout.scope.ends_with(".rs") && !modules.files.iter().any(|file| file == &layout.scope) {
        // A file that no crate declares was requested by name.
        let one = [crates::Crate::loose(vec![layout.scope.clone()], options)];
        let around = elsewhere(&modules, &layout, &counts);
        let (modules, _) = walk(files, &one, options, dialect);
        return settle(modules, &one, BTreeMap::new(), (&|_| true, &layout.scope), around);
    }
    let around = elsewhere(&modules, &layout, &counts);
    settle(modules, &layout.crates, libraries, (&counts, &layout.scope), around)
}

/// Reads all modules of crates; returns also their libraries by name.
fn walk(
    files: &dyn SourceTree,
    crates: &[crates::Crate],
    options: &Options,
    dialect: Option<&'static str>,
) -> (Modules, BTreeMap<String, usize>) {
    let mut modules = Modules::of(crates, dialect);
    modules.types.clone_from(&options.types);
    let mut libraries = BTreeMap::new();
    for (at, one) in crates.iter().enumerate() {
        for (nth, root) in one.roots.iter().enumerate() {
            let id = modules.add_root(files, at, root);
            if nth == 0 {
                libraries.entry(one.name.clone()).or_insert(id);
            }
        }
    }
    modules.expand(files);
    modules.join();
    let unknown = suspects::unknown(&modules, crates, &libraries, files);
    modules.unread.extend(unknown);
    (modules, libraries)
}

/// What is in the sources and not among compiled models.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unregistered {
    /// The tables of entities that do not derive `Autogen`: they must not be treated as dropped.
    pub tables: BTreeSet<QName>,
    /// What could not be read, and may be such an entity.
    pub unread: Vec<Unread>,
}

/// Finds what is in the sources and not among compiled models.
///
/// Types are not resolved, so it works where [`read_sources`] fails.
///
/// # Errors
/// Files that are not Rust, or cannot be read.
pub fn unregistered(
    files: &dyn SourceTree,
    options: &Options,
) -> Result<Unregistered, Vec<Diagnostic>> {
    on_a_stack(|| {
        let layout = crates::find(files, options)?;
        let (modules, _) = walk(files, &layout.crates, options, None);
        let mut unread = modules.unread.clone();
        unread.extend(elsewhere(&modules, &layout, &|file| tree::is_under(file, &layout.scope)));
        unread.sort();
        unread.dedup();
        let fatal = [codes::SYNTAX, codes::UNREADABLE, codes::TOO_DEEP];
        let broken = modules.problems.into_iter().filter(|it| fatal.contains(&it.code));
        let broken: Vec<Diagnostic> = broken.collect();
        if !broken.is_empty() {
            return Err(broken);
        }
        let partial = modules.sites.into_iter().filter(|site| !site.model.whole);
        let tables = partial.map(|site| site.model.table.name).collect();
        Ok(Unregistered { tables, unread })
    })
}

/// Runs it on a thread whose stack suffices for everything within the limits.
fn on_a_stack<T: Send>(
    work: impl FnOnce() -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(limits::STACK);
        let failed = |why: &str| {
            vec![Diagnostic {
                origin: Origin::default(),
                code: codes::UNREADABLE,
                message: format!("the models can't be read: {why}"),
                hint: "there is too little memory for a thread".to_owned(),
            }]
        };
        match thread.spawn_scoped(scope, work) {
            Ok(running) => running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(error) => Err(failed(&error.to_string())),
        }
    })
}

fn settle(
    mut modules: Modules,
    crates: &[crates::Crate],
    libraries: BTreeMap<String, usize>,
    (counts, scope): (&dyn Fn(&str) -> bool, &str),
    around: Vec<Unread>,
) -> Result<Declared, Vec<Diagnostic>> {
    // Problems elsewhere in the workspace are not reported.
    let mut problems = std::mem::take(&mut modules.problems);
    problems.retain(|problem| counts(&problem.origin.file));
    let sites = std::mem::take(&mut modules.sites);
    let mut unread = std::mem::take(&mut modules.unread);
    unread.retain(|item| counts(&item.origin.file));
    unread.sort();
    unread.dedup();
    unread.extend(around);
    let in_scope = |site: &Site| modules.files.get(site.file).is_some_and(|file| counts(file));
    if problems.is_empty() && !sites.iter().any(in_scope) {
        let origin = Origin { file: scope.to_owned(), ..Origin::default() };
        return Err(vec![no_models(origin, &unread)]);
    }
    let others: BTreeMap<QName, Vec<String>> = sites
        .iter()
        .filter(|site| !in_scope(site))
        .map(|site| {
            let columns = site.model.table.columns.iter();
            (site.model.table.name.clone(), columns.map(|column| column.name.clone()).collect())
        })
        .collect();
    let mut resolver = Resolver::new(&modules, crates, libraries);
    let mut settled = Vec::new();
    for site in sites.iter().filter(|site| in_scope(site)) {
        let (mut types, mut labels, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        if !site.model.skip {
            (types, labels) = types_of(site, &mut resolver, &modules, &mut problems);
            keys = keys_of(site, &sites, &resolver, &modules, &mut problems);
        }
        settled.push(Settled {
            model: site.model.clone(),
            types,
            labels,
            keys,
            origin: modules.place(site.file, site.model.span),
        });
    }
    for (module, item) in &modules.whole_enums {
        let file = modules.files.get(modules.modules[*module].file);
        if file.is_some_and(|file| counts(file)) {
            let name = graph::plain(&item.ident);
            let decl = resolver.enum_decl(*module, &name);
            if let Some(native) = decl.and_then(|decl| decl.native) {
                resolver.use_enum(*module, &name, native);
            }
        }
    }
    problems.append(&mut resolver.problems);
    let enums = resolver
        .used
        .into_iter()
        .map(|used| match used.decl {
            Some((module, decl)) => SettledEnum {
                item: used.item,
                origin: modules.origin(module, decl.span),
                renames: decl.renames,
            },
            None => SettledEnum { item: used.item, origin: Origin::default(), renames: Vec::new() },
        })
        .collect();
    let mut declared = assemble(settled, enums, &others, problems)?;
    declared.unread = unread;
    Ok(declared)
}

fn types_of(
    site: &Site,
    resolver: &mut Resolver<'_>,
    modules: &Modules,
    problems: &mut Vec<Diagnostic>,
) -> (Vec<ColumnType>, Vec<Rename>) {
    let columns = &site.model.table.columns;
    let mut types = Vec::with_capacity(columns.len());
    let mut labels = Vec::new();
    for (field, column) in site.model.fields.iter().zip(columns) {
        let found = resolver.decl(site.module, &field.ty);
        labels.extend(resolver.labels.drain(..).map(|Pair { before, after }| Rename::Label {
            table: site.model.table.name.clone(),
            column: column.name.clone(),
            before,
            after,
        }));
        if let Err(Failure::Unknown(why)) = &found {
            let ty = match &field.ty {
                TypeDecl::Rust(ty) => type_text(ty),
                TypeDecl::Known(_) | TypeDecl::Enum { .. } | TypeDecl::Array(_) => String::new(),
            };
            problems.push(Diagnostic {
                origin: modules.place(site.file, field.span),
                code: TYPE,
                message: format!(
                    "the column type of `{}.{}` is unknown: its type `{ty}` {why}",
                    site.model.table.name, field.name
                ),
                hint: "give it by `#[sea_orm(column_type = \"..\")]` or `#[autogen(sql_type = \
                       \"..\")]`, name it in `[types]` of autogen.toml, or read the models with \
                       `--compiled`"
                    .to_owned(),
            });
        }
        types.push(found.unwrap_or_else(|_| column.data_type.clone()));
    }
    (types, labels)
}

fn keys_of(
    site: &Site,
    sites: &[Site],
    resolver: &Resolver<'_>,
    modules: &Modules,
    problems: &mut Vec<Diagnostic>,
) -> Vec<ForeignKey> {
    let mut keys = Vec::new();
    for relation in site.relations.iter().chain(&site.model.relations) {
        let mut tell = |code, message: String, hint: String| {
            problems.push(Diagnostic {
                origin: modules.place(site.file, relation.span),
                code,
                message,
                hint,
            });
        };
        let target = resolver.entity(site.module, &relation.target).and_then(|at| sites.get(at));
        let Some(target) = target else {
            tell(
                TARGET,
                format!("the entity `{}` can't be found", path_text(&relation.target)),
                "check the path, and that its module is declared; an entity of another crate \
                 requires `--compiled` or `#[autogen(foreign_key(..))]` with `skip_fk` here"
                    .to_owned(),
            );
            continue;
        };
        let mut columns = |model: &crate::model::Model, variants: &[String]| {
            let mut found = Vec::new();
            for variant in variants {
                match model.column_of_variant(variant) {
                    Some(column) => found.push(column.to_owned()),
                    None => {
                        let known = model.fields.iter().map(|field| field.variant.as_str());
                        let near = suggest(variant, known);
                        tell(
                            UNKNOWN_COLUMN,
                            format!("`{}` has no `Column::{variant}`", model.table.name),
                            if near.is_empty() {
                                "name a column of that entity".to_owned()
                            } else {
                                near
                            },
                        );
                    }
                }
            }
            (found.len() == variants.len()).then_some(found)
        };
        let from = columns(&site.model, &relation.from);
        let to = columns(&target.model, &relation.to);
        if let (Some(from), Some(to)) = (from, to) {
            keys.push(relation_key(
                &site.model.table.name,
                from,
                target.model.table.name.clone(),
                to,
                RelationActions {
                    name: relation.name.as_deref(),
                    on_delete: relation.on_delete,
                    on_update: relation.on_update,
                },
            ));
        }
    }
    keys
}
