0-- revision: 1
-- parents: none
-- dialect: sqlite
-- message: enum/sqlite-values-renamed-under-triggers
-- before: e545a7a17e081f46
-- after: e545a7a17e081f46

-- DL114 warning: the update of t fires the trigger t_log
--       safer: switch it off around the statement, or let it pass over rows that it need not see
-- RW113 warning: rows of t are updated in one go
--       safer: on a large table, fill in batches before this migration
UPDATE "t"
SET "status" = CASE "status" WHEN 'done' THEN 'closed' WHEN 'new' THEN 'open' ELSE "status" END
WHERE "status" IN ('done', 'new');
