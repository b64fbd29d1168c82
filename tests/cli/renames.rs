//! Renames are never guessed.

use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::Project;

/// A database with a row, and models in which a column has another name.
fn renamed(dialect: autogen_dialect::Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute("insert into authors (email, name) values ('a@b', 'Ann')");
    project.edit("src/lib.rs", LAST_FIELD, "pub full_name: String,\n");
    project
}

#[test]
fn an_open_one_is_refused() {
    for dialect in dialects() {
        let project = renamed(dialect);
        for arguments in [&["diff"][..], &["diff", "-m", "x"]] {
            project
                .unchanged(arguments)
                .fails(4, "A0614", "authors.name")
                .tells("--rename authors.name=full_name")
                .tells("--no-rename authors.name");
        }
        let ran = project.unchanged(&["diff", "--dry-run"]).ok();
        ran.shows("in doubt:").shows("D0104").shows("drop column authors.name");
        project.unchanged(&["check"]).exits(1).shows("D0104");
    }
}

/// Runs the command on a terminal, and answers its question by these keys.
#[cfg(unix)]
fn on_a_terminal(project: &Project, arguments: &[&str], keys: &str) -> (String, String) {
    let plain = project.command(arguments);
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", "\"$0\" \"$@\"; echo \"exit $?.\""]);
    command.arg(plain.get_program()).args(plain.get_args()).current_dir(project.path());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut session = rexpect::session::spawn_command(command, Some(60_000)).expect("a terminal");
    let asked =
        session.exp_string("is full_name a new name for authors.name?").expect("a question");
    session.send(keys).expect("keys");
    session.flush().expect("keys");
    let rest = session.exp_string("exit ").expect("the end");
    let code = session.exp_string(".").expect("the end");
    (code, asked + &rest)
}

#[cfg(unix)]
#[test]
fn a_terminal_is_asked() {
    const DOWN: &str = "\u{1b}[B";
    for dialect in dialects() {
        let project = renamed(dialect);
        let (code, text) = on_a_terminal(&project, &["diff", "-m", "x"], "\u{1b}");
        assert_eq!(code, "4", "{text}");
        assert!(text.contains("A0615"), "{text}");
        assert_eq!(project.migrations().len(), 3, "escape leaves all as it is: {text}");

        let yes = format!("{DOWN}\r");
        let (code, text) = on_a_terminal(&project, &["diff", "-m", "x", "--revision", "2"], &yes);
        assert_eq!(code, "0", "{text}");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);

        let project = renamed(dialect);
        let fill = ["diff", "-m", "x", "--fill", "authors.full_name='?'"];
        let (code, text) = on_a_terminal(&project, &fill, &format!("{DOWN}{DOWN}\r"));
        assert_eq!(code, "0", "{text}");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["?"]);
    }
}

#[test]
fn yes() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let flag = ["diff", "--rename", "authors.name=full_name"];
        let ran = project.run(&flag).ok();
        assert!(!ran.out.contains("in doubt"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select name as it from authors"), ["Ann"]);
    }
}

#[test]
fn no() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let flags = ["diff", "--no-rename", "authors.name", "--fill", "authors.full_name='?'"];
        let ran = project.run(&flags).ok();
        assert!(!ran.out.contains("in doubt"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["?"]);
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn the_model_says_it() {
    for dialect in dialects() {
        let project = renamed(dialect);
        let said = "#[autogen(renamed_from = \"name\")]\n        pub full_name";
        project.edit("src/lib.rs", "pub full_name", said);
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select full_name as it from authors"), ["Ann"]);
        // What is done already is no reason to complain.
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn one_that_fits_nothing() {
    for dialect in dialects() {
        let project = renamed(dialect);
        for (flag, code) in [
            ("authors.nam=full_name", "A0404"),
            ("authors.name=fullname", "A0404"),
            ("authors.name", "A0404"),
            ("type:mood=humour", "A0404"),
            ("writers=authors", "A0404"),
        ] {
            project.unchanged(&["diff", "--rename", flag]).fails(2, code, flag);
        }
        let flags = ["diff", "--no-rename", "authors.name", "--fill", "nonsense"];
        project.unchanged(&flags).fails(2, "A0613", "nonsense");
    }
}
