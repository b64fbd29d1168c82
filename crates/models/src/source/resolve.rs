//! The meaning of a name or type in a module, across the workspace.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{ColumnType, EnumType, IntWidth, Pair, QName};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use super::crates::Crate;
use super::graph::{Def, ModuleId, Modules, plain};
use crate::column_type::TypeDecl;
use crate::diagnostic::{Diagnostic, Findings};
use crate::known::{Foreign, foreign, glob_brings, primitive};
use crate::read_types::{EnumDecl, fields_of, read_enum, read_value_type};

/// Longer chains of aliases and imports than in real code.
const DEPTH: usize = 48;

/// What a path resolves to.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    Module(ModuleId),
    /// A definition in a module, by its name there.
    Def(ModuleId, String),
    /// Something in a crate outside of the project, by its full path.
    Foreign(Vec<String>),
    /// A name that nothing here defines.
    Unbound(String),
}

/// Why a type cannot be resolved.
pub(crate) enum Failure {
    /// In words that follow "its type `T` ".
    Unknown(String),
    /// The type was found and has errors, which are reported elsewhere.
    Told,
}

/// The arguments of an alias's parameters: the column type if known, and whether it is `u8`
/// itself.
type Arguments = BTreeMap<String, (Option<ColumnType>, bool)>;

/// A native enum, and the module of its declaration.
pub(crate) struct UsedEnum {
    pub(crate) item: EnumType,
    pub(crate) decl: Option<(ModuleId, EnumDecl)>,
}

/// Resolves names over all modules.
pub(crate) struct Resolver<'m> {
    modules: &'m Modules,
    /// Libraries by name.
    libraries: BTreeMap<String, ModuleId>,
    crates: &'m [Crate],
    /// The root module of each crate's targets, by module.
    impls: BTreeMap<(ModuleId, String), usize>,
    /// Enums read so far, by definition.
    enums: BTreeMap<(ModuleId, String), Option<EnumDecl>>,
    /// Enums that columns use.
    pub(crate) used: Vec<UsedEnum>,
    seen: BTreeSet<(ModuleId, String)>,
    /// Renamed values of enums kept as text, collected since they were last taken.
    pub(crate) labels: Vec<Pair<String>>,
    pub(crate) problems: Vec<Diagnostic>,
}

impl<'m> Resolver<'m> {
    pub(crate) fn new(
        modules: &'m Modules,
        crates: &'m [Crate],
        libraries: BTreeMap<String, ModuleId>,
    ) -> Self {
        let mut resolver = Self {
            modules,
            libraries,
            crates,
            impls: BTreeMap::new(),
            enums: BTreeMap::new(),
            used: Vec::new(),
            seen: BTreeSet::new(),
            labels: Vec::new(),
            problems: Vec::new(),
        };
        for (at, found) in modules.impls.iter().enumerate() {
            if let Some(Found::Def(module, name)) = resolver.path(found.module, &found.of, false) {
                resolver.impls.insert((module, name), at);
            }
        }
        resolver
    }

