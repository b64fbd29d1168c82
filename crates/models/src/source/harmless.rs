//! Well-known macros, attributes and derives that create no entities, and the derives that
//! do.

/// Macros between items that create no entities.
#[rustfmt::skip]
pub(super) const HARMLESS: &[&str] = &[
    "assert_eq_size", "assert_impl_all", "assert_not_impl_any", "assert_obj_safe", "bitflags",
    "bitflags::bitflags", "built::include", "compile_error", "const_assert",
    "const_format::assertcp", "construct_fixed_hash", "construct_uint",
    "core::arch::global_asm", "criterion::criterion_group", "criterion::criterion_main",
    "criterion_group", "criterion_main", "define_index_type", "derive_new",
    "diesel_migrations::embed_migrations", "embed_migrations", "error_chain",
    "error_chain::error_chain", "error_chain::quick_main", "fixed_hash::construct_fixed_hash",
    "fuzz_target", "global_asm", "i18n", "index_vec::define_index_type", "inventory::collect",
    "inventory::submit", "lalrpop_mod", "lalrpop_util::lalrpop_mod", "lazy_static",
    "lazy_static::lazy_static", "libfuzzer_sys::fuzz_target", "metrics::describe_counter",
    "mock", "mockall::mock", "new_key_type", "pin_project", "pin_project_lite::pin_project",
    "primitive_types::construct_uint", "quick_error", "quick_error::quick_error", "quick_main",
    "refinery::embed_migrations", "rust_i18n::i18n", "sea_autogen::migrations",
    "seaography::register_active_enums", "seaography::register_entities",
    "seaography::register_entity_modules", "shadow", "shadow_rs::shadow",
    "slint::include_modules", "slotmap::new_key_type", "static_assertions::assert_eq_size",
    "static_assertions::assert_impl_all", "static_assertions::assert_not_impl_any",
    "static_assertions::assert_obj_safe", "static_assertions::const_assert",
    "std::arch::global_asm", "std::compile_error", "std::thread_local", "syn::custom_keyword",
    "syn::custom_punctuation", "task_local", "thread_local", "tokio::task_local",
    "tonic::include_file_descriptor_set", "tonic::include_proto", "uint::construct_uint",
    "uniffi::include_scaffolding", "uniffi::setup_scaffolding",
];

/// Macros that return their tokens, at most with other names.
pub(super) const GIVING_BACK: &[&str] = &["paste", "paste::paste", "pastey::paste"];

/// Macros that quote code: their tokens are not compiled in place.
#[rustfmt::skip]
pub(super) const QUOTING: &[&str] = &[
    "format_ident", "parse_quote", "parse_quote_spanned", "quote", "quote_spanned", "stringify",
];

/// Macros in bodies that evaluate their arguments and declare nothing themselves.
#[rustfmt::skip]
pub(super) const EVALUATING: &[&str] = &[
    "anyhow", "assert", "assert_eq", "assert_ne", "assertcp", "bail", "concat", "concatcp",
    "dbg", "debug", "debug_assert", "debug_assert_eq", "debug_assert_ne", "debug_span",
    "ensure", "eprint", "eprintln", "error", "error_span", "event", "eyre", "format",
    "format_args", "formatcp", "info", "info_span", "json", "log", "log_enabled", "matches",
    "panic", "print", "println", "span", "todo", "trace", "trace_span", "unimplemented",
    "unreachable", "vec", "warn", "warn_span", "write", "writeln",
];

