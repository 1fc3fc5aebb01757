# The event loop: wasm-runner, its binary for images, and its longer tests.

BUILD_TARGETS += runner

RUNNER_ARCHES := amd64 arm64

.PHONY: runner
runner: $(RUNNER_ARCHES:%=$(DIST)/linux-%/wasm-runner) ## build wasm-runner for the images

.PHONY: $(DIST)/linux-%/wasm-runner
$(RUNNER_ARCHES:%=$(DIST)/linux-%/wasm-runner): $(DIST)/linux-%/wasm-runner:
	@mkdir -p $(@D)
	CGO_ENABLED=0 GOOS=linux GOARCH=$* $(GO) build -trimpath -ldflags='-s -w' -o $@ ./cmd/wasm-runner

# Tests start a real Kafka: Java, and Maven to fetch its classes.
.PHONY: java
java:
	@./mk/tools.sh java

.PHONY: test-runner
test-runner: export KAFKA_REQUIRED := 1
test-runner: functions java ## test the event loop on a fake and on a real Kafka
	$(GO) test -timeout 30m ./runner/... ./internal/runner/... ./internal/kafkatest/

.PHONY: soak
soak: ## run the event loop for ten minutes and watch its memory
	SOAK=10m $(GO) test -timeout 15m -count=1 -v -run TestSoak ./internal/runner/
