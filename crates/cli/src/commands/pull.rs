//! `autogen pull`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use autogen_dialect::Dialect;
use autogen_live::names;
use autogen_models::{DateTime, Format, WriteOptions, Written};
use autogen_plan::emit;
use autogen_schema::{QName, Schema, counted};

use crate::args::{Dates, Pull};
use crate::config::{FILE, TEMPLATE};
use crate::error::{Error, exit};
use crate::folder::write_all;
use crate::project::Project;
use crate::source::Source;
use crate::{file, output, pulling, scripts};

/// Where what models can't say goes, relative to autogen.toml.
const SCRIPTS: &str = "schema/objects.sql";

/// What names it there.
const PATTERNS: &str = "sql = [\"schema/*.sql\"]";

pub(super) async fn run(project: &Project, args: &Pull) -> Result<u8, Error> {
    let source = Source::parse("database", project)?;
    let loaded = source.load(project, BTreeSet::new()).await?;
    let Some((dialect, connection)) = loaded.dialect.zip(loaded.connection) else {
        return Err(Error::internal("a database without a dialect"));
    };
    let schema = dialect.canonicalize(&loaded.declared.schema);
    let default = connection.default_schema().await?;
    let tables = wanted(&schema, default.as_deref(), &args.tables)?;
    let options = WriteOptions {
        format: match (args.compact, args.plain) {
            (true, _) => Format::Compact,
            (false, true) => Format::Plain,
            (false, false) => Format::Dense,
        },
        date_time: match args.date_time {
            Dates::Chrono => DateTime::Chrono,
            Dates::Time => DateTime::Time,
        },
        tables,
        ..WriteOptions::default()
    };
    let written = pulling::models(&schema, dialect, options)?;
    let out = args.out.clone().unwrap_or_else(|| folder(project));
    let out = out.strip_prefix(".").map(Path::to_path_buf).unwrap_or(out);
    let mut all = BTreeMap::new();
    for (name, text) in &written.files {
        let path = out.join(name);
        let text = joined(&path, text, !args.tables.is_empty())?;
        all.insert(path, text);
    }
    let others = match args.tables.is_empty() {
        true => scripts(project, &schema, dialect)?,
        false => BTreeMap::new(),
    };
    let files = Files::of(all.into_iter().chain(others))?;
    if args.check {
        return Ok(files.check());
    }
    let twice = declared_elsewhere(project, &written, &out);
    files.write(args.force)?;
    report(&written, &files, &out);
    for (table, file) in twice {
        output::note(&format!("table {table}: {file} has a model of it, too; keep one (A0114)"));
    }
    for item in &schema.unsupported {
        output::note(&format!("{}: {} ({})", item.object, item.message, item.code));
    }
    next(project, &out);
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

/// Where the models are written: into the crate that the project names, or its folder.
fn folder(project: &Project) -> PathBuf {
    let models = &project.models;
    if models.is_file() {
        return models.parent().map(Path::to_path_buf).unwrap_or_default();
    }
    // A folder of sources, or that of a crate.
    let roots = ["lib.rs", "main.rs", "mod.rs"];
    let sources = models.ends_with("src") || roots.iter().any(|it| models.join(it).is_file());
    match sources {
        true => models.join("entities"),
        false => models.join("src/entities"),
    }
}

/// A list of modules, with those of tables that this run does not write.
fn joined(path: &Path, text: &str, some: bool) -> Result<String, Error> {
    if !some || !path.exists() || !is_list(path) {
        return Ok(text.to_owned());
    }
    let before = file::read(path)?;
    Ok(match List::of(&before) {
        Some(before) => List::of(text).map_or_else(|| text.to_owned(), |it| it.with(&before)),
        None => text.to_owned(),
    })
}

fn is_list(path: &Path) -> bool {
    path.ends_with("mod.rs") || path.ends_with("prelude.rs")
}

/// `mod.rs` or `prelude.rs` as `pull` writes them.
struct List {
    head: String,
    lines: BTreeSet<String>,
}

impl List {
    /// `None` where something else is in it.
    fn of(text: &str) -> Option<Self> {
        let at = text.rfind("\n\n").map_or(text.len(), |at| at + 2);
        let (head, rest) = text.split_at(at);
        let lines: BTreeSet<String> = rest.lines().map(str::to_owned).collect();
        let known = |line: &String| line.starts_with("pub mod ") || line.starts_with("pub use ");
        let own = head.starts_with("//! ") && lines.iter().all(known);
        own.then(|| Self { head: head.to_owned(), lines })
    }

    fn with(mut self, before: &Self) -> String {
        self.lines.extend(before.lines.iter().cloned());
        let lines = self.lines.iter().map(|line| format!("{line}\n"));
        self.head + &lines.collect::<String>()
    }
}

/// The file of what models can't say, and autogen.toml with its name.
fn scripts(
    project: &Project,
    schema: &Schema,
    dialect: Dialect,
) -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut files = BTreeMap::new();
    let text = emit::scripts_sql(dialect, schema)?;
    if text.is_empty() {
        return Ok(files);
    }
    let path = project.base.join(SCRIPTS);
    let patterns = &project.config.sql;
    if !patterns.is_empty() {
        // Files of the project may declare the same.
        let named = patterns.iter().any(|it| scripts::fits_path(it, SCRIPTS));
        if named && path.exists() {
            files.insert(path, text);
        } else {
            output::note(
                "views, routines and the like are declared by the files that `sql` in \
                 autogen.toml names; `autogen diff --dry-run` compares them",
            );
        }
        return Ok(files);
    }
    files.insert(path, text);
    let config = project.file.clone().unwrap_or_else(|| project.base.join(FILE));
    let before = match config.exists() {
        true => file::read(&config)?,
        false => TEMPLATE.to_owned(),
    };
    files.insert(config, naming_scripts(&before));
    Ok(files)
}

