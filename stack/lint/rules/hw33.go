// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW33", Severity: Warning, Title: "Brokers without storage",
	Why:  "A restart loses all events, and the committed offsets with them.",
	Bad:  "kafka: {bundled: {storage: {enabled: false}}}",
	Good: "kafka: {bundled: {storage: {enabled: true}}}",
})
