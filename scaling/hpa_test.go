// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"testing"
	"time"
)

// lagMetric is a lag and its threshold, as KEDA gives them to the HPA.
func lagMetric(lag, threshold int64) Metric {
	return Metric{Value: lag * 1000, Target: threshold * 1000}
}

func all(n int) Scale { return Scale{n, n, n} }

// TestRatio: what the HPA asks for, by hand from the code.
func TestRatio(t *testing.T) {
	for name, tc := range map[string]struct {
		scale     Scale
		metrics   []Metric
		asked     int
		tolerated bool
	}{
		"one replica over the partitions": {all(1), []Metric{lagMetric(29, 5)}, 6, false},
		"plateau of 24 partitions":        {all(22), []Metric{lagMetric(240, 10)}, 22, true},
		"below the plateau":               {all(21), []Metric{lagMetric(240, 10)}, 24, false},
		"exactly the target":              {all(4), []Metric{lagMetric(200, 50)}, 4, true},
		"status lags behind":              {Scale{4, 2, 2}, []Metric{lagMetric(100, 50)}, 2, true},
		"no status yet":                   {Scale{4, 0, 0}, []Metric{lagMetric(100, 50)}, 2, false},
		"the largest metric":              {all(1), []Metric{lagMetric(100, 50), lagMetric(300, 50), lagMetric(9, 50)}, 6, false},
		"value":                           {all(4), []Metric{{Kind: Value, Value: 200_000, Target: 100_000}}, 8, false},
		"value, half ready":               {Scale{4, 4, 2}, []Metric{{Kind: Value, Value: 200_000, Target: 100_000}}, 4, false},
		"value, tolerated":                {all(4), []Metric{{Kind: Value, Value: 109_000, Target: 100_000}}, 4, true},
		"one metric fails, up":            {all(1), []Metric{{Invalid: true}, lagMetric(300, 50)}, 6, false},
		"one metric fails, down":          {all(8), []Metric{{Invalid: true}, lagMetric(300, 50)}, -1, false},
		"all metrics fail":                {all(8), []Metric{{Invalid: true}}, -1, false},
		"zero replicas":                   {all(0), []Metric{lagMetric(300, 50)}, -1, false},
		"no lag":                          {all(3), []Metric{lagMetric(0, 50)}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := HPA{MinReplicas: 1, MaxReplicas: 100}
			v := h.Sync(0, tc.scale, tc.metrics)
			if v.Asked != tc.asked || v.Asked >= 0 && v.Tolerated != tc.tolerated {
				t.Errorf("asks for %d, tolerated %v; want %d, %v", v.Asked, v.Tolerated, tc.asked, tc.tolerated)
			}
			if v.Asked < 0 && v.Replicas != tc.scale.Spec {
				t.Errorf("%d replicas become %d without a metric", tc.scale.Spec, v.Replicas)
			}
		})
	}
}

// ramp syncs every 15 s with the same lag, threshold 1, and returns the replicas.
func ramp(h *HPA, from int, lag int64, syncs int) (replicas []int, reasons []string) {
	for i := range syncs {
		v := h.Sync(time.Duration(i)*SyncPeriod, all(from), []Metric{lagMetric(lag, 1)})
		from = v.Replicas
		replicas, reasons = append(replicas, from), append(reasons, v.Limited.Reason)
	}
	return replicas, reasons
}

func window(n int) *time.Duration {
	d := time.Duration(n) * time.Second
	return &d
}

func TestRamp(t *testing.T) {
	twoPods := []Policy{{Value: 2, Period: time.Minute}}
	for name, tc := range map[string]struct {
		hpa    HPA
		from   int
		lag    int64
		want   []int
		reason []string
	}{
		"up, no behavior": {
			HPA{MinReplicas: 1, MaxReplicas: 100},
			1, 20,
			[]int{4, 8, 16, 20, 20},
			[]string{"ScaleUpLimit", "ScaleUpLimit", "ScaleUpLimit", "DesiredWithinRange", "DesiredWithinRange"},
		},
		"up to the limit": {
			HPA{MinReplicas: 1, MaxReplicas: 3},
			1, 20,
			[]int{3, 3},
			[]string{"TooManyReplicas", "TooManyReplicas"},
		},
		"above the limit": {HPA{MinReplicas: 1, MaxReplicas: 3}, 5, 20, []int{3}, []string{""}},
		"below the limit": {HPA{MinReplicas: 2, MaxReplicas: 3}, 1, 0, []int{2}, []string{""}},
		"down to the limit": {
			HPA{MinReplicas: 2, MaxReplicas: 9, Behavior: &Behavior{ScaleDown: Rules{Window: window(0)}}},
			5, 0,
			[]int{2},
			[]string{"TooFewReplicas"},
		},
		"two pods a minute": {
			HPA{MinReplicas: 1, MaxReplicas: 9, Behavior: &Behavior{ScaleUp: Rules{Policies: twoPods}}},
			1, 20,
			[]int{3, 3, 3, 3, 5},
			[]string{"ScaleUpLimit", "ScaleUpLimit", "ScaleUpLimit", "ScaleUpLimit", "ScaleUpLimit"},
		},
		"disabled": {
			HPA{MinReplicas: 1, MaxReplicas: 9, Behavior: &Behavior{ScaleUp: Rules{Select: SelectDisabled}}},
			1, 20,
			[]int{1},
			[]string{"ScaleUpLimit"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			replicas, reasons := ramp(&tc.hpa, tc.from, tc.lag, len(tc.want))
			for i := range tc.want {
				if replicas[i] != tc.want[i] || reasons[i] != tc.reason[i] {
					t.Fatalf("%v, %v; want %v, %v", replicas, reasons, tc.want, tc.reason)
				}
			}
		})
	}
}

// TestScaleDownWaits: the lag goes away, and the replicas stay for the window.
func TestScaleDownWaits(t *testing.T) {
	for name, tc := range map[string]struct {
		behavior *Behavior
		want     time.Duration
	}{
		"no behavior":  {nil, 315 * time.Second}, // the recommendation at 0 s is in the window up to 300 s
		"a default":    {&Behavior{}, 300 * time.Second},
		"one minute":   {&Behavior{ScaleDown: Rules{Window: window(60)}}, 60 * time.Second},
		"not at all":   {&Behavior{ScaleDown: Rules{Window: window(0)}}, 15 * time.Second},
		"not possible": {&Behavior{ScaleDown: Rules{Select: SelectDisabled}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := HPA{MinReplicas: 1, MaxReplicas: 100, Behavior: tc.behavior}
			h.Sync(0, all(8), []Metric{lagMetric(8, 1)})
			for now := SyncPeriod; now < 10*time.Minute; now += SyncPeriod {
				v := h.Sync(now, all(8), []Metric{lagMetric(0, 1)})
				if v.Replicas == 8 {
					continue
				}
				if now != tc.want || v.Replicas != 1 {
					t.Errorf("%d replicas after %s; want 1 after %s", v.Replicas, now, tc.want)
				}
				return
			}
			if tc.want != 0 {
				t.Errorf("8 replicas stay; want 1 after %s", tc.want)
			}
		})
	}
}
