# What `make test` runs on the root module. Nested modules (those with
# a go.mod of their own) have fragments of their own.

GOFUMPT_VERSION := v0.12.0
STATICCHECK_VERSION := v0.8.2
ACTIONLINT_VERSION := v1.7.12
GOFUMPT := $(BUILD)/bin/gofumpt-$(GOFUMPT_VERSION)
STATICCHECK := $(BUILD)/bin/staticcheck-$(STATICCHECK_VERSION)
ACTIONLINT := $(BUILD)/bin/actionlint-$(ACTIONLINT_VERSION)

.PHONY: check-files
check-files: ## find large or built files, forbidden words, long lines and differing versions
	@./mk/check-files.sh

.PHONY: vet
vet:
	@echo "go vet"
	@$(GO) vet ./...
	@GOOS=wasip1 GOARCH=wasm $(GO) vet ./plugin ./wasm-plugins/getter

# Tools are built and not started with go run, which would build them for
# WebAssembly below.
$(GOFUMPT): tool := mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
$(STATICCHECK): tool := honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
$(ACTIONLINT): tool := github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)
$(GOFUMPT) $(STATICCHECK) $(ACTIONLINT):
	@mkdir -p $@.new && GOBIN=$@.new $(GO) install $(tool)
	@mv $@.new/* $@ && rmdir $@.new

.PHONY: fmt
fmt: $(GOFUMPT) ## format the Go files of all modules
	@$(GOFUMPT) -l -w $$(git ls-files -co --exclude-standard '*.go')

.PHONY: fmt-check
fmt-check: $(GOFUMPT)
	@echo "gofumpt"
	@bad=$$($(GOFUMPT) -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi

# What go vet says about packages for this machine comes with their tests (-vet=all).
.PHONY: staticcheck
staticcheck: $(STATICCHECK)
	@echo "staticcheck, and go vet for WebAssembly"
	@$(STATICCHECK) ./...
	@GOOS=wasip1 GOARCH=wasm $(GO) vet ./plugin ./wasm-plugins/getter
	@# It does not know go:wasmexport, and thinks that what only the host calls is unused.
	@GOOS=wasip1 GOARCH=wasm $(STATICCHECK) -checks inherit,-U1000 ./plugin ./wasm-plugins/getter

.PHONY: actionlint
actionlint: $(ACTIONLINT)
	@echo "actionlint"
	@$(ACTIONLINT) .github/workflows/*.yaml

# Where Java, Kafka or functions are missing, the tests that need them must not
# pass by having been skipped: they fail, or the table says that they were left out.
# The race detector thins out what the second line runs in full. The import
# rules look at things that Go's cache of test results does not know about.
WITHOUT_RACE := $(wildcard internal/deadline runner/abi/extism)
SEPARATE := internal/imports test/helm

# What takes longest begins first, beside all the others.
LONGEST := internal/runner internal/dev stack/values

.PHONY: test-go
test-go: $(call built,build)
	@if ./mk/tools.sh java wasm node cargo; then export KAFKA_REQUIRED=1; $(MAKE) --no-print-directory functions; fi; \
	echo "go test -race ./..."; \
	packages=$$($(GO) list ./... | grep -v $(foreach p,$(LONGEST) $(WITHOUT_RACE) $(SEPARATE),-e /$(p)$$)); \
	$(GO) test -race -vet=all -timeout 30m $(LONGEST:%=./%) $$packages; \
	echo "go test of what the race detector would thin out"; \
	$(GO) test -vet=all -timeout 30m $(WITHOUT_RACE:%=./%); \
	$(GO) test -vet=all -count=1 -timeout 30m ./internal/imports

# What the templates make, compared with Helm's own engine. It is a module of its
# own so that programs that use this library do not depend on Helm.
.PHONY: test-parity
test-parity: ## compare rendering with Helm's own engine
	@echo "go test test/parity (compiles Helm's engine)"
	@cd test/parity && GOWORK=off $(GO) test -vet=all -timeout 30m ./...

# Real Helm with the plugins as users get them.
.PHONY: test-helm
test-helm: $(HELM) $(call built,build) ## run the plugins in real Helm
	@echo "go test test/helm"
	@HELM_WASM_BUILT=1 $(GO) test -vet=all -count=1 -timeout 30m ./test/helm

FUZZTIME ?= 5m

.PHONY: fuzz
fuzz: ## fuzz all parsers of all modules for FUZZTIME each (FUZZ=NAME for one)
	@./mk/fuzz.sh $(FUZZTIME) $(FUZZ)

.PHONY: outdated
outdated: ## list newer versions of the modules, packages and tools that are used
	@GO="$(GO)" JCO=$(JCO_VERSION) COMPONENTIZE_JS=$(COMPONENTIZE_JS_VERSION) WASI_WIT=$(WASI_WIT_VERSION) ./mk/outdated.sh \
	  mvdan.cc/gofumpt@$(GOFUMPT_VERSION) honnef.co/go/tools@$(STATICCHECK_VERSION) github.com/rhysd/actionlint@$(ACTIONLINT_VERSION)
