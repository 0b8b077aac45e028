# Two commands for a stranger: `make demo` and `make test`. Both set up what they need first.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

# Tests start thousands of short processes: without kept bytecode each would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint bench servers prepare clean

demo: $(VENV)/ready
	@$(BIN)/mailer demo

test: $(VENV)/ready servers
	$(BIN)/python -m pytest -n auto --cov --cov-report=term

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/ready-bench
	$(BIN)/python -m bench

# On Debian as root: installs the servers, readers and browser that the tests talk to. Elsewhere it says what is missing.
servers:
	@sh tests/system/install-servers

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,lint]'
	@touch $@

$(VENV)/ready-bench: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@

# After a change of a built-in template or theme, or of the pinned libraries: what ships prepared of them, made anew.
prepare: $(VENV)/ready
	$(BIN)/python -m mailer.composer.prepare

clean:
	rm -rf $(VENV) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
