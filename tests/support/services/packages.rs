//! Servers that are not installed: their packages are fetched with apt, under a separate
//! configuration, and unpacked under `target`. This needs no root, and does not change what
//! is installed. Fetched once, and again only when missing.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::locked;

/// A package and the folder that it is unpacked in.
pub(crate) struct Package {
    /// The folder's name.
    pub(crate) folder: &'static str,
    /// The package.
    pub(crate) name: &'static str,
    /// The suite that has it, if this system's own does not.
    pub(crate) suite: Option<&'static str>,
}

impl Package {
    /// The root of what is unpacked under a folder: the package with everything that it needs,
    /// including the C library.
    ///
    /// # Errors
    /// What is not possible here.
    pub(crate) fn unpacked(&self, home: &Path) -> Result<PathBuf, String> {
        let _guard = locked(&format!("cache-{}.lock", self.folder));
        let cache = home.join("cache").join(self.folder);
        let root = cache.join("root");
        let complete = cache.join("complete");
        if complete.exists() {
            return Ok(root);
        }
        let _ = std::fs::remove_dir_all(&root);
        let apt = cache.join("apt");
        for made in [root.clone(), apt.join("lists/partial"), apt.join("archives/partial")] {
            std::fs::create_dir_all(&made).map_err(|error| error.to_string())?;
        }
        let write =
            |path: &Path, text: &str| std::fs::write(path, text).map_err(|error| error.to_string());
        // As if nothing were installed.
        write(&apt.join("status"), "")?;
        write(&apt.join("sources.list"), &self.sources(&apt)?)?;
        succeed(apt_get(&apt).arg("update"))?;
        let install = ["--yes", "--no-install-recommends", "--download-only", "install"];
        succeed(apt_get(&apt).args(install).arg(self.name))?;
        for archive in entries(&apt.join("archives")) {
            if archive.extension() == Some(OsStr::new("deb")) {
                succeed(Command::new("dpkg").arg("-x").arg(&archive).arg(&root))?;
            }
        }
        let _ = std::fs::remove_dir_all(&apt);
        write(&complete, "")?;
        Ok(root)
    }

    /// The source of this system's own packages; for another suite, the same mirror.
    fn sources(&self, apt: &Path) -> Result<String, String> {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let own = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let own = own.unwrap_or_default().trim_matches('"');
        let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
        // A new machine has no lists, and apt knows only those that it has. A source that does not
        // answer need not be the one we want.
        let lists = apt.join("system");
        std::fs::create_dir_all(lists.join("partial")).map_err(|error| error.to_string())?;
        let _ = succeed(system_apt_get(apt, &lists).arg("update"));
        let mut list = system_apt_get(apt, &lists);
        list.args(["indextargets", "--format", format, "Created-By: Packages"]);
        let targets = succeed(&mut list)?;
        let trusted = keyrings();
        let lines: BTreeSet<String> = targets
            .lines()
            .filter_map(|line| {
                let [uri, release, component] =
                    <[&str; 3]>::try_from(line.split(' ').collect::<Vec<_>>()).ok()?;
                let wanted = match self.suite {
                    Some(_) => release == own,
                    None => release == own || release.starts_with(&format!("{own}-")),
                };
                let suite = self.suite.unwrap_or(release);
                wanted.then(|| format!("deb {trusted}{uri} {suite} {component}\n"))
            })
            .collect();
        if own.is_empty() || lines.is_empty() {
            return Err("apt has no sources for this system".to_owned());
        }
        Ok(lines.into_iter().collect())
    }
}

/// What starts a program that was unpacked under a root: the loader, and the path of the libraries
/// that it was built against.
///
/// # Errors
/// There is no loader.
pub(crate) fn loader(root: &Path) -> Result<(PathBuf, OsString), String> {
    let libraries: Vec<PathBuf> = ["lib", "usr/lib"]
        .iter()
        .flat_map(|name| entries(&root.join(name)))
        .filter(|path| path.to_string_lossy().ends_with("-linux-gnu"))
        .collect();
    let loader = libraries
        .iter()
        .flat_map(|folder| entries(folder))
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("ld-linux") && name.contains(".so.")
        })
        .ok_or("the packages hold no loader for programs")?;
    let path = std::env::join_paths(&libraries).map_err(|error| error.to_string())?;
    Ok((loader, path))
}

/// The paths in a folder, in order; none if it cannot be read.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The distribution's own keys, as an option of a source.
fn keyrings() -> String {
    let found: Vec<String> = entries(Path::new("/usr/share/keyrings"))
        .into_iter()
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| {
            path.ends_with("-archive-keyring.gpg") || path.ends_with("-archive-keyring.pgp")
        })
        .collect();
    if found.is_empty() { String::new() } else { format!("[signed-by={}] ", found.join(",")) }
}

/// apt-get with the system's sources, and separate lists.
fn system_apt_get(apt: &Path, lists: &Path) -> Command {
    let mut command = Command::new("apt-get");
    for (key, value) in [("Dir::State::Lists", lists), ("Dir::Cache", apt)] {
        command.arg("-o").arg(format!("{key}={}", value.display()));
    }
    command.args(["-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none", "--quiet"]);
    command
}

/// apt-get with separate files.
fn apt_get(apt: &Path) -> Command {
    let mut command = Command::new("apt-get");
    let mut set = |key: &str, value: &Path| {
        command.arg("-o").arg(format!("{key}={}", value.display()));
    };
    set("Dir::Etc::sourcelist", &apt.join("sources.list"));
    set("Dir::Etc::sourceparts", Path::new("-"));
    set("Dir::State::Lists", &apt.join("lists"));
    set("Dir::State::status", &apt.join("status"));
    set("Dir::State::extended_states", &apt.join("extended_states"));
    set("Dir::Cache", apt);
    set("Dir::Cache::archives", &apt.join("archives"));
    set("APT::Sandbox::User", Path::new(""));
    set("Acquire::Languages", Path::new("none"));
    command.arg("--quiet");
    command
}

/// Runs a command; returns its output.
///
/// # Errors
/// What the command says.
pub(crate) fn succeed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| {
        format!("{} does not start: {error}", command.get_program().to_string_lossy())
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
