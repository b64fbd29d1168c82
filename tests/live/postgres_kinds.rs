//! Introspection of PostgreSQL: objects other than tables, what is left alone, and the number
//! of queries.

use autogen_dialect::Dialect;
use autogen_live::{Scope, introspect};
use autogen_schema::{Firing, QName, Schema, ViewKind};
use autogen_tests::{Database, block_on, dialects};

use crate::{names, notes, read_scope, table, wanted};

fn read(sql: &str) -> Schema {
    crate::read(Dialect::Postgres, sql)
}

#[test]
fn views_triggers_routines_policies() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let schema = read(
        r#"
        create table t (a int, owner name);
        create view v with (security_barrier = true) as select a as "B c" from t where a > 0;
        create materialized view m as select count(*) from t;
        comment on view v is 'seen';
        create function f() returns trigger language plpgsql as $$begin return new; end$$;
        "#,
    );
    let view = &schema.views[&QName::bare("v")];
    assert!(
        view.definition.starts_with("CREATE VIEW \"v\" WITH (security_barrier=true) AS\nSELECT"),
        "{}",
        view.definition
    );
    assert!(!view.definition.ends_with(';'));
    assert_eq!(view.comment.as_deref(), Some("seen"));
    assert_eq!(schema.views[&QName::bare("m")].kind, ViewKind::Materialized);
    assert!(schema.routines[0].definition.starts_with("CREATE FUNCTION f()"));

    let schema = read(
        r#"
        create table t (a int, who name);
        create function f() returns trigger language plpgsql as $$begin return new; end$$;
        create procedure p(x int, inout y text) language sql as 'select y';
        create trigger trg before update of a on t for each row when (new.a > 1) execute function f();
        create trigger off_trg after insert on t execute function f();
        alter table t disable trigger off_trg;
        alter table t enable row level security;
        alter table t force row level security;
        create policy pol on t as restrictive for update to public using (a > 0) with check (who = current_user);
        create policy "all" on t using (true);
        create table plain (a int);
        "#,
    );
    let t = table(&schema, "t");
    assert_eq!(t.triggers.len(), 2);
    assert!(t.triggers[1].definition.starts_with("CREATE TRIGGER trg BEFORE UPDATE OF a"));
    let security = t.row_security.clone().unwrap();
    assert!(security.enabled && security.forced);
    let policies: Vec<&str> = security.policies.iter().map(|it| it.definition.as_str()).collect();
    assert_eq!(
        policies,
        [
            "CREATE POLICY \"all\" ON \"t\" FOR ALL TO public USING (true)",
            "CREATE POLICY \"pol\" ON \"t\" AS RESTRICTIVE FOR UPDATE TO public USING (a > 0) WITH \
         CHECK (who = CURRENT_USER)",
        ]
    );
    assert_eq!(table(&schema, "plain").row_security, None);
    assert_eq!(schema.routines.len(), 2);
    assert_eq!(schema.routines[1].arguments, "integer, text");
    assert_eq!(t.triggers[0].firing, Firing::Disabled);
    assert_eq!(t.triggers[1].firing, Firing::Origin);
    assert_eq!(notes(&schema), []);
}

#[test]
fn table_options_and_partitions() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let schema = read(
        "create unlogged table u (a int) with (fillfactor = 70, autovacuum_enabled = off);
         create table p (id int, at date, primary key (id, at)) partition by range (at);
         create index on p (at);
         create table p_2025 partition of p for values from ('2025-01-01') to ('2026-01-01');
         create table p_rest partition of p default partition by list (id);
         create table p_rest_1 partition of p_rest for values in (1);
         create table refers (a int, b date, foreign key (a, b) references p);",
    );
    assert_eq!(names(&schema), ["p", "refers", "u"]);
    let options = &table(&schema, "u").options;
    assert!(options.unlogged);
    assert_eq!(options.storage["fillfactor"], "70");
    assert_eq!(options.storage["autovacuum_enabled"], "off");
    let p = table(&schema, "p");
    assert_eq!(p.partitioning.as_ref().map(|it| it.by.as_str()), Some("RANGE (at)"));
    assert_eq!(p.indexes.len(), 1);
    assert_eq!(table(&schema, "refers").foreign_keys.len(), 1);
    assert!(notes(&schema).is_empty(), "{:?}", notes(&schema));
}

