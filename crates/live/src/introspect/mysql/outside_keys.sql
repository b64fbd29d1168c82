-- Foreign keys of other databases that reference this one. The join starts with them, since
-- most servers have none. MariaDB would open each table of the server for the standard
-- views, so the views of InnoDB are read.
select k.table_schema, k.table_name, k.constraint_name, k.referenced_table_name, k.referenced_column_name --@ mysql
from information_schema.referential_constraints r --@ mysql
straight_join information_schema.key_column_usage k on k.constraint_schema = r.constraint_schema --@ mysql
  and k.table_name = r.table_name and k.constraint_name = r.constraint_name --@ mysql
where r.unique_constraint_schema = :database and r.constraint_schema <> :database --@ mysql
select substring_index(f.for_name, '/', 1), substring_index(f.for_name, '/', -1), substring_index(f.id, '/', -1), --@ mariadb
  substring_index(f.ref_name, '/', -1), c.ref_col_name --@ mariadb
from information_schema.innodb_sys_foreign f --@ mariadb
join information_schema.innodb_sys_foreign_cols c on c.id = f.id --@ mariadb
where substring_index(f.ref_name, '/', 1) = :filename and substring_index(f.for_name, '/', 1) <> :filename --@ mariadb
