// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW19", Severity: Error, Title: "A function's name is taken",
	Why:  "Its objects would have the names of other objects in the release.",
	Bad:  "workloads: {enrich: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",
	Good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",
})
