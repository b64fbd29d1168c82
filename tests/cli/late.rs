//! What a plan drops or renames while an object that it keeps uses it: refused if the server
//! would reject the plan, and a hazard if the server would only find out later.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{model, one};
use crate::project::{Project, Ran, wanted};

const TITLE: &str = "pub title: String,";

const HOLDER: &str =
    "pub title: String,\n        #[autogen(renamed_from = \"owner\")]\n        pub holder: String,";

/// A table with a column `owner`, which the models do not have, and another table.
fn tables(dialect: Dialect) -> String {
    let id = match dialect {
        Dialect::Sqlite => "id integer not null primary key autoincrement",
        Dialect::Postgres => "id serial primary key",
        Dialect::Mysql | Dialect::Mariadb => "id integer not null auto_increment primary key",
    };
    format!(
        "create table docs ({id}, title varchar(255) not null, owner varchar(255) not null); \
         create table others (owner varchar(255), holder varchar(255)); "
    )
}

fn project(dialect: Dialect, fields: &str, sql: &str) -> Project {
    let project = Project::with_models(dialect, &one("docs", fields));
    project.execute(&format!("{}{sql}", tables(dialect)));
    project
}

/// The hazards of this code.
fn hazards<'r>(text: &'r str, code: &str) -> Vec<&'r str> {
    text.lines().filter(|it| it.contains(code)).map(str::trim).collect()
}

fn servers() -> impl Iterator<Item = Dialect> {
    [Dialect::Postgres, Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| wanted(*it))
}

/// A routine of this name with this body.
fn routine(dialect: Dialect, name: &str, body: &str) -> String {
    match dialect {
        Dialect::Postgres => {
            format!("create procedure {name}() language plpgsql as $$ begin {body}; end $$; ")
        }
        Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
            format!("create procedure {name}() {body}; ")
        }
    }
}

/// Routines, of which only `stale` uses `docs.owner`, and only `later` `docs.holder`.
fn routines(dialect: Dialect) -> String {
    let bodies = [
        ("stale", "update docs d set title = d.owner"),
        ("later", "update docs set title = holder"),
        ("fine", "update others set holder = owner"),
        ("also_fine", "insert into docs (title) select others.owner from others"),
    ];
    bodies.map(|(name, body)| routine(dialect, name, body)).concat()
}

fn down(project: &Project) -> String {
    let files = project.migrations();
    let down = files.iter().find(|it| it.ends_with(".down.sql")).expect("a way down");
    project.read(&format!("migrations/{down}"))
}

#[test]
fn a_body_that_names_a_dropped_column_is_a_hazard() {
    for dialect in servers() {
        let project = project(dialect, TITLE, &routines(dialect));
        let ran = project.run(&["diff", "-m", "x"]).ok();
        let found = hazards(&ran.out, "DD110");
        let message = "procedure stale() still uses docs.owner, which is gone afterwards";
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
        assert!(hazards(&down(&project), "DD110").is_empty(), "{dialect}");
        project.run(&["upgrade"]).ok();
    }
}

#[test]
fn a_body_that_names_a_renamed_column_is_a_hazard_both_ways() {
    for dialect in servers() {
        let project = project(dialect, HOLDER, &routines(dialect));
        let ran = project.run(&["diff", "-m", "x"]).ok();
        let found = hazards(&ran.out, "DD110");
        let message = "procedure stale() still uses docs.owner, which has another name afterwards";
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
        let down = down(&project);
        let found = hazards(&down, "DD110");
        assert!(
            matches!(&found[..], [one] if one.contains("later() still uses docs.holder")),
            "{down}"
        );
        project.run(&["upgrade"]).ok();
        project.run(&["downgrade", "-1"]).ok();
    }
}

