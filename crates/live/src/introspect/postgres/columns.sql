-- The columns of tables, as arrays in the order of `ColumnRow`: keys would be the
-- largest part of the answer. Oid 100 is the collation "default". Columns of partitions are
-- needed where an own constraint or index of the partition names them by number.
select json_build_array(
  a.attrelid::int8,
  a.attnum,
  a.attname,
  format_type(a.atttypid, a.atttypmod),
  case when coalesce(e.typtype, t.typtype) in ('e', 'd') then coalesce(e.typtype, t.typtype) end,
  case when coalesce(e.typtype, t.typtype) in ('e', 'd') then tn.nspname end,
  case when coalesce(e.typtype, t.typtype) in ('e', 'd') then coalesce(e.typname, t.typname) end,
  e.oid is not null,
  a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid),
  nullif(a.attgenerated::text, ''),
  nullif(a.attidentity::text, ''),
  case when a.attcollation not in (0, 100) then a.attcollation::int8 end,
  case when a.attcollation <> t.typcollation then a.attcollation::int8 end,
  m.description,
  case when a.attacl is not null then json_build_object('grants', (
    select json_agg(json_build_array(
      case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
      x.privilege_type,
      x.is_grantable
    ) order by x.grantee, x.privilege_type)
    from aclexplode(a.attacl) x
    where x.grantee <> c.relowner
  )) end
)::text
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
  and (
    not c.relispartition
    or exists (
      select from pg_constraint k
      where k.conrelid = c.oid and k.conparentid = 0 and k.coninhcount = 0 and k.contype in ('p', 'u', 'f', 'x')
    )
    or exists (
      select from pg_index i
      where i.indrelid = c.oid and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
    )
  )
  and a.attnum > 0
  and not a.attisdropped