/// Attributes of the compiler and of others that add neither entities nor fields.
#[rustfmt::skip]
pub(super) const KNOWN: &[&str] = &[
    "ComplexObject", "ComponentInterface", "Handler", "InputObject", "Interface", "Merge",
    "MergedObject", "MergedSubscription", "Object", "OneofObject", "OpenApi", "Scalar",
    "SimpleObject", "Subscription", "Union", "alloc_error_handler", "allow", "async_recursion",
    "async_stream", "async_test", "async_trait", "auto_enum", "auto_impl", "autogen",
    "automatically_derived", "automock", "bench", "bitfield", "bitflags", "builder", "cached",
    "catch", "cfg", "cfg_attr", "cfg_eval", "cfg_overrides", "cold", "command", "compact_model",
    "component", "concurrent_cached", "connect", "const_trait", "coverage", "ctor",
    "debug_handler", "debug_middleware", "debugger_visualizer", "define_opaque",
    "delegatable_trait", "delegate", "delete", "deny", "deprecated", "derive", "derive_const",
    "doc", "dtor", "duplicate_item", "eii", "endpoint", "enum_dispatch", "expect",
    "export_name", "feature", "ffi_const", "ffi_pure", "fixture", "forbid",
    "function_component", "get", "given", "global_allocator", "graphql_interface",
    "graphql_object", "graphql_scalar", "graphql_subscription", "graphql_union", "handler",
    "head", "ignore", "inline", "instrument", "io_cached", "launch", "link", "link_name",
    "link_section", "macro_export", "macro_use", "main", "marker", "model", "must_use", "naked",
    "napi", "no_link", "no_main", "no_mangle", "no_std", "non_exhaustive", "oai", "once",
    "optimize", "options", "panic_handler", "parameterized", "patch", "path", "pin_project",
    "pinned_drop", "portrait", "post", "proc_macro", "proc_macro_attribute",
    "proc_macro_derive", "put", "pyclass", "pyfunction", "pymethods", "pymodule",
    "recursion_limit", "repr", "route", "rstest", "rustc_dummy", "rustc_on_unimplemented",
    "rustfmt", "scenario", "sea_orm", "sealed", "serde_as", "serial", "server", "should_panic",
    "skip", "stable", "subscription", "target_feature", "task", "test", "test_case", "test_log",
    "then", "thread_local", "tool", "tool_handler", "tool_router", "trace", "traced",
    "tracing_test", "track_caller", "trait_variant", "try_from", "type_const",
    "type_length_limit", "typeshare", "uniffi_export", "unsafe", "unsafe_no_mangle", "unstable",
    "used", "warn", "wasm_bindgen", "websocket", "when", "windows_subsystem", "wiremock",
    "wrap_pyfunction",
];

/// Crates and tools whose attributes and derives add neither entities nor fields.
#[rustfmt::skip]
pub(super) const KNOWN_CRATES: &[&str] = &[
    "actix", "actix_macros", "actix_rt", "actix_web", "actix_web_grants", "aide",
    "aliri_braid", "alloc", "ambassador", "anyhow", "apalis", "apistos", "arbitrary", "argh",
    "ascent", "askama", "askama_axum", "async_graphql", "async_recursion", "async_std",
    "async_stream", "async_trait", "auto_enums", "auto_impl", "autometrics", "axum",
    "axum_extra", "axum_macros", "axum_test", "axum_typed_multipart", "bb8", "bevy", "bilge",
    "bincode", "binread", "binrw", "bitcode", "bitflags", "bon", "borsh", "bounded_integer",
    "bytemuck", "cached", "chrono", "clap", "clippy", "config", "const_format", "core", "ctor",
    "cucumber", "cynic", "darling", "dashmap", "deku", "delegate", "deluxe", "derivative",
    "derive_builder", "derive_getters", "derive_more", "derive_new", "derive_setters",
    "derive_utils", "derive_where", "deserr", "diagnostic", "diesel", "dioxus", "displaydoc",
    "duplicate", "educe", "enum_as_inner", "enum_dispatch", "enum_iterator", "enum_map",
    "enumflags2", "enumset", "envconfig", "envy", "error_chain", "facet", "fake",
    "field_count", "figment", "frunk", "garde", "getset", "graphql_client", "gumdrop",
    "hard_xml", "hash32", "heck", "icu", "insta", "int_enum", "inventory", "iso_currency",
    "jsonschema", "juniper", "kameo", "kani", "kinded", "lazy_static", "leptos", "loco_rs",
    "log", "macro_rules_attribute", "maud", "metrics", "miette", "minicbor", "minijinja",
    "miri", "mockall", "modular_bitfield", "musli", "nanoid", "napi", "napi_derive", "nject",
    "no_panic", "ntex", "num", "num_derive", "num_enum", "num_traits", "nutype", "oasgen",
    "okapi", "opentelemetry", "optional_struct", "ouroboros", "paperclip",
    "parity_scale_codec", "parse_display", "partially", "perfect_derive", "phf", "pin_project",
    "pin_project_lite", "poem", "poem_openapi", "postgres_types", "prometheus_client",
    "proptest", "proptest_derive", "prost", "ptree", "pyo3", "pyo3_stub_gen", "quickcheck",
    "ractor", "redis", "redis_derive", "redis_macros", "rinja", "rkyv", "rmcp", "rocket",
    "rocket_okapi", "rovo", "rstest", "rstest_reuse", "rust_analyzer", "rust_decimal",
    "rust_embed", "rustfmt", "salvo", "salvo_oapi", "savefile", "schemars", "scylla",
    "sea_autogen", "sea_orm", "sea_orm_migration", "sea_query", "sea_schema_derive", "sealed",
    "seaography", "secrecy", "serde", "serde_derive", "serde_diff", "serde_json", "serde_repr",
    "serde_valid", "serde_with", "serial_test", "shaku", "shrinkwraprs", "shuttle_runtime",
    "silkenweb", "smart_default", "snafu", "specs", "specta", "sqlx", "static_assertions",
    "std", "strong_xml", "struct_iterable", "struct_patch", "structopt", "structstruck",
    "strum", "strum_macros", "superstruct", "synstructure", "tabled", "tap", "tauri", "tera",
    "test_case", "test_log", "thiserror", "tokio", "tokio_macros", "tokio_postgres",
    "tokio_test", "tonic", "tower_http", "tracing", "tracing_test", "trait_variant", "ts_rs",
    "tsify", "typed_builder", "typeshare", "typetag", "uniffi", "utoipa", "utoipa_axum",
    "uuid", "validator", "validify", "valuable", "variantly", "warp", "wasm_bindgen",
    "wasm_bindgen_macro", "wiremock", "yaserde", "yaserde_derive", "yew", "yoke", "zerocopy",
    "zerofrom", "zeroize", "zerovec", "zod_gen", "zvariant",
];

