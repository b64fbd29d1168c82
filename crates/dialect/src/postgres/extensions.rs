//! Extensions that require others, which `CREATE EXTENSION` does not create.
//!
//! Source: the `requires` lines of the control files of PostgreSQL's contrib, PostGIS,
//! pgRouting, TimescaleDB and h3-pg.

/// The extensions that this one requires.
pub(crate) fn needs(name: &str) -> &'static [&'static str] {
    match name {
        "earthdistance" => &["cube"],
        "bool_plperl" => &["plperl"],
        "jsonb_plperl" => &["plperl"],
        "hstore_plperl" => &["hstore", "plperl"],
        "hstore_plpython3u" => &["hstore", "plpython3u"],
        "jsonb_plpython3u" => &["plpython3u"],
        "ltree_plpython3u" => &["ltree", "plpython3u"],
        "postgis_raster" | "postgis_sfcgal" | "postgis_topology" | "pgrouting" => &["postgis"],
        "postgis_tiger_geocoder" => &["postgis", "fuzzystrmatch"],
        "h3_postgis" => &["h3", "postgis", "postgis_raster"],
        "timescaledb_toolkit" => &["timescaledb"],
        "vectorscale" => &["vector"],
        _ => &[],
    }
}
