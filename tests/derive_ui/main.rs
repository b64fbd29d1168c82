//! Every error of the derive, at its position. `TRYBUILD=overwrite` writes the expected texts
//! again.

#[test]
fn errors_stand_at_their_place() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/passes.rs");
    for name in [
        "bad_value",
        "column_type",
        "contradiction",
        "default",
        "dialects",
        "duplicate_column",
        "enums",
        "extra",
        "index_parts",
        "key_width",
        "no_table",
        "relation",
        "repeated",
        "shape",
        "two_names",
        "unknown_column",
        "unknown_key",
        "unknown_type",
    ] {
        cases.compile_fail(format!("ui/{name}.rs"));
    }
}
