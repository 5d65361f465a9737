# Two commands: `make run` shows the rig at work, `make test` checks all of it; `make help` lists the others.
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
PIN = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate $(ALL) \
      --custom-compile-command 'make constraints'

.PHONY: help run test quick check nightly containers digests validation pages wheel constraints clean
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

run: $(VENV)/.installed ## the reference controller through a cold snap, and a report
	$(BIN)/geotwin run cold_snap --controller reference --out runs

test: check ## everything but what needs a Docker engine, on all cores
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not container and not nightly"

quick: $(VENV)/.developing ## format, types, and 40 s of the tests of what has changed since the last commit
	$(BIN)/ruff format -q .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache >/dev/null
	$(BIN)/python -m pytest -q -n auto --within 40 -m "not container and not nightly" $$($(BIN)/python tests/changed.py)

check: $(VENV)/.developing ## format, lint, types and imports; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

nightly: check ## all of it, with the wide checks that take too long for every change
	GEOTWIN_EXAMPLES=20 $(BIN)/python -m pytest -q -n auto -m "not container"

validation: $(VENV)/.developing ## compare the models with their sources anew, and write docs/validation.md
	$(BIN)/python -m pytest -q --validation
	$(BIN)/python tests/validation_page.py

pages: $(VENV)/.developing ## write the pages of the plants and models anew
	$(BIN)/python -m hil.reports.plant_page docs/plants
	$(BIN)/python -m hil.reports.model_page docs/models

containers: $(VENV)/.developing ## the tests that need a Docker engine
	$(BIN)/python -m pytest -q -m container

digests: ## pin the base images to what the Docker engine has, in .env
	docker/digests > .env

wheel: $(VENV)/.developing ## the package and its bill of materials, in dist/
	$(BIN)/python -m hatchling build -t wheel -t sdist
	$(BIN)/python tests/bill_of_materials.py dist

constraints: $(VENV)/.developing ## pin what pyproject.toml asks for; with ALL=--upgrade, the newest of everything
	echo 'hatchling>=1.24' | $(PIN) pyproject.toml - -o constraints.txt
	$(PIN) --extra dev -c constraints.txt pyproject.toml -o constraints-dev.txt

$(BIN)/python:
	$(CREATE)

# Of every package, the build backend too, only files whose digests stand in the constraints are taken; ours is built here.
$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --require-hashes -r constraints.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.developing: $(BIN)/python pyproject.toml constraints-dev.txt
	$(INSTALL) --require-hashes -r constraints-dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

clean: ## remove what was installed, run and built
	rm -rf $(VENV) runs build dist