/// Other crates that programs import with `#[macro_use] extern crate`, and that redefine none
/// of the macros above.
#[rustfmt::skip]
pub(super) const MACRO_CRATES: &[&str] = &[
    "approx", "assert_matches", "cfg_if", "criterion", "diesel_migrations", "dotenv_codegen",
    "env_logger", "failure", "futures", "hex_literal", "hyper", "itertools", "maplit", "matches",
    "nom", "pest", "pest_derive", "pretty_assertions", "prettytable", "proc_macro", "quick_error",
    "quote", "regex", "rusqlite", "rust_i18n", "sea_schema", "serde_yaml", "slog", "slog_scope",
    "syn", "vec1",
];

/// Helper attributes of well-known derives.
#[rustfmt::skip]
pub(super) const HELPERS: &[&str] = &[
    "Tabled", "arbitrary", "arg", "argh", "as_mut", "as_ref", "askama", "autogen", "bincode",
    "borsh", "br", "brw", "builder", "bw", "clap", "command", "config", "darling", "debug",
    "default", "delegate", "deref", "deref_mut", "derivative", "derive_where", "deserr",
    "diagnostic", "diesel", "display", "dummy", "educe", "enum_map", "envconfig", "error", "facet",
    "from", "garde", "get", "getset", "getter", "graphql", "group", "help", "into", "into_iterator",
    "into_params", "is_variant", "kinded", "label", "multipart", "musli", "num_enum", "oai",
    "param", "path", "postgres", "prost", "pyo3", "redis", "reflect", "related_code", "response",
    "rkyv", "salvo", "schema", "schemars", "sea_orm", "sea_query", "serde", "serde_as",
    "serde_repr", "serde_with", "set", "setters", "skip", "snafu", "source", "source_code",
    "specta", "sql_type", "sqlx", "structopt", "strum", "strum_discriminants", "table_name",
    "tabled", "template", "to_response", "try_from", "ts", "tsify", "typed_builder", "typetag",
    "unwrap", "url", "utoipa", "validate", "validify", "yaserde", "zerocopy", "zeroize", "zvariant",
];

/// Derives of the standard library; none has helper attributes.
#[rustfmt::skip]
pub(super) const PLAIN: &[&str] = &[
    "Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd",
];

