// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW41", Severity: Error, Title: "Requests above limits",
	Why:  "The API server refuses the pods.",
	Fix:  "Raise the limit or lower the request.",
	Bad:  "functions: {enrich: {resources: {requests: {cpu: \"2\"}, limits: {cpu: 500m}}}}",
	Good: "functions: {enrich: {resources: {requests: {cpu: 250m}, limits: {cpu: 500m}}}}",

	Stack:    stackResources,
	Function: functionResources,
})

func stackResources(p *pass.Pass) {
	requestsAboveLimits(p, []string{"kafka", "bundled", "resources"}, p.Values.Kafka.Bundled.Resources)
	requestsAboveLimits(p, []string{"runner", "resources"}, p.Values.Runner.Resources)
}

func functionResources(s *pass.Scope) {
	requestsAboveLimits(s.Pass, append(s.Root[:len(s.Root):len(s.Root)], "resources"), s.Function.Resources)
}

// requestsAboveLimits reports what the API server refuses.
func requestsAboveLimits(p *pass.Pass, path []string, r schema.Resources) {
	for _, k := range slices.Sorted(maps.Keys(r.Requests)) {
		lim, ok := r.Limits[k]
		if !ok {
			continue
		}
		a, okA := schema.ParseQuantity(string(r.Requests[k]))
		b, okB := schema.ParseQuantity(string(lim))
		if okA && okB && a > b {
			p.Report(append(path[:len(path):len(path)], "requests", k),
				"requests "+string(r.Requests[k])+" of "+k+", more than the limit "+string(lim),
				"raise limits."+k+" or lower requests."+k)
		}
	}
}
