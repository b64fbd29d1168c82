//! Writing plans.
