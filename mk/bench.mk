# Measurements beside peers: bench/ is a module of its own.

BENCH_GUESTS := $(BUILD)/bench
BENCH_ENRICH := bench/guests/enrich

.PHONY: bench
bench: $(HELM) build functions bench-guests kustomizes java ## measure beside peers (BENCH=REGEXP, RUNS=N)
	@cd bench && KUSTOMIZE=$(lastword $(KUSTOMIZES)) $(GO) run . -run '$(BENCH)' -runs $(or $(RUNS),5)

# The enrichment in Rust: a transform, a command, and what Redpanda Connect calls.
.PHONY: bench-guests
bench-guests: $(BENCH_GUESTS)/.stamp

BENCH_CARGO = env -u RUSTUP_TOOLCHAIN RUSTC=$(WASM_RUSTC) CARGO_TARGET_DIR=$(BUILD)/rust/enrich \
	$(WASM_CARGO) build --quiet --release --offline --locked --ignore-rust-version --target $(WASM_RUST_TARGET) \
	--config 'source.crates-io.replace-with="vendored"' --config 'source.vendored.directory="$(BUILD)/rust/enrich/vendor"'

$(BENCH_GUESTS)/.stamp: $(TOOLCHAINS)/wasm-c-rust.stamp $(shell find $(BENCH_ENRICH) -type f)
	@echo "building the benchmarks' guests (Rust)"
	@mkdir -p $(@D) $(BUILD)/rust/enrich
	@cd $(BENCH_ENRICH) && $(CARGO) vendor --quiet --locked $(BUILD)/rust/enrich/vendor >/dev/null
	@cd $(BENCH_ENRICH) && $(BENCH_CARGO) --bins
	@cp $(BUILD)/rust/enrich/$(WASM_RUST_TARGET)/release/{transform,transform-fields,command}.wasm $(@D)/
	@cd $(BENCH_ENRICH) && $(BENCH_CARGO) --lib --features connect
	@cp $(BUILD)/rust/enrich/$(WASM_RUST_TARGET)/release/enrich.wasm $(@D)/connect.wasm
	@touch $@

.PHONY: test-bench
test-bench:
	@echo "go test bench"
	@cd bench && $(GO) test -vet=all -timeout 30m ./...
	@./mk/tools.sh cargo
	@echo "cargo test $(BENCH_ENRICH)"
	@cd $(BENCH_ENRICH) && CARGO_TARGET_DIR=$(BUILD)/rust/native $(CARGO) test --quiet --locked --lib
