//! Case folders: a change as a user writes it, and its expected result.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use autogen_dialect::{Dialect, Misdeclared, SqlFile, declare};
use autogen_models::{Options as ReadOptions, read_sources};
use autogen_plan::{Given, Options};
use autogen_schema::{Declared, Expr, Fill, Pair, QName, Snapshot};
use serde::Deserialize;

/// `case.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Why the case exists: what other tools get wrong, what must hold.
    pub why: String,
    /// The databases where the change works; elsewhere it must be refused, or have no effect.
    pub dialects: Vec<String>,
    /// Those databases in which nothing changes.
    #[serde(default)]
    pub unchanged: Vec<String>,
    /// `--rename`.
    #[serde(default)]
    pub rename: Vec<String>,
    /// `--no-rename`.
    #[serde(default)]
    pub no_rename: Vec<String>,
    /// `--fill`.
    #[serde(default)]
    pub fill: Vec<String>,
    /// Whether privileges are compared.
    #[serde(default)]
    pub privileges: bool,
    /// Whether the order of columns is compared.
    #[serde(default)]
    pub column_order: bool,
    /// The code of the refusal, if the plan is refused.
    #[serde(default)]
    pub refused: BTreeMap<String, String>,
    /// The first major version of a database in which the case is possible: `postgres = 14`. An
    /// older server must be named as the reason.
    #[serde(default)]
    pub since: BTreeMap<String, u32>,
    /// Rows for the tables before, as SQL, in place of generated ones.
    #[serde(default)]
    pub rows: Option<String>,
    /// The databases where it must fail on the rows, with nothing changed.
    #[serde(default)]
    pub fails: Vec<String>,
    /// The hazard that reports the failure.
    #[serde(default)]
    pub hazard: Option<String>,
    /// A query, and its single value after the way up.
    #[serde(default)]
    pub expect: Option<Expectation>,
    /// Columns whose values the change is meant to alter: `table.column`.
    #[serde(default)]
    pub altered: Vec<String>,
}

/// A query and its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Returns one row with one text.
    pub query: String,
    /// The text.
    pub value: String,
}

/// A case folder.
#[derive(Debug, Clone)]
pub struct Case {
    /// `object/case`.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// `case.toml`.
    pub spec: Spec,
    /// The models before.
    pub before: Declared,
    /// The models after.
    pub after: Declared,
    /// `before.sql` and `after.sql`; if one exists, both sides have files.
    pub scripts: Option<Pair<Vec<SqlFile>>>,
}

impl Case {
    /// Reads every case folder, by name.
    pub fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases");
        let mut cases = Vec::new();
        for object in folders(&root) {
            for folder in folders(&object) {
                cases.push(Self::read(&folder));
            }
        }
        cases
    }

    fn read(folder: &Path) -> Self {
        let part = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let name = format!("{}/{}", folder.parent().map(part).unwrap_or_default(), part(folder));
        let text = std::fs::read_to_string(folder.join("case.toml"))
            .unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
        let spec =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
        let before = side(folder, "before");
        let after = side(folder, "after");
        let scripts = Pair::new(script(folder, "before.sql"), script(folder, "after.sql"));
        let scripts = (scripts.before.is_some() || scripts.after.is_some())
            .then(|| scripts.map(|file| file.into_iter().collect()));
        Self { name, folder: folder.to_path_buf(), spec, before, after, scripts }
    }

    /// The case with the declarations of its `.sql` files for this database.
    ///
    /// # Errors
    /// Problems with the files.
    pub fn completed(&self, dialect: Dialect) -> Result<Self, Vec<Misdeclared>> {
        let mut case = self.clone();
        let default = dialect.has_schemas().then_some("public");
        case.before.privileges = self.spec.privileges;
        case.after.privileges = self.spec.privileges;
        case.after.column_order = self.spec.column_order;
        if let Some(scripts) = &self.scripts {
            declare(dialect, default, &scripts.before, &mut case.before)?;
            declare(dialect, default, &scripts.after, &mut case.after)?;
        }
        Ok(case)
    }

    /// Whether the case is for this database.
    pub fn is_for(&self, dialect: Dialect) -> bool {
        self.spec.dialects.iter().any(|name| name == dialect.name())
    }

    /// The answers of the user.
    pub fn options(&self) -> Options {
        let given = |text: &String| text.parse::<Given>().expect("a rename");
        let fill = |text: &String| {
            let (place, expr) = text.split_once('=').expect("table.column=expr");
            let (table, column) = place.rsplit_once('.').expect("table.column");
            Fill { table: QName::parse(table), column: column.to_owned(), expr: Expr::new(expr) }
        };
        Options {
            renames: self.spec.rename.iter().map(given).collect(),
            no_renames: self.spec.no_rename.iter().cloned().collect::<BTreeSet<_>>(),
            fills: self.spec.fill.iter().map(fill).collect(),
            ..Options::default()
        }
    }
}

/// A file of statements, if it exists.
fn script(folder: &Path, file: &str) -> Option<SqlFile> {
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    Some(SqlFile { path: file.to_owned(), text })
}

/// The models of one side, or a snapshot, as a failed random pair leaves it.
fn side(folder: &Path, name: &str) -> Declared {
    let snapshot = folder.join(name).with_extension("json");
    let Ok(text) = std::fs::read_to_string(&snapshot) else {
        return models(folder, &format!("{name}.rs"));
    };
    let snapshot = Snapshot::from_json(&text)
        .unwrap_or_else(|error| panic!("{}: {error}", snapshot.display()));
    Declared { scripted: true, ..Declared::whole(snapshot.schema) }
}

/// Reads the models of one file.
pub fn models(folder: &Path, file: &str) -> Declared {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let tree: BTreeMap<String, String> = [(file.to_owned(), text)].into();
    let options = ReadOptions { path: file.to_owned(), ..ReadOptions::default() };
    let mut declared = read_sources(&tree, &options).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", path.display(), lines.join("\n"))
    });
    declared.rebase("public");
    declared
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}
