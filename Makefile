# The commands people type. STACK=dev unless said otherwise: make up STACK=prod
STACK ?= dev
PURGE ?=
KIND ?=
TSX := node_modules/.bin/tsx
export PURGE
.DEFAULT_GOAL := help
ARGS ?=
.PHONY: help up preview refresh status destroy incident pulumi render test lint typecheck e2e bench doctor

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Dependencies are installed once, and again when the lockfile changes.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is missing. Install Node.js 20 or newer, then run make again."; exit 1; }
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

up: node_modules/.installed ## provision the stack and show what runs where
	@$(TSX) scripts/stack.ts up $(STACK)

preview: node_modules/.installed ## show what up would change
	@$(TSX) scripts/stack.ts preview $(STACK)

refresh: node_modules/.installed ## compare the state with what really runs; up repairs the rest
	@$(TSX) scripts/stack.ts refresh $(STACK)

status: node_modules/.installed ## what runs where, and is it ready
	@$(TSX) scripts/stack.ts status $(STACK)

destroy: node_modules/.installed ## remove the stack; data stays unless PURGE=1
	@$(TSX) scripts/stack.ts destroy $(STACK)

incident: node_modules/.installed ## break the reference application: KIND=errors (others: KIND=), heal it: KIND=none
	@$(TSX) scripts/incident.ts "$(STACK)" "$(KIND)"

pulumi: node_modules/.installed ## any pulumi command on the stack: make pulumi ARGS="config set …"
	@$(TSX) scripts/stack.ts pulumi $(STACK) $(ARGS)

render: node_modules/.installed ## write what the stack would run to build/<stack>/, without an engine
	@$(TSX) scripts/render.ts --stack $(STACK)

doctor: node_modules/.installed ## what is missing on this machine
	@$(TSX) scripts/doctor.ts $(STACK)

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
