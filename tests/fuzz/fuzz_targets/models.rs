//! The reader of models: it terminates on any files, with a result or errors.
//!
//! An input is one file, or several: a line `//@ path` begins another one.
#![no_main]

use std::collections::BTreeMap;

use autogen_models::{Options, read_sources, unregistered};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut files = BTreeMap::new();
    let (mut path, mut body) = ("src/lib.rs".to_owned(), String::new());
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("//@ ") {
            Some(next) => {
                files.insert(std::mem::replace(&mut path, next.trim().to_owned()), body);
                body = String::new();
            }
            None => body.push_str(line),
        }
    }
    files.insert(path, body);
    let manifest = "[package]\nname = \"fuzzed\"\n".to_owned();
    files.entry("Cargo.toml".to_owned()).or_insert(manifest);
    let options = Options::default();
    let first = read_sources(&files, &options);
    assert_eq!(first, read_sources(&files, &options), "the same input reads the same");
    let _ = unregistered(&files, &options);
});
