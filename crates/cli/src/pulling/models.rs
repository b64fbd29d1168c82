//! Models from a database: written, read back, and compared with it. A table that models can't
//! say completely gets a model that leaves the rest alone, or none.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use autogen_models::{
    Diagnostic, Form, Note, Options as Reading, WriteOptions, Written, read_sources, write,
};
use autogen_plan::{Input, Options, plan};
use autogen_schema::{QName, Schema};

use crate::error::Error;

/// The folder of the models in the crate that is read back.
const FOLDER: &str = "src/entities";

/// The code of a table that models can't say completely.
const NOT_SAID: &str = "A0153";

/// How many differences of a table are named.
const SHOWN: usize = 5;

/// Writes the models so that they are no difference to the database.
pub(crate) fn models(
    schema: &Schema,
    dialect: Dialect,
    mut options: WriteOptions,
) -> Result<Written, Error> {
    let mut reasons = Vec::new();
    loop {
        let mut written = write(schema, dialect, &options);
        let found = problems(schema, dialect, &written)?;
        let mut again = false;
        for (table, problems) in found {
            let form = options.forms.get(&table).copied();
            let next = match form {
                None | Some(Form::Whole | Form::Plain) => Form::Partial,
                Some(Form::Partial) => Form::Omitted,
                // The rest of the models is as good without it.
                Some(Form::Omitted) => continue,
            };
            again = true;
            options.forms.insert(table.clone(), next);
            if form.is_none() {
                let object = format!("table {table}");
                let notes = problems.into_iter().take(SHOWN);
                reasons.extend(notes.map(|message| Note {
                    code: NOT_SAID,
                    object: object.clone(),
                    message,
                }));
            }
        }
        if !again {
            written.notes.extend(reasons);
            written.notes.sort();
            return Ok(written);
        }
    }
}

/// What the models say otherwise than the database, by table.
fn problems(
    schema: &Schema,
    dialect: Dialect,
    written: &Written,
) -> Result<BTreeMap<QName, Vec<String>>, Error> {
    let mut found: BTreeMap<QName, Vec<String>> = BTreeMap::new();
    let mut declared = match read_sources(&sources(written), &Reading::default()) {
        Ok(declared) => declared,
        // Without one table there is nothing to read.
        Err(_) if written.tables.is_empty() => return Ok(found),
        Err(diagnostics) => {
            for diagnostic in diagnostics {
                let table = table_of(written, &diagnostic).ok_or_else(|| {
                    Error::internal(&format!("the pulled models can't be read: {diagnostic}"))
                })?;
                found.entry(table.clone()).or_default().push(diagnostic.message);
            }
            return Ok(found);
        }
    };
    declared.leave_unknown(schema, &Schema::default());
    let options = Options::default();
    let plan = plan(Input { dialect, before: schema, after: &declared, options: &options })?;
    let own: BTreeSet<&QName> = written.tables.keys().collect();
    for change in plan.changes() {
        if let Some(table) = change.table().filter(|table| own.contains(table)) {
            found.entry(table.clone()).or_default().push(change.describe());
        }
    }
    Ok(found)
}

/// The models as a crate.
fn sources(written: &Written) -> BTreeMap<String, String> {
    let manifest = "[package]\nname = \"pulled\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("Cargo.toml".to_owned(), manifest.to_owned());
    files.insert("src/lib.rs".to_owned(), "pub mod entities;\n".to_owned());
    let models = written.files.iter();
    files.extend(models.map(|(name, text)| (format!("{FOLDER}/{name}"), text.clone())));
    files
}

fn table_of<'a>(written: &'a Written, diagnostic: &Diagnostic) -> Option<&'a QName> {
    let name = diagnostic.origin.file.strip_prefix(FOLDER)?.trim_start_matches('/');
    let mut tables = written.tables.iter();
    tables.find(|(_, file)| file.as_str() == name).map(|(table, _)| table)
}
