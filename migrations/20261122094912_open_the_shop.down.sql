-- revision: 20261122094912
-- parents: none
-- dialect: sqlite
-- message: open the shop
-- before: 8f6d2df44719a042
-- after: cb2b03b89678ec1f
-- autogen: foreign-keys-off

-- DL101 danger: all rows of order_lines are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "order_lines";

-- DL101 danger: all rows of payments are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "payments";

-- DL101 danger: all rows of orders are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "orders";

-- DL101 danger: all rows of addresses are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "addresses";

-- DL101 danger: all rows of customers are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "customers";

-- DL101 danger: all rows of product_categories are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "product_categories";

-- DL101 danger: all rows of categories are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "categories";

-- DL101 danger: all rows of products are lost
--       safer: rename it away now, and drop it some days later
DROP TABLE "products";
