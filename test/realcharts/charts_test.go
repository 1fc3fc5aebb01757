// SPDX-License-Identifier: Apache-2.0

// Package realcharts post-renders charts that others made, in real Helm: KEDA's, Dapr's and
// Istio's, from the Go modules that go.mod pins and go.sum checks, and the one that `helm
// create` writes. Nothing of theirs is in this repository. (Not every version of Dapr's
// module is available everywhere; this one is.)
package realcharts

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// chart is somebody else's chart.
type chart struct {
	name string
	dir  func(t *testing.T, h *home) string

	// values that annotate Deployments and StatefulSets.
	values string

	// added are the objects that result, as Kind/name.
	added []string

	// scaled are the annotated workloads, which lose their replicas.
	scaled []string
}

const connection = `
    helm-wasm.dev/kafka.bootstrapServers: kafka.example.com:9093
    helm-wasm.dev/kafka.tls: '{enabled: true, caSecret: {name: kafka-ca}}'
    helm-wasm.dev/source: '{topic: orders, consumerGroup: some-group}'
    helm-wasm.dev/scaling.maxReplicas: "7"
`

var charts = []chart{
	{
		name: "helm create", dir: func(t *testing.T, h *home) string {
			h.helm(t, nil, "create", "demo")
			return filepath.Join(h.dir, "demo")
		},
		values: "podAnnotations:" + connection,
		added:  []string{"TriggerAuthentication/x-demo-kafka", "ScaledObject/x-demo"},
		scaled: []string{"Deployment/x-demo"},
	},
	{
		// KEDA scaling its own operator makes no sense; it is a chart with 700 KB of CRDs.
		name: "KEDA", dir: func(t *testing.T, _ *home) string {
			return filepath.Join(root, "charts", "wasm-keda-stack", "charts", "keda")
		},
		values: "podAnnotations:\n  keda:" + connection + "  metricsAdapter:\n    helm-wasm.dev/enabled: \"false\"\n",
		added:  []string{"TriggerAuthentication/keda-operator-kafka", "ScaledObject/keda-operator"},
		scaled: []string{"Deployment/keda-operator"},
	},
	{
		name: "Dapr", dir: func(t *testing.T, _ *home) string {
			return filepath.Join(module(t, "github.com/dapr/dapr"), "charts", "dapr")
		},
		values: "dapr_operator:\n  deploymentAnnotations:" + connection + "dapr_placement:\n  statefulsetAnnotations:" +
			strings.Replace(connection, "some-group", "some-other", 1),
		added:  []string{"TriggerAuthentication/dapr-operator-kafka", "ScaledObject/dapr-operator", "ScaledObject/dapr-placement-server"},
		scaled: []string{"Deployment/dapr-operator", "StatefulSet/dapr-placement-server"},
	},
	{
		name: "Istio's control plane", dir: func(t *testing.T, _ *home) string {
			return filepath.Join(module(t, "istio.io/istio"), "manifests", "charts", "istio-control", "istio-discovery")
		},
		values: "autoscaleEnabled: false\ndeploymentAnnotations:" + connection,
		added:  []string{"TriggerAuthentication/istiod-kafka", "ScaledObject/istiod"},
		scaled: []string{"Deployment/istiod"},
	},
	{
		name: "Istio's gateway", dir: func(t *testing.T, _ *home) string {
			return filepath.Join(module(t, "istio.io/istio"), "manifests", "charts", "gateway")
		},
		values: "autoscaling: {enabled: false}\npodAnnotations:" + connection,
		added:  []string{"TriggerAuthentication/x-kafka", "ScaledObject/x"},
		scaled: []string{"Deployment/x"},
	},
}

func TestRealCharts(t *testing.T) {
	for _, c := range charts {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t)
			dir := c.dir(t, h)
			t.Run("without annotations", func(t *testing.T) { unchanged(t, h, dir) })
			t.Run("with annotations", func(t *testing.T) { c.annotated(t, h, dir) })
		})
	}
}

// unchanged: byte for byte behind `helm template`; inside Helm, which rewrites everything,
// the same as behind a post-renderer that does nothing.
func unchanged(t *testing.T, h *home, dir string) {
	plain := h.helm(t, nil, "template", "x", dir, "--include-crds")
	if out := h.helm(t, []byte(plain), "wasm", "post-render"); out != plain {
		t.Error("`helm template | helm wasm post-render` changes something")
	}
	same := h.helm(t, nil, "template", "x", dir, "--include-crds", "--post-renderer", "nothing")
	if out := h.helm(t, nil, "template", "x", dir, "--include-crds", "--post-renderer", "wasm-post-renderer"); out != same {
		t.Error("--post-renderer wasm-post-renderer changes something")
	}
}

