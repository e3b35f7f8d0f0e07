# The two commands are `make run` and `make test`. Everything is in launch/, which needs only Python.
# The first Python on this machine that is new enough:
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && exit; done; echo python3)

.PHONY: run install test check seed bench bench-engine storm manage servers

run:  ## Start the product at http://127.0.0.1:8000 (PORT= for another port); Ctrl-C stops it
	@$(PYTHON) -m launch run

install:  ## The environment and the browser's packages, nothing started: for your own servers
	@$(PYTHON) -m launch install

test:  ## All tests, browser tests included; ARGS="-k funnel" is passed to pytest
	@$(PYTHON) -m launch test

check:  ## Lint, types, import contracts, migrations, templates
	@$(PYTHON) -m launch check

seed:  ## Synthetic clients and deals: make seed n=100000
	@$(PYTHON) -m launch seed "$(n)"

bench:  ## Every main page against the floor, on a database of its own
	@$(PYTHON) -m launch bench

bench-engine:  ## The process engine against pgbench and another engine, on a database of its own
	@$(PYTHON) -m launch bench-engine

storm:  ## Deals moving while workers are killed; counts what got lost (nothing)
	@$(PYTHON) -m launch storm

manage:  ## Any Django command: make manage ARGS="import users file.csv"
	@$(PYTHON) -m launch manage

servers:  ## Only the database and Valkey
	@$(PYTHON) -m launch servers
