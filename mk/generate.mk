# What follows from the types and tables in stack/.

GENERATE_TARGETS += generate-values
TEST_TARGETS += generate-check

.PHONY: generate-values
generate-values: ## rewrite values.yaml, values.schema.json, the references and tables
	$(GO) run ./internal/gen

.PHONY: generate-check
generate-check: ## fail when a generated file is not current
	$(GO) run ./internal/gen -check
