# The images, built as OCI image layouts. No container engine is needed.

IMAGES := cd internal/images && GOWORK=off $(GO) run ./imagebuild
# The modules whose machine code `make images-precompiled` adds to the runner's image.
PRECOMPILE ?= $(FUNCTIONS)/redact-cards.wasm $(FUNCTIONS)/wordcount.wasm

.PHONY: images
images: functions ## build the images for amd64 and arm64 into dist/images, with SBOMs in dist/sbom
	@$(IMAGES) -functions $(FUNCTIONS)

comma := ,
empty :=
space := $(empty) $(empty)

# The machine code of the other architecture is made in an emulator.
.PHONY: images-precompiled
images-precompiled: $(PRECOMPILE) ## build the runner's image with compiled functions (PRECOMPILE="a.wasm b.wasm")
	@./mk/tools.sh qemu
	@$(IMAGES) -precompile $(subst $(space),$(comma),$(strip $(abspath $(PRECOMPILE))))

.PHONY: push-images
push-images: ## push dist/images (REGISTRY=localhost:5000/helm-wasm for another registry than ghcr.io/helm-wasm)
	@$(IMAGES) -push -registry '$(REGISTRY)'

.PHONY: test-images
test-images: $(FUNCTIONS)/redact-cards.wasm
	@./mk/tools.sh qemu
	@echo "go test internal/images"
	@cd internal/images && GOWORK=off $(GO) test -vet=all -count=1 -timeout 30m ./...
