//! The kinds that are data to us: schemas, extensions, domains, sequences,
//! partitions, statistics, privileges.

use super::cursor::Cursor;
use super::{Declaring, Problem};

impl Declaring<'_> {
    /// Takes the statement, if it is about one of these kinds.
    pub(super) fn typed(&mut self, at: Cursor<'_>) -> Result<bool, Problem> {
        let _ = at;
        Ok(false)
    }

    /// Takes `COMMENT ON ..`, if it is about one of these kinds. The words
    /// behind ON are next.
    pub(super) fn typed_comment(&mut self, at: Cursor<'_>) -> Result<bool, Problem> {
        let _ = at;
        Ok(false)
    }
}
