//! `autogen init`.

use std::path::PathBuf;

use crate::args::{Global, Init};
use crate::config::{Config, TEMPLATE};
use crate::error::{Error, exit};
use crate::folder::write_all;
use crate::output;

pub(super) fn run(global: &Global, args: &Init) -> Result<u8, Error> {
    let path = &global.config;
    if path.exists() && !args.force {
        return Err(Error::usage(
            "A0609",
            format!("{} is there already", path.display()),
            "edit it, or say --force to replace it",
        ));
    }
    let base = path.parent().map(PathBuf::from).unwrap_or_default();
    let folder =
        global.migrations.clone().unwrap_or_else(|| base.join(Config::default().migrations));
    std::fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, "create", &error))?;
    write_all(&[(path.clone(), TEMPLATE.to_owned())])?;
    output::result(&format!("{}\n{}\n", path.display(), folder.display()));
    output::note("next: set DATABASE_URL, then `autogen diff -m \"first\"` and `autogen upgrade`");
    Ok(exit::DONE)
}
