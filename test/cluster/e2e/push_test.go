// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const pushRounds = 5

// pushValues are a function that the scaler wakes, and beside it one that KEDA
// polls for five times as often.
func pushValues() string {
	values := one("pushed", helloImage, `      activation: push
  polled:
    module: {image: "`+helloImage+`"}
    abi: wasi
    source: {topic: polled}
    sink: {topic: polled.out}
    limits: {concurrency: 1}
    resources: {requests: {cpu: 20m, memory: 32Mi}}
    scaling: {minReplicas: 0, maxReplicas: 3, lagThreshold: 100, pollingInterval: 2, cooldownPeriod: 5}
networkPolicy: {enabled: true, kedaNamespace: `+base+`}
`)
	values = strings.Replace(values, "pollingInterval: 2\n      cooldownPeriod: 10", "pollingInterval: 10\n      cooldownPeriod: 5", 1)
	return strings.Replace(values, "  topics:\n", "  topics:\n    polled: {partitions: 3}\n    polled.out: {partitions: 3}\n", 1)
}

func push(e *env, t *testing.T) string {
	e.namespace(t, "push")
	e.helm(t, pushValues(), "install", "p", e.chart, "-n", "push", "-f", "-", "--wait", "--timeout", "10m")
	ready := func(want string) {
		t.Helper()
		eventually(t, "the ScaledObject's Ready to be "+want, func() error {
			if r := e.get(t.Context(), "push", "scaledobject/p-hello", `{.status.conditions[?(@.type=="Ready")].status}`); r != want {
				return fmt.Errorf("it is %q", r)
			}
			return nil
		})
	}
	ready("True")
	pushed := &peer{
		name: "pushed function", namespace: "push", topic: "pushed", object: "p-hello",
		pods: e.watch(t, "push", "helm-wasm.dev/function=hello"),
	}
	polled := &peer{
		name: "polled function", namespace: "push", topic: "polled", object: "p-polled",
		pods: e.watch(t, "push", "helm-wasm.dev/function=polled"),
	}
	b := e.kafka(t, bootstrap)
	for range pushRounds {
		e.fromZero(t, b, pushed)
		e.fromZero(t, b, polled)
	}
	if n := e.counted(t, "wasm_scaler_pushes_total"); n < pushRounds {
		t.Errorf("the scaler pushed %g times for %d events to a sleeping function", n, pushRounds)
	}
	frozen := e.withoutScaler(t, b, ready)
	connected := eventually(t, "KEDA to open its stream again", func() error {
		if n := e.counted(t, "wasm_scaler_streams"); n == 0 {
			return fmt.Errorf("there is none")
		}
		return nil
	})
	e.fromZero(t, b, pushed)
	return fmt.Sprintf("from zero, event to result: %.2f s (%.2f to %.2f) pushed with a poll every 10 s, %.2f s (%.2f to %.2f) polled "+
		"every 2 s; %s, and KEDA's stream %.0f s later; then %.2f s again; "+
		"two scalers hold %.0f MiB",
		median(pushed.delays[:pushRounds]), slices.Min(pushed.delays[:pushRounds]), slices.Max(pushed.delays[:pushRounds]),
		median(polled.delays), slices.Min(polled.delays), slices.Max(polled.delays), frozen, connected.Seconds(), pushed.delays[pushRounds],
		e.counted(t, "process_resident_memory_bytes")/(1<<20))
}

// withoutScaler takes the scaler away while the function has a replica: it
// stays, far longer than cooldownPeriod, and goes when the scaler is back.
func (e *env) withoutScaler(t *testing.T, b *broker, ready func(string)) string {
	t.Helper()
	replicas := func() int { return atoi(e.get(t.Context(), "push", "deployment/p-hello", "{.status.replicas}")) }
	b.produce(t, "pushed", 1, event)
	eventually(t, "a replica", func() error {
		if n := replicas(); n == 0 {
			return fmt.Errorf("there is none")
		}
		return nil
	})
	e.kube(t, "", "-n", "push", "scale", "deployment/p-scaler", "--replicas=0")
	e.kube(t, "", "-n", "push", "delete", "pods", "-l", "app.kubernetes.io/component=scaler", "--grace-period=0", "--force")
	ready("False")
	away := time.Now()
	before := replicas()
	for end := away.Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Second) {
		if n := replicas(); n != before || n == 0 {
			t.Fatalf("%d replicas became %d while the scaler was away", before, n)
		}
	}
	frozen := time.Since(away)
	e.kube(t, "", "-n", "push", "scale", "deployment/p-scaler", "--replicas=2")
	e.rollout(t, "push", "deployment/p-scaler")
	back := time.Now()
	ready("True")
	eventually(t, "zero replicas", func() error {
		if n := replicas(); n != 0 {
			return fmt.Errorf("%d replicas", n)
		}
		return nil
	})
	return fmt.Sprintf("without a scaler %d replica(s) stay for %.0f s, at zero %.0f s after it is back",
		before, frozen.Seconds(), time.Since(back).Seconds())
}

// counted is the sum of a metric over the scaler's pods.
func (e *env) counted(t *testing.T, metric string) (sum float64) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^` + metric + ` (\S+)$`)
	pods := e.kube(t, "", "-n", "push", "get", "pods", "-l", "app.kubernetes.io/component=scaler",
		"-o", "jsonpath={.items[*].metadata.name}")
	for _, pod := range strings.Fields(pods) {
		text := e.kube(t, "", "get", "--raw", "/api/v1/namespaces/push/pods/"+pod+":9464/proxy/metrics")
		m := line.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("pod %s does not serve %s:\n%s", pod, metric, tail(text, 1000))
		}
		value, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += value
	}
	return sum
}