/// The configuration with the line that names the `.sql` files.
fn naming_scripts(text: &str) -> String {
    let comment = format!("# {PATTERNS}");
    if text.lines().any(|line| line == comment) {
        return text.replacen(&comment, PATTERNS, 1);
    }
    format!("{PATTERNS}\n{text}")
}

/// The files of a run, by what has to be done with them.
struct Files {
    new: Vec<(PathBuf, String)>,
    changed: Vec<(PathBuf, String)>,
    /// Changed files that only `pull` writes, and the configuration.
    own: Vec<(PathBuf, String)>,
    unchanged: usize,
}

impl Files {
    fn of(all: impl Iterator<Item = (PathBuf, String)>) -> Result<Self, Error> {
        let mut files =
            Self { new: Vec::new(), changed: Vec::new(), own: Vec::new(), unchanged: 0 };
        for (path, text) in all {
            if !path.exists() {
                files.new.push((path, text));
                continue;
            }
            let before = file::read(&path)?;
            let list = is_list(&path) && List::of(&before).is_some();
            let config = path.extension().is_some_and(|it| it == "toml");
            match (before == text, list || config) {
                (true, _) => files.unchanged += 1,
                (false, true) => files.own.push((path, text)),
                (false, false) => files.changed.push((path, text)),
            }
        }
        Ok(files)
    }

    fn all(&self) -> impl Iterator<Item = &(PathBuf, String)> {
        self.new.iter().chain(&self.changed).chain(&self.own)
    }

    /// Lists what a run would write.
    fn check(&self) -> u8 {
        let mut lines: Vec<String> =
            self.new.iter().map(|(path, _)| format!("new: {}\n", path.display())).collect();
        let changed = self.changed.iter().chain(&self.own);
        lines.extend(changed.map(|(path, _)| format!("changed: {}\n", path.display())));
        output::result(&lines.concat());
        if lines.is_empty() { exit::DONE } else { exit::DIFFERENT }
    }

    fn write(&self, force: bool) -> Result<(), Error> {
        if !self.changed.is_empty() && !force {
            let names: Vec<String> =
                self.changed.iter().map(|(path, _)| format!("  {}", path.display())).collect();
            return Err(Error {
                listing: names.join("\n"),
                ..Error::refused(
                    "A0682",
                    format!(
                        "{} would change, and nothing was written",
                        counted(self.changed.len(), "file")
                    ),
                    "commit them, and pass --force to replace them; or write into another \
                     folder, by --out",
                )
            });
        }
        let mut folders: BTreeSet<&Path> = BTreeSet::new();
        folders.extend(self.all().filter_map(|(path, _)| path.parent()));
        for folder in folders.into_iter().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Error::file(folder, "create", &error))?;
        }
        let all: Vec<(PathBuf, String)> = self.all().cloned().collect();
        write_all(&all)
    }
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
    let read = crate::source::models(&project.models, &project.features);
    let origins = read.map(|declared| declared.origins).unwrap_or_default();
    let other = |name: &QName, file: &str| {
        written.tables.contains_key(name) && !Path::new(file).starts_with(out)
    };
    let found = origins.into_iter().filter(|(name, origin)| other(name, &origin.file));
    found.map(|(name, origin)| (name, origin.file)).collect()
}

/// Says what is left to do.
fn next(project: &Project, out: &Path) {
    let module = out.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = out.parent().map(Path::to_path_buf).unwrap_or_default();
    let roots = ["lib.rs", "main.rs", "mod.rs"].map(|name| parent.join(name));
    let declares =
        |text: &str| text.lines().any(|line| line.trim_end().ends_with(&format!("mod {module};")));
    let root = roots.iter().find(|it| it.is_file()).unwrap_or(&roots[0]);
    let mut steps = Vec::new();
    if !file::read(root).is_ok_and(|text| declares(&text)) {
        steps.push(format!("declare `pub mod {module};` in {}", root.display()));
    }
    let manifest = project.models.join("Cargo.toml");
    if manifest.is_file() && file::read(&manifest).is_ok_and(|it| !it.contains("sea-autogen")) {
        steps.push("`cargo add sea-autogen`".to_owned());
    }
    steps.push("`autogen diff --dry-run`, which finds no changes".to_owned());
    output::note(&format!("next: {}", steps.join(", then ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_the_scripts() {
        let text = naming_scripts(TEMPLATE);
        assert!(text.contains("\nsql = [\"schema/*.sql\"]\n"));
        assert_eq!(text.lines().count(), TEMPLATE.lines().count());
        assert_eq!(naming_scripts("x = 1\n"), "sql = [\"schema/*.sql\"]\nx = 1\n");
    }

    #[test]
    fn lists_of_modules_are_joined() {
        let list = |names: &[&str]| {
            let lines: String = names.iter().map(|it| format!("pub mod {it};\n")).collect();
            format!("//! Text.\n\npub mod prelude;\n\n{lines}")
        };
        let (one, other) = (list(&["b"]), list(&["a", "c"]));
        let joined = List::of(&one).zip(List::of(&other)).map(|(one, other)| one.with(&other));
        assert_eq!(joined, Some(list(&["a", "b", "c"])));
        assert!(List::of("//! Text.\n\nmod own;\n").is_none());
    }
}
