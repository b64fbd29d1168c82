//! Invalid folders of migrations, and migrations that fail.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::Project;

/// Two migrations of which the first is applied.
fn half(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    let more = format!("{LAST_FIELD}        pub bio: Option<String>,\n");
    project.edit("src/lib.rs", LAST_FIELD, &more);
    project.run(&["diff", "-m", "bio", "--revision", "2"]).ok();
    project
}

const ALL: [&[&str]; 8] = [
    &["diff"],
    &["check"],
    &["upgrade"],
    &["upgrade", "--sql"],
    &["downgrade"],
    &["current"],
    &["history"],
    &["diff", "--from", "migrations", "--dry-run"],
];

#[track_caller]
fn all_refuse(project: &Project, code: &str, place: &str) {
    for arguments in ALL {
        project.unchanged(arguments).fails(2, code, place);
    }
}

#[test]
fn a_missing_parent() {
    for dialect in dialects() {
        let project = half(dialect);
        project.edit("migrations/2_bio.up.sql", "-- parents: 1", "-- parents: 17");
        all_refuse(&project, "A0504", "revision 2 comes after 17");
    }
}

#[test]
fn names_and_circles() {
    let project = half(Dialect::Sqlite);
    let up = project.read("migrations/2_bio.up.sql");
    let cases = [
        ("migrations/notes.up.sql", "A0501", "notes.up.sql"),
        ("migrations/2_twice.up.sql", "A0503", "2_twice.up.sql"),
        ("migrations/3_more.up.sql", "A0502", "3_more.up.sql"),
        ("migrations/9_alone.down.sql", "A0506", "9_alone.down.sql"),
    ];
    for (file, code, place) in cases {
        project.write(file, &up);
        all_refuse(&project, code, place);
        std::fs::remove_file(project.path().join(file)).unwrap();
    }
    project.edit("migrations/1_first.up.sql", "-- parents: none", "-- parents: 2");
    all_refuse(&project, "A0505", "1 -> 2");
}

#[test]
fn two_heads() {
    for dialect in dialects() {
        let project = half(dialect);
        project.edit("migrations/2_bio.up.sql", "-- parents: 1", "-- parents: none");
        for arguments in [&["diff"][..], &["diff", "-m", "x"], &["check"], &["upgrade"]] {
            let ran = project.unchanged(arguments).fails(2, "A0507", "2 heads: 1, 2");
            ran.tells("`autogen merge` joins them");
        }
        let ran = project.unchanged(&["history"]).ok();
        assert_eq!(ran.out.matches("(head)").count(), 2, "{}", ran.out);
        project.unchanged(&["current"]).ok();
    }
}

#[test]
fn a_file_that_was_changed_after_it_ran() {
    for dialect in dialects() {
        let project = half(dialect);
        let first = project.read("migrations/1_first.up.sql");
        project.write("migrations/1_first.up.sql", &format!("{first}\nselect 1;\n"));
        for arguments in [&["diff"][..], &["check"], &["upgrade"], &["downgrade"], &["current"]] {
            project.unchanged(arguments).fails(4, "A0511", "1_first.up.sql");
        }
        // Line ends are not a change: git may rewrite them.
        project.write("migrations/1_first.up.sql", &first.replace('\n', "\r\n"));
        project.run(&["upgrade"]).ok().shows("applied 2 bio");
        for file in ["1_first.up.sql", "1_first.down.sql", "2_bio.up.sql", "2_bio.down.sql"] {
            std::fs::remove_file(project.path().join("migrations").join(file)).unwrap();
        }
        project.unchanged(&["current"]).fails(2, "A0642", "schema.json is of revision 2");
        std::fs::remove_file(project.path().join("migrations/schema.json")).unwrap();
        project.unchanged(&["current"]).fails(4, "A0510", "revision 1");
    }
}

#[test]
fn a_database_that_is_behind() {
    for dialect in dialects() {
        let project = half(dialect);
        project.unchanged(&["diff", "-m", "x"]).fails(4, "A0512", "lacks 1 migration: 2");
        project.unchanged(&["diff", "--dry-run"]).ok().shows("bio");
    }
}

#[test]
fn snapshots() {
    for dialect in dialects() {
        let project = half(dialect);
        let good = project.read("migrations/schema.json");
        let diff = ["diff", "--from", "migrations", "--dry-run"];
        project.unchanged(&diff).ok();
        let conflict = format!("<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> other\n");
        let newer = good.replacen("\"version\": 1", "\"version\": 2", 1);
        for (text, code, words) in [
            (conflict, "A0603", "two branches both added a migration"),
            (newer, "A0603", "version 2 is newer than 1"),
            ("{}".to_owned(), "A0603", "not a snapshot"),
            (good.replacen("\"tables\"", "\"tabels\"", 1), "A0603", "tabels"),
            (good.replacen(dialect.name(), "oracle", 1), "A0604", "oracle"),
        ] {
            project.write("migrations/schema.json", &text);
            project.unchanged(&diff).fails(2, code, words);
        }
        // A migration of another commit.
        project.write("migrations/schema.json", &good.replacen("\"2\"", "\"1\"", 1));
        project.unchanged(&diff).fails(4, "A0620", "belongs to revision 1");
        std::fs::remove_file(project.path().join("migrations/schema.json")).unwrap();
        project.unchanged(&diff).fails(2, "A0607", "schema.json");
        // A folder of something else.
        project.write("other/notes.txt", "none");
        project.unchanged(&["inspect", "migrations:other"]).fails(2, "A0607", "other");
        project.unchanged(&["inspect", "snapshot:gone.json"]).fails(2, "A0601", "gone.json");
        project.unchanged(&["inspect", "nonsense"]).fails(2, "A0606", "nonsense");
    }
}

