// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW46", Severity: Error, Title: "Function and runner listen on one port",
	Why: "Under a RuntimeClass the runner is a sidecar: both share the pod's network, and the second to start " +
		"fails.",
	Fix: "Change http.port or runner.adminPort.",
	Bad: "functions: {enrich: {runtime: spin, http: {port: 9464}}}\n" +
		"runtimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",
	Good: "functions: {enrich: {runtime: spin, http: {port: 8080}}}\n" +
		"runtimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",

	Function: sharedPort,
})

func sharedPort(s *pass.Scope) {
	if port := s.Function.HTTP.Port; !s.InProcess() && port == s.Values.Runner.AdminPort {
		s.Report(s.At("http.port"),
			"http.port "+strconv.Itoa(port)+" is the runner's adminPort too, and both share the pod's network",
			"change http.port or runner.adminPort")
	}
}