#[test]
fn the_body_of_a_trigger_names_columns_of_its_row() {
    for dialect in servers() {
        let sql = match dialect {
            Dialect::Postgres => {
                "create function stale() returns trigger language plpgsql as \
                 $$ begin new.title := new.owner; return new; end $$; \
                 create function fine() returns trigger language plpgsql as \
                 $$ begin new.holder := new.owner; return new; end $$; \
                 create trigger a before update on docs for each row execute function stale(); \
                 create trigger b before update on others for each row execute function fine()"
            }
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                "create trigger stale before update on docs for each row \
                 set new.title = new.owner; \
                 create trigger fine before update on others for each row \
                 set new.holder = new.owner; \
                 create trigger also_fine after insert on docs for each row \
                 insert into others (owner) values (new.title)"
            }
        };
        let project = project(dialect, TITLE, sql);
        let ran = project.run(&["diff", "-m", "x"]).ok();
        let found = hazards(&ran.out, "DD110");
        let kind = if dialect == Dialect::Postgres { "function stale()" } else { "trigger stale" };
        let message = format!("{kind} still uses docs.owner, which is gone afterwards");
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
    }
}

#[test]
fn a_trigger_that_is_recreated_keeps_the_columns_of_other_tables() {
    for dialect in servers().filter(|it| *it != Dialect::Postgres) {
        let sql = "create trigger t after update on docs for each row \
                   insert into others (owner) values (new.owner); \
                   create view v as select d.owner as owner, o.owner as other \
                   from docs d join others o on o.holder = d.title";
        let project = project(dialect, HOLDER, sql);
        let ran = project.run(&["diff", "-m", "x"]).ok();
        assert!(hazards(&ran.out, "DD110").is_empty(), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        project.execute("insert into docs (title, holder) values ('x', 'me')");
        project.execute("update docs set title = 'y'");
        assert_eq!(project.query("select owner as it from others"), ["me"], "{dialect}");
        assert!(project.query("select other as it from v where owner <> other").is_empty());
        project.run(&["downgrade", "-1"]).ok();
        project.execute("update docs set title = 'z', owner = 'they'");
        assert_eq!(project.query("select owner as it from others order by 1"), ["me", "they"]);
    }
}

/// A view keeps the names of its columns, in the migration and for the next comparison.
#[test]
fn a_view_over_a_renamed_column_keeps_its_own() {
    for dialect in dialects() {
        for retyped in [false, true] {
            let title = if retyped { "pub title: Option<String>," } else { TITLE };
            let fields = HOLDER.replace(TITLE, title);
            let sql = "create view v as select id, owner as owner from docs where owner <> 'x'; \
                       create view w as select o.owner from others o where o.owner in \
                       (select owner from docs where title <> '')";
            let project = project(dialect, TITLE, sql);
            project.execute("insert into docs (title, owner) values ('a', 'me')");
            project.write("src/lib.rs", &one("docs", &fields));
            project.run(&["diff", "-m", "x"]).ok();
            project.run(&["upgrade"]).ok();
            assert_eq!(project.query("select owner as it from v"), ["me"], "{dialect} {retyped}");
            project.unchanged(&["check"]).ok();
            project.run(&["downgrade", "-1"]).ok();
            assert_eq!(project.query("select owner as it from v"), ["me"], "{dialect} {retyped}");
        }
    }
}

/// Its text comes from one database: the reviewer reads that.
#[test]
fn what_is_recreated_and_not_declared_is_a_hazard() {
    for dialect in servers() {
        let (fields, sql, object) = match dialect {
            Dialect::Postgres => (
                "pub title: String,\n        pub owner: i64,",
                "alter table docs alter owner type integer using 1; \
                 create policy p on docs using (owner > 3)",
                "policy docs.p",
            ),
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                (HOLDER, "create view v as select owner from docs", "view v")
            }
        };
        let project = project(dialect, fields, sql);
        let ran = project.run(&["diff", "-m", "x"]).ok();
        let message = format!(
            "DL116 warning: {object} is recreated with the text of one database, and no file \
             declares it"
        );
        assert_eq!(hazards(&ran.out, "DL116"), [&message], "{dialect}");
        assert!(down(&project).contains(&message), "{}", down(&project));
    }
}

