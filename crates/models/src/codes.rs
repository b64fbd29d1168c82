//! The codes of the diagnostics, with a page for each.

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $page:literal;)+) => {
        $(#[doc = $title] pub(crate) const $name: &str = $code;)+

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

    UNKNOWN_KEY = "A0102", "an attribute has a key that nobody knows",
"SeaORM ignores keys that it does not know on plain fields, so a misspelt one is
lost without a word. autogen refuses it: what you meant would be missing from
the database.

Correct the spelling. Keys that belong to autogen stand in `#[autogen(..)]`,
those that belong to SeaORM in `#[sea_orm(..)]`.";

    BAD_VALUE = "A0103", "an attribute has a value of the wrong kind",
"A key of an attribute got a value that it can't have: a number where a string
belongs, no value where one is needed, a word that is none of the allowed ones.

The hint shows the form that is expected.";

    COLUMN_TYPE = "A0104", "a column_type is not understood",
"The text of `column_type` is the part after `ColumnType::` of sea-query's enum
of that name. autogen knows all its variants and builders, with literal
arguments:

    #[sea_orm(column_type = \"Text\")]
    #[sea_orm(column_type = \"String(StringLen::N(50))\")]
    #[sea_orm(column_type = \"Decimal(Some((10, 2)))\")]
    #[sea_orm(column_type = \"custom(\\\"citext\\\")\")]

An argument that is a constant can't be read from source; write its value. A
type that sea-query does not know is written as SQL, which wins over
`column_type`: `#[autogen(sql_type = \"citext\")]`.";

    TYPE = "A0105", "the type of a field can't be resolved",
"A field without `column_type` has the column type that its Rust type names
through `sea_query::ValueType`. Reading source, autogen follows modules, `use`,
type aliases, `DeriveActiveEnum`, `DeriveValueType`, `FromJsonQueryResult` and
plain `impl ValueType` blocks through the whole workspace. It can't see types
that macros write or that come from other crates.

Ways out, any one of them:

  - say the type: `#[sea_orm(column_type = \"Uuid\")]`
  - say it as SQL: `#[autogen(sql_type = \"uuid\")]`
  - let the compiler resolve it: `autogen diff --compiled`
  - if the field is no column: `#[sea_orm(ignore)]` or `#[autogen(skip)]`";

    DEFAULT = "A0106", "a default can't be read",
"`default_expr` is Rust that SeaORM runs. autogen does not run it; it knows
literals, `Expr::current_timestamp()`, `Expr::cust(\"..\")`, `Expr::val(..)`,
`Keyword::CurrentTimestamp`, `Func::cust(..)` and their like.

Write the SQL instead, it wins over `default_expr`:

    #[autogen(default_sql = \"my_function()\")]

or a constant: `#[autogen(default = 3)]`.";

    EXTRA = "A0107", "an extra is not understood",
"`extra` is SQL that SeaORM appends to the column. autogen reads these clauses in
it: COLLATE, CHARACTER SET, CHECK, CONSTRAINT .. CHECK, UNSIGNED, ON UPDATE,
GENERATED ALWAYS AS, GENERATED .. AS IDENTITY, DEFAULT, UNIQUE, NOT NULL, NULL,
INVISIBLE, AUTO_INCREMENT, COMMENT.

Say the rest with `#[autogen(..)]`, which has a key for all that is compared.";

    NO_TABLE = "A0108", "a model does not name its table",
"A struct that derives `DeriveEntityModel` or `Autogen` needs the name of its
table: `#[sea_orm(table_name = \"users\")]` beside `DeriveEntityModel`,
`#[autogen(table = \"users\")]` on any other struct.

A struct that is no table of its own is left out with `#[autogen(skip)]`.";

    DUPLICATE_COLUMN = "A0109", "two fields name one column",
"Two fields of a model have the same column name, often because a
`column_name` repeats or because a conversion by `rename_all` makes them equal.
Give each field a column of its own.";

    UNKNOWN_COLUMN = "A0110", "a column that the model does not have",
"An index, a constraint or a relation names a column, but the struct has no field
for it. Columns are named as they are in the database; the name of the field is
accepted too.";

    RELATION = "A0111", "a relation can't be read",
"A relation that owns its foreign key says which columns it joins:

    #[sea_orm(belongs_to = \"super::user::Entity\",
              from = \"Column::UserId\", to = \"super::user::Column::Id\")]

and in the dense format `#[sea_orm(belongs_to, from = \"user_id\", to = \"id\")]`.
The actions are NoAction, Restrict, Cascade, SetNull and SetDefault.

A `RelationTrait` written by hand is read where it is a `match` with one builder
chain for each variant; any other form can be read with `--compiled`.";

    TARGET = "A0112", "the target of a relation can't be found",
"A relation names an entity that autogen can't find: the path leads nowhere, or
to a module without a model. Check the path and that the module is declared
with `mod`. An entity of another crate can be read with `--compiled`, or the key
can be said by name:

    #[autogen(foreign_key(columns = [\"user_id\"], references = \"users(id)\", external))]";

    KEY_WIDTH = "A0113", "a foreign key joins unequal numbers of columns",
"The columns on both sides of a foreign key are paired in order, so there must
be as many on one side as on the other.";

    TWO_MODELS = "A0114", "two models describe one table",
"Each table has one model. Two structs of the same table would contradict each
other, and one of them would be lost.

If one is only a view of the table (a partial model, say), leave it out with
`#[autogen(skip)]`, or do not derive `DeriveEntityModel` on it.";

    NO_PARENT = "A0115", "a foreign key to a table that no model declares",
"The referenced table must be one of the models, or the migration would fail.
Correct the name, or, where the table is somebody else's (another service's,
an extension's), say so:

    #[autogen(foreign_key(columns = [\"user_id\"], references = \"auth.users(id)\", external))]";

    NO_MODELS = "A0116", "no models found",
"Nothing under the given path derives `DeriveEntityModel` or `Autogen`. To go on
would mean dropping every table, so autogen stops.

Models must be reachable from a crate's root by `mod`. Files that no crate
declares are not models. With `--compiled` the program must use the crate of the
models: a crate that is only listed in Cargo.toml registers nothing.";

    ENUM = "A0117", "an active enum can't be read",
"`DeriveActiveEnum` needs `db_type`, and a value for every variant: `string_value`,
`num_value`, a discriminant, or `rename_all`. All variants are of one kind.";

    VALUE_TYPE = "A0118", "a value type can't be read",
"`DeriveValueType` stands on a struct with one unnamed field, or says
`#[sea_orm(value_type = \"String\")]`.";

    CONTRADICTION = "A0119", "attributes that contradict each other",
"A column can't be both: a generated column has no default and no identity, an
identity column has no default, `auto_increment` belongs to a primary key of one
column, a column is nullable or it is not.";

    NO_CRATE = "A0120", "no crate at the given path",
"Models are read from a crate (a folder with Cargo.toml), a workspace, a folder
of sources with lib.rs, main.rs or mod.rs, or one `.rs` file. At the path given
there is none of these.";

    NO_MODULE = "A0121", "the file of a module is missing",
"`mod x;` declares a module whose file is neither `x.rs` nor `x/mod.rs` beside
it. A module that a build script writes can be read with `--compiled`.";

    SHAPE = "A0122", "a model is not a struct with named fields",
"A table is a struct with named fields and no type parameters. Enums and tuple
structs are types of columns, not tables; an enum can derive `Autogen` to say
how its labels were renamed.";

    TWO_ENUMS = "A0123", "two enums of one name differ",
"Two active enums name the same database type with different labels. Rename one
of them with `enum_name`, or make them equal.";

    TWO_NAMES = "A0124", "a name is used twice in a table",
"Two indexes or constraints of one table have the same name, so one of them could
not be created. Give each its own.";

    MANIFEST = "A0125", "a Cargo.toml can't be read",
"The manifest is not valid TOML, so the crate's layout and names are unknown.
`cargo metadata` reports the same place.";

    REPEATED = "A0126", "a key is given twice",
"A key that stands for one thing is given twice, and only one of them could
count. Remove one.";

    KEYWORD_SHAPE = "A0127", "an index or constraint can't be read",
"The parts of an index are strings: a column or an expression, and what hangs on
it:

    #[autogen(index(name = \"posts_recent\",
        columns = [\"author_id\", \"created_at desc nulls last\", \"lower(title)\"],
        where = \"published\", include = [\"slug\"], method = \"btree\"))]

An expression that is no function call stands in parentheses: `\"(a + b)\"`.
A referenced table is written `table(column, ..)` or `schema.table(column)`.";

    UNREADABLE = "A0128", "a source file can't be read",
"A file that the models are made of is there, and can't be read: it is not UTF-8
(one byte in another encoding will do, also in a comment), no regular file, larger
than 8 MiB, or the file system refuses it. To pass over it would mean to drop the
tables of the models in it, so autogen stops.

Save it as UTF-8, mend its permissions, or divide it.";

    TOO_DEEP = "A0129", "a source file is nested too deep",
"Brackets, generic types, operators in a row, or modules stand inside one another
deeper than any program is written: at most 256 brackets and types, 4000 tokens
without a `;`, a `,` or a block, 64 modules. A parser would overflow its stack on more.";

    CONDITION = "A0130", "a part of a model depends on what nobody can know",
"A field, a variant, a relation or an attribute of a model stands under a `cfg` whose
value is not known when sources are read: the target (`unix`, `target_os`), a flag of
the compiler, `debug_assertions`. autogen knows the features of your crates: those
that are on by default or that another crate of the workspace turns on, and those of
`features = [..]` in autogen.toml and of `--features`.

Depend on a feature instead, or let the compiler read the models: `--compiled`.";

    EXPANDED = "A0131", "an entity in the expanded format can't be read",
"In SeaORM's expanded format an entity is several items: `Entity`, `Model`, `Column`
with `impl ColumnTrait`, `PrimaryKey` with `impl PrimaryKeyTrait`. They are read as
`sea-orm-cli generate entity --expanded-format` writes them: one arm for each column,
`ColumnType::..` or `Enum::db_type()`, and the methods of `ColumnDef`.

Write the column like that, or the entity in the compact format.";

    NO_FEATURE = "A0132", "a feature that no crate of the models has",
"`--features` and `features = [..]` in autogen.toml name features of the crates that
hold the models, or `crate/feature` for a crate that they depend on. One that is nowhere
is refused, as Cargo does: models under the feature that was meant would be taken as gone.

Look for it under `[features]` in the crate's Cargo.toml.";
}

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
