# On a fresh machine with Python 3.11 or newer, `make demo` and `make test` need nothing before them.
VENV   ?= .venv
PYTHON ?=
ARGS   ?=
PIP    := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input

# Compiled bytecode is what makes the second start quick.
unexport PYTHONDONTWRITEBYTECODE
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test torture check bench wheel matrix lock clean

help: ## Say what each target does
	@echo "make TARGET [ARGS=...] [PYTHON=python3.12]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-9s %s\n", $$1, $$2 }'

demo: $(VENV)/.ready ## Play a campaign from the first draft to the last receipt, against imitated platforms
	@$(VENV)/bin/python scripts/demo.py $(ARGS)

# Tests of whole processes wait more than they work: one worker more than there are processors, four at most.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -ge 4 ] && echo 4 || echo $$((n + 1)))

test: $(VENV)/.ready ## Run the tests, a file at a time on each worker; ARGS="-k lease -x" goes to pytest
	@$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

torture: $(VENV)/.ready ## Kill daemons at every step under every fault; ARGS="--deliveries 600 --database sqlite"
	@$(VENV)/bin/python -m tests.torture $(ARGS)

check: $(VENV)/.ready ## Lint, formatting, types, floors, dependencies: all are run, any failure counts
	@set -f; PATH="$(VENV)/bin:$$PATH"; failed=; \
	for step in "ruff check" "ruff format --check" "mypy" "lint-imports" "deptry src adapters --extend-exclude .*/tests/"; do \
		echo "» $$step"; $$step || failed="$$failed, $$step"; \
	done; \
	[ -z "$$failed" ] || { echo "failed: $${failed#, }" >&2; exit 1; }

bench: $(VENV)/.ready ## Measure how long a command takes to start, and what the queue costs
	@$(VENV)/bin/python bench/startup.py
	@$(VENV)/bin/python bench/delivery.py

wheel: $(VENV)/.ready ## Build the wheel and try it in an environment of its own
	@sh scripts/check_wheel.sh $(VENV)/bin/python

matrix: ## Run the tests under each of Python 3.11, 3.12 and 3.13 that this machine has
	@for python in python3.11 python3.12 python3.13; do \
		if sh scripts/find_python.sh $$python >/dev/null 2>&1; then \
			echo "» $$python"; $(MAKE) --no-print-directory test VENV=build/$$python PYTHON=$$python || exit 1; \
		else \
			echo "» $$python: not on this machine, left out"; \
		fi; \
	done

lock: ## Write requirements.lock anew from pyproject.toml; ARGS=--upgrade for the newest versions
	@sh scripts/lock.sh $(ARGS)

clean: ## Remove all that make has made, the virtual environment too
	@rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src adapters tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps: a changed lock makes the environment anew, a changed pyproject.toml only installs crosspost again.
# The lock is whole, so nothing is resolved: an older pip would look for the newest release of a package that another
# wants with an extra, find it without a hash, and refuse. `pip check` says whether the lock is still whole.
$(VENV)/.packages: requirements.lock
	@python=$$(sh scripts/find_python.sh $(PYTHON)) && \
		echo "» Making $(VENV) with $$($$python --version)" && $$python -m venv --clear $(VENV)
	@echo "» Installing the packages of requirements.lock (about a minute)"
	@$(PIP) -qq install --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.ready: $(VENV)/.packages pyproject.toml
	@echo "» Installing crosspost"
	@$(PIP) -qq install --no-deps --no-build-isolation --editable .
	@missing=$$($(PIP) check) || { echo "$$missing"; echo "requirements.lock is behind pyproject.toml: run make lock" >&2; exit 1; }
	@touch $@
