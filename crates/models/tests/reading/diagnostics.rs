//! Each diagnostic, with its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{field_problems, problems, read_files};
use autogen_models::{Content, Diagnostic, EXPLANATIONS, Features, Options, read_sources};

fn model(body: &str) -> String {
    format!("#[derive(Autogen)] #[autogen(table = \"t\")]\nstruct T {{ {body} }}")
}

#[test]
fn of_one_file() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("struct {}", "A0101 1:8 expected identifier"),
        ("struct A {", "A0101 1:10 a bracket, a quote or a comment is not closed"),
        (&model("#[autogen(defalt = 1)] a: i32"), "A0102 2:22 unknown key `defalt`"),
        (&model("#[autogen(name = 1)] a: i32"), "A0103 2:29 `name` takes a string"),
        (
            &model("#[sea_orm(column_type = \"Txt\")] a: i32"),
            "A0104 2:36 `Txt` is not a column type",
        ),
        (
            &model("a: Unknown"),
            "A0105 2:12 the column type of `t.a` is unknown: its type `Unknown` is not declared where it is used",
        ),
        (
            &model("a: other_crate::Thing<i32>"),
            "A0105 2:12 the column type of `t.a` is unknown: its type `other_crate::Thing<i32>` comes from the crate `other_crate`",
        ),
        (
            &format!("struct Mine;{}", model("a: Mine")),
            "A0105 2:12 the column type of `t.a` is unknown: its type `Mine` derives neither",
        ),
        (
            &model("a: Option<kind!()>"),
            "A0105 2:12 the column type of `t.a` is unknown: its type `kind!()`",
        ),
        (&model("#[sea_orm(default_expr = \"f()\")] a: i32"), "A0106 2:37 the SQL of `f()`"),
        (&model("#[sea_orm(extra = \"WHAT\")] a: i32"), "A0107 2:30 `WHAT` in `extra`"),
        (
            "#[derive(DeriveEntityModel)] struct Model { id: i32 }",
            "A0108 1:37 `Model` does not name its table",
        ),
        (&model("a: i32, #[autogen(column = \"a\")] b: i32"), "A0109 2:45 `t` has two columns `a`"),
        (
            &format!("#[autogen(index(columns = [\"b\"]))] {}", model("a: i32")),
            "A0110 1:28 `t` has no column `b`",
        ),
        (
            "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { id: i32 }\nenum Relation { A } impl RelationTrait for Relation {}",
            "A0111 2:21 this relation is written in a form",
        ),
        (
            "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { id: i32 }\n#[derive(DeriveRelation)] enum Relation { #[sea_orm(belongs_to = \"super::u::Entity\", from = \"Column::Id\", to = \"Column::Id\")] A }",
            "A0112 2:127 the entity `super::u::Entity` can't be found",
        ),
        (
            "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { id: i32 }\n#[derive(DeriveRelation)] enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"Column::Idd\", to = \"Column::Id\")] A }",
            "A0110 2:118 `t` has no `Column::Idd`",
        ),
        (
            "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { id: i32 }\n#[derive(DeriveRelation)] enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"(Column::Id, Column::Id)\", to = \"Column::Id\")] A }",
            "A0113 2:131 2 columns reference 1",
        ),
        (
            "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { id: i32 }\n#[derive(DeriveRelation)] enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"Column::Id\", to = \"(Column::Id, Column::Id)\")] A }",
            "A0113 2:131 1 column references 2",
        ),
        (
            &format!("{}\nmod b {{ {} }}", model("a: i32"), model("a: i32")),
            "A0114 4:8 `T` is a second model of the table `t`",
        ),
        (
            &model("#[autogen(foreign_key(references = \"u(id)\"))] a: i32"),
            "A0115 2:22 no model declares the table `u`",
        ),
        (
            &model("#[autogen(foreign_key(references = \"t(id)\"))] a: i32"),
            "A0110 2:22 `t` has no column `id`",
        ),
        ("struct Model;", "A0116 0:0 no models found"),
        (
            &format!("#[derive(DeriveActiveEnum)] enum E {{ A }} {}", model("a: E")),
            "A0117 1:34 `E` has no `db_type`",
        ),
        (
            &format!("#[derive(DeriveValueType)] struct V {{ a: i32 }} {}", model("a: V")),
            "A0118 1:35 `V` is not a value type",
        ),
        (
            &model("#[autogen(generated = \"1\", default = 1)] a: i32"),
            "A0119 2:22 `a` is generated and has a default",
        ),
        (&model("#[autogen(unsigned)] a: bool"), "A0119 2:33 `a` is unsigned, but not an integer"),
        (
            &format!("mod gone; {}", model("a: i32")),
            "A0121 1:5 the file of module `gone` is missing",
        ),
        (
            "#[derive(Autogen)] #[autogen(table = \"t\")] struct T(i32);",
            "A0122 1:51 `T` has no named fields",
        ),
        (
            &format!(
                "#[derive(DeriveActiveEnum)] #[sea_orm(db_type = \"Enum\", enum_name = \"e\", rename_all = \"lowercase\")] enum E {{ A }} mod m {{\n#[derive(DeriveActiveEnum)] #[sea_orm(db_type = \"Enum\", enum_name = \"e\", rename_all = \"lowercase\")] pub enum E {{ B }} }} {}",
                model("a: E, b: m::E")
            ),
            "A0123 2:110 another enum `e` has other labels",
        ),
        (
            &format!(
                "#[autogen(index(name = \"x\", columns = \"a\"), unique(name = \"x\", columns = \"a\"))] {}",
                model("a: i32")
            ),
            "A0124 1:59 `t` has two objects named `x`",
        ),
        (
            &model("#[autogen(name = \"x\", name = \"y\")] a: i32"),
            "A0126 2:34 `name` is given twice",
        ),
        (
            &format!("#[autogen(index(columns = [\"(a\"]))] {}", model("a: i32")),
            "A0127 1:28 `(a` is no part of an index",
        ),
    ] {
        let found = problems(text);
        if found.len() != 1 || !found[0].starts_with(expected) {
            wrong.push(format!("{text}\nexpected {expected}\nfound    {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn all_at_once_and_in_order() {
    let found = problems(
        "#[derive(Autogen)] #[autogen(table = \"t\", what = 1)]\nstruct A { #[autogen(x)] a: i32, b: Nope }\n#[derive(Autogen)]\nstruct B { b: i32 }",
    );
    let codes: Vec<&str> = found.iter().map(|line| &line[..5]).collect();
    assert_eq!(codes, ["A0102", "A0102", "A0105", "A0108"]);
}

#[test]
fn of_places() {
    let error = |files: &[(&str, &str)], path: &str| -> Diagnostic {
        let mut found = read_files(files, path).unwrap_err();
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    };
    assert_eq!(error(&[], "").code, "A0120");
    assert_eq!(error(&[], "nothing.rs").origin.file, "nothing.rs");
    assert_eq!(error(&[("a/x.txt", "")], "a").code, "A0120");
    let broken = error(&[("Cargo.toml", "[package]\nname = ")], "");
    assert_eq!((broken.code, broken.origin.line), ("A0125", 2));
    let empty = error(&[("Cargo.toml", "[package]\nname = \"a\""), ("src/lib.rs", "mod b {}")], "");
    assert_eq!(empty.code, "A0116");
    assert!(empty.to_string().contains("hint: "));
}

#[test]
fn nothing_panics() {
    let model = "#[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = \"t\")] #[autogen(index(columns = [\"é with ü\"]))] pub struct Model { #[sea_orm(primary_key, column_type = \"String(StringLen::N(5))\", extra = \"CHECK (é > '\\u{1F600}')\")] pub é: Option<Vec<super::X>>, }";
    let letters: Vec<char> = model.chars().collect();
    for end in 0..letters.len() {
        let cut: String = letters[..end].iter().collect();
        let _ = crate::common::try_read(&cut);
        let mut without = letters.clone();
        without.remove(end);
        let text: String = without.iter().collect();
        let _ = crate::common::try_read(&text);
    }
    for name in ["", "/", "..", "../..", "a/../../b.rs", "é.rs"] {
        let _ = read_files(&[("é.rs", model)], name);
    }
}

#[test]
fn a_misspelt_key_of_sea_orm_counts_only_where_the_struct_is_whole() {
    assert!(field_problems("#[sea_orm(primry_key)] a: i32")[0].starts_with("A0102"));
    let partial = "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"t\")] struct Model { #[sea_orm(primry_key)] a: i32 }";
    assert!(crate::common::try_read(partial).is_ok());
}

#[test]
fn an_entity_tells_sea_orm_what_its_queries_need() {
    for ours in ["column = \"c\"", "skip", "primary_key"] {
        let found = field_problems(&format!("#[autogen({ours})] a: i32, b: i32"));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("A0119 3:11"), "{}", found[0]);
    }
    let found = problems(
        "#[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = \"t\")] #[autogen(table = \"u\")] struct Model { a: i32 }",
    );
    assert!(found[0].starts_with("A0119"), "{found:#?}");
}

/// A0140 is a warning, which the command gives.
#[test]
fn an_entity_without_a_key_is_noted() {
    let derives = "#[derive(DeriveEntityModel, Autogen)] #[sea_orm(table_name = \"t\")]";
    let read = |field: &str| {
        let model = format!("{derives} struct Model {{ {field} a: i32 }}");
        crate::common::try_read(&model).unwrap().keyless.len()
    };
    assert_eq!((read(""), read("#[sea_orm(primary_key)]")), (1, 0));
}

#[test]
fn every_code_is_used_in_a_test() {
    let here =
        [include_str!("diagnostics.rs"), include_str!("dialects.rs"), include_str!("writing.rs")];
    let here = here.concat();
    let missing: BTreeSet<&str> =
        EXPLANATIONS.iter().map(|(code, _, _)| *code).filter(|code| !here.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn files_on_disk() {
    let folder = std::env::temp_dir().join(format!("autogen-models-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
    std::fs::write(
        folder.join("src/lib.rs"),
        "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32 }",
    )
    .unwrap();
    let files = autogen_models::Directory::new(&folder);
    let declared = read_sources(&files, &Options::default());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(declared.unwrap().origins[&"t".into()].file, "src/lib.rs");
}

/// A0132: a feature that Cargo rejects is an error.
#[test]
fn a_feature_that_is_nowhere() {
    let files: BTreeMap<String, String> = [
        ("Cargo.toml", "[package]\nname = \"x\"\n[features]\non = []"),
        ("src/lib.rs", "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32 }"),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into();
    let read = |name: &str| {
        let features = Features { on: vec![name.to_owned()], ..Features::default() };
        let found = read_sources(&files, &Options { features, ..Options::default() });
        found.map(drop).map_err(|problems| problems[0].to_string())
    };
    assert_eq!(read("on"), Ok(()));
    let message = "no crate of the models has the feature `On`";
    assert!(read("On").is_err_and(|it| it.contains("A0132") && it.contains(message)));
    assert!(read("other/on").is_err());
}

/// A0128, A0129: an unreadable file is not absent, and no file overflows the stack.
#[test]
fn files_that_can_not_be_read() {
    let declared = "mod other;\n#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32 }";
    let read = |other: Content| {
        let files: BTreeMap<String, Content> = [
            ("src/lib.rs", Content::Text(declared.to_owned())),
            ("Cargo.toml", Content::Text("[package]\nname = \"x\"".to_owned())),
            ("src/other.rs", other),
        ]
        .map(|(path, content)| (path.to_owned(), content))
        .into();
        read_sources(&files, &Options::default()).map_err(|problems| {
            let codes: Vec<String> =
                problems.iter().map(|it| format!("{} {}", it.code, it.origin.file)).collect();
            codes.join(" ")
        })
    };
    assert!(read(Content::Text(String::new())).is_ok());
    let latin = Content::of(b"// caf\xe9\nstruct A;".to_vec());
    assert_eq!(latin, Content::Unreadable("it is not UTF-8 (line 1)".to_owned()));
    assert_eq!(read(latin), Err("A0128 src/other.rs".to_owned()));
    let large = Content::of(vec![b' '; 9 << 20]);
    assert_eq!(read(large), Err("A0128 src/other.rs".to_owned()));
    for (open, inner, close) in [
        ("const A: u8 = (", "1", ");"),
        ("(", "1", ")"),
        ("Option<", "u8", ">"),
        ("mod a {", "", "}"),
        ("!", "true", ""),
        ("&", "1", ""),
        ("if a {} else ", "{}", ""),
        ("|| ", "1", ""),
        ("fn() -> ", "u8", ""),
        ("a = ", "1", ""),
        ("1 + ", "1", ""),
        ("return ", "1", ""),
        ("'a: ", "loop {}", ""),
        ("&mut ", "1", ""),
        ("a.b().c ", "", ""),
    ] {
        for depth in [200, 3000, 20_000] {
            let nested = open.repeat(depth) + inner + &close.repeat(depth);
            for text in [
                format!("const A: u8 = {nested};"),
                format!("type A = {nested};"),
                format!("fn f() {{ {nested}; }}"),
                nested.clone(),
            ] {
                let found = read(Content::Text(text));
                let deep = depth > 4000;
                let syntax = |codes: &String| {
                    codes.split(' ').step_by(2).all(|it| it == "A0101" || (deep && it == "A0129"))
                };
                let refused = found.as_ref().is_err_and(|codes| codes.starts_with("A0129"));
                assert!(
                    refused || (found.is_ok() || found.as_ref().is_err_and(syntax)),
                    "{open} {depth} {found:?}"
                );
                assert!(!deep || found.is_err(), "{open} {depth}");
            }
        }
    }
    // Each file includes the one before it twice.
    let twice = |at: usize| {
        let next = format!("#[path = \"f{}.rs\"] mod a; include!(\"f{}.rs\");", at + 1, at + 1);
        (format!("src/f{at}.rs"), Content::Text(next))
    };
    let mut files: BTreeMap<String, Content> = (0..40).map(twice).collect();
    files.insert("src/lib.rs".to_owned(), Content::Text("mod f0;".to_owned()));
    files.insert("Cargo.toml".to_owned(), Content::Text("[package]\nname = \"x\"".to_owned()));
    let problems = read_sources(&files, &Options::default()).unwrap_err();
    assert_eq!(problems.iter().filter(|it| it.code == "A0129").count(), 1, "{problems:?}");
    // rustc rejects both files.
    let mut files: BTreeMap<String, Content> =
        ["src/a.rs", "src/a/mod.rs"].map(|it| (it.to_owned(), Content::Text(String::new()))).into();
    files.insert("src/lib.rs".to_owned(), Content::Text("mod a;".to_owned()));
    files.insert("Cargo.toml".to_owned(), Content::Text("[package]\nname = \"x\"".to_owned()));
    let problems = read_sources(&files, &Options::default()).unwrap_err();
    assert!(
        problems.iter().any(|it| it.message.contains("has two files: src/a.rs and src/a/mod.rs")),
        "{problems:?}"
    );
    let endless = "#[path = \"other.rs\"] mod again;";
    assert_eq!(read(Content::Text(endless.to_owned())), Err("A0129 src/other.rs".to_owned()));
}

/// A0130, A0131
#[test]
fn what_nobody_can_know_is_an_error() {
    let found = problems(
        "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: i32, #[cfg(unix)] b: i32 }",
    );
    assert_eq!(found, ["A0130 1:76 whether `T.b` exists depends on `cfg(unix)`"]);
    let found = problems(
        "#[derive(Autogen)] #[autogen(table = \"t\")] struct T { #[cfg_attr(unix, autogen(unique))] a: i32 }",
    );
    assert!(found[0].starts_with("A0130"), "{found:?}");
    let found = problems(
        "#[cfg(unix)] type I = i32; #[cfg(not(unix))] type I = i64; \
         #[derive(Autogen)] #[autogen(table = \"t\")] struct T { a: I }",
    );
    assert!(found[0].starts_with("A0105") && found[0].contains("cfg(unix)"), "{found:?}");
    let found = problems(
        "#[derive(DeriveEntity)] #[sea_orm(table_name = \"t\")] struct Entity;
         #[derive(DeriveModel)] struct Model { id: i32 }
         #[derive(DeriveColumn)] enum Column { Id }
         impl ColumnTrait for Column { fn def(&self) -> ColumnDef { match self { Self::Id => integer() } } }",
    );
    assert!(found[0].starts_with("A0131"), "{found:?}");
}
