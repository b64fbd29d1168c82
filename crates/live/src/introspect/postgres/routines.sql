-- Functions, procedures and plain aggregates, and what is only reported: other
-- aggregates, extended statistics, event triggers.
select row_to_json(r)::text
from (
  select
    case when p.prokind in ('f', 'w') then 'function' when p.prokind = 'p' then 'procedure' else 'aggregate' end as what,
    n.nspname as schema,
    p.proname as name,
    oidvectortypes(p.proargtypes) as arguments,
    case
      when p.prokind <> 'a' then pg_get_functiondef(p.oid)
      when a.aggkind = 'n' and p.pronargs > 0 and a.aggmtransfn = 0 and a.aggserialfn = 0 and not a.aggfinalextra
        and a.aggfinalmodify = 'r' then
        format('CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s', n.nspname, p.proname,
          pg_get_function_arguments(p.oid), a.aggtransfn, format_type(a.aggtranstype, null))
        || case when a.aggtransspace > 0 then format(', SSPACE = %s', a.aggtransspace) else '' end
        || case when a.aggfinalfn <> 0 then format(', FINALFUNC = %s', a.aggfinalfn) else '' end
        || case when a.aggcombinefn <> 0 then format(', COMBINEFUNC = %s', a.aggcombinefn) else '' end
        || case when a.agginitval is not null then format(', INITCOND = %L', a.agginitval) else '' end
        || case when a.aggsortop <> 0 then (
          select format(', SORTOP = OPERATOR(%I.%s)', m.nspname, o.oprname)
          from pg_operator o
          join pg_namespace m on m.oid = o.oprnamespace
          where o.oid = a.aggsortop
        ) else '' end
        || case p.proparallel when 's' then ', PARALLEL = SAFE' when 'r' then ', PARALLEL = RESTRICTED' else '' end
        || ')'
    end as definition,
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
  left join pg_aggregate a on a.aggfnoid = p.oid
  left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid
  where n.nspname::text = any (:schemas)
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype in ('e', 'i')
    )
  union all
  select 'statistics', n.nspname, s.stxname, coalesce(to_jsonb(s) ->> 'stxstattarget', '-1'), pg_get_statisticsobjdef(s.oid), d.description, null
  from pg_statistic_ext s
  join pg_namespace n on n.oid = s.stxnamespace
  left join pg_description d on d.classoid = 'pg_statistic_ext'::regclass and d.objoid = s.oid
  where n.nspname::text = any (:schemas)
  union all
  select 'event trigger', '', e.evtname, '', null, null, null
  from pg_event_trigger e
  where not exists (
    select from pg_depend x
    where x.classid = 'pg_event_trigger'::regclass and x.objid = e.oid and x.deptype = 'e'
  )
) r
