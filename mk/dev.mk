# The developer's loop: the example shop on this machine, and the test of its
# page in a real browser.

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
	@./mk/tools.sh chromium
	@echo "go test test/browser"
	@cd test/browser && SCREENSHOTS=$(BUILD)/screenshots GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
	@echo "screenshots are in build/screenshots"
