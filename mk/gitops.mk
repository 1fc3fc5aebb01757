# The guide for Argo CD and Flux, followed with their own code.

TEST_TARGETS += test-gitops

.PHONY: test-gitops
test-gitops: chart $(HELM) ## follow docs/GITOPS.md with real Helm and the code of Argo CD and Flux
	@echo "go test test/gitops (compiles both and Kubernetes' defaults: some minutes the first time)"
	@cd test/gitops && GOWORK=off $(GO) vet ./... && HELM=$(HELM) GOWORK=off $(GO) test -count=1 ./...