/// Derives, outside of the standard library, that add only implementations.
#[rustfmt::skip]
pub(super) const DERIVES: &[&str] = &[
    "Accessors", "Add", "AddAssign", "AnyBitPattern", "Apiv2Schema", "Arbitrary", "Archive",
    "ArgEnum", "Args", "AsChangeset", "AsExpression", "AsMut", "AsRef", "AsRefStr",
    "Associations", "Autogen", "BinRead", "BinWrite", "BitAnd", "BitOr", "BitXor",
    "BorshDeserialize", "BorshSchema", "BorshSerialize", "Builder", "Bundle", "ByteEq",
    "ByteHash", "CheckedBitPattern", "Clap", "ComplexObject", "Component", "Constructor",
    "CopyGetters", "CustomDebug", "CustomType", "DbEnum", "DeJson", "DebugStub", "Decode",
    "Decoder", "DefaultFromSerde", "Deref", "DerefMut", "Derivative", "DeriveActiveEnum",
    "DeriveActiveModel", "DeriveActiveModelBehavior", "DeriveActiveModelEx",
    "DeriveArrowSchema", "DeriveColumn", "DeriveCustomColumn", "DeriveDisplay", "DeriveEntity",
    "DeriveEntityModel", "DeriveIden", "DeriveIntoActiveModel", "DeriveMigrationName",
    "DeriveModel", "DeriveModelEx", "DerivePartialModel", "DerivePrimaryKey",
    "DeriveRelatedEntity", "DeriveRelation", "DeriveValueType", "Describe", "Deserialize",
    "DeserializeFromStr", "DeserializeRow", "Deserialize_repr", "Diagnostic", "Display",
    "DisplayDoc", "Dissolve", "Div", "Drop", "Dummy", "Educate", "Educe", "Embed",
    "EncodableLayout", "Encode", "EncodeLabelSet", "EncodeLabelValue", "Enum", "EnumAsInner",
    "EnumCount", "EnumDiscriminants", "EnumDispatch", "EnumIs", "EnumIter", "EnumIterator",
    "EnumMap", "EnumMessage", "EnumProperty", "EnumSetType", "EnumString", "EnumTryAs",
    "EnumVariantNames", "Envconfig", "Error", "Facet", "Fake", "FieldCount", "FieldNames",
    "From", "FromArgs", "FromAttributes", "FromBytes", "FromDeriveInput", "FromField",
    "FromForm", "FromFormField", "FromJsonQueryResult", "FromMeta", "FromMultipart",
    "FromParam", "FromPrimitive", "FromPyObject", "FromQueryResult", "FromRef", "FromRepr",
    "FromRequest", "FromRequestParts", "FromRow", "FromSql", "FromSqlRow", "FromStr",
    "FromTypeParam", "FromUriParam", "FromVariant", "FromZeroes", "FromZeros", "Getters",
    "GraphQLEnum", "GraphQLInputObject", "GraphQLInterface", "GraphQLObject", "GraphQLQuery",
    "GraphQLScalarValue", "GraphQLUnion", "Handler", "Iden", "Identifiable", "Immutable",
    "Index", "IndexMut", "InputObject", "Insertable", "Interface", "Into", "IntoActiveModel",
    "IntoActiveValue", "IntoBytes", "IntoEnumIterator", "IntoIterator", "IntoParams",
    "IntoPrimitive", "IntoResponse", "IntoResponses", "IntoStaticStr", "IntoUrl", "IsVariant",
    "JsonSchema", "Kinded", "KnownLayout", "LowerExp", "MapType", "Merge", "MergedObject",
    "MergedSubscription", "Message", "MessageResponse", "Mul", "Multipart", "MultipartForm",
    "MutGetters", "New", "NewType", "Newtype", "NoUninit", "Not", "NumCast", "Object", "Octal",
    "Oneof", "OneofObject", "OpenApi", "OpenApiFromRequest", "OperationIo", "Optional",
    "ParseArgs", "Parser", "Partial", "PartialDebug", "PartialSchema", "Patch", "PathParams",
    "Pod", "Properties", "QueryFragment", "QueryId", "QueryParams", "Queryable",
    "QueryableByName", "ReadXml", "Reflect", "Responder", "ResponseError", "Routable",
    "RustEmbed", "Scalar", "Selectable", "Sequence", "SerdeDiff", "Serialize",
    "SerializeDisplay", "SerializeRow", "Serialize_repr", "Setters", "Shrinkwrap",
    "SimpleObject", "SmartDefault", "Snafu", "SqlType", "StructOpt", "Sub", "SubAssign",
    "Subcommand", "Subscription", "Sum", "TS", "Tabled", "Tags", "TagsEnum", "Template",
    "ToArgs", "ToBytes", "ToParameters", "ToPrimitive", "ToRedisArgs", "ToResponse",
    "ToSchema", "ToSql", "ToVariant", "TransparentWrapper", "TryFrom", "TryFromField",
    "TryFromMultipart", "TryFromPrimitive", "TryGetableFromJson", "TryInto", "TryIntoModel",
    "TryUnwrap", "Tsify", "Type", "TypePath", "TypedBuilder", "TypedPath", "Typetag", "ULE",
    "Unaligned", "Uniffi", "Union", "UnsafeFromPrimitive", "Unwrap", "UpperHex",
    "UriDisplayPath", "UriDisplayQuery", "Valid", "Validate", "Valuable", "ValueEnum",
    "VariantArray", "VariantNames", "Variantly", "WriteXml", "XmlRead", "XmlWrite",
    "YaDeserialize", "YaSerialize", "Yaserialize", "Yokeable", "ZeroFrom", "Zeroable",
    "Zeroize", "ZeroizeOnDrop",
];

/// The derives that declare tables or parts of them.
pub(super) const READ: [&str; 8] = [
    "DeriveEntityModel",
    "Autogen",
    "DeriveEntity",
    "DeriveModel",
    "DeriveColumn",
    "DerivePrimaryKey",
    "DeriveRelation",
    "DeriveActiveEnum",
];
