//! What models can't say: the `.sql` file that a pull writes, and the line that names it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use autogen_dialect::Dialect;
use autogen_plan::emit;
use autogen_schema::Schema;

use crate::config::{FILE, TEMPLATE};
use crate::error::Error;
use crate::project::Project;
use crate::{file, output, scripts};

/// The file, relative to autogen.toml.
const SCRIPTS: &str = "schema/objects.sql";

/// What names it there.
const PATTERNS: &str = "sql = [\"schema/*.sql\"]";

/// The file of what models can't say, and autogen.toml with its name.
pub(super) fn objects(
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
}
