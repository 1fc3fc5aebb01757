// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// poison sends events that the function cannot read among good ones.
func poison(e *env, t *testing.T) string {
	const good, bad = 200, 20
	b := e.kafka(t, bootstrap)
	deadBefore, err := b.end(t.Context(), "names.dead")
	if err != nil {
		t.Fatal(err)
	}
	resultsBefore, err := b.end(t.Context(), "greetings.clean")
	if err != nil {
		t.Fatal(err)
	}
	b.produce(t, "names", good+bad, func(i int) (key, value []byte) {
		if i%((good+bad)/bad) == 0 {
			return []byte("bad"), []byte{0xff, 0xfe}
		}
		return []byte("good"), []byte("good")
	})
	took := eventually(t, "dead letters and results", func() error {
		dead, err := b.end(t.Context(), "names.dead")
		if err != nil {
			return err
		}
		results, err := b.end(t.Context(), "greetings.clean")
		if err != nil {
			return err
		}
		if dead-deadBefore < bad || results-resultsBefore < good {
			return fmt.Errorf("%d dead letters, %d results", dead-deadBefore, results-resultsBefore)
		}
		return nil
	})
	headers := map[string]string{}
	dead := b.read(t, "names.dead")
	for _, h := range dead[len(dead)-1].Headers {
		headers[h.Key] = string(h.Value)
	}
	if len(headers) == 0 {
		t.Error("a dead letter has no headers that say why")
	}
	return fmt.Sprintf("%d dead letters of %d events after %.0f s; headers %s",
		len(dead)-int(deadBefore), good+bad, took.Seconds(), strings.Join(keys(headers), ", "))
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}

// one returns a stack of one function on the base stack's KEDA and Kafka.
func one(topic, image, extra string) string {
	return `
keda: {enabled: false}
kafka:
  mode: external
  bootstrapServers: [` + bootstrap + `]
  topics:
    ` + topic + `: {partitions: 3}
    ` + topic + `.out: {partitions: 3}
    ` + topic + `.dead: {}
functions:
  hello:
    module: {image: "` + image + `"}
    abi: wasi
    source: {topic: ` + topic + `}
    sink: {topic: ` + topic + `.out}
    onError: {retries: 1, deadLetterTopic: ` + topic + `.dead}
    limits: {concurrency: 1}
    resources: {requests: {cpu: 20m, memory: 32Mi}}
    scaling:
      minReplicas: 0
      maxReplicas: 3
      lagThreshold: 100
      pollingInterval: 2
      cooldownPeriod: 10
` + extra
}

const helloImage = "ghcr.io/helm-wasm/functions/hello:0.1.0"

// causes checks that a person who looks in the usual places, and where NOTES points,
// finds the reason.
func causes(e *env, t *testing.T) string {
	e.namespace(t, "causes")
	const secret = "forgotten"
	var figures []string
	missing := func(image string) []string {
		return []string{`pulling module "` + image + `"`, "the image or digest does not exist"}
	}
	const noFunction, noDigest = "ghcr.io/helm-wasm/functions/no-such-function:1", "ghcr.io/helm-wasm/functions/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	for _, c := range []struct {
		release, values, object string
		want                    []string
	}{
		{"gone", one("gone", noFunction, ""), "pods", missing(noFunction)},
		{"digest", one("digest", noDigest, ""), "pods", missing(noDigest)},
		{
			"env", one("env", helloImage, "    pod: {envFrom: [{secretRef: {name: "+secret+"}}]}\n"), "pods",
			[]string{`secret "` + secret + `" not found`},
		},
		// KEDA cannot ask the broker, so no replica is made that could say so.
		{
			"login", strings.Replace(one("login", helloImage, ""), "kafka:\n",
				"kafka:\n  createTopics: false\n  sasl: {mechanism: scram-sha-512, secret: {name: "+secret+"}}\n",
				1),
			"scaledobjects",
			[]string{"error resolving secret name &SecretKeySelector{LocalObjectReference:LocalObjectReference{Name:" + secret},
		},
	} {
		notes := e.helm(t, c.values, "install", c.release, e.chart, "-n", "causes", "-f", "-")
		look := "kubectl -n causes describe pods,scaledobjects --show-events -l app.kubernetes.io/instance=" + c.release
		if !strings.Contains(notes, look) {
			t.Errorf("%s: NOTES does not say %q:\n%s", c.release, look, notes)
		}
		if strings.Contains(c.values, secret) && !strings.Contains(notes, "Secret "+secret) {
			t.Errorf("%s: NOTES does not say that Secret %s must exist:\n%s", c.release, secret, notes)
		}
		if c.release != "login" {
			b := e.kafka(t, bootstrap)
			eventually(t, "topic "+c.release, func() error {
				_, err := b.end(t.Context(), c.release)
				return err
			})
			b.produce(t, c.release, 10, event)
		}
		took := eventually(t, "the cause of "+c.release, func() error {
			seen := e.kube(t, "", "-n", "causes", "describe", c.object, "--show-events", "-l", "app.kubernetes.io/instance="+c.release)
			for _, want := range c.want {
				if !strings.Contains(seen, want) {
					return fmt.Errorf("kubectl describe %s does not say %q:\n%s", c.object, want, tail(seen, 3000))
				}
			}
			return nil
		})
		figures = append(figures, fmt.Sprintf("%s: kubectl describe %s says %q after %.0f s", c.release, c.object, c.want, took.Seconds()))
	}
	return strings.Join(figures, "; ")
}

