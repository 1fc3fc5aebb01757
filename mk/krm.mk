# The KRM function, run by kustomize of several versions. Each has a module of its
# own below test/krm/kustomize, so that go.sum pins all of it.
TEST_TARGETS += test-krm

KUSTOMIZE_VERSIONS := $(notdir $(patsubst %/go.mod,%,$(wildcard test/krm/kustomize/*/go.mod)))
KUSTOMIZES := $(KUSTOMIZE_VERSIONS:%=$(CACHE)/kustomize-%/kustomize)

# Another clone may build it at the same time: the last one to finish wins.
$(CACHE)/kustomize-%/kustomize:
	@echo "building kustomize $* from its module"
	@mkdir -p $(@D)
	@cd test/krm/kustomize/$* && GOWORK=off CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $@.$$$$ sigs.k8s.io/kustomize/kustomize/v5 && mv $@.$$$$ $@

.PHONY: kustomizes
kustomizes: $(KUSTOMIZES)

.PHONY: test-krm
test-krm: $(HELM) plugin-wasm $(KUSTOMIZES) ## test the KRM function with kyaml and with kustomize of several versions
	@echo "go test test/krm (kustomize $(KUSTOMIZE_VERSIONS))"
	@cd test/krm && GOWORK=off $(GO) vet ./... && \
	  HELM=$(HELM) KUSTOMIZES="$(KUSTOMIZES)" GOWORK=off $(GO) test -count=1 -timeout 10m ./...
