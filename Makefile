# One-word habits: make setup | demo | test | test-slow | test-pages | check | docs | format | bench | bench-safety | fuzz | build
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO := runs/reach/demo

.PHONY: setup demo test test-fast test-slow test-pages check docs format bench bench-safety fuzz build

setup: $(STAMP)
	@scripts/setup_gl.sh $(BIN)/python

$(STAMP): pyproject.toml constraints.txt
	scripts/setup_venv.sh $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet $$(scripts/torch_index.sh $(BIN)/python) \
		-c constraints.txt -e ".[dev]"
	@rm -f $(VENV)/.begun
	@touch $@

demo: setup
	$(BIN)/robo-ddpg train reach --out $(DEMO) --force
	$(BIN)/robo-ddpg evaluate $(DEMO) --episodes 200
	@mkdir -p $(DEMO)/videos
	$(BIN)/robo-ddpg record $(DEMO) --out $(DEMO)/videos/demo.mp4
	@echo $(CURDIR)/$(DEMO)/videos/demo.mp4

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not page"

test-slow: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m "slow and not page"

test-fast: test

test-pages: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m page

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(MAKE) --no-print-directory docs

docs: $(STAMP)
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env docs build/docs

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python scripts/benchmarks/benchmark.py
	$(BIN)/python scripts/benchmarks/bare_share.py drive-park drive fly --simulations 64 256 1024
	$(BIN)/python scripts/benchmarks/bare_share.py fly --shipped --simulations 64 256
	$(BIN)/python scripts/benchmarks/benchmark_updates.py
	$(BIN)/python scripts/benchmarks/benchmark_evaluation.py
	$(BIN)/python scripts/benchmarks/benchmark_grasp.py
	$(BIN)/python scripts/benchmarks/benchmark_filming.py
	$(BIN)/python scripts/benchmarks/benchmark_legged.py
	$(BIN)/python scripts/benchmarks/benchmark_environments.py HalfCheetah-v5 --learners robo_ddpg

bench-safety: setup
	$(BIN)/python scripts/benchmarks/benchmark_safety.py

fuzz: setup
	$(BIN)/python scripts/fuzzing/fuzz.py

build: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	scripts/smoke_test_build.sh $(BIN)/python dist/*.whl
	scripts/smoke_test_build.sh $(BIN)/python dist/*.tar.gz
