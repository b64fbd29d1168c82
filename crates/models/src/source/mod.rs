//! Models from source files, without compiling.

mod crates;
mod modules;
mod resolve;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{ColumnType, Declared, ForeignKey, Origin, Pair, QName, Rename};

use crate::assemble::{RelationActions, Settled, SettledEnum, assemble, no_models, relation_key};
use crate::codes::{TARGET, TYPE, UNKNOWN_COLUMN};
use crate::column_type::TypeDecl;
use crate::diagnostic::{Diagnostic, suggest};
use crate::relation::path_text;
use modules::{Modules, Site};
use resolve::{Failure, Resolver, type_text};
pub use tree::{Directory, SourceTree};

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A crate's folder, a workspace's, a folder of sources, or one `.rs`
    /// file, relative to the tree's root; empty for the root itself. Only
    /// models under it count (of a file: those in it and in the modules that
    /// it declares); names are resolved through the whole workspace.
    pub path: String,
}

/// Reads all models under a path.
pub fn read_sources(
    files: &dyn SourceTree,
    options: &Options,
) -> Result<Declared, Vec<Diagnostic>> {
    let layout = crates::find(files, &options.path)?;
    let mut modules = Modules::default();
    let mut libraries = BTreeMap::new();
    for (at, one) in layout.crates.iter().enumerate() {
        for (nth, root) in one.roots.iter().enumerate() {
            let id = modules.add_root(files, at, root);
            if nth == 0 {
                libraries.entry(one.name.clone()).or_insert(id);
            }
        }
    }
    let declared = modules.files_below(&layout.scope);
    let counts = |file: &str| tree::is_under(file, &layout.scope) || declared.contains(file);
    if layout.scope.ends_with(".rs") && !modules.files.iter().any(|file| file == &layout.scope) {
        // A file that no crate declares was asked for by name.
        let one = crates::Crate {
            name: "crate".to_owned(),
            roots: vec![layout.scope.clone()],
            ..crates::Crate::default()
        };
        return read_loose(files, one, &layout.scope);
    }
    settle(modules, &layout.crates, libraries, &counts, &layout.scope)
}

/// The tables of entities that do not derive `Autogen`: those that compiled
/// models know nothing of, and that must not be taken for gone.
///
/// No types are resolved, so that it works where [`read_sources`] can't.
pub fn unregistered_tables(
    files: &dyn SourceTree,
    options: &Options,
) -> Result<BTreeSet<QName>, Vec<Diagnostic>> {
    let layout = crates::find(files, &options.path)?;
    let mut modules = Modules::default();
    for (at, one) in layout.crates.iter().enumerate() {
        for root in &one.roots {
            modules.add_root(files, at, root);
        }
    }
    let syntax = |problem: &Diagnostic| problem.code == crate::codes::SYNTAX;
    let broken: Vec<Diagnostic> = modules.problems.into_iter().filter(syntax).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let partial = modules.sites.into_iter().filter(|site| !site.model.whole);
    Ok(partial.map(|site| site.model.table.name).collect())
}

fn read_loose(
    files: &dyn SourceTree,
    one: crates::Crate,
    scope: &str,
) -> Result<Declared, Vec<Diagnostic>> {
    let mut modules = Modules::default();
    modules.add_root(files, 0, scope);
    settle(modules, &[one], BTreeMap::new(), &|_| true, scope)
}

fn settle(
    mut modules: Modules,
    crates: &[crates::Crate],
    libraries: BTreeMap<String, usize>,
    counts: &dyn Fn(&str) -> bool,
    scope: &str,
) -> Result<Declared, Vec<Diagnostic>> {
    // What is wrong elsewhere in the workspace is not asked for.
    let mut problems = std::mem::take(&mut modules.problems);
    problems.retain(|problem| counts(&problem.origin.file));
    let sites = std::mem::take(&mut modules.sites);
    let in_scope = |site: &Site| {
        let file = modules.files.get(modules.modules[site.module].file);
        file.is_some_and(|file| counts(file))
    };
    if problems.is_empty() && !sites.iter().any(in_scope) {
        return Err(vec![no_models(Origin { file: scope.to_owned(), ..Origin::default() })]);
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
            origin: modules.origin(site.module, site.model.span),
        });
    }
    for (module, item) in &modules.whole_enums {
        let file = modules.files.get(modules.modules[*module].file);
        if file.is_some_and(|file| counts(file)) {
            let name = modules::plain(&item.ident);
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
    assemble(settled, enums, &others, problems)
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
                origin: modules.origin(site.module, field.span),
                code: TYPE,
                message: format!(
                    "the column type of `{}.{}` is not known: its type `{ty}` {why}",
                    site.model.table.name, field.name
                ),
                hint: "say it with `#[sea_orm(column_type = \"..\")]` or \
                       `#[autogen(sql_type = \"..\")]`, or read the models with `--compiled`"
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
                origin: modules.origin(site.module, relation.span),
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
                 needs `--compiled` or `#[autogen(foreign_key(..))]` with `skip_fk` here"
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