#[test]
fn extensions_are_left_alone() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let schema = read(
        "create extension pg_trgm; create extension hstore; create extension btree_gist;
         create schema ext; create extension citext schema ext;
         create extension pg_stat_statements;
         create table t (a hstore, b ext.citext);
         create table spatial_ref_sys (srid int);
         create table _sqlx_migrations (version bigint);",
    );
    assert_eq!(names(&schema), ["t"]);
    assert!(schema.routines.is_empty() && schema.views.is_empty() && schema.domains.is_empty());
    assert!(notes(&schema).is_empty(), "{:?}", notes(&schema));
    let extensions: Vec<&str> = schema.extensions.keys().map(String::as_str).collect();
    assert_eq!(extensions, ["btree_gist", "citext", "hstore", "pg_stat_statements", "pg_trgm"]);
    assert_eq!(schema.extensions["citext"].schema.as_deref(), Some("ext"));
    assert_eq!(schema.extensions["hstore"].schema, None);
}

#[test]
fn what_can_not_be_represented_is_said() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let schema = read(
        "create type comp as (a int, b text);
         create type floatrange as range (subtype = float8);
         create table base (a int); create table sub () inherits (base);
         create table typed of comp;
         create table t (a int, b text);
         alter table t add constraint stored unique (a) with (fillfactor = 60);
         create rule r as on delete to t do instead nothing;
         create statistics st on a, b from t;
         create collation coll (locale = 'C');
         create aggregate agg (*) (sfunc = int8inc, stype = int8, initcond = 0);
         create materialized view mv as select a from t; create index mv_i on mv (a);
         create view v as select a from t;
         create function f() returns trigger language plpgsql as 'begin return new; end';
         create trigger vt instead of insert on v for each row execute function f();
         create table p (a int) partition by list (a); create table p_1 partition of p for values in (1);
         create table p_2 partition of p for values in (2); create index on p_1 (a); comment on table p_2 is 'the second';
         create foreign data wrapper w; create server s foreign data wrapper w;
         create foreign table ft (a int) server s;
         create function ef() returns event_trigger language plpgsql as 'begin end';
         create event trigger et on ddl_command_start execute function ef();
         create index broken on t (a); update pg_index set indisvalid = false where indexrelid = 'broken'::regclass;
         create index tuned on t using gist (to_tsvector('simple', b) tsvector_ops (siglen = 100));",
    );
    assert_eq!(
        notes(&schema),
        [
            ("U0101", "table ft"),
            ("U0102", "table sub"),
            ("U0103", "table typed"),
            ("U0104", "type comp"),
            ("U0105", "type floatrange"),
            ("U0109", "index broken"),
            ("U0110", "index tuned"),
            ("U0114", "rule r of t"),
            ("U0115", "aggregate agg()"),
            ("U0117", "event trigger et"),
            ("U0119", "table base"),
            ("U0120", "constraint stored of t"),
            ("U0127", "foreign-data wrapper w"),
            ("U0127", "server s"),
        ]
    );
    assert_eq!(names(&schema), ["base", "p", "t"]);
    assert!(table(&schema, "t").indexes.is_empty());
    let (mv, v) = (&schema.views[&QName::bare("mv")], &schema.views[&QName::bare("v")]);
    assert_eq!(mv.indexes[0].definition, "CREATE INDEX mv_i ON mv USING btree (a)");
    assert!(v.triggers[0].definition.contains("INSTEAD OF INSERT ON v FOR EACH ROW"));
    let reads = v.reads.0.clone().unwrap();
    assert_eq!(reads.columns.into_iter().collect::<Vec<_>>(), [(QName::bare("t"), "a".into())]);
}

