# helm-wasm: `make help` lists the targets. The parts are in mk/*.mk; each adds
# what it builds and generates to the lists below.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Intermediate results are in build/, what is shipped in dist/.
BUILD := $(CURDIR)/build
DIST := $(CURDIR)/dist
TOOLCHAINS := $(BUILD)/toolchains
# Third-party software, by version: Helm, Kafka, Kubernetes, containerd. It
# outlives a clone. HELM_WASM_CACHE names another directory.
CACHE ?= $(or $(HELM_WASM_CACHE),$(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/helm-wasm)
export HELM_WASM_CACHE := $(CACHE)
VERSION := $(shell sed -n 's/^const Version = "\(.*\)"/\1/p' internal/version/version.go)

GO ?= go
export GOTOOLCHAIN ?= local

BUILD_TARGETS :=
GENERATE_TARGETS :=

# What a test needs built first. A stage of `make test` finds it built.
built = $(if $(STAGE),,$(1))

include $(sort $(wildcard mk/*.mk))

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: $(BUILD_TARGETS) ## build everything that is shipped into dist/, and plugin.wasm beside each plugin.yaml

.PHONY: generate
generate: $(GENERATE_TARGETS) ## rewrite all generated files

# How many stages run side by side, and the stages: what is quick or long comes
# first, and =STAGE runs alone.
LANES ?= 2
STAGES := check-files build functions =filters =helm \
  test-go test-schema fmt-check actionlint generate-check staticcheck test-parity test-gitops test-images test-engines \
  test-krm test-realcharts test-nodesetup test-functions test-bench test-browser test-chart-source chart-lint =test-helm

.PHONY: test
test: ## run every check and test that needs no cluster
	@MAKE="$(MAKE)" ./mk/stages.sh $(LANES) $(STAGES)

.PHONY: test-full
test-full: ## the same with every generated case, where make test takes a sample
	@HELM_WASM_FULL=1 $(MAKE) --no-print-directory test

# The demo does what a newcomer would do, in a Helm home of its own.
.PHONY: demo
demo: $(HELM) plugins ## build and install the plugins into a private Helm home, and try them all
	@HELM=$(HELM) ./mk/demo.sh $(BUILD)/demo
	@$(MAKE) --no-print-directory demo-events

# Installs the stack on a real cluster from wasm://, as users do. RUN=scale runs
# the requirements whose names match, after the installation. KEEP=1 leaves the
# cluster running.
.PHONY: e2e
e2e: ## install the stack on a real cluster and check what it promises (about 20 minutes)
	@CLUSTER="$(CLUSTER)" CLUSTER_CACHE=$(CLUSTER_CACHE) GO="$(GO)" RUN='$(RUN)' KEEP=$(KEEP) ./mk/e2e.sh

.PHONY: clean
clean: ## remove what was built, except a running cluster and the cache
	@mkdir -p $(BUILD)
	find $(BUILD) -mindepth 1 -maxdepth 1 ! -name cluster -exec rm -rf {} +
	rm -rf $(DIST)

# Only what the fragments put there: the directory may contain more.
.PHONY: clean-cache
clean-cache: ## remove the third-party software from HELM_WASM_CACHE or ~/.cache/helm-wasm
	rm -rf $(addprefix $(CACHE)/,cluster helm-[0-9]* kafka-[0-9]* containerd-* kustomize-[0-9]* kubectl-[0-9]*)
