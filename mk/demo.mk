# The demo: everything a newcomer does, in a Helm home of its own.

.PHONY: demo
demo: $(HELM) plugins ## build and install the plugins into a private Helm home, and try them all
	@HELM=$(HELM) ./mk/demo.sh $(BUILD)/demo
	@$(MAKE) --no-print-directory demo-events
