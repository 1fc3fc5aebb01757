// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE24", Severity: Error, Title: "authenticationRef names the wrong object",
	Why: "A TriggerAuthentication must be in the ScaledObject's namespace, and the kind must be right; KEDA only " +
		"logs a missing one and goes on with empty credentials.",
	Bad: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs}, authenticationRef: {kind: TriggerAuthentication}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs}, authenticationRef: {name: redis}}}}}}\n" +
		"extraObjects: {redis: {apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: " +
		"redis}, spec: {secretTargetRef: [{parameter: password, name: redis, key: password}]}}}",
})
