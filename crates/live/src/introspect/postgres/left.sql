-- What is in the catalog and is not compared: code, kind, schema, name, the text after the
-- name, why, and the object with which it is lost. Objects of extensions belong to them, and
-- objects that the server creates for another one belong to that.
select l.code, l.kind, l.schema, l.name, l.rest, l.why, l.carrier
from (
  select 'U0121' as code, case when c.relispartition then 'partition' else 'table' end as kind,
    n.nspname as schema, c.relname as name, '' as rest,
    'its REPLICA IDENTITY (' || case c.relreplident when 'f' then 'FULL' when 'n' then 'NOTHING' else 'USING INDEX' end
      || ') is not compared' as why,
    null::json as carrier,
    'pg_class'::regclass::oid as class, c.oid as id
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas) and c.relkind in ('r', 'p') and c.relreplident <> 'd'
  union all
  select 'U0122', 'default privileges of', null, pg_get_userbyid(d.defaclrole),
    coalesce(' in ' || n.nspname, '') || ' for '
      || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end,
    'what new objects are granted is not compared', null, 'pg_default_acl'::regclass, d.oid
  from pg_default_acl d
  left join pg_namespace n on n.oid = d.defaclnamespace
  where n.oid is null or n.nspname::text = any (:schemas)
  union all
  select 'U0123', 'column', n.nspname, c.relname, '.' || a.attname, w.what || ': not compared',
    case c.relkind when 'm' then json_build_array('view', n.nspname, c.relname, null)
      else json_build_array(w.carrier, tn.nspname, top.relname, a.attname) end,
    'pg_class'::regclass, c.oid
  from pg_attribute a
  join pg_type t on a.attnum > 0 and t.oid = a.atttypid and (
    a.attstorage <> t.typstorage
    or a.attcompression <> '' --@ >= 14
    or coalesce(a.attstattarget, -1) >= 0
    or a.attoptions is not null
  )
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class top on top.oid = coalesce(pg_partition_root(c.oid), c.oid)
  join pg_namespace tn on tn.oid = top.relnamespace
  cross join lateral (
    select 'type' as carrier, concat_ws(', ',
      case when a.attstorage <> t.typstorage then 'its storage' end,
      case when a.attcompression <> '' then 'its compression' end, --@ >= 14
      null
    ) as what
    union all
    select 'column', concat_ws(', ',
      case when coalesce(a.attstattarget, -1) >= 0 then 'its statistics target' end,
      case when a.attoptions is not null then 'its options (' || array_to_string(a.attoptions, ', ') || ')' end
    )
  ) w
  where n.nspname::text = any (:schemas)
    and c.relkind in ('r', 'p', 'm')
    and a.attnum > 0
    and not a.attisdropped
    and w.what <> ''
  union all --@ >= 18
  select 'U0123', 'column', n.nspname, c.relname, '.' || a.attname, --@ >= 18
    concat_ws(', ', --@ >= 18
      case when not k.convalidated then 'that its NOT NULL is NOT VALID' end, --@ >= 18
      case when k.connoinherit then 'that its NOT NULL is NO INHERIT' end --@ >= 18
    ) || ': not compared', --@ >= 18
    json_build_array('column', tn.nspname, top.relname, a.attname), --@ >= 18
    'pg_class'::regclass, c.oid --@ >= 18
  from pg_constraint k --@ >= 18
  join pg_class c on c.oid = k.conrelid and c.relkind in ('r', 'p') --@ >= 18
  join pg_namespace n on n.oid = c.relnamespace --@ >= 18
  join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1] --@ >= 18
  join pg_class top on top.oid = coalesce(pg_partition_root(c.oid), c.oid) --@ >= 18
  join pg_namespace tn on tn.oid = top.relnamespace --@ >= 18
  where k.contype = 'n' and (not k.convalidated or k.connoinherit) --@ >= 18
    and n.nspname::text = any (:schemas) --@ >= 18
  union all
  select 'U0124', 'index', n.nspname, c.relname, '', 'that its table is clustered by it (CLUSTER) is not compared',
    json_build_array('index', rn.nspname, r.relname, x.relname),
    'pg_class'::regclass, i.indrelid
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_index t on t.indexrelid = coalesce(pg_partition_root(c.oid), c.oid)
  join pg_class x on x.oid = t.indexrelid
  join pg_class r on r.oid = t.indrelid
  join pg_namespace rn on rn.oid = r.relnamespace
  where n.nspname::text = any (:schemas) and i.indisclustered
  union all
  select 'U0123', 'index', n.nspname, c.relname, '', 'the statistics target of an expression is not compared',
    json_build_array('index', rn.nspname, r.relname, x.relname),
    'pg_class'::regclass, i.indrelid
  from (select distinct a.attrelid from pg_attribute a where a.attnum > 0 and coalesce(a.attstattarget, -1) >= 0) a
  join pg_index i on i.indexrelid = a.attrelid
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_index t on t.indexrelid = coalesce(pg_partition_root(c.oid), c.oid)
  join pg_class x on x.oid = t.indexrelid
  join pg_class r on r.oid = t.indrelid
  join pg_namespace rn on rn.oid = r.relnamespace
  where n.nspname::text = any (:schemas)
  union all
  select 'U0125', 'column', n.nspname, c.relname, '.' || a.attname, 'the default of a view''s column is not compared',
    json_build_array('view', n.nspname, c.relname, null), 'pg_class'::regclass, c.oid
  from pg_attrdef d
  join pg_class c on c.oid = d.adrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
  where n.nspname::text = any (:schemas) and c.relkind = 'v'
  union all
  select 'U0129', 'materialized view', n.nspname, c.relname, '', 'that it holds no data (WITH NO DATA) is not compared',
    json_build_array('view', n.nspname, c.relname, null), 'pg_class'::regclass, c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas) and c.relkind = 'm' and not c.relispopulated
