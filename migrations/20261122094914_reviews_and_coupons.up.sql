-- revision: 20261122094914
-- parents: 20261122094912
-- dialect: sqlite
-- message: reviews and coupons
-- before: 8f6d2df44719a042
-- after: 61ed2ed6434a982e

CREATE TABLE "coupons" (
    "code" varchar NOT NULL PRIMARY KEY,
    "percent" integer NOT NULL,
    "valid_until" date_text
);

CREATE TABLE "reviews" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "product_id" integer NOT NULL,
    "customer_id" integer NOT NULL,
    "stars" integer NOT NULL,
    "text" text,
    CONSTRAINT "fk-reviews-customer_id" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") ON DELETE CASCADE,
    CONSTRAINT "fk-reviews-product_id" FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE CASCADE,
    CONSTRAINT "reviews_stars" CHECK (stars BETWEEN 1 AND 5)
);

CREATE INDEX "idx-reviews-product_id" ON "reviews" ("product_id");
