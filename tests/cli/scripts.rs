//! `.sql` files: declared, adopted, wrong.

use autogen_dialect::Dialect;

use crate::models::one;
use crate::project::{Project, wanted};

const FIELDS: &str = "pub name: String,\n        pub age: i32,";
const CONFIG: &str = "models = \"src\"\nsql = [\"schema/*.sql\"]\n";

/// One object of each kind, in the opposite of the order that they need.
const POSTGRES: &str = "\
comment on view elders is 'the old';
create view elders as select * from adults where age > 60;
create or replace view public.adults as select id, name, age from people where age >= 18;
create materialized view ages as select age, count(*) from public.people group by age;
create unique index ages_age on ages (age);
create trigger people_tidy before insert on people for each row execute function tidy();
create function tidy() returns trigger language plpgsql as $$ begin return new; end $$;
alter table people enable row level security;
create policy grown on people using (age >= 18 and is_seen(id));
create function is_seen(a int) returns boolean language sql as 'select exists (select from people where id = a)';
";

const SQLITE: &str = "\
create view elders as select * from adults where age > 60;
create view adults as select id, name, age from people where age >= 18;
create trigger people_tidy after insert on people begin
    update people set name = trim(name) where id = new.id;
end;
";

fn project(dialect: Dialect, sql: &str) -> Project {
    let project = Project::with_models(dialect, &one("people", FIELDS));
    project.write("autogen.toml", CONFIG);
    project.write("schema/all.sql", sql);
    project
}

fn all() -> impl Iterator<Item = (Dialect, &'static str)> {
    let all = [(Dialect::Postgres, POSTGRES), (Dialect::Sqlite, SQLITE)];
    all.into_iter().filter(|(dialect, _)| wanted(*dialect))
}

#[test]
fn files_are_declared_and_remembered() {
    for (dialect, sql) in all() {
        let project = project(dialect, sql);
        project.run(&["diff", "-m", "first"]).ok().shows("create view adults");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        // The snapshot contains the texts as they were written.
        let offline = &["diff", "--from", "migrations", "--to", "models"];
        let ran = project.run_at("", offline).ok().shows("no changes");
        assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
        project.write("schema/all.sql", "");
        project.run(&["diff", "-m", "nothing"]).ok().shows("drop view elders");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade", "-1"]).ok();
        project.write("schema/all.sql", sql);
        project.run_at(project.database().url(), &["diff", "--dry-run"]).ok().shows("no changes");
    }
}

#[test]
fn without_files_nothing_is_touched() {
    for (dialect, sql) in all() {
        let project = project(dialect, sql);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.write("autogen.toml", "models = \"src\"\n");
        let ran = project.run(&["diff", "--dry-run"]).ok().shows("no changes");
        let line = ran.out.lines().find(|it| it.starts_with("unmanaged: ")).unwrap();
        assert!(line.contains(" views") && line.contains("1 trigger"), "{line}");
    }
}

#[test]
fn what_is_there_is_adopted() {
    for (dialect, sql) in all() {
        let project = project(dialect, sql);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        let before = project.run(&["inspect", "--format", "json"]).ok().out;
        let written = project.run(&["inspect", "--scripts"]).ok().out;
        assert!(!written.contains("CREATE TABLE"), "{written}");
        project.write("schema/all.sql", &written);
        project.unchanged(&["check"]).ok();
        project.run(&["diff", "--dry-run"]).ok().shows("no changes");
        // Everything together creates an equal database.
        let everything = project.run(&["inspect", "--format", "sql"]).ok().out;
        let other = Project::on(dialect);
        other.execute(&everything);
        let after = other.run(&["inspect", "--format", "json"]).ok().out;
        assert_eq!(before, after);
    }
}

#[test]
fn two_databases_are_compared_in_all() {
    for (dialect, sql) in all() {
        let (one, other) = (project(dialect, sql), project(dialect, ""));
        for project in [&one, &other] {
            project.run(&["diff", "-m", "first"]).ok();
            project.run(&["upgrade"]).ok();
        }
        let (from, to) = (other.database().url(), one.database().url());
        let ran = one.run(&["diff", "--dry-run", "--from", from, "--to", to]).ok();
        let ran = ran.shows("create view elders").shows("create trigger people_tidy");
        assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
    }
}

