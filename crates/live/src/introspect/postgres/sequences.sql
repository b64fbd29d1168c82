-- Sequences, and the columns that own them.
select row_to_json(r)::text
from (
  select
    n.nspname as schema,
    c.relname as name,
    c.oid::regclass::text as shown,
    format_type(s.seqtypid, null) as type,
    s.seqstart as start,
    s.seqincrement as increment,
    s.seqmin as min,
    s.seqmax as max,
    s.seqcache as cache,
    s.seqcycle as cycle,
    d.description as comment,
    o.deptype as owned,
    o.refobjid::int8 as relation,
    o.refobjsubid as column,
    case when c.relacl is not null or c.relowner::regrole::text <> quote_ident(current_user) then json_build_object(
      'owner', case when c.relowner::regrole::text <> quote_ident(current_user) then pg_get_userbyid(c.relowner) end,
      'grants', (
        select json_agg(json_build_array(
          case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
          x.privilege_type,
          x.is_grantable
        ) order by x.grantee, x.privilege_type)
        from aclexplode(c.relacl) x
        where x.grantee <> c.relowner
      )
    ) end as access
  from pg_sequence s
  join pg_class c on c.oid = s.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend o
    on o.classid = 'pg_class'::regclass and o.objid = c.oid and o.objsubid = 0
    and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0 and o.deptype in ('a', 'i')
  left join pg_class oc on oc.oid = o.refobjid
  left join pg_namespace ons on ons.oid = oc.relnamespace
  left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
  where (n.nspname::text = any (:schemas) or ons.nspname::text = any (:schemas))
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e'
    )
) r
