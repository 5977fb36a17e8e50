#!/usr/bin/env bash
# Makes sure that what the commands of the Makefile need is there.
#
#   scripts/setup.sh build    what building needs
#   scripts/setup.sh test     that, and what checking and testing need
#
# Installs what is missing where it can (as root on Debian and Ubuntu), else says in one sentence what to
# install. Quick when everything is there. PostgreSQL and Redis are the business of services.sh.

set -euo pipefail

fail() {
    printf 'setup.sh: %s\n' "$*" >&2
    exit 69
}

has() {
    command -v "$1" >/dev/null
}

# Installs Debian packages, or names them.
install() {
    if ((EUID != 0)) || ! has apt-get; then
        fail "please install: $* (on Debian and Ubuntu: sudo apt-get install $*)."
    fi
    printf 'setup.sh: installing %s\n' "$*" >&2
    {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } >&2 </dev/null || fail "apt-get could not install: $*."
}

# A C compiler links Rust's programs, and builds SQLite and the cryptography. Certificates are for fetching
# crates, and for reaching Telegram.
need_packages() {
    local packages=()
    has cc || packages+=(gcc libc6-dev)
    [[ -e /etc/ssl/certs/ca-certificates.crt || -e /etc/pki/tls/certs/ca-bundle.crt || $OSTYPE != linux* ]] ||
        packages+=(ca-certificates)
    ((${#packages[@]} == 0)) || install "${packages[@]}"
}

need_rust() {
    has cargo || fail "Rust is missing: install it as https://rustup.rs says, open a new shell, and try again."
}

# The parts of Rust that a minimal toolchain lacks.
need_components() {
    local missing=()
    cargo fmt --version >/dev/null 2>&1 || missing+=(rustfmt)
    cargo clippy --version >/dev/null 2>&1 || missing+=(clippy)
    ((${#missing[@]} == 0)) && return
    has rustup || fail "parts of Rust are missing: ${missing[*]}."
    rustup component add "${missing[@]}" || fail "rustup could not add: ${missing[*]}."
}

case ${1-} in
build)
    need_rust
    need_packages
    ;;
test)
    need_rust
    need_packages
    need_components
    ;;
*)
    printf 'usage: scripts/setup.sh build|test\n' >&2
    exit 64
    ;;
esac
