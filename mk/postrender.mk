# The post-renderer on other projects' charts, from their Go modules.

.PHONY: test-realcharts
test-realcharts: $(call built,chart plugins) $(HELM) ## post-render KEDA's, Dapr's, Istio's and `helm create`'s charts in real Helm
	@echo "go test test/realcharts"
	@cd test/realcharts && GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