#[test]
fn a_struct_can_stand_for_a_view() {
    for dialect in autogen_tests::dialects() {
        let model = one("people", FIELDS);
        let view = "
pub mod adult {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    /// Only they may vote.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = \"adults\")]
    #[autogen(view = \"SELECT id, name FROM people WHERE age >= 18\")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
";
        let project = Project::with_models(dialect, &format!("{model}{view}"));
        project.run(&["diff", "-m", "first"]).ok().shows("create view adults");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        project.edit("src/lib.rs", "age >= 18", "age >= 21");
        let ran = project.run(&["diff", "-m", "second"]).ok();
        // The table stays out of it.
        let views = ran.out.starts_with("1 change ") || ran.out.starts_with("2 changes ");
        assert!(views && ran.out.contains("view adults:"), "{}", ran.out);
        assert!(!ran.out.contains("table people"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        // Without files, the struct's absence means nothing.
        project.write("src/lib.rs", &model);
        project.run(&["diff", "--dry-run"]).ok().shows("no changes").shows("1 view");
    }
}

#[test]
fn wrong_files_are_told_by_place() {
    for dialect in autogen_tests::dialects() {
        for (sql, code, place) in [
            ("select 1;", "A0701", "schema/all.sql:1"),
            ("\n\ncreate table t (a int);", "A0701", "schema/all.sql:3"),
            ("create index i on people (age);", "A07", "schema/all.sql:1"),
            ("create view v as select 1;\ncreate view v as select 2;", "A0702", "all.sql:1"),
            ("create view people as select 1;", "A0702", "schema/all.sql:1"),
            (
                "create trigger t after insert on nowhere begin select 1; end;",
                "A0703",
                "which neither a model nor a file declares",
            ),
        ] {
            let project = project(dialect, sql);
            let ran = project.unchanged(&["diff", "-m", "x"]).exits(2).tells(place).tells(code);
            assert_eq!(ran.out, "", "{sql}");
            assert!(!ran.err.contains("panicked"), "{}", ran.err);
        }
        let project = project(dialect, "");
        project.write("autogen.toml", "models = \"src\"\nsql = [\"nothing/*.sql\"]\n");
        project.unchanged(&["diff", "-m", "x"]).fails(2, "A0705", "nothing/*.sql");
    }
    if wanted(Dialect::Sqlite) {
        let project = project(Dialect::Sqlite, "create function f() returns int as 'x';");
        project.unchanged(&["diff"]).exits(2).tells("A0704").tells("schema/all.sql:1");
    }
    if wanted(Dialect::Postgres) {
        let project = project(Dialect::Postgres, "alter table people disable trigger nobody;");
        project.unchanged(&["diff"]).exits(2).tells("A0703").tells("the trigger nobody of people");
    }
}

#[test]
fn the_server_judges_before_anything_is_written() {
    let postgres = [
        ("create view v as\nselect nothing from people;", "schema/all.sql:1", "nothing"),
        ("create view v as selec 1;", "schema/all.sql:1", "syntax error"),
        (
            "-- a body\ncreate function f() returns int language plpgsql as 'begin retur; end';",
            "schema/all.sql:2",
            "syntax error",
        ),
        (
            "create function f() returns int language sql as 'select a from gone';",
            "schema/all.sql:1",
            "gone",
        ),
        (
            "create trigger t after insert on people for each row execute function gone();",
            "schema/all.sql:1",
            "gone",
        ),
        ("create policy p on people using (gone);", "schema/all.sql:1", "gone"),
    ];
    let sqlite = [
        ("create view v as select nothing from people;", "schema/all.sql:1", "nothing"),
        ("create view v as selec 1;", "schema/all.sql:1", "syntax error"),
        (
            "create trigger t after insert on people begin selec 1; end;",
            "schema/all.sql:1",
            "syntax error",
        ),
    ];
    let postgres = postgres.map(|it| (Dialect::Postgres, it));
    let sqlite = sqlite.map(|it| (Dialect::Sqlite, it));
    for (dialect, (sql, place, words)) in postgres.into_iter().chain(sqlite) {
        if wanted(dialect) {
            let project = project(dialect, sql);
            project.unchanged(&["diff", "-m", "x"]).fails(2, "A0706", place).tells(words);
        }
    }
}

#[test]
fn circular_views_are_refused() {
    for dialect in autogen_tests::dialects() {
        let sql = "create view a as select * from b;\ncreate view b as select * from a;";
        let project = project(dialect, sql);
        let ran = project.unchanged(&["diff", "-m", "x"]).fails(2, "A0707", "schema/all.sql:1");
        ran.tells("a, b").tells("schema/all.sql:2");
    }
}

#[test]
fn a_role_without_the_right_to_ask_gets_an_ambiguity() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = project(Dialect::Postgres, POSTGRES);
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    let role = "autogen_scripts_reader";
    project.execute(&format!("drop role if exists {role}; create role {role} login"));
    let url = project.database().url_as(role);
    // A text that was normalized once is known from the snapshot.
    let arguments = ["diff", "--dry-run", "--exit-code"];
    let ran = project.run_at(&url, &arguments).ok().shows("no changes");
    assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
    project.edit("schema/all.sql", "age > 60", "60 < age");
    let ran = project.run_at(&url, &arguments).exits(1);
    assert!(ran.out.contains("D0105") && ran.out.contains("permission denied"), "{}", ran.out);
}

#[test]
fn other_schemas_have_stand_ins() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let sql = "\
create view short as select name from billing.names;
create view billing.names as select b.id, b.total, p.name from billing.bills b join people p on p.id = b.id;
create function billing.sum_all() returns bigint language sql stable as 'select sum(total) from billing.bills';
comment on function billing.sum_all() is 'of all';
create trigger bills_tidy before insert on billing.bills for each row execute function billing.tidy();
create function billing.tidy() returns trigger language plpgsql as $$ begin return new; end $$;
";
    let project = project(Dialect::Postgres, sql);
    let bills = one("bills", "pub total: i32,")
        .replace("table_name = \"bills\"", "table_name = \"bills\", schema_name = \"billing\"");
    let models = project.read("src/lib.rs");
    project.write("src/lib.rs", &format!("{models}\n{}", bills.replace("//!", "//")));
    project.write("autogen.toml", &format!("{CONFIG}schemas = [\"public\", \"billing\"]\n"));
    project.execute("create schema billing");
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    let ran = project.run(&["diff", "--dry-run"]).ok().shows("no changes");
    assert!(!ran.out.contains("ambiguous"), "{}", ran.out);
    project.edit(
        "schema/all.sql",
        "select name from billing.names",
        "select id from billing.names",
    );
    project.run(&["diff", "-m", "second"]).ok().shows("view short");
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    let left = project.query("select nspname::text as it from pg_namespace order by 1");
    assert!(!left.iter().any(|it| it.starts_with("autogen_")), "{left:?}");
}

/// The view is not declared, and PostgreSQL rejects a change of its column while it exists.
#[test]
fn what_only_the_database_has_is_put_back_with_its_privileges() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let role = "autogen_scripts_guest";
    let fields =
        "#[sea_orm(column_type = \"String(StringLen::N(20))\")]\n        pub name: String,";
    let project = Project::with_models(Dialect::Postgres, &one("people", fields));
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(&format!(
        "do $$ begin create role {role}; exception when duplicate_object then null; end $$;
         create view names as select name from people;
         grant select on names to {role} with grant option;
         grant update (name) on people to {role};
         create function shout(names) returns text language sql as 'select upper($1.name)';
         revoke all on function shout(names) from public;
         create trigger quiet instead of delete on names for each row execute function suppress_redundant_updates_trigger();
         comment on view names is 'all of them'"
    ));
    let state = |project: &Project| {
        project.query(
            "select c.relacl::text || ' ' || obj_description(c.oid) || ' ' || p.proacl::text || ' ' || t.tgname as it \
             from pg_class c, pg_proc p, pg_trigger t \
             where c.relname = 'names' and p.proname = 'shout' and t.tgrelid = c.oid",
        )
    };
    let before = state(&project);
    assert_eq!(before.len(), 1);
    project.edit("src/lib.rs", "N(20)", "N(40)");
    project.run(&["diff", "-m", "second"]).ok().shows("drop view names");
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    assert_eq!(state(&project), before);
    project.run(&["downgrade", "-1"]).ok();
    assert_eq!(state(&project), before);
}

