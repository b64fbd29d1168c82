//! The rules, one per file.

mod backfill;
mod check_copy;
mod check_scan;
mod dependents;
mod drop_column;
mod drop_extension;
mod drop_index;
mod drop_object;
mod drop_schema;
mod drop_sequence;
mod drop_table;
mod duplicates;
mod enum_value_removed;
mod exhausted_sequence;
mod fired_triggers;
mod foreign_key_copy;
mod index_build;
mod index_rebuild;
mod integrity;
mod key_copy;
mod leaving_rows;
mod lossy_type;
mod narrowed_charset;
mod no_default;
mod not_null;
mod not_null_scan;
mod nulls_allowed;
mod orphans;
mod partition_lock;
mod partition_rows;
mod privilege_granted;
mod privilege_revoked;
mod rebuild;
mod recreated;
mod refill_view;
mod rename_column;
mod rename_table;
mod required_column;
mod rewrite;
mod row_access;
mod shared_build;
mod strict_table;
mod undeclared;
mod unread;
mod validation_scan;
mod violations;

use crate::Rule;

/// All rules, by code.
pub(crate) const ALL: &[Rule] = &[
    rename_table::RULE,
    rename_column::RULE,
    drop_object::RULE,
    integrity::RULE,
    no_default::RULE,
    nulls_allowed::RULE,
    row_access::RULE,
    privilege_revoked::RULE,
    privilege_granted::RULE,
    required_column::RULE,
    not_null::RULE,
    duplicates::RULE,
    orphans::RULE,
    violations::RULE,
    partition_rows::RULE,
    strict_table::RULE,
    dependents::RULE,
    exhausted_sequence::RULE,
    leaving_rows::RULE,
    unread::RULE,
    drop_table::RULE,
    drop_column::RULE,
    drop_schema::RULE,
    lossy_type::RULE,
    narrowed_charset::RULE,
    enum_value_removed::RULE,
    drop_sequence::RULE,
    drop_extension::RULE,
    fired_triggers::RULE,
    undeclared::RULE,
    recreated::RULE,
    index_build::RULE,
    drop_index::RULE,
    refill_view::RULE,
    not_null_scan::RULE,
    check_scan::RULE,
    validation_scan::RULE,
    partition_lock::RULE,
    shared_build::RULE,
    rewrite::RULE,
    index_rebuild::RULE,
    key_copy::RULE,
    backfill::RULE,
    rebuild::RULE,
    check_copy::RULE,
    foreign_key_copy::RULE,
];
