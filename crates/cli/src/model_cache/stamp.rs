//! The file system's data about a file, read without opening it.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// File systems store times in steps of up to two seconds (FAT): a file that was changed more
/// recently than that can change again without a new time.
const SETTLED: Duration = Duration::from_secs(2);

/// The marks of a file that change when it is written. Times are in nanoseconds since 1970;
/// `changed` and `inode` are 0 outside Unix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    length: u64,
    modified: u64,
    changed: u64,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file; `None` if there is no file, or if it was changed so recently that its
    /// stamp proves nothing.
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

/// The time of the last status change, which cannot be set, and the inode.
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
        // Nor does setting the modification time, if the system has its own.
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(Stamp::of(&file).is_some(), cfg!(not(unix)));
        assert_eq!(Stamp::of(folder.path()), None);
    }
}
