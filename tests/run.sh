#!/bin/sh
# All tests. The servers are started first, so that every test binary shares
# them, and stopped whatever happens. Tests wait for servers and builds more than they
# compute: there are two for each core at a time.
set -eu
cargo=${CARGO:-cargo}
databases=${AUTOGEN_TEST_DATABASES:-sqlite,postgres,mysql,mariadb}

$cargo build --quiet --package autogen-tests --bin services
$cargo build --quiet --package sea-autogen-cli
stop() { $cargo run --quiet --package autogen-tests --bin services -- down >/dev/null 2>&1 || true; }
trap stop EXIT
trap 'exit 130' INT TERM

for name in $(echo "$databases" | tr ',' ' '); do
    $cargo run --quiet --package autogen-tests --bin services -- up "$name"
done
cores=$(nproc 2>/dev/null || echo 2)
RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * cores))} $cargo test --workspace --no-fail-fast
