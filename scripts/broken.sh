#!/usr/bin/env bash
# Shows that the chaos suite catches what it is there for: builds the program with one mistake at a time, from
# a copy of this tree with a patch of tests/chaos/broken, runs the short form against it, and expects the
# check to fail that the patch names.
#
#   scripts/broken.sh [check | <name of a patch>…]
#
# `check` only looks whether the patches still apply.

set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

readonly PATCHES=tests/chaos/broken
readonly TARGET=${CARGO_TARGET_DIR:-$PWD/target}
readonly FOLDER=$TARGET/broken
readonly TREE=$FOLDER/tree
# Later than any run of the short form ends.
readonly LONGEST=600

fail() {
    printf 'broken.sh: %s\n' "$*" >&2
    exit 1
}

# The check that a patch names.
check_of() {
    sed -n 's/^caught by: //p' "$1"
}

applies() {
    local check
    check=$(check_of "$1")
    [[ -n $check ]] || fail "$1 names no check"
    patch --strip 1 --dry-run --force --silent --fuzz 0 --input "$1" >/dev/null ||
        fail "$1 does not apply any more: make it anew"
}

# A copy of what is versioned or new, with its times, so that only what a patch changes is built again.
copy_tree() {
    mkdir -p "$TREE"
    find "$TREE" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
    git ls-files --cached --others --exclude-standard -z | tar --null --files-from - --create |
        tar --extract --directory "$TREE"
    # What was built of these last time has a mistake in it.
    sed -n 's/^+++ b\///p' "$PATCHES"/*.patch | sort -u | (cd "$TREE" && xargs touch)
}

# Builds the program with the mistake; prints its path.
build() {
    patch --strip 1 --force --silent --directory "$TREE" <"$1" >&2
    CARGO_TARGET_DIR=$FOLDER/target cargo build --quiet --locked -p qura --manifest-path "$TREE/Cargo.toml" >&2
    cp "$FOLDER/target/debug/qura" "$FOLDER/qura-$2"
    patch --strip 1 --force --silent --reverse --directory "$TREE" <"$1" >&2
    printf '%s\n' "$FOLDER/qura-$2"
}

# Builds the suite of this tree; prints its path.
build_suite() {
    cargo test --locked -p qura --test chaos --no-run 2>&1 | tee /dev/stderr |
        sed -n 's/^ *Executable .* (\(.*\))$/\1/p'
}

# Runs the short form against a program; it must fail by this check.
is_caught() {
    local suite=$1 program=$2 name=$3 check=$4 log=$FOLDER/$3.log checks
    if QURA_PROGRAM=$program timeout "$LONGEST" "$suite" whatever_fails --nocapture >"$log" 2>&1; then
        fail "$name was not caught; see $log"
    fi
    checks=$(sed -n 's/^  CHAOS \([a-z-]*\):.*/\1/p' "$log" | sort | uniq -c | sort -rn | awk '{print $2 " (" $1 ")"}' | paste -sd, -)
    grep -q "^  CHAOS $check:" "$log" || fail "$name failed, but not by $check: ${checks:-see $log}"
    printf '%s: caught by %s; in all: %s\n' "$name" "$check" "${checks//,/, }"
}

main() {
    local patches=() patch name program suite
    command -v patch >/dev/null || fail "please install: patch"
    for patch in "$PATCHES"/*.patch; do
        applies "$patch"
        name=$(basename "$patch" .patch)
        if (($# == 0)) || [[ " $* " == *" $name "* ]]; then patches+=("$patch"); fi
    done
    [[ ${1:-} == check ]] && return
    ((${#patches[@]} > 0)) || fail "no such patch: $*"
    suite=$(build_suite)
    [[ -x $suite ]] || fail "the suite could not be built"
    copy_tree
    for patch in "${patches[@]}"; do
        name=$(basename "$patch" .patch)
        program=$(build "$patch" "$name")
        is_caught "$suite" "$program" "$name" "$(check_of "$patch")"
    done
}

main "$@"
