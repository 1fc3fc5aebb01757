// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
    module: {image: "` + helloImage + `"}
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
	e.helm(t, baseValues, "install", base, e.chart, "-n", base, "--create-namespace", "-f", "-", "--wait", "--timeout", "10m")
	took := time.Since(begin)
	e.kube(t, "", "label", "namespace", base, ours)
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
	scaled := time.Since(begin)
	running := 0
	eventually(t, "every pod to run or to have done its work", func() error {
		running = 0
		for line := range strings.Lines(e.kube(t, "", "-n", base, "get", "pods", "-o",
			`jsonpath={range .items[*]}{.metadata.name} {.status.phase} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}`)) {
			f := strings.Fields(line)
			switch {
			case len(f) == 3 && f[1] == "Running" && f[2] == "True":
				running++
			case len(f) == 3 && f[1] == "Succeeded": // a Job's
			default:
				return fmt.Errorf("pod, phase and Ready are %q", line)
			}
		}
		return nil
	})
	if running == 0 {
		t.Error("no pod runs")
	}
	return fmt.Sprintf(
		"helm install --wait took %.0f s, all ScaledObjects Ready after %.0f s; %d pods run and are ready",
		took.Seconds(), scaled.Seconds(), running,
	)
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

// dryRun sends what every preset and every case renders to the API server.
func dryRun(e *env, t *testing.T) string {
	e.namespace(t, "dry-run")
	e.namespace(t, "prod") // one case puts a Role there
	type values struct{ name, file, stdin string }
	var cases []values
	for _, pattern := range []string{"charts/presets/*.yaml", "test/schema/testdata/*.yaml", "test/parity/testdata/*.yaml"} {
		found, err := filepath.Glob(filepath.Join(e.root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Fatalf("no case is in %s", pattern)
		}
		for _, file := range found {
			if name := filepath.Base(file); strings.HasPrefix(pattern, "charts/presets/") {
				cases = append(cases, values{name: "preset " + name, file: "wasm://presets/" + name})
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, values{name: file, file: "-", stdin: string(text)})
		}
	}
	var sending sync.WaitGroup
	var refused atomic.Int32
	a := e.admission(t)
	slots := make(chan struct{}, 2)
	for _, c := range cases {
		slots <- struct{}{}
		sending.Go(func() {
			defer func() { <-slots }()
			manifests, err := e.run(t.Context(), c.stdin, e.helmBin, "template", "dry", e.chart, "-n", "dry-run", "-f", c.file)
			// The corpus compares renderers, so it has values that the chart
			// also refuses: by its templates, or by its schema.
			fails := strings.HasSuffix(c.name, "-fails.yaml")
			switch {
			case err != nil && (fails || c.stdin != "" &&
				strings.Contains(err.Error(), "values don't meet the specifications of the schema")):
				refused.Add(1)
			case fails || err != nil:
				t.Errorf("%s: helm template says %v", c.name, err)
			default:
				a.send(e, t, c.name, strings.Split(manifests, "\n---"))
			}
		})
	}
	sending.Wait()
	if a.sent == 0 {
		t.Fatal("nothing was sent")
	}
	return fmt.Sprintf(
		"%d cases, %d objects, hooks included; %d cases of the corpus are refused by the chart, as they should be%s",
		len(cases)-int(refused.Load()), a.sent, refused.Load(), a.others(),
	)
}

// admission sends objects to the API server, with its validation, defaulting and
// webhooks, and counts them.
type admission struct {
	served string // API versions, one per line

	mu      sync.Mutex
	sent    int
	foreign map[string]int // by API version that the cluster lacks: not sent
}

func (e *env) admission(t *testing.T) *admission {
	t.Helper()
	return &admission{served: "\n" + e.kube(t, "", "api-versions"), foreign: map[string]int{}}
}

func (a *admission) send(e *env, t *testing.T, name string, documents []string) {
	t.Helper()
	var send []string
	for _, doc := range documents {
		if !kindLine.MatchString(doc) {
			continue
		}
		// A ScaledObject's target counts too: KEDA's webhook looks it up.
		missing := ""
		for _, group := range groupLine.FindAllStringSubmatch(doc, -1) {
			if !strings.Contains(a.served, "\n"+group[1]+"\n") {
				missing = group[1]
			}
		}
		a.mu.Lock()
		if missing != "" {
			a.foreign[missing]++
		} else {
			a.sent++
			send = append(send, doc)
		}
		a.mu.Unlock()
	}
	// A server-side apply sends JSON, in which kubectl leaves a DEL, and the API
	// server reads it as YAML, which does not allow one.
	manifests := strings.ReplaceAll(strings.Join(send, "\n---"), `\x7f`, "")
	if _, err := e.run(t.Context(), manifests, e.kubectl, "apply", "--server-side",
		"--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-"); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// others reports objects whose API the cluster lacks.
func (a *admission) others() string {
	var b strings.Builder
	for _, group := range slices.Sorted(maps.Keys(a.foreign)) {
		fmt.Fprintf(&b, "; %d of %s not sent (its CRDs are not here)", a.foreign[group], group)
	}
	return b.String()
}

// rollout waits until every replica is of the newest version and ready.
func (e *env) rollout(t *testing.T, namespace, object string) {
	t.Helper()
	e.kube(t, "", "-n", namespace, "rollout", "status", object, "--timeout=10m")
}
