-- Tables, views and foreign tables. The children of partitioned tables belong
-- to their parents and are left out.
select row_to_json(r)::text
from (
  select
    c.oid::int8 as id,
    n.nspname as schema,
    c.relname as name,
    c.relkind as kind,
    c.relpersistence = 'u' as unlogged,
    c.reloptions as options,
    s.spcname as tablespace,
    d.description as comment,
    c.relrowsecurity as row_security,
    c.relforcerowsecurity as forced,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by,
    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
    c.reloftype <> 0 as typed,
    exists (select from pg_inherits i where i.inhrelid = c.oid) as inherits
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_tablespace s on s.oid = c.reltablespace
  left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
  where n.nspname::text = any (:schemas)
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not c.relispartition
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e'
    )
) r
