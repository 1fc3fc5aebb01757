# The sample functions. Each is built into build/functions/NAME.wasm by the
# toolchain of its language: Go's own, Debian's C and Rust for WebAssembly, and
# jco for JavaScript. What is current is not built again.

FUNCTIONS := $(BUILD)/functions
FUNCTIONS_SRC := wasm-plugins/functions

# Set these where the tools have other names (for example with rustup:
# WASM_RUSTC=rustc WASM_CARGO=cargo WASM_RUST_TARGET=wasm32-wasip1).
WASM_CC ?= clang
WASM_RUSTC ?= /usr/bin/rustc
WASM_CARGO ?= /usr/bin/cargo
WASM_RUST_TARGET ?= wasm32-wasi
WASI_SYSROOT ?= /usr
export WASM_CC WASM_RUSTC WASM_CARGO

# The host's own cargo: it resolves dependencies and runs native tests.
CARGO ?= cargo

JCO_VERSION := 1.16.1
COMPONENTIZE_JS_VERSION := 0.19.3
JCO := $(TOOLCHAINS)/jco/node_modules/.bin/jco
# WASI's interface definitions come with this Rust crate.
WASI_WIT_VERSION := 0.14.1
WASI_WIT := $(TOOLCHAINS)/wit/vendor/wasi/wit/deps

GO_FUNCTIONS := enrich-orders thumbnail
RUST_FUNCTIONS := redact-cards hello
ALL_FUNCTIONS := $(GO_FUNCTIONS) $(RUST_FUNCTIONS) wordcount fraud-score

.PHONY: functions
functions: $(ALL_FUNCTIONS:%=$(FUNCTIONS)/%.wasm) ## build the sample functions into build/functions

sources = $(shell find $(FUNCTIONS_SRC)/$(1) -type f -not -path '*/testdata/*' \
  -not -path '*/target/*' -not -name '*.md' -not -name '*test*')

# Toolchains.

$(TOOLCHAINS)/wasm-c-rust.stamp:
	@./mk/tools.sh wasm cargo
	@mkdir -p $(@D) && touch $@

$(TOOLCHAINS)/jco.stamp:
	@./mk/tools.sh node
	@echo "installing jco $(JCO_VERSION) into build/ (components from JavaScript)"
	@mkdir -p $(TOOLCHAINS)/jco && cd $(TOOLCHAINS)/jco && echo '{"private": true}' > package.json && \
	  npm install --silent --no-audit --no-fund --no-package-lock \
	  @bytecodealliance/jco@$(JCO_VERSION) @bytecodealliance/componentize-js@$(COMPONENTIZE_JS_VERSION)
	@touch $@

$(TOOLCHAINS)/wit.stamp:
	@./mk/tools.sh cargo
	@echo "fetching WASI's interface definitions (the crate wasi $(WASI_WIT_VERSION))"
	@mkdir -p $(TOOLCHAINS)/wit && cd $(TOOLCHAINS)/wit && touch lib.rs && \
	  printf '%s\n' '[package]' 'name = "wit"' 'version = "0.0.0"' 'edition = "2021"' '[lib]' 'path = "lib.rs"' \
	    '[dependencies]' 'wasi = "=$(WASI_WIT_VERSION)"' '[workspace]' > Cargo.toml && \
	  $(CARGO) vendor --quiet vendor >/dev/null
	@touch $@

.PHONY: toolchains
toolchains: $(TOOLCHAINS)/wasm-c-rust.stamp $(TOOLCHAINS)/jco.stamp $(TOOLCHAINS)/wit.stamp ## install the compilers of functions

# Functions.

$(FUNCTIONS)/enrich-orders.wasm: $(call sources,enrich-orders)
	@echo "building $(@F) (Go)"
	@mkdir -p $(@D)
	@cd $(FUNCTIONS_SRC)/enrich-orders && GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 $(GO) build $(REPRODUCIBLE) -o $@ .

# A reactor: the host initializes it once and calls its exports.
$(FUNCTIONS)/thumbnail.wasm: $(call sources,thumbnail)
	@echo "building $(@F) (Go)"
	@mkdir -p $(@D)
	@cd $(FUNCTIONS_SRC)/thumbnail && GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 $(GO) build -buildmode=c-shared $(REPRODUCIBLE) -o $@ .

# Debian's cargo knows the registry only as a git repository, so the host's cargo
# fetches the dependencies and Debian's cargo builds from them, offline. The SDK
# asks for a newer compiler than it needs: rustc 1.63 builds it.
define rust-function
$(FUNCTIONS)/$(1).wasm: $(TOOLCHAINS)/wasm-c-rust.stamp $(call sources,$(1))
	@echo "building $$(@F) (Rust)"
	@mkdir -p $$(@D) $(BUILD)/rust/$(1)
	@cd $(FUNCTIONS_SRC)/$(1) && $(CARGO) vendor --quiet --locked $(BUILD)/rust/$(1)/vendor >/dev/null
	@cd $(FUNCTIONS_SRC)/$(1) && env -u RUSTUP_TOOLCHAIN RUSTC=$(WASM_RUSTC) CARGO_TARGET_DIR=$(BUILD)/rust/$(1) \
	  RUSTFLAGS="--remap-path-prefix=$(CURDIR)=. -C link-arg=-zstack-size=65536" \
	  $(WASM_CARGO) build --quiet --release --offline --locked --ignore-rust-version --target $(WASM_RUST_TARGET) \
	  --config 'source.crates-io.replace-with="vendored"' --config 'source.vendored.directory="$(BUILD)/rust/$(1)/vendor"'
	@cp $(BUILD)/rust/$(1)/$(WASM_RUST_TARGET)/release/$(1).wasm $$@
