// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW34", Severity: Error, Title: "KEDA's CRDs are templated",
	Why: "Helm builds all objects of a release before it creates any, so a ScaledObject cannot be in the release " +
		"that brings its definition by a template.",
	Bad:  "keda: {crds: {install: true}}",
	Good: "keda: {crds: {install: false}}",
})
