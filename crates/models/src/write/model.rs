//! The file of a table: an entity in one of SeaORM's formats, or a plain struct.

use autogen_dialect::Dialect;
use autogen_schema::{QName, Schema, Table};
use proc_macro2::TokenStream;
use quote::quote;

use super::field;
use super::names::{FieldName, Module, ident};
use super::objects::{KeyWords, Objects};
use super::print::{self, attribute, docs, pair};
use super::relations::{Kind, Relation};
use super::types::Typed;
use super::{Form, Format};
use crate::case::variant_of;

/// Everything about one table.
pub(super) struct Model<'a> {
    pub(super) dialect: Dialect,
    pub(super) types: &'a Schema,
    pub(super) table: &'a Table,
    pub(super) module: &'a Module,
    pub(super) form: Form,
    pub(super) format: Format,
    pub(super) fields: &'a [FieldName],
    pub(super) typed: Vec<Typed>,
    pub(super) objects: Objects,
    pub(super) relations: &'a [Relation],
    /// The module of each table.
    pub(super) module_of: &'a dyn Fn(&QName) -> String,
}

impl Model<'_> {
    /// The file.
    pub(super) fn file(&self) -> String {
        let compact = self.is_entity() && self.format == Format::Compact;
        let mut items = vec![self.imports(), self.enums(), self.item()];
        if compact {
            items.push(self.relation_enum());
            items.extend(self.relations.iter().filter_map(|it| self.related(it)));
        }
        if self.is_entity() {
            items.push(quote!(
                impl ActiveModelBehavior for ActiveModel {}
            ));
        }
        items.retain(|it| !it.is_empty());
        print::file(items)
    }

    fn is_entity(&self) -> bool {
        match self.form {
            Form::Whole | Form::Partial => true,
            Form::Plain | Form::Omitted => false,
        }
    }

    fn imports(&self) -> TokenStream {
        let autogen = (self.form != Form::Partial).then(|| {
            quote!(
                use sea_autogen::Autogen;
            )
        });
        let prelude = (self.format != Format::Plain).then(|| {
            quote!(
                use sea_orm::entity::prelude::*;
            )
        });
        quote!(#autogen #prelude)
    }

    /// The enums that columns have.
    fn enums(&self) -> TokenStream {
        let mut enums: Vec<&String> =
            self.typed.iter().filter_map(|it| it.import.as_ref()).collect();
        enums.sort();
        enums.dedup();
        let module = ident(super::enums_module(self.format));
        let enums = enums.into_iter().map(|name| ident(name)).collect::<Vec<_>>();
        match enums.as_slice() {
            [] => TokenStream::new(),
            [only] => quote!(
                use super::#module::#only;
            ),
            several => quote!(
                use super::#module::{#(#several),*};
            ),
        }
    }

    /// The struct.
    fn item(&self) -> TokenStream {
        let comments = self.comments();
        let documented = comments.iter().any(|text| docs(text).is_some());
        let mut autogen: Vec<Vec<String>> = Vec::new();
        let mut head = Vec::new();
        let mut sea_orm = Vec::new();
        let name = &self.table.name;
        if self.is_entity() {
            sea_orm.push(pair("table_name", &name.name));
            sea_orm.extend(name.schema.iter().map(|it| pair("schema_name", it)));
        } else {
            head.push(pair("table", &name.name));
            head.extend(name.schema.iter().map(|it| pair("schema", it)));
        }
        if documented {
            head.push(pair("comments", "docs"));
        }
        let comment = self.table.comment.as_deref();
        let documentation = comment.and_then(docs);
        if let Some(comment) = comment.filter(|_| documentation.is_none()) {
            head.push(pair("comment", comment));
        }
        autogen.push(head);
        autogen.extend(self.objects.of_struct.iter().map(|it| vec![it.clone()]));
        let autogen = autogen.iter().map(|it| self.autogen(it));
        let sea_orm = attribute("sea_orm", &sea_orm);
        let (dense, derives) = self.derives();
        let struct_name = match self.is_entity() {
            true => ident("Model"),
            false => ident(&self.module.alias),
        };
        let fields = self.columns(documented);
        let relations = self.relation_fields();
        quote! {
            #documentation
            #dense
            #derives
            #sea_orm
            #(#autogen)*
            pub struct #struct_name {
                #(#fields,)*
                #(#relations,)*
            }
        }
    }

    /// `#[autogen(..)]`, which only structs with the derive may have.
    fn autogen(&self, items: &[String]) -> TokenStream {
        match self.form {
            Form::Whole | Form::Plain => attribute("autogen", items),
            Form::Partial | Form::Omitted => TokenStream::new(),
        }
    }

    fn comments(&self) -> Vec<&str> {
        let columns = self.table.columns.iter().filter_map(|it| it.comment.as_deref());
        self.table.comment.as_deref().into_iter().chain(columns).collect()
    }

    fn derives(&self) -> (TokenStream, TokenStream) {
        let mut names = vec![quote!(Clone), quote!(Debug), quote!(PartialEq)];
        if self.typed.iter().all(|it| it.eq) {
            names.push(quote!(Eq));
        }
        if self.is_entity() {
            names.push(quote!(DeriveEntityModel));
        }
        if self.form != Form::Partial {
            names.push(quote!(Autogen));
        }
        let dense = match self.is_entity() && self.format == Format::Dense {
            true => quote!(#[sea_orm::model]),
            false => TokenStream::new(),
        };
        (dense, quote!(#[derive(#(#names),*)]))
    }

    fn columns(&self, documented: bool) -> Vec<TokenStream> {
        let writer = field::Writer {
            dialect: self.dialect,
            types: self.types,
            table: self.table,
            entity: self.is_entity(),
            documented,
            whole: self.form != Form::Partial,
        };
        let columns = self.table.columns.iter().zip(self.fields);
        let rest = self.typed.iter().zip(&self.objects.of_fields);
        columns
            .zip(rest)
            .map(|((column, name), (typed, objects))| {
                writer.write(column, name, typed, objects.clone())
            })
            .collect()
    }

    /// The path of an entity.
    fn entity(&self, name: &QName) -> TokenStream {
        if *name == self.table.name {
            return quote!(Entity);
        }
        let module = ident(&(self.module_of)(name));
        quote!(super::#module::Entity)
    }

    /// The relations of the dense format.
    fn relation_fields(&self) -> Vec<TokenStream> {
        if !self.is_entity() || self.format != Format::Dense {
            return Vec::new();
        }
        self.relations.iter().map(|it| self.relation_field(it)).collect()
    }

    fn relation_field(&self, relation: &Relation) -> TokenStream {
        let itself = relation.target == self.table.name;
        let entity = self.entity(&relation.target);
        let mut items = Vec::new();
        let mut autogen = Vec::new();
        let of_itself = |word: &str| if itself { "self_ref" } else { word }.to_owned();
        let ty = match &relation.kind {
            Kind::BelongsTo { key, optional } => {
                items.push(of_itself("belongs_to"));
                if let Some(KeyWords::Named(name)) = self.objects.keys.get(*key) {
                    autogen.push(pair("fk_name", name));
                }
                if *optional {
                    quote!(BelongsTo<Option<#entity>>)
                } else {
                    quote!(BelongsTo<#entity>)
                }
            }
            Kind::HasOne { .. } => {
                items.push(of_itself("has_one"));
                quote!(HasOne<#entity>)
            }
            Kind::HasMany { .. } => {
                items.push(of_itself("has_many"));
                quote!(HasMany<#entity>)
            }
            Kind::Via { junction } => {
                items.push("has_many".to_owned());
                items.push(pair("via", &(self.module_of)(junction)));
                quote!(HasMany<#entity>)
            }
        };
        if relation.named {
            items.push(pair("relation_enum", &relation.variant));
        }
        items.extend(relation.reverse.iter().map(|it| pair("relation_reverse", it)));
        match &relation.kind {
            Kind::BelongsTo { .. } => {
                items.push(pair("from", &listed(&relation.from)));
                items.push(pair("to", &listed(&relation.to)));
                items.extend(relation.actions.iter().cloned());
            }
            Kind::HasOne { back } | Kind::HasMany { back } if !itself => {
                items.extend(back.variant.iter().map(|it| pair("via_rel", it)));
            }
            Kind::HasOne { .. } | Kind::HasMany { .. } | Kind::Via { .. } => {}
        }
        let sea_orm = attribute("sea_orm", &items);
        let autogen = self.autogen(&autogen);
        let field = ident(&relation.field);
        quote!(#sea_orm #autogen pub #field: #ty)
    }

    /// The `Relation` of the compact format.
    fn relation_enum(&self) -> TokenStream {
        let variants = self.relations.iter().filter_map(|it| self.relation_variant(it));
        quote! {
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation { #(#variants),* }
        }
    }

    fn relation_variant(&self, relation: &Relation) -> Option<TokenStream> {
        let prefix = match relation.target == self.table.name {
            true => String::new(),
            false => format!("super::{}::", (self.module_of)(&relation.target)),
        };
        let entity = format!("{prefix}Entity");
        let mut items = Vec::new();
        match &relation.kind {
            Kind::BelongsTo { key, .. } => {
                items.push(pair("belongs_to", &entity));
                items.push(pair("from", &columns(&relation.from, "")));
                items.push(pair("to", &columns(&relation.to, &prefix)));
                items.extend(relation.actions.iter().cloned());
                if let Some(KeyWords::Named(name)) = self.objects.keys.get(*key) {
                    items.push(pair("fk_name", name));
                }
            }
            Kind::HasOne { back } => {
                items.push(pair("has_one", &entity));
                items.extend(back.variant.iter().map(|it| pair("via_rel", &via(it))));
            }
            Kind::HasMany { back } => {
                items.push(pair("has_many", &entity));
                items.extend(back.variant.iter().map(|it| pair("via_rel", &via(it))));
            }
            Kind::Via { .. } => return None,
        }
        let sea_orm = attribute("sea_orm", &items);
        let variant = ident(&relation.variant);
        Some(quote!(#sea_orm #variant))
    }

    /// `impl Related`, where the other entity is related in one way only.
    fn related(&self, relation: &Relation) -> Option<TokenStream> {
        if relation.named || relation.target == self.table.name {
            return None;
        }
        let entity = self.entity(&relation.target);
        let variant = ident(&relation.variant);
        if let Kind::Via { junction } = &relation.kind {
            let module = ident(&(self.module_of)(junction));
            let own = ident(&super::names::type_name(&self.module.name));
            return Some(quote! {
                impl Related<#entity> for Entity {
                    fn to() -> RelationDef {
                        super::#module::Relation::#variant.def()
                    }
                    fn via() -> Option<RelationDef> {
                        Some(super::#module::Relation::#own.def().rev())
                    }
                }
            });
        }
        Some(quote! {
            impl Related<#entity> for Entity {
                fn to() -> RelationDef {
                    Relation::#variant.def()
                }
            }
        })
    }
}

/// One name, or several in parentheses.
fn listed(names: &[String]) -> String {
    match names {
        [only] => only.clone(),
        several => format!("({})", several.join(", ")),
    }
}

/// Variants of `Column`.
fn columns(fields: &[String], prefix: &str) -> String {
    let variant = |field: &String| {
        let variant = variant_of(field);
        let escape = if variant == "Self" { "_" } else { "" };
        format!("{prefix}Column::{variant}{escape}")
    };
    listed(&fields.iter().map(variant).collect::<Vec<_>>())
}

fn via(variant: &str) -> String {
    format!("Relation::{variant}")
}
