select c.table_name, c.ordinal_position, c.column_name, c.column_default, c.is_nullable,
  c.column_type, c.collation_name, c.extra, c.column_comment, c.generation_expression
  , c.srs_id --@ mysql
from information_schema.columns c
where c.table_schema = :database
