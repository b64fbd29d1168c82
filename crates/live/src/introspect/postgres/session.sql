-- Fixes the settings that affect how expressions are printed, for this transaction.
-- Compiling our queries (jit) would take longer than running them, and so would a search for
-- the best order of their joins: they are written in a good one.
select json_build_object(
  'schema', s.current,
  'schemas', (select coalesce(json_agg(n.nspname), '[]') from pg_namespace n where n.nspname::text = any (:schemas)),
  'partitions', exists (select from pg_class c where c.relispartition),
  'users', (
    select coalesce(json_agg(n.nspname), '[]')
    from pg_namespace n
    where n.nspname !~ '^pg_'
      and n.nspname <> 'information_schema'
      and not exists (
        select from pg_depend x
        where x.classid = 'pg_namespace'::regclass and x.objid = n.oid and x.deptype = 'e'
      )
  ),
  'set', array[
    set_config('search_path', quote_ident(s.current) || ', pg_temp', true),
    set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'postgres', true),
    set_config('TimeZone', 'UTC', true),
    set_config('bytea_output', 'hex', true),
    set_config('extra_float_digits', '1', true),
    set_config('quote_all_identifiers', 'off', true),
    set_config('standard_conforming_strings', 'on', true),
    set_config('xmloption', 'content', true),
    set_config('jit', 'off', true),
    set_config('from_collapse_limit', '1', true),
    set_config('join_collapse_limit', '1', true)
  ]
)::text
-- A schema of the server itself cannot be the default schema.
from (
  select case when c.name !~ '^pg_' and c.name <> 'information_schema' then c.name end as current
  from (select current_schema()::text as name) c
  offset 0
) s
