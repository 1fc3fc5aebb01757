// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// target is a Deployment whose pods no node takes: the autoscaler counts
// replicas, and they cost nothing.
func target(name string, replicas int) string {
	return fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s, namespace: claims}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec: {nodeSelector: {nowhere: "true"}, containers: [{name: c, image: "registry.k8s.io/pause:3.10"}]}
`, name, replicas)
}

// scaler is a ScaledObject as users of KEDA write it, without this chart.
func scaler(name, kind, topic string, threshold, most int) string {
	return fmt.Sprintf(`---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: %[1]s, namespace: claims}
spec:
  scaleTargetRef: {name: %[1]s}
  pollingInterval: 2
  minReplicaCount: 1
  maxReplicaCount: %[5]d
  triggers:
  - type: %[2]s
    metadata: {bootstrapServers: "%[6]s", consumerGroup: %[1]s, topic: %[3]s, lagThreshold: "%[4]d", offsetResetPolicy: earliest}
`, name, kind, topic, threshold, most, bootstrap)
}

// claims settles on real KEDA what the rules of the linter say of it.
func claims(e *env, t *testing.T) string {
	e.namespace(t, "claims")
	e.helm(t, `
keda: {enabled: false}
kafka:
  mode: external
  bootstrapServers: [`+bootstrap+`]
  topics: {claims.five: {partitions: 5}, claims.many: {partitions: 24}}
`, "install", "topics", e.chart, "-n", "claims", "-f", "-", "--wait", "--timeout", "10m")
	b := e.kafka(t, bootstrap)
	for topic, n := range map[string]int{"claims.five": 29, "claims.many": 2400} {
		eventually(t, "topic "+topic, func() error {
			_, err := b.end(t.Context(), topic)
			return err
		})
		have, err := b.end(t.Context(), topic)
		if err != nil {
			t.Fatal(err)
		}
		b.produce(t, topic, n-int(have), event)
	}
	// The autoscaler at most doubles at once, so five are near enough to six.
	e.kube(t, target("five", 5)+target("at22", 22)+target("at21", 21)+
		scaler("five", "kafka", "claims.five", 5, 10)+
		scaler("at22", "kafka", "claims.many", 10, 24)+
		scaler("at21", "kafka", "claims.many", 10, 24), "apply", "-f", "-")
	var figures []string
	for _, c := range []struct {
		name string
		want int
		what string
	}{
		{"five", 6, "lag 29 of 5 partitions, threshold 5: %d replicas"},
		{"at22", 22, "24 partitions full, at 22: %d"},
		{"at21", 24, "at 21: %d"},
	} {
		// The metric and what follows from it are written in one step.
		seen := 0
		eventually(t, "the autoscaler of "+c.name+" to decide", func() error {
			hpa := e.get(t.Context(), "claims", "hpa/keda-hpa-"+c.name, "{.status.currentMetrics[0].external.current.averageValue}/{.status.desiredReplicas}")
			value, desired, _ := strings.Cut(hpa, "/")
			if value == "" || value == "0" || atoi(desired) == 0 {
				return fmt.Errorf("its metric is %q and it wants %q", value, desired)
			}
			seen = atoi(desired)
			return nil
		})
		if seen != c.want {
			t.Errorf("%s: %d replicas, want %d", c.name, seen, c.want)
		}
		figures = append(figures, fmt.Sprintf(c.what, seen))
	}
	return strings.Join(figures, "; ")
}
