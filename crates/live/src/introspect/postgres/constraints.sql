-- The constraints of tables. NOT NULL, which PostgreSQL 18 also stores here, is
-- read with the columns; constraint triggers are read with the triggers. Rows
-- with a parent, and the inherited ones of partitions, are those that a
-- partitioned table creates for its partitions.
select row_to_json(r)::text
from (
  select
    c.conrelid::int8 as relation,
    c.conname as name,
    c.contype as kind,
    c.conkey as key,
    c.condeferrable as deferrable,
    c.condeferred as deferred,
    c.convalidated as validated,
    c.connoinherit as no_inherit,
    case when c.contype = 'c' then pg_get_expr(c.conbin, c.conrelid) end as expr,
    case when c.contype = 'f' then pn.nspname end as parent_schema,
    case when c.contype = 'f' then p.relname end as parent,
    case when c.contype = 'f' then c.confrelid::int8 end as parent_id,
    c.confkey as parent_key,
    case when c.contype = 'f' and (pn.nspname::text <> all (:schemas) or p.relispartition) then array(
      select a.attname
      from unnest(c.confkey) with ordinality k (number, position)
      join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number
      order by k.position
    ) end as parent_columns,
    case when c.contype = 'f' then c.confupdtype end as on_update,
    case when c.contype = 'f' then c.confdeltype end as on_delete,
    case when c.contype = 'f' then c.confmatchtype end as match,
    case when i.indnatts > i.indnkeyatts then (i.indkey::int2[])[i.indnkeyatts:] end as include,
    c.contype in ('p', 'u', 'x') and c.conindid in (
      select x.oid from pg_class x where x.relkind in ('i', 'I') and (x.reloptions is not null or x.reltablespace <> 0)
    ) as stored,
    case when c.contype = 'x' then c.conindid::int8 end as index,
    case when c.contype = 'x' then array(
      select o.oprname
      from unnest(c.conexclop) with ordinality k (operator, position)
      join pg_operator o on o.oid = k.operator
      order by k.position
    ) end as operators,
    c.confdelsetcols as set_columns, --@ >= 15
    i.indnullsnotdistinct as nulls_not_distinct, --@ >= 15
    c.conperiod as period, --@ >= 18
    not c.conenforced as not_enforced, --@ >= 18
    d.description as comment
  from pg_constraint c
  join pg_class t on t.oid = c.conrelid
  join pg_namespace n on n.oid = t.relnamespace
  left join pg_class p on p.oid = c.confrelid
  left join pg_namespace pn on pn.oid = p.relnamespace
  left join pg_index i on c.contype in ('p', 'u') and i.indexrelid = c.conindid
  left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
  where n.nspname::text = any (:schemas)
    and t.relkind in ('r', 'p')
    and (not t.relispartition or c.coninhcount = 0)
    and c.contype in ('p', 'u', 'f', 'c', 'x')
    and c.conparentid = 0
) r
