1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/atomic-body
-- before: 1ea31db298c75ba4
-- after: 372ece2b7ff36075

DROP FUNCTION "oldest"();

CREATE FUNCTION oldest() returns int language sql stable begin atomic select max(id) from users; end;

-- DL102 danger: the values of users.age are lost
--       safer: deploy code that does not use the column first
ALTER TABLE "users" DROP COLUMN "age";
