-- Enums, domains, and the types that are only reported.
select row_to_json(r)::text
from (
  select
    t.typtype as kind,
    n.nspname as schema,
    t.typname as name,
    d.description as comment,
    case when t.typtype = 'e' then
      array(select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
    end as labels,
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base,
    case when bt.typtype in ('e', 'd') then bt.typtype end as base_kind,
    case when bt.typtype in ('e', 'd') then bn.nspname end as base_schema,
    case when bt.typtype in ('e', 'd') then bt.typname end as base_name,
    case when t.typtype = 'd' and t.typcollation <> bt.typcollation then t.typcollation::int8 end as collation,
    t.typnotnull as not_null,
    pg_get_expr(t.typdefaultbin, 0) as "default",
    case when t.typtype = 'd' then (
      select json_agg(json_build_object(
        'name', c.conname,
        'expr', pg_get_expr(c.conbin, 0),
        'validated', c.convalidated,
        'comment', cd.description
      ))
      from pg_constraint c
      left join pg_description cd on cd.classoid = 'pg_constraint'::regclass and cd.objoid = c.oid
      where c.contypid = t.oid and c.contype = 'c'
    ) end as checks
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  left join pg_class c on c.oid = t.typrelid
  left join pg_type bt on bt.oid = t.typbasetype
  left join pg_namespace bn on bn.oid = bt.typnamespace
  left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid
  where n.nspname::text = any (:schemas)
    and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c') or (t.typtype = 'b' and t.typcategory <> 'A'))
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e'
    )
) r
