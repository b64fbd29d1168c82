//! The two sides of a comparison.

use serde::{Deserialize, Serialize};

/// The two sides of a comparison or of an alteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pair<T> {
    /// The current side.
    pub before: T,
    /// The desired side.
    pub after: T,
}

impl<T> Pair<T> {
    /// Pairs two sides.
    pub fn new(before: T, after: T) -> Self {
        Self { before, after }
    }

    /// The same pair with the sides exchanged.
    pub fn swap(self) -> Self {
        Self { before: self.after, after: self.before }
    }

    /// Borrows both sides.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair::new(&self.before, &self.after)
    }

    /// Applies a function to both sides.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair::new(f(self.before), f(self.after))
    }
}
