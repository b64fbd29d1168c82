1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: function/arguments-under-all
-- before: 37d30060d7aef56a
-- after: dea044ff312c6a06

DROP VIEW "v";

DROP INDEX "t_by_score";

ALTER TABLE "t" DROP CONSTRAINT "t_score";

ALTER TABLE "t" ALTER COLUMN "points" DROP DEFAULT;

-- BC103 warning: code that still uses score(integer) will fail
--       safer: deploy code that does not use it first
DROP FUNCTION "score"(integer);

CREATE FUNCTION score(a integer, factor integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT a * factor $$;

ALTER TABLE "t" ALTER COLUMN "points" SET DEFAULT score(4);

-- DD105 warning: fails if a row of t violates score(a) < 1000000
--       safer: look for such rows before you run this
-- LK108 warning: t is locked while the check constraint is checked
--       safer: on a large table, add it NOT VALID and validate it later, or attach a ready index
ALTER TABLE "t" ADD CONSTRAINT "t_score" CHECK (score(a) < 1000000);

-- LK103 warning: writes to t wait while the index is built
--       safer: run it when there is little traffic, or build it concurrently where the database can
CREATE INDEX "t_by_score" ON "t" (score(a));

CREATE VIEW v AS SELECT id, score(a) AS points FROM t;
