// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/helm-wasm/helm-wasm/internal/kustomizetest"
)

// partVariable tells a process of this test which part of the combinations it
// builds: kustomize builds one after the other in a process.
const partVariable = "KUSTOMIZE_PART"

// Every combination of components, in two orders, on the base and on every
// overlay builds, and every object of it is valid.
func TestEveryCombinationIsValid(t *testing.T) {
	if part := os.Getenv(partVariable); part != "" {
		buildPart(t, part)
		return
	}
	rules, err := load()
	if err != nil {
		t.Fatal(err)
	}
	all := collect(t)
	kinds := map[string]int{}
	for _, found := range all.Objects {
		var o Object
		if err := yaml.Unmarshal(found.Text, &o); err != nil {
			t.Fatalf("%s: %v\n%s", found.From, err, found.Text)
		}
		o.Manifest = found.Text
		kinds[o.Kind]++
		if o.Kind == "CustomResourceDefinition" || strings.HasPrefix(o.Metadata.Name, "keda") || o.Metadata.Namespace == "keda" {
			continue // of KEDA's release, shortened
		}
		errs := rules.object(o)
		errs = append(errs, ours(o)...)
		for _, err := range errs {
			t.Errorf("%s: %s: %v", found.From, o, err)
		}
		if o.Kind == "ConfigMap" {
			var c corev1.ConfigMap
			if err := yaml.UnmarshalStrict(o.Manifest, &c); err != nil {
				t.Errorf("%s: %s: %v", found.From, o, err)
			}
			decodeContract(t, &c)
		}
	}
	t.Logf("%d distinct objects of %d combinations: %v", len(all.Objects), len(kustomizetest.All()), kinds)
	if len(all.Objects) < 100 || kinds["Deployment"] < 20 || kinds["Kafka"] < 5 {
		t.Errorf("only %d distinct objects were found: %v", len(all.Objects), kinds)
	}
}

// What a cluster has once is KEDA as its release has it: nothing is moved or
// renamed, and the objects of overlays find their kinds.
func TestCluster(t *testing.T) {
	release, err := kustomizetest.Release(Root)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := kustomizetest.Load(Root, release)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tree.Dir("cluster")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, release) {
		t.Errorf("kustomize/cluster is not KEDA's release: %d bytes of %d", len(out), len(release))
	}
	for _, want := range []string{"\n  name: scaledobjects.keda.sh\n", "\n  name: triggerauthentications.keda.sh\n", "\n  name: keda-operator\n  namespace: keda\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("KEDA's release has no %q", want)
		}
	}
}

// ours are the rules for what is applied without Helm.
func ours(o Object) []error {
	var errs []error
	for key := range o.Metadata.Annotations {
		if strings.Contains(key, "helm.sh/") || strings.HasPrefix(key, "internal.config.kubernetes.io/") {
			errs = append(errs, fmt.Errorf("the annotation %s means nothing without Helm", key))
		}
	}
	for _, key := range []string{"helm.sh/chart", "app.kubernetes.io/managed-by"} {
		if value, has := o.Metadata.Labels[key]; has {
			errs = append(errs, fmt.Errorf("the label %s: %s means nothing without Helm", key, value))
		}
	}
	if o.Kind == "Wiring" {
		errs = append(errs, fmt.Errorf("it must not reach a cluster"))
	}
	if len(o.Metadata.Labels) == 0 && o.Kind != "Namespace" && o.Kind != "PodDisruptionBudget" {
		errs = append(errs, fmt.Errorf("it has no label"))
	}
	return errs
}

// collect builds all combinations in as many processes as there are processors.
func collect(t *testing.T) *kustomizetest.Distinct {
	t.Helper()
	parts := runtime.NumCPU()
	dir := t.TempDir()
	var processes sync.WaitGroup
	for part := range parts {
		processes.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestEveryCombinationIsValid$")
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d/%d/%s", partVariable, part, parts, dir), "GOGC=400")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("part %d of %d: %v\n%s", part, parts, err, bytes.TrimSpace(out))
			}
		})
	}
	processes.Wait()
	var all kustomizetest.Distinct
	for part := range parts {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(part)))
		if err != nil {
			t.Fatal(err)
		}
		var objects []kustomizetest.Object
		if err := json.Unmarshal(data, &objects); err != nil {
			t.Fatal(err)
		}
		all.Merge(objects)
	}
	return &all
}

func buildPart(t *testing.T, variable string) {
	t.Helper()
	var part, parts int
	var dir string
	if _, err := fmt.Sscanf(strings.ReplaceAll(variable, "/", " "), "%d %d", &part, &parts); err != nil {
		t.Fatal(err)
	}
	dir = strings.SplitN(variable, "/", 3)[2]
	d, err := kustomizetest.Collect(Root, part, parts)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(d.Objects)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(part)), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
