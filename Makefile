# Everyframe: `make demo` shows it, `make test` proves it. Nothing else to set up.
PYTHON ?= python3
SERVE ?= 1
FILES ?= 400
PORT ?= 8420
BIN := .venv/bin

.PHONY: help setup demo test lint format bench soak clean
.DEFAULT_GOAL := help

help: ## List these commands.
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.ready ## Make .venv and install Everyframe with all it needs.

.venv/.ready: pyproject.toml scripts/system-packages
	./scripts/system-packages run
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/everyframe validate >/dev/null
	touch $@

demo: setup ## Draw a benign exhibit, take it in, print the account, serve the review (SERVE=0: stop after the account).
	./scripts/demo $(FILES) $(PORT) $(SERVE)

test: setup ## Check style and types, and run the tests.
	./scripts/system-packages test
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 -m 'not soak'

soak: setup ## Run what takes longer: many kills, many hostile files, a million rows.
	./scripts/system-packages test
	$(BIN)/python -m pytest -n 1 -m soak -p no:randomly --timeout 3600

lint: setup ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## Bring the code into the one form.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Run the benchmarks; the last results stand in docs/performance.md.
	./scripts/system-packages test
	$(BIN)/python benchmarks/intake.py
	$(BIN)/python benchmarks/exhibits.py
	$(BIN)/python benchmarks/grid.py
	$(BIN)/python benchmarks/queries.py
	$(BIN)/python benchmarks/review.py
	$(BIN)/python benchmarks/reorder.py
	$(BIN)/python benchmarks/order.py --media 3000 --seeds 1
	$(BIN)/python benchmarks/known.py
	$(BIN)/python benchmarks/stacks.py
	$(BIN)/python benchmarks/exchange.py
	$(BIN)/python benchmarks/carving.py

clean: ## Remove the environment and the demo.
	rm -rf .venv demo
