-- What partitions have of their own that is not compared, as rows of `left.sql`. It is left
-- out where there are no partitions: planning it takes longer than the rest.
union all
select 'U0128', p.kind || ' of partition', n.nspname, c.relname, '', p.what,
  case when p.carrier is not null then json_build_array(p.carrier, tn.nspname, top.relname, p.part) end,
  'pg_class'::regclass, c.oid
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join lateral (
  select 'options' as kind, 'its own options (storage, tablespace, UNLOGGED) are not compared' as what,
    null as carrier, null::name as part
  where c.reloptions is not null or c.reltablespace <> 0 or c.relpersistence <> 'p' or c.relkind = 'f'
  union all
  select 'privileges', 'its own privileges are not compared', null, null
  where c.relacl is not null
    or exists (select from pg_attribute a where a.attrelid = c.oid and a.attacl is not null)
  union all
  select 'constraint ' || quote_ident(k.conname), 'a constraint of a foreign table is not compared', null, null
  from pg_constraint k
  where c.relkind = 'f' and k.conrelid = c.oid and k.coninhcount = 0 and k.contype <> 'n'
  union all
  select 'trigger ' || quote_ident(g.tgname), 'a trigger of a foreign table is not compared', null, null
  from pg_trigger g
  where c.relkind = 'f'
    and g.tgrelid = c.oid
    and not g.tgisinternal
    and g.tgparentid = 0 --@ >= 13
  union all
  select 'rule ' || quote_ident(w.rulename), 'a rule of a foreign table is not compared', null, null
  from pg_rewrite w
  where c.relkind = 'f' and w.ev_class = c.oid
  union all
  select 'comment of ' || case when m.objsubid > 0 then 'column ' || (
      select quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = m.objsubid
    ) else pg_describe_object(m.classoid, m.objoid, 0) end, 'a comment of its own is not compared',
    case m.classoid when 'pg_trigger'::regclass then 'trigger' when 'pg_constraint'::regclass then 'index'
      else case when m.objsubid > 0 then 'column' else 'index' end end,
    case m.classoid
      when 'pg_trigger'::regclass then (select g.tgname from pg_trigger g where g.oid = m.objoid)
      when 'pg_constraint'::regclass then (
        select coalesce(r.relname, q.conname, k.conname)
        from pg_constraint k
        left join pg_constraint q on q.oid = k.conparentid
        left join pg_class r on k.contype in ('p', 'u', 'x') and r.oid = pg_partition_root(k.conindid)
        where k.oid = m.objoid
      )
      else coalesce(
        (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = m.objsubid and m.objsubid > 0),
        (select r.relname from pg_class r where m.objsubid = 0 and r.oid = pg_partition_root(m.objoid))
      ) end
  from pg_description m
  where m.classoid = 'pg_class'::regclass and m.objoid = c.oid and m.objsubid > 0
    or m.classoid = 'pg_class'::regclass and m.objoid in (
      select i.indexrelid from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid where i.indrelid = c.oid
    )
    or m.classoid = 'pg_constraint'::regclass and m.objoid in (
      select k.oid from pg_constraint k where k.conrelid = c.oid and (k.conparentid <> 0 or k.coninhcount > 0)
    )
    or m.classoid = 'pg_trigger'::regclass and m.objoid in ( --@ >= 13
      select g.oid from pg_trigger g where g.tgrelid = c.oid and g.tgparentid <> 0 --@ >= 13
    ) --@ >= 13
  union all --@ >= 13
  select 'state of trigger ' || quote_ident(g.tgname), 'that it fires in another way than that of its table is not compared', 'trigger', g.tgname --@ >= 13
  from pg_trigger g --@ >= 13
  join pg_trigger r on r.oid = g.tgparentid --@ >= 13
  where g.tgrelid = c.oid and g.tgenabled <> r.tgenabled --@ >= 13
  union all
  select 'options of index ' || quote_ident(x.relname), 'its own storage parameters are not compared', 'index',
    (select r.relname from pg_class r where r.oid = pg_partition_root(x.oid))
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_inherits h on h.inhrelid = x.oid
  join pg_class r on r.oid = h.inhparent
  where i.indrelid = c.oid and x.reloptions is distinct from r.reloptions
  union all
  -- Those that PostgreSQL itself generated are not listed (makeObjectName in indexcmds.c).
  select 'name of index ' || quote_ident(x.relname), 'the name of what it has from its table is not compared', null, null
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_inherits h on h.inhrelid = x.oid
  cross join lateral (
    select substring(x.relname from '(?:idx|key|pkey|excl)\d*$') as label,
      case when i.indisprimary then '' else string_agg('_' || a.attname, '' order by a.attnum) end as columns
    from pg_attribute a
    where a.attrelid = x.oid
  ) k
  cross join lateral (select 62 - length(k.label) as most) l
  cross join lateral (select least(length(c.relname), greatest(l.most - length(k.columns), l.most / 2)) as own) m
  where i.indrelid = c.oid
    and x.relname is distinct from left(c.relname, m.own) || left(k.columns, l.most - m.own) || '_' || k.label
  union all
  select 'default of column ' || quote_ident(a.attname), 'another default than that of its table is not compared', 'default', a.attname
  from pg_inherits h
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_attribute r on r.attrelid = h.inhparent and r.attname = a.attname
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_attrdef e on e.adrelid = r.attrelid and e.adnum = r.attnum
  where h.inhrelid = c.oid
    and r.attidentity = ''
    and a.attgenerated = ''
    and pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(e.adbin, e.adrelid)
  union all
  select 'identity of column ' || quote_ident(a.attname), 'a counter of its own is not compared', 'default', a.attname
  from pg_inherits h
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attidentity <> ''
  join pg_attribute r on r.attrelid = h.inhparent and r.attname = a.attname
  where h.inhrelid = c.oid and r.attidentity = ''
  union all
  select 'NOT NULL of column ' || quote_ident(a.attname), 'that it takes no NULL is not compared', 'column', a.attname
  from pg_inherits h
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attnotnull
  join pg_attribute r on r.attrelid = h.inhparent and r.attname = a.attname
  where h.inhrelid = c.oid and not r.attnotnull
) p on true
-- A partition with subpartitions has own triggers and indexes, with copies on these.
join pg_class top on top.oid = coalesce(
  (
    select i.indrelid
    from pg_partition_ancestors(c.oid) up
    join pg_index i on i.indrelid = up.relid
    join pg_class x on x.oid = i.indexrelid
    where p.carrier = 'index' and x.relname = p.part and not x.relispartition
  ),
  ( --@ >= 13
    select g.tgrelid --@ >= 13
    from pg_partition_ancestors(c.oid) up --@ >= 13
    join pg_trigger g on g.tgrelid = up.relid --@ >= 13
    where p.carrier = 'trigger' and g.tgname = p.part and g.tgparentid = 0 --@ >= 13
  ), --@ >= 13
  pg_partition_root(c.oid)
)
join pg_namespace tn on tn.oid = top.relnamespace
where n.nspname::text = any (:schemas) and c.relispartition and c.relkind in ('r', 'p', 'f')