:partitions
  union all
  select 'U0127', o.type, null, o.identity, '', 'objects of this kind are not compared', null, k.class, k.id
  from (
    select 'pg_operator'::regclass::oid as class, oid as id, oprnamespace as namespace from pg_operator
    union all select 'pg_opclass'::regclass, oid, opcnamespace from pg_opclass
    union all select 'pg_opfamily'::regclass, oid, opfnamespace from pg_opfamily
    union all select 'pg_conversion'::regclass, oid, connamespace from pg_conversion
    union all select 'pg_ts_config'::regclass, oid, cfgnamespace from pg_ts_config
    union all select 'pg_ts_dict'::regclass, oid, dictnamespace from pg_ts_dict
    union all select 'pg_ts_parser'::regclass, oid, prsnamespace from pg_ts_parser
    union all select 'pg_ts_template'::regclass, oid, tmplnamespace from pg_ts_template
    union all select 'pg_cast'::regclass, oid, null from pg_cast
    union all select 'pg_language'::regclass, oid, null from pg_language
    union all select 'pg_am'::regclass, oid, null from pg_am
    union all select 'pg_transform'::regclass, oid, null from pg_transform
    union all select 'pg_publication'::regclass, oid, null from pg_publication
    union all select 'pg_foreign_data_wrapper'::regclass, oid, null from pg_foreign_data_wrapper
    union all select 'pg_foreign_server'::regclass, oid, null from pg_foreign_server
    union all select 'pg_proc'::regclass, oid, pronamespace from pg_proc where prokind = 'w'
  ) k
  left join pg_namespace n on n.oid = k.namespace
  cross join lateral pg_identify_object(k.class, k.id, 0) o
  where k.id >= 16384 and (k.namespace is null or n.nspname::text = any (:schemas))
  union all
  select 'U0127', 'large objects', null, '(' || count(*) || ')', '', 'large objects are not compared', null, 'pg_class'::regclass, 0
  from pg_largeobject_metadata
  having count(*) > 0
  union all
  select 'U0127', 'security label of', null, o.identity, '', 'security labels are not compared', null, s.classoid, s.objoid
  from pg_seclabel s
  cross join lateral pg_identify_object(s.classoid, s.objoid, s.objsubid) o
  union all
  select 'U0130', case when c.relkind = 'm' then 'materialized view' when c.relispartition then 'partition' else 'table' end,
    n.nspname, c.relname, '', w.what || ' is not compared',
    case c.relkind when 'm' then json_build_array('view', n.nspname, c.relname, null) end,
    'pg_class'::regclass, c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_am m on m.oid = c.relam
  left join pg_class o on o.oid = c.reltoastrelid
  cross join lateral (
    select concat_ws(', ',
      case when m.amname <> 'heap' then 'its access method (' || m.amname || ')' end,
      case when o.reloptions is not null then 'the options of its TOAST table (' || array_to_string(o.reloptions, ', ') || ')' end
    ) as what
  ) w
  where n.nspname::text = any (:schemas) and c.relkind in ('r', 'p', 'm') and w.what <> ''
  union all
  -- By default, the sequence of a column is named after the table and the column, of which
  -- either may be renamed since, and it is UNLOGGED if its table is.
  select 'U0131', 'sequence', n.nspname, c.relname, '', w.what || ' is not compared',
    case when o.relname is not null then json_build_array('column', rn.nspname, o.relname, a.attname) end,
    'pg_class'::regclass, coalesce(o.oid, c.oid)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d
    on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  left join pg_class o on o.oid = d.refobjid
  left join pg_namespace rn on rn.oid = o.relnamespace
  left join pg_attribute a on a.attrelid = o.oid and a.attnum = d.refobjsubid
  cross join lateral (
    select concat_ws(', ',
      case when c.relpersistence = 'u' and coalesce(o.relpersistence, 'p') <> 'u' then 'that it is UNLOGGED' end, --@ >= 15
      case when c.relpersistence <> 'u' and o.relpersistence = 'u' then 'that it is not UNLOGGED, as its table is' end, --@ >= 15
      case when d.deptype = 'i' and not (
        c.relname ~ '_seq\d*$'
        and (starts_with(c.relname, left(o.relname, 28)) or strpos(c.relname, '_' || left(a.attname, 28)) > 0)
      ) then 'its name, which PostgreSQL did not choose' end
    ) as what
  ) w
  where n.nspname::text = any (:schemas) and c.relkind = 'S' and w.what <> ''
  union all
  select 'U0132', 'index', n.nspname, x.relname, '', 'the comment of the index under a constraint is not compared',
    json_build_array('index', n.nspname, c.relname, k.conname), 'pg_class'::regclass, c.oid
  from pg_description m
  join pg_constraint k on k.conindid = m.objoid and k.contype in ('p', 'u', 'x')
  join pg_class x on x.oid = k.conindid
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas)
    and m.classoid = 'pg_class'::regclass
    and m.objsubid = 0
    and not x.relispartition
  union all
  select 'U0133', k.kind, n.nspname, k.name, k.rest, 'that it depends on extension ' || quote_ident(e.extname) || ' (DEPENDS ON EXTENSION) is not compared',
    case when k.carrier is not null then json_build_array(k.carrier, n.nspname, k.relation, k.part) end,
    d.classid, d.objid
  from pg_depend d
  join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
  join (
    select 'pg_proc'::regclass::oid as class, p.oid as id, p.pronamespace as namespace,
      case p.prokind when 'p' then 'procedure' else 'function' end as kind,
      p.proname as name, '(' || pg_get_function_identity_arguments(p.oid) || ')' as rest,
      'routine' as carrier, p.proname as relation, null::name as part
    from pg_proc p
    union all
    select 'pg_class'::regclass, c.oid, c.relnamespace, case c.relkind when 'm' then 'materialized view' else 'index' end,
      c.relname, '', case c.relkind when 'm' then 'view' else 'index' end, coalesce(r.relname, c.relname), c.relname
    from pg_class c
    left join pg_index i on i.indexrelid = c.oid
    left join pg_class r on r.oid = i.indrelid
    where c.relkind in ('m', 'i', 'I')
    union all
    select 'pg_trigger'::regclass, g.oid, r.relnamespace, 'trigger', r.relname, '.' || g.tgname, 'trigger', r.relname, g.tgname
    from pg_trigger g
    join pg_class r on r.oid = g.tgrelid
  ) k on k.class = d.classid and k.id = d.objid
  join pg_namespace n on n.oid = k.namespace
  where n.nspname::text = any (:schemas) and d.deptype = 'x'
) l
where not exists (
  select from pg_depend x where x.classid = l.class and x.objid = l.id and x.deptype in ('e', 'i')
)
