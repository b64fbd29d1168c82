//! Rust names for the names of a database: of modules, types, fields and variants.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{QName, Schema, Table};
use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

use crate::case::variant_of;

/// Modules that are not tables, and names that a file in the folder can't have.
const TAKEN_MODULES: [&str; 6] = ["mod", "prelude", "sea_orm_active_enums", "enums", "lib", "main"];

/// The module of a table.
#[derive(Debug, Clone)]
pub(super) struct Module {
    /// Its name, and that of its file.
    pub(super) name: String,
    /// The name of the entity in the prelude, or of the plain struct.
    pub(super) alias: String,
}

/// The field of a column.
#[derive(Debug, Clone)]
pub(super) struct FieldName {
    pub(super) name: String,
    /// The variant of SeaORM's `Column`.
    pub(super) variant: String,
}

impl FieldName {
    /// A name that is not taken, nor is its variant.
    fn free(base: &str, (names, variants): &mut (BTreeSet<String>, BTreeSet<String>)) -> Self {
        let mut number = 1;
        loop {
            let name = numbered(base, number);
            let variant = variant_of(&name);
            if !names.contains(&name) && !variants.contains(&variant) {
                names.insert(name.clone());
                variants.insert(variant.clone());
                return Self { name, variant };
            }
            number += 1;
        }
    }

    /// The name in `from` and `to` of a relation: a keyword is no path.
    pub(super) fn in_relation(&self) -> String {
        if is_plain(&self.name) { self.name.clone() } else { self.variant.clone() }
    }
}

/// The modules of all tables.
pub(super) fn modules(schema: &Schema) -> BTreeMap<QName, Module> {
    let mut names: BTreeSet<String> = TAKEN_MODULES.iter().map(|it| (*it).to_owned()).collect();
    let mut aliases = BTreeSet::new();
    let mut found = BTreeMap::new();
    for name in schema.tables.keys() {
        let mut base = module_name(&name.name);
        if let Some(schema) = &name.schema
            && names.contains(&base)
        {
            base = module_name(&format!("{schema}_{}", name.name));
        }
        let module = unique(&base, &mut names, |it| it.to_owned());
        let alias = unique(&type_name(&module), &mut aliases, |it| it.to_owned());
        found.insert(name.clone(), Module { name: module, alias });
    }
    found
}

/// The fields of a table's columns, in their order. Columns that are named as their fields get
/// their names first.
pub(super) fn fields(table: &Table) -> Vec<FieldName> {
    let mut taken = (BTreeSet::new(), BTreeSet::new());
    let mut found: Vec<Option<FieldName>> = vec![None; table.columns.len()];
    for exact in [true, false] {
        for (column, field) in table.columns.iter().zip(&mut found) {
            let base = snake(&column.name);
            if field.is_none() && (base == column.name || !exact) {
                *field = Some(FieldName::free(&base, &mut taken));
            }
        }
    }
    found.into_iter().flatten().collect()
}

/// A name that is not taken, with a number if the name itself is; `form` is what has to be
/// unique.
pub(super) fn unique(
    base: &str,
    taken: &mut BTreeSet<String>,
    form: impl Fn(&str) -> String,
) -> String {
    let mut number = 1;
    loop {
        let name = numbered(base, number);
        if taken.insert(form(&name)) {
            return name;
        }
        number += 1;
    }
}

fn numbered(base: &str, number: usize) -> String {
    if number == 1 { base.to_owned() } else { format!("{base}_{number}") }
}

/// A keyword gets an underscore: the name is also that of a file.
fn module_name(text: &str) -> String {
    let name = snake(text);
    if is_plain(&name) { name } else { format!("{name}_") }
}

/// A name in snake case that is an identifier, perhaps a raw one.
pub(super) fn snake(text: &str) -> String {
    let name = identifier(&text.to_snake_case());
    if is_special(&name) { format!("{name}_") } else { name }
}

/// Whether a word can't be a raw identifier.
fn is_special(name: &str) -> bool {
    ["self", "super", "crate", "Self", "_"].contains(&name)
}

