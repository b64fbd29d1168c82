//! `autogen pull`.

use std::path::{Path, PathBuf};

use autogen_models::{DateTime, Format};

use crate::args::{Dates, Pull};
use crate::error::Error;
use crate::project::Project;
use crate::pulling::{Wish, pull, undeclared};
use crate::{file, output};

pub(super) async fn run(project: &Project, args: &Pull) -> Result<u8, Error> {
    let out = args.out.clone().unwrap_or_else(|| folder(project));
    let out = out.strip_prefix(".").map(Path::to_path_buf).unwrap_or(out);
    let wish = Wish {
        format: match (args.compact, args.plain) {
            (true, _) => Format::Compact,
            (false, true) => Format::Plain,
            (false, false) => Format::Dense,
        },
        date_time: match args.date_time {
            Dates::Chrono => DateTime::Chrono,
            Dates::Time => DateTime::Time,
        },
        tables: args.tables.clone(),
        out,
        check: args.check,
        force: args.force,
    };
    let code = pull(project, &wish).await?;
    if !args.check {
        next(project, &wish.out);
    }
    Ok(code)
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

/// Says what is left to do.
fn next(project: &Project, out: &Path) {
    let mut steps = Vec::new();
    if let Some((root, module)) = undeclared(out) {
        steps.push(format!("declare `pub mod {module};` in {}", root.display()));
    }
    let manifest = project.models.join("Cargo.toml");
    if manifest.is_file() && file::read(&manifest).is_ok_and(|it| !it.contains("sea-autogen")) {
        steps.push("`cargo add sea-autogen`".to_owned());
    }
    steps.push("`autogen diff --dry-run`, which finds no changes".to_owned());
    output::note(&format!("next: {}", steps.join(", then ")));
}
