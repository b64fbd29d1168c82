-- Not joined with their rules: MariaDB's catalog has no index to join by.
select k.table_name, k.constraint_name, k.ordinal_position, k.column_name,
  k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name
from information_schema.key_column_usage k
where k.table_schema = :database and k.referenced_table_name is not null
