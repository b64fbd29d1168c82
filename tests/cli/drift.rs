//! Manual changes in the database, apart from changes of the models.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::merging::{git, repository};
use crate::models::{BLOG, LAST_FIELD};
use crate::project::Project;

const INDEX: &str = "create index hot on posts (stars)";

/// A project whose database is at its head.
fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    project
}

/// The same files, and another database at their first revision.
fn other(project: &Project, dialect: Dialect) -> Project {
    let other = Project::on(dialect);
    for (name, bytes) in project.files().into_iter().filter(|(name, _)| !name.ends_with('/')) {
        other.write(&name, &String::from_utf8(bytes).expect("text"));
    }
    other.run(&["upgrade", "1"]).ok();
    other
}

fn add_field(project: &Project) {
    let more = format!("{LAST_FIELD}        pub bio: Option<String>,\n");
    project.edit("src/lib.rs", LAST_FIELD, &more);
}

/// It is neither silently undone nor silently recorded.
#[test]
fn a_fix_by_hand_stays() {
    for dialect in dialects() {
        let project = project(dialect);
        project.execute(INDEX);
        let ran = project.unchanged(&["check"]).exits(1).tells("--adopt");
        assert!(ran.out.contains("changed by hand: create index hot"), "{}", ran.out);
        assert!(!ran.out.contains("drop index"), "{}", ran.out);
        let ran = project.unchanged(&["diff"]).ok().tells("changed by hand: create index hot");
        assert_eq!(ran.out, "no changes\n");
        // The models' changes are written, and run here and elsewhere.
        add_field(&project);
        let ran = project.unchanged(&["check"]).exits(1).shows("changed by hand: ");
        ran.shows("add column authors.bio");
        project.run(&["diff", "-m", "bio", "--revision", "2"]).ok();
        let text = project.read("migrations/2_bio.up.sql");
        assert!(text.contains("bio") && !text.contains("hot"), "{text}");
        project.run(&["upgrade"]).ok();
        let other = other(&project, dialect);
        other.run(&["upgrade"]).ok();
        other.unchanged(&["check"]).ok();
        assert!(project.contents().iter().any(|it| it.contains("hot")));
        assert!(!other.contents().iter().any(|it| it.contains("hot")));
        project.unchanged(&["check"]).exits(1).shows("changed by hand: create index hot");
    }
}