    fn module(&self, id: ModuleId) -> &'m super::graph::Module {
        &self.modules.modules[id]
    }

    fn root(&self, mut id: ModuleId) -> ModuleId {
        while let Some(parent) = self.module(id).parent {
            id = parent;
        }
        id
    }

    /// What a path in a module resolves to.
    pub(crate) fn path(
        &self,
        module: ModuleId,
        segments: &[String],
        leading: bool,
    ) -> Option<Found> {
        self.path_in(module, segments, leading, &mut Vec::new())
    }

    fn path_in(
        &self,
        module: ModuleId,
        segments: &[String],
        leading: bool,
        open: &mut Vec<(ModuleId, String)>,
    ) -> Option<Found> {
        if open.len() > DEPTH {
            return None;
        }
        let (first, mut rest) = segments.split_first()?;
        let mut found = match first.as_str() {
            _ if leading => self.external(module, first),
            "crate" | "$crate" => Found::Module(self.root(module)),
            "self" => Found::Module(module),
            "super" => {
                let mut at = self.module(module).parent?;
                while let Some((next, tail)) = rest.split_first() {
                    if next != "super" {
                        break;
                    }
                    at = self.module(at).parent?;
                    rest = tail;
                }
                Found::Module(at)
            }
            name => match self.name_in(module, name, open) {
                Some(found) => found,
                None if rest.is_empty() && !self.is_library(module, name) => {
                    Found::Unbound(name.to_owned())
                }
                None => self.external(module, name),
            },
        };
        for segment in rest {
            found = match found {
                Found::Module(inner) => self.name_in(inner, segment, open)?,
                Found::Foreign(mut path) => {
                    path.push(segment.clone());
                    Found::Foreign(path)
                }
                Found::Def(..) | Found::Unbound(_) => return None,
            };
        }
        Some(found)
    }

    fn is_library(&self, module: ModuleId, name: &str) -> bool {
        matches!(self.external(module, name), Found::Module(_))
    }

    /// A crate by its name in a module's crate.
    fn external(&self, module: ModuleId, name: &str) -> Found {
        let krate = self.crates.get(self.module(module).krate);
        let real = krate.and_then(|krate| krate.renames.get(name)).map_or(name, String::as_str);
        match self.libraries.get(real) {
            Some(root) => Found::Module(*root),
            None => Found::Foreign(vec![real.to_owned()]),
        }
    }

    /// What a name in a module resolves to: its own names first, then globs.
    fn name_in(
        &self,
        module: ModuleId,
        name: &str,
        open: &mut Vec<(ModuleId, String)>,
    ) -> Option<Found> {
        let key = (module, name.to_owned());
        // `use time;` refers to itself; then the crate is meant.
        if open.contains(&key) || open.len() > DEPTH {
            return None;
        }
        open.push(key);
        let found = self.own_name(module, name, open);
        open.pop();
        found
    }

    fn own_name(
        &self,
        module: ModuleId,
        name: &str,
        open: &mut Vec<(ModuleId, String)>,
    ) -> Option<Found> {
        let here = self.module(module);
        match here.names.get(name) {
            Some(Def::Module(id)) => return Some(Found::Module(*id)),
            Some(Def::Use(path, leading)) => {
                return match self.path_in(module, path, *leading, open) {
                    Some(Found::Unbound(name)) => Some(self.external(module, &name)),
                    other => other,
                };
            }
            Some(
                Def::Alias(_)
                | Def::Enum(_)
                | Def::Value(_)
                | Def::Json
                | Def::Entity(_)
                | Def::Open(_)
                | Def::Other,
            ) => return Some(Found::Def(module, name.to_owned())),
            None => {}
        }
        here.globs.iter().find_map(|(path, leading)| {
            match self.path_in(module, path, *leading, open)? {
                Found::Module(inner) if inner != module => self.name_in(inner, name, open),
                Found::Foreign(mut path) if glob_brings(&path, name) => {
                    path.push(name.to_owned());
                    Some(Found::Foreign(path))
                }
                Found::Module(_) | Found::Foreign(_) | Found::Def(..) | Found::Unbound(_) => None,
            }
        })
    }

    /// The model whose entity a path names.
    pub(crate) fn entity(&self, module: ModuleId, path: &syn::Path) -> Option<usize> {
        let segments: Vec<String> =
            path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        match self.path(module, &segments, path.leading_colon.is_some())? {
            Found::Def(at, name) => match self.module(at).names.get(&name)? {
                Def::Entity(site) => Some(*site),
                Def::Module(_)
                | Def::Use(..)
                | Def::Alias(_)
                | Def::Enum(_)
                | Def::Value(_)
                | Def::Json
                | Def::Other
                | Def::Open(_) => None,
            },
            Found::Module(_) | Found::Foreign(_) | Found::Unbound(_) => None,
        }
    }

    /// The column type of a declaration.
    pub(crate) fn decl(
        &mut self,
        module: ModuleId,
        decl: &TypeDecl,
    ) -> Result<ColumnType, Failure> {
        match decl {
            TypeDecl::Known(known) => Ok(known.clone()),
            TypeDecl::Enum { name, values } => {
                let name = QName::bare(name.clone());
                self.used.push(UsedEnum {
                    item: EnumType { name: name.clone(), values: values.clone(), comment: None },
                    decl: None,
                });
                Ok(ColumnType::Enum(name))
            }
            TypeDecl::Array(element) => {
                Ok(ColumnType::Array(Box::new(self.decl(module, element)?)))
            }
            TypeDecl::Rust(ty) => self.ty(module, ty, &Arguments::new(), 0),
        }
    }

    fn ty(
        &mut self,
        module: ModuleId,
        ty: &Type,
        arguments: &Arguments,
        depth: usize,
    ) -> Result<ColumnType, Failure> {
        match self.read_type(module, ty, arguments, depth) {
            Err(Failure::Unknown(why)) => self.given(module, ty).ok_or(Failure::Unknown(why)),
            read => read,
        }
    }

    /// The column type that `[types]` gives a Rust type by its path from the crate.
    fn given(&self, module: ModuleId, ty: &Type) -> Option<ColumnType> {
        let Type::Path(path) = ty else { return None };
        let path = &path.path;
        let segments: Vec<String> = path.segments.iter().map(|it| plain(&it.ident)).collect();
        let full = match self.path(module, &segments, path.leading_colon.is_some()) {
            Some(Found::Foreign(full)) => full.join("::"),
            Some(Found::Def(at, name)) => format!("{}::{name}", self.path_of(at)?),
            Some(Found::Unbound(name)) => name,
            Some(Found::Module(_)) | None => segments.join("::"),
        };
        let sql = self.modules.types.get(&full)?;
        Some(ColumnType::Verbatim(sql.trim().to_owned()))
    }

    /// The path of a module from its crate's name.
    fn path_of(&self, module: ModuleId) -> Option<String> {
        let Some(parent) = self.module(module).parent else {
            return self.crates.get(self.module(module).krate).map(|krate| krate.name.clone());
        };
        let names = &self.module(parent).names;
        let is_it = |def: &Def| matches!(def, Def::Module(id) if *id == module);
        let (name, _) = names.iter().find(|(_, def)| is_it(def))?;
        Some(format!("{}::{name}", self.path_of(parent)?))
    }

    fn read_type(
        &mut self,
        module: ModuleId,
        ty: &Type,
        arguments: &Arguments,
        depth: usize,
    ) -> Result<ColumnType, Failure> {
        let unknown = |why: &str| Err(Failure::Unknown(why.to_owned()));
        if depth > DEPTH {
            return unknown("never ends");
        }
        let path = match ty {
            Type::Paren(inner) => return self.ty(module, &inner.elem, arguments, depth + 1),
            Type::Group(inner) => return self.ty(module, &inner.elem, arguments, depth + 1),
            Type::Reference(inner) => return self.ty(module, &inner.elem, arguments, depth + 1),
            Type::Path(path) if path.qself.is_none() => &path.path,
            Type::Path(_) => return unknown("is an associated type"),
            Type::Macro(_) => return unknown("is written by a macro"),
            _ => return unknown("is not a type that SeaORM stores"),
        };
        let segments: Vec<String> =
            path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        if let ([only], None) = (segments.as_slice(), path.leading_colon)
            && let Some((known, _)) = arguments.get(only)
        {
            return known.clone().ok_or_else(|| Failure::Unknown("is not a column".to_owned()));
        }
        let inner = path.segments.last().and_then(|last| match &last.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().find_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }),
            _ => None,
        });
        let known = match self.path(module, &segments, path.leading_colon.is_some()) {
            None => return unknown("leads nowhere"),
            Some(Found::Module(_)) => return unknown("is a module"),
            Some(Found::Unbound(name)) => match primitive(&name) {
                Some(known) => known,
                None => return unknown("is not declared where it is used"),
            },
            Some(Found::Foreign(full)) => match foreign(&full) {
                Some(known) => known,
                None => {
                    return Err(Failure::Unknown(format!(
                        "comes from the crate `{}`, which source reading can't see into",
                        full.first().map_or("", String::as_str)
                    )));
                }
            },
            Some(Found::Def(at, name)) => {
                let list = path.segments.last().map(|last| &last.arguments);
                return self.def(at, &name, list, (module, arguments), depth + 1);
            }
        };
        match (known, inner) {
            (Foreign::Column(known), _) => Ok(known),
            (Foreign::Through, Some(inner)) => self.ty(module, inner, arguments, depth + 1),
            (Foreign::Vec, Some(inner)) => {
                // Only `u8` itself gives bytes, not a newtype over it.
                let byte = ColumnType::Integer { width: IntWidth::Tiny, unsigned: true };
                let element = self.ty(module, inner, arguments, depth + 1)?;
                if element == byte && self.is_u8(module, inner, arguments, depth) {
                    return Ok(ColumnType::VarBinary(None));
                }
                Ok(ColumnType::Array(Box::new(element)))
            }
            (Foreign::Through | Foreign::Vec, None) => unknown("has no type argument"),
        }
    }

    /// Whether a type is `u8`, also through aliases.
    fn is_u8(&self, module: ModuleId, ty: &Type, arguments: &Arguments, depth: usize) -> bool {
        let Type::Path(path) = ty else { return false };
        if depth > DEPTH {
            return false;
        }
        let segments: Vec<String> =
            path.path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        if let [only] = segments.as_slice()
            && let Some((_, byte)) = arguments.get(only)
        {
            return *byte;
        }
        match self.path(module, &segments, path.path.leading_colon.is_some()) {
            Some(Found::Unbound(name)) => name == "u8",
            Some(Found::Foreign(full)) => full.last().is_some_and(|last| last == "u8"),
            Some(Found::Def(at, name)) => match self.module(at).names.get(&name) {
                Some(Def::Alias(alias)) => self.is_u8(at, &alias.ty, &Arguments::new(), depth + 1),
                Some(
                    Def::Module(_)
                    | Def::Use(..)
                    | Def::Enum(_)
                    | Def::Value(_)
                    | Def::Json
                    | Def::Entity(_)
                    | Def::Open(_)
                    | Def::Other,
                )
                | None => false,
            },
            Some(Found::Module(_)) | None => false,
        }
    }

    fn def(
        &mut self,
        at: ModuleId,
        name: &str,
        list: Option<&PathArguments>,
        (from, outer): (ModuleId, &Arguments),
        depth: usize,
    ) -> Result<ColumnType, Failure> {
        if let Some(found) = self.impls.get(&(at, name.to_owned())).copied() {
            let found = &self.modules.impls[found];
            if let TypeDecl::Rust(ty) = &found.ty {
                return self.ty(found.module, ty, &Arguments::new(), depth);
            }
            return self.decl(found.module, &found.ty);
        }
        match self.module(at).names.get(name) {
            Some(Def::Alias(alias)) => {
                let given = arguments_of(list);
                let mut arguments = Arguments::new();
                for (parameter, ty) in alias.generics.type_params().zip(&given) {
                    // A parameter need not be a column type if it is not stored.
                    let known = self.ty(from, ty, outer, depth).ok();
                    let byte = self.is_u8(from, ty, outer, depth);
                    arguments.insert(parameter.ident.to_string(), (known, byte));
                }
                self.ty(at, &alias.ty, &arguments, depth)
            }
            Some(Def::Enum(_)) => match self.enum_decl(at, name) {
                Some(decl) => {
                    let ty = decl.ty.clone();
                    self.labels.extend(decl.labels);
                    if let Some(item) = decl.native {
                        self.use_enum(at, name, item);
                    }
                    self.decl(at, &ty)
                }
                None => Err(Failure::Told),
            },
            Some(Def::Value(item)) => {
                let mut findings = Findings::default();
                let decl =
                    read_value_type(&item.ident, &item.attrs, fields_of(item), &mut findings);
                self.tell(at, findings);
                match decl {
                    Some(TypeDecl::Rust(ty)) => self.ty(at, &ty, &Arguments::new(), depth),
                    Some(other) => self.decl(at, &other),
                    None => Err(Failure::Told),
                }
            }
            Some(Def::Json) => Ok(ColumnType::Json),
            Some(Def::Open(cfg)) => Err(Failure::Unknown(format!(
                "is another type under another `{cfg}`, which cannot be determined here"
            ))),
            Some(Def::Entity(_) | Def::Other | Def::Module(_) | Def::Use(..)) | None => {
                Err(Failure::Unknown(
                    "derives neither `DeriveValueType` nor `DeriveActiveEnum`, and no plain \
                     `impl ValueType` of it was found"
                        .to_owned(),
                ))
            }
        }
    }

    /// An enum by its definition; its errors are reported once.
    pub(crate) fn enum_decl(&mut self, at: ModuleId, name: &str) -> Option<EnumDecl> {
        let key = (at, name.to_owned());
        if let Some(known) = self.enums.get(&key) {
            return known.clone();
        }
        let mut decl = None;
        if let Some(Def::Enum(item)) = self.module(at).names.get(name) {
            let mut findings = Findings::default();
            let derived = crate::attr::derives(&item.attrs);
            let has = |name: &str| derived.iter().any(|derive| derive == name);
            decl = read_enum(item, has("DeriveActiveEnum"), has("Autogen"), &mut findings);
            self.tell(at, findings);
        }
        self.enums.insert(key, decl.clone());
        decl
    }

    pub(crate) fn use_enum(&mut self, at: ModuleId, name: &str, item: EnumType) {
        if self.seen.insert((at, name.to_owned())) {
            let decl = self.enum_decl(at, name).map(|decl| (at, decl));
            self.used.push(UsedEnum { item, decl });
        }
    }

    fn tell(&mut self, at: ModuleId, findings: Findings) {
        let file = self.modules.files.get(self.module(at).file);
        let file = file.map_or("", String::as_str);
        self.problems.extend(findings.0.into_iter().map(|finding| finding.locate(file)));
    }
}

fn arguments_of(list: Option<&PathArguments>) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(list)) = list else {
        return Vec::new();
    };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect()
}

/// A type as a user reads it.
pub(crate) fn type_text(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace(" ! ", "!")
        .replace("& ", "&")
}
