// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW24", Severity: Error, Title: "Node setup does not know what to install",
	Why: "Node setup runs as root on nodes, so it takes one source for each runtime, and no download without a " +
		"checksum.",
	Bad:  "nodeSetup: {enabled: true, runtimes: {wasmtime: {image: \"registry.example.com/shims:1\"}}}",
	Good: "nodeSetup: {enabled: true, runtimes: {wasmtime: {path: /usr/local/bin/containerd-shim-wasmtime-v1}}}",
})
