//! What a table can have in one database only, and would lose where a new table takes its place.

use autogen_schema::Table;

use crate::Dialect::Postgres;

/// A query for a column, an index, a constraint, a trigger, a policy, a comment or the like of the table that
/// the plan does not know; `statistics` are the names of those that it knows.
///
/// Source: PostgreSQL manual, "System Catalogs". NOT NULL constraints have the type `n` in
/// `pg_constraint` since 18; the index of a constraint is in its `conindid`. What a partition has
/// from its parent is not its own: `tgparentid` says it of triggers since 13.
pub(crate) fn query<'n>(table: &Table, statistics: impl Iterator<Item = &'n str>) -> String {
    let place = Postgres.quote_text(&Postgres.quote_name(&table.name));
    let place = format!("to_regclass({place})");
    let columns = table.columns.iter().map(|column| column.name.as_str());
    let indexes = table.indexes.iter().filter_map(|index| index.name.text());
    let triggers = table.triggers.iter().map(|trigger| trigger.name.as_str());
    let policies = table.row_security.iter().flat_map(|security| &security.policies);
    let policies = policies.map(|policy| policy.name.as_str());
    let mut parts = vec![
        format!(
            "SELECT 1 FROM pg_attribute WHERE attrelid = {place} AND attnum > 0 AND NOT \
             attisdropped{}",
            none_of("attname", columns)
        ),
        format!(
            "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = \
             {place} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid) AND NOT c.relispartition{}",
            none_of("c.relname", indexes)
        ),
        format!(
            "SELECT 1 FROM pg_trigger t WHERE tgrelid = {place} AND NOT tgisinternal AND \
             coalesce(to_jsonb(t) ->> 'tgparentid', '0') = '0'{}",
            none_of("tgname", triggers)
        ),
        format!("SELECT 1 FROM pg_policy WHERE polrelid = {place}{}", none_of("polname", policies)),
    ];
    parts.push(format!(
        "SELECT 1 FROM pg_statistic_ext WHERE stxrelid = {place}{}",
        none_of("stxname", statistics)
    ));
    let commented = table.columns.iter().filter(|column| column.comment.is_some());
    // The table's own comment belongs to no column.
    let own = table.comment.is_some().then_some("");
    parts.push(format!(
        "SELECT 1 FROM pg_description d LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND \
         a.attnum = d.objsubid WHERE d.classoid = 'pg_class'::regclass AND d.objoid = {place}{}",
        none_of("coalesce(a.attname, '')", commented.map(|it| it.name.as_str()).chain(own))
    ));
    // Rules, publications and the replica identity are in no plan.
    parts.push(format!("SELECT 1 FROM pg_rewrite WHERE ev_class = {place}"));
    parts.push(format!("SELECT 1 FROM pg_publication_rel WHERE prrelid = {place}"));
    let protected = table.row_security.as_ref().is_some_and(|it| it.enabled);
    let security = if protected { "" } else { " OR relrowsecurity" };
    parts.push(format!(
        "SELECT 1 FROM pg_class WHERE oid = {place} AND (relreplident <> 'd'{security})"
    ));
    let constraints = table.constraints();
    let names: Vec<&str> = constraints.iter().filter_map(|it| it.name().text()).collect();
    // A name that the server chose when it created the table is not known without it.
    if names.len() == constraints.len() {
        parts.push(format!(
            "SELECT 1 FROM pg_constraint WHERE conrelid = {place} AND contype IN ('p', 'u', 'f', \
             'c', 'x') AND coninhcount = 0{}",
            none_of("conname", names.into_iter())
        ));
    }
    parts.join(" UNION ALL ")
}

fn none_of<'n>(column: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| Postgres.quote_text(name)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" AND {column} NOT IN ({})", names.join(", "))
}
