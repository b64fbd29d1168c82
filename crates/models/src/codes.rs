//! The codes of the diagnostics, with a page for each.

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $page:literal;)+) => {
        $(
            #[doc = $title]
            #[cfg_attr(not(feature = "write"), allow(dead_code, reason = "some are of `write`"))]
            pub(crate) const $name: &str = $code;
        )+

        /// Every code of this crate: `(code, title, page)`, in order.
        /// `autogen explain` prints the page.
        pub const EXPLANATIONS: &[(&str, &str, &str)] = &[$(($code, $title, $page),)+];
    };
}

codes! {
    SYNTAX = "A0101", "a source file is not Rust",
"A file of your models can't be parsed, so nothing in it can be read. The message
is the parser's own, with its line and column.

`cargo check` reports the same place. A file that uses syntax of a newer Rust
than autogen knows can be read with `--compiled` instead.";

    UNKNOWN_KEY = "A0102", "an unknown key of an attribute",
"SeaORM silently ignores unknown keys on plain fields, so a misspelt key has no
effect. autogen refuses it, because what you meant would be missing from the
database.

Correct the spelling. Write autogen's keys in `#[autogen(..)]`, and SeaORM's in
`#[sea_orm(..)]`.";

    BAD_VALUE = "A0103", "an attribute has a value of the wrong kind",
"A key of an attribute has an invalid value: a number instead of a string, no value
where one is required, or a word that is not allowed.

The hint shows the expected form.";

    COLUMN_TYPE = "A0104", "a column_type is not understood",
"The text of `column_type` is the part after `ColumnType::` of sea-query's enum
of that name. autogen knows all its variants and builders, with literal
arguments:

    #[sea_orm(column_type = \"Text\")]
    #[sea_orm(column_type = \"String(StringLen::N(50))\")]
    #[sea_orm(column_type = \"Decimal(Some((10, 2)))\")]
    #[sea_orm(column_type = \"custom(\\\"citext\\\")\")]

A constant as an argument can't be read from source; write its value. Write a
type that sea-query does not have as SQL, which takes precedence over
`column_type`: `#[autogen(sql_type = \"citext\")]`.";

    TYPE = "A0105", "the type of a field can't be resolved",
"A field without `column_type` has the column type that its Rust type names
through `sea_query::ValueType`. Reading source, autogen follows modules, `use`,
type aliases, `DeriveActiveEnum`, `DeriveValueType`, `FromJsonQueryResult` and
plain `impl ValueType` blocks through the whole workspace. It can't see types
that macros generate or that come from other crates.

Do one of these:

  - give the type: `#[sea_orm(column_type = \"Uuid\")]`
  - give it as SQL: `#[autogen(sql_type = \"uuid\")]`
  - give it for all fields of the type, in autogen.toml, by its path from the crate:
    `[types]`, then `\"shared::Money\" = \"decimal(19,4)\"`
  - let the compiler resolve it: `autogen diff --compiled`
  - if the field is no column: `#[sea_orm(ignore)]` or `#[autogen(skip)]`";

    DEFAULT = "A0106", "a default can't be read",
"`default_expr` is Rust that SeaORM runs. autogen does not run it. It reads
literals, `Expr::current_timestamp()`, `Expr::cust(\"..\")`, `Expr::val(..)`,
`Keyword::CurrentTimestamp`, `Func::cust(..)` and similar calls.

Write SQL instead, which takes precedence over `default_expr`:

    #[autogen(default_sql = \"my_function()\")]

or a constant: `#[autogen(default = 3)]`.";

    EXTRA = "A0107", "an extra is not understood",
"`extra` is SQL that SeaORM appends to the column. autogen reads these clauses in
it: COLLATE, CHARACTER SET, CHECK, CONSTRAINT .. CHECK, UNSIGNED, ON UPDATE,
GENERATED ALWAYS AS, GENERATED .. AS IDENTITY, DEFAULT, UNIQUE, NOT NULL, NULL,
INVISIBLE, AUTO_INCREMENT, COMMENT.

Declare the rest in `#[autogen(..)]`, which has a key for everything that is compared.";

    NO_TABLE = "A0108", "a model does not name its table",
"A struct that derives `DeriveEntityModel` or `Autogen` requires the name of its
table: `#[sea_orm(table_name = \"users\")]` with `DeriveEntityModel`,
`#[autogen(table = \"users\")]` on any other struct.

If the struct has no table of its own, exclude it with `#[autogen(skip)]`.";

    DUPLICATE_COLUMN = "A0109", "two fields name one column",
"Two fields of a model have the same column name. Often a `column_name` is repeated,
or `rename_all` makes two names equal. Give each field a column of its own.";

    UNKNOWN_COLUMN = "A0110", "a column that the model does not have",
"An index, a constraint or a relation names a column, but the struct has no field
for it. Use the column's name in the database, or the name of the field.";

    RELATION = "A0111", "a relation can't be read",
"A relation that owns its foreign key names the columns that it joins:

    #[sea_orm(belongs_to = \"super::user::Entity\",
              from = \"Column::UserId\", to = \"super::user::Column::Id\")]

and in the dense format `#[sea_orm(belongs_to, from = \"user_id\", to = \"id\")]`.
The actions are NoAction, Restrict, Cascade, SetNull and SetDefault.

A `RelationTrait` written by hand must be a `match` with one builder chain for each
variant. Read any other form with `--compiled`.";

    TARGET = "A0112", "the target of a relation can't be found",
"A relation names an entity that autogen can't find: nothing has this path, or it is
a module without a model. Check the path, and that `mod` declares the module. Read
an entity of another crate with `--compiled`, or declare the key by name:

    #[autogen(foreign_key(columns = [\"user_id\"], references = \"users(id)\", external))]";

    KEY_WIDTH = "A0113", "a foreign key joins unequal numbers of columns",
"The columns of both sides of a foreign key are paired in order, so both sides must
have the same number of columns. Add or remove columns on one side.";

    TWO_MODELS = "A0114", "two models describe one table",
"Each table has one model. autogen can't choose between two structs of one table.

If one of them maps only a part of the table, exclude it with `#[autogen(skip)]`, or
do not derive `DeriveEntityModel` on it.";

    NO_PARENT = "A0115", "a foreign key to a table that no model declares",
"The referenced table must be one of the models, or the migration would fail.
Correct the name. If the table belongs to another service or to an extension, mark
the key as external:

    #[autogen(foreign_key(columns = [\"user_id\"], references = \"auth.users(id)\", external))]";

    NO_MODELS = "A0116", "no models found",
"Nothing under the given path derives `DeriveEntityModel` or `Autogen`. Without
models, autogen would drop every table, so it stops.

Models must be reachable from a crate's root by `mod`. Files that no crate
declares are not models. With `--compiled`, the program must use the crate of the
models: a crate that is only listed in Cargo.toml registers nothing.";

    ENUM = "A0117", "an active enum can't be read",
"`DeriveActiveEnum` needs `db_type`, and a value for every variant: `string_value`,
`num_value`, a discriminant, or `rename_all`. All variants must use the same kind.";

    VALUE_TYPE = "A0118", "a value type can't be read",
"`DeriveValueType` requires a struct with one unnamed field, or
`#[sea_orm(value_type = \"String\")]`.";

    CONTRADICTION = "A0119", "attributes that contradict each other",
"Two attributes exclude each other. A generated column has no default and no
identity. An identity column has no default. `auto_increment` requires a primary key
of one column. A column is either nullable or not. Remove one of the attributes.";

    NO_CRATE = "A0120", "no crate at the given path",
"Models are read from a crate (a folder with Cargo.toml), a workspace, a folder
of sources with lib.rs, main.rs or mod.rs, or one `.rs` file. The given path is none
of these. Correct `models` in autogen.toml, or pass --models.";

    NO_MODULE = "A0121", "the file of a module is missing",
"`mod x;` declares a module, but neither `x.rs` nor `x/mod.rs` exists in its folder.
Read a module that a build script writes with `--compiled`.";

    SHAPE = "A0122", "a model is not a struct with named fields",
"A table is a struct with named fields and no type parameters. Enums and tuple
structs are types of columns, not tables. An enum can derive `Autogen` to declare
renamed labels.";

    TWO_ENUMS = "A0123", "two enums of one name differ",
"Two active enums name the same database type with different labels. Rename one
of them with `enum_name`, or make them equal.";

    TWO_NAMES = "A0124", "a name is used twice in a table",
"Two indexes or constraints of one table have the same name, so one of them can't be
created. Give each its own name. Only an index and a foreign key or check may share one.";

    MANIFEST = "A0125", "a Cargo.toml can't be read",
"The manifest is not valid TOML, so the crate's layout and names are unknown.
`cargo metadata` reports the same place.";

    REPEATED = "A0126", "a key is given twice",
"A key that may appear only once is given twice, and autogen can't choose one of the
values. Remove one of the keys.";

    KEYWORD_SHAPE = "A0127", "an index or constraint can't be read",
"The parts of an index are strings: a column or an expression, with its options:

    #[autogen(index(name = \"posts_recent\",
        columns = [\"author_id\", \"created_at desc nulls last\", \"lower(title)\"],
        where = \"published\", include = [\"slug\"], method = \"btree\"))]

Put an expression that is not a function call in parentheses: `\"(a + b)\"`.
Write a referenced table as `table(column, ..)` or `schema.table(column)`.";

    UNREADABLE = "A0128", "a source file can't be read",
"A source file of the models exists, but can't be read: it is not UTF-8 (even one byte
in a comment), it is not a regular file, it is larger than 8 MiB, or the file system
refuses it. Without it, autogen would drop the tables of its models, so it stops.

Save the file as UTF-8, correct its permissions, or split it.";

    TOO_DEEP = "A0129", "a source file is nested too deep",
"Brackets, generic types, operators or modules are nested too deep, and a parser could
overflow its stack. The limits are 256 brackets and types, 4000 tokens without a `;`,
a `,` or a block, and 64 modules. Split the code into smaller parts.";

    CONDITION = "A0130", "a part of a model depends on an unknown condition",
"A field, a variant, a relation or an attribute of a model has a `cfg` with a value that
the sources do not determine: the target (`unix`, `target_os`), a compiler flag,
`debug_assertions`. autogen does know the features of your crates: the default ones,
those that another crate of the workspace turns on, and those of `features = [..]` in
autogen.toml and of `--features`.

Use a feature instead, or let the compiler read the models: `--compiled`.";

    EXPANDED = "A0131", "an entity in the expanded format can't be read",
"In SeaORM's expanded format an entity is several items: `Entity`, `Model`, `Column`
with `impl ColumnTrait`, `PrimaryKey` with `impl PrimaryKeyTrait`. autogen reads the form
that `sea-orm-cli generate entity --expanded-format` writes: one arm for each column,
`ColumnType::..` or `Enum::db_type()`, and the methods of `ColumnDef`.

Write the column in this form, or the entity in the compact format.";

    NO_FEATURE = "A0132", "a feature that no crate of the models has",
"`--features` and `features = [..]` in autogen.toml name features of the crates of the
models, or `crate/feature` for one of their dependencies. Like Cargo, autogen refuses an
unknown feature: the models under the feature that you meant would seem to be removed.

Look for its name under `[features]` in the crate's Cargo.toml.";

    NO_KEY = "A0140", "an entity without a primary key",
"SeaORM finds, updates and deletes rows by their primary key, and does not compile an
entity that has none. This is a warning: the plan is made as the models say, and a table
without a primary key is legal for every database.

Mark the field, or each field of a composite key, with `#[sea_orm(primary_key)]`. If a
column holds an identifier of its own, such as a UUID, add `auto_increment = false`. A
table that has no key in the database can be read through any unique column that is
marked so. A struct that is no entity derives Autogen alone, with
`#[autogen(table = \"..\")]`, and needs no key.";

    DIALECTS = "A0141", "a list of databases can't be read",
"`dialects(..)` limits a part of `#[autogen(..)]` to some databases. It names one or more of
sqlite, postgres, mysql and mariadb, without quotes:

    #[autogen(index(columns = [\"email\"], where = \"active\"), dialects(postgres, sqlite))]
    #[autogen(check = \"price > 0\", index(\"email\", dialects(mysql, mariadb)))]

In the attribute itself it limits all of the attribute; in the parentheses of a key it limits
that key. MySQL and MariaDB are two databases. A part that no database has is removed from the
model.";

    LONE_DIALECTS = "A0142", "a list of databases that limits nothing",
"`dialects(..)` is alone in its attribute or in its parentheses, or there are two of them. Write
one list beside what it limits, in the same `#[autogen(..)]`:

    #[autogen(index(columns = [\"email\"], where = \"active\"), dialects(postgres, sqlite))]

A list does not limit other attributes of the same struct or field.";

    UNKEYED = "A0150", "a table without a primary key",
"SeaORM's entities need a primary key. `autogen pull` writes a table without one as a plain
struct that derives only `Autogen`: it declares the table, and migrations keep it, but SeaORM
can't query it by an entity.

Add a primary key to the table and pull again; or query the table by SQL.";

    WIDE_KEY = "A0151", "a primary key that is too wide for SeaORM",
"SeaORM's entities have primary keys of at most 12 columns. `autogen pull` writes a table with
a wider one as a plain struct that derives only `Autogen`: it declares the table, but SeaORM
can't query it by an entity.";

    LABELS = "A0152", "labels of an enum that SeaORM can't tell apart",
"SeaORM makes a Rust name of each label of an active enum, and two labels have the same one,
such as `a b` and `a_b`; or a label is empty, or the enum has none. `autogen pull` declares the
type all the same, by an enum that derives only `Autogen`; columns of the type hold text.";

    NOT_SAID = "A0153", "a table that models can't say completely",
"`autogen pull` reads back what it writes and compares it with the database. Where the two
differ, the model is written without the derive `Autogen`, as an entity that leaves alone what
it does not declare; or not at all, if the table can't be an entity. The notes name what
differs. Declare the table by hand, if migrations are to manage it.";

    NUMBERS = "A0154", "numbers of SQLite that SeaORM can't always read",
"A column of a type such as `decimal(10, 2)` or `numeric` has numeric affinity: SQLite keeps 1.5
in it as a float, and 2 as an integer. sqlx reads a float or an integer, but not both from one
column, so a query fails at the first whole number.

Change the type to one with `real` in its name: SeaORM's own are `real(10, 2)` and
`real_decimal`.";
}

/// The code of the warning about entities without a primary key.
pub const KEYLESS: &str = NO_KEY;

#[cfg(test)]
mod tests {
    use super::EXPLANATIONS;

    #[test]
    fn codes_are_in_order_and_explained() {
        assert!(EXPLANATIONS.is_sorted_by(|a, b| a.0 < b.0));
        for (code, title, page) in EXPLANATIONS {
            assert!(code.starts_with("A01") && code.len() == 5, "{code}");
            assert!(page.len() > 80, "{code}");
            assert!(!title.ends_with('.'), "{code}");
        }
    }
}