/// A name in upper camel case that is an identifier.
pub(super) fn type_name(text: &str) -> String {
    let name = identifier(&text.to_upper_camel_case());
    let mut chars = name.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let name: String = first.chain(chars).collect();
    if is_plain(&name) { name } else { format!("{name}_") }
}

/// The text with only those characters that an identifier may have, and a letter at its start.
fn identifier(text: &str) -> String {
    let may = |c: &char| is_plain(&format!("x{c}"));
    let kept: String = text.chars().filter(may).collect();
    let kept = kept.trim_start_matches('_');
    match kept.chars().next() {
        None => "n".to_owned(),
        Some(first) if is_plain(&format!("{first}x")) => kept.to_owned(),
        Some(_) => format!("n{kept}"),
    }
}

/// Whether it is an identifier, and no keyword.
pub(super) fn is_plain(text: &str) -> bool {
    syn::parse_str::<Ident>(text).is_ok()
}

/// An identifier; a keyword becomes a raw one.
pub(super) fn ident(name: &str) -> Ident {
    match name {
        name if is_plain(name) => Ident::new(name, Span::call_site()),
        name if is_special(name) => Ident::new(&format!("{name}_"), Span::call_site()),
        name => Ident::new_raw(name, Span::call_site()),
    }
}

/// The plural of an English word in snake case; one that looks like a plural is kept.
pub(super) fn plural(word: &str) -> String {
    let ends = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    if ends(&["ss", "us", "x", "ch", "sh"]) {
        return format!("{word}es");
    }
    if ends(&["s", "data", "people", "children", "media"]) {
        return word.to_owned();
    }
    match word.strip_suffix('y') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => {
            format!("{stem}ies")
        }
        Some(_) | None => format!("{word}s"),
    }
}

/// The singular of an English word in snake case.
pub(super) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies")
        && stem.len() > 1
    {
        return format!("{stem}y");
    }
    for (end, instead) in [("people", "person"), ("children", "child")] {
        if let Some(stem) = word.strip_suffix(end) {
            return format!("{stem}{instead}");
        }
    }
    for end in ["sses", "uses", "xes", "ches", "shes"] {
        if word.ends_with(end) && word != end {
            return word[..word.len() - 2].to_owned();
        }
    }
    let kept = ["ss", "us", "is", "series", "news"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('s') {
        Some(stem) if !kept && stem.len() > 1 => stem.to_owned(),
        Some(_) | None => word.to_owned(),
    }
}

/// The name of a relation by its column: `author_id` is about an author.
pub(super) fn stem(field: &str) -> Option<&str> {
    let ends = ["_id", "_uuid", "_fk", "_key", "_code", "_no"];
    let stem = ends.iter().find_map(|end| field.strip_suffix(end));
    stem.filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use autogen_schema::{Column, ColumnType};

    #[test]
    fn every_text_becomes_an_identifier() {
        for (text, expected) in [
            ("user_id", "user_id"),
            ("OrderDetails", "order_details"),
            ("type", "type"),
            ("self", "self_"),
            ("1st", "n1st"),
            ("", "n"),
            ("___", "n"),
            ("it's \"x\"\n", "it_s_x"),
            ("名前", "名前"),
        ] {
            assert_eq!(snake(text), expected, "{text:?}");
        }
        assert_eq!(type_name("self"), "Self_");
        assert_eq!(type_name("a_b"), "AB");
        assert_eq!(type_name("1st"), "N1st");
        assert_eq!(module_name("mod"), "mod_");
    }

    #[test]
    fn columns_that_collide_get_numbers() {
        let mut table = Table::new("t");
        for name in ["userId", "user_id", "a1", "a_1", "user_id_2"] {
            table.columns.push(Column::new(name, ColumnType::Boolean));
        }
        let names: Vec<String> = fields(&table).into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["user_id_3", "user_id", "a1", "a_1_2", "user_id_2"]);
    }

    #[test]
    fn numbers_of_words() {
        for (one, many) in [
            ("post", "posts"),
            ("category", "categories"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("day", "days"),
            ("order_line", "order_lines"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
            assert_eq!(plural(many), many);
            assert_eq!(singular(one), one);
        }
    }
}
