# The plugins, the native program, and the packages of both.

# Helm itself, for tests and the demo, in the version that the tests' module has.
HELM := $(BUILD)/bin/helm
HELM_MODULE := test/parity
HELM_VERSION := $(shell sed -n 's,^.*helm.sh/helm/v4 v\([0-9.]*\).*,\1,p' $(HELM_MODULE)/go.mod)
HELM_CACHED := $(CACHE)/helm-$(HELM_VERSION)/helm
CHART_TGZ := $(DIST)/charts/wasm-keda-stack-$(VERSION).tgz
PLATFORMS := linux-amd64 linux-arm64 darwin-arm64

# Same source, same bytes: no paths, no time, no state of the work tree.
REPRODUCIBLE := -trimpath -buildvcs=false -ldflags '-s -w'
WASM_BUILD = GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 $(GO) build -buildmode=c-shared $(REPRODUCIBLE)
PACK_PLUGIN = ./mk/pack-plugin.sh

BUILD_TARGETS += plugins native packages sums

# Another clone may build it at the same time: the last to finish wins.
$(HELM_CACHED):
	@echo "building Helm $(HELM_VERSION) from its module (about 3 minutes the first time)"
	@mkdir -p $(@D)
	@cd $(HELM_MODULE) && GOWORK=off $(GO) build -o $@.$$$$ helm.sh/helm/v4/cmd/helm && mv $@.$$$$ $@

$(HELM): $(HELM_MODULE)/go.mod $(HELM_CACHED)
	@mkdir -p $(@D)
	@cp -f $(HELM_CACHED) $@.new && touch $@.new && mv $@.new $@

.PHONY: helm
helm: $(HELM) ## put Helm itself, built once, into build/bin

.PHONY: plugins
plugins: plugin-wasm plugin-getter ## build plugin.wasm beside each plugin.yaml

.PHONY: plugin-wasm
plugin-wasm:
	@echo "building plugin.wasm (the plugin wasm)"
	@$(WASM_BUILD) -o plugin.wasm ./plugin

# The getter embeds the packaged chart, through a copy that git ignores.
.PHONY: plugin-getter
plugin-getter: chart
	@echo "building wasm-plugins/getter/plugin.wasm (the plugin wasm-getter)"
	@rm -f wasm-plugins/getter/assets/*.tgz
	@cp $(CHART_TGZ) wasm-plugins/getter/assets/
	@$(WASM_BUILD) -o wasm-plugins/getter/plugin.wasm ./wasm-plugins/getter

.PHONY: native
native: ## build the native program for all platforms into dist/bin
	@mkdir -p $(DIST)/bin
	@for platform in $(PLATFORMS); do \
	  echo "building helm-wasm for $$platform"; \
	  GOOS=$${platform%-*} GOARCH=$${platform#*-} CGO_ENABLED=0 $(GO) build $(REPRODUCIBLE) \
	    -o $(DIST)/bin/helm-wasm-$$platform ./cmd/helm-wasm || exit 1; \
	done

# dist/plugins/NAME is clean enough for `helm plugin package`, which packs
# whatever it finds; NAME-VERSION.tgz is the same unsigned and reproducible.
.PHONY: packages
packages: plugins
	@rm -rf $(DIST)/plugins
	@$(PACK_PLUGIN) . $(DIST)/plugins completion.yaml README.md LICENSE
	@$(PACK_PLUGIN) wasm-plugins/getter $(DIST)/plugins LICENSE
	@$(PACK_PLUGIN) wasm-plugins/post-renderer $(DIST)/plugins post-render.sh LICENSE

# Built after everything else that is shipped.
.SECONDEXPANSION:
.PHONY: sums
sums: $$(filter-out sums,$$(BUILD_TARGETS))
	@cd $(DIST) && find . -type f ! -name SHA256SUMS ! -path './plugins/*/*' | \
	  LC_ALL=C sort | sed 's,^\./,,' | xargs sha256sum > SHA256SUMS
	@echo "dist/ contains $$(wc -l < $(DIST)/SHA256SUMS) files; see dist/SHA256SUMS"

# completion.yaml and docs/CLI.md follow from the command table.
GENERATE_TARGETS += generate-cli

.PHONY: generate-cli
generate-cli:
	$(GO) test -count=1 ./internal/clidoc -run TestGenerated -update
