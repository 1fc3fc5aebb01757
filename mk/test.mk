# Checks and tests of the root module. Nested modules (their own go.mod) bring
# a fragment of their own.

GOFUMPT := $(GO) run mvdan.cc/gofumpt@v0.12.0
STATICCHECK_VERSION := v0.8.2
STATICCHECK := $(BUILD)/bin/staticcheck-$(STATICCHECK_VERSION)
FUZZTIME ?= 20s

TEST_TARGETS += check-files vet fmt-check staticcheck check-generated test-go fuzz-short

.PHONY: check-files
check-files: ## no large or built file, no forbidden word, one version
	@./mk/check-files.sh

.PHONY: vet
vet:
	@echo "go vet"
	@$(GO) vet ./...
	@GOOS=wasip1 GOARCH=wasm $(GO) vet ./plugin ./wasm-plugins/getter

.PHONY: fmt
fmt: ## format the Go files of all modules
	@$(GOFUMPT) -l -w $$(git ls-files -co --exclude-standard '*.go')

.PHONY: fmt-check
fmt-check:
	@echo "gofumpt"
	@bad=$$($(GOFUMPT) -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi

# Built and not run by go run, which would build it for WebAssembly below.
$(STATICCHECK):
	@GOBIN=$(BUILD)/bin $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv $(BUILD)/bin/staticcheck $@

.PHONY: staticcheck
staticcheck: $(STATICCHECK)
	@echo "staticcheck"
	@$(STATICCHECK) ./...
	@# It does not know go:wasmexport, and takes what only the host calls for unused.
	@GOOS=wasip1 GOARCH=wasm $(STATICCHECK) -checks inherit,-U1000 ./plugin ./wasm-plugins/getter

# The tree must be the same before and after `make generate`.
.PHONY: check-generated
check-generated:
	@echo "generated files are current"
	@mkdir -p $(BUILD)
	@./mk/tree-state.sh > $(BUILD)/tree-before
	@$(MAKE) --no-print-directory generate
	@./mk/tree-state.sh > $(BUILD)/tree-after
	@diff $(BUILD)/tree-before $(BUILD)/tree-after || { echo "generated files were stale: commit what make generate changed"; exit 1; }

# A test that finds no Java, no function or no Kafka fails here: it must not pass
# by having skipped. test/helm runs real Helm with the plugins as users get them. It and the import
# rules look at things that Go's cache of test results does not know of.
.PHONY: test-go
test-go: export KAFKA_REQUIRED := 1
test-go: $(HELM) build functions $(BUILD)/toolchains/java.stamp
	@echo "go test -race ./..."
	@$(GO) test -race -timeout 30m $$($(GO) list ./... | grep -v -e /internal/imports$$ -e /test/helm$$)
	@echo "go test of what the race detector thins out"
	@$(GO) test -timeout 30m ./internal/deadline ./test/parity ./runner/abi/extism
	@$(GO) test -count=1 ./internal/imports
	@# Alone: it looks at the clock.
	@HELM_WASM_BUILT=1 $(GO) test -count=1 ./test/helm

.PHONY: fuzz-short
fuzz-short:
	@./mk/fuzz.sh $(FUZZTIME)

.PHONY: fuzz
fuzz: ## fuzz every parser for 5 minutes each (FUZZ=NAME for one)
	@./mk/fuzz.sh 5m $(FUZZ)
