//! The attributes of one field.

use autogen_schema::{
    Default, Expr as Sql, Generated, GeneratedStorage, Identity, Literal, SequenceOptions,
};
use proc_macro2::Span;
use syn::spanned::Spanned;

use crate::attr::{Item, Value, items_of, once};
use crate::codes::{BAD_VALUE, COLUMN_TYPE, CONTRADICTION, DEFAULT, EXTRA};
use crate::column_type::{TypeDecl, parse_text};
use crate::diagnostic::Findings;
use crate::extra::{self, Clause};
use crate::{default, sql};

/// The keys of `#[autogen(..)]` on a field.
pub(crate) const FIELD_KEYS: &[&str] = &[
    "name",
    "column",
    "column_type",
    "sql_type",
    "collation",
    "charset",
    "default",
    "default_sql",
    "generated",
    "stored",
    "virtual",
    "identity",
    "serial",
    "auto_increment",
    "check",
    "unique",
    "index",
    "foreign_key",
    "primary_key",
    "nullable",
    "comment",
    "on_update",
    "unsigned",
    "invisible",
    "fill",
    "using",
    "renamed_from",
    "skip",
];

/// The keys of `#[sea_orm(..)]` on a field that holds a column.
const SEA_ORM_KEYS: &[&str] = &[
    "column_type",
    "auto_increment",
    "comment",
    "default_value",
    "default_expr",
    "column_name",
    "enum_name",
    "select_as",
    "save_as",
    "ignore",
    "primary_key",
    "nullable",
    "indexed",
    "unique",
    "unique_key",
    "renamed_from",
    "extra",
    // Read by other derives of SeaORM.
    "nested",
    "skip",
    "alias",
    "from_alias",
    "from_col",
    "from_expr",
    "flatten",
    "arrow_field",
    "arrow_type",
    "arrow_skip",
    "arrow_precision",
    "arrow_scale",
    "arrow_timezone",
    "arrow_timestamp_unit",
    "arrow_comment",
    "arrow_nullable",
];

/// Everything that a field's attributes declare.
#[derive(Debug, Default)]
pub(crate) struct FieldSpec {
    pub(crate) ignore: bool,
    pub(crate) column: Option<String>,
    pub(crate) enum_name: Option<String>,
    pub(crate) ty: Option<TypeDecl>,
    pub(crate) nullable: Option<bool>,
    pub(crate) primary_key: bool,
    pub(crate) auto_increment: Option<bool>,
    pub(crate) identity: Option<(Span, Identity)>,
    pub(crate) default: Option<(Span, Default)>,
    pub(crate) generated: Option<(Span, Generated)>,
    pub(crate) collation: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) on_update: Option<Sql>,
    pub(crate) invisible: bool,
    pub(crate) unsigned: bool,
    pub(crate) comment: Option<String>,
    pub(crate) comment_from_docs: bool,
    pub(crate) indexed: bool,
    pub(crate) unique: bool,
    pub(crate) unique_key: Option<String>,
    pub(crate) renamed_from: Option<String>,
    pub(crate) fill: Option<Sql>,
    pub(crate) using: Option<Sql>,
    /// Unnamed checks from `extra`.
    pub(crate) checks: Vec<(Option<String>, Sql)>,
    /// `check`, `unique`, `index` and `foreign_key`, read with the table.
    pub(crate) objects: Vec<Item>,
}

