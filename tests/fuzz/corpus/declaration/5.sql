1CREATE FUNCTION score(a integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT a::bigint * 2 $$;
