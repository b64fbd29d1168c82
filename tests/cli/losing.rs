//! A downgrade that loses rows is asked about; one that loses nothing is not.

use autogen_dialect::Dialect;
use autogen_lint::LOSSES;
use autogen_plan::Script;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::{Project, Ran, finish, root, wanted};

/// Without `--yes`.
fn unasked(project: &Project, arguments: &[&str]) -> Ran {
    finish(project.as_given(arguments))
}

/// Two revisions: tables, and a column.
fn two_revisions(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    project.edit("src/lib.rs", LAST_FIELD, "pub name: String,\n        pub age: Option<i32>,\n");
    project.run(&["diff", "-m", "ages", "--revision", "2"]).ok();
    project.run(&["upgrade"]).ok();
    project
}

#[test]
fn what_is_lost_is_listed() {
    for dialect in dialects() {
        let project = two_revisions(dialect);
        let before = project.contents();
        let ran = unasked(&project, &["downgrade"]).fails(4, "A0674", "--yes");
        ran.tells("2 ages: the values of authors.age are lost");
        let ran = unasked(&project, &["downgrade", "base"]).fails(4, "A0674", "--yes");
        ran.tells("the values of authors.age").tells("1 first: all rows of posts are lost");
        assert_eq!(project.contents(), before, "{dialect}");
        unasked(&project, &["downgrade", "base", "--sql"]).ok().shows("DROP TABLE");
        let ran = unasked(&project, &["downgrade", "-1", "-y"]).ok().shows("undid 2");
        ran.tells("the values of authors.age are lost");
        unasked(&project, &["downgrade", "--yes", "base"]).ok().shows("undid 1");
        unasked(&project, &["downgrade", "base"]).ok().tells("nothing to undo");
    }
}

/// Rebuilt tables keep their rows, and views hold none.
#[test]
fn a_downgrade_that_loses_nothing_runs() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.edit("src/lib.rs", "stars >= 0", "stars >= -1");
        project.run(&["diff", "-m", "checked", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        unasked(&project, &["downgrade"]).ok().shows("undid 2");
    }
}

/// The statements count, whoever wrote them.
#[test]
fn hand_written_ways_down_are_read() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = two_revisions(Dialect::Sqlite);
    let path = "migrations/2_ages.down.sql";
    let header: String = project
        .read(path)
        .lines()
        .filter(|it| it.starts_with("-- ") && !it.contains("danger") && !it.contains("safer"))
        .map(|it| format!("{it}\n"))
        .collect();
    let lost = |sql: &str| {
        project.write(path, &format!("{header}\n{sql}\n"));
        unasked(&project, &["downgrade"])
    };
    lost("delete from posts;").fails(4, "A0674", "2 ages: rows of posts are deleted");
    lost("alter table authors drop age;").fails(4, "A0674", "the values of authors.age are lost");
    lost("drop table if exists nothing;").fails(4, "A0674", "all rows of nothing are lost");
    lost("drop view if exists v; -- delete from posts").ok();
}

#[cfg(unix)]
#[test]
fn a_terminal_is_asked() {
    let question = "this downgrade loses data";
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = two_revisions(Dialect::Sqlite);
    let before = project.contents();
    for key in ["\r", "n", "\u{1b}", "\u{3}"] {
        let (code, text) = crate::renames::answered(&project, &["downgrade"], question, key);
        assert_eq!(code, "4", "{text}");
        assert!(text.contains("authors.age") && text.contains("A0675"), "{text}");
        assert_eq!(project.contents(), before, "{text}");
    }
    let (code, text) = crate::renames::answered(&project, &["downgrade"], question, "y");
    assert_eq!(code, "0", "{text}");
    assert!(text.contains("undid 2"), "{text}");
}

/// In the files of all cases, what the statements delete is what the hazards say.
#[test]
fn the_files_of_cases_lose_what_their_hazards_say() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for dialect in Dialect::ALL {
        let folders = std::fs::read_dir(root().join("fixtures/cases")).expect("the cases");
        let kinds = folders.map(|it| it.expect("a folder").path());
        let cases = kinds.flat_map(|it| std::fs::read_dir(it).expect("a kind"));
        for case in cases.map(|it| it.expect("a case").path().join(dialect.name())) {
            for name in ["up.sql", "down.sql"] {
                let path = case.join(name);
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let script = Script::parse(&text, dialect).expect("a script");
                let mut said: Vec<&str> = Vec::new();
                for hazard in script.hazards.iter().filter(|it| LOSSES.contains(&it.code.as_str()))
                {
                    if !said.contains(&hazard.message.as_str()) {
                        said.push(&hazard.message);
                    }
                }
                seen += said.len();
                let lost = script.losses(dialect, &LOSSES);
                if lost != said {
                    wrong.push(format!("{}: {lost:?} but {said:?}", path.display()));
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
