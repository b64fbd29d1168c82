-- Schemas, extensions, and the names behind oids that other queries give.
select json_build_object(
  'namespaces', (
    select coalesce(json_agg(json_build_object('name', n.nspname, 'comment', d.description)), '[]')
    from pg_namespace n
    left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid
    where n.nspname::text = any (:schemas)
  ),
  'extensions', (
    select coalesce(json_agg(json_build_object('name', e.extname, 'schema', n.nspname, 'version', e.extversion)), '[]')
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
    where e.extname <> 'plpgsql'
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
