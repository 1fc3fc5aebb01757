# Node setup with real containerds, each in its own directories.

CONTAINERD_1 := $(CACHE)/containerd-debian
CONTAINERD_2_VERSION := $(shell sed -n 's,^.*github.com/containerd/containerd/v2 v\([0-9.]*\).*,\1,p' test/containerd/server/go.mod)
CONTAINERD_2 := $(CACHE)/containerd-$(CONTAINERD_2_VERSION)
CONTAINERD_TAGS := no_btrfs,no_devmapper,no_zfs,no_tracing
CONTAINERD_PACKAGE := github.com/containerd/containerd/v2

# Debian's containerd and runc, unpacked and not installed: no service starts.
$(CONTAINERD_1)/usr/bin/containerd:
	@./mk/tools.sh containerd
	@echo "fetching Debian's containerd and runc into $(CONTAINERD_1)"
	@mkdir -p $(CONTAINERD_1)
	@apt-get update -qq
	@cd $(CONTAINERD_1) && apt-get -qq -o APT::Sandbox::User=root download containerd runc
	@for deb in $(CONTAINERD_1)/*.deb; do dpkg-deb -x "$$deb" $(CONTAINERD_1); rm "$$deb"; done
	@touch $@

$(CONTAINERD_2)/containerd:
	@echo "building containerd $(CONTAINERD_2_VERSION) from its module (some minutes the first time)"
	@mkdir -p $(CONTAINERD_2)
	@cd test/containerd/server && for program in containerd-shim-runc-v2 containerd; do \
	  CGO_ENABLED=0 GOWORK=off $(GO) build -trimpath -tags $(CONTAINERD_TAGS) \
	    -ldflags "-s -w -X $(CONTAINERD_PACKAGE)/version.Version=v$(CONTAINERD_2_VERSION)" \
	    -o $(CONTAINERD_2)/ $(CONTAINERD_PACKAGE)/cmd/$$program || exit 1; \
	done
	@touch $@

.PHONY: containerds
containerds: $(CONTAINERD_1)/usr/bin/containerd $(CONTAINERD_2)/containerd

.PHONY: test-nodesetup
test-nodesetup: containerds ## node setup against real containerd 1.6 and 2.4 (root, Debian)
	@./mk/tools.sh containerd
	@echo "go test test/containerd"
	@cd test/containerd && \
	  CONTAINERD_1=$(CONTAINERD_1) CONTAINERD_2=$(CONTAINERD_2) GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
