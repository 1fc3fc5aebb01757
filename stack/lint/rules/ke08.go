// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE08", Severity: Error, Title: "A scaled Deployment has spec.replicas",
	Why: "Every upgrade and every GitOps sync sets the replicas back, against KEDA. The chart never writes " +
		"replicas for functions.",
	Bad: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {replicas: " +
		"2}}}",
	Good: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {}}}",
})
