# The post-renderer on charts that others made, from their Go modules.
TEST_TARGETS += test-realcharts

.PHONY: test-realcharts
test-realcharts: chart plugins $(HELM) ## post-render KEDA's, Dapr's, Istio's and `helm create`'s charts in real Helm
	@echo "go test test/realcharts"
	@cd test/realcharts && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test -count=1 ./...
