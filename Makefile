# detente: `make brief` and `make test` set everything up by themselves.
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
EXTRAS := dev,tables,documents
CASE := cases/vladivostok-1977
LETTER := brezhnev-1977-02-25

.DEFAULT_GOAL := help
.PHONY: help setup brief test fast check format bench docs pins clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Rebuilt when what it is made from changes, or when its interpreter is gone (a moved checkout).
$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) …"
	@$(PY) -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null \
		&& $(VENV)/bin/pip --version >/dev/null 2>&1 || { rm -rf $(VENV); python3 -m venv $(VENV); }
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt uv 2>$(VENV)/setup.log || true
	@{ $(VENV)/bin/uv pip install -q --compile-bytecode --python $(PY) -c constraints.txt -e '.[$(EXTRAS)]' \
		|| $(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'; } \
		>>$(VENV)/setup.log 2>&1 || { cat $(VENV)/setup.log; exit 1; }
	@$(PY) -m compileall -q src
	@touch $(READY)

# A virtual environment holds absolute paths: one that was moved with its folder is made anew.
setup: ## build the virtual environment
	@[ -x $(PY) ] && [ "$$(sed -n 's/^VIRTUAL_ENV=//p' $(VENV)/bin/activate | tr -d "'\"")" = "$(CURDIR)/$(VENV)" ] || rm -f $(READY)
	@$(MAKE) -s --no-print-directory $(READY)

brief: setup ## the founding case's papers: terminal, out/*.html, out/*.md
	@$(VENV)/bin/detente brief $(CASE) --out out
	@echo
	@$(VENV)/bin/detente brief $(CASE) --letter $(LETTER) --out out

test: setup ## the whole test suite
	@$(PY) -m pytest -n 2

fast: setup ## the tests that take no time and no browser
	@$(PY) -m pytest -n 2 -m "not slow and not browser"

check: setup ## lint, types, floors
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: setup ## format the code
	@$(VENV)/bin/ruff check --fix -q . || true
	@$(VENV)/bin/ruff format -q .

bench: setup ## benchmarks, as ratios
	@$(PY) benchmarks/run.py --peers

docs: setup ## the documentation site, into site/
	@$(PY) docs/generate.py
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@$(VENV)/bin/zensical build --clean --strict

pins: ## renew constraints.txt from a throw-away environment
	@rm -rf .pins && python3 -m venv .pins
	@.pins/bin/pip install -q --disable-pip-version-check 'pip>=23' uv '.[dev,tables,documents,docs]'
	@{ sed -n '/^#/p' constraints.txt; .pins/bin/pip freeze --exclude detente; } > .pins/new
	@mv .pins/new constraints.txt && rm -rf .pins

clean: ## remove everything that was made
	@rm -rf $(VENV) out site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
