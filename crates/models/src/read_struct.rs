//! Reads a model struct, in any of the formats, into a [`Model`].

use autogen_schema::{
    Check, Column, ColumnType, Constraint, Identity, Index, Name, QName, Rename, Unique, ViewKind,
};
use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Fields, ItemStruct, Type};

use crate::attr::{Item, Value, docs, items_of, once, require_certain};
use crate::case::{CASE_STYLES, CaseStyle, column_of};
use crate::codes::{BAD_VALUE, CONTRADICTION, DUPLICATE_COLUMN, NO_TABLE, SHAPE, TWO_NAMES};
use crate::column_type::TypeDecl;
use crate::diagnostic::Findings;
use crate::field::{self, FieldSpec};
use crate::model::{Field, Model};
use crate::{relation, table_attr};

/// The keys of `#[autogen(..)]` on a struct.
pub(crate) const STRUCT_KEYS: &[&str] = &[
    "table",
    "schema",
    "comment",
    "comments",
    "check",
    "index",
    "unique",
    "primary_key",
    "foreign_key",
    "exclude",
    "strict",
    "without_rowid",
    "unlogged",
    "with",
    "tablespace",
    "engine",
    "charset",
    "collation",
    "row_format",
    "partition_by",
    "renamed_from",
    "skip",
    "view",
    "materialized_view",
    "crate",
];

/// What is known about the struct from elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// Whether the struct derives `Autogen`: what it does not declare is dropped.
    pub whole: bool,
    /// Whether it derives `DeriveEntityModel`; `None` if the derives are not visible.
    pub entity: Option<bool>,
}

/// Names of primary key types that SeaORM does not auto-increment.
const NOT_NUMBERED: [&str; 2] = ["String", "Uuid"];

#[derive(Default)]
struct StructSpec {
    table: Option<String>,
    sea_orm_table: bool,
    schema: Option<String>,
    comment: Option<String>,
    rename_all: Option<CaseStyle>,
    comments_from_docs: bool,
    skip: bool,
    view: Option<(ViewKind, String)>,
    objects: Vec<Item>,
}

/// Reads a struct; `None` if it is not a table, or cannot be read.
pub fn read_struct(item: &ItemStruct, context: Context, findings: &mut Findings) -> Option<Model> {
    let mut spec = StructSpec::default();
    for part in items_of(&item.attrs, "sea_orm", findings) {
        sea_orm(&part, &mut spec, findings);
    }
    let items = items_of(&item.attrs, "autogen", findings);
    let repeatable = ["check", "index", "unique", "foreign_key", "exclude"];
    once(&items, &repeatable, findings);
    for part in items {
        autogen(part, item, &mut spec, findings);
    }
    let view = spec.view.take();
    if !spec.skip && view.is_none() {
        return build(item, context, spec, findings);
    }
    if view.is_some() && spec.table.is_none() {
        no_table(item, context, findings);
    }
    // Problems inside a skipped struct are not reported; a view has its columns from its query.
    spec.table.as_ref()?;
    let skip = spec.skip;
    let mut model = build(item, context, spec, &mut Findings::default())?;
    model.skip = true;
    model.view = view.filter(|_| !skip);
    Some(model)
}

fn no_table(item: &ItemStruct, context: Context, findings: &mut Findings) {
    findings.add(
        item.ident.span(),
        NO_TABLE,
        format!("`{}` does not name its table", item.ident),
        if context.entity == Some(true) {
            "write `#[sea_orm(table_name = \"..\")]`"
        } else {
            "write `#[autogen(table = \"..\")]`, or `#[sea_orm(table_name = \"..\")]` \
             beside `DeriveEntityModel`"
        },
    );
}

