-- Functions and procedures, and what is only reported: aggregates, extended
-- statistics, event triggers.
select row_to_json(r)::text
from (
  select
    case when p.prokind in ('f', 'w') then 'function' when p.prokind = 'p' then 'procedure' else 'aggregate' end as what,
    n.nspname as schema,
    p.proname as name,
    oidvectortypes(p.proargtypes) as arguments,
    case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition,
    d.description as comment,
    json_build_object(
      'owner', case when p.proowner::regrole::text <> quote_ident(current_user) then pg_get_userbyid(p.proowner) end,
      'closed', p.proacl is not null and not exists (select from aclexplode(p.proacl) x where x.grantee = 0),
      'grants', (
        select json_agg(json_build_array(
          quote_ident(pg_get_userbyid(x.grantee)), x.privilege_type, x.is_grantable
        ) order by x.grantee, x.privilege_type)
        from aclexplode(p.proacl) x
        where x.grantee not in (p.proowner, 0)
      )
    ) as access
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid
  where n.nspname::text = any (:schemas)
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype in ('e', 'i')
    )
  union all
  select 'statistics', n.nspname, s.stxname, '', null, null, null
  from pg_statistic_ext s
  join pg_namespace n on n.oid = s.stxnamespace
  where n.nspname::text = any (:schemas)
  union all
  select 'event trigger', '', e.evtname, '', null, null, null
  from pg_event_trigger e
  where not exists (
    select from pg_depend x
    where x.classid = 'pg_event_trigger'::regclass and x.objid = e.oid and x.deptype = 'e'
  )
) r
