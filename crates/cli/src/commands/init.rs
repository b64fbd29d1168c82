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
    let found = match &global.migrations {
        Some(folder) => Crate::open(folder).is_ok().then(|| folder.clone()),
        None => Crate::search(&base),
    };
    if args.from_database {
        return from_database(global, path, &base).await;
    }
    if let Some(folder) = found {
        return adopt(global, path, &base, &folder).await;
    }
    let folder =
        global.migrations.clone().unwrap_or_else(|| base.join(Config::default().migrations));
    std::fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, "create", &error))?;
    write_all(&[(path.clone(), TEMPLATE.to_owned())])?;
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

/// Continues with existing SeaORM migrations.
async fn adopt(global: &Global, config: &Path, base: &Path, folder: &Path) -> Result<u8, Error> {
    let migrations = Crate::open(folder)?;
    let number = migrations.entries.len();
    let inner = folder.strip_prefix(base).unwrap_or(folder);
    let shown = inner.strip_prefix(".").unwrap_or(inner).to_string_lossy().replace('\\', "/");
    let text = TEMPLATE
        .replace("migrations = \"migrations\"", &format!("migrations = {:?}", shown.as_str()))
        .replace("# format = \"sql\"", "format = \"sea-orm\"");
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
    output::note(
        "next: `autogen diff -m \"..\"` compares the models, `autogen upgrade` runs the crate",
    );
    Ok(exit::DONE)
}
