// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"strings"
	"testing"
)

// Twice as many mistakes cost twice as much, whatever they are: a finding that
// looks at all functions or topics would cost the square.
func TestLintCostIsLinear(t *testing.T) {
	for name, line := range map[string]string{
		"good":     "module: {image: 'a/b:1'}, source: {topic: in-%d}, onError: {action: drop}",
		"topics":   "module: {image: 'a/b:1'}, source: {topic: im-%d}, onError: {action: drop}",
		"runtimes": "runtime: wasmtme%d",
		"triggers": "scaling: {triggers: {t%d: {type: kafka, metadata: {topik: x}, authenticationRef: {name: a}}, u: {type: corn}}}",
		"formulas": "scaling: {scalingModifiers: {formula: kafka + offic%d > 2}}",
		"scaling": "source: {topic: in-1}, sink: {topic: in-1}, scaling: {minReplicas: 5, maxReplicas: 3, " +
			"idleReplicaCount: %d, behavior: {scaleUp: {policies: []}}, fallback: {replicas: 3}}",
		"rings":     "source: {topic: in-%d}, sink: {topics: [in-1, in-2]}",
		"groups":    "source: {topic: in-1, consumerGroup: g}, scaling: {hpaName: h, lagThreshold: 1%d}",
		"resources": "resources: {requests: {cpu: 5%d}, limits: {cpu: 1}}, config: {a-b: c}",
		"types":     "source: %d",
		"unknown":   "sorce: %d",
	} {
		cost := func(n int) float64 {
			var b strings.Builder
			b.WriteString("kafka:\n  topics:\n")
			for i := range n {
				fmt.Fprintf(&b, "    in-%d: {}\n", i)
			}
			b.WriteString("workloads:\n")
			for i := range n {
				fmt.Fprintf(&b, "  w-%d: {scaleTargetRef: {name: r-f-%d}}\n", i, i)
			}
			b.WriteString("extraObjects:\n")
			for i := range n {
				fmt.Fprintf(&b,
					"  o-%d: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: "+
						"{scaleTargetRef: {name: r-f-%d}}}\n",
					i,
					i)
			}
			b.WriteString("functions:\n")
			for i := range n {
				fmt.Fprintf(&b, "  f-%d: {"+line+"}\n", i, i)
			}
			doc := mustParse(t, b.String())
			return testing.AllocsPerRun(1, func() { Lint(doc, Options{Release: "r", Namespace: "n"}) })
		}
		if small, large := cost(200), cost(600); large > 4.5*small {
			t.Errorf("%s: %.0f allocations for 200 functions, %.0f for 600", name, small, large)
		}
	}
}
