// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/scaling"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// target is a function or workload that a topic's lag scales.
type target struct {
	path, name  string
	source      schema.Source
	scaling     schema.Scaling
	concurrency int
	partitions  int // 0: kafka.topics does not say
}

// targetsOf the values, in order of their names; those with a name, if there are any.
func targetsOf(tree map[string]any, names []string) ([]target, error) {
	v := schema.Effective(tree)
	var all []target
	for name, f := range v.Functions {
		if f.Enabled == nil || *f.Enabled {
			t := target{path: "functions." + name, name: name, source: f.Source, scaling: f.Scaling, concurrency: f.Limits.Concurrency}
			all = append(all, t)
		}
	}
	for name, w := range v.Workloads {
		if w.Enabled == nil || *w.Enabled {
			all = append(all, target{path: "workloads." + name, name: name, source: w.Source, scaling: w.Scaling})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].path < all[j].path })
	var list []target
	known := []string{}
	for _, t := range all {
		known = append(known, t.name)
		if t.source.Topic == "" || len(names) > 0 && !slices.Contains(names, t.name) {
			continue
		}
		if topic, listed := v.Kafka.Topics[t.source.Topic]; listed {
			t.partitions = max(1, topic.Partitions)
		}
		list = append(list, t)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("the values have no function or workload %q%s", name, command.DidYouMean(name, known))
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no function or workload with a source.topic: there is nothing whose lag could scale it")
	}
	return list, nil
}

// apply fills in the scenario of the target.
func (t *target) apply(c *command.Call, s *scaling.Scenario) error {
	r := reader{Call: c}
	if t.partitions == 0 {
		t.partitions = r.count("partitions", 1, scaling.MaxPartitions, 1)
	}
	s.Partitions = t.partitions
	s.Consumers.Concurrency = r.count("concurrency", 1, 1024, max(1, t.concurrency))
	s.Replicas = r.count("replicas", 0, scaling.MaxReplicas, t.scaling.MinReplicas)
	if r.err != nil {
		return r.err
	}
	if t.partitions > scaling.MaxPartitions {
		return fmt.Errorf("%s: topic %q has %d partitions: the plan takes at most %d",
			t.path, t.source.Topic, t.partitions, scaling.MaxPartitions)
	}
	o, err := t.object()
	s.ScaledObject = o
	return err
}

// object is the ScaledObject that the chart renders (templates/_scaledobject.tpl).
func (t *target) object() (scaling.ScaledObject, error) {
	sc := &t.scaling
	o := scaling.ScaledObject{
		MinReplicas: sc.MinReplicas, MaxReplicas: sc.MaxReplicas, IdleReplicas: sc.IdleReplicaCount,
		PollingInterval:       seconds(sc.PollingInterval),
		CooldownPeriod:        seconds(sc.CooldownPeriod),
		InitialCooldownPeriod: seconds(sc.InitialCooldownPeriod),
		UseCachedMetrics:      sc.UseCachedMetrics,
		Kafka: scaling.Kafka{
			LagThreshold: int64(sc.LagThreshold), ActivationLagThreshold: int64(sc.ActivationLagThreshold),
			Latest:                             t.source.OffsetResetPolicy == "latest",
			AllowIdleConsumers:                 sc.AllowIdleConsumers,
			ExcludePersistentLag:               sc.ExcludePersistentLag,
			LimitToPartitionsWithLag:           sc.LimitToPartitionsWithLag,
			EnsureEvenDistributionOfPartitions: sc.EnsureEvenDistributionOfPartitions,
			ScaleToZeroOnInvalidOffset:         sc.ScaleToZeroOnInvalidOffset,
		},
		Paused: sc.Paused, PausedReplicas: sc.PausedReplicas,
		PausedScaleIn: sc.PausedScaleIn, PausedScaleOut: sc.PausedScaleOut,
	}
	if !sc.AllowIdleConsumers {
		o.MaxReplicas = min(o.MaxReplicas, t.partitions)
	}
	if f := sc.Fallback; f.FailureThreshold != nil {
		o.Fallback = &scaling.Fallback{FailureThreshold: *f.FailureThreshold, Behavior: f.Behavior}
		if f.Replicas != nil {
			o.Fallback.Replicas = *f.Replicas
		}
	}
	var err error
	if o.Kafka.PartitionLimitation, err = limitation(sc.PartitionLimitation, t.partitions); err != nil {
		return o, fmt.Errorf("%s.scaling.partitionLimitation: %w", t.path, err)
	}
	up, down := &sc.Behavior.ScaleUp, &sc.Behavior.ScaleDown
	if up.IsZero() && down.IsZero() {
		return o, nil
	}
	o.Behavior = &scaling.Behavior{}
	if o.Behavior.ScaleUp, err = rules(up); err != nil {
		return o, fmt.Errorf("%s.scaling.behavior.scaleUp.tolerance: %w", t.path, err)
	}
	if o.Behavior.ScaleDown, err = rules(down); err != nil {
		return o, fmt.Errorf("%s.scaling.behavior.scaleDown.tolerance: %w", t.path, err)
	}
	return o, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func rules(r *schema.ScalingRules) (scaling.Rules, error) {
	out := scaling.Rules{Select: scaling.Select(r.SelectPolicy)}
	if r.StabilizationWindowSeconds != nil {
		window := seconds(*r.StabilizationWindowSeconds)
		out.Window = &window
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, scaling.Policy{
			Percent: p.Type == "Percent", Value: p.Value, Period: seconds(p.PeriodSeconds),
		})
	}
	if r.Tolerance == "" {
		return out, nil
	}
	number, thousandths := strings.CutSuffix(string(r.Tolerance), "m")
	tolerance, err := strconv.ParseFloat(number, 64)
	if err != nil || tolerance < 0 {
		return out, fmt.Errorf("%q is not a number such as 0.05 or 50m", r.Tolerance)
	}
	if thousandths {
		tolerance /= 1000
	}
	out.Tolerance = &tolerance
	return out, nil
}

// limitation reads partitions such as "1,2,10-20". Those that the topic does not have
// are left out; nil means all.
func limitation(text string, partitions int) ([]int32, error) {
	if text == "" {
		return nil, nil
	}
	list := []int32{}
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		first, errFirst := strconv.Atoi(from)
		last, errLast := strconv.Atoi(to)
		if errFirst != nil || errLast != nil || first < 0 || last < first {
			return nil, fmt.Errorf("%q: list partitions and ranges of them, as in 1,2,10-20", text)
		}
		for id := first; id <= min(last, partitions-1); id++ {
			list = append(list, int32(id))
		}
	}
	return list, nil
}
