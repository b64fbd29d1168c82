//! What is read in addition to plain items, and what is listed because it is not read.

use std::collections::BTreeMap;

use crate::common::{PLAIN, project, read, read_files, shown, table, tables, unread, with};
use autogen_models::{Content, Features, Options, read_sources, unregistered};
use autogen_schema::{Bearing, ColumnType};

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
fn files_that_are_brought_in_from_the_folder_of_the_crate() {
    let lib = "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src/more.rs\"));
               include!(concat!(\"parts\", \"/a.rs\"));";
    let model = |table: &str| {
        format!("#[derive(Autogen)] #[autogen(table = \"{table}\")] struct S{table} {{ a: i32 }}")
    };
    let (more, part) = (model("more"), model("part"));
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"kit\"]"),
        ("kit/Cargo.toml", "[package]\nname = \"kit\""),
        ("kit/src/lib.rs", lib),
        ("kit/src/more.rs", &more),
        ("kit/src/parts/a.rs", &part),
    ];
    let declared = read_files(&files, "").unwrap_or_else(|it| panic!("{}", shown(&it)));
    assert_eq!(tables(&declared), "more part");
    assert_eq!(declared.origins[&"more".into()].file, "kit/src/more.rs");
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    for name in ["env!(\"CARGO_MANIFEST_DIR\"), \"/gone.rs\"", "env!(\"OUT_DIR\"), \"/x.rs\""] {
        let found = unread(&format!("include!(concat!({name}));"));
        assert!(found.contains("`include!`: "), "{found}");
    }
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
        std::cfg_select! {
            feature = "off" => { mod no; }
            all(feature = "on", not(test)) => {
                #[derive(Autogen)] #[autogen(table = "arm")] struct E { a: i32 }
            }
            _ => { mod neither; }
        }
    "#;
    let manifest = "[features]\ndefault = [\"on\"]\non = []\noff = []";
    let declared = project(manifest, &[("src/lib.rs", source)]);
    assert_eq!(tables(&declared), "always arm branch right");
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    let columns = &table(&declared, "right").columns;
    assert_eq!(columns.len(), 2);
    assert_eq!(columns[0].data_type, ColumnType::int(autogen_schema::IntWidth::Big));
    assert_eq!(columns[1].data_type, ColumnType::Varchar(None));

    // Requested features, and those that a dependent crate enables.
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
        found.contains("the model of `l`: it exists only under `cfg(target_os = \"linux\")`"),
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
    let found = unread(
        "core::cfg_select! { unix => {} _ => { #[derive(Autogen)] #[autogen(table = \"l\")] struct L { a: i32 } } }",
    );
    assert!(found.contains("only under `unix`"), "{found}");
    let found = unread("cfg_select! { unix: {} }");
    assert!(found.contains("`cfg_select!`: it is written in another form"), "{found}");
}

/// The file of a module may depend on something unknown.
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

/// Models of the workspace outside of the models' folder.
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

/// A missing crate that the manifest names is not treated as a crate without models.
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

/// `[patch]` turns a dependency into a path dependency.
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

/// Cargo's own configuration says the same.
#[test]
fn dependencies_that_the_configuration_of_cargo_patches_are_read() {
    let manifest = "[package]\nname = \"app\"\n[dependencies]\nex = \"0.1\"";
    let model = "#[derive(Autogen)] #[autogen(table = \"ex\")] struct M { a: Id } type Id = i64;";
    for (file, text) in [
        (".cargo/config.toml", "[patch.crates-io]\nex = { path = \"ex\" }"),
        (".cargo/config.toml", "paths = [\"ex\"]"),
        (".cargo/config", "paths = [\"ex\"]"),
    ] {
        let files = [
            ("Cargo.toml", manifest),
            ("src/lib.rs", PLAIN),
            (file, text),
            ("ex/Cargo.toml", "[package]\nname = \"ex\""),
            ("ex/src/lib.rs", model),
        ];
        assert_eq!(tables(&read_files(&files, "").unwrap()), "ex t", "{text}");
    }
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
    // An implementation outside of the entity's module cannot be read.
    let found = unread("#[derive(DeriveEntity)] #[sea_orm(table_name = \"x\")] struct Entity;");
    assert!(found.contains("the entity `Entity`"), "{found}");
    let found =
        unread("struct E; impl EntityName for E { fn table_name(&self) -> &str { \"x\" } }");
    assert!(found.contains("an `impl EntityName`"), "{found}");
}

