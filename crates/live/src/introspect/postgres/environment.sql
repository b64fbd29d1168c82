-- Schemas, extensions, and the names behind oids that other queries give.
select json_build_object(
  'namespaces', (
    select coalesce(json_agg(json_build_object('name', n.nspname, 'comment', d.description)), '[]')
    from pg_namespace n
    left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid
    where n.nspname::text = any (:schemas)
  ),
  'extensions', (
    select coalesce(json_agg(json_build_object('name', e.extname, 'schema', n.nspname, 'version', e.extversion,
      'comment', nullif(coalesce(d.description, ''), coalesce(a.comment, '')))), '[]')
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
    left join pg_description d on d.classoid = 'pg_extension'::regclass and d.objoid = e.oid
    left join pg_available_extensions() a on a.name = e.extname
    where e.extname <> 'plpgsql'
  ),
  'grants', case when :privileges then (
    select coalesce(json_agg(json_build_array(
      g.kind, g.schema, g.name, g.detail, case when g.grantee <> 0 then pg_get_userbyid(g.grantee) end, g.privilege, g.grantable
    )), '[]')
    from (
      select c.relkind as kind, n.nspname as schema, c.relname as name, '' as detail, c.relowner as owner,
        a.grantee, a.privilege_type as privilege, a.is_grantable as grantable
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(c.relacl) a
      where n.nspname::text = any (:schemas)
        and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and not c.relispartition
        and not exists (
          select from pg_depend x
          where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e'
        )
      union all
      select 'a', n.nspname, c.relname, t.attname, c.relowner, a.grantee, a.privilege_type, a.is_grantable
      from pg_attribute t
      join pg_class c on c.oid = t.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(t.attacl) a
      where n.nspname::text = any (:schemas)
        and t.attacl is not null
        and not t.attisdropped
        and c.relkind in ('r', 'p', 'v', 'm')
        and not c.relispartition
        and not exists (
          select from pg_depend x
          where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e'
        )
      union all
      select 'f', n.nspname, p.proname, oidvectortypes(p.proargtypes), p.proowner,
        case when a.grantee is null then 0 else a.grantee end,
        coalesce(a.privilege_type, 'NO EXECUTE'),
        coalesce(a.is_grantable, false)
      from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      cross join lateral (
        select x.grantee, x.privilege_type, x.is_grantable from aclexplode(p.proacl) x where x.grantee <> 0
        union all
        select null, null, null where not exists (select from aclexplode(p.proacl) x where x.grantee = 0)
      ) a
      where n.nspname::text = any (:schemas)
        and p.proacl is not null
        and not exists (
          select from pg_depend x
          where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype in ('e', 'i')
        )
      union all
      select 'n', n.nspname, n.nspname, '', n.nspowner, a.grantee, a.privilege_type, a.is_grantable
      from pg_namespace n
      cross join lateral aclexplode(n.nspacl) a
      where n.nspname::text = any (:schemas) and n.nspname <> current_schema()
    ) g
    where g.grantee <> g.owner
  ) else '[]' end,
  'own_collations', (
    select coalesce(json_agg(json_build_object(
      'schema', n.nspname,
      'name', c.collname,
      'provider', c.collprovider,
      'locale', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate),
      'ctype', case when c.collprovider = 'c' then c.collctype end,
      'deterministic', coalesce((to_jsonb(c) ->> 'collisdeterministic')::boolean, true),
      'rules', to_jsonb(c) ->> 'collicurules',
      'comment', d.description
    )), '[]')
    from pg_collation c
    join pg_namespace n on n.oid = c.collnamespace
    left join pg_description d on d.classoid = 'pg_collation'::regclass and d.objoid = c.oid
    where n.nspname::text = any (:schemas)
      and not exists (
        select from pg_depend x
        where x.classid = 'pg_collation'::regclass and x.objid = c.oid and x.deptype = 'e'
      )
  ),
  'outside', (
    select coalesce(json_agg(json_build_array(o.name, o.objects) order by o.name), '[]')
    from (
      select n.nspname as name,
        (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not c.relispartition)
        + (select count(*) from pg_proc p where p.pronamespace = n.oid)
        + (select count(*) from pg_type t where t.typnamespace = n.oid and t.typtype in ('e', 'd', 'r')) as objects
      from pg_namespace n
      where n.nspname !~ '^pg_'
        and n.nspname <> 'information_schema'
        and n.nspname::text <> all (:schemas)
        and not exists (
          select from pg_depend x
          where x.classid = 'pg_namespace'::regclass and x.objid = n.oid and x.deptype = 'e'
        )
    ) o
    where o.objects > 0
  ),
  'outside_uses', case when exists (
    select from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname::text <> all (:schemas)
  ) then (
    select coalesce(json_agg(json_build_array(u.by, u.kind, u.schema, u.name, u.col)), '[]')
    from (
      select distinct regexp_replace(pg_describe_object(d.classid, d.objid, 0), '^rule _RETURN on ', '') as by, o.kind, o.schema, o.name, a.attname as col
      from pg_depend d
      join lateral (
        select case when c.relkind in ('i', 'I') then 'index' else 'relation' end as kind, n.nspname as schema, c.relname as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where d.refclassid = 'pg_class'::regclass and c.oid = d.refobjid
        union all
        select 'type', n.nspname, coalesce(e.typname, t.typname)
        from pg_type t
        left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
        join pg_namespace n on n.oid = t.typnamespace
        where d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
        union all
        select 'routine', n.nspname, p.proname
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where d.refclassid = 'pg_proc'::regclass and p.oid = d.refobjid
      ) o on true
      join lateral (
        select c.relnamespace as namespace from pg_class c where d.classid = 'pg_class'::regclass and c.oid = d.objid
        union all
        select c.relnamespace from pg_rewrite w join pg_class c on c.oid = w.ev_class
        where d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
        union all
        select k.connamespace from pg_constraint k where d.classid = 'pg_constraint'::regclass and k.oid = d.objid
        union all
        select c.relnamespace from pg_attrdef f join pg_class c on c.oid = f.adrelid
        where d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
        union all
        select c.relnamespace from pg_trigger g join pg_class c on c.oid = g.tgrelid
        where d.classid = 'pg_trigger'::regclass and g.oid = d.objid
        union all
        select c.relnamespace from pg_policy p join pg_class c on c.oid = p.polrelid
        where d.classid = 'pg_policy'::regclass and p.oid = d.objid
        union all
        select p.pronamespace from pg_proc p where d.classid = 'pg_proc'::regclass and p.oid = d.objid
        union all
        select t.typnamespace from pg_type t where d.classid = 'pg_type'::regclass and t.oid = d.objid
      ) w on true
      join pg_namespace wn on wn.oid = w.namespace
      left join pg_attribute a
        on d.refclassid = 'pg_class'::regclass and a.attrelid = d.refobjid and a.attnum = d.refobjsubid and d.refobjsubid > 0
      where d.deptype = 'n'
        and d.refobjid >= 16384
        and o.schema::text = any (:schemas)
        and wn.nspname::text <> all (:schemas)
        and wn.nspname !~ '^pg_'
        and wn.nspname <> 'information_schema'
    ) u
  ) else '[]' end,
  'left', (
    select coalesce(json_agg(json_build_array(t.code, t.kind, t.schema, t.name, t.rest, t.why)), '[]')
    from (
:left
    ) t
  ),
  'opclasses', (
    select json_agg(json_build_array(o.oid::int8, n.nspname, o.opcname))
    from pg_opclass o
    join pg_namespace n on n.oid = o.opcnamespace
    where not o.opcdefault
  ),
  'collations', (
    select coalesce(json_agg(json_build_array(c.oid::int8, n.nspname, c.collname)), '[]')
    from pg_collation c
    join pg_namespace n on n.oid = c.collnamespace
    where c.oid in (select a.attcollation from pg_attribute a where a.attcollation not in (0, 100, 950, 951))
      or c.oid in (100, 950, 951)
  )
)::text
