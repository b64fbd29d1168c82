//! Case conversions exactly as SeaORM's macros do them.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase, ToUpperCamelCase,
};

/// The styles that `rename_all` and `rename` know.
pub(crate) const CASE_STYLES: &[&str] = &[
    "camelCase",
    "PascalCase",
    "kebab-case",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "SCREAMING-KEBAB-CASE",
    "lowercase",
    "UPPERCASE",
    "title_case",
    "mixed_case",
];

/// The spelling style of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseStyle {
    Camel,
    Kebab,
    Mixed,
    ShoutySnake,
    Snake,
    Title,
    Upper,
    Lower,
    ScreamingKebab,
    Pascal,
}

impl CaseStyle {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "camel_case" | "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" | "snek_case" => Self::Snake,
            "kebab_case" | "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            "shouty_snake_case" | "shouty_snek_case" | "SCREAMING_SNAKE_CASE" => Self::ShoutySnake,
            "title_case" => Self::Title,
            "mixed_case" => Self::Mixed,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            _ => return None,
        })
    }

    pub(crate) fn convert(self, name: &str) -> String {
        match self {
            Self::Pascal => name.to_upper_camel_case(),
            Self::Kebab => name.to_kebab_case(),
            Self::Mixed => name.to_lower_camel_case(),
            Self::ShoutySnake => name.to_shouty_snake_case(),
            Self::Snake => name.to_snake_case(),
            Self::Title => name.to_title_case(),
            Self::Upper => name.to_uppercase(),
            Self::Lower => name.to_lowercase(),
            Self::ScreamingKebab => name.to_kebab_case().to_uppercase(),
            Self::Camel => {
                let pascal = name.to_upper_camel_case();
                let mut chars = pascal.chars();
                let first = chars.next();
                first.into_iter().flat_map(char::to_lowercase).chain(chars).collect()
            }
        }
    }
}

/// The variant of the generated `Column` enum for a field.
pub(crate) fn variant_of(field: &str) -> String {
    field.to_upper_camel_case()
}

/// The column of a field: `(column, variant)`.
pub(crate) fn column_of(
    field: &str,
    rename_all: Option<CaseStyle>,
    column_name: Option<String>,
    enum_name: Option<String>,
) -> (String, String) {
    let camel = variant_of(field);
    let round_trip = camel.to_snake_case();
    let variant = enum_name.unwrap_or_else(|| camel.clone());
    let column = match (column_name, rename_all) {
        (Some(name), _) => name,
        (None, Some(style)) => style.convert(&camel),
        (None, None) if field != round_trip => field.to_snake_case(),
        (None, None) => variant.to_snake_case(),
    };
    (column, variant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_follow_the_macro() {
        let plain = |field: &str| column_of(field, None, None, None).0;
        assert_eq!(plain("cake_id"), "cake_id");
        assert_eq!(plain("_private"), "private");
        assert_eq!(plain("address2"), "address2");
        assert_eq!(plain("address_2"), "address_2");
        assert_eq!(plain("utf8_name"), "utf8_name");
        assert_eq!(plain("HTTPCode"), "http_code");
        assert_eq!(
            column_of("kind", None, None, Some("TheKind".into())),
            ("the_kind".into(), "TheKind".into())
        );
        assert_eq!(column_of("created_at", Some(CaseStyle::Camel), None, None).0, "createdAt");
        assert_eq!(column_of("created_at", Some(CaseStyle::Camel), Some("x".into()), None).0, "x");
    }

    #[test]
    fn every_listed_style_parses() {
        for style in CASE_STYLES {
            assert!(CaseStyle::parse(style).is_some(), "{style}");
        }
        assert_eq!(CaseStyle::Upper.convert("InReview"), "INREVIEW");
        assert_eq!(CaseStyle::Camel.convert("InReview"), "inReview");
        assert_eq!(CaseStyle::ScreamingKebab.convert("InReview"), "IN-REVIEW");
    }
}
