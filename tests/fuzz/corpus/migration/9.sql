1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/in-check-and-index
-- before: 53ca2df14404d64e
-- after: 55a6fdcffb78cf2b

CREATE FUNCTION doubled(a integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT a::bigint * 2 $$;

CREATE FUNCTION small(a integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a < 1000000 $$;

-- DD105 warning: fails if a row of t violates small(a)
--       safer: look for such rows before you run this
-- LK108 warning: t is locked while the check constraint is checked
--       safer: on a large table, add it NOT VALID and validate it later, or attach a ready index
ALTER TABLE "t" ADD CONSTRAINT "t_small" CHECK (small(a));

-- DD103 warning: fails if t holds duplicates in doubled(a)
--       safer: look for duplicates before you run this
-- LK103 warning: writes to t wait while the index is built
--       safer: run it when there is little traffic, or build it concurrently where the database can
CREATE UNIQUE INDEX "t_key" ON "t" (doubled(a));
