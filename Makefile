# MovieRec's commands; `make` alone lists them.

PORT ?= 8000

ifndef PYTHON
PYTHON := $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$name" && exit; \
done; echo python3)
endif

BOOTSTRAP = @"$(PYTHON)" scripts/bootstrap.py

.PHONY: help run test coverage lint types contracts setup dev browser clean

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

run: ## Install what is missing and serve on http://127.0.0.1:8000 (PORT=8001 and STATE_DIR=folder change it).
	$(BOOTSTRAP) run --port "$(PORT)" --state-dir "$(STATE_DIR)"

test: dev ## Run the tests (TESTS=tests/some/folder for a part of them).
	@.venv/bin/python -m pytest $(TESTS)

coverage: dev ## Run the tests and show which lines none of them reaches.
	@.venv/bin/python -m pytest --cov

lint: dev ## Check style and format with ruff.
	@.venv/bin/python -m ruff check
	@.venv/bin/python -m ruff format --check

types: dev ## Check types with mypy.
	@.venv/bin/python -m mypy

contracts: dev ## Check that packages lean on one another as agreed.
	@.venv/bin/python .venv/bin/lint-imports

setup: ## Install what `make run` needs, and serve nothing.
	$(BOOTSTRAP) setup

dev: ## Install what tests and checks need, too.
	$(BOOTSTRAP) dev

browser: ## Install Chromium, which the browser tests drive, where there is none (Debian, as root).
	$(BOOTSTRAP) browser

clean: ## Remove the virtual environments, but nothing that was stored.
	@rm -rf .venv .venv.unfinished .venv-aws .venv-aws.unfinished
