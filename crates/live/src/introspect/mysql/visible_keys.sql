-- The same for a user without access to the views of InnoDB, who sees few databases.
select k.table_schema, k.table_name, k.constraint_name, k.referenced_table_name, k.referenced_column_name
from information_schema.key_column_usage k
where k.referenced_table_schema = :database and k.table_schema <> :database
