-- The columns of tables. Oid 100 is the collation "default".
select row_to_json(r)::text
from (
  select
    a.attrelid::int8 as relation,
    a.attnum as number,
    a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type,
    case when coalesce(e.typtype, t.typtype) in ('e', 'd') then coalesce(e.typtype, t.typtype) end as kind,
    case when coalesce(e.typtype, t.typtype) in ('e', 'd') then tn.nspname end as type_schema,
    case when coalesce(e.typtype, t.typtype) in ('e', 'd') then coalesce(e.typname, t.typname) end as type_name,
    e.oid is not null as array,
    a.attnotnull as not_null,
    pg_get_expr(d.adbin, d.adrelid) as "default",
    nullif(a.attgenerated::text, '') as generated,
    nullif(a.attidentity::text, '') as identity,
    case when a.attcollation not in (0, 100) then a.attcollation::int8 end as collation,
    case when a.attcollation <> t.typcollation then a.attcollation::int8 end as own_collation,
    m.description as comment
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  left join pg_namespace tn on tn.oid = coalesce(e.typnamespace, t.typnamespace)
  left join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_description m
    on m.classoid = 'pg_class'::regclass and m.objoid = a.attrelid and m.objsubid = a.attnum
  where n.nspname::text = any (:schemas)
    and c.relkind in ('r', 'p')
    and not c.relispartition
    and a.attnum > 0
    and not a.attisdropped
) r
