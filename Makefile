# Every chore has one door. `make` alone lists them. Everything is installed into .venv, nothing into the machine's own Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := src tests bench examples docs
REPORT := report.html
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo read serve test test-long check style types contracts bench docs docs-current calibration figures lock clean

help:  ## list the chores
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The environment, made from the lock file; made anew when it or the package's own description changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Andante needs Python 3.11 or newer, as python3 or named: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "No environment could be made. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Compiling the package and its loops over sessions (once) ..."
	@$(BIN)/python -m compileall -q src
	@$(BIN)/andante read examples/caseload.csv >/dev/null
	@touch $(READY)

demo: read serve  ## read the example caseload, write a report, then open the web service on this machine

read: $(READY)
	@echo
	@$(BIN)/andante read examples/caseload.csv --html $(REPORT)
	@echo
	@echo "Open the report in a browser: file://$(CURDIR)/$(REPORT)"
	@echo

serve: $(READY)
	@$(BIN)/andante demo

# A browser for the tests that look at pages: installed where this may be done without asking, else they skip by name.
test: $(READY)  ## run the tests (set-up included)
	@.ci/browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q

test-long: $(READY)  ## run the long tests: the budget and the worlds at full size
	$(BIN)/python -m pytest -m long -q

check: style types contracts docs-current test  ## everything that has to hold before a change goes in

style: $(READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

bench: $(READY)  ## measure speed against plain Polars, and the measures against their R peers
	@$(BIN)/python bench/engine.py; engine=$$?; echo; $(BIN)/python bench/measures.py && exit $$engine

docs: $(READY)  ## make the manual's pages that come from the code
	$(BIN)/python docs/pages.py

docs-current: $(READY)
	$(BIN)/python docs/pages.py --check

calibration: $(READY)  ## fit the weights of evidence, then the gates, to simulated clients (some minutes)
	$(BIN)/python -m andante.lab.calibration
	$(BIN)/python -m andante.lab.gates

figures: $(READY)  ## make the budget page anew: clients are simulated and read (some minutes)
	$(BIN)/python docs/budget.py

lock:  ## pin every dependency anew (needs uv)
	uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes --output-file requirements.lock

clean:  ## remove the environment and everything that was made
	rm -rf $(VENV) $(REPORT) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