/// Privileges are not compared here: those of the database that the migration runs on are
/// kept, and so is the owner.
#[test]
fn a_partitioned_table_keeps_its_owner_and_its_privileges() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let role = "autogen_scripts_owner";
    let project = Project::with_models(Dialect::Postgres, &one("people", "pub age: i32,"));
    project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
    project.write("schema/all.sql", "-- nothing yet");
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(&format!(
        "do $$ begin create role {role}; exception when duplicate_object then null; end $$;
         grant select, insert on people to public;
         grant update (age) on people to pg_signal_backend with grant option;
         grant delete on people to pg_read_all_stats with grant option;
         alter table people owner to {role};
         grant select (age) on people to pg_read_all_stats"
    ));
    let state = |project: &Project| {
        project.query(
            "select string_agg(x::text, ' ' order by x::text) as it from (
               select relowner::regrole::text as x from pg_class where oid = 'people'::regclass
               union all
               select unnest(relacl)::text from pg_class where oid = 'people'::regclass
               union all
               select unnest(attacl)::text from pg_attribute where attrelid = 'people'::regclass
             ) s",
        )
    };
    let before = state(&project);
    assert_eq!(before.len(), 1);
    project.edit(
        "src/lib.rs",
        "#[sea_orm(table_name = \"people\")]",
        "#[sea_orm(table_name = \"people\")]\n    #[autogen(partition_by = \"LIST (id)\")]",
    );
    project.write("schema/all.sql", "create table people_all partition of people default;");
    project.run(&["diff", "-m", "second"]).ok().shows("partition");
    project.run(&["upgrade"]).ok();
    assert_eq!(state(&project), before);
    project.unchanged(&["check"]).ok();
    project.run(&["downgrade", "-1"]).ok();
    assert_eq!(state(&project), before);
}