/// Reads both namespaces of a field; `#[autogen(..)]` wins.
pub(crate) fn read(
    field: &syn::Field,
    (whole, entity): (bool, bool),
    findings: &mut Findings,
) -> FieldSpec {
    let mut spec = FieldSpec::default();
    let items = items_of(&field.attrs, "autogen", findings);
    let ours = |keys: &[&str]| items.iter().any(|item| keys.contains(&item.key.as_str()));
    let (said_default, said_type) =
        (ours(&["default", "default_sql"]), ours(&["sql_type", "column_type"]));
    for item in items_of(&field.attrs, "sea_orm", findings) {
        match item.key.as_str() {
            // A key that is also given in our namespace need not be understood here.
            "default_value" | "default_expr" if said_default => {}
            "column_type" if said_type => {}
            _ => sea_orm(&item, whole, &mut spec, findings),
        }
    }
    once(&items, &["check", "index", "unique", "foreign_key"], findings);
    for item in &items {
        if entity && let Some(instead) = of_sea_orm(&item.key) {
            findings.add(
                item.span,
                CONTRADICTION,
                format!("SeaORM's queries would ignore this `{}`", item.key),
                format!("write `#[sea_orm({instead})]`, which autogen reads too"),
            );
        }
        autogen(item, &mut spec, findings);
    }
    storage(&items, &mut spec, findings);
    contradictions(field, &spec, findings);
    spec
}

/// What an entity must also declare to SeaORM, so that the two agree.
fn of_sea_orm(key: &str) -> Option<&'static str> {
    Some(match key {
        "name" | "column" => "column_name = \"..\"",
        "skip" => "ignore",
        "primary_key" => "primary_key",
        _ => return None,
    })
}

fn sea_orm(item: &Item, whole: bool, spec: &mut FieldSpec, findings: &mut Findings) {
    match item.key.as_str() {
        "ignore" => spec.ignore = true,
        "primary_key" => spec.primary_key = true,
        "nullable" => spec.nullable = Some(true),
        "indexed" => spec.indexed = true,
        "unique" => spec.unique = true,
        "unique_key" => spec.unique_key = item.name(findings),
        "column_name" => spec.column = item.name(findings),
        "enum_name" => spec.enum_name = item.name(findings),
        "renamed_from" => spec.renamed_from = item.name(findings),
        "comment" => spec.comment = item.text(findings),
        "column_type" => spec.ty = column_type(item, findings),
        "auto_increment" => spec.auto_increment = Some(item.flag(findings)),
        "default_value" => {
            let known = match &item.value {
                Value::Expr(value) => default::literal(value),
                Value::Flag | Value::List(_) => None,
            };
            // In SeaORM `default_expr` wins, in any order.
            if let Some(literal) = known {
                if spec.default.is_none() {
                    spec.default = Some((item.span, Default::Literal(literal)));
                }
            } else {
                findings.add(
                    item.value_span(),
                    BAD_VALUE,
                    "`default_value` takes a literal",
                    "write `default_value = 1` or `default_value = \"text\"`",
                );
            }
        }
        "default_expr" => {
            if let Some(text) = item.lit_str(findings) {
                let known =
                    text.parse::<syn::Expr>().ok().and_then(|expr| default::expression(&expr));
                match known {
                    Some(known) => spec.default = Some((item.span, known)),
                    None => findings.add(
                        text.span(),
                        DEFAULT,
                        format!(
                            "the SQL of `{}` cannot be determined without running it",
                            text.value()
                        ),
                        "write the SQL too, which takes precedence: `#[autogen(default_sql = \
                         \"..\")]`",
                    ),
                }
            }
        }
        "extra" => {
            if let Some(text) = item.lit_str(findings) {
                match extra::parse(&text.value()) {
                    Ok(clauses) => apply_extra(clauses, text.span(), spec),
                    Err(rest) => findings.add(
                        text.span(),
                        EXTRA,
                        format!("`{rest}` in `extra` is not understood"),
                        "declare it in `#[autogen(..)]`, and remove it here",
                    ),
                }
            }
        }
        other => {
            if whole && !SEA_ORM_KEYS.contains(&other) {
                item.unknown("#[sea_orm(..)] on a field", &SEA_ORM_KEYS[..17], findings);
            }
        }
    }
}