#[test]
fn a_fix_is_taken_into_the_history() {
    for dialect in dialects() {
        let project = project(dialect);
        project.execute(INDEX);
        add_field(&project);
        let dry = project.unchanged(&["diff", "--adopt", "--dry-run"]).ok();
        assert!(dry.out.contains("create index hot") && !dry.out.contains("bio"), "{}", dry.out);
        let ran = project.run(&["diff", "--adopt", "--revision", "2"]).ok();
        let ran =
            ran.tells("the models do not declare `create index hot").tells("#[autogen(index(");
        ran.tells("next, write what the models change");
        // Other databases get it; the one that has it only records it.
        let other = other(&project, dialect);
        other.run(&["upgrade"]).ok().shows("applied 2").tells("statement");
        assert!(other.contents().iter().any(|it| it.contains("hot")));
        let twice = self::other(&project, dialect);
        twice.execute(INDEX);
        for it in [&project, &twice] {
            let ran = it.run(&["upgrade"]).ok().shows("applied 2 adopt");
            assert!(!ran.err.contains("1/1"), "nothing is run: {}", ran.err);
            it.unchanged(&["upgrade"]).ok().tells("nothing to do");
        }
        // With the missing declarations added to the models, only their own change is left.
        let before = "#[autogen(check(name = \"posts_stars\"";
        let index = "#[autogen(index(name = \"hot\", columns = [\"stars\"]))]\n    ";
        project.edit("src/lib.rs", before, &format!("{index}{before}"));
        let ran = project.run(&["diff", "-m", "bio", "--revision", "3"]).ok();
        assert!(ran.out.contains("bio") && !ran.out.contains("hot"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        project.run(&["verify"]).ok().shows("2 adopt: up, down, up");
        project.unchanged(&["diff", "--adopt"]).ok().tells("nothing was changed by hand");
    }
}

/// The schema of a revision before the head is in git, or found by running the migrations in
/// memory, if that needs no server.
#[test]
fn behind_the_head() {
    for dialect in dialects() {
        let project = repository(dialect);
        add_field(&project);
        project.run(&["diff", "-m", "bio", "--revision", "2"]).ok();
        project.unchanged(&["check"]).exits(1).shows("pending: 2 bio");
        project.execute(INDEX);
        let told =
            |ran: &crate::project::Ran| ran.out.contains("changed by hand: create index hot");
        let with_git = project.unchanged(&["check"]).exits(1).shows("pending: 2 bio");
        assert!(told(&with_git) && !with_git.out.contains("add column"), "{}", with_git.out);
        let ran = project.unchanged(&["diff", "-m", "x"]).fails(4, "A0512", "lacks 1 migration: 2");
        ran.tells("changed by hand: create index hot");
        let dry = project.unchanged(&["diff", "--dry-run"]).ok();
        assert!(dry.tells("changed by hand: ").out.contains("bio"));
        // The same with a commit on top, as on a deployment.
        assert!(git(&project, &["add", "."]) && git(&project, &["commit", "-qm", "bio"]));
        assert!(told(&project.unchanged(&["check"]).exits(1)));
        std::fs::remove_dir_all(project.path().join(".git")).expect("a repository");
        let without = project.unchanged(&["check"]).exits(1).shows("pending: 2 bio");
        assert_eq!(told(&without), dialect == Dialect::Sqlite, "{}", without.out);
        project.run(&["upgrade"]).ok();
        assert!(told(&project.unchanged(&["check"]).exits(1)));
    }
}

/// A line for each, also on stderr.
#[test]
fn each_fix_has_a_line() {
    for dialect in dialects() {
        let project = project(dialect);
        project.execute(&format!("{INDEX}; {}", INDEX.replacen("hot", "cold", 1)));
        let lines = ["changed by hand: create index cold", "changed by hand: create index hot"];
        let told = |text: &str| {
            let found = text.lines().filter(|line| line.starts_with("changed by hand: "));
            found.map(|line| line.split(" on ").next().unwrap_or(line).to_owned()).collect()
        };
        let (dry, check) = (project.unchanged(&["diff"]).ok(), project.unchanged(&["check"]));
        for text in [&dry.err, &check.exits(1).out] {
            let found: Vec<String> = told(text);
            assert_eq!(found, lines, "{text}");
        }
    }
}

/// Columns and types, and what is gone.
#[test]
fn more_than_indexes() {
    for dialect in dialects() {
        let project = project(dialect);
        project.execute(
            "alter table authors add column phone varchar(20); \
             create table notes (id integer not null primary key, t varchar(9)); \
             drop table posts",
        );
        let ran = project.unchanged(&["check"]).exits(1);
        for part in ["add column authors.phone", "drop table posts"] {
            assert!(ran.out.contains(&format!("changed by hand: {part}")), "{}", ran.out);
        }
        // An object that no model ever named is not drift, and is kept.
        assert!(!ran.out.contains("notes"), "{}", ran.out);
        ran.tells("no model ever named notes: left alone");
        project.run(&["diff", "--adopt", "--revision", "2"]).ok().tells("correct the field");
        assert!(!project.read("migrations/schema.json").contains("notes"));
        project.execute("drop table notes");
        let other = other(&project, dialect);
        other.run(&["upgrade"]).ok();
        project.run(&["upgrade"]).ok();
        let both = |it: &Project| {
            let found = it.contents().into_iter();
            found.filter(|it| it.contains("phone")).count()
        };
        assert_eq!(both(&project), both(&other));
        let url = project.database().url().to_owned();
        let same = ["diff", "--from", url.as_str(), "--to", "database", "--exit-code"];
        other.unchanged(&same).ok();
    }
}

#[test]
fn both_change_the_same() {
    for dialect in dialects() {
        let project = project(dialect);
        project.execute("alter table authors add column bio integer");
        add_field(&project);
        let ran = project.unchanged(&["diff", "-m", "bio"]);
        ran.fails(4, "A0631", "authors.bio").tells("--adopt");
        project.unchanged(&["diff", "--dry-run"]).ok().tells("changed by hand: ");
        project.run(&["diff", "--adopt", "--revision", "2"]).ok().tells("authors.bio");
        project.run(&["upgrade"]).ok();
        project.run(&["diff", "-m", "bio", "--revision", "3"]).ok().shows("authors.bio");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// A rebuild would drop what was made by hand: here `diff` writes nothing, elsewhere `upgrade` and
/// `downgrade` run nothing.
#[test]
fn a_rebuild_drops_nothing_by_hand() {
    let by_hand = [
        (INDEX, "drop index hot"),
        ("create trigger TR after insert on POSTS begin select 1; end", "drop trigger tr"),
        ("alter table Posts add column extra text", "alter table posts drop column extra"),
    ];
    let stars = "        pub stars: i32,\n";
    for (made, dropped) in by_hand.into_iter().filter(|_| dialects().contains(&Dialect::Sqlite)) {
        let project = project(Dialect::Sqlite);
        project.edit("src/lib.rs", stars, "        pub stars: Option<i32>,\n");
        // Models don't declare triggers: the rebuild would take one into its text.
        let code = if made.contains("trigger") { "A0631" } else { "A0623" };
        project.execute(made);
        project.unchanged(&["diff", "-m", "stars"]).fails(4, code, "").tells("--adopt");
        project.execute(dropped);
        project.run(&["diff", "-m", "stars", "--revision", "2"]).ok();
        let other = other(&project, Dialect::Sqlite);
        other.execute(made);
        other.run(&["upgrade"]).fails(4, "A0320", "DL115");
        other.execute(dropped);
        other.run(&["upgrade"]).ok();
        other.execute(made);
        let before = other.contents();
        other.run(&["downgrade"]).fails(4, "A0320", "DL115");
        assert_eq!(other.contents(), before);
        other.execute(dropped);
        other.run(&["downgrade"]).ok();
    }
}

/// A table that becomes partitioned is copied as well: what the file does not know stops it.
#[test]
fn a_copy_drops_nothing_by_hand() {
    let by_hand = [
        ("alter table posts add extra text", "alter table posts drop extra"),
        (INDEX, "drop index hot"),
        (
            "alter table posts add constraint c check (stars < 9)",
            "alter table posts drop constraint c",
        ),
        ("comment on column posts.stars is 'by hand'", "comment on column posts.stars is null"),
        ("comment on table posts is 'by hand'", "comment on table posts is null"),
    ];
    for dialect in [Dialect::Postgres].into_iter().filter(|it| dialects().contains(it)) {
        let project = project(dialect);
        project.write("schema/p.sql", "create table posts_rest partition of posts default;");
        let models = project.read("src/lib.rs");
        let table = "#[sea_orm(table_name = \"posts\")]";
        assert!(models.contains(table), "{models}");
        project.edit(
            "src/lib.rs",
            table,
            &format!("{table}\n    #[autogen(partition_by = \"RANGE (id)\")]"),
        );
        project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
        project.run(&["diff", "-m", "divide", "--revision", "2"]).ok().shows("DL115");
        for (made, dropped) in by_hand {
            let other = other(&project, dialect);
            other.execute(made);
            other.run(&["upgrade"]).fails(4, "A0320", "DL115");
            other.execute(dropped);
            other.run(&["upgrade"]).ok();
        }
    }
}

/// A text made by hand would break, and no server says so.
#[test]
fn a_rename_breaks_nothing_by_hand() {
    for dialect in dialects().into_iter().filter(|it| *it != Dialect::Sqlite) {
        let project = project(dialect);
        let (made, dropped) = match dialect {
            Dialect::Postgres => (
                "create function f() returns integer language plpgsql as \
                 $$ begin return (select sum(p.stars) from posts p); end $$",
                "drop function f()",
            ),
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                ("create view v as select id, stars from posts", "drop view v")
            }
        };
        project.execute(made);
        let renamed = "        #[autogen(renamed_from = \"stars\")]\n        pub points: i32,\n";
        project.edit("src/lib.rs", "        pub stars: i32,\n", renamed);
        project.edit("src/lib.rs", "stars >= 0", "points >= 0");
        let ran = project.unchanged(&["diff", "-m", "points"]).fails(4, "A0631", "");
        assert!(ran.err.contains("view v") || ran.err.contains("function f()"), "{}", ran.err);
        project.execute(dropped);
        project.run(&["diff", "-m", "points"]).ok();
        project.run(&["upgrade"]).ok();
    }
}

/// Something made by hand that goes with what the models drop is not "kept unchanged".
#[test]
fn nothing_goes_along() {
    for dialect in dialects() {
        let project = project(dialect);
        // SQLite itself refuses to drop a column under an index.
        let mut all = vec!["create index by_stars on posts (stars, id)"];
        if dialect == Dialect::Postgres {
            all.push("alter table posts add constraint few check (stars < 9 or id > 1)");
            all.push("create policy po on posts using (stars > 0)");
        }
        for made in all {
            project.execute(made);
            let models = project.read("src/lib.rs");
            let check = "    #[autogen(check(name = \"posts_stars\", expr = \"stars >= 0\"))]\n";
            let field = "        #[sea_orm(default_value = 0)]\n        pub stars: i32,\n";
            project.write("src/lib.rs", &models.replace(check, "").replace(field, ""));
            let ran = project.unchanged(&["diff", "-m", "less"]);
            assert_ne!(ran.code, 0, "{made}: {}{}", ran.out, ran.err);
            project.write("src/lib.rs", &models);
            let dropped = match dialect {
                Dialect::Mysql | Dialect::Mariadb => "drop index by_stars on posts",
                Dialect::Sqlite => "drop index by_stars",
                Dialect::Postgres => {
                    "drop index if exists by_stars; drop policy if exists po on posts; \
                     alter table posts drop constraint if exists few"
                }
            };
            project.execute(dropped);
        }
    }
}

#[test]
fn nothing_to_adopt_from() {
    let offline = Project::offline(Dialect::Sqlite, BLOG);
    offline.unchanged(&["diff", "--adopt"]).fails(2, "A0632", "schema.json");
    offline.unchanged(&["diff", "--adopt", "--from", "models"]).exits(2);
    for dialect in dialects() {
        let project = project(dialect);
        project.unchanged(&["diff", "--adopt"]).ok().tells("nothing was changed by hand");
        project.run(&["downgrade"]).ok();
        project.unchanged(&["diff", "--adopt"]).fails(4, "A0512", "1");
    }
}

/// Servers write casts into expressions, and a change of type leaves more of them: this is
/// not a manual change.
#[test]
fn the_words_of_the_server_are_no_drift() {
    let model = |ty: &str, field: &str| {
        format!(
            r#"//! The models.

pub mod t {{
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "t")]
    #[autogen(check(name = "t_amount", expr = "amount > 0"))]
    pub struct Model {{
        #[sea_orm(primary_key)]
        pub id: i32,
        {ty}
        pub amount: {field},
        {ty}
        #[autogen(generated = "amount * 2", stored)]
        pub twice: {field},
    }}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {{}}

    impl ActiveModelBehavior for ActiveModel {{}}
}}
"#
        )
    };
    let decimal = "#[sea_orm(column_type = \"Decimal(Some((12, 2)))\")]";
    for dialect in dialects() {
        let project = Project::with_models(dialect, &model(decimal, "Decimal"));
        for (revision, text) in [
            ("1", model(decimal, "Decimal")),
            ("2", model("", "i64")),
            ("3", model(decimal, "Decimal")),
        ] {
            project.write("src/lib.rs", &text);
            project.run(&["diff", "-m", "x", "--revision", revision]).ok();
            project.run(&["upgrade"]).ok();
            project.unchanged(&["check"]).ok();
            project.run(&["downgrade"]).ok();
            project.run(&["upgrade"]).ok();
            project.unchanged(&["check"]).ok();
        }
    }
}
