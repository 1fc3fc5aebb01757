// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"strconv"
	"strings"
	"testing"
)

// BenchmarkRun post-renders 2,000 objects, with all 1,000 Deployments annotated
// and with none.
func BenchmarkRun(b *testing.B) {
	for _, annotated := range []bool{false, true} {
		var s strings.Builder
		for i := range 1000 {
			n := strconv.Itoa(i)
			s.WriteString(
				"---\n# Source: big/templates/all.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: app-" + n +
					"\nspec:\n  ports:\n    - port: 80\n      name: http\n",
			)
			s.WriteString(
				"---\n# Source: big/templates/all.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-" + n + "\n",
			)
			if annotated {
				s.WriteString(
					"  annotations:\n    helm-wasm.dev/source.topic: topic-" + n + "\n    helm-wasm.dev/source.consumerGroup: app-" + n +
						"\n    helm-wasm.dev/scaling.maxReplicas: \"12\"\n",
				)
			}
			s.WriteString(
				"spec:\n  replicas: 1\n  template:\n    spec:\n      securityContext:\n        {}\n      containers:\n        - " +
					"name: app\n" +
					"          image: \"ghcr.io/acme/app:1." + n +
					"\"\n          resources:\n            limits: {cpu: 100m, memory: 128Mi}\n",
			)
		}
		b.Run(map[bool]string{false: "none", true: "all"}[annotated], func(b *testing.B) {
			opts := Options{Values: shared(b, "kafka.bootstrapServers={kafka:9092}")}
			b.SetBytes(int64(s.Len()))
			for b.Loop() {
				if _, err := Run([]byte(s.String()), opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
