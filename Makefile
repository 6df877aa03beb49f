# Every target makes what it needs: Python packages in .venv/, npm packages in labextension/node_modules/.
# Needed beforehand: make, Python 3.10 or later.  Used where it is there: node (20.19+ or 22.12+), a Chromium.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)
PY := .venv/bin/python
PIP := .venv/bin/uv pip install --quiet --python $(PY)
NPM := $(shell command -v npm 2>/dev/null)
NODE_MODULES := $(if $(NPM),labextension/node_modules/.installed)
LAB_SOURCES := $(wildcard labextension/*.json) $(shell find labextension/src labextension/style labextension/schema -type f 2>/dev/null)
PYTEST_ARGS ?=
# One process for each core, and the tests of a file, which share kernels and servers, in one of them.
PARALLEL := -n logical --dist loadfile

.PHONY: help demo test test-fast test-slow test-mutation test-lab lint format build bench bench-io browser clean distclean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "make %-10s %s\n", $$1, $$2}'

demo: .venv/.installed .venv/.with-demo  ## run the example in a live server, save it, check it
	$(PY) examples/demo.py

test: .venv/.installed .venv/.with-test .venv/.with-demo browser test-lab  ## the tests, in the browser too (PYTEST_ARGS='tests/check -x' for some)
	$(PY) -m pytest $(PARALLEL) -m '(browser or not slow) and not mutation' $(PYTEST_ARGS)

test-slow: .venv/.installed .venv/.with-test .venv/.with-demo  ## the tests that take longer
	$(PY) -m pytest $(PARALLEL) -m 'slow and not browser and not mutation' $(PYTEST_ARGS)

test-fast: .venv/.installed .venv/.with-test .venv/.with-demo  ## the tests that need no browser and little time
	$(PY) -m pytest $(PARALLEL) -m 'not slow and not browser and not mutation' $(PYTEST_ARGS)

test-mutation: .venv/.installed .venv/.with-test .venv/.with-demo  ## break each rule of comparison: does a test notice?
	$(PY) -m pytest -n logical -m mutation

test-lab: $(NODE_MODULES)  ## the lab extension's unit tests
	$(if $(NPM),cd labextension && npm test --silent,@echo "The lab extension's unit tests were not run: no npm here.")

lint: .venv/.installed .venv/.with-dev .venv/.with-test $(NODE_MODULES)  ## ruff, mypy, and the lab extension's linters
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict
	$(if $(NPM),cd labextension && npm run --silent lint:check,@echo 'The lab extension was not linted: no npm here.')

format: .venv/.with-dev  ## let ruff rewrite what it can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

build: .venv/bin/uv $(NODE_MODULES)  ## source distribution and wheel in dist/
	rm -rf dist
	.venv/bin/uv build --python $(PY) --out-dir dist

bench: .venv/.installed .venv/.with-demo .venv/.with-test  ## measure what is promised to be fast
	$(PY) -m benchmarks

bench-io: .venv/.installed .venv/.with-test .venv/.with-io  ## show which calls of libraries have their files seen
	$(PY) -m benchmarks.io_coverage

browser: .venv/.with-test  ## find or install the browser that tests/browser drives
	@sh tools/browser.sh $(PY)

clean:  ## remove what was built
	rm -rf build dist jupyter_prov/labextension labextension/lib .venv/.installed
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find jupyter_prov tests examples -name __pycache__ -prune -exec rm -rf {} +

distclean: clean  ## and everything that was installed
	rm -rf .venv labextension/node_modules

.venv/bin/uv:
	@test -n '$(PYTHON)' || { echo 'No Python 3.10 or later was found: install one, or set PYTHON=.' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check uv

# Editable, so that Python edits count at once; the data files (startup file, server configuration, lab
# extension) are copies, and are made anew whenever their sources are newer than the stamp.
.venv/.installed: .venv/bin/uv pyproject.toml hatch_build.py $(wildcard config/*) $(LAB_SOURCES) $(NODE_MODULES)
	$(PIP) --reinstall-package jupyter-prov --editable .
	@touch $(NODE_MODULES) $@  # the build runs npm install, which may touch the lock file

.venv/.with-%: .venv/bin/uv pyproject.toml
	$(PIP) --requirement pyproject.toml --extra $*
	@touch $@

labextension/node_modules/.installed: labextension/package-lock.json
	cd labextension && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@
