// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/images"
)

// Both sides of the comparison read topics of their own with one threshold.
const (
	plainRounds   = 5
	plainReplicas = 5
	plainImage    = "ghcr.io/helm-wasm/bench-plain:0.1.0"
)

// peer is one side: a function or a plain container that does the same.
type peer struct {
	name, namespace string
	topic, object   string
	pods            *nursery
	images          []string // what a node has to pull; the last is its own
	delays, inPod   []float64
	memory          float64 // MiB of a replica
}

// plain runs the work of the function hello beside an equivalent Go service, under the
// same ScaledObject: from zero, and with several replicas of each.
func plain(e *env, t *testing.T) string {
	e.namespace(t, "plain")
	values := strings.Replace(one("plain.wasm", helloImage, ""), "  topics:\n",
		"  topics:\n    plain.go: {partitions: 6}\n    plain.go.out: {partitions: 3}\n", 1)
	values = strings.Replace(values, "plain.wasm: {partitions: 3}", "plain.wasm: {partitions: 6}", 1)
	e.helm(t, values, "install", "p", e.chart, "-n", "plain", "-f", "-", "--wait", "--timeout", "10m")
	// The same requests and the same ScaledObject, except for names.
	e.kube(t, `apiVersion: apps/v1
kind: Deployment
metadata: {name: service, namespace: plain}
spec:
  selector: {matchLabels: {app: service}}
  template:
    metadata: {labels: {app: service}}
    spec:
      containers:
      - name: service
        image: `+plainImage+`
        env: [{name: BROKERS, value: "`+bootstrap+
		`"}, {name: GROUP, value: service}, {name: SOURCE, value: plain.go}, {name: SINK, value: plain.go.out}]
        resources: `+e.get(t.Context(), "plain", "deployment/p-hello", "{.spec.template.spec.containers[0].resources}")+`
        readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
`, "apply", "-f", "-")
	var so map[string]any
	if err := json.Unmarshal([]byte(e.get(t.Context(), "plain", "scaledobject/p-hello", "{.spec}")), &so); err != nil {
		t.Fatal(err)
	}
	so["scaleTargetRef"] = map[string]any{"name": "service"}
	for _, trigger := range so["triggers"].([]any) {
		metadata := trigger.(map[string]any)["metadata"].(map[string]any)
		metadata["topic"], metadata["consumerGroup"] = "plain.go", "service"
	}
	object, err := json.Marshal(map[string]any{
		"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
		"metadata": map[string]any{"name": "service", "namespace": "plain"}, "spec": so,
	})
	if err != nil {
		t.Fatal(err)
	}
	e.kube(t, string(object), "apply", "-f", "-")
	ours := &peer{
		name: "function on wazero", namespace: "plain", topic: "plain.wasm", object: "p-hello",
		pods: e.watch(t, "plain", "helm-wasm.dev/function=hello"), images: []string{"ghcr.io/helm-wasm/wasm-runner:0.1.0", helloImage},
	}
	theirs := &peer{
		name: "plain Go container", namespace: "plain", topic: "plain.go", object: "service",
		pods: e.watch(t, "plain", "app=service"), images: []string{plainImage},
	}
	b := e.kafka(t, bootstrap)
	for range plainRounds {
		for _, p := range []*peer{ours, theirs} {
			e.fromZero(t, b, p)
		}
	}
	for _, p := range []*peer{ours, theirs} {
		e.replicate(t, b, p)
	}
	return e.compare(t, ours, theirs)
}

