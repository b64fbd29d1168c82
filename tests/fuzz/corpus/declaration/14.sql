0create trigger log_insert after insert on users begin insert into logs (text) values (new.name); end;create view active_users as select id, name from users where active;
