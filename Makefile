# `make help` lists the targets; CONTRIBUTING.md says when to use which.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
C_FILES = $(shell find runtime -name '*.[ch]')

# What `make fuzz` and `make test` hand on; for example: make fuzz FUZZ="--seconds 600 --seed 7"
FUZZ ?= --seconds 60
TEST ?=

# The environment in which the plain gcc builds count executed lines, in a cache of their own.
COUNTED = OMNITEST_COVERAGE=1 OMNITEST_CACHE=$(CURDIR)/coverage/cache OMNITEST_HOME=$(CURDIR)/coverage

.PHONY: coverage help setup fuzz test lint format bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install system tools and .venv (quick when nothing is missing)
	@tools/setup.sh

fuzz: setup ## Fuzz for a minute and write a report (FUZZ="--seconds N --seed N ..." for other campaigns)
	$(BIN)/omnitest fuzz $(FUZZ)

test: setup ## Run the tests on all cores (TEST="-k name ..." for a part)
	$(BIN)/python -m pytest -n auto $(TEST)

lint: setup ## Check Python (ruff, mypy --strict) and C layout (clang-format)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run -Werror $(C_FILES)

format: setup ## Rewrite Python and C files in the house layout
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(C_FILES)

coverage: setup ## Measure which lines of the C runtime the tests and a one-minute campaign execute (at least 85 %)
	rm -rf coverage && mkdir -p coverage
	$(COUNTED) $(BIN)/python -m pytest -n auto -q tests/runtime tests/engines tests/compiler tests/corpora
	$(COUNTED) $(BIN)/omnitest fuzz --seconds 60 --engines gcc-O0,gcc-O2 --no-self-test --report coverage
	$(BIN)/gcovr --root runtime/src --object-directory coverage/cache --gcov-ignore-errors=all --merge-mode-functions=separate \
	  --html-details coverage/index.html --txt - --fail-under-line 85 coverage/cache

bench: setup ## Measure the harness and the compiler on this machine
	$(BIN)/python -m bench

clean: ## Remove what the build, the tests and the reports left (keeps .venv)
	rm -rf build dist coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find reports -mindepth 1 ! -name README.md -delete
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
