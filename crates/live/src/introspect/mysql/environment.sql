-- The database, and what a table gets that says nothing.
select s.schema_name, @@default_storage_engine, s.default_collation_name
from information_schema.schemata s
where s.schema_name = :database
