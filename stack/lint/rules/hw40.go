// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW40", Severity: Warning, Title: "The network policy keeps KEDA from Kafka",
	Why: "KEDA reads the lag itself. If it cannot, no HPA is made and functions stay where they are.",
	Bad: "keda: {enabled: false}\n" +
		"networkPolicy: {enabled: true}",
	Good: "keda: {enabled: false}\n" +
		"networkPolicy: {enabled: true, kedaNamespace: keda}",
})
