# The commands people type. STACK=dev unless said otherwise: make up STACK=prod
STACK ?= dev
PURGE ?=
KIND ?=
PLATFORM ?=
NODES ?=
TSX := node_modules/.bin/tsx
# Faster than the tsx command, which starts a second process and ES module hooks, and signals only
# reach the script once.
NODE_TS := node --require tsx/cjs
STACK_TS := $(NODE_TS) scripts/stack.ts
BASE ?=
REPORT ?=
SINCE ?=
SHORT ?=
TO ?=
FROM ?=
REPLACE ?=
NEW_CLUSTER ?=
NEW_STATE ?=
RENAMED_FROM ?=
DEGRADED ?=
export PURGE REPORT SINCE SHORT TO FROM REPLACE NEW_CLUSTER NEW_STATE RENAMED_FROM DEGRADED
# Node 22 and later keep compiled code between runs: preview needs a tenth less processor time.
export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/compile
.DEFAULT_GOAL := help
ARGS ?=
.PHONY: help up preview changes estimate rules-check contract policy refresh drift status comment kubeconfig backup restore destroy incident drill alert-review pulumi render test lint typecheck e2e bench doctor cluster cluster-down

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Dependencies are reinstalled only when the lockfile changes.
node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is missing. Install Node.js 22.13 or newer, then run make again."; exit 1; }
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

up: node_modules/.installed ## deploy the stack, wait until it is ready, print the URLs
	@$(STACK_TS) up $(STACK)

preview: node_modules/.installed ## show what up would change
	@$(STACK_TS) preview $(STACK)

changes: node_modules/.installed ## list the changes that people notice since a commit, without an engine: BASE=main
	@$(TSX) scripts/changes-since.ts "$(STACK)" "$(BASE)"

# The inputs are variables on make's command line, which the script reads from its environment.
estimate: node_modules/.installed ## estimate what the stack needs and costs: SERIES=100000 LOGS_GB_PER_DAY=5 SPANS_PER_SECOND=50 AGAINST=dev
	@$(TSX) scripts/estimate.ts "$(STACK)"

# Without STACK on the command line or in the environment: the tests of the rules.
rules-check: node_modules/.installed ## test the rules with promtool; STACK=dev: check them against its Prometheus, SINCE=7d
	@$(TSX) $(if $(filter file,$(origin STACK)),scripts/rules-check.ts,scripts/rules-reality.ts "$(STACK)")

contract: node_modules/.installed ## check the metrics, logs and spans that the stack receives against telemetry/
	@$(TSX) scripts/contract.ts "$(STACK)"

policy: node_modules/.installed ## check the deployed resources against the rules in policy/; preview checks the planned ones
	@$(STACK_TS) policy $(STACK)

refresh: node_modules/.installed ## compare the state with the running containers; then up repairs differences
	@$(STACK_TS) refresh $(STACK)

drift: node_modules/.installed ## fail if provisioned resources were changed by hand; changes nothing
	@$(STACK_TS) drift $(STACK)

status: node_modules/.installed ## print services, URLs and whether they are ready
	@$(STACK_TS) status $(STACK)

backup: node_modules/.installed ## save silences, Grafana's database and Pulumi's state: TO=/backups
	@$(STACK_TS) backup $(STACK)

restore: node_modules/.installed ## restore what is missing from a backup: FROM=/backups/audifi-dev-… REPLACE=grafana
	@$(STACK_TS) restore $(STACK)

destroy: node_modules/.installed ## remove the stack; keeps the data unless PURGE=1
	@$(STACK_TS) destroy $(STACK)

incident: node_modules/.installed ## break the reference application: KIND=errors (list: KIND=); end it: KIND=none
	@$(TSX) scripts/incident.ts "$(STACK)" "$(KIND)"

drill: node_modules/.installed ## measure the time from an incident to its notification: KIND=errors, or KIND=all; KIND=page breaks nothing
	@$(NODE_TS) scripts/drill.ts "$(STACK)" "$(KIND)"

alert-review: node_modules/.installed ## list alerts that never fired, flapped, or resolved too soon: SINCE=7d
	@$(TSX) scripts/alert-review.ts "$(STACK)"

pulumi: node_modules/.installed ## run any pulumi command on the stack: make pulumi ARGS="config set …"
	@$(STACK_TS) pulumi $(STACK) $(ARGS)

# For .github/workflows: posts a file as a comment on the pull request; writes the kubeconfig.
comment: node_modules/.installed
	@$(TSX) scripts/pull-request.ts "$(STACK)" "$(REPORT)"

kubeconfig: node_modules/.installed
	@$(TSX) scripts/kubeconfig.ts

render: node_modules/.installed ## write configuration files and manifests to build/<stack>/
	@$(TSX) scripts/render.ts --stack $(STACK)

doctor: node_modules/.installed ## check this machine for what the stack needs
	@$(TSX) scripts/doctor.ts $(STACK)

cluster: node_modules/.installed ## start a Kubernetes cluster on this machine, to try prod: NODES=2
	@$(TSX) scripts/cluster.ts up "$(if $(filter command line,$(origin STACK)),$(STACK),cluster)" "$(NODES)"

cluster-down: node_modules/.installed ## remove that cluster with its data
	@$(TSX) scripts/cluster.ts down

typecheck: node_modules/.installed
	@node_modules/.bin/tsc --noEmit

lint: node_modules/.installed
	@node_modules/.bin/eslint . && node_modules/.bin/prettier --check --log-level warn .

test: node_modules/.installed ## run type check, linters and unit tests; no Docker needed
	@$(TSX) scripts/test.ts

e2e: node_modules/.installed ## run end-to-end tests on the real engine and Docker; only some: ARGS=runbooks
	@PLATFORM=$(PLATFORM) $(TSX) scripts/e2e.ts $(ARGS)

bench: node_modules/.installed ## run benchmarks and write docs/benchmarks.md
	@$(TSX) scripts/bench.ts