#[test]
fn a_trigger_whose_names_may_mean_two_tables_is_a_hazard() {
    for dialect in servers().filter(|it| *it != Dialect::Postgres) {
        let sql = "create trigger t after update on docs for each row \
                   set @a = (select max(owner) from others, docs); \
                   create trigger fine after insert on docs for each row \
                   insert into others (holder) values (new.owner)";
        let project = project(dialect, HOLDER, sql);
        let ran = project.run(&["diff", "-m", "x"]).ok();
        let found = hazards(&ran.out, "DD110");
        let message = "trigger t is recreated with holder in place of owner, also where it means \
                       others.owner";
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
    }
}

#[test]
fn a_body_that_is_changed_as_well_is_no_hazard() {
    for dialect in servers() {
        let stale = routine(dialect, "p", "update docs set title = owner");
        let project = project(dialect, TITLE, &stale);
        project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
        project.write("schema/all.sql", &stale);
        let ran = project.run(&["diff", "--dry-run"]).ok();
        assert_eq!(hazards(&ran.out, "DD110").len(), 1, "{}", ran.out);
        project.write("schema/all.sql", &routine(dialect, "p", "update docs set title = ''"));
        let ran = project.run(&["diff", "--dry-run"]).ok();
        assert!(hazards(&ran.out, "DD110").is_empty(), "{}", ran.out);
    }
}

#[test]
fn texts_that_name_a_dropped_table_are_a_hazard() {
    for dialect in dialects() {
        let body = "insert into log select title from docs";
        let texts = match dialect {
            Dialect::Postgres => routine(dialect, "stale", body),
            Dialect::Sqlite => format!(
                "create trigger stale after update on docs begin {body}; end; \
                 create view v as select title from log"
            ),
            Dialect::Mysql | Dialect::Mariadb => format!(
                "{}create view v as select title from log; \
                 create event e on schedule every 1 day do delete from log; \
                 create trigger t after insert on docs for each row \
                 insert into log (title) values (new.title)",
                routine(dialect, "stale", body)
            ),
        };
        let models = one("docs", TITLE) + &model("log", "log", "DeriveEntityModel, Autogen", TITLE);
        let project = Project::with_models(dialect, &models.replace("}\n//! The models.\n", "}\n"));
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute(&texts);
        project.write("src/lib.rs", &one("docs", TITLE));
        let ran = project.run(&["diff", "--dry-run"]).ok();
        let found = hazards(&ran.out, "DD110");
        let objects = match dialect {
            Dialect::Postgres => "procedure stale() still uses",
            Dialect::Sqlite => "view v, trigger stale still use",
            Dialect::Mysql | Dialect::Mariadb => {
                "view v, trigger t, event e, procedure stale() still use"
            }
        };
        let message = format!("{objects} log, which is gone afterwards");
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
    }
}

#[test]
fn a_body_that_calls_a_dropped_routine_is_a_hazard() {
    for dialect in servers() {
        let (called, calls) = (
            routine(dialect, "called", "delete from docs"),
            routine(dialect, "p", "call called()"),
        );
        let project = project(dialect, TITLE, &format!("{called}{calls}"));
        project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
        project.write("schema/all.sql", &calls);
        let ran = project.run(&["diff", "--dry-run"]).ok();
        let found = hazards(&ran.out, "DD110");
        let message = "procedure p() still uses called, which is gone afterwards";
        assert_eq!(found, [format!("DD110 danger: {message}")], "{dialect}");
    }
}

/// What refuses the plan, before anything is written.
#[track_caller]
fn refused(
    dialect: Dialect,
    [fields, attribute]: [&str; 2],
    sql: &str,
    code: &str,
    place: &str,
) -> Ran {
    let models = one("docs", fields);
    let with = format!("{attribute}\n    pub struct Model");
    let project = Project::with_models(dialect, &models.replace("pub struct Model", &with));
    project.execute(&format!("{}{sql}", tables(dialect)));
    project.unchanged(&["diff", "-m", "x"]).fails(2, code, place)
}