/// Files cannot declare the own objects of one partition.
#[test]
fn what_a_partition_has_of_its_own_is_kept_beside_models() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let model = one("people", "pub age: i32,\n    pub note: String,").replace(
        "#[sea_orm(table_name = \"people\")]",
        "#[sea_orm(table_name = \"people\")]\n    #[autogen(partition_by = \"LIST (id)\")]",
    );
    let project = Project::with_models(Dialect::Postgres, &model);
    let config = project.read("autogen.toml");
    project.write("autogen.toml", &format!("{config}\nsql = [\"schema/*.sql\"]\n"));
    let function =
        "create function touch() returns trigger language plpgsql as 'begin return new; end';";
    let partition = "create table people_all partition of people default;";
    project.write("schema/all.sql", &format!("{partition}\n{function}"));
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(
        "create trigger here before insert on people_all for each row execute function touch();
         create index noted on people_all (note);",
    );
    project.unchanged(&["diff", "--dry-run", "--exit-code", "--to", "models"]).exits(0);
    // What the trigger and the index use is not dropped.
    let without = model.replace("pub note: String,", "");
    project.write("src/lib.rs", &without);
    let used = "it would be dropped, but an object that only the partition people_all has uses it";
    let ran = project.run(&["diff", "--dry-run"]);
    ran.fails(2, "A0418", &format!("column people.note: {used}"));
    project.execute("drop index noted");
    project.write("schema/all.sql", partition);
    let ran = project.run(&["diff", "--dry-run"]);
    ran.fails(2, "A0418", &format!("function touch(): {used}"));
    project.write("schema/all.sql", &format!("{partition}\n{function}"));
    project.run(&["diff", "-m", "second"]).ok().shows("drop column people.note");
}

