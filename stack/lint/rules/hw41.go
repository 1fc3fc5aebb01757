// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW41", Severity: Error, Title: "Requests above limits",
	Why:  "The API server refuses the pods.",
	Bad:  "functions: {enrich: {resources: {requests: {cpu: \"2\"}, limits: {cpu: 500m}}}}",
	Good: "functions: {enrich: {resources: {requests: {cpu: 250m}, limits: {cpu: 500m}}}}",
})
