-- revision: 20261122094914
-- parents: 20261122094912
-- dialect: sqlite
-- message: reviews and coupons
-- before: 61ed2ed6434a982e
-- after: 8f6d2df44719a042
-- autogen: foreign-keys-off

-- DL101 danger: all rows of coupons are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "coupons";

-- DL101 danger: all rows of reviews are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "reviews";
