1create function full_name(a text, b text default '') returns text
language sql immutable as 'select a || '' '' || b';
