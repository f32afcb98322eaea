# `make demo` and `make test` do all their set-up on a machine with Python 3.10 or newer; PYTHON=... chooses another one.
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test style types imports itself suite test-corpus docs format clean

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 10))
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python3.10 python,\
	$(shell $(name) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $(name))))
VENV ?= .venv
BIN = $(abspath $(VENV))/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 8))')

help:
	@echo 'make demo         install into $(VENV) and show what is found in examples/'
	@echo 'make test         install what the tests need, run them and all checks'
	@echo 'make test-corpus  check real packages; downloads them once'
	@echo 'make docs         write the generated parts of README.md'
	@echo 'make format       format the code'
	@echo 'make clean        remove $(VENV) and all caches of the tools in this directory'

$(VENV)/created:
	@test -n '$(PYTHON)' || { echo 'error: no Python 3.10 or newer was found; name one with PYTHON=...' >&2; exit 1; }
	$(PYTHON) -c '$(NEW_ENOUGH)' || { echo 'error: $(PYTHON) is older than Python 3.10' >&2; exit 1; }
	$(PYTHON) -m venv '$(VENV)'
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/created
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml $(VENV)/created
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/installed

# Both programs end with 1 here, for there are findings; any other exit code fails.
demo: $(VENV)/installed
	@echo '$$ flake8'
	@cd examples && $(BIN)/flake8; test $$? -eq 1
	@echo
	@echo '$$ nemorun-lint check --output-format full'
	@cd examples && $(BIN)/nemorun-lint check --output-format full; test $$? -eq 1

test: style types imports itself suite

style: $(VENV)/installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/installed-test
	$(BIN)/mypy

imports: $(VENV)/installed-test
	PYTHONPATH=. $(BIN)/lint-imports

itself: $(VENV)/installed-test
	$(BIN)/nemorun-lint check nemorun_lint tests

suite: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -n $(JOBS)

test-corpus: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -m corpus tests/corpus

docs: $(VENV)/installed-test
	$(BIN)/python -m tests.documentation

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf '$(VENV)' build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
