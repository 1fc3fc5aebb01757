# What is generated from the types and tables of the stack.

GENERATE_TARGETS += generate-values generate-scalers generate-rules generate-kustomize

.PHONY: generate-values
generate-values: ## rewrite values.yaml, values.schema.json, the reference and tables
	$(GO) run ./internal/gen

# Reads the schema in KEDA's module, which `go mod download` fetches and verifies.
.PHONY: generate-scalers
generate-scalers: ## rewrite the linter's table of KEDA's triggers
	$(GO) run ./internal/gen/scalers

# After the tables, because it links the packages that contain them.
.PHONY: generate-rules
generate-rules: generate-values generate-scalers ## rewrite docs/RULES.md
	$(GO) run ./internal/gen/rules

# After the tables, because it renders the chart.
.PHONY: generate-kustomize
generate-kustomize: generate-values generate-scalers ## rewrite what the chart's templates make for kustomize/
	$(GO) run ./internal/gen/kustomize

.PHONY: generate-check
generate-check: ## fail when a generated file is not current
	@echo "generated files are current"
	@$(GO) run ./internal/gen -check
	@$(GO) run ./internal/gen/scalers -check
	@$(GO) run ./internal/gen/rules -check
	@$(GO) run ./internal/gen/kustomize -check
	@$(GO) test ./internal/clidoc -run TestGenerated
