// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

var _ = register(Rule{
	ID: "KE02", Severity: Error, Title: "Trigger metadata is not a scalar",
	Why: "KEDA's metadata maps strings to strings. The chart quotes numbers and booleans; lists and mappings " +
		"cannot be written as a string.",
	Fix: "Write the value as one string.",
	Bad: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", " +
		"tags: [a, b]}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", " +
		"tags: \"a,b\"}}}}}}",

	Trigger: nestedMetadata,
})

func nestedMetadata(s *pass.Scope, t *pass.Trigger) {
	for _, key := range slices.Sorted(maps.Keys(t.Metadata)) {
		if v := t.Metadata[key]; isNested(v) {
			s.Report(s.At(t.MetadataAt(key)), key+" is "+values.KindName(v)+"; KEDA accepts strings only", "write it as one string")
		}
	}
}
