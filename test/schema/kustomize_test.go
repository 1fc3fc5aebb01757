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
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/helm-wasm/helm-wasm/internal/kustomizetest"
	"github.com/helm-wasm/helm-wasm/internal/sample"
)

// partVariable gives a process of this test the groups of combinations to build and where
// to write their objects: kustomize builds one at a time in a process.
const partVariable = "KUSTOMIZE_PART"

// groupsPerRun are chosen by a seed, in addition to the groups of one component, of none
// and of all.
const groupsPerRun = 32

// TestEveryCombinationIsValid: combinations of components, in two orders, on the base and
// on every overlay build, and every object of them is valid. A full run builds all of them.
func TestEveryCombinationIsValid(t *testing.T) {
	if part := os.Getenv(partVariable); part != "" {
		buildPart(t, part)
		return
	}
	rules, err := load()
	if err != nil {
		t.Fatal(err)
	}
	groups := choose(t)
	all := collect(t, groups)
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
	t.Logf("%d distinct objects of %d of %d groups of combinations: %v", len(all.Objects), len(groups), kustomizetest.Groups, kinds)
	if len(all.Objects) < 100 || kinds["Deployment"] < 20 || kinds["Kafka"] < 5 {
		t.Errorf("only %d distinct objects were found: %v", len(all.Objects), kinds)
	}
}

// TestCluster: what a cluster has once is KEDA as in its release: nothing is moved or
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
	for _, want := range []string{
		"\n  name: scaledobjects.keda.sh\n", "\n  name: triggerauthentications.keda.sh\n",
		"\n  name: keda-operator\n  namespace: keda\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("KEDA's release has no %q", want)
		}
	}
}

// ours checks the rules for what is applied without Helm.
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

// choose returns the groups of combinations that this run builds.
func choose(t *testing.T) []int {
	t.Helper()
	groups := append(sample.Of(t, groupsPerRun, kustomizetest.Groups), 0, kustomizetest.Groups-1)
	for group := 1; group < kustomizetest.Groups; group *= 2 {
		groups = append(groups, group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// collect builds the groups in as many processes as there are processors.
func collect(t *testing.T, groups []int) *kustomizetest.Distinct {
	t.Helper()
	parts := make([][]int, runtime.NumCPU())
	for i, group := range groups {
		parts[i%len(parts)] = append(parts[i%len(parts)], group)
	}
	dir := t.TempDir()
	file := func(part int) string { return filepath.Join(dir, fmt.Sprint(part)) }
	var processes sync.WaitGroup
	for i, part := range parts {
		processes.Go(func() {
			data, err := json.Marshal(work{part, file(i)})
			if err != nil {
				t.Error(err)
				return
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestEveryCombinationIsValid$")
			cmd.Env = append(os.Environ(), partVariable+"="+string(data), "GOGC=400")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("building groups %v: %v\n%s", part, err, bytes.TrimSpace(out))
			}
		})
	}
	processes.Wait()
	var all kustomizetest.Distinct
	for i := range parts {
		data, err := os.ReadFile(file(i))
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

// work is what a process gets in partVariable.
type work struct {
	Groups []int
	File   string // of the objects
}

func buildPart(t *testing.T, variable string) {
	t.Helper()
	var w work
	if err := json.Unmarshal([]byte(variable), &w); err != nil {
		t.Fatal(err)
	}
	d, err := kustomizetest.Collect(Root, w.Groups)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(d.Objects)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.File, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
