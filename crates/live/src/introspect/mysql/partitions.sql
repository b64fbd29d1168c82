select p.table_name, p.partition_ordinal_position, p.subpartition_ordinal_position,
  p.partition_name, p.subpartition_name, p.partition_method, p.partition_expression,
  p.subpartition_method, p.subpartition_expression, p.partition_description, p.partition_comment
from information_schema.partitions p
where p.table_schema = :database and p.partition_name is not null
