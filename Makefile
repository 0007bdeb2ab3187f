# The two commands that most people need: `make run` and `make test`.
# Each target may be run again at any time and is quick when nothing changed.

SHELL := bash
.NOTPARALLEL:
.SILENT:
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run dev test test-rust test-sdks test-browser lint fmt bench bench-query clean

ADDR ?= 127.0.0.1:8000
DATA ?= ./data
EVENTS ?= 5000000

# What setup found out: which Rust, which Chromium.
ENV := . scripts/env.sh &&

help: ## Show this list
	grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: ## Install what is missing (seconds; up to 5 min on a new machine)
	scripts/setup.sh

setup-test:
	scripts/setup.sh --test

run: setup ## Build the release and serve it on http://localhost:8000 (first time: 10 to 15 min)
	$(ENV) binary=$$(cargo xtask release) && \
	echo "==> Serving on http://localhost:$(lastword $(subst :, ,$(ADDR))) with its data in $(DATA); Ctrl-C ends it" && \
	exec "$$binary" serve --addr $(ADDR) --data $(DATA)

dev: setup ## Serve while you work: builds, restarts and reloads at every change
	$(ENV) exec cargo xtask dev -- --addr $(ADDR) --data $(DATA)

test: setup-test lint test-rust test-sdks test-browser ## Everything: format, lints, Rust tests, real SDKs, size budget, browser tests (first time: 20 to 30 min)

# The frontend is compiled for the browser only: on the host its features
# would mix with the server's.
lint: setup ## Check format and lints
	echo "==> Checking the format"
	$(ENV) cargo fmt --all --check
	echo "==> Linting the server's half (seconds; the first time about 4 min)"
	$(ENV) cargo clippy --workspace --exclude eventglass-frontend --all-targets -- -D warnings
	echo "==> Linting the browser's half (seconds; the first time about 1 min)"
	$(ENV) cargo clippy --package eventglass-frontend --target wasm32-unknown-unknown -- -D warnings

test-rust: setup-test ## Run the Rust tests
	echo "==> Running the Rust tests (about 1 min; the first time about 6 min)"
	$(ENV) cargo test --workspace --exclude eventglass-frontend

test-sdks: setup-test ## Send with the real SDKs of others to the release binary, and see what arrives
	$(ENV) EVENTGLASS_BIN=$$(cargo xtask release) && export EVENTGLASS_BIN && \
	echo "==> Running the tests with real SDKs (about 1 min)" && \
	"$$EVENTGLASS_SDKS/otel/bin/python" -B -m pytest --rootdir end2end/sdks --config-file end2end/sdks/pytest.ini end2end/sdks

test-browser: setup-test ## Run the end-to-end tests in Chromium against the release binary
	$(ENV) EVENTGLASS_BIN=$$(cargo xtask release) && export EVENTGLASS_BIN && \
	echo "==> Running the browser tests (a few minutes)" && \
	node_modules/.bin/playwright test --config end2end/playwright.config.ts

fmt: setup ## Format the Rust sources
	$(ENV) cargo fmt --all

bench: setup-test ## Measure ingest and search on this machine, on SQLite and on Postgres (about 5 min)
	$(ENV) binary=$$(cargo xtask release) && "$$binary" bench && exec "$$binary" bench --store postgres

bench-query: setup-test ## Measure questions on 5 million events, or EVENTS=..., on both stores (about 40 min)
	$(ENV) binary=$$(cargo xtask release) && "$$binary" bench --events $(EVENTS) \
		&& exec "$$binary" bench --events $(EVENTS) --store postgres

clean: ## Remove what was built; installed tools and ./data stay
	$(ENV) cargo clean
	rm -rf target/site end2end/test-results end2end/playwright-report
