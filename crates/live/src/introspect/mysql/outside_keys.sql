-- Foreign keys of other databases that reference this one. MariaDB would open each table of
-- the server for its standard view, so InnoDB is asked.
select k.table_schema, k.table_name, k.constraint_name, k.referenced_table_name, k.referenced_column_name --@ mysql
from information_schema.key_column_usage k --@ mysql
where k.referenced_table_schema = :database and k.table_schema <> :database --@ mysql
select substring_index(f.for_name, '/', 1), substring_index(f.for_name, '/', -1), substring_index(f.id, '/', -1), --@ mariadb
  substring_index(f.ref_name, '/', -1), c.ref_col_name --@ mariadb
from information_schema.innodb_sys_foreign f --@ mariadb
join information_schema.innodb_sys_foreign_cols c on c.id = f.id --@ mariadb
where substring_index(f.ref_name, '/', 1) = :filename and substring_index(f.for_name, '/', 1) <> :filename --@ mariadb
