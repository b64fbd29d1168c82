//! What is read beside plain items, and what is listed because it is not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use autogen_models::{Content, Features, Options, read_sources, unregistered};
use autogen_schema::{Bearing, ColumnType, Declared};
use common::{read, read_files, shown, table};

/// A model that is always there.
const PLAIN: &str = "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32 }\n";

fn with(text: &str) -> Declared {
    read(&format!("{PLAIN}{text}"))
}

fn tables(declared: &Declared) -> String {
    let names: Vec<String> = declared.schema.tables.keys().map(ToString::to_string).collect();
    names.join(" ")
}

#[track_caller]
fn unread(text: &str) -> String {
    let declared = with(text);
    assert_eq!(tables(&declared), "t", "{text}");
    declared.unread.iter().map(|it| format!("{it}\n")).collect()
}

#[track_caller]
fn project(manifest: &str, files: &[(&str, &str)]) -> Declared {
    let manifest = format!("[package]\nname = \"app\"\n{manifest}");
    let mut all = vec![("Cargo.toml", manifest.as_str())];
    all.extend_from_slice(files);
    read_files(&all, "").unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

#[test]
fn macros_of_the_project_are_expanded() {
    let rules = r#"
        macro_rules! entity {
            ($name:ident, $table:literal, { $($field:ident: $ty:ty),* $(,)? }) => {
                pub mod $name {
                    #[derive(DeriveEntityModel)]
                    #[sea_orm(table_name = $table)]
                    pub struct Model { #[sea_orm(primary_key)] pub id: i32, $(pub $field: $ty),* }
                }
            };
        }
        entity!(tag, "tags", { name: String, weight: Option<f64> });
        entity!(note, "notes", {});
        macro_rules! modules { ($($name:ident)*) => { $(mod $name { #[derive(Autogen)]
            #[autogen(table = stringify)] struct Skipped {} })* }; () => {} }
        macro_rules! both { ($($t:tt)*) => { entity!($($t)*); } }
        both!(third, "third", { a: i64 });
    "#;
    let declared = with(rules);
    assert_eq!(tables(&declared), "notes t tags third");
    let tags = table(&declared, "tags");
    assert_eq!(tags.columns.len(), 3);
    assert!(tags.columns[2].nullable);
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    // The place is that of the call.
    assert_eq!(declared.origins[&"tags".into()].line, 12);
}

#[test]
fn macros_declare_modules_and_cross_crates() {
    let declared = project(
        "[workspace]\nmembers = [\"kit\"]\n[dependencies]\nkit = { path = \"kit\" }",
        &[
            ("src/lib.rs", "kit::modules! { users posts }\n"),
            (
                "src/users.rs",
                "#[derive(Autogen)] #[autogen(table = \"users\")] struct U { a: i32 }",
            ),
            (
                "src/posts.rs",
                "#[derive(Autogen)] #[autogen(table = \"posts\")] struct P { a: i32 }",
            ),
            ("kit/Cargo.toml", "[package]\nname = \"kit\""),
            (
                "kit/src/lib.rs",
                "#[macro_export] macro_rules! modules { ($($m:ident)*) => { $(pub mod $m;)* } }",
            ),
        ],
    );
    assert_eq!(tables(&declared), "posts users");
    assert!(declared.unread.is_empty());
}

#[test]
fn what_a_macro_makes_elsewhere_is_listed() {
    for (text, expected) in [
        (
            "my_entities! { users }",
            "models.rs:2:1: the macro `my_entities!`: it is defined elsewhere\n",
        ),
        ("paste::paste! { struct [<A b>]; }", "models.rs:2:8: the macro `paste!`"),
        ("macro_rules! a { (b) => {} } a!(c);", "what it stands for can't be told"),
        ("macro_rules! a { () => { a!(); } } a!();", "without end"),
        ("macro_rules! a { ($e:expr) => { $e } } a!(1);", "is no list of items"),
        (
            "lazy_static! { static ref A: B = derive!(DeriveEntityModel); }",
            "the macro `lazy_static!`",
        ),
        ("automod::dir!(\"nothere\");", "`automod::dir!`: no module can be seen in `nothere`"),
        ("include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));", "known only when it is compiled"),
        ("#[entity] struct User { id: i32 }", "the struct `User`: what the attribute `#[entity]`"),
        ("#[my::entity] #[derive(Serialize)] struct User { id: i32 }", "`#[my::entity]`"),
        ("use my::entity; #[entity] #[derive(Serialize)] struct User {}", "`#[entity]`"),
        ("#[entities] mod users { struct User; }", "the module `users`"),
        ("#[derive(Mine)] #[sea_orm(table_name = \"x\")] struct User;", "it names a table"),
        ("fn f() { #[derive(DeriveEntityModel)] struct Model; }", "in the body of a function"),
        ("const _: () = { #[derive(Autogen)] struct Model; };", "in the body of a function"),
        (
            "impl T { fn f() { entity! { table_name } } }",
            "the macro `entity!`: it stands in the body",
        ),
        // Inside of any other item.
        ("const _: () = foo! { table_name };", "the macro `foo!`: it stands"),
        ("const _: () = foreign::entities! { users };", "the macro `entities!`"),
        (
            "static A: X = LazyLock::new(|| foo! { #[derive(Autogen)] struct A; });",
            "the macro `foo!`: it stands",
        ),
        ("type X = foo! { DeriveEntityModel };", "the macro `foo!`: it stands"),
        ("pub struct X(foo! { Autogen });", "the macro `foo!`: it stands"),
        ("union X { a: foo! { Autogen } }", "the macro `foo!`: it stands"),
        ("impl X { foo! { table_name } }", "the macro `foo!`: it stands"),
        ("trait X { foo! { table_name } }", "the macro `foo!`: it stands"),
        ("extern \"C\" { foo! { table_name } }", "the macro `foo!`: it stands"),
        ("struct X([u8; { #[derive(Autogen)] struct A; 1 }]);", "the struct `A`: it stands"),
        (
            "fn f() { struct X([u8; { mod m { #[derive(Autogen)] struct A; } 1 }]); }",
            "the struct `A`: it stands",
        ),
        (
            "enum X { A = { mod m { #[derive(DeriveEntityModel)] struct M; } 1 } }",
            "the struct `M`: it stands",
        ),
        ("enum X { A = { foo! { table_name } } }", "the macro `foo!`: it stands"),
        ("struct X([u8; { mod files; 1 }]);", "the module `files`: it stands"),
        ("impl X { default fn f() { foo! { table_name } } }", "the macro `foo!`: it stands"),
        ("impl X { fn f(a: table_name); }", "an item: the parser does not know this form"),
        // Macros of the project, wherever they are defined and whatever they call.
        (
            "mod a { pub fn f() { make!(users); } }
             macro_rules! make { ($n:ident) => { inner!($n) } }
             macro_rules! inner { ($n:ident) => { #[derive(DeriveEntityModel)] struct $n; } }",
            "the macro `make!`: it stands in the body",
        ),
        (
            "macro_rules! inner { () => { #[derive(Autogen)] struct A; } }
             macro_rules! call { ($n:ident) => { $n!() } } fn f() { call!(inner) }",
            "the macro `call!`: it stands in the body",
        ),
        (
            "use sea_orm::DeriveEntityModel as E; fn f() { make!() }
             macro_rules! make { () => { #[derive(E)] struct A; } }",
            "the macro `make!`: it stands in the body",
        ),
        ("fn f() { include!(\"a.rs\"); }", "the macro `include!`: it stands in the body"),
        ("fn f() { mod files; }", "the module `files`: it stands in the body"),
        // Derives and attributes that nobody knows.
        (
            "#[derive(Clone, foreign::MyEntity)] struct A { a: u8 }",
            "the type `A`: what the derive `foreign::MyEntity` adds is not known",
        ),
        ("use foreign::Entity; #[derive(Entity)] enum A { B }", "the derive `Entity`"),
        ("#[derive(MyEntity)] union A { a: u8 }", "the derive `MyEntity`"),
        ("#[foreign::entity] fn users() {}", "an item: what the attribute `#[foreign::entity]`"),
        ("#[entities] impl Users { fn f() {} }", "what the attribute `#[entities]`"),
        ("#[entities] const A: u8 = 1;", "what the attribute `#[entities]`"),
        ("#[entities] #[derive(Clone)] enum A { B }", "what the attribute `#[entities]`"),
        ("#[entities] trait A {}", "what the attribute `#[entities]`"),
        ("#[entities] type A = u8;", "what the attribute `#[entities]`"),
        ("const _: () = { foreign::entities! { users } };", "the macro `entities!`"),
        ("#[cfg_attr(unix, derive(MyEntity))] struct A;", "the derive `MyEntity`"),
        ("#[cfg_attr(unix, cfg_attr(x, entity))] fn f() {}", "the attribute `#[entity]`"),
        // Files that may not be there.
        (
            "#[cfg(unix)] mod b;",
            "models.rs:2:18: the file of module `b`: it is missing, and is needed only under \
             `cfg(unix)`",
        ),
        ("#[cfg(unix)] #[path = \"x.rs\"] mod b;", "the file of module `b`: it is missing"),
        ("#[cfg(unix)] include!(\"x.rs\");", "the file `x.rs` of `include!`: it is missing"),
        ("#[cfg(unix)] mod a { mod b; }", "the file of module `b`: it is missing"),
        ("#[cfg_attr(unix, path = \"x.rs\")] mod b;", "a file of the module `b`: it is missing"),
    ] {
        let found = unread(text);
        assert!(
            found.contains(expected)
                || found.contains(&expected.replace("paste!", "paste::paste!")),
            "{text}\n{found}"
        );
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn what_makes_no_entities_is_not_listed() {
    for text in [
        "thread_local! { static A: u8 = 1; }",
        "macro_rules! a { () => { fn f() {} } } a!();",
        "#[derive(Serialize)] #[serde(rename_all = \"x\")] struct A { #[serde(skip)] a: u8 }",
        "#[tokio::main] async fn main() { println!(\"DeriveEntityModel\"); }",
        "fn f() -> X { quote! { #[derive(DeriveEntityModel)] struct Model; } }",
        "#[cfg(test)] mod tests { my_entities! { users } }",
        "#[test] fn f() { #[derive(DeriveEntityModel)] struct Model; }",
        "#[cfg(windows)] mod w { fn f() {} }",
        "#[derive(Clone, Serialize, thiserror::Error, Validate, ToSchema, TS, Builder)] enum A {}",
        "use utoipa::Anything; #[derive(Anything)] #[schema(example = 1)] struct A;",
        "use async_graphql as gql; #[derive(gql::Whatever)] #[graphql(x)] enum A {}",
        "use actix_web::get; #[get(\"/\")] async fn f() { my_log!(\"x\"); assert_matches!(a, b); }",
        "macro_rules! log { ($($t:tt)*) => { println!($($t)*) } } fn f() { log!(\"entity\"); }",
        "#[async_trait] impl A for B { #[instrument] async fn f() { tokio::select! { a => {} } } }",
        "#[cfg(all(unix, not(unix), test))] mod b;",
        "fn f() { tracing::warn!(\"{}\", Entity.table_name()); }",
        "struct X { #[serde(default = \"table_name\")] a: [u8; size!()] } enum Y { A = one!() }",
        "impl X { accessors! { a } } static A: Lazy<X> = Lazy::new(|| make!()); type Z = any![a];",
        "const _: () = assert!(A < 1); const B: &str = concat!(\"table_name\");",
        "const _: () = { assert!(A < 1); fn f() { my_log!() } impl A { fn f() { my_log!() } } };",
    ] {
        assert_eq!(unread(text), "", "{text}");
    }
}

#[test]
fn files_that_are_brought_in() {
    let declared = project(
        "",
        &[
            ("src/lib.rs", "include!(\"more.rs\"); automod::dir!(\"src/parts\"); mod parts;"),
            (
                "src/more.rs",
                "#[derive(Autogen)] #[autogen(table = \"more\")] struct M { a: crate::N }\ntype N = i64;",
            ),
            ("src/parts.rs", ""),
            ("src/a.rs", "#[derive(Autogen)] #[autogen(table = \"a\")] struct M { a: i32 }"),
            ("src/parts/a.rs", ""),
            ("src/parts/mod_not.txt", ""),
        ],
    );
    assert_eq!(tables(&declared), "a more");
    assert_eq!(declared.origins[&"more".into()].file, "src/more.rs");
    assert!(declared.unread.is_empty());
}

#[test]
fn conditions_of_features_are_decided() {
    let source = r#"
        #[cfg(feature = "on")] type Id = i64;
        #[cfg(not(feature = "on"))] type Id = i32;
        #[cfg(not(feature = "off"))] type Other = String;
        #[cfg(feature = "off")] type Other = bool;
        #[derive(Autogen)]
        #[cfg_attr(feature = "off", autogen(table = "wrong"))]
        #[cfg_attr(not(feature = "off"), autogen(table = "right"))]
        struct A { id: Id, other: Other, #[cfg(feature = "off")] gone: i32 }
        #[cfg(feature = "off")] #[derive(Autogen)] #[autogen(table = "off")] struct B { a: i32 }
        #[cfg(false)] mod never;
        #[cfg(true)] type Always = i64;
        #[cfg(not(true))] type Always = i32;
        #[cfg_attr(true, derive(Autogen), autogen(table = "always"))]
        #[cfg_attr(false, autogen(table = "never"))]
        struct D { a: Always, #[cfg(false)] gone: i32 }
        cfg_if::cfg_if! {
            if #[cfg(false)] { mod no_never; }
            else if #[cfg(feature = "off")] { mod no; }
            else if #[cfg(all(feature = "on", not(test)))] {
                #[derive(Autogen)] #[autogen(table = "branch")] struct C { a: i32 }
            } else { mod neither; }
        }
    "#;
    let manifest = "[features]\ndefault = [\"on\"]\non = []\noff = []";
    let declared = project(manifest, &[("src/lib.rs", source)]);
    assert_eq!(tables(&declared), "always branch right");
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    let columns = &table(&declared, "right").columns;
    assert_eq!(columns.len(), 2);
    assert_eq!(columns[0].data_type, ColumnType::int(autogen_schema::IntWidth::Big));
    assert_eq!(columns[1].data_type, ColumnType::Varchar(None));

    // Features that were asked for, and those that a dependant turns on.
    let manifest = format!("[package]\nname = \"app\"\n{manifest}");
    let files: BTreeMap<String, String> =
        [("Cargo.toml", manifest.as_str()), ("src/lib.rs", source), ("src/no.rs", "")]
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .into();
    let features = Features { on: vec!["off".to_owned()], ..Features::default() };
    let options = Options { features, ..Options::default() };
    assert_eq!(tables(&read_sources(&files, &options).unwrap()), "always off wrong");
}

#[test]
fn a_condition_that_nobody_knows_is_named() {
    let found = unread(
        "#[cfg(target_os = \"linux\")] #[derive(Autogen)] #[autogen(table = \"l\")] struct L { a: i32 }",
    );
    assert!(
        found.contains("the model of `l`: it is there only under `cfg(target_os = \"linux\")`"),
        "{found}"
    );
    let found = unread(
        "#[cfg(unix)] mod u { mod v { #[derive(Autogen)] #[autogen(table = \"l\")] struct L { a: i32 } } }",
    );
    assert!(found.contains("only under `cfg(unix)`"), "{found}");
    let found = unread("#[cfg_attr(feature = \"x\", derive(Autogen))] struct L { a: i32 }");
    assert!(found.contains("whether it is a model depends on"), "{found}");
    let found = unread(
        "cfg_if! { if #[cfg(unix)] { } else { #[derive(Autogen)] #[autogen(table = \"l\")] struct L { a: i32 } } }",
    );
    assert!(found.contains("only under `unix`"), "{found}");
}

/// Which file a module has may depend on what nobody knows.
#[test]
fn a_module_with_several_files() {
    let model = |table: &str| {
        format!("#[derive(Autogen)] #[autogen(table = \"{table}\")] struct A {{ a: i32 }}")
    };
    let (unix, other) = (model("unix"), model("other"));
    let lib = format!("{PLAIN} #[cfg_attr(unix, path = \"unix.rs\")] mod os;");
    let files = [("src/lib.rs", lib.as_str()), ("src/unix.rs", &unix), ("src/os.rs", &other)];
    let declared = project("", &files);
    assert_eq!(tables(&declared), "t");
    let unread: Vec<String> = declared.unread.iter().map(ToString::to_string).collect();
    assert_eq!(unread.len(), 2, "{unread:?}");
    for (at, file) in [(0, "src/os.rs"), (1, "src/unix.rs")] {
        assert!(unread[at].starts_with(file), "{unread:?}");
        assert!(unread[at].contains("only under `cfg_attr(unix, path = "), "{unread:?}");
    }
}

/// What is in the workspace, and is not under the folder of the models.
#[test]
fn models_elsewhere_are_known() {
    let manifest = "[package]\nname = \"app\"\n[workspace]\nmembers = [\"kit\", \"odd\"]\n\
                    [dependencies]\ngone = { path = \"../gone\" }\n\
                    [target.'cfg(unix)'.dependencies]\nkit = { path = \"kit\" }";
    let model = "\n#[derive(Autogen)] #[autogen(table = \"moved\")] struct M { a: i32 }";
    let files = [
        ("Cargo.toml", manifest),
        ("src/lib.rs", PLAIN),
        ("kit/Cargo.toml", "[package]\nname = \"kit\""),
        ("kit/src/lib.rs", model),
        ("odd/Cargo.toml", "[package]\nname = \"odd\""),
        ("odd/src/lib.rs", "mod missing; foreign::entities!();"),
    ];
    let declared = read_files(&files, "src").unwrap_or_else(|it| panic!("{}", shown(&it)));
    assert_eq!(tables(&declared), "t");
    let mut unread = declared.unread.clone();
    unread.sort_by_key(|it| it.bearing);
    let told: Vec<String> = unread.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "kit/src/lib.rs:2:55: the model of `moved`: it is outside of `src`");
    assert!(unread[0].may_declare(&"moved".into()) && !unread[0].may_declare(&"t".into()));
    assert!(
        told[1].starts_with("Cargo.toml:6:1: the crate `gone`: there is no Cargo.toml in ../gone"),
        "{told:?}"
    );
    assert!(told[2].contains("odd/src/lib.rs:1:5: a part of the workspace"), "{told:?}");
    assert!(told[3].contains("the macro `foreign::entities!`"), "{told:?}");
    assert!(unread[1..].iter().all(|it| it.bearing == Bearing::Unlikely));
    assert_eq!(told.len(), 4, "{told:?}");
}

/// A crate that the manifest names, and that is not there, is not one without models.
#[test]
fn members_that_are_not_there() {
    let manifest = "[package]\nname = \"app\"\n[dependencies]\nold = \"1\"\n[workspace]\n\
                    exclude = [\"out\"]\nmembers = [\n  \"old\",\n  'empty', \"kit\", \"out\",\n  \
                    \"tests\", \"named\", \"more/*\"]";
    let files = [
        ("Cargo.toml", manifest),
        ("src/lib.rs", PLAIN),
        ("empty/Cargo.toml", "[package]\nname = \"empty\""),
        ("kit/Cargo.toml", "[package]\nname = \"kit\""),
        ("kit/src/bin/kit.rs", ""),
        ("tests/Cargo.toml", "[package]\nname = \"tests\""),
        ("tests/tests/all.rs", ""),
        (
            "named/Cargo.toml",
            "[package]\nname = \"named\"\n[[test]]\nname = \"a\"\npath = \"a.rs\"",
        ),
        ("more/nothing/readme.md", ""),
    ];
    for scope in ["", "src"] {
        let declared = read_files(&files, scope).unwrap_or_else(|it| panic!("{}", shown(&it)));
        let told: Vec<String> = declared.unread.iter().map(ToString::to_string).collect();
        let expected = [
            "Cargo.toml:8:1: the crate `old`: there is no Cargo.toml in old",
            "Cargo.toml:9:1: the crate `empty`: there is no target in empty",
        ];
        assert_eq!(told, expected, "{scope}");
        assert!(declared.unread.iter().all(|it| it.bearing == Bearing::Unlikely));
    }
}

/// `[patch]` makes a path dependency of one that is not written as such.
#[test]
fn patched_dependencies_are_read() {
    let package = "[package]\nname = \"app\"\n";
    let model = "#[derive(Autogen)] #[autogen(table = \"ex\")] struct M { a: Id } type Id = i64;";
    for text in [
        "[patch.crates-io]\nex = { path = \"ex\" }\n[dependencies]\nex = \"0.1\"",
        "[patch.\"https://x.org/ex\"]\nex = { path = \"ex\" }\n[dependencies]\n\
         ex = { git = \"https://x.org/ex\" }",
        "[patch.crates-io]\ny = { package = \"ex\", path = \"ex\" }\n[dependencies]\n\
         z = { package = \"ex\", version = \"1\" }",
        "[workspace.dependencies]\nex = \"1\"\n[patch.crates-io]\nex = { path = \"ex\" }\n\
         [dependencies]\nex = { workspace = true }",
        "[replace]\n\"ex:0.1.0\" = { path = \"ex\" }\n[dependencies]\nex = \"0.1\"",
    ] {
        let manifest = format!("{package}{text}");
        let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", PLAIN)];
        let there = [("ex/Cargo.toml", "[package]\nname = \"ex\""), ("ex/src/lib.rs", model)];
        let declared = read_files(&[&files[..], &there].concat(), "").unwrap();
        assert_eq!(tables(&declared), "ex t", "{text}");
        let declared = read_files(&[&files[..], &there].concat(), "src").unwrap();
        assert_eq!(declared.unread[0].bearing, Bearing::Elsewhere, "{text}");
        let gone = read_files(&files, "").unwrap().unread;
        assert!(gone[0].to_string().contains("there is no Cargo.toml in ex"), "{gone:?}");
    }
}

/// A derive of the workspace is a harmless one where its crate speaks of no entity.
#[test]
fn derives_of_the_workspace() {
    let manifest =
        "[workspace]\nmembers = [\"macros\"]\n[dependencies]\nmacros = { path = \"macros\" }";
    let own = "[package]\nname = \"macros\"\n[lib]\nproc-macro = true";
    let lib = format!("{PLAIN} #[derive(macros::Mine)] struct A; #[mark] fn f() {{}}");
    let told = |makes: &str| {
        let macros = format!(
            "#[proc_macro_derive(Mine, attributes(mine))] pub fn mine(a: T) -> T {{ {makes} }}
             #[proc_macro_attribute] pub fn mark(a: T, b: T) -> T {{ b }}"
        );
        let files = [
            ("src/lib.rs", lib.as_str()),
            ("macros/Cargo.toml", own),
            ("macros/src/lib.rs", &macros),
        ];
        project(manifest, &files).unread.len()
    };
    assert_eq!(told("quote! { impl Named for A {} }"), 0);
    assert_eq!(told("quote! { #[derive(DeriveEntityModel)] struct Model; }"), 2);
}

#[test]
fn the_expanded_format() {
    let entity = r#"
        pub mod cake {
            #[derive(Copy, Clone, Default, Debug, DeriveEntity)]
            pub struct Entity;
            impl EntityName for Entity {
                fn schema_name(&self) -> Option<&str> { Some("shop") }
                fn table_name(&self) -> &'static str { "cake" }
            }
            #[derive(Clone, Debug, DeriveModel, DeriveActiveModel)]
            pub struct Model { pub id: i64, pub name: Option<String>, pub kind: super::Kind, pub price: Decimal, pub up: i64 }
            #[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]
            pub enum Column { Id, #[sea_orm(column_name = "title")] Name, Kind, Price, Up }
            #[derive(Copy, Clone, Debug, EnumIter, DerivePrimaryKey)]
            pub enum PrimaryKey { Id }
            impl PrimaryKeyTrait for PrimaryKey {
                type ValueType = i64;
                fn auto_increment() -> bool { false }
            }
            #[derive(Copy, Clone, Debug, EnumIter)]
            pub enum Relation { Up }
            impl ColumnTrait for Column {
                type EntityName = Entity;
                fn def(&self) -> ColumnDef {
                    match self {
                        Self::Id => ColumnType::BigInteger.def(),
                        Self::Name => ColumnType::String(StringLen::N(30)).def().null().unique(),
                        Self::Kind => Kind::db_type().get_column_type().to_owned().def(),
                        Self::Price => ColumnType::Decimal(Some((10, 2))).def().default_value(1),
                        Self::Up => ColumnType::BigInteger.def(),
                    }
                }
            }
            impl RelationTrait for Relation {
                fn def(&self) -> RelationDef {
                    match self {
                        Self::Up => Entity::belongs_to(Entity).from(Column::Up).to(Column::Id).into(),
                    }
                }
            }
        }
        #[derive(DeriveActiveEnum)]
        #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "kind")]
        pub enum Kind { #[sea_orm(string_value = "big")] Big }
        pub mod empty {
            #[derive(DeriveEntity)] #[sea_orm(table_name = "empty")] pub struct Entity;
            #[derive(DeriveModel)] pub struct Model { pub id: i32 }
            #[derive(DeriveColumn)] pub enum Column { Id }
            #[derive(DerivePrimaryKey)] pub enum PrimaryKey { Id }
            impl PrimaryKeyTrait for PrimaryKey { fn auto_increment() -> bool { true } }
            impl ColumnTrait for Column { fn def(&self) -> ColumnDef { match self { Column::Id => ColumnType::Integer.def() } } }
            #[derive(EnumIter)] pub enum Relation {}
            impl RelationTrait for Relation { fn def(&self) -> RelationDef { panic!("No RelationDef") } }
        }
    "#;
    let declared = with(entity);
    assert_eq!(tables(&declared), "empty t shop.cake");
    let cake = declared.schema.tables.values().find(|it| it.name.name == "cake").unwrap();
    let compact = read(
        r#"
        #[derive(DeriveEntityModel)]
        #[sea_orm(table_name = "cake", schema_name = "shop")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)] pub id: i64,
            #[sea_orm(column_name = "title", column_type = "String(StringLen::N(30))", unique)] pub name: Option<String>,
            pub kind: Kind,
            #[sea_orm(column_type = "Decimal(Some((10, 2)))", default_value = 1)] pub price: Decimal,
            pub up: i64,
        }
        #[derive(DeriveRelation)]
        pub enum Relation { #[sea_orm(belongs_to = "Entity", from = "Column::Up", to = "Column::Id")] Up }
        #[derive(DeriveActiveEnum)]
        #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "kind")]
        pub enum Kind { #[sea_orm(string_value = "big")] Big }
        "#,
    );
    assert_eq!(Some(cake), compact.schema.tables.values().next());
    assert_eq!(declared.partial.len(), 2);
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    // What is not beside the entity can't be read.
    let found = unread("#[derive(DeriveEntity)] #[sea_orm(table_name = \"x\")] struct Entity;");
    assert!(found.contains("the entity `Entity`"), "{found}");
    let found =
        unread("struct E; impl EntityName for E { fn table_name(&self) -> &str { \"x\" } }");
    assert!(found.contains("an `impl EntityName`"), "{found}");
}

#[test]
fn derives_by_another_name() {
    let text = "use sea_orm::DeriveEntityModel as Entity; use sea_autogen::Autogen as A;
        mod m { use super::Entity; #[derive(Entity)] #[sea_orm(table_name = \"m\")] struct Model { a: i32 } }
        #[derive(A)] #[autogen(table = \"n\")] struct N { a: i32 }";
    assert_eq!(tables(&with(text)), "m n t");
}

#[test]
fn compiled_models_learn_what_they_lack() {
    let files: BTreeMap<String, Content> = [(
        "models.rs".to_owned(),
        Content::Text(format!(
            "{PLAIN} mod m {{ #[derive(DeriveEntityModel)] #[sea_orm(table_name = \"m\")] struct Model {{ a: Mystery }} }} others!();"
        )),
    )]
    .into();
    let options = Options { path: "models.rs".to_owned(), ..Options::default() };
    let found = unregistered(&files, &options).unwrap();
    assert_eq!(found.tables.iter().map(ToString::to_string).collect::<Vec<_>>(), ["m"]);
    assert_eq!(found.unread.len(), 1);
}

#[test]
fn macros_without_end_are_given_up() {
    for text in [
        "macro_rules! d { ($($t:tt)*) => { d!($($t)*); d!($($t)*); } } d!(a);",
        "macro_rules! c { () => {}; ($a:tt $($r:tt)*) => { c!($($r)*); } } \
         c!(a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a \
            a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a \
            a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a \
            a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a);",
    ] {
        assert!(unread(text).contains("macro"), "{text}");
    }
}
