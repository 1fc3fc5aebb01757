// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE08", Severity: Error, Title: "A scaled Deployment has spec.replicas",
	Why: "Every upgrade and every GitOps sync sets the replicas back, against KEDA. The chart never writes " +
		"replicas for functions.",
	Fix: "Remove spec.replicas.",
	Bad: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {replicas: " +
		"2}}}",
	Good: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {}}}",

	Workload: fixedReplicas,
})

func fixedReplicas(s *pass.Scope) {
	t := &s.Workload.ScaleTargetRef
	s.Named(t.Name, func(o *pass.Object) {
		if o.Kind == t.Kind && o.Name != "" && o.Mapping("spec")["replicas"] != nil {
			s.Report(o.At("spec", "replicas"),
				"spec.replicas sets the "+o.Kind+" back at every upgrade, while KEDA scales it",
				"remove spec.replicas")
		}
	})
}
