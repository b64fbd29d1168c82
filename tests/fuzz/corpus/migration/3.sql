1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/add
-- before: dc89e551a762c90d
-- after: 7e56b7203ceefc75

CREATE FUNCTION full_name(a text, b text default '') returns text
language sql immutable as 'select a || b';

CREATE PROCEDURE tidy(minimum int)
language plpgsql
as $body$
begin
  -- a semicolon; and a quote's end
  delete from users where id < minimum;
end
$body$;

COMMENT ON PROCEDURE "tidy"(integer) IS 'run at night';
