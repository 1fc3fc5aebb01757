// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE05", Severity: Error, Title: "A name is too long for KEDA",
	Why: "The HPA is named keda-hpa-<ScaledObject> and may have 63 characters, which leaves 54 for the " +
		"ScaledObject.",
	Bad: "functions: {enrich: {scaling: {hpaName: " +
		"a-name-that-goes-on-and-on-and-on-until-nobody-can-remember-how-it-began}}}",
	Good: "functions: {enrich: {scaling: {hpaName: enrich}}}",
})
