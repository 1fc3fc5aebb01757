// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE14", Severity: Warning, Title: "activationLagThreshold is not below lagThreshold",
	Why: "Activation beats scaling: at or below activationLagThreshold KEDA goes to zero, even while the HPA " +
		"wants several replicas.",
	Fix:  "Set activationLagThreshold below lagThreshold.",
	Bad:  "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 100}}}",
	Good: "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 10}}}",

	Kafka: lateActivation,
})

func lateActivation(s *pass.Scope, k *pass.KafkaTrigger) {
	sc := s.Scaling
	if sc.MinReplicas == 0 && k.Activation >= k.Lag && k.Activation > 0 && sc.ScalingModifiers.Formula == "" {
		s.Report(s.At(k.At("activationLagThreshold")),
			"activationLagThreshold "+strconv.FormatInt(k.Activation, 10)+" is not below lagThreshold "+
				strconv.FormatInt(k.Lag, 10)+": at a lag between the two KEDA goes to zero while the HPA wants more than one replica",
			"set activationLagThreshold below lagThreshold")
	}
}
