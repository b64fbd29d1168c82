//! Macros, attributes and derives: what is expanded, known, or listed.

use crate::common::{PLAIN, project, table, tables, unread, with};
use autogen_schema::Bearing;

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
    // The position is that of the call.
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
        ("macro_rules! a { (b) => {} } a!(c);", "its expansion cannot be determined"),
        ("macro_rules! a { () => { a!(); } } a!();", "without end"),
        ("macro_rules! a { ($e:expr) => { $e } } a!(1);", "is not a list of items"),
        (
            "lazy_static! { static ref A: B = derive!(DeriveEntityModel); }",
            "the macro `lazy_static!`",
        ),
        ("automod::dir!(\"nothere\");", "`automod::dir!`: no module can be seen in `nothere`"),
        ("include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\"));", "known only when it is compiled"),
        (
            "#[entity] struct User { id: i32 }",
            "the struct `User`: the effect of the attribute `#[entity]`",
        ),
        ("#[my::entity] #[derive(Serialize)] struct User { id: i32 }", "`#[my::entity]`"),
        ("use my::entity; #[entity] #[derive(Serialize)] struct User {}", "`#[entity]`"),
        ("#[entities] mod users { struct User; }", "the module `users`"),
        ("#[derive(Mine)] #[sea_orm(table_name = \"x\")] struct User;", "it names a table"),
        ("fn f() { #[derive(DeriveEntityModel)] struct Model; }", "in the body of a function"),
        ("const _: () = { #[derive(Autogen)] struct Model; };", "in the body of a function"),
        ("impl T { fn f() { entity! { table_name } } }", "the macro `entity!`: it is in the body"),
        // Inside another item.
        ("const _: () = foo! { table_name };", "the macro `foo!`: it is in"),
        ("const _: () = foreign::entities! { users };", "the macro `entities!`"),
        (
            "static A: X = LazyLock::new(|| foo! { #[derive(Autogen)] struct A; });",
            "the macro `foo!`: it is in",
        ),
        ("type X = foo! { DeriveEntityModel };", "the macro `foo!`: it is in"),
        ("pub struct X(foo! { Autogen });", "the macro `foo!`: it is in"),
        ("union X { a: foo! { Autogen } }", "the macro `foo!`: it is in"),
        ("impl X { foo! { table_name } }", "the macro `foo!`: it is in"),
        ("trait X { foo! { table_name } }", "the macro `foo!`: it is in"),
        ("extern \"C\" { foo! { table_name } }", "the macro `foo!`: it is in"),
        ("struct X([u8; { #[derive(Autogen)] struct A; 1 }]);", "the struct `A`: it is in"),
        (
            "fn f() { struct X([u8; { mod m { #[derive(Autogen)] struct A; } 1 }]); }",
            "the struct `A`: it is in",
        ),
        (
            "enum X { A = { mod m { #[derive(DeriveEntityModel)] struct M; } 1 } }",
            "the struct `M`: it is in",
        ),
        ("enum X { A = { foo! { table_name } } }", "the macro `foo!`: it is in"),
        ("struct X([u8; { mod files; 1 }]);", "the module `files`: it is in"),
        ("impl X { default fn f() { foo! { table_name } } }", "the macro `foo!`: it is in"),
        ("impl X { fn f(a: table_name); }", "an item: the parser does not support this form"),
        // Constants that exist only for what they declare, and words that mention entities.
        ("const X: () = my::entities!(a);", "the macro `entities!`: it is defined elsewhere"),
        ("static X: () = entities!(a);", "the macro `entities!`: it is defined elsewhere"),
        ("impl A { const X: () = entities!(a); }", "the macro `entities!`"),
        ("fn f() { my::entities!(sea_orm a); }", "the macro `entities!`"),
        ("const X: u8 = my::entities!(sea_orm a);", "the macro `entities!`"),
        // Arguments are compiled where they stand.
        (
            "fn f() { println!(\"{}\", { #[derive(Autogen)] struct A; 1 }); }",
            "the struct `A`: it is in the body",
        ),
        (
            "fn f() { tracing::info!(%{ #[derive(Autogen)] struct A; 1 }); }",
            "the macro `info!`: it is in the body",
        ),
        ("fn f() { vec![entity!(#[derive(Autogen)] A)]; }", "the macro `entity!`: it is in"),
        (
            "fn f() { vec![make!(); 2]; } \
             macro_rules! make { () => { #[derive(Autogen)] struct A; } }",
            "the macro `vec!`: it is in the body",
        ),
        // Macros of the project, wherever they are defined and whatever they call.
        (
            "mod a { pub fn f() { make!(users); } }
             macro_rules! make { ($n:ident) => { inner!($n) } }
             macro_rules! inner { ($n:ident) => { #[derive(DeriveEntityModel)] struct $n; } }",
            "the macro `make!`: it is in the body",
        ),
        (
            "macro_rules! inner { () => { #[derive(Autogen)] struct A; } }
             macro_rules! call { ($n:ident) => { $n!() } } fn f() { call!(inner) }",
            "the macro `call!`: it is in the body",
        ),
        (
            "use sea_orm::DeriveEntityModel as E; fn f() { make!() }
             macro_rules! make { () => { #[derive(E)] struct A; } }",
            "the macro `make!`: it is in the body",
        ),
        ("fn f() { include!(\"a.rs\"); }", "the macro `include!`: it is in the body"),
        ("fn f() { mod files; }", "the module `files`: it is in the body"),
        // Unknown derives and attributes.
        (
            "#[derive(Clone, foreign::MyEntity)] struct A { a: u8 }",
            "the type `A`: the output of the derive `foreign::MyEntity` is unknown",
        ),
        ("use foreign::Entity; #[derive(Entity)] enum A { B }", "the derive `Entity`"),
        ("#[derive(MyEntity)] union A { a: u8 }", "the derive `MyEntity`"),
        (
            "#[foreign::entity] fn users() {}",
            "an item: the effect of the attribute `#[foreign::entity]`",
        ),
        ("#[entities] impl Users { fn f() {} }", "the effect of the attribute `#[entities]`"),
        ("#[entities] const A: u8 = 1;", "the effect of the attribute `#[entities]`"),
        ("#[entities] #[derive(Clone)] enum A { B }", "the effect of the attribute `#[entities]`"),
        ("#[entities] trait A {}", "the effect of the attribute `#[entities]`"),
        ("#[entities] type A = u8;", "the effect of the attribute `#[entities]`"),
        ("const _: () = { foreign::entities! { users } };", "the macro `entities!`"),
        ("#[cfg_attr(unix, derive(MyEntity))] struct A;", "the derive `MyEntity`"),
        // A macro is identified by its origin.
        ("use my_macros::Entity as Serialize; #[derive(Serialize)] struct A;", "the derive `Ser"),
        ("use my_macros::Serialize; #[derive(Serialize)] struct A;", "the derive `Serialize`"),
        ("use m::E as Debug; #[derive(Debug)] struct A;", "the derive `Debug`"),
        (
            "mod p { pub use my_macros::Entity as Serialize; } use p::*; \
             #[derive(Serialize)] struct A;",
            "the derive `Serialize`",
        ),
        ("use my_macros::shape as inline; #[inline] fn f() {}", "the attribute `#[inline]`"),
        ("use my_macros::entities as i18n; i18n! { users }", "the macro `i18n!`"),
        ("mod m { pub use x::e as i18n; } use m::i18n; i18n! { users }", "the macro `i18n!`"),
        ("paste! { entity! { users } }", "the macro `paste!`"),
        ("paste! { #[derive([<Derive Thing>])] enum A {} }", "the macro `paste!`"),
        ("use paste::paste as p; p! { mod [<a b>]; }", "the macro `p!`"),
        // A glob import may bring an attribute macro.
        (
            "use my_macros::*; #[derive(Serialize)] #[shape] struct A;",
            "the struct `A`: the effect of the attribute `#[shape]`",
        ),
        (
            "#[my::attr] #[derive(DeriveActiveEnum)] #[sea_orm(rs_type = \"i32\", db_type = \
             \"Integer\")] enum A { #[sea_orm(num_value = 1)] B }",
            "the enum `A`: the effect of the attribute `#[my::attr]`",
        ),
        ("#[cfg_attr(unix, cfg_attr(x, entity))] fn f() {}", "the attribute `#[entity]`"),
        // Files that may be missing.
        (
            "#[cfg(unix)] mod b;",
            "models.rs:2:18: the file of module `b`: it is missing, and is required only under \
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
        "const X: u8 = my::value!(a); fn f() { json!({\"a\": any!(b)}); println!(\"{}\", any!(c)); }",
        "const _: () = assert!(any!(A) < 1); const B: &str = concat!(\"table_name\");",
        "const _: () = { assert!(A < 1); fn f() { my_log!() } impl A { fn f() { my_log!() } } };",
        "use x::serde::Serialize; use sea_orm::DeriveActiveEnum as E; #[derive(Serialize)] struct A;",
        "mod p { pub use serde::Serialize as S; } use p::S; #[derive(S)] struct A;",
        "use my_macros::*; #[derive(Serialize, Validate)] #[serde(x)] struct A { #[serde(y)] a: u8 }",
        "use crate::error; mod error {} #[derive(Error)] #[error(\"x\")] struct A;",
        "mod m { use super::*; use Color::*; #[derive(Serialize)] #[any] enum Color { Red } }",
        "paste::paste! { #[doc = \"x\"] impl A { #[inline] fn [<a b>]() { if !a != b { println!(\"{}\", vec![1]) } } } }",
        "mock! { pub A { fn f(&self) -> u8; } } use tokio::task_local as local; local! { a }",
        "seaography::register_entity_modules!([users, posts]);",
        "error_chain! { errors { A } } construct_uint! { pub struct U256(4); }",
        "const _: &str = concatcp!(\"a\", table_name); const A: &str = const_format::formatcp!(\"a\");",
        "#[derive(Clone, Debug, EncodeLabelSet)] struct A; std::cfg_select! { unix => {} _ => {} }",
    ] {
        assert_eq!(unread(text), "", "{text}");
    }
}

/// An attribute may change the columns of a model; on other structs it hardly matters.
#[test]
fn attributes_that_a_glob_import_may_bring() {
    let text = "mod p { pub use my_macros::*; } use p::*; #[derive(Autogen)] #[shape] \
                #[autogen(table = \"a\")] struct A { a: i32 } #[derive(Error)] #[shape] struct B;";
    let declared = with(text);
    let told: Vec<String> = declared.unread.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("the struct `A`: the effect of the attribute `#[shape]`"), "{told:?}");
    assert_eq!(declared.unread[0].bearing, Bearing::Likely);
    assert_eq!(declared.unread[0].table, Some("a".into()));
    assert!(told[1].contains("the struct `B`: the effect of the attribute `#[shape]`"), "{told:?}");
    assert_eq!(declared.unread[1].bearing, Bearing::Unlikely);
}

/// A manifest may rename a crate.
#[test]
fn crates_by_other_names() {
    let lib = format!(
        "{PLAIN} #[derive(serde::Serialize)] struct A; use serde::Serialize; \
         #[derive(Serialize)] struct B; lazy_static::lazy_static! {{ a }} #[ser::x] fn f() {{}}"
    );
    let told = |manifest: &str| {
        let unread = project(manifest, &[("src/lib.rs", &lib)]).unread;
        unread.iter().map(|it| it.what.clone()).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(told(""), "an item");
    assert_eq!(told("[dependencies]\nser = { package = \"serde\", version = \"1\" }"), "");
    let evil = "[dependencies]\nserde = { package = \"evil\", version = \"1\" }\n\
                lazy_static = { package = \"evil2\", git = \"x\" }";
    assert_eq!(
        told(evil),
        "the type `A`, the type `B`, the macro `lazy_static::lazy_static!`, an item"
    );
}

/// Well-known names have another meaning if a crate with all its macros is in scope.
#[test]
fn names_that_a_crate_may_redefine() {
    let calls = "thread_local! { static A: u8 = 1; } mod m { lazy_static! { a } }";
    let listed = |text: &str| {
        let found = unread(text);
        assert_eq!(found.matches("`evil` may define it").count(), found.lines().count(), "{found}");
        found.lines().count()
    };
    let every = "#[macro_use] extern crate evil;";
    for (text, expected) in [
        (format!("{every} {calls}"), 2),
        (format!("{calls} {every}"), 2),
        (format!("#[macro_use] extern crate evil as serde; {calls}"), 2),
        (format!("#[cfg_attr(unix, macro_use)] extern crate evil; {calls}"), 2),
        (format!("#[macro_use(lazy_static, other)] extern crate evil; {calls}"), 1),
        (format!("#[macro_use(other)] extern crate evil; {calls}"), 0),
        (format!("extern crate evil; {calls}"), 0),
        (format!("#[cfg(test)] {every} {calls}"), 0),
        (format!("#[macro_use] extern crate serde as evil; {calls}"), 0),
        (format!("{every} std::thread_local! {{ a }} lazy_static::lazy_static! {{ a }}"), 0),
        (format!("{every} use lazy_static::lazy_static; lazy_static! {{ a }}"), 0),
        (format!("{every} fn f() {{ thread_local! {{ a }} }}"), 0),
    ] {
        assert_eq!(listed(&text), expected, "{text}");
    }
    let known =
        ["std", "core", "alloc", "sea_orm", "serde", "log", "tracing", "lazy_static", "diesel"];
    for name in known {
        assert_eq!(listed(&format!("#[macro_use] extern crate {name}; {calls}")), 0, "{name}");
    }
    // A crate of the workspace is read; a renamed one keeps its identity.
    let lib = format!("{PLAIN} #[macro_use] extern crate kit; {calls}");
    let told = |manifest: &str, kit: &str| {
        let files = [("src/lib.rs", lib.as_str()), ("kit/Cargo.toml", kit), ("kit/src/lib.rs", "")];
        project(manifest, &files).unread.len()
    };
    let of_path = "[dependencies]\nkit = { path = \"kit\" }";
    assert_eq!(told(of_path, "[package]\nname = \"kit\""), 0);
    assert_eq!(told(of_path, "[package]\nname = \"kit\"\n[lib]\nproc-macro = true"), 2);
    assert_eq!(told("[dependencies]\nkit = { package = \"log\", version = \"1\" }", ""), 0);
    assert_eq!(told("[dependencies]\nkit = \"1\"", ""), 2);
}

/// A derive of the workspace is harmless if its crate mentions no entity.
#[test]
fn derives_of_the_workspace() {
    let manifest =
        "[workspace]\nmembers = [\"macros\"]\n[dependencies]\nmacros = { path = \"macros\" }";
    let own = "[package]\nname = \"macros\"\n[lib]\nproc-macro = true";
    let lib = format!("{PLAIN} #[derive(macros::Mine)] struct A; #[mark] fn f() {{}}");
    let named = lib.replace("#[mark]", "#[mark(path = \"src/e.rs\")]");
    let told_of = |lib: &str, makes: &str| {
        let macros = format!(
            "#[proc_macro_derive(Mine, attributes(mine))] pub fn mine(a: T) -> T {{ {makes} }}
             #[proc_macro_attribute] pub fn mark(a: T, b: T) -> T {{ b }}"
        );
        let files = [
            ("src/lib.rs", lib),
            ("src/e.rs", "#[derive(DeriveEntityModel)] struct Model;"),
            ("macros/Cargo.toml", own),
            ("macros/src/lib.rs", &macros),
        ];
        project(manifest, &files).unread.len()
    };
    let told = |makes: &str| told_of(&lib, makes);
    assert_eq!(told("quote! { impl Named for A {} }"), 0);
    // Its tokens may mention entities, and so may the files it reads.
    assert_eq!(told_of(&named, "quote! { impl Named for A {} }"), 1);
    assert_eq!(told("std::fs::read_to_string(name).parse()"), 2);
    assert_eq!(told("quote! { #[derive(DeriveEntityModel)] struct Model; }"), 2);
}

/// The content of a file that a macro reads counts like its tokens.
#[test]
fn entities_in_a_file_that_a_macro_reads() {
    let entity = "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"e\")] struct Model {}";
    let listed = |text: &str, e: &str| {
        let lib = format!("{PLAIN}{text}");
        let files = [("src/lib.rs", lib.as_str()), ("src/e.rs", e), ("src/e.txt", e)];
        let unread = project("", &files).unread;
        unread.iter().map(|it| format!("{it} {:?}\n", it.bearing)).collect::<String>()
    };
    for (text, expected) in [
        ("my::entities!(include_str!(\"e.rs\"));", "src/lib.rs:2:5: the macro `my::entities!`"),
        ("fn f() { my::entities!(include_str!(\"e.txt\")); }", "src/lib.rs:2:14: the macro `ent"),
        ("const A: X = my::entities!(\"src/e.rs\");", "src/lib.rs:2:18: the macro `entities!`"),
        ("#[my::gen(path = \"src/e.rs\")] fn f() {}", "src/lib.rs:2:1: an item: the effect"),
        ("#[my::gen(include_str!(\"e.txt\"))] impl A {}", "src/lib.rs:2:1: an item: the effect"),
        (
            "#[derive(my::Gen)] #[gen(path = \"e.rs\")] enum A {}",
            "the type `A`: the output of the derive",
        ),
        ("#[cfg_attr(unix, my::gen(\"e.rs\"))] fn f() {}", "an item: the effect of the attribute"),
    ] {
        let found = listed(text, entity);
        assert!(found.contains(expected) && found.ends_with(" Likely\n"), "{text}\n{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    for text in [
        "fn f() { my::page!(include_str!(\"e.rs\")); }",
        "lazy_static! { static ref A: &'static str = include_str!(\"e.rs\"); }",
        "const A: &str = include_str!(\"e.rs\");",
        "fn f() { my::page!(\"e.txt\") }",
    ] {
        assert_eq!(listed(text, "pub fn page() {}"), "", "{text}");
    }
    for text in [
        "lazy_static! { static ref A: &'static str = include_str!(\"e.rs\"); }",
        "const A: &str = include_str!(\"e.rs\");",
        "#[doc = include_str!(\"e.rs\")] fn f() { println!(\"{}\", include_str!(\"e.rs\")); }",
        "fn f() { sqlx::query!(include_str!(\"e.rs\")); my::page!(\"e.txt\"); }",
    ] {
        assert_eq!(listed(text, entity), "", "{text}");
    }
    // An unreadable file may contain one.
    let found =
        listed("fn f() { my::page!(include_str!(concat!(env!(\"OUT_DIR\"), \"/x\"))); }", "");
    assert!(found.ends_with("a file that may declare entities Unlikely\n"), "{found}");
    assert!(listed("#[my::gen(\"no.rs\")] fn f() {}", "").ends_with(" Likely\n"));
}

#[test]
fn derives_by_another_name() {
    let text = "use sea_orm::DeriveEntityModel as Entity; use sea_autogen::Autogen as A;
        mod m { use super::Entity; #[derive(Entity)] #[sea_orm(table_name = \"m\")] struct Model { a: i32 } }
        #[derive(A)] #[autogen(table = \"n\")] struct N { a: i32 }";
    assert_eq!(tables(&with(text)), "m n t");
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
