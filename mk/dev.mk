# The developer's loop: the example shop on this machine, and the test of its
# page in a real browser.

TEST_TARGETS += test-browser

SHOP := examples/shop
SHOP_MODULE := $(BUILD)/functions/enrich-orders.wasm
# Both functions of the shop are one module with different settings.
SHOP_FLAGS := -f $(SHOP)/stack.yaml --module enrich-orders=$(SHOP_MODULE) --module price-in-dollars=$(SHOP_MODULE)

.PHONY: helm-wasm-here
helm-wasm-here:
	@$(GO) build -o $(BUILD)/bin/helm-wasm ./cmd/helm-wasm

.PHONY: dev
dev: helm-wasm-here $(SHOP_MODULE) ## run the example shop on this machine, with a page to watch it
	@exec $(BUILD)/bin/helm-wasm dev $(SHOP_FLAGS)

.PHONY: demo-events
demo-events: helm-wasm-here $(SHOP_MODULE) ## send 2,000 real events through the example shop and say what happened
	@echo
	@echo "Run a stack on this machine: an embedded development broker, real functions, real events"
	@echo '   $$ helm-wasm dev -f $(SHOP)/stack.yaml --events 2000'
	@$(BUILD)/bin/helm-wasm dev $(SHOP_FLAGS) --events 2000

.PHONY: test-browser
test-browser: ## use the page of `helm-wasm dev` in a real Chromium
	@if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then \
	  echo "installing chromium (Debian's package)"; mkdir -p $(BUILD); \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    -o DPkg::Lock::Timeout=300 chromium fonts-dejavu-core >$(BUILD)/apt-chromium.log 2>&1 || { tail -n 20 $(BUILD)/apt-chromium.log; exit 1; }; \
	fi
	@echo "go test test/browser"
	@cd test/browser && GOWORK=off $(GO) vet ./... && SCREENSHOTS=$(BUILD)/screenshots GOWORK=off $(GO) test -count=1 ./...
	@echo "screenshots are in build/screenshots"
