# make run            serve the app on http://localhost:8501 (PORT=8502 and HOST=0.0.0.0 change it)
# make test           lint, types, all tests including those in a browser, but the long ones
# make test-long      those too: what only many seeds, whole data sets or random input show
# make bench          our engine beside `lime`, and how long a person waits in a browser
# make install        only create the environment in .venv; install-dev: with the test tools
# make docs         build the library's site, build/docs/index.html
# make screenshots    take the README's pictures anew
# make requirements   compile requirements*.txt anew, to the newest versions

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
BIN := .venv/bin

# A copy of scikit-learn's data sets beside the project saves a download.
ifndef SCIKIT_LEARN_DATA
ifneq ($(wildcard ../shared/data/.),)
export SCIKIT_LEARN_DATA := $(abspath ../shared/data)
endif
endif

# The tests start hundreds of processes: what those import is to be compiled once.
unexport PYTHONDONTWRITEBYTECODE

PYTEST = $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal

.PHONY: run install install-dev check test test-long bench docs screenshots requirements

run: install
	@$(BIN)/python scripts/check_port.py '$(HOST)' '$(PORT)'
	HOST='$(HOST)' $(BIN)/python -m streamlit run app.py --server.address=$(HOST) --server.port=$(PORT)

install: .venv/installed
install-dev: .venv/installed-dev

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	sh scripts/provide_chromium.sh $(BIN)/python
	sh scripts/provide_postgresql.sh $(BIN)/python

test: check
	$(PYTEST)

test-long: check
	$(PYTEST) -m '' --hypothesis-profile=long

bench: install-dev
	$(BIN)/python -m benchmarks.texts_vs_lime
	$(BIN)/python -m benchmarks.images_vs_lime
	$(BIN)/python -m benchmarks.tables_vs_lime
	$(BIN)/python -m benchmarks.projected_vs_lime
	$(BIN)/python -m benchmarks.weights_vs_peers
	$(BIN)/python -m benchmarks.coverage
	$(BIN)/python -m benchmarks.pick_vs_lime
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.paper.faithfulness
	$(BIN)/python -m benchmarks.compare_models
	$(BIN)/python -m benchmarks.app.own_data
	$(BIN)/python -m benchmarks.app.crowd
	$(BIN)/python -m benchmarks.app.script_time
	sh scripts/provide_chromium.sh $(BIN)/python
	$(BIN)/python -m benchmarks.app.in_a_browser

docs: install-dev
	$(BIN)/python -m sphinx -W --keep-going -q docs build/docs
	@echo "build/docs/index.html"

screenshots: install-dev
	sh scripts/provide_chromium.sh $(BIN)/python
	$(BIN)/python -m scripts.screenshots

requirements: install-dev
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dask.in -o requirements-dask.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements"

# The stamps are newer than the requirements they were installed from.
.venv/installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is missing or older than Python 3.11." \
			"Install a newer one, or name it: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