endef
$(foreach function,$(RUST_FUNCTIONS),$(eval $(call rust-function,$(function))))

$(FUNCTIONS)/wordcount.wasm: $(TOOLCHAINS)/wasm-c-rust.stamp $(call sources,wordcount)
	@echo "building $(@F) (C)"
	@mkdir -p $(@D)
	@$(WASM_CC) --target=wasm32-wasi --sysroot=$(WASI_SYSROOT) -isystem $(WASI_SYSROOT)/include/wasm32-wasi \
	  -std=c99 -O2 -Wall -Wextra -Werror -s -o $@ $(FUNCTIONS_SRC)/wordcount/wordcount.c

$(FUNCTIONS)/fraud-score.wasm: $(TOOLCHAINS)/jco.stamp $(TOOLCHAINS)/wit.stamp $(call sources,fraud-score)
	@echo "building $(@F) (JavaScript; about half a minute)"
	@mkdir -p $(@D) $(BUILD)/wit/fraud-score/deps
	@cp -r $(FUNCTIONS_SRC)/fraud-score/wit/world.wit $(BUILD)/wit/fraud-score/ && cp -r $(WASI_WIT)/. $(BUILD)/wit/fraud-score/deps/
	@cd $(FUNCTIONS_SRC)/fraud-score && node $(CURDIR)/mk/componentize.mjs $(TOOLCHAINS)/jco/node_modules \
	  component.js $(BUILD)/wit/fraud-score fraud-score $@ >$(BUILD)/jco.log 2>&1 || { cat $(BUILD)/jco.log; exit 1; }

# Filters for the proxies in front of functions. They use no libc and have no start function.

$(BUILD)/filters/http-filter.wasm: $(TOOLCHAINS)/wasm-c-rust.stamp wasm-plugins/http-filter/filter.c
	@echo "building $(@F) (C)"
	@mkdir -p $(@D)
	@$(WASM_CC) --target=wasm32 -std=c99 -O2 -Wall -Wextra -Werror -nostdlib -ffreestanding -Wl,--no-entry -Wl,-s \
	  -o $@ wasm-plugins/http-filter/filter.c

$(BUILD)/filters/proxy-filter.wasm: $(wildcard wasm-plugins/proxy-filter/*.go wasm-plugins/proxy-filter/go.*)
	@echo "building $(@F) (Go)"
	@mkdir -p $(@D)
	@cd wasm-plugins/proxy-filter && GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 $(GO) build -buildmode=c-shared $(REPRODUCIBLE) -o $@ .

.PHONY: filters
filters: $(BUILD)/filters/http-filter.wasm $(BUILD)/filters/proxy-filter.wasm ## build the filters for Dapr and Istio into build/filters

# The examples that come with the SDKs of the same ABIs.

$(BUILD)/examples/.stamp: $(TOOLCHAINS)/wasm-c-rust.stamp mk/examples.sh $(wildcard test/engines/testdata/rust-examples/*)
	@GO="$(GO)" CARGO="$(CARGO)" WASM_RUSTC=$(WASM_RUSTC) WASM_CARGO=$(WASM_CARGO) WASM_RUST_TARGET=$(WASM_RUST_TARGET) ./mk/examples.sh
	@touch $@

.PHONY: examples
examples: $(BUILD)/examples/.stamp ## build the SDKs' own examples into build/examples

# Tests.

.PHONY: test-functions
test-functions: ## test the sample functions natively
	@for function in $(GO_FUNCTIONS); do \
	  echo "go test $(FUNCTIONS_SRC)/$$function"; \
	  (cd $(FUNCTIONS_SRC)/$$function && $(GO) test -vet=all -race .) || exit 1; \
	done
	@./mk/tools.sh cargo node
	@for function in $(RUST_FUNCTIONS); do \
	  echo "cargo test $(FUNCTIONS_SRC)/$$function"; \
	  (cd $(FUNCTIONS_SRC)/$$function && CARGO_TARGET_DIR=$(BUILD)/rust/native $(CARGO) test --quiet --locked) || exit 1; \
	done
	@echo "wordcount, compiled natively with sanitizers"
	@mkdir -p $(BUILD)/c && $(CC) -std=c99 -g -O1 -Wall -Wextra -Wpedantic -Werror -fsanitize=address,undefined \
	  -o $(BUILD)/c/wordcount $(FUNCTIONS_SRC)/wordcount/wordcount.c
	@$(FUNCTIONS_SRC)/wordcount/wordcount_test.sh $(BUILD)/c/wordcount
	@echo "node --test $(FUNCTIONS_SRC)/fraud-score"
	@cd $(FUNCTIONS_SRC)/fraud-score && node --test

.PHONY: test-engines
test-engines: $(call built,functions filters) examples toolchains ## run the sample functions on other engines
	@echo "go test wasm-plugins/proxy-filter, test/engines"
	@cd wasm-plugins/proxy-filter && $(GO) test -vet=all .
	@cd test/engines && $(GO) test -vet=all -count=1 -timeout 30m ./...
