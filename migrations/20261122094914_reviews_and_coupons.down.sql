-- no-transaction
-- revision: 20261122094914
-- parents: 20261122094912
-- dialect: sqlite
-- message: reviews and coupons
-- before: 61ed2ed6434a982e
-- after: 8f6d2df44719a042
-- autogen: foreign-keys-off

-- autogen: begin other-runners
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE autogen_orphans AS SELECT count(*) AS n FROM pragma_foreign_key_check;
CREATE TEMP TABLE autogen_before AS SELECT type, name, sql FROM sqlite_master;
-- autogen: end other-runners

-- DL101 danger: all rows of coupons are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "coupons";

-- DL101 danger: all rows of reviews are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "reviews";

-- autogen: begin other-runners
CREATE TEMP TABLE autogen_checked (
    orphans integer CONSTRAINT "rows refer to rows that are not there" CHECK (orphans <= 0),
    changes integer CONSTRAINT "this migration has run already" CHECK (changes > 0)
);
CREATE TEMP TABLE autogen_after AS SELECT type, name, sql FROM sqlite_master;
INSERT OR ROLLBACK INTO autogen_checked SELECT
    (SELECT count(*) FROM pragma_foreign_key_check) - (SELECT n FROM autogen_orphans),
    (SELECT count(*) FROM (SELECT * FROM autogen_after EXCEPT SELECT * FROM autogen_before))
    + (SELECT count(*) FROM (SELECT * FROM autogen_before EXCEPT SELECT * FROM autogen_after));
DROP TABLE autogen_checked;
DROP TABLE autogen_after;
DROP TABLE autogen_before;
DROP TABLE autogen_orphans;
COMMIT;
PRAGMA foreign_keys = ON;
-- autogen: end other-runners
