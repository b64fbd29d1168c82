-- revision: 20261122094912
-- parents: none
-- dialect: sqlite
-- message: open the shop
-- before: cb2b03b89678ec1f
-- after: 8f6d2df44719a042

CREATE TABLE "categories" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar NOT NULL,
    "parent_id" integer,
    CONSTRAINT "fk-categories-parent_id" FOREIGN KEY ("parent_id") REFERENCES "categories" ("id")
);

CREATE TABLE "customers" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" varchar NOT NULL,
    "name" varchar NOT NULL,
    "newsletter" boolean NOT NULL DEFAULT FALSE,
    "created_at" timestamp_with_timezone_text NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE ("email")
);

CREATE TABLE "addresses" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_id" integer NOT NULL,
    "street" varchar NOT NULL,
    "city" varchar NOT NULL,
    "postal_code" varchar(12) NOT NULL,
    "country" char(2) NOT NULL,
    CONSTRAINT "fk-addresses-customer_id" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") ON DELETE CASCADE
);

CREATE INDEX "idx-addresses-customer_id" ON "addresses" ("customer_id");

CREATE TABLE "orders" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_id" integer NOT NULL,
    "address_id" integer NOT NULL,
    "state" varchar(16) NOT NULL DEFAULT 'new',
    "placed_at" timestamp_with_timezone_text NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "fk-orders-address_id" FOREIGN KEY ("address_id") REFERENCES "addresses" ("id"),
    CONSTRAINT "fk-orders-customer_id" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id")
);

CREATE INDEX "idx-orders-customer_id" ON "orders" ("customer_id");

CREATE TABLE "payments" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_id" integer NOT NULL,
    "amount" real(10, 2) NOT NULL,
    "reference" varchar,
    "paid_at" timestamp_with_timezone_text,
    CONSTRAINT "fk-payments-order_id" FOREIGN KEY ("order_id") REFERENCES "orders" ("id")
);

CREATE INDEX "idx-payments-order_id" ON "payments" ("order_id");

CREATE TABLE "products" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "sku" varchar NOT NULL,
    "title" varchar NOT NULL,
    "description" text,
    "price" real(10, 2) NOT NULL,
    "stock" integer NOT NULL DEFAULT 0,
    UNIQUE ("sku"),
    CONSTRAINT "products_price_positive" CHECK (price >= 0)
);

CREATE INDEX "products_in_stock" ON "products" ("title") WHERE stock > 0;

CREATE TABLE "order_lines" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_id" integer NOT NULL,
    "product_id" integer NOT NULL,
    "quantity" integer NOT NULL,
    "price" real(10, 2) NOT NULL,
    CONSTRAINT "fk-order_lines-order_id" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE,
    CONSTRAINT "fk-order_lines-product_id" FOREIGN KEY ("product_id") REFERENCES "products" ("id"),
    CONSTRAINT "order_lines_some" CHECK (quantity > 0)
);

CREATE INDEX "idx-order_lines-order_id" ON "order_lines" ("order_id");

CREATE UNIQUE INDEX "idx-order_lines-order_product" ON "order_lines" ("order_id", "product_id");

CREATE TABLE "product_categories" (
    "product_id" integer NOT NULL,
    "category_id" integer NOT NULL,
    CONSTRAINT "pk-product_categories" PRIMARY KEY ("product_id", "category_id"),
    CONSTRAINT "fk-product_categories-category_id" FOREIGN KEY ("category_id") REFERENCES "categories" ("id") ON DELETE CASCADE,
    CONSTRAINT "fk-product_categories-product_id" FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE CASCADE
);
