# The commands people type. STACK=dev unless said otherwise: make up STACK=prod
STACK ?= dev
PURGE ?=
KIND ?=
NODES ?=
TSX := node_modules/.bin/tsx
# Without a process of tsx's own and its hooks for ES modules, which take longer to start than the script.
STACK_TS := node --require tsx/cjs scripts/stack.ts
export PURGE
.DEFAULT_GOAL := help
ARGS ?=
.PHONY: help up preview refresh status destroy incident pulumi render test lint typecheck e2e bench doctor cluster cluster-down

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Dependencies are installed once, and again when the lockfile changes.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is missing. Install Node.js 20 or newer, then run make again."; exit 1; }
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

up: node_modules/.installed ## provision the stack and show what runs where
	@$(STACK_TS) up $(STACK)

preview: node_modules/.installed ## show what up would change
	@$(STACK_TS) preview $(STACK)

refresh: node_modules/.installed ## compare the state with what really runs; up repairs the rest
	@$(STACK_TS) refresh $(STACK)

status: node_modules/.installed ## what runs where, and is it ready
	@$(STACK_TS) status $(STACK)

destroy: node_modules/.installed ## remove the stack; data stays unless PURGE=1
	@$(STACK_TS) destroy $(STACK)

incident: node_modules/.installed ## break the reference application: KIND=errors (others: KIND=), heal it: KIND=none
	@$(TSX) scripts/incident.ts "$(STACK)" "$(KIND)"

pulumi: node_modules/.installed ## any pulumi command on the stack: make pulumi ARGS="config set …"
	@$(STACK_TS) pulumi $(STACK) $(ARGS)

render: node_modules/.installed ## write what the stack would run to build/<stack>/, without an engine
	@$(TSX) scripts/render.ts --stack $(STACK)

doctor: node_modules/.installed ## what is missing on this machine
	@$(TSX) scripts/doctor.ts $(STACK)

cluster: node_modules/.installed ## a Kubernetes cluster on this machine, to try prod on: NODES=2
	@$(TSX) scripts/cluster.ts up "$(if $(filter command line,$(origin STACK)),$(STACK),cluster)" "$(NODES)"

cluster-down: node_modules/.installed ## remove that cluster with its data
	@$(TSX) scripts/cluster.ts down

typecheck: node_modules/.installed
	@node_modules/.bin/tsc --noEmit

lint: node_modules/.installed
	@node_modules/.bin/eslint . && node_modules/.bin/prettier --check --log-level warn .

test: node_modules/.installed ## types, lint and unit tests; no Docker needed
	@$(TSX) scripts/test.ts

e2e: node_modules/.installed ## the real engine on real Docker
	@$(TSX) scripts/e2e.ts

bench: node_modules/.installed ## measure, and write docs/benchmarks.md
	@$(TSX) scripts/bench.ts
