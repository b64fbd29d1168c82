1-- revision: 1
-- parents: none
-- dialect: postgres
-- message: column/fill-under-triggers
-- before: 977c27d8e3f7cf1f
-- after: 197d9c01b15567e9

ALTER TABLE "t" ADD COLUMN "b" integer;

-- DL114 warning: the update of t fires the triggers t_log, t_touch
--       safer: switch it off around the statement, or let it pass over rows that it need not see
-- RW113 warning: rows of t are updated in one go
--       safer: on a large table, fill in batches before this migration
UPDATE "t" SET "b" = a * 2 WHERE "b" IS NULL;

ALTER TABLE "t" ALTER COLUMN "b" SET NOT NULL;
