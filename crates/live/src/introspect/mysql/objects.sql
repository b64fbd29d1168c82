-- Objects with a text: kind, name, text, and columns that only some kinds have.
select 'view' as kind, v.table_name as name, v.view_definition as body, v.check_option as a,
  v.security_type as b,
  '' as c, --@ mysql
  v.algorithm as c, --@ mariadb
  0 as position, '' as mode
from information_schema.views v
where v.table_schema = :database
union all
select 'trigger', t.trigger_name, t.action_statement, t.action_timing, t.event_manipulation,
  t.event_object_table, t.action_order, t.sql_mode
from information_schema.triggers t
where t.trigger_schema = :database
union all
select lower(r.routine_type), r.routine_name, '', '', '', '', 0, r.sql_mode
from information_schema.routines r
where r.routine_schema = :database
union all
select 'event', e.event_name, '',
  -- The time zone of its times, where SYSTEM may be UTC.
  case when e.time_zone in ('+00:00', 'UTC', 'Etc/UTC')
      or e.time_zone = 'SYSTEM' and @@system_time_zone in ('UTC', 'GMT', 'Etc/UTC', 'Universal')
    then '' else e.time_zone end,
  '', '', 0, e.sql_mode
from information_schema.events e
where e.event_schema = :database