// upgrade changes a function while its replicas work.
func upgrade(e *env, t *testing.T) string {
	const batch = 4000
	b := e.kafka(t, bootstrap)
	before, err := b.end(t.Context(), "greetings")
	if err != nil {
		t.Fatal(err)
	}
	first, n := fresh(), 0
	more := func() {
		b.produce(t, "names", batch, func(i int) (key, value []byte) { return event(first + n + i) })
		n += batch
	}
	begin := time.Now()
	for range 4 {
		more()
	}
	// However fast the machine is, work remains until the new version takes it.
	busy := func() error {
		lag, err := b.lag(t.Context(), "shop.shop-hello", "names")
		if err == nil && lag < 3*batch {
			more()
		}
		return fmt.Errorf("lag %d, %v", lag, err)
	}
	replicas := 0
	eventually(t, "two replicas or more", func() error {
		state := busy()
		replicas = atoi(e.get(t.Context(), base, "deployment/shop-hello", "{.spec.replicas}"))
		if replicas < 2 {
			return fmt.Errorf("%d replicas, %w", replicas, state)
		}
		return nil
	})
	upgraded := make(chan struct{})
	var changing sync.WaitGroup
	changing.Go(func() {
		defer close(upgraded)
		// A different module with a different ABI, which passes names on unchanged.
		values := strings.NewReplacer(helloImage,
			strings.Replace(helloImage, "hello", "redact-cards", 1), "abi: wasi", "abi: redpanda").Replace(baseValues)
		if _, err := e.run(t.Context(), values, e.helmBin, "upgrade", base, e.chart, "-n", base, "-f", "-"); err != nil {
			t.Error(err)
		}
	})
	defer changing.Wait()
	eventually(t, "helm upgrade", func() error {
		state := busy()
		select {
		case <-upgraded:
			return nil
		default:
			return fmt.Errorf("it runs; %w", state)
		}
	})
	after := atoi(e.get(t.Context(), base, "deployment/shop-hello", "{.spec.replicas}"))
	// Fewer are right when the autoscaler wants fewer by now.
	if wanted := atoi(e.get(t.Context(), base, "hpa/keda-hpa-shop-hello", "{.status.desiredReplicas}")); after < min(replicas, wanted) {
		t.Errorf("%d replicas before the upgrade, %d after, of which the autoscaler wants %d", replicas, after, wanted)
	}
	more()
	e.rollout(t, base, "deployment/shop-hello")
	more() // for the new version only
	eventually(t, "lag 0", func() error {
		lag, err := b.lag(t.Context(), "shop.shop-hello", "names")
		if err == nil && lag > 0 {
			err = fmt.Errorf("lag %d", lag)
		}
		return err
	})
	took := time.Since(begin)
	records := b.read(t, "greetings")
	missing, duplicates := count(records, first, n)
	changed := 0
	for _, r := range records {
		m := eventID.FindSubmatch(r.Value)
		if m != nil && atoi(string(m[1])) >= first && strings.HasPrefix(string(r.Value), "n") {
			changed++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d events lost; the topic had %d results before and has %d now", missing, n, before, len(records))
	}
	if changed == 0 {
		t.Error("no event was processed by the changed function")
	}
	// Go back as people do, for what follows.
	e.helm(t, "", "rollback", base, "-n", base, "--wait", "--timeout", "10m")
	return fmt.Sprintf(
		"another module of another ABI: %d replicas before, %d after; %d events in %.0f s, %d of them by the new version, "+
			"%d missing, %d twice",
		replicas, after, n, took.Seconds(), changed, missing, duplicates,
	)
}

// rollback upgrades to a function that cannot start, with --rollback-on-failure.
func rollback(e *env, t *testing.T) string {
	e.namespace(t, "rollback")
	warm := func(image string) string {
		return strings.Replace(one("rolled", image, ""), "minReplicas: 0", "minReplicas: 1", 1)
	}
	e.helm(t, warm(helloImage), "install", "r", e.chart, "-n", "rollback", "-f", "-", "--wait", "--timeout", "10m")
	_, err := e.run(t.Context(), warm("ghcr.io/helm-wasm/functions/no-such-function:1"), e.helmBin,
		"upgrade", "r", e.chart, "-n", "rollback", "-f", "-", "--rollback-on-failure", "--wait",
		"--timeout", "40s")
	if err == nil {
		t.Fatal("the upgrade to a missing image succeeded")
	}
	var image string
	took := eventually(t, "the old version to serve", func() error {
		image = e.get(t.Context(), "rollback", "configmap/r-wasm-keda-stack-hello", "{.data}")
		if image == "" {
			image = e.kube(t, "", "-n", "rollback", "get", "configmaps", "-l", "app.kubernetes.io/instance=r", "-o", "yaml")
		}
		if strings.Contains(image, "no-such-function") {
			return fmt.Errorf("the configuration still names the missing image")
		}
		ready := e.kube(t, "", "-n", "rollback", "get", "deployments", "-o", "jsonpath={.items[*].status.readyReplicas}")
		if atoi(strings.Fields(ready + " 0")[0]) < 1 {
			return fmt.Errorf("no replica is ready")
		}
		return nil
	})
	history := e.helm(t, "", "history", "r", "-n", "rollback")
	if !strings.Contains(history, "Rollback") && !strings.Contains(history, "rollback") {
		t.Errorf("helm history shows no rollback:\n%s", history)
	}
	return fmt.Sprintf("back on revision 1's configuration, ready %.0f s after Helm gave up", took.Seconds())
}
