# demo: a made-up county from files to suspicion lists · test: everything that CI checks
PYTHON := .venv/bin/python

.PHONY: demo test soak lint bench docs generate
demo: .venv/ready
	.venv/bin/mingzhang demo

test: lint
	tests/servers/install.sh
	$(PYTHON) -m pytest -n 3

soak: .venv/ready
	tests/servers/install.sh
	MINGZHANG_SOAK_ROUNDS=50 $(PYTHON) -m pytest tests/consumers/test_faults.py

lint: .venv/ready
	$(PYTHON) -m mingzhang.generate --check
	.venv/bin/ruff check .
	.venv/bin/mypy

bench: .venv/ready
	$(PYTHON) -m benchmarks

docs: .venv/ready
	$(PYTHON) -m mingzhang.documents

generate: .venv/ready
	$(PYTHON) -m mingzhang.generate

.venv/ready: setup.sh pyproject.toml locks/requirements.txt
	./setup.sh