fn build(
    item: &ItemStruct,
    context: Context,
    mut spec: StructSpec,
    findings: &mut Findings,
) -> Option<Model> {
    let Fields::Named(fields) = &item.fields else {
        findings.add(
            item.ident.span(),
            SHAPE,
            format!("`{}` has no named fields", item.ident),
            "a table is a struct with named fields",
        );
        return None;
    };
    if !item.generics.params.is_empty() {
        findings.add(
            item.ident.span(),
            SHAPE,
            format!("`{}` has parameters", item.ident),
            "a table is a struct without type parameters",
        );
        return None;
    }
    let Some(table) = spec.table.take() else {
        no_table(item, context, findings);
        return None;
    };
    let mut model = Model::new(&item.ident, QName::new(spec.schema.take(), table));
    model.whole = context.whole;
    model.entity = context.entity.unwrap_or(spec.sea_orm_table);
    model.table.comment = spec.comment.take();

    let mut specs = Vec::new();
    require_certain(
        (&format!("`{}`", item.ident), false),
        item.ident.span(),
        &item.attrs,
        findings,
    );
    for field in &fields.named {
        if let Some(ident) = &field.ident {
            let what = format!("`{}.{ident}`", item.ident);
            require_certain((&what, true), ident.span(), &field.attrs, findings);
        }
        if relation::is_relation(&field.ty) && model.entity {
            model.relations.extend(relation::read_field(field, findings));
            continue;
        }
        let spec_of = field::read(field, (model.whole, model.entity), findings);
        if !spec_of.ignore {
            specs.push((field, spec_of));
        }
    }
    for (field, spec_of) in &specs {
        add_column(&mut model, field, spec_of, &spec, findings);
    }
    number_primary_key(&mut model, &specs, findings);
    for (at, (_, spec_of)) in specs.iter().enumerate() {
        add_field_objects(&mut model, at, spec_of, findings);
    }
    add_unique_keys(&mut model, &specs);
    for part in &spec.objects {
        add_object(&mut model, part, findings);
    }
    let objects = specs.iter().flat_map(|(_, spec_of)| &spec_of.objects);
    check_names(&model, objects.chain(&spec.objects), findings);
    Some(model)
}

fn sea_orm(part: &Item, spec: &mut StructSpec, findings: &mut Findings) {
    match part.key.as_str() {
        "table_name" => {
            spec.table = part.name(findings);
            spec.sea_orm_table = true;
        }
        "schema_name" => spec.schema = part.name(findings),
        "comment" => spec.comment = part.text(findings),
        "rename_all" => {
            if let Some(text) = part.lit_str(findings) {
                spec.rename_all = CaseStyle::parse(&text.value());
                if spec.rename_all.is_none() {
                    findings.add(
                        text.span(),
                        BAD_VALUE,
                        format!("`{}` is not a case style", text.value()),
                        format!("it is one of {}", CASE_STYLES.join(", ")),
                    );
                }
            }
        }
        // Other keys concern only Rust; SeaORM rejects unknown ones.
        _ => {}
    }
}

fn autogen(part: Item, item: &ItemStruct, spec: &mut StructSpec, findings: &mut Findings) {
    match part.key.as_str() {
        "table" | "schema" if spec.sea_orm_table => findings.add(
            part.span,
            CONTRADICTION,
            format!("SeaORM's queries would ignore this `{}`", part.key),
            format!("write `#[sea_orm({}_name = \"..\")]`, which autogen reads too", part.key),
        ),
        "table" => spec.table = part.name(findings),
        "schema" => spec.schema = part.name(findings),
        "comment" => {
            spec.comment = match part.value {
                Value::Flag => docs(&item.attrs),
                Value::Expr(_) | Value::List(_) => part.text(findings),
            };
        }
        "comments" => {
            if part.text(findings).as_deref() == Some("docs") {
                spec.comments_from_docs = true;
                spec.comment = spec.comment.take().or_else(|| docs(&item.attrs));
            } else {
                findings.add(
                    part.value_span(),
                    BAD_VALUE,
                    "`comments` is \"docs\"",
                    "write `comments = \"docs\"` to make `///` the comments of table and columns",
                );
            }
        }
        "skip" => spec.skip = part.flag(findings),
        "view" => spec.view = part.text(findings).map(|sql| (ViewKind::Plain, sql)),
        "materialized_view" => {
            spec.view = part.text(findings).map(|sql| (ViewKind::Materialized, sql));
        }
        "crate" => {
            part.text(findings);
        }
        key if STRUCT_KEYS.contains(&key) => spec.objects.push(part),
        _ => part.unknown("#[autogen(..)] on a struct", STRUCT_KEYS, findings),
    }
}

