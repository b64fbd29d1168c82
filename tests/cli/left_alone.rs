//! PostgreSQL: what is not compared is never lost silently. A setting on something that is
//! recreated, or a use of something that is dropped, is refused before anything runs.

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on};

use crate::models::BLOG;
use crate::project::{Project, Ran, wanted};

const BASE: &str = "
    create type mood as enum ('sad', 'fine');
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create function half(n int) returns int language sql immutable as 'select n / 2';
    create table t (id int primary key, a int not null, b int not null, note text, k mood, body text,
      twice int generated always as (a * 2) stored, constraint apart unique (b));
    create unique index t_a on t (a);
    create view v as select id, note from t;
    create table parts (id int not null, n int not null default 1, k mood default 'sad', note text)
      partition by list (id);
    create index parts_n on parts (n);
    create trigger parts_touch before update on parts for each row execute function touch();
    create table parts_1 partition of parts for values in (1);
";

fn database(sql: &str) -> Database {
    let database = Database::fresh(Dialect::Postgres);
    block_on(database.run(sql));
    database
}

fn diff(project: &Project, before: &str, after: &Database) -> Ran {
    let before = database(before);
    project.run(&["diff", "--dry-run", "--from", before.url(), "--to", after.url()])
}

const INDEX: &str = "drop index t_a; create unique index t_a on t (a, id)";
const PARTS: &str = "drop index parts_n; create index parts_n on parts (n, id)";
const TRIGGER: &str = "drop trigger parts_touch on parts;
    create trigger parts_touch before insert on parts for each row execute function touch()";
const VIEW: &str = "drop view v; create view v as select id, a from t";
const COLUMN: &str = "alter table t drop column twice;
    alter table t add column twice int generated always as (a * 3) stored";
const LABEL: &str = "alter table parts alter column k drop default, alter column k type text;
    alter table t alter column k type text; drop type mood; create type mood as enum ('sad');
    alter table t alter column k type mood using k::mood;
    alter table parts alter column k type mood using k::mood, alter column k set default 'sad'";

/// The setting, the change, and the object that is named.
const LOST: [(&str, &str, &str); 18] = [
    ("alter table t cluster on t_a", INDEX, "index t_a"),
    (
        "alter table t drop constraint apart, add constraint apart unique (b) with (fillfactor = 50)",
        "alter table t drop constraint apart, add constraint apart unique (b, a)",
        "constraint apart of t",
    ),
    ("alter table t alter column twice set statistics 7", COLUMN, "column t.twice"),
    (
        "alter table t alter column body set storage external",
        "alter table t alter column body type varchar(50)",
        "column t.body",
    ),
    ("alter view v alter column id set default 7", VIEW, "column v.id"),
    ("create rule v_rule as on insert to v do instead nothing", VIEW, "rule v_rule of v"),
    (
        "alter table parts_1 disable trigger parts_touch",
        TRIGGER,
        "state of trigger parts_touch of partition parts_1",
    ),
    (
        "comment on trigger parts_touch on parts_1 is 'x'",
        TRIGGER,
        "comment of trigger parts_touch on table parts_1 of partition parts_1",
    ),
    (
        "comment on index parts_1_n_idx is 'x'",
        PARTS,
        "comment of index parts_1_n_idx of partition parts_1",
    ),
    (
        "alter index parts_1_n_idx set (fillfactor = 30)",
        PARTS,
        "options of index parts_1_n_idx of partition parts_1",
    ),
    ("alter table parts_1 cluster on parts_1_n_idx", PARTS, "index parts_1_n_idx"),
    (
        "alter table parts_1 alter column n set default 2",
        "alter table parts alter column n set default 3",
        "default of column n of partition parts_1",
    ),
    (
        "alter table parts_1 alter column n set default 2",
        "alter table parts alter column n type bigint",
        "default of column n of partition parts_1",
    ),
    (
        "alter table parts_1 alter column note set storage external",
        "alter table parts alter column note type varchar(50)",
        "column parts_1.note",
    ),
    (
        "comment on index apart is 'x'",
        "alter table t drop constraint apart, add constraint apart unique (b, a)",
        "index apart",
    ),
    (
        "alter function half(int) depends on extension plpgsql",
        "drop function half; create function half(m int) returns int language sql immutable as 'select m / 2'",
        "function half(n integer)",
    ),
    ("alter index t_a depends on extension plpgsql", INDEX, "index t_a"),
    (
        "alter trigger parts_touch on parts depends on extension plpgsql",
        TRIGGER,
        "trigger parts.parts_touch",
    ),
];

#[test]
fn what_is_set_on_something_that_is_recreated_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    for (set, change, object) in LOST {
        let after = database(&format!("{BASE}; {change};"));
        let ran = diff(&project, &format!("{BASE}; {set};"), &after);
        ran.fails(2, "A0421", &format!("{object}: ")).tells("and would be lost, since the plan");
        diff(&project, BASE, &after).ok();
        // If its object is kept, so is the setting.
        let other = database(&format!("{BASE}; alter table t add column more int;"));
        diff(&project, &format!("{BASE}; {set};"), &other).ok().shows("add column t.more");
    }
}

