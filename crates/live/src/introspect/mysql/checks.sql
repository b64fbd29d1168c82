-- In MySQL, the table of a check is in another view.
select t.table_name, k.constraint_name, k.check_clause, t.enforced, '' --@ mysql
select k.table_name, k.constraint_name, k.check_clause, 'YES', k.level --@ mariadb
from information_schema.check_constraints k
join information_schema.table_constraints t --@ mysql
  on t.constraint_schema = k.constraint_schema --@ mysql
  and t.constraint_name = k.constraint_name and t.constraint_type = 'CHECK' --@ mysql
where k.constraint_schema = :database
