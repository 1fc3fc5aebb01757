// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// target returns a Deployment whose pods no node accepts: the autoscaler counts replicas, and
// they cost nothing.
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
    spec:
      nodeSelector: {nowhere: "true"}
      containers: [{name: c, image: "registry.k8s.io/pause:3.10", resources: {requests: {cpu: 10m}}}]
`, name, replicas)
}

// A scaler is a ScaledObject as users of KEDA write it, without this chart.
// What is left empty is as in the first row of the claims.
type scaler struct {
	name, kind, brokers, topic, reset string
	threshold, least, most            int
	metadata                          string // more of the trigger's, ", key: value"
	spec, triggers                    string // more of the ScaledObject's
}

func (s scaler) String() string {
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	return fmt.Sprintf(`---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: %[1]s, namespace: claims}
spec:
  scaleTargetRef: {name: %[1]s}
  pollingInterval: 2
  minReplicaCount: %[2]d
  maxReplicaCount: %[3]d
%[4]s
  triggers:
  - type: %[5]s
    name: lag
    metadata: {bootstrapServers: "%[6]s", consumerGroup: %[1]s, topic: %[7]s, lagThreshold: "%[8]d", offsetResetPolicy: %[9]s%[10]s}
%[11]s
`, s.name, s.least, s.most, s.spec, or(s.kind, "kafka"), or(s.brokers, bootstrap), s.topic, s.threshold,
		or(s.reset, "earliest"), s.metadata, s.triggers)
}

// claims checks on real KEDA what the linter's rules say about it.
func claims(e *env, t *testing.T) string {
	e.namespace(t, "claims")
	e.helm(t, `
keda: {enabled: false}
kafka:
  mode: external
  bootstrapServers: [`+bootstrap+`]
  topics: {claims.three: {partitions: 3}, claims.five: {partitions: 5}, claims.ten: {partitions: 10}, claims.many: {partitions: 24}}
`, "install", "topics", e.chart, "-n", "claims", "-f", "-", "--wait", "--timeout", "10m")
	b := e.kafka(t, bootstrap)
	for topic, n := range map[string]int{"claims.three": 0, "claims.five": 29, "claims.ten": 35, "claims.many": 2400} {
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
	return strings.Join(append(append(e.rounding(t), e.outage(t)...), e.late(t)), "; ")
}

// rounding checks what partitions, thresholds and the autoscaler's tolerance amount to:
// rules KE12 and KE13, and what a formula leaves of the metrics.
func (e *env) rounding(t *testing.T) []string {
	var scalers strings.Builder
	for _, c := range []struct {
		replicas int
		scaler
	}{
		// The autoscaler at most doubles at once, so five are near enough to six.
		{5, scaler{name: "five", topic: "claims.five", threshold: 5, least: 1, most: 10}},
		{22, scaler{name: "at22", topic: "claims.many", threshold: 10, least: 1, most: 24}},
		{21, scaler{name: "at21", topic: "claims.many", threshold: 10, least: 1, most: 24}},
		{
			3,
			scaler{
				name: "even", topic: "claims.ten", threshold: 10, least: 1, most: 10,
				metadata: `, ensureEvenDistributionOfPartitions: "true"`,
			},
		},
		{0, scaler{name: "latest", topic: "claims.three", threshold: 10, most: 3, reset: "latest"}},
		{
			0,
			scaler{
				name: "never", topic: "claims.three", threshold: 10, most: 3, reset: "latest",
				metadata: `, scaleToZeroOnInvalidOffset: "true"`,
			},
		},
		{1, scaler{
			name: "formula", topic: "claims.five", threshold: 5, least: 1, most: 10,
			spec:     "  advanced: {scalingModifiers: {formula: lag, target: \"50\"}}",
			triggers: `  - {type: cpu, metricType: Utilization, metadata: {value: "50", containerName: c}}`,
		}},
		{1, scaler{
			name: "policies", topic: "claims.five", threshold: 5, least: 1, most: 10,
			spec: "  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {policies: []}}}}",
		}},
	} {
		// An autoscaler that finds a Deployment without all its pods would take it for a
		// smaller one.
		e.kube(t, target(c.name, c.replicas), "apply", "-f", "-")
		eventually(t, "the pods of "+c.name, func() error {
			if have := atoi(e.get(t.Context(), "claims", "deployment/"+c.name, "{.status.replicas}")); have != c.replicas {
				return fmt.Errorf("%d of %d pods", have, c.replicas)
			}
			return nil
		})
		scalers.WriteString(c.scaler.String())
	}
	e.kube(t, scalers.String(), "apply", "-f", "-")
	var figures []string
	for _, c := range []struct {
		name string
		want int
		what string
	}{
		{"five", 6, "lag 29 of 5 partitions, threshold 5: %d replicas"},
		{"at22", 22, "24 partitions full, at 22: %d"},
		{"at21", 24, "at 21: %d"},
		{"even", 5, "lag 35 of 10 partitions, threshold 10, evenly: %d"},
	} {
		// The metric and what follows from it are written in one step.
		seen := 0
		eventually(t, "the autoscaler of "+c.name+" to decide", func() error {
			hpa := e.get(t.Context(), "claims", "hpa/keda-hpa-"+c.name,
				"{.status.currentMetrics[0].external.current.averageValue}/{.status.desiredReplicas}")
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
	eventually(t, "a group that never committed to wake with latest", func() error {
		if r := e.get(t.Context(), "claims", "deployment/latest", "{.spec.replicas}"); r != "1" {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	// It has been polled as often as the one that woke.
	if r := e.get(t.Context(), "claims", "deployment/never", "{.spec.replicas}"); r != "0" {
		t.Errorf("never: %s replicas with scaleToZeroOnInvalidOffset, want 0", r)
	}
	for _, name := range []string{"formula", "policies"} {
		eventually(t, "the autoscaler of "+name, func() error {
			if e.get(t.Context(), "claims", "hpa/keda-hpa-"+name, "{.metadata.name}") == "" {
				return errors.New("KEDA has not made it yet")
			}
			return nil
		})
	}
	kinds := e.get(t.Context(), "claims", "hpa/keda-hpa-formula", "{.spec.metrics[*].type}")
	if kinds != "External" {
		t.Errorf("formula: the HPA has metrics of kinds %q, want External alone", kinds)
	}
	policies := e.get(t.Context(), "claims", "hpa/keda-hpa-policies", "{.spec.behavior.scaleDown.policies}")
	if want := `[{"periodSeconds":15,"type":"Percent","value":100}]`; policies != want {
		t.Errorf("policies: an empty list became %s, want Kubernetes' defaults %s", policies, want)
	}
	return append(figures,
		"an empty list of policies becomes Kubernetes' defaults; latest without a commit wakes at once, with "+
			"scaleToZeroOnInvalidOffset not; a formula drops a cpu trigger of one container")
}
