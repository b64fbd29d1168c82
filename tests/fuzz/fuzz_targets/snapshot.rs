//! The reader of snapshots: what it reads, it writes unchanged, and every database can plan
//! it, or reports why not.
#![no_main]

use autogen_dialect::Dialect;
use autogen_plan::{Input, Options, plan};
use autogen_schema::{Declared, Schema, Snapshot};
use libfuzzer_sys::fuzz_target;

const DIALECTS: [Dialect; 4] =
    [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql, Dialect::Mariadb];

fuzz_target!(|text: &str| {
    let Ok(snapshot) = Snapshot::from_json(text) else { return };
    let json = snapshot.to_json();
    let again = Snapshot::from_json(&json).expect("what was written can be read");
    assert_eq!(snapshot, again);
    assert_eq!(json, again.to_json());
    let (before, after) = (Schema::default(), Declared::whole(snapshot.schema));
    let options = Options::default();
    for dialect in DIALECTS {
        let _ = plan(Input { dialect, before: &before, after: &after, options: &options });
    }
});
