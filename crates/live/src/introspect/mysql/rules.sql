select r.table_name, r.constraint_name, r.delete_rule, r.update_rule
from information_schema.referential_constraints r
where r.constraint_schema = :database