/// The expanded format with its table's name in a constant.
#[test]
fn the_name_of_an_expanded_entity_is_a_constant() {
    let entity = |outside: &str, inside: &str, body: &str| {
        format!(
            "{outside} pub mod m {{ {inside}
             #[derive(DeriveEntity)] pub struct Entity;
             impl EntityName for Entity {{ fn table_name(&self) -> &str {{ {body} }} }}
             #[derive(DeriveModel)] pub struct Model {{ pub id: i32 }}
             #[derive(DeriveColumn)] pub enum Column {{ Id }}
             impl ColumnTrait for Column {{
                 fn def(&self) -> ColumnDef {{ match self {{ Column::Id => ColumnType::Integer.def() }} }}
             }} }}"
        )
    };
    let own = "impl Entity { pub const NAME: &'static str = \"m\"; }";
    for (outside, inside, body) in [
        ("", "const NAME: &str = \"m\";", "NAME"),
        ("", "static NAME: &str = \"m\";", "self::NAME"),
        ("const NAME: &str = \"m\";", "", "super::NAME"),
        ("const NAME: &str = \"m\";", "use super::NAME as TABLE;", "TABLE"),
        ("", own, "Self::NAME"),
        ("", own, "Entity::NAME"),
        ("", "#[cfg(not(test))] const NAME: &str = \"m\";", "NAME"),
    ] {
        let declared = with(&entity(outside, inside, body));
        assert_eq!(tables(&declared), "m t", "{outside} {inside} {body}");
        assert!(declared.unread.is_empty(), "{:?}", declared.unread);
    }
    for (inside, body) in [
        ("", "NAME"),
        ("const NAME: &str = \"m\";", "Self::NAME"),
        (own, "NAME"),
        ("const NAME: &str = concat!(\"m\", \"s\");", "NAME"),
        ("const NAME: &str = \"m\";", "const NAME: &str = \"n\"; NAME"),
        ("const NAME: &str = \"m\";", "if self.old() { return \"n\"; } NAME"),
        (
            "#[cfg(unix)] const NAME: &str = \"m\"; #[cfg(windows)] const NAME: &str = \"n\";",
            "NAME",
        ),
        ("use names::*;", "NAME"),
        ("use names::NAME;", "NAME"),
    ] {
        let found = unread(&entity("", inside, body));
        assert!(found.contains("the entity `Entity`: its name"), "{inside} {body}\n{found}");
    }
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

/// If only unread code may contain a model, the error names it.
#[test]
fn no_models_beside_what_was_not_read() {
    let message = |text: &str, scope: &str| {
        let kit = "#[derive(Autogen)] #[autogen(table = \"moved\")] struct M { a: i32 }";
        let manifest = "[package]\nname = \"app\"\n[dependencies]\nkit = { path = \"kit\" }";
        let files = [
            ("Cargo.toml", manifest),
            ("src/lib.rs", text),
            ("kit/Cargo.toml", "[package]\nname = \"kit\""),
            ("kit/src/lib.rs", if scope.is_empty() { "" } else { kit }),
        ];
        let problems = read_files(&files, scope).unwrap_err();
        let [one] = &problems[..] else { panic!("{}", shown(&problems)) };
        assert_eq!(one.code, "A0116");
        one.message.clone()
    };
    assert_eq!(message("struct A;", ""), "no models found");
    let likely = "foreign::entities!(); #[foreign::entity] fn f() {}";
    assert_eq!(
        message(likely, ""),
        "no models found\n  not read: src/lib.rs:1:10: the macro `foreign::entities!`: it is \
         defined elsewhere"
    );
    let found = message("#[derive(foreign::Entity)] struct A;", "");
    assert!(found.contains("src/lib.rs:1:35: the type `A`: the output of the derive"), "{found}");
    let found = message("", "src");
    assert!(found.contains("the model of `moved`: it is outside of `src`"), "{found}");
    let found = message(&"foreign::a!();\n".repeat(6), "");
    assert!(found.ends_with("\n  not read: 1 more place"), "{found}");
    let found = message(&"foreign::a!();\n".repeat(7), "");
    assert!(found.ends_with("\n  not read: 2 more places"), "{found}");
    assert_eq!(found.lines().count(), 7, "{found}");
}

#[test]
fn a_file_under_an_attribute_macro_is_listed() {
    let lib = "mod more; #[derive(Autogen)] #[autogen(table = \"a\")] struct A { a: i32 }";
    for line in ["#![my::gen]", "#![cfg_attr(all(), my::gen)]"] {
        let more = format!("{line}\npub struct S;");
        let declared = project("", &[("src/lib.rs", lib), ("src/more.rs", &more)]);
        let [item] = &declared.unread[..] else { panic!("{:?}", declared.unread) };
        assert_eq!((item.origin.file.as_str(), item.bearing), ("src/more.rs", Bearing::Likely));
    }
    let plain = "#![allow(dead_code)]\n#![rustfmt::skip]\n#![doc(hidden)]\npub struct S;";
    let declared = project("", &[("src/lib.rs", lib), ("src/more.rs", plain)]);
    assert!(declared.unread.is_empty(), "{:?}", declared.unread);
}
