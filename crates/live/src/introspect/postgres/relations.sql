-- Tables, views and foreign tables. The children of partitioned tables belong
-- to their parents.
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
    case when c.relkind = 'p' then (
      select json_agg(json_build_object(
        'id', b.oid::int8,
        'parent', i.inhparent::int8,
        'schema', bn.nspname,
        'name', b.relname,
        'bound', pg_get_expr(b.relpartbound, b.oid),
        'partition_by', case when b.relkind = 'p' then pg_get_partkeydef(b.oid) end,
        'comment', obj_description(b.oid, 'pg_class'),
        'row_security', b.relrowsecurity,
        'forced', b.relforcerowsecurity,
        'indexes', (
          with recursive up (own, at) as (
            select x.indexrelid, x.indexrelid from pg_index x where x.indrelid = b.oid
            union all
            select up.own, xi.inhparent from up join pg_inherits xi on xi.inhrelid = up.at
          )
          select json_agg(json_build_array(top.relname, own.relname))
          from up
          join pg_class top on top.oid = up.at
          join pg_class own on own.oid = up.own
          where up.at <> up.own and not exists (select from pg_inherits xi where xi.inhrelid = up.at)
        ),
        'foreign_keys', (
          with recursive up (own, at) as (
            select k.conname, k.oid from pg_constraint k where k.conrelid = b.oid and k.contype = 'f'
            union all
            select up.own, k.conparentid from up join pg_constraint k on k.oid = up.at
          )
          select json_agg(json_build_array(k.conname, up.own))
          from up
          join pg_constraint k on k.oid = up.at and k.conrelid = c.oid
        )
      ))
      from pg_partition_tree(c.oid) p
      join pg_class b on b.oid = p.relid
      join pg_namespace bn on bn.oid = b.relnamespace
      join pg_inherits i on i.inhrelid = b.oid
      where p.level > 0
    ) end as partitions,
    case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
    case when c.relkind in ('v', 'm') then (
      select json_agg(
        json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), ad.description)
        order by a.attnum
      )
      from pg_attribute a
      left join pg_description ad
        on ad.classoid = 'pg_class'::regclass and ad.objoid = c.oid and ad.objsubid = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) end as columns,
    case when c.relkind in ('v', 'm') then (
      select json_agg(distinct x.item) from (
        select jsonb_build_array(
          case
            when d.refclassid = 'pg_class'::regclass then case when d.refobjsubid > 0 then 'column' else 'relation' end
            when d.refclassid = 'pg_proc'::regclass then 'routine'
            else 'type'
          end,
          coalesce(rn.nspname, pn.nspname, tn.nspname),
          coalesce(r.relname, p.proname, t.typname),
          ra.attname
        ) as item
        from pg_rewrite w
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        left join pg_class r on d.refclassid = 'pg_class'::regclass and r.oid = d.refobjid
        left join pg_namespace rn on rn.oid = r.relnamespace
        left join pg_attribute ra on ra.attrelid = r.oid and ra.attnum = d.refobjsubid and d.refobjsubid > 0
        left join pg_proc p on d.refclassid = 'pg_proc'::regclass and p.oid = d.refobjid
        left join pg_namespace pn on pn.oid = p.pronamespace
        left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
        left join pg_namespace tn on tn.oid = t.typnamespace
        where w.ev_class = c.oid
          and w.rulename = '_RETURN'
          and d.refobjid <> c.oid
          and d.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
      ) x
    ) end as reads,
    case when c.relkind in ('v', 'm') then json_build_object(
      'owner', case when c.relowner::regrole::text <> quote_ident(current_user) then pg_get_userbyid(c.relowner) end,
      'grants', (
        select json_agg(json_build_array(
          case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
          x.privilege,
          x.is_grantable
        ) order by x.grantee, x.privilege)
        from (
          select r.grantee, r.privilege_type as privilege, r.is_grantable from aclexplode(c.relacl) r
          union all
          select r.grantee, format('%s (%I)', r.privilege_type, a.attname), r.is_grantable
          from pg_attribute a
          cross join lateral aclexplode(a.attacl) r
          where a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
        ) x
        where x.grantee <> c.relowner
      )
    ) end as access,
    c.reloftype <> 0 as typed,
    exists (select from pg_inherits i where i.inhrelid = c.oid) as inherits,
    case when c.relkind = 'r' and c.relhassubclass then (
      select json_agg(i.inhrelid::regclass::text order by i.inhrelid::regclass::text)
      from pg_inherits i
      where i.inhparent = c.oid
    ) end as heirs
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
