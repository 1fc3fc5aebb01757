// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE24", Severity: Error, Title: "authenticationRef names the wrong object",
	Why: "A TriggerAuthentication must be in the ScaledObject's namespace, and the kind must be right; KEDA only " +
		"logs a missing one and goes on with empty credentials.",
	Fix: "Name the object by its own kind, in the ScaledObject's namespace.",
	Bad: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs}, authenticationRef: {kind: TriggerAuthentication}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs}, authenticationRef: {name: redis}}}}}}\n" +
		"extraObjects: {redis: {apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: " +
		"redis}, spec: {secretTargetRef: [{parameter: password, name: redis, key: password}]}}}",

	Trigger: misnamedAuth,
})

func misnamedAuth(s *pass.Scope, t *pass.Trigger) {
	ref, path := t.AuthenticationRef, s.At(t.Field+".authenticationRef")
	if ref.Name == "" && ref.Kind != "" {
		s.Report(path, "authenticationRef has a kind but no name", "name the "+ref.Kind)
	}
	for _, o := range t.Auth.OtherKind {
		s.Report(path,
			"authenticationRef names the "+t.Auth.Kind+" "+strconv.Quote(ref.Name)+", but "+s.InHand()+" a "+o.Kind+" of that name",
			"set authenticationRef.kind to "+o.Kind)
	}
	for _, o := range t.Auth.OtherNamespace {
		s.Report(path,
			"the TriggerAuthentication "+strconv.Quote(ref.Name)+" is in namespace "+strconv.Quote(o.Namespace)+
				"; KEDA reads those of the ScaledObject's namespace only",
			"remove metadata.namespace from the extra object, or use a ClusterTriggerAuthentication")
	}
}
