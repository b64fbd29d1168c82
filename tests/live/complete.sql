-- Every user-defined row of the catalog, as `kind name`, except what follows from
-- another row:
--   TOAST tables and their indexes, row types, array types, multiranges, functions and
--   casts of ranges, indexes of constraints, internal triggers, _RETURN rules, NOT NULL constraints,
--   sequences that a column owns, columns of what is listed as a whole, and what a
--   partition inherits from its table.
with own as (
  select c.oid, c.relname, c.relkind, c.relispartition, c.reloftype,
    exists (select from pg_inherits i where i.inhrelid = c.oid) and not c.relispartition as inherits
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.oid >= 16384
),
plain as (
  select * from own where relkind in ('r', 'p') and not relispartition and not inherits and reloftype = 0
)
select 'relation ' || relname as it from own
where relkind in ('r', 'p', 'v', 'm', 'f', 'c')
union all
select 'sequence ' || relname from own
where relkind = 'S' and not exists (
  select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = own.oid and d.deptype in ('a', 'i')
)
union all
select 'index ' || relname from own
where relkind in ('i', 'I')
  and not relispartition
  and not exists (select from pg_constraint k where k.conindid = own.oid and k.contype in ('p', 'u', 'x'))
union all
select 'column ' || p.relname || '.' || a.attname
from pg_attribute a join plain p on p.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped
union all
select 'default ' || c.relname || '.' || a.attname
from pg_attrdef d
join own c on c.oid = d.adrelid and not c.inherits
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
left join pg_inherits h on h.inhrelid = c.oid
where h.inhrelid is null or c.relispartition and pg_get_expr(d.adbin, d.adrelid) is distinct from (
  select pg_get_expr(e.adbin, e.adrelid) from pg_attrdef e
  join pg_attribute r on r.attrelid = e.adrelid and r.attnum = e.adnum
  where e.adrelid = h.inhparent and r.attname = a.attname
)
union all
select 'constraint ' || k.conname
from pg_constraint k
left join own c on c.oid = k.conrelid
where k.connamespace = 'public'::regnamespace
  and k.contype not in ('n', 't')
  and k.conparentid = 0
  and k.coninhcount = 0
  and (c.oid is null or not c.inherits)
union all
select 'trigger ' || g.tgname from pg_trigger g join own c on c.oid = g.tgrelid
where not g.tgisinternal and not (c.relispartition and g.tgparentid <> 0)
union all
select 'policy ' || o.polname from pg_policy o join own c on c.oid = o.polrelid
union all
select 'rule ' || w.rulename from pg_rewrite w join own c on c.oid = w.ev_class
where w.rulename <> '_RETURN'
union all
select 'type ' || t.typname from pg_type t
left join pg_class c on c.oid = t.typrelid
where t.typnamespace = 'public'::regnamespace
  and t.typtype in ('e', 'd', 'r', 'b')
  and not exists (select from pg_type e where e.typarray = t.oid)
union all
select 'routine ' || p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
union all
select 'statistics ' || s.stxname from pg_statistic_ext s where s.stxnamespace = 'public'::regnamespace
union all
select 'collation ' || c.collname from pg_collation c where c.collnamespace = 'public'::regnamespace
union all
select 'operator ' || o.oprname from pg_operator o where o.oprnamespace = 'public'::regnamespace
union all
select 'opclass ' || o.opcname from pg_opclass o where o.opcnamespace = 'public'::regnamespace
union all
select 'opfamily ' || o.opfname from pg_opfamily o where o.opfnamespace = 'public'::regnamespace
union all
select 'conversion ' || c.conname from pg_conversion c where c.connamespace = 'public'::regnamespace
union all
select 'text search ' || c.cfgname from pg_ts_config c where c.cfgnamespace = 'public'::regnamespace
union all
select 'text search ' || d.dictname from pg_ts_dict d where d.dictnamespace = 'public'::regnamespace
union all
select 'text search ' || p.prsname from pg_ts_parser p where p.prsnamespace = 'public'::regnamespace
union all
select 'text search ' || t.tmplname from pg_ts_template t where t.tmplnamespace = 'public'::regnamespace
union all
select 'cast ' || format_type(c.castsource, null) from pg_cast c
where c.oid >= 16384
  and not exists (select from pg_depend d where d.classid = 'pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i')
union all
select 'language ' || l.lanname from pg_language l where l.oid >= 16384
union all
select 'access method ' || a.amname from pg_am a where a.oid >= 16384
union all
select 'publication ' || p.pubname from pg_publication p
union all
select 'event trigger ' || e.evtname from pg_event_trigger e
union all
select 'wrapper ' || w.fdwname from pg_foreign_data_wrapper w
union all
select 'server ' || s.srvname from pg_foreign_server s
union all
select 'default privileges ' || pg_get_userbyid(d.defaclrole) from pg_default_acl d
union all
select 'large objects' from pg_largeobject_metadata
union all
select 'schema ' || n.nspname from pg_namespace n where n.oid >= 16384 and n.nspname !~ '^pg_'
union all
select 'extension ' || e.extname from pg_extension e where e.extname <> 'plpgsql'
