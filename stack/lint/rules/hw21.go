// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW21", Severity: Warning, Title: "exactly-once keeps a function from going to zero",
	Why:  "Each transaction leaves a marker that KEDA counts as one event of lag per partition, forever.",
	Fix:  "Set activationLagThreshold to the number of partitions or more.",
	Bad:  "functions: {enrich: {delivery: exactly-once}}",
	Good: "functions: {enrich: {delivery: exactly-once, scaling: {activationLagThreshold: 10}}}",

	Kafka: transactionMarkers,
})

func transactionMarkers(s *pass.Scope, k *pass.KafkaTrigger) {
	parts := k.PartitionsIn
	if k.Own && parts > 0 && s.ExactlyOnce() && s.Scaling.MinReplicas == 0 && k.Activation < int64(parts) {
		s.Report(s.At("scaling.activationLagThreshold"),
			"with delivery exactly-once the markers of transactions count as one event of lag per partition, so "+s.What+
				" never goes to zero",
			"set activationLagThreshold to "+strconv.Itoa(parts)+" (the partitions) or more, or delivery to at-least-once")
	}
}
