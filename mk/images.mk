# The images, as OCI image layouts: no container engine is needed.

IMAGES := cd internal/images && GOWORK=off $(GO) run ./imagebuild
# Modules whose machine code `make images-precompiled` puts into the runner's image.
PRECOMPILE ?= $(FUNCTIONS)/redact-cards.wasm $(FUNCTIONS)/wordcount.wasm

TEST_TARGETS += test-images

.PHONY: images
images: functions ## build the images for amd64 and arm64 into dist/images, with SBOMs in dist/sbom
	@$(IMAGES) -functions $(FUNCTIONS)

comma := ,
empty :=
space := $(empty) $(empty)

# The machine code of the other architecture is made in an emulator.
.PHONY: images-precompiled
images-precompiled: $(BUILD)/toolchains/qemu.stamp $(PRECOMPILE) ## build the runner's image with functions compiled (PRECOMPILE="a.wasm b.wasm")
	@$(IMAGES) -precompile $(subst $(space),$(comma),$(strip $(abspath $(PRECOMPILE))))

$(BUILD)/toolchains/qemu.stamp:
	@mkdir -p $(@D)
	@if ! command -v qemu-aarch64-static >/dev/null; then \
	  echo "installing qemu-user-static (runs programs of other architectures)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    -o DPkg::Lock::Timeout=300 qemu-user-static >$(BUILD)/apt-qemu.log 2>&1 || { tail -n 20 $(BUILD)/apt-qemu.log; exit 1; }; \
	fi
	@touch $@

.PHONY: push-images
push-images: ## push dist/images (REGISTRY=localhost:5000/helm-wasm for another registry than ghcr.io/helm-wasm)
	@$(IMAGES) -push -registry '$(REGISTRY)'

.PHONY: test-images
test-images: $(BUILD)/toolchains/qemu.stamp $(FUNCTIONS)/redact-cards.wasm
	@echo "go test internal/images"
	@cd internal/images && $(GO) vet ./... && GOWORK=off $(GO) test -count=1 ./...
