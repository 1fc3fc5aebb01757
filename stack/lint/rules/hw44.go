// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW44", Severity: Info, Title: "Nothing to run",
	Why:  "The release then consists of Kafka and KEDA only.",
	Bad:  "functions: {enrich: {enabled: false}}",
	Good: "{}",
})