/// Privileges are not compared, and the column changes to another sequence.
#[test]
fn a_counting_column_keeps_who_may_use_its_sequence() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let role = "autogen_scripts Counter";
    let model = one("people", "pub age: i32,")
        .replace("#[sea_orm(primary_key)]", "#[sea_orm(primary_key)]\n        #[autogen(serial)]");
    let project = Project::with_models(Dialect::Postgres, &model);
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(&format!(
        "do $$ begin create role \"{role}\"; exception when duplicate_object then null; end $$;
         alter table people owner to \"{role}\";
         grant usage on sequence people_id_seq to public;
         grant usage, select on sequence people_id_seq to pg_read_all_stats with grant option"
    ));
    let state = |project: &Project| {
        project.query(
            "select relowner::regrole || relacl::text as it from pg_class where relname = 'people_id_seq'",
        )
    };
    let before = state(&project);
    assert_eq!(before.len(), 1);
    project.edit("src/lib.rs", "#[autogen(serial)]", "#[autogen(identity = \"always\")]");
    project.run(&["diff", "-m", "second"]).ok();
    project.run(&["upgrade"]).ok();
    assert_eq!(state(&project), before);
    project.unchanged(&["check"]).ok();
    project.run(&["downgrade", "-1"]).ok();
    assert_eq!(state(&project), before);
    project.run(&["upgrade"]).ok();
    assert_eq!(state(&project), before);
    // Nor is it lost with the column, if that is restored.
    let counting = "#[sea_orm(primary_key)]\n        #[autogen(identity = \"always\")]";
    project.edit("src/lib.rs", counting, "#[sea_orm(ignore)]");
    project.edit(
        "src/lib.rs",
        "pub age: i32,",
        "#[sea_orm(primary_key, auto_increment = false)]\n        pub age: i32,",
    );
    project.run(&["diff", "-m", "third"]).ok();
    project.run(&["upgrade"]).ok();
    assert!(state(&project).is_empty());
    project.run(&["downgrade", "-1"]).ok();
    assert_eq!(state(&project), before);
}

/// Privileges are not compared, and a computed column and a view are recreated: by models and
/// by another schema.
#[test]
fn what_is_made_anew_has_the_privileges_that_it_had() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let role = "autogen_scripts Reader";
    let table = |sum: &str| {
        format!(
            "create table people (id serial primary key, age integer not null, \
             more integer generated always as ({sum}) stored not null); \
             create view shown as select id, {sum} as more from people;"
        )
    };
    let fields = |sum: &str| {
        one(
            "people",
            &format!(
                "pub age: i32,\n        #[autogen(generated = \"{sum}\", stored)]\n        pub more: i32,"
            ),
        )
    };
    let state = |project: &Project| {
        project.query(
            "select string_agg(x::text, ' ' order by x::text) as it from ( \
               select unnest(relacl)::text as x from pg_class where relname in ('people', 'shown') \
               union all \
               select attname || ':' || unnest(attacl)::text from pg_attribute \
               where attrelid in ('people'::regclass, 'shown'::regclass) and not attisdropped \
             ) s",
        )
    };
    for source in ["models", "sql:after.sql"] {
        let project = Project::with_models(Dialect::Postgres, &fields("age + 2"));
        project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
        project.write(
            "schema/all.sql",
            "create view shown as select id, (age + 2)::bigint as more from people;",
        );
        project.write("after.sql", &table("age + 2").replace("age + 2 as", "(age + 2)::bigint as"));
        project.execute(&table("age + 1"));
        project.execute(&format!(
            "do $$ begin create role \"{role}\"; exception when duplicate_object then null; end $$; \
             grant select (more), references (more) on people to \"{role}\" with grant option; \
             grant select (more) on people to public; \
             grant select on shown to \"{role}\"; grant update (id) on shown to public"
        ));
        let before = state(&project);
        assert!(before.iter().all(|it| it.contains("Reader")), "{before:?}");
        project.run(&["diff", "-m", "anew", "--to", source]).ok().shows("more").shows("shown");
        for way in [&["upgrade"][..], &["downgrade", "-1"], &["upgrade"]] {
            project.run(way).ok();
            assert_eq!(state(&project), before, "{source} {way:?}");
        }
    }
}
