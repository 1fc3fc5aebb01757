// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE04", Severity: Error, Title: "Replica counts contradict one another",
	Why: "KEDA's webhook refuses minReplicas above maxReplicas and an idleReplicaCount that is not below " +
		"it, except 0 beside an explicit minReplicas of 0; idle counts other than 0 flap between KEDA and the HPA.",
	Fix: "Keep minReplicas at or below maxReplicas, and idleReplicaCount at 0 with minReplicas of 1 or more.",
	Bad: "functions: {enrich: {scaling: {minReplicas: 11}}}\n" +
		"kafka: {topics: {orders: {partitions: 20}}}",
	Good: "functions: {enrich: {scaling: {minReplicas: 9}}}\n" +
		"kafka: {topics: {orders: {partitions: 10}}}",

	Scaling: replicaCounts,
})

func replicaCounts(s *pass.Scope) {
	sc := s.Scaling
	if sc.MinReplicas > sc.MaxReplicas {
		s.Report(s.At("scaling.minReplicas"),
			"minReplicas "+strconv.Itoa(sc.MinReplicas)+" is more than maxReplicas "+strconv.Itoa(sc.MaxReplicas),
			"raise maxReplicas or lower minReplicas")
	}
	switch idle := sc.IdleReplicaCount; {
	case idle == nil:
	case *idle != 0:
		s.Report(s.At("scaling.idleReplicaCount"),
			"idleReplicaCount "+strconv.Itoa(*idle)+" does not work: KEDA supports 0 only, anything else flaps",
			"set it to 0 or remove it")
	case sc.MinReplicas < 1 && s.Object != nil && !s.Sets("scaling.minReplicas"):
		s.Report(s.At("scaling.idleReplicaCount"),
			"idleReplicaCount 0 needs minReplicas; KEDA refuses the ScaledObject without it",
			"remove idleReplicaCount, or set minReplicas to 1 or more")
	case sc.MinReplicas < 1:
		s.ReportAs(Info, s.At("scaling.idleReplicaCount"),
			"idleReplicaCount 0 has no effect: with minReplicas 0 KEDA goes to zero anyway",
			"remove idleReplicaCount, or set minReplicas to 1 or more")
	}
}