/// The type inside `Option<..>` if SeaORM treats it as nullable: it compares the text, so
/// `std::option::Option` and aliases are not nullable.
pub(crate) fn optional(ty: &Type, entity: bool) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let seen = if entity {
        path.path.segments.len() == 1 && path.qself.is_none() && path.path.leading_colon.is_none()
    } else {
        true
    };
    if !seen || last.ident != "Option" {
        return None;
    }
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

fn add_column(
    model: &mut Model,
    field: &syn::Field,
    spec: &FieldSpec,
    table: &StructSpec,
    findings: &mut Findings,
) {
    let Some(ident) = &field.ident else { return };
    let name = ident.unraw().to_string();
    let (column, variant) =
        column_of(&name, table.rename_all, spec.column.clone(), spec.enum_name.clone());
    let inner = optional(&field.ty, model.entity);
    let ty = spec.ty.clone();
    let explicit = ty.is_some();
    let ty = ty.unwrap_or_else(|| TypeDecl::Rust(Box::new(inner.unwrap_or(&field.ty).clone())));
    if let Some(before) = model.table.column(&column) {
        findings.add(
            ident.span(),
            DUPLICATE_COLUMN,
            format!("`{}` has two columns `{}`", model.table.name, before.name),
            "give each field a column of its own",
        );
        return;
    }
    let mut built =
        Column::new(&column, ty.known().unwrap_or_else(|| ColumnType::Verbatim(String::new())));
    built.nullable = spec.nullable.unwrap_or(inner.is_some());
    built.default = spec.default.as_ref().map(|(_, value)| value.clone());
    built.identity = spec.identity.as_ref().map(|(_, value)| value.clone());
    built.generated = spec.generated.as_ref().map(|(_, value)| value.clone());
    built.collation = spec.collation.clone();
    built.charset = spec.charset.clone();
    built.on_update = spec.on_update.clone();
    built.invisible = spec.invisible;
    built.comment = spec.comment.clone().or_else(|| {
        (spec.comment_from_docs || table.comments_from_docs).then(|| docs(&field.attrs)).flatten()
    });
    if let Some(before) = &spec.renamed_from {
        model.renames.push(Rename::Column {
            table: model.table.name.clone(),
            before: before.clone(),
            after: column.clone(),
        });
    }
    let entry = |expr: &autogen_schema::Expr| (column.clone(), expr.clone());
    model.fills.extend(spec.fill.as_ref().map(entry));
    model.usings.extend(spec.using.as_ref().map(entry));
    model.table.columns.push(built);
    model.fields.push(Field {
        name,
        variant,
        span: ident.span(),
        ty,
        explicit,
        auto: false,
        unsigned: spec.unsigned,
    });
}

/// Whether SeaORM auto-increments a type, by its text.
fn is_numbered(ty: &Type) -> bool {
    let text: String = ty.to_token_stream().to_string().split_whitespace().collect();
    !NOT_NUMBERED.iter().any(|suffix| text.ends_with(suffix))
}

