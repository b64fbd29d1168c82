-- Views of other databases that read tables of this one: their texts name both.
select v.table_schema, v.table_name, v.view_definition
from information_schema.views v
where v.table_schema <> :database and locate(concat('`', replace(:database, '`', '``'), '`.'), v.view_definition) > 0
