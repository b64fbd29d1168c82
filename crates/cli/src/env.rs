//! `.env`, which contains DATABASE_URL in most projects.

use std::path::PathBuf;

use crate::error::Error;

/// A broken file matters only if it contains this.
const URL: &str = "DATABASE_URL";

/// Reads the file into the environment, if there is one. Returns the error of a broken file
/// that contains a database URL: without it, the command would assume that there is no
/// database.
pub(crate) fn load() -> Option<Error> {
    let error = dotenvy::dotenv().err()?;
    let path = find().filter(|_| !error.not_found())?;
    let text = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_else(|_| URL.to_owned());
    let place = match &error {
        // The line is not shown: it may contain a password.
        dotenvy::Error::LineParse(found, _) => {
            let first = found.lines().next().unwrap_or_default();
            let line = text.lines().position(|line| line.contains(first)).map_or(1, |at| at + 1);
            format!("{}:{line}: the line is not of the form NAME=value", path.display())
        }
        _other => format!("{}: {error}", path.display()),
    };
    let unset = std::env::var_os(URL).is_none() && text.contains(URL);
    unset.then(|| {
        let hint = "correct the line (quote a value with spaces), or pass --database-url";
        Error::usage("A0629", place, hint)
    })
}

/// Searches the file: here, then in each folder above.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(".env")).find(|path| path.is_file())
}
