#!/usr/bin/env bash
# Everything that must hold before a change goes in: formats, lints, licences, and all tests, with a
# PostgreSQL and a Redis of their own. `make test` and CI run this.
#
# The Rust tests come last, so that their summary is what the output ends with.

set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    printf '\n== %s\n' "$*"
}

step formats
cargo fmt --all --check

step lints
cargo clippy --locked --workspace --all-targets -- -D warnings

# Advisories change from day to day and need the network: they are for `make deny`.
step licences
if command -v cargo-deny >/dev/null; then
    cargo deny --log-level error check bans licenses sources
else
    echo 'skipped: cargo-deny is not installed (make deny says how)'
fi

step "the playground's page"
if command -v node >/dev/null; then
    node --test crates/simulator/page/tests/*.test.mjs
else
    echo 'skipped: node is not installed'
fi

step "the draw's verifiers"
for verifier in 'python3 docs/draw/verify.py' 'node docs/draw/verify.mjs'; do
    if command -v "${verifier%% *}" >/dev/null; then
        $verifier --vectors docs/draw/vectors.json
    else
        echo "skipped: ${verifier%% *} is not installed"
    fi
done

step 'documentation tests'
cargo test --locked --workspace --doc --quiet

step tests
# The end-to-end stories wait more than they compute; .config/nextest.toml says what does not.
threads=$((3 * $(getconf _NPROCESSORS_ONLN)))
if cargo nextest --version >/dev/null 2>&1; then
    exec scripts/services.sh run \
        cargo nextest run --locked --workspace --no-fail-fast --test-threads "$threads"
else
    export RUST_TEST_THREADS=$threads
    exec scripts/services.sh run cargo test --locked --workspace --lib --bins --tests --no-fail-fast
fi
