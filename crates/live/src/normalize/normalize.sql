select json_build_array(name, expression)::text
from (
  select c.conname as name, pg_get_expr(c.conbin, c.conrelid) as expression
  from pg_constraint c
  where c.connamespace = pg_my_temp_schema() and c.contype = 'c'
  union all
  select a.attname, pg_get_expr(d.adbin, d.adrelid)
  from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  join pg_class t on t.oid = d.adrelid
  where t.relnamespace = pg_my_temp_schema()
  union all
  select c.relname, pg_get_expr(i.indpred, i.indrelid)
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = pg_my_temp_schema() and i.indpred is not null
) r
where name like 'autogen\_q%'
