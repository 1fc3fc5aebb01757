# The guide for Argo CD and Flux, followed with their own code.

.PHONY: test-gitops
test-gitops: $(call built,chart) $(HELM) ## follow docs/GITOPS.md with real Helm and the code of Argo CD and Flux
	@echo "go test test/gitops (compiles both and Kubernetes' defaults: some minutes the first time)"
	@cd test/gitops && HELM=$(HELM) GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
