// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
)

// counts are a runner's counters at one moment.
type counts struct {
	Processed, Filtered, Dead, Dropped, Retries, Results float64

	bounds  []float64 // upper bounds of the duration's buckets
	buckets []uint64  // events in each, not cumulative; one more for the rest
}

// read reads a runner's counters.
func read(m *metrics.Set) counts {
	c := counts{
		Processed: value(m.Events[metrics.Processed]), Filtered: value(m.Events[metrics.Filtered]),
		Dead: value(m.Events[metrics.DeadLetter]), Dropped: value(m.Events[metrics.Dropped]),
		Retries: value(m.Retries), Results: value(m.Results),
	}
	var out dto.Metric
	if err := m.Duration.Write(&out); err != nil {
		return c
	}
	last := uint64(0)
	for _, b := range out.GetHistogram().GetBucket() {
		c.bounds = append(c.bounds, b.GetUpperBound())
		c.buckets = append(c.buckets, b.GetCumulativeCount()-last)
		last = b.GetCumulativeCount()
	}
	c.buckets = append(c.buckets, out.GetHistogram().GetSampleCount()-last)
	return c
}

func value(c prometheus.Counter) float64 {
	var out dto.Metric
	if err := c.Write(&out); err != nil {
		return 0
	}
	return out.GetCounter().GetValue()
}

// assigned returns the number of partitions that the function's runners have.
func (f *function) assigned() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := 0.0
	for _, i := range f.instances {
		var out dto.Metric
		if i.runner.Metrics().Partitions.Write(&out) == nil {
			sum += out.GetGauge().GetValue()
		}
	}
	return int(sum)
}

// events returns the number of finished events.
func (c *counts) events() float64 { return c.Processed + c.Filtered + c.Dead + c.Dropped }

func (c *counts) add(o counts) {
	c.Processed += o.Processed
	c.Filtered += o.Filtered
	c.Dead += o.Dead
	c.Dropped += o.Dropped
	c.Retries += o.Retries
	c.Results += o.Results
	if c.buckets == nil {
		c.bounds, c.buckets = o.bounds, slices.Clone(o.buckets)
		return
	}
	for i := range min(len(c.buckets), len(o.buckets)) {
		c.buckets[i] += o.buckets[i]
	}
}

func (c *counts) clone() counts {
	copied := *c
	copied.buckets = slices.Clone(c.buckets)
	return copied
}

// quantiles returns quantiles of the durations since an earlier moment, in seconds, by
// linear interpolation within buckets, as Prometheus does. ok is false without events.
func (c *counts) quantiles(since counts, want ...float64) (list []float64, ok bool) {
	diff := slices.Clone(c.buckets)
	total := uint64(0)
	for i := range diff {
		if i < len(since.buckets) {
			diff[i] -= min(diff[i], since.buckets[i])
		}
		total += diff[i]
	}
	if total == 0 {
		return make([]float64, len(want)), false
	}
	for _, q := range want {
		rank, seen := q*float64(total), 0.0
		at := c.bounds[len(c.bounds)-1]
		for i, n := range diff {
			if n == 0 || seen+float64(n) < rank {
				seen += float64(n)
				continue
			}
			if i < len(c.bounds) {
				low := 0.0
				if i > 0 {
					low = c.bounds[i-1]
				}
				at = low + (c.bounds[i]-low)*(rank-seen)/float64(n)
			}
			break
		}
		list = append(list, at)
	}
	return list, true
}
