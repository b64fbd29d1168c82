#!/bin/sh
# The live cases on several versions of PostgreSQL, which npm fetches. Not a part of the tests:
# VERSIONS="12 18" chooses the versions, FILTER the cases.
set -eu
cargo=${CARGO:-cargo}
versions=${VERSIONS:-"12 13 17 18"}

$cargo build --workspace --bins --quiet
services="${CARGO_TARGET_DIR:-target}/debug/services"
failed=
for version in $versions; do
    export AUTOGEN_TEST_POSTGRES_VERSION="$version"
    trap '"$services" down postgres' EXIT
    trap 'exit 130' INT TERM
    url=$("$services" up postgres | sed 's/^[^=]*=//')
    echo "PostgreSQL $version"
    AUTOGEN_TEST_POSTGRES_URL="$url" AUTOGEN_TEST_DATABASES=postgres \
        $cargo test --workspace --quiet --test cases -- "${FILTER:-live}" || failed="$failed $version"
    "$services" down postgres
done
if [ -n "$failed" ]; then
    echo "failed on PostgreSQL$failed" >&2
    exit 1
fi
