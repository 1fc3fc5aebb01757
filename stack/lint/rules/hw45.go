// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW45", Severity: Warning, Title: "Functions feed one another in a ring",
	Why: "Unless one of them drops events, they run round for ever and multiply.",
	Bad: "functions: {back: {module: {image: " +
		"\"ghcr.io/acme/back@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: " +
		"{topic: orders.enriched}, sink: {topic: orders}, onError: {deadLetterTopic: orders.dead}}}",
	Good: "functions: {mail: {module: {image: " +
		"\"ghcr.io/acme/mail@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: " +
		"{topic: orders.enriched}, onError: {deadLetterTopic: orders.dead}}}",
})
