// SPDX-License-Identifier: Apache-2.0

package autoscaler

import (
	"io"
	"os"
	"testing"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"github.com/helm-wasm/helm-wasm/internal/sample"
	"github.com/helm-wasm/helm-wasm/scaling"
)

// scenarios that are known to agree.
const scenarios = 10_000

func TestMain(m *testing.M) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	utilruntime.ErrorHandlers = nil // the controller reports each metric that a scenario makes fail
	os.Exit(m.Run())
}

// TestHPA: the model sets the same replicas as the HPA's own controller at each sync,
// and for the same reasons.
func TestHPA(t *testing.T) {
	syncs, changes := 0, 0
	for _, number := range sample.Of(t, 300, scenarios) {
		s := generate(number)
		found := s.real(t)
		if len(found) != len(s.steps) {
			t.Fatalf("scenario %d: the controller synced %d times, want %d", number, len(found), len(s.steps))
		}
		compare(t, number, &s, found)
		for _, f := range found {
			syncs++
			if f.set >= 0 {
				changes++
			}
		}
	}
	t.Logf("%d syncs, in %d of which the replicas changed", syncs, changes)
}

func compare(t *testing.T, number int, s *scenario, found []sync) {
	t.Helper()
	hpa := s.model()
	for i, f := range found {
		v := hpa.Sync(f.at, scaling.Scale{Spec: int(f.spec), Status: int(f.status), Ready: s.ready}, s.modelMetrics(s.steps[i]))
		want := int(f.spec)
		if f.set >= 0 {
			want = int(f.set)
		}
		if v.Replicas != want {
			t.Errorf("scenario %d, sync %d: the model sets %d replicas, the controller %d: %+v, %+v", number, i, v.Replicas, want, f, v)
			return
		}
		for kind, got := range reasons(v, f) {
			if f.conditions[kind] != got {
				t.Errorf("scenario %d, sync %d: %s is %s in the model, %s in the controller: %+v",
					number, i, kind, got, f.conditions[kind], v)
				return
			}
		}
	}
}

// reasons of the model's conditions that can be compared: a change of replicas hides
// the one of AbleToScale, and without metrics the one of ScalingLimited is old.
func reasons(v scaling.Verdict, f sync) map[string]string {
	r := map[string]string{"AbleToScale": v.Able.Reason}
	if f.set >= 0 {
		r["AbleToScale"] = "SucceededRescale"
	}
	if v.Active.Reason != "" {
		r["ScalingActive"] = v.Active.Reason
	}
	if v.Asked >= 0 {
		r["ScalingLimited"] = v.Limited.Reason
	}
	return r
}