fn apply_extra(clauses: Vec<Clause>, span: Span, spec: &mut FieldSpec) {
    for clause in clauses {
        match clause {
            Clause::Collate(name) => spec.collation = Some(name),
            Clause::Charset(name) => spec.charset = Some(name),
            Clause::Check(name, expr) => spec.checks.push((name, expr)),
            Clause::Unsigned => spec.unsigned = true,
            Clause::OnUpdate(expr) => spec.on_update = Some(expr),
            Clause::Generated(generated) => spec.generated = Some((span, generated)),
            Clause::Default(value) => spec.default = Some((span, value)),
            Clause::Identity(identity) => spec.identity = Some((span, identity)),
            Clause::Unique => spec.unique = true,
            Clause::NotNull => spec.nullable = Some(false),
            Clause::Null => spec.nullable = Some(true),
            Clause::Invisible => spec.invisible = true,
            Clause::Comment(text) => spec.comment = Some(text),
        }
    }
}

fn column_type(item: &Item, findings: &mut Findings) -> Option<TypeDecl> {
    let text = item.lit_str(findings)?;
    let known = parse_text(text);
    if known.is_none() {
        findings.add(
            text.span(),
            COLUMN_TYPE,
            format!("`{}` is not a column type that can be read", text.value()),
            "name a variant of sea_query::ColumnType with literal arguments, or write the SQL, \
             which takes precedence: `#[autogen(sql_type = \"..\")]`",
        );
    }
    known
}

fn autogen(item: &Item, spec: &mut FieldSpec, findings: &mut Findings) {
    let expr = |findings: &mut Findings| item.name(findings).map(|text| Sql(sql::bare(&text)));
    match item.key.as_str() {
        "name" | "column" => spec.column = item.name(findings),
        "column_type" => spec.ty = column_type(item, findings).or_else(|| spec.ty.take()),
        "sql_type" => {
            if let Some(text) = item.name(findings) {
                let verbatim = autogen_schema::ColumnType::Verbatim(text.trim().to_owned());
                spec.ty = Some(TypeDecl::Known(verbatim));
            }
        }
        "collation" => spec.collation = item.name(findings),
        "charset" => spec.charset = item.name(findings),
        "default" => {
            let known = match &item.value {
                Value::Expr(value) => default::literal(value),
                Value::Flag | Value::List(_) => None,
            };
            match known {
                Some(literal) => spec.default = Some((item.span, Default::Literal(literal))),
                None => findings.add(
                    item.value_span(),
                    BAD_VALUE,
                    "`default` takes a literal",
                    "write an expression as SQL: `default_sql = \"now()\"`",
                ),
            }
        }
        "default_sql" => {
            if let Some(text) = item.name(findings) {
                spec.default = Some((item.span, sql::default_of(&text)));
            }
        }
        "generated" => {
            if let Some(expr) = expr(findings) {
                let generated = Generated { expr, storage: GeneratedStorage::Stored };
                spec.generated = Some((item.span, generated));
            }
        }
        "identity" => {
            let identity = identity(item, findings);
            spec.identity = identity.map(|identity| (item.span, identity));
        }
        "serial" => {
            if item.flag(findings) {
                spec.identity = Some((item.span, Identity::Serial(None)));
            }
        }
        "auto_increment" => {
            let on = item.flag(findings);
            spec.auto_increment = Some(on);
            if on {
                spec.identity = Some((item.span, Identity::AutoIncrement));
            }
        }
        "primary_key" => spec.primary_key = item.flag(findings),
        "nullable" => spec.nullable = Some(item.flag(findings)),
        "comment" => match item.value {
            Value::Flag => spec.comment_from_docs = true,
            Value::Expr(_) | Value::List(_) => spec.comment = item.text(findings),
        },
        "on_update" => spec.on_update = expr(findings),
        "unsigned" => spec.unsigned = item.flag(findings),
        "invisible" => spec.invisible = item.flag(findings),
        "fill" => spec.fill = expr(findings),
        "using" => spec.using = expr(findings),
        "renamed_from" => spec.renamed_from = item.name(findings),
        "skip" => spec.ignore |= item.flag(findings),
        "check" | "unique" | "index" | "foreign_key" => spec.objects.push(item.clone()),
        "stored" | "virtual" => {}
        _ => item.unknown("#[autogen(..)] on a field", FIELD_KEYS, findings),
    }
}

