# `make` alone prints what there is to run. Two commands matter: `make run` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

py := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/sbin
# Checks keep their state apart from that of `make run`; tests make their own.
lint: export LINEKEY_HOME := $(CURDIR)/var/lint
# The tests which prove that every line and branch of two rooms is tested; measuring slows the others for nothing.
measuring := tests/domain tests/usecases tests/laws tests/audit tests/api_ovh
# On every core. Not those which share one Kamailio, one Chromium, one machine's clock.
everywhere := -n auto --dist loadfile
templates = $(shell find src -path '*/templates/*' -name '*.html')
section = @printf '\n\033[1;36m── %s ──\033[0m\n' "$(1)"
compile_lock = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-9s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Set up this machine if needed, then start everything on loopback and print the address
	@bin/setup run
	@exec linekey run

.PHONY: test
test: ## Set up this machine if needed, then check everything: style, types, rooms, tests, coverage
	$(call section,Setting up)
	@bin/setup test
	@$(MAKE) --no-print-directory lint
	@coverage erase
	$(call section,Tests on SQLite: the rules and the use-cases - measured)
	@coverage run -m pytest $(everywhere) $(measuring)
	$(call section,Coverage)
	@coverage combine --quiet
	@coverage report --fail-under=100
	$(call section,Tests on SQLite: everything else)
	@$(py) -m pytest $(everywhere) -m "not real and not browser" $(addprefix --ignore=,$(measuring))
	$(call section,Tests on PostgreSQL: whatever touches the database)
	@LINEKEY_TEST_DATABASE=postgresql $(py) -m pytest $(everywhere) -m "not real and not browser"
	$(call section,Tests on PostgreSQL: the same flows through real elements)
	@LINEKEY_TEST_DATABASE=postgresql $(py) -m pytest -m real tests/flows
	$(call section,Tests of the whole product: elements and browser)
	@$(py) -m pytest -m "real or browser"
	$(call section,All is well)

.PHONY: check
check: lint ## The quick half of `make test`: lint, then the tests without elements and browser, on SQLite
	$(call section,Quick tests)
	@$(py) -m pytest -q -m "not real and not browser"

.PHONY: lint
lint: ## Style, types, import contract, migrations, translations, locks
	$(call section,Style)
	@ruff check . bin/messages
	@ruff format --check . bin/messages
	@[ -z "$(templates)" ] || djade --check $(templates)
	$(call section,Types)
	@mypy
	$(call section,One-way street)
	@lint-imports
	$(call section,Migrations - translations - locks)
	@linekey manage makemigrations --check --dry-run
	@bin/messages check
	@bin/locks

.PHONY: fix
fix: ## Repair what a tool can repair
	@ruff check --fix . bin/messages
	@ruff format . bin/messages
	@[ -z "$(templates)" ] || djade $(templates)

.PHONY: messages
messages: ## Bring the catalogues up to date with the pages, then compile them
	@bin/messages update
	@bin/messages compile

.PHONY: lock
lock: ## Choose newer versions: rewrite requirements/*.txt with their digests
	@cd requirements && for name in run setup; do $(compile_lock) $$name.in -o $$name.txt; done
	@cd requirements && $(compile_lock) --constraint run.txt dev.in -o dev.txt
	@bin/locks

.PHONY: bench
bench: ## Set up this machine if needed, then measure everything beside a baseline: make bench json=FILE
	@bin/setup test
	@$(py) -m bench $(if $(json),--json $(json))

.PHONY: drill
drill: ## Set up this machine if needed, then lose a primary, a worker and a web process during changes
	@bin/setup drill
	@$(py) -m drill
