// SPDX-License-Identifier: Apache-2.0

package overlay_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/helm-wasm/helm-wasm/internal/overlay"
)

// shipped returns kustomize/ in memory, with a kustomization of the test in
// overlays/mine.
func shipped(t *testing.T, kustomization string) filesys.FileSystem {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	if err := filepath.WalkDir("../../kustomize", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel("../../kustomize", path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return fsys.WriteFile("/"+filepath.ToSlash(name), data)
	}); err != nil {
		t.Fatal(err)
	}
	if err := fsys.WriteFile("/overlays/mine/kustomization.yaml", []byte(kustomization)); err != nil {
		t.Fatal(err)
	}
	return fsys
}

// objects are the objects of a build, by Kind/name.
type objects map[string]map[string]any

// mine builds the kustomization of a test.
func mine(t *testing.T, kustomization string) (objects, string) {
	t.Helper()
	out, err := overlay.Build(shipped(t, kustomization), "/overlays/mine", overlay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := objects{}
	d := yaml.NewDecoder(strings.NewReader(string(out)))
	for {
		var o map[string]any
		if d.Decode(&o) != nil {
			return all, string(out)
		}
		name := o["kind"].(string) + "/" + o["metadata"].(map[string]any)["name"].(string)
		all[hash.ReplaceAllString(name, "")] = o
	}
}

// hash is what kustomize appends to the names of generated objects.
var hash = regexp.MustCompile(`-[0-9bcdfghkmt2456789]{10}$`)

// at returns the value at a path of keys and indices, nil if there is none.
func (o objects) at(t *testing.T, name string, path ...any) any {
	t.Helper()
	if o[name] == nil {
		t.Fatalf("%s is not there", name)
	}
	var v any = o[name]
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func (o objects) want(t *testing.T, want any, name string, path ...any) {
	t.Helper()
	if got := o.at(t, name, path...); got != want {
		t.Errorf("%s %v is %v, want %v", name, path, got, want)
	}
}

const (
	spec     = "spec"
	metadata = "metadata"
)

// Prefix, suffix and namespace reach every name, and the strings that contain names.
func TestNamesFollow(t *testing.T) {
	o, text := mine(t, `
namespace: other
namePrefix: my-
nameSuffix: -v2
resources: [../../base]
components: [../../components/network-policy, ../../components/kafka-bundled, ../../components/runtimes, ../../components/observability]
patches:
  - target: {kind: Deployment}
    patch: |-
      - {op: add, path: /spec/template/spec/runtimeClassName, value: wasmtime}
transformers: [../../wiring]
`)
	const function = "my-shop-enrich-orders-v2"
	o.want(t, "other", "Deployment/"+function, metadata, "namespace")
	o.want(t, "other", "Namespace/other", metadata, "name")
	pod := []any{spec, "template", spec}
	o.want(t, function, "Deployment/"+function, append(pod, "serviceAccountName")...)
	o.want(t, "my-wasmtime-v2", "Deployment/"+function, append(pod, "runtimeClassName")...)
	config := o.at(t, "ConfigMap/"+function, metadata, "name")
	o.want(t, config, "Deployment/"+function, append(pod, "volumes", 0, "configMap", "name")...)
	o.want(t, function, "ScaledObject/"+function, spec, "scaleTargetRef", "name")
	trigger := []any{spec, "triggers", 0, metadata}
	o.want(t, "my-shop-kafka-v2.other.svc:9092", "ScaledObject/"+function, append(trigger, "bootstrapServers")...)
	o.want(t, "other."+function, "ScaledObject/"+function, append(trigger, "consumerGroup")...)
	o.want(t, "kafka:\n  bootstrapServers:\n    - \"my-shop-kafka-v2.other.svc:9092\"\n", "ConfigMap/"+function, "data", "kafka.yaml")
	if runner := o.at(t, "ConfigMap/"+function, "data", "runner.yaml").(string); !strings.Contains(
		runner,
		"\n  consumerGroup: \"other."+function+"\"\n",
	) {
		t.Errorf("runner.yaml has another group:\n%s", runner)
	}
	const broker = "StatefulSet/my-shop-kafka-v2"
	o.want(t, "my-shop-kafka-quorum-1-v2", broker, spec, "serviceName")
	o.want(t, "my-shop-kafka-quorum-1-v2", broker, append(pod, "containers", 0, "env", 1, "value")...)
	// The Job of the topics has its ConfigMap's name, hash and all.
	o.want(t, o.at(t, "ConfigMap/my-shop-topics-v2", metadata, "name"), "Job/my-shop-topics-v2", metadata, "name")
	for _, old := range []string{`namespace="shop"`, "shop.svc", "Wiring", "namespace: shop\n"} {
		if strings.Contains(text, old) {
			t.Errorf("%q is left", old)
		}
	}
}

// References to credentials follow, including those to generated Secrets.
func TestCredentialsFollow(t *testing.T) {
	o, _ := mine(t, `
namespace: other
namePrefix: my-
resources: [../../base]
components: [../../components/kafka-external]
secretGenerator:
  - {name: kafka-credentials, literals: [username=u, password=p]}
transformers: [../../wiring]
`)
	secret := o.at(t, "Secret/my-kafka-credentials", metadata, "name")
	o.want(t, "my-shop-kafka", "ScaledObject/my-shop-enrich-orders", spec, "triggers", 0, "authenticationRef", "name")
	o.want(t, secret, "TriggerAuthentication/my-shop-kafka", spec, "secretTargetRef", 0, "name")
	o.want(
		t,
		secret,
		"Deployment/my-shop-enrich-orders",
		spec,
		"template",
		spec,
		"containers",
		0,
		"env",
		1,
		"valueFrom",
		"secretKeyRef",
		"name",
	)
	o.want(t, secret, "Job/my-shop-topics", spec, "template", spec, "containers", 0, "env", 0, "valueFrom", "secretKeyRef", "name")
}

// A strategic merge matches triggers and containers by name, and other lists of
// Kubernetes by their own keys, although the base has a schema.
func TestPatchesMerge(t *testing.T) {
	o, _ := mine(t, `
resources: [../../base]
components: [../../components/kafka-bundled]
patches:
  - patch: |-
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: shop-enrich-orders, namespace: shop}
      spec:
        triggers:
          - {name: kafka, metadata: {lagThreshold: "7"}}
          - {name: night, type: cron, metadata: {timezone: UTC, start: 0 22 * * *, end: 0 6 * * *, desiredReplicas: "1"}}
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop-enrich-orders, namespace: shop}
      spec:
        template:
          spec:
            containers:
              - {name: runner, env: [{name: A, value: b}]}
              - {name: beside, image: "beside:1"}
  - patch: |-
      apiVersion: v1
      kind: Service
      metadata: {name: shop-kafka, namespace: shop}
      spec: {ports: [{port: 9092, nodePort: 30092}]}
`)
	const so, deployment = "ScaledObject/shop-enrich-orders", "Deployment/shop-enrich-orders"
	o.want(t, "7", so, spec, "triggers", 0, metadata, "lagThreshold")
	o.want(t, "orders", so, spec, "triggers", 0, metadata, "topic")
	o.want(t, "cron", so, spec, "triggers", 1, "type")
	o.want(t, "100", "ScaledObject/shop-price-in-dollars", spec, "triggers", 0, metadata, "lagThreshold")
	containers := []any{spec, "template", spec, "containers"}
	names := map[any]bool{}
	for i := range 2 {
		names[o.at(t, deployment, append(containers, i, "name")...)] = true
		if o.at(t, deployment, append(containers, i, "name")...) == "runner" {
			o.want(t, "ghcr.io/helm-wasm/wasm-runner:0.1.0", deployment, append(containers, i, "image")...)
			o.want(t, "A", deployment, append(containers, i, "env", 0, "name")...)
		}
	}
	if !names["runner"] || !names["beside"] {
		t.Errorf("containers are %v", names)
	}
	o.want(t, "kafka", "Service/shop-kafka", spec, "ports", 0, "name")
	o.want(t, 30092, "Service/shop-kafka", spec, "ports", 0, "nodePort")
}

// images reaches modules, and replicas becomes the minimum of KEDA.
func TestImagesAndReplicas(t *testing.T) {
	o, _ := mine(t, `
resources: [../../base]
images:
  - {name: ghcr.io/helm-wasm/wasm-runner, newName: example.com/runner, newTag: "2"}
  - {name: ghcr.io/helm-wasm/functions/enrich-orders, digest: "sha256:1111111111111111111111111111111111111111111111111111111111111111"}
replicas:
  - {name: shop-enrich-orders, count: 2}
transformers: [../../wiring]
`)
	const deployment = "Deployment/shop-enrich-orders"
	o.want(t, "example.com/runner:2", deployment, spec, "template", spec, "containers", 0, "image")
	o.want(t, "example.com/runner:2", "Job/shop-topics", spec, "template", spec, "containers", 0, "image")
	for _, function := range []string{"enrich-orders", "price-in-dollars"} {
		runner := o.at(t, "ConfigMap/shop-"+function, "data", "runner.yaml").(string)
		if !strings.Contains(
			runner,
			"\n  image: "+
				"\"ghcr.io/helm-wasm/functions/enrich-orders@sha256:1111111111111111111111111111111111111111111111111111111111111111\"\n",
		) {
			t.Errorf("%s has another module:\n%s", function, runner)
		}
	}
	o.want(t, 2, "ScaledObject/shop-enrich-orders", spec, "minReplicaCount")
	o.want(t, 0, "ScaledObject/shop-price-in-dollars", spec, "minReplicaCount")
	o.want(t, nil, deployment, spec, "replicas")
}

// A changed configuration gets a new name, so that pods and the Job follow it.
func TestHashes(t *testing.T) {
	before, _ := mine(t, "resources: [../../base]\n")
	after, _ := mine(t, "resources: [../../base]\nnamespace: other\ntransformers: [../../wiring]\n")
	// A Job cannot change: another image, and what components change of it, too.
	for _, k := range []string{
		"resources: [../../base]\nimages: [{name: ghcr.io/helm-wasm/wasm-runner, newTag: \"2\"}]\ntransformers: [../../wiring]\n",
		"resources: [../../base]\ncomponents: [../../components/network-policy]\n",
		"resources: [../../base]\ncomponents: [../../components/kafka-external]\n",
	} {
		o, _ := mine(t, k)
		if o.at(t, "Job/shop-topics", metadata, "name") == before.at(t, "Job/shop-topics", metadata, "name") {
			t.Errorf("the Job has the same name with\n%s", k)
		}
	}
	for _, name := range []string{"ConfigMap/shop-enrich-orders", "ConfigMap/shop-topics", "Job/shop-topics"} {
		if before.at(t, name, metadata, "name") == after.at(t, name, metadata, "name") {
			t.Errorf("%s has the same name with other content", name)
		}
	}
}

// The last component that adds Kafka wins, whatever came before it.
func TestLastKafkaDecides(t *testing.T) {
	modes := []string{"kafka-bundled", "kafka-strimzi", "kafka-external"}
	list := func(names ...string) string {
		return "resources: [../../base]\ncomponents: [../../components/" + strings.Join(names, ", ../../components/") + "]\n"
	}
	for _, last := range modes {
		alone, _ := mine(t, list(last))
		for _, first := range modes {
			for _, second := range modes {
				if first == second || first == last || second == last {
					continue
				}
				many, _ := mine(t, list(first, second, last))
				for name, want := range alone {
					have := many[name]
					if have == nil {
						t.Errorf("%s, %s, %s: %s is not there", first, second, last, name)
						continue
					}
					a, _ := yaml.Marshal(want)
					b, _ := yaml.Marshal(have)
					if string(a) != string(b) {
						t.Errorf("%s, %s, %s: %s differs from that with the last alone:\n%s\nwant\n%s", first, second, last, name, b, a)
					}
				}
			}
		}
	}
}

// TestSelectors: two stacks in one namespace need different selectors.
func TestSelectors(t *testing.T) {
	o, _ := mine(t, `
resources: [../../base]
components: [../../components/observability, ../../components/kafka-bundled]
labels:
  - {pairs: {app.kubernetes.io/instance: second}, includeSelectors: true}
`)
	const instance = "app.kubernetes.io/instance"
	o.want(t, "second", "Deployment/shop-enrich-orders", spec, "selector", "matchLabels", instance)
	o.want(t, "second", "Service/shop-kafka", spec, "selector", instance)
	o.want(t, "second", "PodMonitor/shop-functions", spec, "selector", "matchLabels", instance)
}
