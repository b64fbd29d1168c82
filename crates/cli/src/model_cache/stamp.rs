//! What the file system tells of a file without opening it.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// File systems tell times in steps of up to two seconds (FAT): what was
/// touched later than that before we look can be touched again unseen.
const SETTLED: Duration = Duration::from_secs(2);

/// The marks of a file that change when somebody writes it. Times are in
/// nanoseconds since 1970; `changed` and `inode` are 0 outside Unix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    length: u64,
    modified: u64,
    changed: u64,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file; `None` where there is no file, or where it was
    /// touched so short a time ago that its stamp proves nothing.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
        let modified = nanos(about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?)?;
        let (changed, inode) = beyond(&about)?;
        let settled = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.checked_sub(SETTLED)?;
        let stamp = Self { length: about.len(), modified, changed, inode };
        (modified.max(changed) < nanos(settled)?).then_some(stamp)
    }
}

fn nanos(time: Duration) -> Option<u64> {
    time.as_nanos().try_into().ok()
}

/// The time of the last change, which nobody can set, and the inode.
#[cfg(unix)]
fn beyond(about: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let seconds = Duration::from_secs(about.ctime().try_into().ok()?);
    let rest = Duration::from_nanos(about.ctime_nsec().try_into().ok()?);
    Some((nanos(seconds + rest)?, about.ino()))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as its twin")]
fn beyond(_about: &Metadata) -> Option<(u64, u64)> {
    Some((0, 0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_was_just_written_proves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.rs");
        assert_eq!(Stamp::of(&file), None);
        std::fs::write(&file, "a").unwrap();
        assert_eq!(Stamp::of(&file), None);
        // Nor does a time that somebody set, where the system has its own.
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(Stamp::of(&file).is_some(), cfg!(not(unix)));
        assert_eq!(Stamp::of(folder.path()), None);
    }
}
