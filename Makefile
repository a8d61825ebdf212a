# Everything a person does with a checkout. `make help` lists it.
PYTHON ?= python3.11
BIN := .venv/bin
.DEFAULT_GOAL := help

setup: ## set up .venv, Kafka's jars and Triton's folder (done once, resumable)
	@command -v $(PYTHON) >/dev/null || { echo "adloom: Python 3.11 is missing: install python3.11, python3.11-venv and libpython3.11."; exit 1; }
	@$(PYTHON) services/stack/bootstrap.py

lock: setup ## resolve pyproject.toml into requirements.lock (hashes, no addresses)
	$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.lock

.PHONY: setup lock
