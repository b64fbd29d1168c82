//! `autogen init`.

use std::path::{Path, PathBuf};

use autogen_schema::counted;

use crate::args::{Global, Init};
use crate::baseline;
use crate::config::{Config, FILE, TEMPLATE};
use crate::error::{Error, exit};
use crate::folder::write_all;
use crate::project::Project;
use crate::pulling::{Wish, pull, undeclared};
use crate::seaorm::{self, Crate};
use crate::{output, overview};

/// The models of a database, in the folder of the project.
const ENTITIES: &str = "src/entities";

pub(super) async fn run(global: &Global, args: &Init) -> Result<u8, Error> {
    let path = &global.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
    if path.exists() && !args.force {
        return Err(Error::usage(
            "A0609",
            format!("{} is there already", path.display()),
            "edit it, or pass --force to replace it",
        ));
    }
    let base = path.parent().map(PathBuf::from).unwrap_or_default();
    if args.from_database {
        return from_database(global, path, &base).await;
    }
    let found = match &global.migrations {
        Some(folder) if Crate::open(folder).is_ok() => vec![folder.clone()],
        Some(_) => Vec::new(),
        None => seaorm::search(&base),
    };
    match found.as_slice() {
        [] => {}
        [folder] => return adopt(global, path, &base, folder).await,
        several => {
            let names: Vec<String> = several.iter().map(|it| it.display().to_string()).collect();
            return Err(Error::usage(
                "A0651",
                format!("there are several crates of SeaORM migrations: {}", names.join(", ")),
                "name one of them by --migrations, or another folder for new migrations in SQL",
            ));
        }
    }
    let folder =
        global.migrations.clone().unwrap_or_else(|| base.join(Config::default().migrations));
    std::fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, "create", &error))?;
    write_all(&[(path.clone(), with_folder(&base, &folder))])?;
    output::result(&format!("{}\n{}\n", path.display(), folder.display()));
    let global = Global { config: Some(path.clone()), ..global.clone() };
    let next = overview::tell(&Project::open(&global)?).await;
    let usual = "set DATABASE_URL, then `autogen diff -m \"first\"` and `autogen upgrade`";
    output::note(&format!("next: {}", next.as_deref().unwrap_or(usual)));
    Ok(exit::DONE)
}

/// Begins with models of the database, and a baseline of its schema.
async fn from_database(global: &Global, config: &Path, base: &Path) -> Result<u8, Error> {
    let text = TEMPLATE.replacen("models = \".\"", &format!("models = \"{ENTITIES}/mod.rs\""), 1);
    // Before anything is written: the database may not be there.
    Project::open(global)?.connect().await?.close().await;
    let before = std::fs::read(config).ok();
    write_all(&[(config.to_path_buf(), text)])?;
    let global = Global { config: Some(config.to_path_buf()), ..global.clone() };
    let out = base.join(ENTITIES);
    let wish = Wish {
        format: autogen_models::Format::Dense,
        date_time: autogen_models::DateTime::Chrono,
        tables: Vec::new(),
        out: out.clone(),
        check: false,
        force: false,
    };
    if let Err(error) = pull(&Project::open(&global)?, &wish).await {
        restore(config, before);
        return Err(error);
    }
    // The configuration may name files of SQL by now.
    baseline::write(&Project::open(&global)?, None).await?;
    let mut steps = Vec::new();
    if let Some((root, module)) = undeclared(&out) {
        steps.push(format!("declare `pub mod {module};` in {}", root.display()));
    }
    steps.push("`cargo add sea-autogen`".to_owned());
    steps.push("change a model, and run `autogen diff`".to_owned());
    output::note(&format!("next: {}", steps.join(", then ")));
    Ok(exit::DONE)
}

/// The configuration as it was. If that fails, the error that led here says more.
fn restore(config: &Path, before: Option<Vec<u8>>) {
    let _ = match before {
        Some(bytes) => std::fs::write(config, bytes),
        None => std::fs::remove_file(config),
    };
}

/// The configuration, with this folder of migrations.
fn with_folder(base: &Path, folder: &Path) -> String {
    let line = format!("migrations = {:?}", inside(base, folder));
    TEMPLATE.replace("migrations = \"migrations\"", &line)
}

/// A path from the folder of the configuration.
fn inside(base: &Path, folder: &Path) -> String {
    let inner = folder.strip_prefix(base).unwrap_or(folder);
    inner.strip_prefix(".").unwrap_or(inner).to_string_lossy().replace('\\', "/")
}

/// Continues with existing SeaORM migrations.
async fn adopt(global: &Global, config: &Path, base: &Path, folder: &Path) -> Result<u8, Error> {
    let migrations = Crate::open(folder)?;
    let number = migrations.entries.len();
    let shown = inside(base, folder);
    let text = with_folder(base, folder).replace("# format = \"sql\"", "format = \"sea-orm\"");
    write_all(&[(config.to_path_buf(), text)])?;
    output::result(&format!("{}\n", config.display()));
    output::note(&format!(
        "{shown} holds {}, unchanged; new ones are added to {}",
        counted(number, "SeaORM migration"),
        migrations.file.display()
    ));
    let project = Project::open(global)?;
    match seaorm::settle(&project).await {
        Ok(Some(path)) => output::result(&format!("{}\n", path.display())),
        Ok(None) => {}
        Err(error) => {
            output::note(&format!(
                "{} was not written: {}",
                project.folder.snapshot_path().display(),
                error.message
            ));
            output::note(&format!("  {}", error.hint));
        }
    }
    overview::tell(&project).await;
    let how = match migrations.is_library() {
        true => "the program that calls the migrator runs it",
        false => "`autogen upgrade` runs the crate",
    };
    output::note(&format!("next: `autogen diff -m \"..\"` compares the models, {how}"));
    Ok(exit::DONE)
}
