select s.table_name, s.index_name, s.seq_in_index, s.non_unique, s.column_name, s.collation,
  s.sub_part, s.index_type, s.index_comment
  , s.is_visible = 'NO', s.expression --@ mysql
  , s.ignored = 'YES', null --@ mariadb
from information_schema.statistics s
where s.table_schema = :database
