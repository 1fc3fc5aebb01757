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
JAVA_PACKAGES := openjdk-17-jre-headless maven

$(BUILD)/toolchains/java.stamp:
	@mkdir -p $(@D)
	@if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then \
	  echo "installing $(JAVA_PACKAGES) (a real Kafka for tests)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    -o DPkg::Lock::Timeout=300 $(JAVA_PACKAGES) >$(BUILD)/apt-java.log 2>&1 || { tail -n 20 $(BUILD)/apt-java.log; exit 1; }; \
	fi
	@touch $@

.PHONY: test-runner
test-runner: export KAFKA_REQUIRED := 1
test-runner: functions $(BUILD)/toolchains/java.stamp ## test the event loop on a fake and on a real Kafka
	$(GO) test -timeout 20m ./runner/... ./internal/runner/... ./internal/kafkatest/

.PHONY: soak
soak: ## run the event loop for ten minutes and watch its memory
	SOAK=10m $(GO) test -timeout 15m -count=1 -v -run TestSoak ./internal/runner/
