//! PostgreSQL: the cost that a plan states for a change of a column's type is what the server
//! does: the file of the table or of an index is new after a rewrite or a build, and a scan
//! counts the rows that it reads.

use autogen_dialect::{Cost, Dialect, Work};
use autogen_plan::Options;
use autogen_tests::{Database, block_on};

use crate::kinds::{ask, planned, read};
use crate::wanted;

const BEFORE: &str = "
    create table parents (at timestamp primary key);
    create table t (
        id int primary key,
        plain varchar(50), sorted text, apart text, at timestamp, of timestamp references parents,
        lowered varchar(20), checked varchar(10) check (length(checked) < 9),
        unchecked varchar(10), included varchar(10), named varchar(10), price numeric(10, 2),
        ranged varchar(10), small int);
    alter table t add constraint later check (length(unchecked) < 9) not valid;
    create index t_plain on t (plain);
    create index t_sorted on t (sorted);
    create index t_apart on t (apart collate \"POSIX\");
    create index t_at on t (at);
    create index t_lowered on t (lower(lowered));
    create index t_id on t (id) include (included);
    create index t_named on t (id) where named <> '';
    create index t_price on t (price);
    alter table t add constraint t_ranged exclude using btree (ranged with =) where (id > 0);";

const ROWS: &str = "
    insert into parents values ('2026-01-01');
    insert into t select i, 'a', 'a', 'a', '2026-01-01', '2026-01-01', 'a', 'a', 'a', 'a', 'a', 1,
        i::text, 1 from generate_series(1, 100) i;
    create function files(kind text) returns text language sql as
        'select string_agg(relname || relfilenode, '' '' order by relname) from pg_class
         where relname ~ ''^t(_|$)'' and relkind::text = kind';
    create function rows_read() returns bigint language sql as
        'select coalesce(seq_tup_read, 0) from pg_stat_xact_all_tables where relname = ''t''';
    create function effect(sql text) returns text language plpgsql as $$
        declare tables text = files('r'); indexes text = files('i'); seen bigint = rows_read();
        begin
            execute sql;
            if files('r') <> tables then return 'rewrite'; end if;
            return concat_ws(' ', 'kept', case when rows_read() > seen then 'scan' end,
                case when files('i') <> indexes then 'build' end);
        end $$;";

/// The column's new type, and what the server does.
const TYPES: [(&str, &str); 15] = [
    ("plain type varchar(100)", "kept"),
    ("plain type text", "kept"),
    ("plain type varchar(20)", "rewrite"),
    ("sorted type text collate \"C\"", "kept scan build"),
    ("apart type text collate \"C\"", "kept"),
    ("at type timestamptz", "kept scan build"),
    ("of type timestamptz", "kept scan"),
    ("lowered type varchar(30)", "kept scan build"),
    ("checked type varchar(20)", "kept scan"),
    ("unchecked type varchar(20)", "kept"),
    ("included type varchar(20)", "kept"),
    ("named type varchar(20)", "kept scan build"),
    ("price type numeric(12, 2)", "kept"),
    ("ranged type varchar(20)", "kept scan build"),
    ("small type bigint", "rewrite"),
];

#[test]
fn a_type_costs_what_the_plan_states() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    for (altered, expected) in TYPES {
        let (before, after) =
            (Database::fresh(Dialect::Postgres), Database::fresh(Dialect::Postgres));
        block_on(async {
            before.run(&format!("{BEFORE} set time zone 'UTC'")).await;
            after
                .run(&format!("{BEFORE} set time zone 'UTC'; alter table t alter {altered}"))
                .await;
            let (from, to) = (before.connect().await, after.connect().await);
            let plan = planned(&read(&from).await, &read(&to).await, &Options::default());
            before.run(ROWS).await;
            let steps: Vec<_> = plan.up.steps().map(|planned| &planned.step).collect();
            let sql: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
            let sql = sql.join(";").replace('\'', "''");
            let found = ask(&from, &format!("select effect('{sql}')")).await;
            assert_eq!(found, expected, "{altered}: the server");
            let costs = |cost: Cost| steps.iter().any(|step| step.effect.cost == cost);
            let stated = match costs(Cost::Rewrite) {
                true => vec!["rewrite"],
                false => {
                    let scans = costs(Cost::Scan).then_some("scan");
                    let builds = steps.iter().any(|step| step.does(Work::BuildIndex));
                    ["kept"].into_iter().chain(scans).chain(builds.then_some("build")).collect()
                }
            };
            assert_eq!(stated.join(" "), expected, "{altered}: the plan");
            from.close().await;
            to.close().await;
        });
    }
}
