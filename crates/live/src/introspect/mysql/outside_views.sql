-- Views of other databases that read tables of this one: their texts name both. Those of
-- the server itself name none.
select v.table_schema, v.table_name, v.view_definition
from information_schema.views v
where v.table_schema not in (:database, 'information_schema', 'mysql', 'performance_schema', 'sys')
  and locate(concat('`', replace(:database, '`', '``'), '`.'), v.view_definition) > 0