// annotated: exactly the expected objects are added, and the replicas go.
func (c *chart) annotated(t *testing.T, h *home, dir string) {
	values := filepath.Join(h.dir, "values.yaml")
	if err := os.WriteFile(values, []byte(c.values), 0o644); err != nil {
		t.Fatal(err)
	}
	plain := h.helm(t, nil, "template", "x", dir, "-f", values)
	c.compare(t, "behind helm template", plain, h.helm(t, []byte(plain), "wasm", "post-render"))
	same := h.helm(t, nil, "template", "x", dir, "-f", values, "--post-renderer", "nothing")
	c.compare(t, "inside Helm", same, h.helm(t, nil, "template", "x", dir, "-f", values, "--post-renderer", "wasm-post-renderer"))
}

// replicas matches those of a Deployment's or StatefulSet's spec.
var replicas = regexp.MustCompile(`(?m)^  replicas: .*\n`)

func (c *chart) compare(t *testing.T, how, before, after string) {
	t.Helper()
	rest := documents(after)
	var changed []string
	for _, doc := range documents(before) {
		if slices.Contains(c.scaled, title(doc)) {
			cut := replicas.ReplaceAllString(doc, "")
			changed, doc = append(changed, title(doc)), cut
		}
		i := slices.Index(rest, doc)
		if i < 0 {
			t.Errorf("%s: %s is gone or changed", how, title(doc))
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	if slices.Sort(changed); !slices.Equal(changed, slices.Sorted(slices.Values(c.scaled))) {
		t.Errorf("%s: %v are in the chart, want %v", how, changed, c.scaled)
	}
	var added []string
	for _, doc := range rest {
		added = append(added, title(doc))
		for _, want := range map[string][]string{
			"ScaledObject": {
				"topic: \"orders\"", "consumerGroup: \"some-", "maxReplicaCount: 7",
				"bootstrapServers: \"kafka.example.com:9093\"", "-kafka\n",
			},
			"TriggerAuthentication": {"parameter: ca", "name: \"kafka-ca\""},
		}[strings.Split(title(doc), "/")[0]] {
			if !strings.Contains(doc+"\n", want) {
				t.Errorf("%s: no %q in\n%s", how, want, doc)
			}
		}
	}
	if slices.Sort(added); !slices.Equal(added, slices.Sorted(slices.Values(c.added))) {
		t.Errorf("%s: added are %v, want %v", how, added, c.added)
	}
}

// documents returns those of Helm's output, without what is around them.
func documents(stream string) []string {
	var docs []string
	for _, doc := range regexp.MustCompile(`(?m)^---$`).Split(stream, -1) {
		if doc = strings.TrimSpace(doc); doc != "" {
			docs = append(docs, doc)
		}
	}
	return docs
}

// title returns Kind/name of a document.
func title(doc string) string {
	kind := regexp.MustCompile(`(?m)^kind: (.*)$`).FindStringSubmatch(doc)
	name := regexp.MustCompile(`(?m)^metadata:\n(?:  .*\n)*?  name: "?([^"\n]*)`).FindStringSubmatch(doc + "\n")
	if kind == nil || name == nil {
		return "?"
	}
	return kind[1] + "/" + name[1]
}

// TestAutoscalerInTheWay: the message names the gateway's own HPA, and nothing comes out.
func TestAutoscalerInTheWay(t *testing.T) {
	h := newHome(t)
	values := filepath.Join(h.dir, "values.yaml")
	if err := os.WriteFile(values, []byte("podAnnotations:"+connection), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(module(t, "istio.io/istio"), "manifests", "charts", "gateway")
	out, err := h.run(nil, "template", "x", dir, "-f", values, "--post-renderer", "wasm-post-renderer")
	var failed *failure
	if !errors.As(err, &failed) || out != "" || !strings.Contains(failed.stderr, `the HorizontalPodAutoscaler "x"`) ||
		!strings.Contains(failed.stderr, `Deployment "x"`) {
		t.Errorf("%v\n%s", err, out)
	}
}