// fromZero sends one event to a side that has no replicas, and waits for its result.
func (e *env) fromZero(t *testing.T, b *broker, p *peer) {
	t.Helper()
	eventually(t, "no replica of the "+p.name, func() error {
		if r := e.get(t.Context(), p.namespace, "deployment/"+p.object, "{.status.replicas}"); atoi(r) != 0 {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	before, err := b.end(t.Context(), p.topic+".out")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	b.produce(t, p.topic, 1, event)
	for end := before; end == before; {
		if end, err = b.end(t.Context(), p.topic+".out"); err != nil {
			t.Fatal(err)
		}
		if time.Since(begin) > patience {
			t.Fatalf("no result of the %s after %s", p.name, patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
	result := time.Now()
	var first birth
	eventually(t, "the pod of the "+p.name, func() (err error) {
		first, err = p.pods.first(begin)
		return err
	})
	p.delays = append(p.delays, result.Sub(begin).Seconds())
	p.inPod = append(p.inPod, result.Sub(first.made).Seconds())
}

var workingSet = regexp.MustCompile(`(?m)^pod_memory_working_set_bytes\{namespace="plain",pod="([^"]+)"\} (\S+) (\d+)$`)

// replicate keeps a side at several replicas, gives them work, and asks the kubelet how
// much memory they use: what Kubernetes counts against limits.
func (e *env) replicate(t *testing.T, b *broker, p *peer) {
	t.Helper()
	const n = 3000
	before, err := b.end(t.Context(), p.topic+".out")
	if err != nil {
		t.Fatal(err)
	}
	const paused = "autoscaling.keda.sh/paused-replicas"
	e.kube(t, "", "-n", "plain", "annotate", "scaledobject/"+p.object, fmt.Sprintf("%s=%d", paused, plainReplicas))
	eventually(t, fmt.Sprintf("%d replicas of the %s", plainReplicas, p.name), func() error {
		if r := e.get(t.Context(), "plain", "deployment/"+p.object, "{.status.readyReplicas}"); atoi(r) != plainReplicas {
			return fmt.Errorf("%s ready", r)
		}
		return nil
	})
	b.produce(t, p.topic, n, event)
	eventually(t, "results of the "+p.name, func() error {
		end, err := b.end(t.Context(), p.topic+".out")
		if err == nil && end-before < n {
			err = fmt.Errorf("%d of %d", end-before, n)
		}
		return err
	})
	worked := time.Now()
	node := e.kube(t, "", "get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
	var sizes []float64
	eventually(t, "the kubelet's figures of the "+p.name, func() error {
		sizes = nil
		text, err := e.run(t.Context(), "", e.kubectl, "get", "--raw", "/api/v1/nodes/"+node+"/proxy/metrics/resource")
		if err != nil {
			return err
		}
		for _, m := range workingSet.FindAllStringSubmatch(text, -1) {
			size, err := strconv.ParseFloat(m[2], 64)
			at, err2 := strconv.ParseInt(m[3], 10, 64)
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			// The kubelet measures every ten seconds or so.
			if strings.HasPrefix(m[1], p.object+"-") && time.UnixMilli(at).After(worked) {
				sizes = append(sizes, size/(1<<20))
			}
		}
		if len(sizes) != plainReplicas {
			return fmt.Errorf("memory of %d pods, want %d", len(sizes), plainReplicas)
		}
		return nil
	})
	p.memory = median(sizes)
	e.kube(t, "", "-n", "plain", "annotate", "scaledobject/"+p.object, paused+"-")
}

// compare writes both sides' figures to plain.json, in the form of
// bench/results.json, for the page of benchmarks.
func (e *env) compare(t *testing.T, ours, theirs *peer) string {
	t.Helper()
	node := strings.Fields(e.kube(t, "", "get", "nodes", "-o",
		"jsonpath={.items[0].status.allocatable.memory} {.items[0].status.allocatable.pods}"))
	free, err := strconv.ParseFloat(strings.TrimSuffix(node[0], "Ki"), 64)
	if err != nil {
		t.Fatalf("the node's memory is %q: %v", node[0], err)
	}
	type result struct {
		Benchmark    string  `json:"benchmark"`
		Name         string  `json:"name"`
		Ours         float64 `json:"ours"`
		Theirs       float64 `json:"theirs"`
		Against      string  `json:"against"`
		Unit         string  `json:"unit"`
		Runs         int     `json:"runs"`
		MoreIsBetter bool    `json:"moreIsBetter,omitempty"`
	}
	var results []result
	var figures []string
	add := func(name, unit string, runs int, more bool, ours, their float64) {
		results = append(results, result{"plain container", name, rounded(ours), rounded(their), theirs.name, unit, runs, more})
		figures = append(figures, fmt.Sprintf("%s %g and %g %s", name, rounded(ours), rounded(their), unit))
	}
	add("from zero: event to result", "s", plainRounds, false, median(ours.delays), median(theirs.delays))
	add("from zero: pod made to result", "s", plainRounds, false, median(ours.inPod), median(theirs.inPod))
	add("memory of a replica", "MiB", plainReplicas, false, ours.memory, theirs.memory)
	add(
		fmt.Sprintf("replicas that the %.0f GiB of a node hold (its kubelet takes %s pods)", free/(1<<20), node[1]),
		"replicas", 1, true, math.Floor(free/1024/ours.memory), math.Floor(free/1024/theirs.memory),
	)
	add("image of one more function", "MiB", 1, false, e.size(t, ours.images[len(ours.images)-1]), e.size(t, theirs.images[0]))
	add("images of the first function", "MiB", 1, false, e.size(t, ours.images...), e.size(t, theirs.images...))
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.out, "plain.json"), append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	return ours.name + " and " + theirs.name + ": " + strings.Join(figures, ", ")
}

// size returns what images take in a registry, compressed, in MiB.
func (e *env) size(t *testing.T, names ...string) float64 {
	t.Helper()
	store, err := images.OpenStore(filepath.Join(e.dirs.Cache, "images"))
	if err != nil {
		t.Fatal(err)
	}
	total, found := int64(0), 0
	err = store.Each(func(name string, image v1.Image) error {
		if !slices.Contains(names, name) {
			return nil
		}
		manifest, err := image.Manifest()
		if err != nil {
			return err
		}
		found++
		total += manifest.Config.Size
		for _, layer := range manifest.Layers {
			total += layer.Size
		}
		return nil
	})
	if err != nil || found != len(names) {
		t.Fatalf("%d of the images %q: %v", found, names, err)
	}
	return float64(total) / (1 << 20)
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2]
}

// rounded keeps three significant digits.
func rounded(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}
