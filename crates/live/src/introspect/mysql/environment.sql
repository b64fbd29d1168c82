-- The database, and the defaults of a table without options, or with a character set only.
select s.schema_name, @@default_storage_engine, s.default_collation_name,
  concat('utf8mb4=', @@default_collation_for_utf8mb4) --@ mysql
  coalesce((select v.session_value from information_schema.system_variables v --@ mariadb
    where v.variable_name = 'CHARACTER_SET_COLLATIONS'), '') --@ mariadb
from information_schema.schemata s
where s.schema_name = :database
