//! The rules, one per file.

mod backfill;
mod dependents;
mod drop_column;
mod drop_object;
mod drop_table;
mod duplicates;
mod enum_value_removed;
mod index_build;
mod integrity;
mod lossy_type;
mod not_null;
mod not_null_scan;
mod orphans;
mod rebuild;
mod refill_view;
mod rename_column;
mod rename_table;
mod required_column;
mod rewrite;
mod strict_table;
mod validation_scan;
mod violations;

use crate::Rule;

/// All rules, by code.
pub(crate) const ALL: &[Rule] = &[
    rename_table::RULE,
    rename_column::RULE,
    drop_object::RULE,
    integrity::RULE,
    required_column::RULE,
    not_null::RULE,
    duplicates::RULE,
    orphans::RULE,
    violations::RULE,
    strict_table::RULE,
    dependents::RULE,
    drop_table::RULE,
    drop_column::RULE,
    lossy_type::RULE,
    enum_value_removed::RULE,
    index_build::RULE,
    refill_view::RULE,
    not_null_scan::RULE,
    validation_scan::RULE,
    rewrite::RULE,
    backfill::RULE,
    rebuild::RULE,
];
