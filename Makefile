# `make help` lists the targets; CONTRIBUTING.md says when to use which.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
C_FILES = $(shell find runtime -name '*.[ch]')

# What `make fuzz` and `make test` hand on; for example: make fuzz FUZZ="--seconds 600 --seed 7"
FUZZ ?= --seconds 60
TEST ?=

.PHONY: help setup fuzz test lint format bench clean

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

bench: setup ## Measure the harness and the compiler on this machine
	$(BIN)/python -m bench

clean: ## Remove what the build, the tests and the reports left (keeps .venv)
	rm -rf build dist coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find reports -mindepth 1 ! -name README.md -delete
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
