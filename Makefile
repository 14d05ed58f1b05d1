# demo: a made-up county from files to suspicion lists · test: everything that CI checks
PYTHON := .venv/bin/python

# Hundreds of processes of the tests would each compile the program once more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test types tests soak lint bench docs generate
demo: .venv/ready
	.venv/bin/mingzhang demo

# types are checked beside the tests
test: .venv/ready
	$(PYTHON) -m mingzhang.generate --check
	.venv/bin/ruff check .
	$(MAKE) --no-print-directory --jobs=2 types tests

types: .venv/ready
	.venv/bin/mypy

# what the tests need is fetched while they are compiled, once for all workers; a third worker fills the waits of tests
# that wait for servers
tests: .venv/ready
	tests/servers/install.sh & installing=$$!; $(PYTHON) -m pytest --collect-only -q >/dev/null || true; wait $$installing
	$(PYTHON) -m pytest -n 3 --dist worksteal

soak: .venv/ready
	tests/servers/install.sh
	if command -v uv >/dev/null; then uv pip install --quiet --python $(PYTHON) -e ".[spark]"; \
	else $(PYTHON) -m pip install --quiet -e ".[spark]"; fi
	MINGZHANG_SOAK_ROUNDS=50 $(PYTHON) -m pytest tests/consumers/test_faults.py
	$(PYTHON) -m pytest -m soak

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
