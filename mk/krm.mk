# The KRM function, run by kustomize of several versions. Each has a module of its
# own below test/krm/kustomize, so that go.sum pins all of it.

KUSTOMIZE_VERSIONS := $(notdir $(patsubst %/go.mod,%,$(wildcard test/krm/kustomize/*/go.mod)))
KUSTOMIZES := $(KUSTOMIZE_VERSIONS:%=$(CACHE)/kustomize-%/kustomize)

# Another clone may build it at the same time: the last to finish wins.
$(CACHE)/kustomize-%/kustomize:
	@echo "building kustomize $* from its module"
	@mkdir -p $(@D)
	@cd test/krm/kustomize/$* && GOWORK=off CGO_ENABLED=0 \
	  $(GO) build -trimpath -ldflags '-s -w' -o $@.$$$$ sigs.k8s.io/kustomize/kustomize/v5 && mv $@.$$$$ $@

# The kustomize that is inside old versions of kubectl.
KUBECTL_VERSIONS := $(notdir $(patsubst %/go.mod,%,$(wildcard test/krm/kubectl/*/go.mod)))
KUBECTLS := $(KUBECTL_VERSIONS:%=$(CACHE)/kubectl-%/kustomize)

$(CACHE)/kubectl-%/kustomize: test/krm/kubectl/%/main.go
	@echo "building the kustomize of kubectl $* from its module"
	@mkdir -p $(@D)
	@cd test/krm/kubectl/$* && GOWORK=off CGO_ENABLED=0 \
	  $(GO) build -trimpath -ldflags '-s -w' -o $@.$$$$ . && mv $@.$$$$ $@

.PHONY: kustomizes
kustomizes: $(KUSTOMIZES) $(KUBECTLS)

.PHONY: test-krm
test-krm: $(HELM) $(call built,plugin-wasm) $(KUSTOMIZES) $(KUBECTLS) ## test the KRM function
	@echo "go test test/krm (kustomize $(KUSTOMIZE_VERSIONS))"
	@cd test/krm && \
	  HELM=$(HELM) KUSTOMIZES="$(KUSTOMIZES)" KUBECTLS="$(KUBECTLS)" GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
