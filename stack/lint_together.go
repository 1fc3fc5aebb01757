// SPDX-License-Identifier: Apache-2.0

package stack

import "strings"

// scalableKinds have a scale subresource and are known not to need more.
var unscalableKinds = []string{"DaemonSet", "Job", "CronJob", "Pod", "Service", "ConfigMap"}

func (l *linter) workload(name string, w *Workload) {
	s := &scope{l: l, root: []string{"workloads", name}, what: "workload " + quoted(name)}
	t := &w.ScaleTargetRef
	if t.Name == "" {
		s.add("KE07", "scaleTargetRef.name", s.what+" names nothing to scale", "set scaleTargetRef.name")
	}
	if contains(unscalableKinds, t.Kind) {
		s.add("KE07", "scaleTargetRef.kind", "a "+t.Kind+" cannot be scaled", "use a Deployment, a StatefulSet, or a custom resource with a scale subresource")
	}
	if w.Source.Topic == "" && len(w.Scaling.Triggers) == 0 {
		s.add("KE09", "source.topic", s.what+" has neither source.topic nor scaling.triggers, so nothing scales it", "set source.topic and source.consumerGroup, or scaling.triggers")
	}
	if w.Source.Topic != "" && w.Source.ConsumerGroup == "" {
		s.add("KE09", "source.consumerGroup", s.what+" has no source.consumerGroup; KEDA must know the group that your application joins", "set source.consumerGroup to your application's group.id")
	}
	for _, o := range l.extraObjects() {
		if o.kind == t.Kind && o.name == t.Name && o.name != "" && o.replicas {
			l.add("KE08", []string{"extraObjects", o.key, "spec", "replicas"}, "spec.replicas sets the "+o.kind+" back at every upgrade, while KEDA scales it", "remove spec.replicas")
		}
	}
	s.scaling(&w.Scaling, &w.Source, false)
}

// together compares functions and workloads with one another.
func (l *linter) together() {
	if !l.runsAnything() {
		l.add("HW44", []string{"functions"}, "there is no function and no workload, so the release runs nothing but its platform", "add one below functions; `helm wasm init` shows how")
	}
	l.consumerGroups()
	l.targets()
	l.cycles()
}

func (l *linter) runsAnything() bool {
	for _, f := range l.v.Functions {
		if f.Enabled == nil || *f.Enabled {
			return true
		}
	}
	for _, w := range l.v.Workloads {
		if w.Enabled == nil || *w.Enabled {
			return true
		}
	}
	return false
}

func (l *linter) consumerGroups() {
	first := map[[2]string]string{}
	visit := func(root, name string, src Source) {
		if src.ConsumerGroup == "" || src.Topic == "" {
			return
		}
		key := [2]string{src.Topic, src.ConsumerGroup}
		if other, ok := first[key]; ok {
			path := []string{root, name, "source", "consumerGroup"}
			if !l.given(path...) {
				path = []string{"defaults", "source", "consumerGroup"}
			}
			l.add("HW11", path, other+" and "+root+"."+name+" read topic "+quoted(src.Topic)+" in one consumer group, "+quoted(src.ConsumerGroup)+": each gets only part of the events", "give each its own consumerGroup, or leave it empty")
			return
		}
		first[key] = root + "." + name
	}
	for _, name := range sortedKeys(l.v.Functions) {
		if f := l.v.Functions[name]; f.Enabled == nil || *f.Enabled {
			visit("functions", name, f.Source)
		}
	}
	for _, name := range sortedKeys(l.v.Workloads) {
		if w := l.v.Workloads[name]; w.Enabled == nil || *w.Enabled {
			visit("workloads", name, w.Source)
		}
	}
}

func (l *linter) targets() {
	first := map[ScaleTargetRef]string{}
	hpas := map[string]string{}
	for _, name := range sortedKeys(l.v.Workloads) {
		w := l.v.Workloads[name]
		if w.Enabled != nil && !*w.Enabled {
			continue
		}
		t := w.ScaleTargetRef
		t.EnvSourceContainerName = ""
		if other, ok := first[t]; ok && t.Name != "" {
			l.add("KE06", []string{"workloads", name, "scaleTargetRef"}, "workloads "+quoted(other)+" and "+quoted(name)+" both scale the "+t.Kind+" "+quoted(t.Name)+"; KEDA refuses the second", "put the triggers of both into one workload")
		} else {
			first[t] = name
		}
		if h := w.Scaling.HPAName; h != "" {
			if other, ok := hpas[h]; ok {
				l.add("KE06", []string{"workloads", name, "scaling", "hpaName"}, "workloads "+quoted(other)+" and "+quoted(name)+" have one hpaName, "+quoted(h), "use different names, or none")
			}
			hpas[h] = name
		}
	}
	for _, name := range sortedKeys(l.v.Functions) {
		h := l.v.Functions[name].Scaling.HPAName
		if h == "" {
			continue
		}
		if other, ok := hpas[h]; ok {
			path := []string{"functions", name, "scaling", "hpaName"}
			if !l.given(path...) {
				path = []string{"defaults", "scaling", "hpaName"}
			}
			l.add("KE06", path, quoted(other)+" and "+quoted(name)+" have one hpaName, "+quoted(h), "use different names, or none")
		}
		hpas[h] = name
	}
}

// cycles finds functions that feed one another in a ring.
func (l *linter) cycles() {
	next := map[string][]string{}   // topic -> topics written by its readers
	reader := map[string][]string{} // topic -> functions that read it
	for _, name := range sortedKeys(l.v.Functions) {
		f := l.v.Functions[name]
		if f.Source.Topic == "" || f.Enabled != nil && !*f.Enabled {
			continue
		}
		reader[f.Source.Topic] = append(reader[f.Source.Topic], name)
		for _, t := range append(append([]string{}, f.Sink.Topics...), f.Sink.Topic) {
			if t != "" && t != f.Source.Topic {
				next[f.Source.Topic] = append(next[f.Source.Topic], t)
			}
		}
	}
	const open, done = 1, 2
	state := map[string]int{}
	var trail []string
	var visit func(topic string)
	visit = func(topic string) {
		state[topic] = open
		trail = append(trail, topic)
		for _, t := range next[topic] {
			switch state[t] {
			case 0:
				visit(t)
			case open:
				i := len(trail) - 1
				for trail[i] != t {
					i--
				}
				ring := append(append([]string{}, trail[i:]...), t)
				name := reader[t][0]
				l.add("HW45", []string{"functions", name, "source", "topic"}, "events run in a ring: "+strings.Join(ring, " -> "), "break it, unless a function ends it by returning nothing")
			}
		}
		trail = trail[:len(trail)-1]
		state[topic] = done
	}
	for _, topic := range sortedKeys(next) {
		if state[topic] == 0 {
			visit(topic)
		}
	}
}