fn number_primary_key(
    model: &mut Model,
    specs: &[(&syn::Field, FieldSpec)],
    findings: &mut Findings,
) {
    let mut keys = Vec::new();
    let mut auto: Option<bool> = None;
    for (field, spec) in specs {
        auto = spec.auto_increment.or(auto);
        if !spec.primary_key {
            continue;
        }
        keys.push((*field, spec));
        let ty = optional(&field.ty, model.entity).unwrap_or(&field.ty);
        if auto.is_none() && !is_numbered(ty) {
            auto = Some(false);
        }
    }
    let names: Vec<String> = keys
        .iter()
        .filter_map(|(field, _)| field.ident.as_ref())
        .filter_map(|ident| model.column_named(&ident.unraw().to_string()))
        .map(ToOwned::to_owned)
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    model.imply_primary_key(&names);
    if let ([(_, spec)], [name]) = (keys.as_slice(), names.as_slice()) {
        let said = spec.identity.is_some() || spec.default.is_some() || spec.generated.is_some();
        let at = model.table.columns.iter().position(|column| column.name == *name);
        if let Some(field) = at.and_then(|at| model.fields.get_mut(at)) {
            field.auto = auto.unwrap_or(true) && !said;
        }
    } else if let Some((field, _)) =
        keys.iter().find(|(_, spec)| spec.auto_increment == Some(true) && spec.identity.is_none())
    {
        findings.add(
            field.ident.as_ref().map_or_else(Span::call_site, syn::Ident::span),
            CONTRADICTION,
            "`auto_increment` on a primary key of several columns",
            "remove it, or write `#[autogen(identity = \"by default\")]`",
        );
    }
}

fn add_field_objects(model: &mut Model, at: usize, spec: &FieldSpec, findings: &mut Findings) {
    let Some(name) = model.table.columns.get(at).map(|column| column.name.clone()) else {
        return;
    };
    if spec.unique {
        model.add_unique(Unique::new(Name::Free(None), &[&name]));
    }
    if spec.indexed && !spec.unique {
        let index = Name::proposed(format!("idx-{}-{name}", model.table.name.name));
        model.add_index(Index::new(index, &[&name]));
    }
    for (check, expr) in &spec.checks {
        let check = check.clone().map_or(Name::Free(None), Name::Exact);
        model.table.checks.push(Check::new(check, expr.as_str()));
    }
    for item in &spec.objects {
        match item.key.as_str() {
            "check" => {
                let check = table_attr::check(model, item, findings);
                model.table.checks.extend(check);
            }
            "unique" => {
                if let Some(unique) = table_attr::unique(model, item, Some(&name), findings) {
                    model.add_unique(unique);
                }
            }
            "index" => {
                if let Some(index) = table_attr::index(model, item, Some(&name), findings) {
                    model.add_index(index);
                }
            }
            _ => {
                let key = table_attr::foreign_key(model, item, Some(&name), findings);
                model.foreign_keys.extend(key);
            }
        }
    }
}

/// `unique_key` gives unique indexes; their columns are in the order of the fields.
fn add_unique_keys(model: &mut Model, specs: &[(&syn::Field, FieldSpec)]) {
    let mut keys: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
    for (field, spec) in specs {
        let Some(ident) = &field.ident else { continue };
        if let Some(key) = &spec.unique_key
            && let Some(column) = model.column_named(&ident.unraw().to_string())
        {
            keys.entry(key).or_default().push(column.to_owned());
        }
    }
    for (key, columns) in keys {
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let name = Name::proposed(format!("idx-{}-{key}", model.table.name.name));
        let mut index = Index::new(name, &columns);
        index.unique = true;
        model.add_index(index);
    }
}

fn add_object(model: &mut Model, item: &Item, findings: &mut Findings) {
    match item.key.as_str() {
        "check" => {
            let check = table_attr::check(model, item, findings);
            model.table.checks.extend(check);
        }
        "unique" => {
            if let Some(unique) = table_attr::unique(model, item, None, findings) {
                model.add_unique(unique);
            }
        }
        "index" => {
            if let Some(index) = table_attr::index(model, item, None, findings) {
                model.add_index(index);
            }
        }
        "foreign_key" => {
            let key = table_attr::foreign_key(model, item, None, findings);
            model.foreign_keys.extend(key);
        }
        "exclude" => {
            let exclusion = table_attr::exclude(model, item, findings);
            model.table.exclusions.extend(exclusion);
        }
        "primary_key" => {
            let implied = model.table.primary_key.clone();
            if let Some(key) = table_attr::primary_key(model, item, implied, findings) {
                let several = key.columns.len() > 1;
                for (column, field) in model.table.columns.iter().zip(&mut model.fields) {
                    let part = key.columns.iter().any(|part| part.column == column.name);
                    field.auto &= part && !several;
                }
                model.table.primary_key = Some(key);
            }
        }
        "renamed_from" => {
            if let Some(before) = item.name(findings) {
                let before = QName::parse(&before);
                // A name without schema is in the schema of the table.
                let before = match before.schema {
                    Some(_) => before,
                    None => model.table.name.sibling(before.name),
                };
                model.renames.push(Rename::Table { before, after: model.table.name.clone() });
            }
        }
        _ => table_option(model, item, findings),
    }
}

