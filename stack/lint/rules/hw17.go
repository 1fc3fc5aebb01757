// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW17", Severity: Warning, Title: "A module is not pinned by digest",
	Why: "A tag can move. A replica that starts at night then runs other code than its neighbours.",
	Bad: "functions: {enrich: {module: {image: \"ghcr.io/acme/enrich:latest\"}}}",
	Good: "functions: {enrich: {module: {image: " +
		"\"ghcr.io/acme/enrich@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}}}",
})
