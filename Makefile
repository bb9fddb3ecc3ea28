# Everything runs from .venv, which is made from the lock files; nothing else on the machine is touched.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet --no-deps

.PHONY: demo serve test check bench soak fuzz install uninstall rollback screens pictures icons lock audit licences translations clean

demo: $(VENV)/.installed ## the whole product with simulated heat pumps on http://127.0.0.1:8080
	@$(RUN) run.py demo

serve: $(VENV)/.installed ## the product itself
	@$(RUN) run.py serve

# More processes than the two cores of a small machine, because much of a test is waiting. Each begins with a run of
# neighbouring files, whose tests share a browser and servers, and who has run out of tests takes some of another's.
PROCESSES ?= 4

test: $(VENV)/.installed-test ## the whole test suite, browser tests included
	$(RUN) -m pytest -n $(PROCESSES) --dist worksteal

check: $(VENV)/.installed-test ## style, types and the floors of the house
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

fuzz: $(VENV)/.installed-test ## random and broken input for some minutes; ever new with each run
	FUZZ=$${FUZZ:-1000} $(RUN) -m pytest tests/fuzz

bench: $(VENV)/.installed-test ## measure; prints a table and writes build/bench/*.json
	$(RUN) -m bench

soak: $(VENV)/.installed-test ## a day of polling every model at once, 200 kills, and 50 heat pumps of which 20 are faulty
	$(RUN) -m bench.soak
	$(RUN) -m tests.faults.kills 200
	$(RUN) -m tests.faults.crowd 600

install: ## as a service of systemd: program in /opt, data in /var/lib, settings in /etc; also to upgrade
	@deploy/install.sh

rollback: ## back to the version before the last `make install`
	@deploy/rollback.sh

uninstall: ## remove the service; PURGE=yes removes data and settings as well
	@deploy/uninstall.sh

screens: $(VENV)/.installed-test ## screenshots of every page to build/screens/
	$(RUN) -m tests.browser.screens

pictures: $(VENV)/.installed-test ## renew the pictures of the README and the guide from the demo
	$(RUN) -m tests.browser.pictures

icons: $(VENV)/.installed-test ## draw the icons of the installed product from static/icon.svg
	$(RUN) -m tests.browser.icons

translations: $(VENV)/.installed-test ## gather new sentences into the .po file and compile it
	@mkdir -p build
	$(VENV)/bin/pybabel extract -F babel.cfg -k Message -k Unreachable -k BadAnswer -k NotOffered -k Refused -k OutOfRange -k NoRegisterList \
		-k Invalid:2 -k Conflict:2 -k NotFound -k Rejected -k Unavailable -k BrokerLost --add-location=file --no-wrap --sort-output \
		-o build/messages.pot .
	$(VENV)/bin/pybabel update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
		-i build/messages.pot -d app/translations
	$(VENV)/bin/pybabel compile -d app/translations

lock: $(VENV)/.installed-test ## renew the lock files from setup.cfg
	$(PIP) uv
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade --quiet --extra build setup.cfg -o requirements.lock
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --extra build --extra test --extra parquet -c requirements.lock setup.cfg -o requirements-test.lock

audit: $(VENV)/.installed ## ask whether anything of requirements.lock has a known weakness (asks the network)
	$(PYTHON) -m venv build/audit
	build/audit/bin/pip --disable-pip-version-check install --quiet pip-audit
	build/audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip

licences: $(VENV)/.installed ## write docs/licences.md from what the installed packages say about themselves
	$(RUN) -m bench.licences

clean:
	rm -rf build $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock setup.cfg | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock setup.cfg | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements-test.lock
	$(PIP) --no-build-isolation -e .
	@touch $@
