# Everything that is needed is installed into .venv; nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: demo test check docs testbed demo-record faults fuzz bench lock clean

demo: $(INSTALLED) ## A sea trial of the recorded demo platform; no cluster is needed.
	@$(BIN)/seatrial assess --demo; code=$$?; echo; \
	echo "exit code $$code (0 the gate holds, 1 it does not, 2 usage, 3 it cannot be told)"; test $$code -ne 2

test: $(INSTALLED) ## Laws and units in memory, then the real API server and etcd, then the real cluster.
	$(BIN)/python -m pytest -q -n 2 tests/unit tests/laws tests/faults tests/canaries tests/hostile tests/golden
	@$(BIN)/python -m seatrial.testing.testbed build || test -z "$$SEATRIAL_REQUIRE_REAL"
	$(BIN)/python -m pytest -q tests/worlds
	$(BIN)/python -m pytest -q tests/e2e

check: $(INSTALLED) ## Linter, formatter, types, layers, generated files.
	$(BIN)/ruff check -q src tests bench
	$(BIN)/ruff format -q --check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m seatrial.testing.generate --check

docs: $(INSTALLED) ## Writes every generated file: catalogue, pages, reference, schema.
	$(BIN)/python -m seatrial.testing.generate

testbed: $(INSTALLED) ## Builds every real component, once, into the user's cache.
	$(BIN)/python -m seatrial.testing.testbed build etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kubelet kube-proxy coredns kube-router

demo-record: $(INSTALLED) ## Runs the demo platform on a real cluster (needs root) and records its trial.
	$(BIN)/python -m seatrial.testing.cluster record

faults: $(INSTALLED) ## Everything that an API server can do wrong, to every request: no verdict moves towards pass. A quarter of an hour.
	$(BIN)/python -m pytest -q -n 2 tests/faults
	SEATRIAL_KILLS=1000 $(BIN)/python -m pytest -q tests/unit/trialfile/test_killed.py
	$(BIN)/python -m seatrial.testing.faults --write docs/reference/faults.md

fuzz: $(INSTALLED) ## Feeds every parser for SECONDS (60), guided by coverage; what it finds stays in .fuzz.
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/fuzz.lock
	@mkdir -p .fuzz
	$(BIN)/python tests/fuzz/target.py .fuzz -max_total_time=$(or $(SECONDS),60) -max_len=4000 -timeout=10 -artifact_prefix=.fuzz/

bench: $(INSTALLED) ## Speed and memory, as ratios; the largest step takes two minutes.
	@for script in bench/decode.py bench/judge.py bench/start.py bench/scale/run.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: $(INSTALLED) ## Locks the dependencies anew.
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group dev -o requirements/dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --group fuzz -o requirements/fuzz.lock
	@echo hatchling | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml - -o requirements/run.lock
	@echo uv | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 - -o requirements/bootstrap.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(INSTALLED): requirements/dev.lock requirements/bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/dev.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@
