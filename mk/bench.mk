# Measurements beside peers: bench/ is a module of its own.

TEST_TARGETS += test-bench

.PHONY: bench
bench: $(HELM) build ## measure beside peers; writes bench/results.json and docs/BENCHMARKS.md (BENCH=REGEXP, RUNS=N)
	@cd bench && $(GO) run . -run '$(BENCH)' -runs $(or $(RUNS),5)

.PHONY: test-bench
test-bench:
	@echo "go test bench"
	@cd bench && $(GO) vet ./... && $(GO) test ./...
