# make run    the window              make test   everything that must hold
# make bench  measure the speed       make check  the part of the tests that needs no running: style, types, imports
# The first of them makes .venv; it is made again only when pyproject.toml or the constraints change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
FILE ?=

.PHONY: run test bench check set-up clean

run: $(STAMP)
	@VENV="$(VENV)" sh packaging/run.sh $(FILE)

test: check
	@$(BIN)/python packaging/check_display.py --offscreen --install
	@echo "== tests: pytest, the engines on all cores"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto tests/engines tests/architecture
	@echo "== tests: pytest, the window"
	@$(BIN)/python -m pytest -q tests/app

check: $(STAMP)
	@echo "== format: ruff format"
	@$(BIN)/ruff format --check .
	@echo "== lint: ruff check"
	@$(BIN)/ruff check .
	@echo "== types: mypy"
	@$(BIN)/mypy app engines
	@echo "== borders: import-linter"
	@$(BIN)/lint-imports

bench: $(STAMP)
	@$(BIN)/python packaging/check_display.py --offscreen --install
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks

set-up: $(STAMP)

$(STAMP): pyproject.toml packaging/constraints.txt packaging/set_up.sh
	@PYTHON="$(PYTHON)" sh packaging/set_up.sh $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
