# demo: a made-up county from files to suspicion lists · test: everything that CI checks
PYTHON := .venv/bin/python

.PHONY: demo test lint bench docs generate
demo: .venv/ready
	.venv/bin/mingzhang demo

test: lint
	$(PYTHON) -m pytest -n 2

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