/// The existing objects, the change, and the object that prevents it.
const USED: [(&str, &str, &str); 12] = [
    (
        "alter table t replica identity using index t_a",
        INDEX,
        "the REPLICA IDENTITY of table t uses it",
    ),
    (
        "alter table t replica identity using index t_a",
        "drop index t_a",
        "the REPLICA IDENTITY of table t uses it",
    ),
    (
        "alter table parts_1 alter column k set default 'fine'",
        LABEL,
        "default value for column k of table parts_1 uses it",
    ),
    (
        "create rule kept as on delete to t do also insert into parts (note) values (old.note)",
        "drop view v; alter table t drop column note",
        "rule kept on table t uses it",
    ),
    (
        "create foreign data wrapper w; create server s foreign data wrapper w;
      create foreign table far (k mood) server s",
        LABEL,
        "foreign table far uses it",
    ),
    ("create type pair as (k mood)", LABEL, "composite type pair uses it"),
    (
        "create table above (id int); create table below (k mood) inherits (above)",
        LABEL,
        "table below uses it",
    ),
    (
        "create function to_text(mood) returns text language sql immutable as 'select ''x''';
      create cast (mood as text) with function to_text(mood) as assignment",
        LABEL,
        "cast from mood to text uses it",
    ),
    (
        "create operator ### (rightarg = int, function = half)",
        "drop function half",
        "operator ###(NONE,integer) uses it",
    ),
    (
        "create publication told for table t (id, note)",
        "drop view v; alter table t drop column note",
        "publication of table t in publication told uses it",
    ),
    (
        "alter table t add column words tsvector;
      create index t_words on t using gist (words tsvector_ops(siglen = 100))",
        "select 1",
        "index t_words uses it",
    ),
    (
        "alter view v alter column id set default half(4)",
        "drop function half",
        "default value for column id of view v uses it",
    ),
];

#[test]
fn what_is_left_alone_and_uses_what_goes_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    for (made, change, told) in USED {
        let after = database(&format!("{BASE}; {change};"));
        let ran = diff(&project, &format!("{BASE}; {made};"), &after);
        ran.fails(2, "A0418", &format!("{told}, and is left alone"));
        diff(&project, BASE, &after).ok();
    }
}

/// Objects that are dropped together do not prevent it.
#[test]
fn what_is_left_alone_goes_with_its_table() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    for (made, gone) in [
        (
            "create rule r as on delete to t do also insert into parts (note) values (old.note);
          alter table t replica identity using index t_a",
            "drop view v; drop table t",
        ),
        ("alter view v alter column id set default half(4)", "drop view v; drop function half"),
        (
            "alter table parts_1 alter column n set default half(4)",
            "drop table parts; drop function half",
        ),
        ("create table below (k mood) inherits (t)", "alter table t add column more int"),
    ] {
        let after = database(&format!("{BASE}; {gone};"));
        diff(&project, &format!("{BASE}; {made};"), &after).ok();
    }
}

#[test]
fn what_is_set_on_a_materialized_view_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let view = "create materialized view m as select id";
    let before = format!("{BASE}; {view} from t with no data;");
    let after = database(&format!("{BASE}; {view}, a from t;"));
    let ran = diff(&project, &before, &after);
    let told = "m: that it holds no data (WITH NO DATA) is not compared, and would be lost";
    ran.fails(2, "A0421", told);
    diff(&project, &format!("{BASE}; {view} from t;"), &after).ok();
    let before = format!(
        "{BASE}; create access method kept type table handler heap_tableam_handler;
         {} from t;",
        view.replace(" as ", " using kept as ")
    );
    let ran = diff(&project, &before, &after);
    ran.fails(2, "A0421", "materialized view m: its access method (kept) is not compared, and");
    for set in ["set storage external", "set statistics 7", "set (n_distinct = 4)"] {
        let before = format!(
            "{BASE}; {view}, note from t; alter materialized view m alter column note {set};"
        );
        diff(&project, &before, &after).fails(2, "A0421", "column m.note: ");
    }
}

const DEEP: &str = "
    create unique index parts_key on parts (n, id);
    create table parts_2 partition of parts for values in (2) partition by range (n);
    create table parts_2a partition of parts_2 for values from (0) to (9);
    create index own on parts_2 (note);
    create trigger own before update on parts_2 for each row execute function touch();
    create materialized view m as select id, a from t;
    create index m_a on m (a)";
const OWN_INDEX: &str = "drop index own; create index own on parts_2 (note, n)";
const OWN_TRIGGER: &str = "drop trigger own on parts_2;
    create trigger own before insert on parts_2 for each row execute function touch()";