/// `stored` and `virtual`, in any order next to `generated`.
fn storage(items: &[Item], spec: &mut FieldSpec, findings: &mut Findings) {
    for item in items {
        let storage = match item.key.as_str() {
            "stored" => GeneratedStorage::Stored,
            "virtual" => GeneratedStorage::Virtual,
            _ => continue,
        };
        match &mut spec.generated {
            Some((_, generated)) if item.flag(findings) => generated.storage = storage,
            Some(_) => {}
            None => findings.add(
                item.span,
                CONTRADICTION,
                format!("`{}` without `generated`", item.key),
                "give the expression: `generated = \"..\"`",
            ),
        }
    }
}

fn identity(item: &Item, findings: &mut Findings) -> Option<Identity> {
    let wrong = |span: Span, findings: &mut Findings| {
        findings.add(
            span,
            BAD_VALUE,
            "`identity` is \"always\" or \"by default\"",
            "write `identity = \"always\"` or `identity(by_default, start = 10, increment = 2)`",
        );
    };
    match &item.value {
        Value::Expr(value) => match item.text(findings)?.replace('_', " ").as_str() {
            "always" => Some(Identity::Always(Box::default())),
            "by default" => Some(Identity::ByDefault(Box::default())),
            _ => {
                wrong(value.span(), findings);
                None
            }
        },
        Value::Flag => Some(Identity::ByDefault(Box::default())),
        Value::List(_) => {
            let mut always = None;
            let mut options = SequenceOptions::default();
            for part in item.nested(findings) {
                match part.key.as_str() {
                    "always" => always = Some(true),
                    "by_default" => always = Some(false),
                    "start" => options.start = part.number(findings),
                    "increment" => options.increment = part.number(findings),
                    "min" => options.min_value = part.number(findings),
                    "max" => options.max_value = part.number(findings),
                    "cache" => options.cache = part.number(findings),
                    "cycle" => options.cycle = part.flag(findings),
                    _ => {
                        let known = &[
                            "always",
                            "by_default",
                            "start",
                            "increment",
                            "min",
                            "max",
                            "cache",
                            "cycle",
                        ];
                        part.unknown("identity(..)", known, findings);
                    }
                }
            }
            match always {
                Some(true) => Some(Identity::Always(Box::new(options))),
                Some(false) => Some(Identity::ByDefault(Box::new(options))),
                None => {
                    wrong(item.span, findings);
                    None
                }
            }
        }
    }
}

fn contradictions(field: &syn::Field, spec: &FieldSpec, findings: &mut Findings) {
    let name = field.ident.as_ref().map(ToString::to_string);
    let name = name.unwrap_or_default();
    if let (Some((span, _)), Some(_)) = (&spec.generated, &spec.default) {
        findings.add(
            *span,
            CONTRADICTION,
            format!("`{name}` is generated and has a default"),
            "remove one of them",
        );
    }
    if let (Some((span, _)), Some((_, value))) = (&spec.identity, &spec.default)
        && *value != Default::Literal(Literal::Null)
    {
        findings.add(
            *span,
            CONTRADICTION,
            format!("`{name}` has an identity and a default"),
            "remove one of them",
        );
    }
    if let (Some((span, _)), Some(_)) = (&spec.identity, &spec.generated) {
        findings.add(
            *span,
            CONTRADICTION,
            format!("`{name}` is generated and has an identity"),
            "remove one of them",
        );
    }
    if spec.auto_increment == Some(true) && !spec.primary_key && spec.identity.is_none() {
        findings.add(
            field.ident.as_ref().map_or_else(Span::call_site, syn::Ident::span),
            CONTRADICTION,
            format!("`{name}` has `auto_increment`, but is not a primary key"),
            "move it to the primary key, or write `#[autogen(identity = \"by default\")]`",
        );
    }
}
