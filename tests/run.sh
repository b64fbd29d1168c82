#!/bin/sh
# All tests. Everything is built first, in one go, since a test that builds holds up the others.
# The servers are started before the tests, so that every test binary shares them, and stopped
# whatever happens. Tests wait for servers more than they compute: there are two for each core at a
# time.
set -eu
cargo=${CARGO:-cargo}
databases=${AUTOGEN_TEST_DATABASES:-sqlite,postgres,mysql,mariadb}

$cargo test --workspace --no-run --quiet
$cargo build --workspace --bins --quiet
services() { "${CARGO_TARGET_DIR:-target}/debug/services" "$@"; }
stop() { services down >/dev/null 2>&1 || true; }
trap stop EXIT
trap 'exit 130' INT TERM

for name in $(echo "$databases" | tr ',' ' '); do
    services up "$name"
done
cores=$(nproc 2>/dev/null || echo 2)
RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * cores))} $cargo test --workspace --no-fail-fast
