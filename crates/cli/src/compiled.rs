//! Models as the compiler reads them: a small program uses the model crate, and prints what
//! its derives registered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use autogen_models::{Directory, Features, Options, unregistered};
use autogen_schema::{Declared, Origin};
use serde::Deserialize;

use crate::error::Error;
use crate::folder::write_all;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: PathBuf,
    source: Option<String>,
    features: BTreeMap<String, Vec<String>>,
}

/// Builds and runs the program for the model crate in a folder.
pub(crate) fn read(folder: &Path, features: &Features) -> Result<Declared, Error> {
    let manifest = folder.join("Cargo.toml");
    let manifest = manifest.canonicalize().map_err(|_| {
        Error::usage(
            "A0621",
            format!("there is no crate at {}", folder.display()),
            "with --compiled, name the folder of one crate, which holds its Cargo.toml",
        )
    })?;
    let text = cargo(&["metadata", "--format-version", "1"], &manifest)?;
    let metadata: Metadata =
        serde_json::from_str(&text).map_err(|error| Error::internal(&error.to_string()))?;
    let find = |fits: &dyn Fn(&Package) -> bool| metadata.packages.iter().find(|it| fits(it));
    let models = find(&|it| it.manifest_path == manifest).ok_or_else(|| {
        Error::usage(
            "A0621",
            format!("{} is no crate", manifest.display()),
            "with --compiled, name the folder of one crate, not of a workspace",
        )
    })?;
    let facade = find(&|it| it.name == "sea-autogen").ok_or_else(|| {
        Error::usage(
            "A0621",
            format!("{} does not depend on sea-autogen", models.name),
            "derive Autogen on the models, or omit --compiled",
        )
    })?;
    let program = metadata.target_directory.join("autogen").join("compiled");
    write_program(&program, models, facade, features, &metadata.workspace_root)?;
    let json = cargo(&["run", "--quiet"], &program.join("Cargo.toml"))?;
    let mut declared: Declared =
        serde_json::from_str(&json).map_err(|error| Error::internal(&error.to_string()))?;
    let schemas = declared.variants.values().map(|it| &it.schema).chain([&declared.schema]);
    let tables = schemas.flat_map(|it| it.tables.keys().chain(it.views.keys()));
    declared.origins = tables.map(|table| (table.clone(), Origin::default())).collect();
    // Entities without the derive do not register; their tables must not be dropped.
    let options = Options { features: features.clone(), ..Options::default() };
    let silent = unregistered(&Directory::new(folder), &options)?;
    for one in declared.variants.values_mut() {
        one.skipped.extend(silent.tables.iter().cloned());
    }
    declared.skipped.extend(silent.tables);
    declared.unread = silent.unread;
    Ok(declared)
}

fn write_program(
    program: &Path,
    models: &Package,
    facade: &Package,
    features: &Features,
    workspace: &Path,
) -> Result<(), Error> {
    let manifest = format!(
        "[package]\nname = \"autogen-compiled\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         publish = false\n\n[workspace]\n\n[dependencies]\nmodels = {{ package = {:?}, {}{} }}\n\
         sea-autogen = {{ {} }}\n",
        models.name,
        origin(models),
        asked(features, models),
        origin(facade),
    );
    let main = "//! Prints what the models register.\n\nuse models as _;\n\nfn main() {\n    \
                match sea_autogen::models_json() {\n        Ok(json) => println!(\"{json}\"),\n        \
                Err(error) => {\n            eprintln!(\"{error}\");\n            \
                std::process::exit(1);\n        }\n    }\n}\n";
    let sources = program.join("src");
    std::fs::create_dir_all(&sources).map_err(|error| Error::file(&sources, "create", &error))?;
    let mut files =
        vec![(program.join("Cargo.toml"), manifest), (sources.join("main.rs"), main.to_owned())];
    // The same versions as the project's, so that its builds are reused.
    if let Ok(lock) = std::fs::read_to_string(workspace.join("Cargo.lock")) {
        files.push((program.join("Cargo.lock"), lock));
    }
    write_all(&files)
}

/// The features of the models' crate.
fn asked(features: &Features, models: &Package) -> String {
    let all = models.features.keys().filter(|_| features.all);
    let on: Vec<&String> = features.on.iter().chain(all).collect();
    let default = if features.no_default { ", default-features = false" } else { "" };
    format!(", features = {on:?}{default}")
}

/// The source of exactly the package that the project uses: another copy of `sea-autogen`
/// would have a registry of its own.
fn origin(package: &Package) -> String {
    match package.source.as_deref() {
        Some(source) if source.starts_with("git+") => {
            let url = source.trim_start_matches("git+");
            let (url, rev) = url.split_once('#').unwrap_or((url, ""));
            let url = url.split('?').next().unwrap_or(url);
            format!("git = {url:?}, rev = {rev:?}")
        }
        Some(_) => format!("version = \"={}\"", package.version),
        None => {
            let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
            format!("path = {:?}", folder.display().to_string())
        }
    }
}

fn cargo(arguments: &[&str], manifest: &Path) -> Result<String, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .arg("--manifest-path")
        .arg(manifest)
        .output()
        .map_err(|error| Error::file(Path::new("cargo"), "run", &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let hint = "correct the compiler's errors, or omit --compiled";
    Err(Error {
        listing: errors.trim_end().to_owned(),
        ..Error::usage("A0622", "the models can't be compiled", hint)
    })
}
