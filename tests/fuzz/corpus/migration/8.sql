1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/drop-used-by-default
-- before: 9366553462439170
-- after: bf739f69688107f6

ALTER TABLE "users" ALTER COLUMN "code" DROP DEFAULT;

-- BC103 warning: code that still uses new_code() will fail
--       safer: deploy code that does not use it first
DROP FUNCTION "new_code"();
