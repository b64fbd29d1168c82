//! Models from a database, as `pull` and `init --from-database` write them.

mod files;
mod models;
mod objects;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use autogen_live::names;
use autogen_models::{DateTime, Format, WriteOptions, Written};
use autogen_schema::{QName, Schema, counted};

use self::files::{Files, joined};
use self::objects::objects;
use crate::error::{Error, exit};
use crate::project::Project;
use crate::source::{self, Source};
use crate::{file, output};

/// What to write, and where.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) format: Format,
    pub(crate) date_time: DateTime,
    /// Patterns of tables; none for all of them.
    pub(crate) tables: Vec<String>,
    pub(crate) out: PathBuf,
    /// Whether to write nothing, and list the files.
    pub(crate) check: bool,
    /// Whether files that differ are replaced.
    pub(crate) force: bool,
}

/// Writes the models of the project's database. Returns the exit code.
pub(crate) async fn pull(project: &Project, wish: &Wish) -> Result<u8, Error> {
    let source = Source::parse("database", project)?;
    let loaded = source.load(project, BTreeSet::new()).await?;
    let Some((dialect, connection)) = loaded.dialect.zip(loaded.connection) else {
        return Err(Error::internal("a database without a dialect"));
    };
    let schema = dialect.canonicalize(&loaded.declared.schema);
    let default = connection.default_schema().await?;
    let tables = wanted(&schema, default.as_deref(), &wish.tables)?;
    let options = WriteOptions {
        format: wish.format,
        date_time: wish.date_time,
        tables,
        ..WriteOptions::default()
    };
    let written = models::models(&schema, dialect, options)?;
    let some = !wish.tables.is_empty();
    let mut all = BTreeMap::new();
    for (name, text) in &written.files {
        let path = wish.out.join(name);
        let text = joined(&path, text, some)?;
        all.insert(path, text);
    }
    let others = match some {
        false => objects(project, &schema, dialect)?,
        true => BTreeMap::new(),
    };
    let files = Files::of(all.into_iter().chain(others))?;
    if wish.check {
        return Ok(files.check());
    }
    let twice = declared_elsewhere(project, &written, &wish.out);
    files.write(wish.force)?;
    report(&written, &files, &wish.out);
    for (table, file) in twice {
        output::note(&format!("table {table}: {file} has a model of it, too; keep one (A0114)"));
    }
    for item in &schema.unsupported {
        output::note(&format!("{}: {} ({})", item.object, item.message, item.code));
    }
    Ok(exit::DONE)
}

/// The tables that match the patterns; none if all are wanted.
fn wanted(
    schema: &Schema,
    default: Option<&str>,
    patterns: &[String],
) -> Result<Option<BTreeSet<QName>>, Error> {
    if schema.tables.is_empty() {
        return Err(Error::usage(
            "A0680",
            "the database has no tables to write models of",
            "check the URL, and `schemas`, `include` and `exclude` in autogen.toml",
        ));
    }
    if patterns.is_empty() {
        return Ok(None);
    }
    let fits = |pattern: &str, name: &&QName| names(pattern, name, default);
    let unused = patterns.iter().find(|it| !schema.tables.keys().any(|name| fits(it, &name)));
    if let Some(pattern) = unused {
        return Err(Error::usage(
            "A0681",
            format!("no table matches `{pattern}`"),
            "`*` matches any text; `autogen inspect` lists the tables",
        ));
    }
    let any = |name: &&QName| patterns.iter().any(|it| fits(it, name));
    Ok(Some(schema.tables.keys().filter(any).cloned().collect()))
}

fn report(written: &Written, files: &Files, out: &Path) {
    let changed = files.all().count();
    output::result(&format!(
        "{} in {}: {} written, {} unchanged\n",
        counted(written.tables.len(), "model"),
        out.display(),
        counted(changed, "file"),
        files.unchanged
    ));
    for (path, _) in files.all().filter(|(path, _)| !path.starts_with(out)) {
        output::result(&format!("{}\n", path.display()));
    }
    for note in &written.notes {
        output::note(&format!("{}: {} ({})", note.object, note.message, note.code));
    }
}

/// The tables that have a model in another file already, where the models can be read.
fn declared_elsewhere(project: &Project, written: &Written, out: &Path) -> Vec<(QName, String)> {
    let read = source::models(&project.models, &project.reading);
    let origins = read.map(|declared| declared.origins).unwrap_or_default();
    let other = |name: &QName, file: &str| {
        written.tables.contains_key(name) && !Path::new(file).starts_with(out)
    };
    let found = origins.into_iter().filter(|(name, origin)| other(name, &origin.file));
    found.map(|(name, origin)| (name, origin.file)).collect()
}

/// The file that should declare the module of the models, and the module, where it does not.
pub(crate) fn undeclared(out: &Path) -> Option<(PathBuf, String)> {
    let module = out.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = out.parent().map(Path::to_path_buf).unwrap_or_default();
    let roots = ["lib.rs", "main.rs", "mod.rs"].map(|name| parent.join(name));
    let declares =
        |text: &str| text.lines().any(|line| line.trim_end().ends_with(&format!("mod {module};")));
    let root = roots.iter().find(|it| it.is_file()).unwrap_or(&roots[0]);
    let declared = file::read(root).is_ok_and(|text| declares(&text));
    (!declared).then(|| (root.clone(), module))
}
