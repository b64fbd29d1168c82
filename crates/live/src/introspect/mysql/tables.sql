select t.table_name, t.table_type, t.engine, t.table_collation, t.create_options, t.table_comment
from information_schema.tables t
where t.table_schema = :database
