-- Objects that are not compared and use compared ones: the user, the kind, schema, name and
-- column of the used object, whether the user is left alone in a schema that is read, and the
-- relation that it is dropped with.
with own as materialized (
  select 'pg_class'::regclass::oid as class, c.oid as id, c.relnamespace as namespace, c.oid as relation from pg_class c
  union all
  select 'pg_rewrite'::regclass, w.oid, c.relnamespace, c.oid from pg_rewrite w join pg_class c on c.oid = w.ev_class
  union all
  select 'pg_constraint'::regclass, k.oid, k.connamespace, k.conrelid from pg_constraint k
  union all
  select 'pg_attrdef'::regclass, f.oid, c.relnamespace, c.oid from pg_attrdef f join pg_class c on c.oid = f.adrelid
  union all
  select 'pg_trigger'::regclass, g.oid, c.relnamespace, c.oid from pg_trigger g join pg_class c on c.oid = g.tgrelid
  union all
  select 'pg_policy'::regclass, p.oid, c.relnamespace, c.oid from pg_policy p join pg_class c on c.oid = p.polrelid
  union all
  select 'pg_proc'::regclass, p.oid, p.pronamespace, 0 from pg_proc p
  union all
  select 'pg_type'::regclass, t.oid, t.typnamespace, 0 from pg_type t
),
-- Composite types, and tables that are left alone as a whole.
alone as materialized (
  select c.oid, c.relkind
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas)
    and (
      c.relkind in ('f', 'c')
      or c.relkind = 'r' and c.reloftype <> 0
      or c.relkind = 'r' and not c.relispartition and exists (select from pg_inherits h where h.inhrelid = c.oid)
    )
),
-- Defaults that are not those of the tables above.
other_default as materialized (
  select d.oid, d.adrelid
  from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where a.attgenerated = ''
    and exists (select from pg_inherits h where h.inhrelid = d.adrelid)
    and not exists (
      select from pg_inherits h
      join pg_attribute r on r.attrelid = h.inhparent and r.attname = a.attname
      join pg_attrdef e on e.adrelid = r.attrelid and e.adnum = r.attnum
      where h.inhrelid = d.adrelid and pg_get_expr(e.adbin, e.adrelid) = pg_get_expr(d.adbin, d.adrelid)
    )
),
-- Indexes whose operator classes have parameters: they are dropped with their columns.
tuned as materialized (
  select distinct i.indexrelid as oid, i.indrelid
  from pg_attribute a
  join pg_index i on i.indexrelid = a.attrelid
  where a.attoptions is not null
),
users as materialized (
  select o.class, o.id, false as left_alone, 0::oid as goes_with
  from own o
  join pg_namespace n on n.oid = o.namespace
  where n.nspname::text <> all (:schemas) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select o.class, o.id, true, o.relation
  from own o
  join alone l on l.oid = o.relation
  where o.class = 'pg_class'::regclass
    or o.class = 'pg_attrdef'::regclass and (l.relkind = 'f' or o.id in (select d.oid from other_default d))
    or o.class = 'pg_constraint'::regclass and exists (
      select from pg_constraint k where k.oid = o.id and k.coninhcount = 0
    )
    or o.class in ('pg_trigger'::regclass, 'pg_policy'::regclass)
  union all
  select 'pg_attrdef'::regclass, d.oid, true, d.adrelid
  from pg_attrdef d
  join pg_class c on c.oid = d.adrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas)
    and (c.relkind = 'v' or c.relispartition and c.relkind in ('r', 'p') and d.oid in (select o.oid from other_default o))
  union all
  select 'pg_rewrite'::regclass, w.oid, true, w.ev_class
  from pg_rewrite w
  join pg_class c on c.oid = w.ev_class
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname::text = any (:schemas) and w.rulename <> '_RETURN'
  union all
  select 'pg_type'::regclass, t.oid, true, 0
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  where n.nspname::text = any (:schemas) and t.typtype in ('r', 'b')
    and not exists (select from pg_type e where e.typarray = t.oid)
  union all
  select 'pg_proc'::regclass, p.oid, true, 0
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  left join pg_aggregate a on a.aggfnoid = p.oid
  where n.nspname::text = any (:schemas)
    and (
      p.prokind = 'w'
      or p.prokind = 'a' and not (
        a.aggkind = 'n' and p.pronargs > 0 and a.aggmtransfn = 0 and a.aggserialfn = 0 and not a.aggfinalextra
        and a.aggfinalmodify = 'r'
      )
    )
  union all
  select 'pg_class'::regclass, t.oid, true, t.indrelid
  from tuned t
  union all
  select 'pg_publication_rel'::regclass, p.oid, true, p.prrelid
  from pg_publication_rel p
  union all
  select distinct d.classid, d.objid, true, 0::oid
  from pg_depend d
  where d.objid >= 16384
    and d.classid in (
      'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_amop'::regclass,
      'pg_amproc'::regclass, 'pg_conversion'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass,
      'pg_ts_parser'::regclass, 'pg_ts_template'::regclass, 'pg_cast'::regclass, 'pg_language'::regclass,
      'pg_am'::regclass, 'pg_transform'::regclass, 'pg_event_trigger'::regclass,
      'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass
    )
)
select distinct
  regexp_replace(pg_describe_object(d.classid, d.objid, 0), '^rule _RETURN on ', '') as by,
  o.kind, o.schema, o.name, a.attname as col, u.left_alone, rn.nspname as with_schema, r.relname as with_name
from users u
join pg_depend d on d.classid = u.class and d.objid = u.id
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
left join pg_attribute a
  on d.refclassid = 'pg_class'::regclass and a.attrelid = d.refobjid and a.attnum = d.refobjsubid and d.refobjsubid > 0
left join pg_class r on r.oid = u.goes_with
left join pg_namespace rn on rn.oid = r.relnamespace
where (d.deptype = 'n' or d.deptype = 'a' and d.refobjsubid > 0 and d.objid in (select t.oid from tuned t))
  and d.refobjid >= 16384
  and o.schema::text = any (:schemas)
  and not exists (
    select from pg_depend x where x.classid = d.classid and x.objid = d.objid and x.deptype = 'e'
  )
  -- Inherited objects change with those of the parent table.
  and not exists (
    select from pg_attribute i
    where d.classid = 'pg_class'::regclass and i.attrelid = d.objid and i.attnum = d.objsubid and i.attinhcount > 0
  )
union all
select 'the REPLICA IDENTITY of ' || pg_describe_object('pg_class'::regclass, c.oid, 0), 'index', xn.nspname, x.relname, null,
  true, n.nspname, c.relname
from pg_index i
join pg_class x on x.oid = coalesce(pg_partition_root(i.indexrelid), i.indexrelid)
join pg_namespace xn on xn.oid = x.relnamespace
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname::text = any (:schemas) and i.indisreplident and c.relreplident = 'i'
