# MovieRec's commands; `make` alone lists them.

PORT ?= 8000
ENV ?= dev

ifndef PYTHON
PYTHON := $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$name" && exit; \
done; echo python3)
endif

BOOTSTRAP = @"$(PYTHON)" scripts/bootstrap.py

.PHONY: help run test coverage lint types contracts setup dev package deploy rollback e2e coldstart browser clean

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

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

package: ## Make the package that AWS Lambda runs, and try it (ENV=dev).
	$(BOOTSTRAP) carried
	@.venv/bin/python -m infra package --env "$(ENV)"

deploy: ## Deploy to AWS what ENV names, and let it serve when it works (ENV=dev, or staging or prod; OPTIONS=--help).
	$(BOOTSTRAP) carried
	@.venv/bin/python -m infra release --env "$(ENV)" $(OPTIONS)

rollback: ## Let the version serve again that did before (ENV=dev); it installs nothing.
	@.venv/bin/python -c 'import boto3, troposphere' 2>/dev/null || \
	    { echo "There is no .venv here with what a roll-back needs: run \`make dev\` first, or roll back where there is one." >&2; exit 1; }
	@.venv/bin/python -m infra rollback --env "$(ENV)" $(OPTIONS)

e2e: dev ## Deploy to an embedded AWS of its own, use what stands there, and take it down again.
	$(BOOTSTRAP) carried
	@.venv/bin/python -m pytest -n 0 tests/deployment

coldstart: dev ## Compare the package's first answers with those of a bare Django and REST framework.
	$(BOOTSTRAP) carried
	@.venv/bin/python -m infra package --env dev
	@.venv/bin/python -m bench.cold_start

browser: ## Install Chromium, which the browser tests drive, where there is none (Debian, as root).
	$(BOOTSTRAP) browser

clean: ## Remove the virtual environments, but nothing that was stored.
	@rm -rf .venv .venv.unfinished .venv-aws .venv-aws.unfinished .venv-lambda .venv-lambda.unfinished
