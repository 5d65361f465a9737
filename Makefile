# Two commands: `make run` shows the rig at work, `make test` checks all of it.
# Needs python3 >= 3.11 with venv, and make; `uv` is used when it is there. Tests need more: see README.md.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

ifeq ($(UV),)
CREATE  = $(PYTHON) -m venv $(VENV)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
CREATE  = $(UV) venv --quiet --python $(PYTHON) $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
endif

.PHONY: run test check containers validation pages clean
.DELETE_ON_ERROR:

run: $(VENV)/.installed
	$(BIN)/geotwin run cold_snap --controller reference --out runs

test: check
	$(BIN)/python -m pytest -q -n auto -m "not container"

check: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

validation: $(VENV)/.developing
	$(BIN)/python -m pytest -q --validation
	$(BIN)/python tests/validation_page.py

pages: $(VENV)/.developing
	$(BIN)/python -m hil.reports.plant_page docs/plants

containers: $(VENV)/.developing
	$(BIN)/python -m pytest -q -m container

$(BIN)/python:
	$(CREATE)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -c constraints.txt -e .
	@touch $@

$(VENV)/.developing: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) runs build dist
