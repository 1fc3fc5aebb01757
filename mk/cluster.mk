# A real Kubernetes on this machine, and the tests that need one.
CLUSTER_CACHE := $(CACHE)/cluster
CLUSTER_PROGRAM := $(BUILD)/bin/cluster
CLUSTER := $(CLUSTER_PROGRAM) -dir $(BUILD)/cluster -cache $(CLUSTER_CACHE) -project $(CURDIR)

.PHONY: cluster-program
cluster-program:
	@mkdir -p $(BUILD)/bin
	@cd test/cluster && GOWORK=off $(GO) build -o $(CLUSTER_PROGRAM) ./cmd/cluster

.PHONY: cluster
cluster: cluster-program ## start a real Kubernetes on this machine (root, Debian; docs/CLUSTER.md)
	@$(CLUSTER) up

.PHONY: cluster-images
cluster-images: cluster-program ## build the project's images again and push them to the cluster
	@$(CLUSTER) images

.PHONY: cluster-down
cluster-down: cluster-program ## stop it; nothing of it is left but the cache
	@$(CLUSTER) down

.PHONY: test-cluster
test-cluster: cluster-program ## start and stop a cluster, and check that nothing of it is left
	@cd test/cluster && GOWORK=off $(GO) vet ./... && \
	  CLUSTER_CACHE=$(CLUSTER_CACHE) GOWORK=off $(GO) test -count=1 -timeout 30m ./internal/... ./cmd/...
