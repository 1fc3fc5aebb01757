// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE07", Severity: Error, Title: "The target of a workload cannot be scaled",
	Why: "KEDA needs an object with a scale subresource in the release's namespace, and the API version that has " +
		"its kind.",
	Fix: "Name a Deployment, a StatefulSet, or a custom resource with a scale subresource.",
	Bad: "workloads: {a: {scaleTargetRef: {kind: DaemonSet, name: shop}, source: {topic: orders, consumerGroup: " +
		"a}}}",
	Good: "workloads: {a: {scaleTargetRef: {kind: Deployment, name: shop}, source: {topic: orders, consumerGroup: " +
		"a}}}",

	Workload: unscalable,
})

// unscalableKinds have no scale subresource.
var unscalableKinds = []string{"DaemonSet", "Job", "CronJob", "Pod", "Service", "ConfigMap"}

// appsKinds are those of apps/v1 that have one.
var appsKinds = []string{"Deployment", "StatefulSet", "ReplicaSet"}

// unscalable checks that there can be something to scale.
func unscalable(s *pass.Scope) {
	t := &s.Workload.ScaleTargetRef
	if t.Name == "" {
		s.Report(s.At("scaleTargetRef.name"), s.What+" names nothing to scale", "set scaleTargetRef.name")
	}
	switch {
	case slices.Contains(unscalableKinds, t.Kind):
		s.Report(s.At("scaleTargetRef.kind"), "a "+t.Kind+" cannot be scaled",
			"use a Deployment, a StatefulSet, or a custom resource with a scale subresource")
	case slices.Contains(appsKinds, t.Kind) && t.APIVersion != "" && t.APIVersion != "apps/v1":
		s.Report(s.At("scaleTargetRef.apiVersion"),
			t.APIVersion+" has no "+t.Kind+"; KEDA finds no target",
			"set apiVersion: apps/v1, or leave it out")
	case t.APIVersion == "apps/v1" && t.Kind != "" && !slices.Contains(appsKinds, t.Kind):
		s.Report(s.At("scaleTargetRef.kind"), "apps/v1 has no "+t.Kind+" that can be scaled",
			"set scaleTargetRef.apiVersion to that of the "+t.Kind)
	}
}
