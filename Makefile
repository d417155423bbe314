# Every chore has one door. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check bench test-long docs lock clean

help:  ## list the chores
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

lock:  ## pin every dependency anew (needs uv)
	uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes --output-file requirements.lock

docs: $(READY)  ## make the manual's pages that come from the code
	$(BIN)/andante columns --format markdown > docs/session-table.md.partial
	mv docs/session-table.md.partial docs/session-table.md
