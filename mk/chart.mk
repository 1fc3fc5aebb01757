# The chart: subcharts from pinned modules, the package, and its checks.

BUILD_TARGETS += chart

PRESETS := $(sort $(wildcard charts/presets/*.yaml))

.PHONY: chart
chart: ## unpack the subcharts (KEDA, its CRDs) and package the chart into dist/charts
	@echo "packaging the chart"
	@mkdir -p $(DIST)/charts
	@cd charts/keda-source && $(GO) run . ../wasm-keda-stack $(DIST)/charts

# What users see when they run `helm lint` and `helm template` on each preset.
.PHONY: chart-lint
chart-lint: $(call built,chart) $(HELM) ## helm lint --strict and helm template with every preset
	@for preset in $(PRESETS); do \
	  echo "helm lint and template: $$preset"; \
	  $(HELM) lint --strict --quiet charts/wasm-keda-stack -f "$$preset" || exit 1; \
	  $(HELM) template demo charts/wasm-keda-stack -n demo -f "$$preset" >/dev/null || exit 1; \
	done

.PHONY: test-chart-source
test-chart-source:
	@echo "go test charts/keda-source"
	@cd charts/keda-source && $(GO) test -vet=all ./...

# Checks each object that the chart makes with Kubernetes' and KEDA's own
# validation. It is a module of its own because it compiles both.
.PHONY: test-schema
test-schema: $(call built,chart) $(HELM) ## validate every rendered object with Kubernetes' and KEDA's own code
	@echo "go test test/schema (compiles Kubernetes' validation: some minutes the first time)"
	@cd test/schema && HELM=$(HELM) $(GO) test -vet=all -timeout 30m ./...