/// The setting, the change, and the message.
const LOST_BELOW: [(&str, &str, &str, &str); 6] = [
    (
        "alter table parts_2a replica identity using index parts_2a_n_id_idx",
        "drop index parts_key; create unique index parts_key on parts (n, id, note)",
        "A0418",
        "the REPLICA IDENTITY of table parts_2a uses it",
    ),
    (
        "alter table parts_2a disable trigger own",
        OWN_TRIGGER,
        "A0421",
        "state of trigger own of partition parts_2a: ",
    ),
    (
        "comment on trigger own on parts_2a is 'x'",
        OWN_TRIGGER,
        "A0421",
        "comment of trigger own on table parts_2a of partition parts_2a: ",
    ),
    (
        "alter index parts_2a_note_idx set (fillfactor = 30)",
        OWN_INDEX,
        "A0421",
        "options of index parts_2a_note_idx of partition parts_2a: ",
    ),
    ("alter table parts_2a cluster on parts_2a_note_idx", OWN_INDEX, "A0421", "and would be lost"),
    (
        "alter materialized view m cluster on m_a",
        "drop index m_a; create index m_a on m (a, id)",
        "A0421",
        "index m_a: ",
    ),
];

#[test]
fn what_hangs_below_or_on_a_view_that_stays_is_in_the_way() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    for (set, change, code, told) in LOST_BELOW {
        let after = database(&format!("{BASE}; {DEEP}; {change};"));
        diff(&project, &format!("{BASE}; {DEEP}; {set};"), &after).fails(2, code, told);
        diff(&project, &format!("{BASE}; {DEEP};"), &after).ok();
    }
}

const ORDER: &str = "alter table parts alter column k drop default, alter column k type text;
    alter table t alter column k type text; drop type mood;
    create type mood as enum ('fine', 'sad');
    alter table t alter column k type mood using k::mood;
    alter table parts alter column k type mood using k::mood, alter column k set default 'sad'";

#[test]
fn a_default_of_a_partition_is_in_the_way_of_another_order_of_values() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let after = database(&format!("{BASE}; {ORDER};"));
    let set = "alter table parts_1 alter column k set default 'fine'";
    let told = "default value for column k of table parts_1 uses it, and is left alone";
    diff(&project, &format!("{BASE}; {set};"), &after).fails(2, "A0418", told);
    diff(&project, BASE, &after).ok();
    let more = database(&format!("{BASE}; {set}; alter type mood add value 'so' before 'fine';"));
    diff(&project, &format!("{BASE}; {set};"), &more).ok();
}

/// The setting, the rename, the further change, and the object that is named.
const RENAMED: [(&str, &str, &str, &str); 4] = [
    (
        "alter table t cluster on t_a",
        "t=t2",
        "alter table t rename to t2; drop index t_a; create unique index t_a on t2 (a, id)",
        "index t_a",
    ),
    (
        "alter table parts_1 disable trigger parts_touch",
        "parts=pieces",
        "alter table parts rename to pieces; drop trigger parts_touch on pieces;
      create trigger parts_touch before insert on pieces for each row execute function touch()",
        "state of trigger parts_touch of partition parts_1",
    ),
    (
        "alter table parts_1 alter column n set default 2",
        "parts.n=m",
        "alter table parts rename n to m; alter table parts alter column m type bigint",
        "default of column n of partition parts_1",
    ),
    (
        "alter table parts_1 alter column note set storage external",
        "parts.note=memo",
        "alter table parts rename note to memo;
      alter table parts alter column memo type varchar(50)",
        "column parts_1.note",
    ),
];

#[test]
fn what_is_renamed_keeps_what_is_set_on_it() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    for (set, rename, change, object) in RENAMED {
        let before = database(&format!("{BASE}; {set};"));
        let after = database(&format!("{BASE}; {change};"));
        let (from, to) = (before.url(), after.url());
        let ran =
            project.run(&["diff", "--dry-run", "--rename", rename, "--from", from, "--to", to]);
        ran.fails(2, "A0421", &format!("{object}: ")).tells("and would be lost, since the plan");
    }
}

/// An index that a failed CREATE INDEX CONCURRENTLY left has the name of a declared one: the
/// server would reject that.
#[test]
fn a_name_that_something_else_has_is_not_taken() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    let (before, after) = (
        database("create table p (id int) partition by list (id); create table p1 partition of p for values in (1);
            create table g (id int); create table below (n int) inherits (g); create index i on only p (id)"),
        database("create table p (id int) partition by list (id); create table p1 partition of p for values in (1);
            create table g (id int); create index i on p (id)"),
    );
    let diff = |before: &Database, after: &Database| {
        project.run(&["diff", "--dry-run", "--from", before.url(), "--to", after.url()])
    };
    diff(&before, &after).fails(2, "A0422", "index i has this name, and is not compared (U0109)");
    let after = database("create table g (id int); create view below as select 1 as n");
    diff(&before, &after).fails(2, "A0422", "table below has this name");
}
