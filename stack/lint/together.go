// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// unscalableKinds have no scale subresource.
var unscalableKinds = []string{"DaemonSet", "Job", "CronJob", "Pod", "Service", "ConfigMap"}

// appsKinds are those of apps/v1 that have one.
var appsKinds = []string{"Deployment", "StatefulSet", "ReplicaSet"}

func (l *linter) workload(name string, w *schema.Workload) {
	s := &scope{l: l, root: []string{"workloads", name}, what: "workload " + strconv.Quote(name)}
	s.nameLength(name)
	s.target(&w.ScaleTargetRef)
	if w.Source.Topic == "" && len(w.Scaling.Triggers) == 0 {
		s.add("KE09", "source.topic",
			s.what+" has neither source.topic nor scaling.triggers, so nothing scales it",
			"set source.topic and source.consumerGroup, or scaling.triggers")
	}
	if w.Source.Topic != "" && w.Source.ConsumerGroup == "" {
		s.add("KE09", "source.consumerGroup",
			s.what+" has no source.consumerGroup; KEDA must know the group that your application joins",
			"set source.consumerGroup to your application's group.id")
	}
	s.scaling(&w.Scaling, &w.Source, false)
}

// target checks that there can be something to scale.
func (s *scope) target(t *schema.ScaleTargetRef) {
	if t.Name == "" {
		s.add("KE07", "scaleTargetRef.name", s.what+" names nothing to scale", "set scaleTargetRef.name")
	}
	switch {
	case slices.Contains(unscalableKinds, t.Kind):
		s.add("KE07", "scaleTargetRef.kind", "a "+t.Kind+" cannot be scaled",
			"use a Deployment, a StatefulSet, or a custom resource with a scale subresource")
	case slices.Contains(appsKinds, t.Kind) && t.APIVersion != "" && t.APIVersion != "apps/v1":
		s.add("KE07", "scaleTargetRef.apiVersion",
			t.APIVersion+" has no "+t.Kind+"; KEDA finds no target",
			"set apiVersion: apps/v1, or leave it out")
	case t.APIVersion == "apps/v1" && t.Kind != "" && !slices.Contains(appsKinds, t.Kind):
		s.add("KE07", "scaleTargetRef.kind", "apps/v1 has no "+t.Kind+" that can be scaled",
			"set scaleTargetRef.apiVersion to that of the "+t.Kind)
	}
	s.l.extraNamed(t.Name, func(o *extraObject) {
		if o.kind == t.Kind && o.name != "" && o.object("spec")["replicas"] != nil {
			s.l.add("KE08", []string{"extraObjects", o.key, "spec", "replicas"},
				"spec.replicas sets the "+o.kind+" back at every upgrade, while KEDA scales it",
				"remove spec.replicas")
		}
	})
}

// together compares functions and workloads with one another.
func (l *linter) together() {
	if !l.runsAnything() {
		l.add("HW44", []string{"functions"},
			"there is no function and no workload, so the release runs nothing but its platform",
			"add one below functions; `helm wasm init` shows how")
	}
	l.consumerGroups()
	l.targets()
	l.hpaNames()
	l.extraCredentials()
	l.cycles()
}

func (l *linter) runsAnything() bool { return len(l.functions)+len(l.workloads) > 0 }

func (l *linter) consumerGroups() {
	first := map[[2]string]string{}
	visit := func(root, name, group string, src *schema.Source) {
		if group == "" || src.Topic == "" {
			return
		}
		key := [2]string{src.Topic, group}
		if other, ok := first[key]; ok {
			s := scope{l: l, root: []string{root, name}}
			s.add("HW11", "source.consumerGroup",
				other+" and "+root+"."+name+" read topic "+strconv.Quote(src.Topic)+" in one consumer group, "+
					strconv.Quote(group)+": each gets only part of the events",
				"give each its own consumerGroup, or leave that of functions empty")
			return
		}
		first[key] = root + "." + name
	}
	for _, name := range l.functions {
		f := l.v.Functions[name]
		visit("functions", name, l.group(name, &f.Source), &f.Source)
	}
	for _, name := range l.workloads {
		w := l.v.Workloads[name]
		visit("workloads", name, w.Source.ConsumerGroup, &w.Source)
	}
}
