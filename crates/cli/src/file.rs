//! Files that the user names: read completely if they are regular files, and not too large.

use std::path::Path;

use crate::error::Error;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Reads a text file. A device or a pipe may never end, and is refused.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let failed = |error: std::io::Error| Error::file(path, "read", &error);
    let about = std::fs::metadata(path).map_err(failed)?;
    if !about.is_file() {
        return Err(unreadable(path, "it is not a regular file"));
    }
    if about.len() > LARGEST {
        return Err(unreadable(path, &format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(path, "it is not UTF-8"))?;
    // Editors may add a byte order mark; it is not part of the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// An existing file that cannot be read.
pub(crate) fn unreadable(path: &Path, why: &str) -> Error {
    Error::usage(
        "A0673",
        format!("{} can't be read: {why}", path.display()),
        "name a text file in UTF-8",
    )
}
