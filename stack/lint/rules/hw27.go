// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW27", Severity: Error, Title: "Not the name of an environment variable",
	Why: "wasi, redpanda and http functions get their config as environment variables; Kubernetes or the guest's " +
		"runtime drops or refuses odd names.",
	Fix:  "Use letters, digits and _, not starting with a digit.",
	Bad:  "functions: {enrich: {config: {tax-rate: \"0.2\"}}}",
	Good: "functions: {enrich: {config: {TAX_RATE: \"0.2\"}}}",

	Function: badVariables,
})

func badVariables(s *pass.Scope) {
	f := s.Function
	if f.ABI != "extism" {
		for _, name := range slices.Sorted(maps.Keys(f.Config)) {
			badVariable(s, "config", name, "; only abi extism accepts any key", "key")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Pod.Env)) {
		badVariable(s, "pod.env", name, "", "name")
	}
}

func badVariable(s *pass.Scope, field, name, unless, what string) {
	if !schema.IsEnvName(name) {
		s.Report(s.KeyAt(field, name), strconv.Quote(name)+" cannot be the name of an environment variable",
			"use letters, digits and _, not starting with a digit"+unless)
	} else if strings.HasPrefix(name, "KAFKA_SASL_") {
		s.Report(s.KeyAt(field, name), strconv.Quote(name)+" is reserved for the runner", "use another "+what)
	}
}