/// The databases that roll back DDL. The others are tested in tests/live.
fn transactional() -> Vec<Dialect> {
    let takes_back = |dialect: &Dialect| match dialect {
        Dialect::Sqlite | Dialect::Postgres => true,
        Dialect::Mysql | Dialect::Mariadb => false,
    };
    dialects().into_iter().filter(takes_back).collect()
}

#[test]
fn a_statement_that_fails_in_the_middle() {
    for dialect in transactional() {
        let project = half(dialect);
        let up = project.read("migrations/2_bio.up.sql");
        let bad = "\ncreate table more (id integer);\ninsert into nowhere values (1);\n";
        project.write("migrations/2_bio.up.sql", &format!("{up}{bad}"));
        let ran = project.unchanged(&["upgrade"]).fails(3, "A0316", "revision 2");
        ran.tells("insert into nowhere values (1)").tells("statement 3 of 3");
        // After the correction it continues.
        project.write("migrations/2_bio.up.sql", &up);
        project.run(&["upgrade"]).ok().shows("applied 2 bio");
        project.run(&["check"]).ok();
        // The way down also fails as a whole.
        let down = project.read("migrations/2_bio.down.sql");
        project.write("migrations/2_bio.down.sql", &format!("{down}{bad}"));
        project.unchanged(&["downgrade"]).fails(3, "A0316", "revision 2");
        project.write("migrations/2_bio.down.sql", "-- autogen: irreversible\n");
        project.unchanged(&["downgrade"]).fails(4, "A0618", "revision 2");
        std::fs::remove_file(project.path().join("migrations/2_bio.down.sql")).unwrap();
        project.unchanged(&["downgrade"]).fails(4, "A0618", "revision 2");
    }
}

#[test]
fn an_interrupted_one_goes_on() {
    for dialect in dialects() {
        let project = half(dialect);
        let up = project.read("migrations/2_bio.up.sql");
        let steps = "\n-- autogen: no-transaction\n\ncreate table more (id integer);\n\
                     insert into nowhere values (1);\n";
        project.write("migrations/2_bio.up.sql", &format!("{up}{steps}"));
        project.run(&["upgrade"]).fails(3, "A0316", "statement 3 of 3");
        project.unchanged(&["current"]).ok().tells("2 of 3 statements done");
        project.unchanged(&["check"]).exits(1).shows("pending: 2 bio");
        project.unchanged(&["diff"]).fails(4, "A0512", "2");
        project.unchanged(&["upgrade"]).fails(3, "A0316", "statement 3 of 3");
        // A statement that ran cannot be changed ..
        let other = format!("{up}{steps}").replace("more (id integer)", "more (id text)");
        project.write("migrations/2_bio.up.sql", &other);
        project.unchanged(&["upgrade"]).fails(3, "A0315", "revision 2");
        // .. one that failed can.
        let corrected = format!("{up}{steps}").replace("into nowhere", "into more");
        project.write("migrations/2_bio.up.sql", &corrected);
        project.run(&["upgrade"]).ok().shows("applied 2 bio");
        assert_eq!(project.query("select cast(id as text) as it from more"), ["1"]);
        project.unchanged(&["upgrade"]).ok().tells("nothing to do");
        project.unchanged(&["current"]).ok();
    }
}

#[test]
fn one_for_another_database() {
    for dialect in dialects() {
        let project = half(dialect);
        let other = match dialect {
            Dialect::Sqlite => "postgres",
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => "sqlite",
        };
        let heading = format!("-- dialect: {dialect}");
        project.edit("migrations/2_bio.up.sql", &heading, &format!("-- dialect: {other}"));
        project.unchanged(&["upgrade"]).fails(4, "A0619", "revision 2");
    }
}

#[test]
fn a_folder_that_is_a_file() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.write("migrations", "no folder");
        for arguments in ALL {
            project.unchanged(arguments).fails(2, "A0601", "migrations");
        }
        let other = Project::with_models(dialect, BLOG);
        // If the last file cannot be written, none is.
        other.write("migrations/schema.json.tmp/x", "a folder in the way");
        other.unchanged(&["diff", "-m", "x"]).fails(2, "A0601", "schema.json");
        other.write("migrations/schema.json/x", "what is no file can't be read");
        other.unchanged(&["diff", "-m", "x"]).fails(2, "A0673", "schema.json");
        std::fs::remove_dir_all(other.path().join("migrations/schema.json")).unwrap();
        other.write("migrations/file", "");
        let deeper = ["diff", "--migrations", "migrations/file/deeper"];
        other.unchanged(&deeper).fails(2, "A0601", "migrations/file/deeper");
    }
}
