// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// live returns the object as a cluster has it: with the API server's defaults, and with
// what controllers add.
func live(t *testing.T, config *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	u := config.DeepCopy()
	if typed, err := legacyscheme.Scheme.New(u.GroupVersionKind()); err == nil {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, typed); err != nil {
			t.Fatal(err)
		}
		legacyscheme.Scheme.Default(typed)
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
		if err != nil {
			t.Fatal(err)
		}
		u.Object = object
		u.SetGroupVersionKind(config.GroupVersionKind())
	}
	u.SetUID("0e1f")
	u.SetGeneration(3)
	u.SetResourceVersion("42")
	u.SetCreationTimestamp(metav1.NewTime(time.Unix(1, 0)))
	switch u.GetKind() {
	case "ScaledObject":
		u.SetFinalizers([]string{"finalizer.keda.sh"})
		labels := u.GetLabels()
		labels["scaledobject.keda.sh/name"] = u.GetName()
		u.SetLabels(labels)
	case "Deployment":
		// KEDA scales to zero what it scales.
		if _, fixed, _ := unstructured.NestedInt64(config.Object, "spec", "replicas"); fixed {
			break
		}
		if err := unstructured.SetNestedField(u.Object, int64(0), "spec", "replicas"); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

// TestArgoSeesNoDrift: what was applied, received defaults and was scaled is in sync, by
// Argo CD's own comparison.
func TestArgoSeesNoDrift(t *testing.T) {
	for _, preset := range presets(t) {
		t.Run(filepath.Base(preset), func(t *testing.T) {
			stream := must(t, root, "", "helm", "template", "shop", chart(t), "--namespace", "shop", "-f",
				preset, "--set", "monitoring.dashboard.enabled=true")
			for _, config := range objects(t, stream) {
				r, err := diff.Diff(config, live(t, config))
				if err != nil {
					t.Errorf("%s: %v", name(config), err)
				} else if r.Modified {
					t.Errorf("%s is out of sync:\n%.2000s\n%.2000s", name(config), r.NormalizedLive, r.PredictedLive)
				}
			}
		})
	}
}

// TestArgoSeesReplicas: with `replicas` in it a scaled Deployment would never be
// in sync. That the chart writes none is why the test above passes.
func TestArgoSeesReplicas(t *testing.T) {
	for _, config := range objects(t,
		must(t, root, "", "helm", "template", "shop", chart(t), "-f", presets(t)[0], "-s", "templates/functions.yaml")) {
		if config.GetKind() != "Deployment" {
			continue
		}
		scaled := live(t, config)
		if err := unstructured.SetNestedField(config.Object, int64(1), "spec", "replicas"); err != nil {
			t.Fatal(err)
		}
		if r, err := diff.Diff(config, scaled); err != nil || !r.Modified {
			t.Errorf("no drift: %v", err)
		}
		return
	}
	t.Error("no Deployment")
}
