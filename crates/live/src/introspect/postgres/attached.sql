-- Objects on tables and views other than columns, constraints and indexes:
-- triggers, policies, rules; not the triggers that a partition inherits from its table,
-- which are internal before PostgreSQL 13.
select row_to_json(r)::text
from (
  select
    'trigger' as what,
    t.tgrelid::int8 as relation,
    c.relkind as relation_kind,
    n.nspname as schema,
    c.relname as relation_name,
    t.tgname as name,
    pg_get_triggerdef(t.oid) as definition,
    t.tgenabled as firing,
    false as restrictive,
    d.description as comment,
    null::text as command,
    null::text[] as roles,
    null::text as using,
    null::text as check
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = t.oid
  where n.nspname::text = any (:schemas)
    and not t.tgisinternal
    and t.tgparentid = 0 --@ >= 13
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_trigger'::regclass and x.objid = t.oid and x.deptype = 'e'
    )
  union all
  select
    'policy', p.polrelid::int8, c.relkind, n.nspname, c.relname, p.polname, null,
    null, not p.polpermissive, d.description, p.polcmd::text,
    array(
      select case when k.id = 0 then 'public' else quote_ident(pg_get_userbyid(k.id)) end
      from unnest(p.polroles) k (id)
      order by 1
    ),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
  where n.nspname::text = any (:schemas)
  union all
  select
    'rule', w.ev_class::int8, c.relkind, n.nspname, c.relname, w.rulename, null,
    null, false, null, null, null, null, null
  from pg_rewrite w
  join pg_class c on c.oid = w.ev_class
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas)
    and w.rulename <> '_RETURN'
    and not exists (
      select from pg_depend x
      where x.classid = 'pg_rewrite'::regclass and x.objid = w.oid and x.deptype = 'e'
    )
) r
