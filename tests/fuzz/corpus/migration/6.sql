1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/change-body
-- before: 454a8424bf555eb1
-- after: c9ee62d17dd0d38e

CREATE OR REPLACE FUNCTION full_name(a text, b text default '') returns text
language sql immutable as 'select a || '' '' || b';
