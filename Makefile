# Kneewise. `make` or `make help` lists what there is. Needs git, make and some Python 3; everything else is
# fetched into .tools/ and .venv/ here, nothing is installed outside this folder.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PORT ?= 5005
HOST ?= 127.0.0.1
URL ?= http://127.0.0.1:$(PORT)
FILE ?= tests/conversations/*.yml
N ?= 10000

PY := .venv/bin/python
MODEL := models/kneewise.tar.gz
MODEL_SOURCES := config.yml domain.yml $(shell find data -name '*.yml' -o -name '*.txt') clinical/advice.yml \
  $(filter-out bot/nlu/__init__.py,$(wildcard bot/nlu/*.py bot/nlu/*/*.py))

export PYTHONPATH := $(CURDIR)
export PYTHONUNBUFFERED := 1
export PYTHONWARNINGS := ignore
export HOST PORT
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run chat train nlu lint format test play lock protocol bench faults widget screens clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

# --- set-up ---------------------------------------------------------------------------------------------

.tools/uv.path: scripts/find_uv.sh
	@mkdir -p .tools && bash scripts/find_uv.sh .tools > $@.new && mv $@.new $@

.venv/ready: requirements.lock .tools/uv.path scripts/install.sh
	@bash scripts/install.sh "$$(cat .tools/uv.path)"
	@touch $@

$(MODEL): .venv/ready $(MODEL_SOURCES)
	@echo "Training the language model, about a minute …"
	@$(PY) -m bot.nlu.fit --if-changed
	@$(PY) -m bot.train

# --- use ------------------------------------------------------------------------------------------------

run: $(MODEL) ## start the bot on http://127.0.0.1:5005 (PORT=…, HOST=…)
	@echo "Starting on http://$(HOST):$(PORT), about 10 seconds …"
	@exec $(PY) -m bot

chat: $(MODEL) ## talk in the terminal, without a server
	@exec $(PY) -m bot.chat

train: $(MODEL) ## train the model, when it is older than its sources

nlu: $(MODEL) ## measure how well people are understood, into docs/nlu.md (about 10 minutes)
	@$(PY) -m tests.nlu.evaluate

play: .venv/ready ## play a scripted conversation against a running server: make play URL=… FILE=…
	@$(PY) -m bot.play --url $(URL) $(FILE)

# --- checks ---------------------------------------------------------------------------------------------

lint: .venv/ready ## ruff and mypy
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

format: .venv/ready ## let ruff order and lay out the code
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

test: $(MODEL) ## every test, about 15 minutes on two cores
	@bash scripts/debian.sh
	@$(PY) -m pytest

protocol: .venv/ready ## check the content of clinical/, and draw docs/protocol.html
	@$(PY) -m actions.triage.check
	@$(PY) -m actions.triage.draw docs/protocol.html

bench: $(MODEL) ## speed, beside the bot that `rasa init` makes, into docs/performance.md (about 12 minutes)
	@$(PY) -m tests.bench

faults: $(MODEL) ## 10,000 conversations, something broken every 5 seconds (about an hour; N=… for fewer)
	@$(PY) -m tests.faults --conversations $(N) --every 5 --seed 9

widget: ## build bot/web/dist/widget.js from bot/web/widget (needs Node; the built file is in the repository)
	@npm ci --silent && node bot/web/widget/build.mjs

screens: .venv/ready ## pictures of every card and state of the widget, into docs/screens
	@$(PY) -m tests.web.screens

lock: .tools/uv.path ## make requirements.lock anew from requirements.in
	@"$$(cat .tools/uv.path)" pip compile -q --python-version 3.10 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate requirements.in -o requirements.lock

clean: ## remove what the commands above made
	@rm -rf .venv .tools .rasa models build kneewise.db*
