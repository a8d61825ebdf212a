# Everything a person does with a checkout. `make help` lists it.
PYTHON ?= python3.11
BIN := .venv/bin
.DEFAULT_GOAL := help
# Hundreds of processes are started here: that each compiles all its sources anew would take longer than the rest.
unexport PYTHONDONTWRITEBYTECODE
# What a shell says to another Python is not meant for this one.
unexport PYTHONHOME PYTHONPATH PYTHONOPTIMIZE PYTHONSTARTUP PYTHONINSPECT
.PHONY: setup run test drills check bench up down protos lock clean help

setup: ## set up .venv, Kafka's jars and Triton's folder (done once, resumable)
	@command -v $(PYTHON) >/dev/null || { echo "adloom: Python 3.11 is missing: install python3.11, python3.11-venv and libpython3.11."; exit 1; }
	@$(PYTHON) -I -S services/tools/stack/setup_entry.py

run: setup ## the whole loop with simulated shoppers, live; DURATION=60 ends by itself
	@$(BIN)/adloom run $(if $(DURATION),--duration $(DURATION))

# Tests that start real parts come last, two files at a time, each with a stack of its own: they mostly wait.
REAL := tests/contract tests/integration tests/e2e

test: setup ## all tests but the long ones, on real parts; ARGS="-k name" chooses
ifeq ($(ARGS),)
	@failed=0; $(BIN)/python -m pytest -n 2 --dist worksteal $(REAL:%=--ignore=%) || failed=$$?; \
		$(BIN)/python -m pytest -n 2 --dist loadfile $(REAL) && exit $$failed
else
	@$(BIN)/python -m pytest $(ARGS)
endif

drills: setup ## the long tests: drills on builds that lack a defence, the whole Open Bandit log
	@$(BIN)/python -m pytest -m drills

check: setup ## formatting, lint, types, protos, k8s, architecture
	@$(BIN)/python -m services.tools.checks.check

bench: setup ## the figures with their references, as JSON
	@$(BIN)/adloom bench --json

up: setup ## start the stack without shoppers
	@$(BIN)/adloom up --detach

down: ## end the stack
	@test ! -x $(BIN)/adloom || $(BIN)/adloom down

protos: setup ## generate protos/gen anew
	@$(BIN)/python -m protos.generate

lock: setup ## resolve pyproject.toml into requirements.lock (hashes, no addresses)
	@$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.lock

clean: down ## remove what was built and all state of this checkout, secrets and data too
	@rm -rf .venv .adloom .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