#[test]
fn the_scope() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let sql = "create schema s; create table a_one (x int); create table a_two (x int);
               create table s.a_one (x int); create table s.b (x serial); create view s.a_v as select 1;";
    let scope = Scope {
        schemas: vec!["public".into(), "s".into()],
        include: vec!["a_*".into()],
        exclude: vec!["public.*_two".into(), "s.a_one".into()],
        ..Scope::default()
    };
    let schema = read_scope(Dialect::Postgres, sql, &scope);
    assert_eq!(names(&schema), ["a_one"]);
    assert_eq!(schema.views.len(), 1);
    assert!(schema.sequences.is_empty());
}

/// The number of requests is the same for one table and for many.
#[test]
fn a_fixed_number_of_queries() {
    for dialect in dialects() {
        let mut counts = Vec::new();
        for tables in [1, 50] {
            let database = Database::fresh(dialect);
            let sql: String = (0..tables)
                .map(|at| {
                    format!(
                        "create table t{at} (id int primary key, \
                         a varchar(9) default 'x' unique check (a <> ''), \
                         p int references t{at} (id)); create index i{at} on t{at} (p); \
                         create view v{at} as select id from t{at};"
                    )
                })
                .collect();
            block_on(async {
                database.run(&sql).await;
                let connection = database.connect().await;
                let before = connection.requests();
                introspect(&connection, &Scope::default()).await.unwrap();
                counts.push(connection.requests() - before);
            });
        }
        assert_eq!(counts[0], counts[1]);
        // Ten catalog queries, and BEGIN and ROLLBACK.
        assert!(counts[0] <= 12, "{dialect}: {counts:?}");
    }
}

/// Reading leaves nothing behind and changes no setting of the session.
#[test]
fn reading_changes_nothing() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        database.run("create table t (a timestamptz default '2020-01-01 00:00+02')").await;
        let connection = database.connect().await;
        use sea_orm::ConnectionTrait;
        let raw = connection.raw();
        raw.execute_unprepared("set search_path = public, pg_catalog; set timezone = 'Asia/Tokyo'")
            .await
            .unwrap();
        let first = introspect(&connection, &Scope::default()).await.unwrap();
        let statement = sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "select current_setting('search_path') || ' ' || current_setting('timezone')",
        );
        let row = raw.query_one_raw(statement).await.unwrap().unwrap();
        let settings: String = row.try_get_by_index(0).unwrap();
        assert_eq!(settings, "public, pg_catalog Asia/Tokyo");
        // The time zone of the session does not affect what is read.
        let other = database.connect().await;
        assert_eq!(introspect(&other, &Scope::default()).await.unwrap(), first);
    });
}

/// Objects that only PostgreSQL 18 has.
#[test]
fn postgres_18() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        let connection = database.connect().await;
        let version = connection.version().text.clone();
        connection.close().await;
        if !version.starts_with("18") {
            eprintln!("PostgreSQL {version} has none of what is tested here");
            return;
        }
        database
            .run(
                "create extension btree_gist;
                 create table p (id int, during tstzrange, primary key (id, during without overlaps));
                 create table u (id int primary key);
                 create table loose (a int, b int, constraint n not null b no inherit);
                 alter table loose add constraint m not null a not valid;
                 create table t (
                    a int not null, b int generated always as (a + 1) virtual,
                    during tstzrange, constraint loose check (a > 0) not enforced,
                    constraint fk foreign key (a) references u (id) not enforced
                 );",
            )
            .await;
        let connection = database.connect().await;
        let schema = introspect(&connection, &Scope::default()).await.unwrap();
        let t = table(&schema, "t");
        let storage = t.column("b").unwrap().generated.as_ref().map(|it| it.storage);
        assert_eq!(storage, Some(autogen_schema::GeneratedStorage::Virtual));
        assert!(!t.columns[0].nullable);
        assert_eq!(t.checks.len(), 1);
        assert!(t.checks[0].not_enforced && !t.checks[0].not_valid);
        assert!(t.foreign_keys.is_empty());
        assert_eq!(
            notes(&schema),
            [
                ("U0107", "constraint p_pkey of p"),
                ("U0108", "constraint fk of t"),
                ("U0123", "column loose.a"),
                ("U0123", "column loose.b"),
            ]
        );
    });
}
