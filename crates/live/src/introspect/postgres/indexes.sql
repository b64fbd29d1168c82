-- Indexes that no constraint owns, and those of exclusion constraints; not those
-- that a partition inherits from its table.
select row_to_json(r)::text
from (
  select
    i.indexrelid::int8 as id,
    i.indrelid::int8 as relation,
    n.nspname as schema,
    c.relname as name,
    i.indisunique as unique,
    i.indisvalid as valid,
    x.oid is not null as constraint,
    am.amname as method,
    i.indnkeyatts as keys,
    i.indkey::text as columns,
    i.indoption::text as options,
    i.indclass::text as opclasses,
    i.indcollation::text as collations,
    case when i.indexprs is not null then array(
      select pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, i.indnkeyatts) k
    ) end as expressions,
    case when i.indexprs is not null or t.relkind = 'm' then pg_get_indexdef(i.indexrelid) end as definition,
    pg_get_expr(i.indpred, i.indrelid) as predicate,
    c.reloptions as storage,
    s.spcname as tablespace,
    i.indnullsnotdistinct as nulls_not_distinct, --@ >= 15
    c.oid in (select a.attrelid from pg_attribute a where a.attoptions is not null) as tuned, --@ >= 13
    d.description as comment
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_class t on t.oid = i.indrelid
  join pg_namespace n on n.oid = t.relnamespace
  join pg_am am on am.oid = c.relam
  left join pg_constraint x on x.conindid = i.indexrelid and x.contype in ('p', 'u', 'x')
  left join pg_tablespace s on s.oid = c.reltablespace
  left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
  where n.nspname::text = any (:schemas)
    and t.relkind in ('r', 'p', 'm')
    and (not t.relispartition or not exists (select from pg_inherits h where h.inhrelid = i.indexrelid))
    and (x.oid is null or x.contype = 'x')
) r
