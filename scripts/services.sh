#!/usr/bin/env bash
# Starts a private PostgreSQL and a private Redis, runs a command with them, and stops both.
#
#   scripts/services.sh run <command…>
#
# The command finds them in TEST_DATABASE_URL and TEST_REDIS_URL. They listen on loopback only, on
# ports of their own, and keep their data in a temporary folder, so that any number of runs go on at
# once and none touches what is installed. The exit code is the command's.
#
# SERVICES_DURABLE=1 leaves fsync on, as measurements need it; tests do without.

set -euo pipefail

readonly MIN_POSTGRES=15
readonly ATTEMPTS=20

folder=
postgres_pid=
redis_pid=
command_pid=
policy=
pending_signal=

fail() {
    printf 'services.sh: %s\n' "$*" >&2
    exit 69
}

# Prints the folder of the newest sufficient PostgreSQL's programs.
find_postgres() {
    local candidate version best='' best_version=0
    for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /nowhere/x)")"; do
        [[ -x $candidate/postgres && -x $candidate/initdb ]] || continue
        version=$("$candidate/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        if ((version >= MIN_POSTGRES && version > best_version)); then
            best=$candidate best_version=$version
        fi
    done
    [[ -n $best ]] && printf '%s\n' "$best"
}

missing() {
    local what=()
    find_postgres >/dev/null || what+=("PostgreSQL $MIN_POSTGRES or newer")
    command -v redis-server >/dev/null || what+=("Redis")
    ((${#what[@]} == 0)) || printf '%s' "${what[0]}${what[1]:+ and ${what[1]}}"
}

# Installs what is missing, one run at a time, without starting the system's own services.
install_missing() {
    local lacking
    lacking=$(missing)
    [[ -n $lacking ]] || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        fail "$lacking must be installed first (on Debian and Ubuntu as root: apt-get install postgresql redis-server)."
    fi
    exec 9>/var/lock/qura-services.lock
    flock 9
    lacking=$(missing)
    if [[ -n $lacking ]]; then
        printf 'services.sh: installing %s\n' "$lacking" >&2
        if [[ ! -e /usr/sbin/policy-rc.d ]]; then
            policy=/usr/sbin/policy-rc.d
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod 755 "$policy"
        fi
        {
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                postgresql redis-server
        } 9>&- >&2 || fail "apt-get could not install $lacking."
        [[ -z $policy ]] || rm -f "$policy"
        policy=
        lacking=$(missing)
        [[ -z $lacking ]] || fail "$lacking is still missing: this system's packages are too old."
    fi
    exec 9>&-
}

# Puts into the array `as_service` the words that run a program as the given user. The program goes
# down with this script even when that is killed outright, and does not hear the terminal's Ctrl-C.
prepare_user() {
    local user=$1 stop_signal=$2
    as_service=()
    if command -v setsid >/dev/null; then as_service+=(setsid); fi
    if command -v setpriv >/dev/null; then
        as_service+=(setpriv --pdeathsig "$stop_signal")
        if ((EUID == 0)); then as_service+=(--reuid "$user" --regid "$user" --init-groups); fi
        as_service+=(--)
    elif ((EUID == 0)); then
        fail "as root, setpriv (util-linux) is needed: PostgreSQL refuses to run as root."
    fi
}

# Runs initdb and the like as PostgreSQL's user.
as_postgres() {
    if ((EUID == 0)); then
        setpriv --reuid postgres --regid postgres --init-groups -- "$@"
    else
        "$@"
    fi
}

random_port() {
    printf '%s\n' $((20000 + (RANDOM * 32768 + RANDOM) % 12000))
}

# Waits until the given check succeeds; fails when the process has ended or took 30 seconds.
await() {
    local pid=$1 tries
    shift
    for ((tries = 0; tries < 300; tries++)); do
        kill -0 "$pid" 2>/dev/null || return 1
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    return 1
}

start_postgres() {
    local bin=$1 data=$folder/postgres/data log=$folder/postgres.log port attempt durable=()
    mkdir "$folder/postgres"
    if ((EUID == 0)); then chown postgres: "$folder/postgres"; fi
    as_postgres "$bin/initdb" -D "$data" -U qura --auth=trust --encoding=UTF8 --locale=C --no-sync \
        >"$log" 2>&1 9>&- || fail "initdb failed: $(tail -n 3 "$log")"
    [[ ${SERVICES_DURABLE:-0} == 1 ]] || durable=(-c fsync=off -c full_page_writes=off)
    prepare_user postgres INT
    for ((attempt = 0; attempt < ATTEMPTS; attempt++)); do
        port=$(random_port)
        "${as_service[@]}" "$bin/postgres" -D "$data" -k "$folder/postgres" -p "$port" \
            -c listen_addresses=127.0.0.1 -c max_connections=200 "${durable[@]}" \
            </dev/null >"$log" 2>&1 &
        postgres_pid=$!
        if await "$postgres_pid" "$bin/psql" -h "$folder/postgres" -p "$port" -U qura -d postgres -c ''; then
            "$bin/psql" -q -h "$folder/postgres" -p "$port" -U qura -d postgres -c 'CREATE DATABASE qura'
            export TEST_DATABASE_URL="postgres://qura@127.0.0.1:$port/qura"
            return
        fi
        stop "$postgres_pid" INT
        postgres_pid=
        grep -q 'could not bind\|already in use' "$log" || break
    done
    fail "PostgreSQL did not start: $(tail -n 3 "$log")"
}

start_redis() {
    local log=$folder/redis.log port attempt user=nobody
    mkdir "$folder/redis"
    if ((EUID == 0)); then
        user=$(id -un redis 2>/dev/null || echo postgres)
        chown "$user:" "$folder/redis"
    fi
    prepare_user "$user" TERM
    for ((attempt = 0; attempt < ATTEMPTS; attempt++)); do
        port=$(random_port)
        "${as_service[@]}" redis-server --port "$port" --bind 127.0.0.1 --dir "$folder/redis" \
            --save '' --appendonly no --daemonize no --logfile '' </dev/null >"$log" 2>&1 &
        redis_pid=$!
        # Asked by its log, not by its port: the port may be answered by somebody else's.
        if await "$redis_pid" grep -qi 'ready to accept connections' "$log"; then
            export TEST_REDIS_URL="redis://127.0.0.1:$port"
            return
        fi
        stop "$redis_pid" TERM
        redis_pid=
        grep -q 'already in use' "$log" || break
    done
    fail "Redis did not start: $(tail -n 3 "$log")"
}

# Stops one process; the hard way when it does not go within 10 seconds.
stop() {
    local pid=$1 signal=$2 tries
    kill -s "$signal" "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$pid" 2>/dev/null; then
        kill -s KILL "$pid" 2>/dev/null || true
    fi
    wait "$pid" 2>/dev/null || true
}

clean_up() {
    local code=$?
    trap '' INT TERM HUP
    [[ -z $policy ]] || rm -f "$policy"
    # «Fast shutdown»: PostgreSQL ends its sessions instead of waiting for them.
    [[ -z $postgres_pid ]] || stop "$postgres_pid" INT
    [[ -z $redis_pid ]] || stop "$redis_pid" TERM
    [[ -z $folder ]] || rm -rf "$folder"
    exit "$code"
}

# A signal goes on to the command, whose end then ends this script.
pass_on() {
    pending_signal=$1
    if [[ -n $command_pid ]]; then
        kill -s "$1" "$command_pid" 2>/dev/null || true
    else
        exit 130
    fi
}

run() {
    local code=0
    # In the background, so that signals are heard while it runs; with the terminal all the same.
    (trap - INT QUIT && exec "$@") <&0 &
    command_pid=$!
    while true; do
        pending_signal=
        code=0
        wait "$command_pid" || code=$?
        # A signal interrupts the waiting, not the command.
        [[ -n $pending_signal ]] || break
    done
    command_pid=
    return "$code"
}

main() {
    if (($# < 2)) || [[ $1 != run ]]; then
        printf 'usage: scripts/services.sh run <command…>\n' >&2
        exit 64
    fi
    shift
    trap clean_up EXIT
    trap 'pass_on INT' INT
    trap 'pass_on TERM' TERM
    trap 'pass_on HUP' HUP
    install_missing
    # In /tmp, because the path of a socket has at most 107 bytes.
    folder=$(mktemp -d /tmp/qura-services.XXXXXX)
    chmod 755 "$folder"
    start_postgres "$(find_postgres)"
    start_redis
    run "$@"
}

main "$@"
