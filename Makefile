# Qura: the commands. `make` alone lists them.

.DEFAULT_GOAL := help
.ONESHELL:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

# rustup installs here, and a shell that was open before does not know it.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# `make run PROFILE=release` takes longer to build and less to run.
PROFILE ?= dev
# What the program is told: `make run ARGS="run --roles poller,bot"`.
ARGS ?=
BUILD := --profile $(PROFILE) -p qura

.PHONY: help run doctor simulator test lint fmt deny bench million mutants storm chaos broken clean

help: ## lists these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 19

run: ## runs the bot; without TELEGRAM_TOKEN (environment or .env) the playground
	@scripts/setup.sh build
	cargo build $(BUILD)
	exec cargo run -q $(BUILD) -- $(ARGS)

doctor: ## checks settings, token, database and gate, and says what to mend
	@scripts/setup.sh build
	exec cargo run -q $(BUILD) -- doctor

simulator: ## runs the simulator of Telegram alone, on port 8081, with a bot of token 1001:test-token
	@scripts/setup.sh build
	exec cargo run -q --profile $(PROFILE) -p qura-simulator -- --addr 127.0.0.1:8081 --bot 1001:test-token:qura_bot $(ARGS)

test: ## runs everything that CI runs; installs what is missing
	@scripts/setup.sh test
	exec scripts/test.sh

lint: ## checks formats and lints
	@scripts/setup.sh test
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

fmt: ## formats the code
	cargo fmt --all

deny: ## checks licences, advisories and sources of what Qura is built from (needs cargo-deny)
	@command -v cargo-deny >/dev/null || { echo "cargo-deny is missing; get it with: cargo install --locked cargo-deny" >&2; exit 69; }
	cargo deny check

bench: ## measures the whole bot against the simulator, with PostgreSQL as durable as in life
	@scripts/setup.sh build
	cargo build --release -p qura -p qura-simulator -p qura-bench
	SERVICES_DURABLE=1 exec scripts/services.sh run cargo run -q --release -p qura-bench -- $(ARGS)

million: ## draws ten winners among a million on both databases, and says how long it took
	@scripts/setup.sh test
	cargo test --release -p qura --test e2e among_a_million -- --ignored --nocapture
	exec scripts/services.sh run cargo test --release -p qura --test e2e_distributed among_a_million -- --ignored --nocapture

storm: export STORM = 1
storm: ## 10,000 people press one button within 20 s, and 3,000 while the program is killed twenty times, on both set-ups
	@scripts/setup.sh build
	exec scripts/services.sh run cargo test --release -p qura --test e2e --test e2e_distributed join_storm -- --test-threads 1 --nocapture

# `make mutants MUTANTS_SEED=7` repeats a run.
mutants: export MUTANTS ?= 200000
mutants: export MUTANTS_SEED ?= $(shell date +%s)
mutants: ## sends MUTANTS mutated updates (200000) through the way in, then through the program; prints their seed
	@scripts/setup.sh build
	echo "MUTANTS=$$MUTANTS MUTANTS_SEED=$$MUTANTS_SEED"
	cargo test -q -p qura-telegram --test mutants mutated
	cargo test -q -p qura --test e2e mutated -- --nocapture

# `make chaos SEED=7 MINUTES=4` repeats a run, in the order of its faults and acts.
chaos: export CHAOS_SEED = $(or $(SEED),$(shell date +%s))
chaos: export CHAOS_MINUTES = $(or $(MINUTES),4)
chaos: ## kills, freezes and cuts off a fleet of programs for MINUTES (4) from a SEED, which it prints, and settles accounts
	@scripts/setup.sh test
	cargo test -q -p qura --test chaos whatever_fails -- --nocapture

broken: ## builds three programs with a mistake in each, and shows that the chaos suite catches every one
	@scripts/setup.sh test
	exec scripts/broken.sh

clean: ## removes what was built; keeps the database in data/
	cargo clean
