//! Geometry types. Source: MySQL manual, 13.4.1 and 14.16.3; MariaDB knowledge base,
//! "Geometry types".

/// Their names, as a type begins with them, and a geometry of each.
const SHAPES: [(&str, &str); 8] = [
    ("geometrycollection", "GEOMETRYCOLLECTION(POINT(0 0))"),
    ("geometry", "POINT(0 0)"),
    ("point", "POINT(0 0)"),
    ("linestring", "LINESTRING(0 0,1 1)"),
    ("polygon", "POLYGON((0 0,1 0,1 1,0 0))"),
    ("multipoint", "MULTIPOINT(0 0)"),
    ("multilinestring", "MULTILINESTRING((0 0,1 1))"),
    ("multipolygon", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"),
];

/// The name that both servers accept; MySQL prints a shorter one.
pub(super) fn spelled(text: String) -> String {
    match text.strip_prefix("geomcollection") {
        Some(rest) => format!("geometrycollection{rest}"),
        None => text,
    }
}

/// Whether it is a geometry type.
pub(super) fn is_shape(text: &str) -> bool {
    shape(text).is_some()
}

/// A geometry of the type, in its reference system, as an expression.
pub(super) fn placeholder(text: &str) -> Option<String> {
    let (rest, shape) = shape(text)?;
    let system = rest.trim().strip_prefix("srid").map(str::trim);
    Some(match system.and_then(|it| it.parse::<u32>().ok()) {
        Some(system) => format!("(ST_GeomFromText('{shape}', {system}))"),
        None => format!("(ST_GeomFromText('{shape}'))"),
    })
}

fn shape(text: &str) -> Option<(&str, &'static str)> {
    SHAPES.iter().find_map(|(name, shape)| {
        let rest = text.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then_some((rest, *shape))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_their_reference_system() {
        let text = |it: &str| placeholder(it).unwrap_or_default();
        assert_eq!(text("point"), "(ST_GeomFromText('POINT(0 0)'))");
        assert_eq!(text("point srid 4326"), "(ST_GeomFromText('POINT(0 0)', 4326))");
        assert_eq!(text("pointer"), "");
        assert_eq!(spelled("geomcollection srid 0".to_owned()), "geometrycollection srid 0");
        assert!(is_shape("geometrycollection") && is_shape("geometry") && !is_shape("json"));
    }
}
