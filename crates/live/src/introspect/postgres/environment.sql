-- Schemas, extensions, and the names of oids in the results of other queries.
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
  'outside_uses', (
    select coalesce(json_agg(json_build_array(t.by, t.kind, t.schema, t.name, t.col, t.left_alone, t.with_schema, t.with_name)), '[]')
    from (
:uses
    ) t
  ),
  'left', (
    select coalesce(json_agg(json_build_array(t.code, t.kind, t.schema, t.name, t.rest, t.why, t.carrier)), '[]')
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
