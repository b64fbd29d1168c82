2DELIMITER $$
create procedure p() begin select 1; end$$
DELIMITER ;
-- autogen: no-transaction
select 2; # x
