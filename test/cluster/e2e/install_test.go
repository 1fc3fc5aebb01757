// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The stack that most requirements use.
const (
	base      = "shop"
	bootstrap = "shop-kafka.shop.svc.cluster.local:9092"
)

const baseValues = `
kafka:
  bundled:
    storage: {size: 1Gi}
    heapOpts: -Xms256m -Xmx384m
    resources: {requests: {cpu: 100m, memory: 512Mi}, limits: {memory: 1Gi}}
  topics:
    names: {partitions: 6}
    greetings: {partitions: 6}
    greetings.clean: {partitions: 6}
    names.dead: {partitions: 1}
defaults:
  resources: {requests: {cpu: 20m, memory: 32Mi}}
  limits: {concurrency: 1}
  scaling:
    pollingInterval: 2
    cooldownPeriod: 15
    behavior:
      scaleUp: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 6, periodSeconds: 5}]}
      scaleDown: {stabilizationWindowSeconds: 10, policies: [{type: Percent, value: 100, periodSeconds: 5}]}
functions:
  hello:
    module: {image: "ghcr.io/helm-wasm/functions/hello:0.1.0"}
    abi: wasi
    source: {topic: names}
    sink: {topic: greetings}
    onError: {retries: 1, deadLetterTopic: names.dead}
    scaling: {maxReplicas: 6, lagThreshold: 2000}
  clean:
    module: {image: "ghcr.io/helm-wasm/functions/redact-cards:0.1.0"}
    abi: redpanda
    source: {topic: greetings}
    sink: {topic: greetings.clean}
    onError: {deadLetterTopic: names.dead}
    scaling: {maxReplicas: 6, lagThreshold: 10000}
`

func install(e *env, t *testing.T) string {
	begin := time.Now()
	if _, err := e.run(t.Context(), baseValues, e.helmBin, "install", base, e.chart, "-n", base, "--create-namespace", "-f", "-", "--wait", "--timeout", "10m"); err != nil {
		e.keep(context.Background(), t.Name(), base)
		t.Fatal(err)
	}
	took := time.Since(begin)
	// --wait does not know ScaledObjects.
	for _, f := range []string{"hello", "clean"} {
		eventually(t, "ScaledObject "+f+" to be Ready", func() error {
			status := e.get(t.Context(), base, "scaledobject/shop-"+f, `{.status.conditions[?(@.type=="Ready")].status}`)
			if status != "True" {
				return fmt.Errorf("Ready is %q", status)
			}
			return nil
		})
	}
	pods := e.list(t, "pods", "-n", base)
	return fmt.Sprintf("helm install --wait took %.0f s; %d pods", took.Seconds(), len(pods))
}

func helmTest(e *env, t *testing.T) string {
	out := e.helm(t, "", "test", base, "-n", base, "--timeout", "10m")
	if !strings.Contains(out, "Succeeded") {
		t.Fatalf("helm test says:\n%s", out)
	}
	return fmt.Sprintf("%d test(s) succeeded", strings.Count(out, "Succeeded"))
}

var (
	kindLine  = regexp.MustCompile(`(?m)^kind: *(\S+)`)
	groupLine = regexp.MustCompile(`(?m)^ *apiVersion: *"?([^"\s]+)`)
)

// dryRun sends what every preset and every case renders to the API server,
// with its validation, defaulting and webhooks. Objects of an API that this
// cluster lacks are counted, not sent.
func dryRun(e *env, t *testing.T) string {
	e.namespace(t, "dry-run")
	e.namespace(t, "prod") // one case puts a Role there
	var cases []string
	for _, pattern := range []string{"charts/presets/*.yaml", "test/schema/testdata/*.yaml", "test/parity/testdata/*/values.yaml", "stack/testdata/render/*/values.yaml"} {
		found, err := filepath.Glob(filepath.Join(e.root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, found...)
	}
	served := e.kube(t, "", "api-versions")
	objects, foreign := 0, map[string]int{}
	for _, file := range cases {
		values, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		manifests := e.helm(t, string(values), "template", "dry", e.chart, "-n", "dry-run", "-f", "-", "--no-hooks")
		var send []string
		for doc := range strings.SplitSeq(manifests, "\n---") {
			if !kindLine.MatchString(doc) {
				continue
			}
			// A ScaledObject's target counts too: KEDA's webhook looks it up.
			missing := ""
			for _, group := range groupLine.FindAllStringSubmatch(doc, -1) {
				if !strings.Contains("\n"+served, "\n"+group[1]+"\n") {
					missing = group[1]
				}
			}
			if missing != "" {
				foreign[missing]++
				continue
			}
			send = append(send, doc)
		}
		objects += len(send)
		_, err = e.run(t.Context(), strings.Join(send, "\n---"), e.kubectl, "apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-")
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if len(cases) == 0 || objects == 0 {
		t.Fatal("nothing to send")
	}
	figures := fmt.Sprintf("%d cases, %d objects", len(cases), objects)
	for group, n := range foreign {
		figures += fmt.Sprintf("; %d of %s not sent (its CRDs are not here)", n, group)
	}
	return figures
}

// rollout waits until every replica is of the newest version and ready.
func (e *env) rollout(t *testing.T, namespace, object string) {
	t.Helper()
	e.kube(t, "", "-n", namespace, "rollout", "status", object, "--timeout=10m")
}
