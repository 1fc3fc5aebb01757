// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE19", Severity: Error, Title: "useCachedMetrics on cpu, memory or cron",
	Why: "KEDA's webhook refuses the ScaledObject.",
	Fix: "Remove useCachedMetrics from the trigger.",
	Bad: "functions: {enrich: {scaling: {triggers: {office: {type: cron, useCachedMetrics: true, metadata: " +
		"{timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: UTC, start: 0 8 * * " +
		"*, end: 0 18 * * *, desiredReplicas: 2}}}}}}",

	Trigger: uncachedMetrics,
})

func uncachedMetrics(s *pass.Scope, t *pass.Trigger) {
	if t.UseCachedMetrics && (t.IsResource() || t.Type == "cron") {
		s.Report(s.At(t.Field+".useCachedMetrics"),
			"useCachedMetrics is not allowed on a "+t.Type+" trigger; KEDA refuses the ScaledObject",
			"remove it")
	}
}
