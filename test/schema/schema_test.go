// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
)

// load reads KEDA's CRDs and list of scalers, both of the version that the
// chart installs, once for all tests.
var load = sync.OnceValues(func() (rules, error) {
	var r rules
	var err error
	if r.crds, err = LoadCRDs(Chart + "/charts/keda-crds/crds"); err != nil {
		return r, err
	}
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kedacore/keda/v2").Output()
	if err != nil {
		return r, fmt.Errorf("finding KEDA's module: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema/generated/scalers-schema.json"))
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(data, &r.scalers)
})

type rules struct {
	crds    CRDs
	scalers Scalers
}

// cases returns all values that are rendered: the presets, and testdata/*.yaml, each of
// which turns on what no preset does.
func cases(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{Root + "/charts/presets/*.yaml", "testdata/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Fatalf("no file matches %s", pattern)
		}
		files = append(files, found...)
	}
	return files
}

func TestEveryObjectIsValid(t *testing.T) {
	for _, file := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			check(t, Release{Name: "shop", Namespace: "prod", Values: []string{file}})
		})
	}
}

// TestParityCorpusIsValid uses the values with which the renderer is compared with Helm's
// engine: what the chart does not refuse must be valid.
func TestParityCorpusIsValid(t *testing.T) {
	files, err := filepath.Glob(Root + "/test/parity/testdata/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("finding the corpus: %d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.HasSuffix(name, "-fails") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Release{Name: "shop", Namespace: "prod", Values: []string{file}, Set: []string{"keda.enabled=false"}}
			objects, err := Render(r)
			if err != nil && strings.Contains(err.Error(), "values don't meet the specifications of the schema") {
				return // Helm refuses them before any template runs
			}
			if err != nil {
				t.Fatal(err)
			}
			if want, ok := asksForInvalid[name]; ok {
				invalid(t, objects, want)
				return
			}
			verify(t, r, objects)
		})
	}
}

// asksForInvalid: some of the corpus passes through what only Kubernetes can refuse.
var asksForInvalid = map[string]string{
	"unicode": "spec.template.annotations", // a key that is not a valid annotation name
}

func invalid(t *testing.T, objects []Object, want string) {
	t.Helper()
	rules, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		for _, err := range rules.object(o) {
			if strings.Contains(err.Error(), want) {
				return
			}
			t.Errorf("%s: %v", o, err)
		}
	}
	t.Errorf("no object is refused for %q: has the case changed?", want)
}

// TestEveryNameFits: long and odd names are legal everywhere, so every object must be valid too.
func TestEveryNameFits(t *testing.T) {
	release := strings.Repeat("r", 52) + "9"
	namespace := strings.Repeat("n", 63)
	for _, r := range []Release{
		{Name: release, Namespace: namespace},
		{Name: "a.b-c", Namespace: "x"},
		// These read like numbers and booleans. (KEDA's chart does not accept them.)
		{Name: "7", Namespace: "0", Set: []string{"keda.enabled=false"}},
		{Name: "1e", Namespace: "no", Set: []string{"keda.enabled=false"}},
		{Name: "9" + strings.Repeat("lives", 10), Namespace: "x", Set: []string{"keda.enabled=false"}},
		{Name: "shop", Namespace: "prod", Set: []string{"fullnameOverride=" + strings.Repeat("long-", 20) + "x"}},
		{Name: "shop", Namespace: "prod", Set: []string{"nameOverride=" + strings.Repeat("name-", 20) + "x"}},
	} {
		for _, values := range []string{"testdata/everything.yaml", "testdata/strimzi-odd.yaml", "testdata/names.yaml"} {
			t.Run(r.Name+"/"+filepath.Base(values), func(t *testing.T) {
				t.Parallel()
				r.Values = []string{values}
				check(t, r)
			})
		}
	}
}

// check renders a release and checks every object against every rule.
func check(t *testing.T, r Release) {
	t.Helper()
	objects, err := Render(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) == 0 {
		t.Fatal("nothing was rendered")
	}
	verify(t, r, objects)
}

func verify(t *testing.T, r Release, objects []Object) {
	t.Helper()
	rules, err := load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, o := range objects {
		if strings.HasSuffix(o.Source, "/extra.yaml") {
			continue // the user's own
		}
		for _, err := range rules.object(o) {
			t.Errorf("%s: %v", o, err)
		}
		// Before Kubernetes 1.36 the API server requires a letter first.
		if msgs := validation.IsDNS1035Label(o.Metadata.Name); o.Kind == "Service" && len(msgs) > 0 {
			t.Errorf("%s: %v", o, msgs)
		}
		key := o.APIVersion + "/" + o.String() + "/" + o.Metadata.Namespace
		if other, ok := seen[key]; ok {
			t.Errorf("%s is made twice, by %s and %s", o, other, o.Source)
		}
		seen[key] = o.Source
		if o.Ours() {
			house(t, r, o)
		}
	}
	together(t, r, objects)
	if t.Failed() {
		t.Logf("rendered %d objects", len(objects))
	}
}

func (r rules) object(o Object) []error {
	switch {
	case r.crds.Has(o.APIVersion, o.Kind):
		errs := []error{}
		if err := r.crds.Validate(o.Manifest); err != nil {
			errs = append(errs, err)
		}
		if o.Kind == "ScaledObject" {
			errs = append(errs, r.scaledObject(o)...)
		}
		return errs
	case thirdParty[o.APIVersion+"/"+o.Kind] && !o.Ours():
		return nil
	}
	known, err := Others(o)
	if !known {
		_, err = Kubernetes(o.Manifest)
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// thirdParty are kinds that only the official KEDA chart makes.
var thirdParty = map[string]bool{
	"apiregistration.k8s.io/v1/APIService":                           true,
	"admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": true,
}

func (r rules) scaledObject(o Object) []error {
	so, err := ScaledObject(o.Manifest)
	if err != nil {
		return []error{err}
	}
	var errs []error
	if len(so.Name) > 54 {
		errs = append(errs, fmt.Errorf("the name has %d characters, KEDA allows 54", len(so.Name)))
	}
	for _, trigger := range so.Spec.Triggers {
		if err := r.scalers.Trigger(trigger); err != nil {
			errs = append(errs, fmt.Errorf("trigger %s: %w", trigger.Name, err))
		}
		if trigger.Type == "external-push" { // it is for the release's scaler
			if _, err := demand.Parse(trigger.Metadata); err != nil {
				errs = append(errs, fmt.Errorf("trigger %s: %w", trigger.Name, err))
			}
		}
	}
	excluded := map[string]bool{}
	for _, key := range strings.Split(so.Annotations["scaledobject.keda.sh/hpa-excluded-labels"], ",") {
		excluded[key] = true
	}
	for key := range so.Labels {
		if (strings.HasPrefix(key, "app.kubernetes.io/") || strings.HasPrefix(key, "helm.sh/")) && !excluded[key] {
			errs = append(errs, fmt.Errorf("label %s would be copied to the HPA", key))
		}
	}
	return errs
}
