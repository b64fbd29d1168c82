//! Reading models from texts.

use std::collections::BTreeMap;

use autogen_models::{Diagnostic, Options, read_sources};
use autogen_schema::{Column, Declared, Table};

/// Reads files in memory.
pub(crate) fn read_files(files: &[(&str, &str)], path: &str) -> Result<Declared, Vec<Diagnostic>> {
    let tree: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let options = Options { path: path.to_owned(), ..Options::default() };
    read_sources(&tree, &options)
}

/// Reads one file.
pub(crate) fn try_read(text: &str) -> Result<Declared, Vec<Diagnostic>> {
    read_files(&[("models.rs", text)], "models.rs")
}

/// Reads one file without problems.
#[track_caller]
pub(crate) fn read(text: &str) -> Declared {
    match try_read(text) {
        Ok(declared) => declared,
        Err(problems) => panic!("{}", shown(&problems)),
    }
}

/// All problems as text.
pub(crate) fn shown(problems: &[Diagnostic]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The problems of a file that is wrong, as `code line:column message`.
#[track_caller]
pub(crate) fn problems(text: &str) -> Vec<String> {
    match try_read(text) {
        Ok(declared) => panic!("it is right: {declared:#?}"),
        Err(problems) => problems
            .iter()
            .map(|one| {
                format!("{} {}:{} {}", one.code, one.origin.line, one.origin.column, one.message)
            })
            .collect(),
    }
}

/// The only table.
#[track_caller]
pub(crate) fn only_table(declared: &Declared) -> &Table {
    assert_eq!(declared.schema.tables.len(), 1);
    declared.schema.tables.values().next().unwrap()
}

/// A table by name.
#[track_caller]
pub(crate) fn table<'a>(declared: &'a Declared, name: &str) -> &'a Table {
    declared.schema.tables.get(&name.into()).unwrap()
}

/// A column of the only table, from one field of an entity.
#[track_caller]
pub(crate) fn column(field: &str) -> Column {
    let text = format!(
        "use sea_orm::entity::prelude::*;
         #[derive(DeriveEntityModel)]
         #[sea_orm(table_name = \"t\")]
         pub struct Model {{ {field} }}"
    );
    let declared = read(&text);
    only_table(&declared).columns[0].clone()
}

/// The problems of one field of an entity that derives `Autogen`.
#[track_caller]
pub(crate) fn field_problems(field: &str) -> Vec<String> {
    let text = format!(
        "use sea_orm::entity::prelude::*;
#[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = \"t\")] pub struct Model {{
{field} }}"
    );
    problems(&text)
}

/// A model that every test project has.
pub(crate) const PLAIN: &str = "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32 }\n";

/// Models, in addition to the one that is always there.
pub(crate) fn with(text: &str) -> Declared {
    read(&format!("{PLAIN}{text}"))
}

/// The names of all tables.
pub(crate) fn tables(declared: &Declared) -> String {
    let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
    names.join(" ")
}

/// What is listed as unread.
#[track_caller]
pub(crate) fn unread(text: &str) -> String {
    let declared = with(text);
    assert_eq!(tables(&declared), "t", "{text}");
    declared.unread.iter().map(|it| format!("{it}\n")).collect()
}

/// Reads a crate with this manifest.
#[track_caller]
pub(crate) fn project(manifest: &str, files: &[(&str, &str)]) -> Declared {
    let manifest = format!("[package]\nname = \"app\"\n{manifest}");
    let mut all = vec![("Cargo.toml", manifest.as_str())];
    all.extend_from_slice(files);
    read_files(&all, "").unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}
