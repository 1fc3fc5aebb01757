// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE01", Severity: Error, Title: "A trigger's type or metadata is unknown to KEDA",
	Why: "KEDA creates no HPA for an unknown type or a missing parameter, and silently ignores metadata that it " +
		"does not know, so a typing mistake means a default.",
	Bad: "functions: {enrich: {scaling: {triggers: {office: {type: corn, metadata: {}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: Europe/Berlin, " +
		"start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: 2}}}}}}",
})