fn table_option(model: &mut Model, item: &Item, findings: &mut Findings) {
    let options = &mut model.table.options;
    match item.key.as_str() {
        "strict" => options.strict = item.flag(findings),
        "without_rowid" => options.without_rowid = item.flag(findings),
        "unlogged" => options.unlogged = item.flag(findings),
        "with" => options.storage = table_attr::storage(item, findings),
        "tablespace" => options.tablespace = item.name(findings),
        "engine" => options.engine = item.name(findings),
        "charset" => options.charset = item.name(findings),
        "collation" => options.collation = item.name(findings),
        "row_format" => options.row_format = item.name(findings),
        "partition_by" => {
            let by = item.name(findings);
            model.table.partitioning = by.map(autogen_schema::Partitioning::new);
        }
        _ => {}
    }
}

/// Reports two objects of one table with the same name.
fn check_names<'a>(
    model: &Model,
    objects: impl Iterator<Item = &'a Item>,
    findings: &mut Findings,
) {
    let mut said: Vec<syn::LitStr> = Vec::new();
    let mut ignored = Findings::default();
    for object in objects {
        let parts = match &object.value {
            Value::List(_) => object.nested(&mut ignored),
            Value::Flag | Value::Expr(_) => continue,
        };
        let names = parts.iter().filter(|part| part.key == "name");
        said.extend(names.filter_map(|part| part.lit_str(&mut ignored).cloned()));
    }
    let constraints = model.table.constraints();
    let mut names: Vec<&Name> = constraints.iter().map(Constraint::name).collect();
    names.extend(model.foreign_keys.iter().map(|key| &key.key.name));
    // An index may have the name of a foreign key or a check, and not that of a key.
    let mut indexes: Vec<&Name> = model.table.indexes.iter().map(|index| &index.name).collect();
    indexes.extend(constraints.iter().filter_map(|constraint| match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclusion(_) => {
            Some(constraint.name())
        }
        Constraint::ForeignKey(_) | Constraint::Check(_) => None,
    }));
    let twice: std::collections::BTreeSet<&str> =
        [names, indexes].into_iter().flat_map(twice).collect();
    for text in twice {
        let last = said.iter().rfind(|one| one.value() == text);
        findings.add(
            last.map_or(model.span, syn::LitStr::span),
            TWO_NAMES,
            format!("`{}` has two objects named `{text}`", model.table.name),
            "give each its own name",
        );
    }
}

/// The names that are used more than once.
fn twice(names: Vec<&Name>) -> Vec<&str> {
    let mut seen = std::collections::BTreeSet::new();
    let texts = names.into_iter().filter_map(Name::text);
    texts.filter(|text| !seen.insert(*text)).collect()
}

/// Sets the resolved type, and what depends on it.
pub(crate) fn settle(column: &mut Column, field: &Field, ty: ColumnType, findings: &mut Findings) {
    column.data_type = ty;
    if field.unsigned {
        if let ColumnType::Integer { unsigned, .. } = &mut column.data_type {
            *unsigned = true;
        } else {
            findings.add(
                field.span,
                CONTRADICTION,
                format!(
                    "`{}` is unsigned, but not an integer ({:?})",
                    column.name, column.data_type
                ),
                "write the type as SQL: `#[autogen(sql_type = \"..\")]`",
            );
        }
    }
    if field.auto
        && matches!(column.data_type, ColumnType::Integer { .. })
        && column.identity.is_none()
    {
        column.identity = Some(Identity::Auto);
    }
}
