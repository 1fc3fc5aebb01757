// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW47", Severity: Error, Title: "An image has no repository",
	Why:  "There is nothing to pull.",
	Bad:  "runner: {image: {repository: \"\"}}",
	Good: "runner: {image: {repository: mirror/wasm-runner}}",
})