#[test]
fn an_object_of_the_database_keeps_its_column() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let function = "create function f() returns trigger language plpgsql as \
                    $$ begin return new; end $$; ";
    let objects = [
        ("create policy p on docs using (owner = current_user)", "policy p of docs"),
        (
            "create policy p on docs using (exists (select from others o where o.owner = docs.owner))",
            "policy p of docs",
        ),
        (
            "create trigger t before update of owner on docs for each row execute function f()",
            "trigger t of docs",
        ),
        (
            "create trigger t before update on docs for each row \
             when (new.owner <> old.owner) execute function f()",
            "trigger t of docs",
        ),
        ("create view v as select title, owner from docs", "view v"),
        (
            "create function g() returns bigint language sql \
             begin atomic select count(owner) from docs; end",
            "function g()",
        ),
    ];
    for (sql, object) in objects {
        let sql = format!("{function}{sql}");
        let ran = refused(Dialect::Postgres, [TITLE, ""], &sql, "A0418", "docs.owner");
        ran.tells(object);
    }
    let other = format!(
        "{function}create policy p on docs using (exists (select owner from others o)); \
         create function owner() returns trigger language plpgsql as $$ begin return new; end $$; \
         create trigger t before update of title on docs for each row execute function owner(); \
         create view v as select title as owner from docs"
    );
    let project = project(Dialect::Postgres, TITLE, &other);
    project.run(&["diff", "-m", "x"]).ok();
    project.run(&["upgrade"]).ok();
}

#[test]
fn a_declared_part_of_a_table_uses_columns_that_are_there() {
    const LENGTH: &str = "pub title: String,\n        #[autogen(generated = \"length(owner)\")]\n        \
                          pub size: Option<i32>,";
    for dialect in dialects() {
        let check = "#[autogen(check(name = \"c\", expr = \"owner <> title\"))]";
        let refused = |fields, attribute, object| {
            refused(dialect, [fields, attribute], "", "A0411", object).tells("docs.owner")
        };
        refused(TITLE, check, "check c of docs");
        refused(HOLDER, check, "check c of docs");
        refused(LENGTH, "", "generated column docs.size");
        if dialect != Dialect::Mariadb {
            let index = "#[autogen(index(name = \"i\", columns(\"lower(owner)\")))]";
            refused(TITLE, index, "index i of docs");
        }
        if matches!(dialect, Dialect::Sqlite | Dialect::Postgres) {
            let index =
                "#[autogen(index(name = \"i\", columns(\"title\"), where = \"owner <> ''\"))]";
            refused(TITLE, index, "index i of docs");
        }
    }
}

#[test]
fn a_word_that_is_no_column_refuses_nothing() {
    for dialect in dialects() {
        let checks =
            "#[autogen(check(name = \"c\", expr = \"title <> 'owner' and lower(title) <> 'x'\"))]";
        let models = one("docs", TITLE)
            .replace("pub struct Model", &format!("{checks}\n    pub struct Model"));
        let project = Project::with_models(dialect, &models);
        project.execute(&tables(dialect));
        project.execute("alter table docs add lower varchar(20)");
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// A view by hand that shows `docs.title` through another view, and a trigger by hand that
/// keeps a full-text index, which can't be created in memory.
#[test]
fn sqlite_runs_a_migration_in_memory_before_it_is_written() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    const RENAMED: &str = "#[autogen(renamed_from = \"title\")]\n        pub name: String,";
    let project = Project::with_models(Dialect::Sqlite, &one("docs", TITLE));
    project.run(&["diff", "-m", "one"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(
        "create view shown as select id, title from docs; \
         create view outer_view as with c as (select title from shown) select title from c;",
    );
    project.write("src/lib.rs", &one("docs", RENAMED));
    let files = project.migrations();
    project
        .run(&["diff", "-m", "two"])
        .fails(4, "A0644", "error in view outer_view")
        .tells("RENAME COLUMN");
    assert_eq!(project.migrations(), files, "nothing is written");

    project.execute(
        "drop view outer_view; drop view shown; \
         create virtual table found using fts5(title); \
         create trigger keep_found after insert on docs begin \
         insert into found (title) values (new.title); end;",
    );
    project.run(&["diff", "-m", "two"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute("insert into docs (name) values ('x')");
}
