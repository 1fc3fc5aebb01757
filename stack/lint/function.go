// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

func (l *linter) function(name string, f *schema.Function) {
	s := &scope{l: l, root: []string{"functions", name}, what: "function " + strconv.Quote(name)}
	s.nameLength(name)
	s.names(name)
	s.module(f)
	s.runtime(f)
	s.source(f)
	s.onError(f)
	s.limits(f)
	s.binary(name, f)
	s.pod(f)
	s.scaling(&f.Scaling, &f.Source, true)
}

// reservedNames are of the chart's own objects.
var reservedNames = []string{"kafka", "topics", "teardown", "check", "node-setup", "dashboard"}

func (s *scope) names(name string) {
	if slices.Contains(reservedNames, name) {
		s.add("HW19", "", "the name "+strconv.Quote(name)+" is taken by an object of the chart's own",
			"choose another name than "+strings.Join(reservedNames, ", "))
	}
	if _, ok := s.l.v.Workloads[name]; ok {
		s.add("HW19", "",
			"a workload is named "+strconv.Quote(name)+" too, and both need a ScaledObject of that name",
			"rename one of them")
	}
}

func (s *scope) module(f *schema.Function) {
	m := &f.Module
	byConfigMap := m.ConfigMap.Name != "" || m.ConfigMap.Key != ""
	switch {
	case m.Image == "" && !byConfigMap:
		s.add("HW18", "module", s.what+" has no module", "set module.image to an OCI image with the .wasm, or module.configMap")
	case m.Image != "" && byConfigMap:
		s.add("HW18", "module", s.what+" has two modules, an image and a ConfigMap", "keep one of module.image and module.configMap")
	case byConfigMap && (m.ConfigMap.Name == "" || m.ConfigMap.Key == ""):
		s.add("HW18", "module.configMap", "a ConfigMap needs name and key", "set module.configMap.name and module.configMap.key")
	case byConfigMap && f.Runtime != "wazero" && f.Runtime != "":
		s.add("HW18", "module.configMap",
			"a RuntimeClass runs images only, not a module from a ConfigMap",
			"set module.image, or runtime: wazero")
	}
	if m.Image == "" {
		return
	}
	_, digest, pinned := strings.Cut(m.Image, "@")
	if pinned {
		hex, ok := strings.CutPrefix(digest, "sha256:")
		if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
			s.addAs(SeverityError, "HW17", "module.image",
				"the digest of "+strconv.Quote(m.Image)+" is not sha256: and 64 hex digits",
				"copy it from the registry, for example with `crane digest`")
		}
		return
	}
	repo := m.Image[strings.LastIndexByte(m.Image, '/')+1:]
	_, tag, tagged := strings.Cut(repo, ":")
	if !tagged || tag == "latest" {
		s.add("HW17", "module.image",
			strconv.Quote(m.Image)+" names no fixed version: a new replica may run other code than the old ones",
			"pin it by digest: "+strings.TrimSuffix(m.Image, ":latest")+"@sha256:...")
	} else {
		s.addAs(SeverityInfo, "HW17", "module.image",
			strconv.Quote(m.Image)+" is pinned by tag only, which can move",
			"pin it by digest as well: "+m.Image+"@sha256:...")
	}
}

func (s *scope) runtime(f *schema.Function) {
	if f.Runtime == "wazero" || f.Runtime == "" {
		if f.ABI == "http" {
			s.add("HW13", "abi",
				"abi http needs a RuntimeClass: the in-process runtime wazero speaks redpanda, extism and wasi",
				"set runtime to a key of runtimes, such as wasmtime or spin, or choose another abi")
		}
		return
	}
	if f.HTTP.Port == s.l.v.Runner.AdminPort {
		s.add("HW46", "http.port",
			"http.port "+strconv.Itoa(f.HTTP.Port)+" is the runner's adminPort too, and both share the pod's network",
			"change http.port or runner.adminPort")
	}
	r, ok := s.l.v.Runtimes[f.Runtime]
	if !ok {
		fix := ""
		if !s.l.full("HW12") {
			names := append(slices.Sorted(maps.Keys(s.l.v.Runtimes)), "wazero")
			fix = "use one of " + strings.Join(names, ", ") + ", or add it to runtimes"
			if best := s.l.nearest(f.Runtime, names); best != "" {
				fix = "did you mean " + best + "?"
			}
		}
		s.add("HW12", "runtime", strconv.Quote(f.Runtime)+" is neither wazero nor a key of runtimes", fix)
		return
	}
	if f.ABI != "auto" && f.ABI != "http" && f.ABI != "" {
		s.add("HW13", "abi",
			"abi "+f.ABI+" needs runtime wazero; under the RuntimeClass of "+strconv.Quote(f.Runtime)+" a function is reached by HTTP",
			"set abi: http (or auto), or runtime: wazero")
	}
	if len(r.NodeSelector) == 0 && !s.l.v.NodeSetup.Enabled && (r.Create == nil || *r.Create) {
		s.add("HW42", "runtime",
			"runtime "+strconv.Quote(f.Runtime)+
				" has no nodeSelector, so pods may land on nodes without its handler and stay in ContainerCreating",
			"set runtimes."+f.Runtime+".nodeSelector, or nodeSetup.enabled")
	}
}

func (s *scope) source(f *schema.Function) {
	l := s.l
	if f.Source.Topic == "" {
		s.add("KE09", "source.topic", s.what+" has no source.topic", "set source.topic to the topic that it reads")
	}
	sinks := append([]string{}, f.Sink.Topics...)
	if f.Sink.Topic != "" {
		sinks = append(sinks, f.Sink.Topic)
	}
	for _, t := range sinks {
		if t == f.Source.Topic && t != "" {
			s.add("HW10", "sink",
				s.what+" writes to the topic that it reads, "+strconv.Quote(t)+": every event comes back for ever",
				"use another sink topic")
		}
	}
	if dead := f.OnError.DeadLetterTopic; dead != "" && dead == f.Source.Topic {
		s.add("HW10", "onError.deadLetterTopic",
			s.what+" sends failed events back to the topic that it reads, "+strconv.Quote(dead),
			"use another dead-letter topic")
	} else if dead != "" && dead == f.Sink.Topic {
		s.addAs(SeverityWarning, "HW10", "onError.deadLetterTopic",
			"failed events go to the sink "+strconv.Quote(dead)+", among the results",
			"use a topic of its own")
	}
	if len(f.Sink.Topics) > 0 && f.ABI != "redpanda" && f.ABI != "auto" {
		s.add("HW13", "sink.topics", "only a function of abi redpanda chooses among several topics; this one is "+f.ABI, "use sink.topic")
	}
	if l.v.Kafka.Mode == "external" && !l.v.Kafka.CreateTopics && len(l.v.Kafka.Topics) == 0 {
		return
	}
	uses := []struct{ field, topic string }{
		{"source.topic", f.Source.Topic},
		{"sink.topic", f.Sink.Topic},
		{"onError.deadLetterTopic", f.OnError.DeadLetterTopic},
	}
	for _, t := range f.Sink.Topics {
		uses = append(uses, struct{ field, topic string }{"sink.topics", t})
	}
	for _, u := range uses {
		if u.topic == "" {
			continue
		}
		if _, ok := l.v.Kafka.Topics[u.topic]; ok {
			continue
		}
		fix := "add it: kafka.topics." + u.topic + ": {partitions: 3}"
		if !l.full("HW16") { // looks at every topic
			if best := s.l.nearest(u.topic, l.topicNames()); best != "" {
				fix = "did you mean " + best + "? Or add it to kafka.topics"
			}
		}
		s.add("HW16", u.field,
			"topic "+strconv.Quote(u.topic)+" is not in kafka.topics, so nothing creates it and its partitions are unknown",
			fix)
	}
}

func (s *scope) onError(f *schema.Function) {
	e := &f.OnError
	switch {
	case e.Action == "deadLetter" && e.DeadLetterTopic == "":
		s.addAs(SeverityError, "HW14", "onError.action", "action deadLetter needs onError.deadLetterTopic", "name the topic")
	case (e.Action == "auto" || e.Action == "") && e.DeadLetterTopic == "":
		s.add("HW14", "onError",
			"without deadLetterTopic an event that always fails holds its partition for ever",
			"set onError.deadLetterTopic, or say action: block or drop if that is meant")
	case e.DeadLetterTopic != "" && (e.Action == "block" || e.Action == "drop"):
		s.addAs(SeverityWarning, "HW14", "onError.deadLetterTopic",
			"deadLetterTopic is not used with action "+e.Action, "set action: deadLetter, or remove the topic")
	}
	back, okB := duration(e.Backoff)
	most, okM := duration(e.MaxBackoff)
	if okB && okM && back > most {
		s.add("HW32", "onError.maxBackoff",
			"maxBackoff "+e.MaxBackoff+" is shorter than backoff "+e.Backoff,
			"raise maxBackoff or lower backoff")
	}
	timeout, okT := duration(f.Limits.Timeout)
	if okB && okM && okT && e.Action != "block" {
		worst := timeout
		wait := back
		for range min(e.Retries, 1000) {
			worst += min(wait, most) + timeout
			wait = min(wait*2, most)
		}
		if worst > 30*time.Minute {
			s.add("HW38", "onError.retries",
				"one event that always fails holds its partition for "+worst.Round(time.Minute).String()+
					" (retries x timeout and backoff)",
				"lower retries, limits.timeout or maxBackoff")
		}
	}
}

func duration(s string) (time.Duration, bool) {
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

func (s *scope) limits(f *schema.Function) {
	lim := &f.Limits
	mem := schema.BytesOf(lim.Memory)
	if lim.Memory != "" && mem < 64<<10 {
		s.add("HW35", "limits.memory", "limits.memory "+string(lim.Memory)+" is less than one page of 64Ki", "write, for example, 64Mi")
	} else if mem > 4<<30 {
		s.add("HW35", "limits.memory",
			"limits.memory "+string(lim.Memory)+" is more than the 4Gi that a module can address",
			"write 4Gi or less")
	}
	if d, ok := duration(lim.Timeout); ok && d == 0 && lim.Timeout != "" {
		s.add("HW35", "limits.timeout", "limits.timeout 0 gives a call no time", "write, for example, 5s")
	} else if grace := time.Duration(f.Pod.TerminationGracePeriodSeconds) * time.Second; ok && d > grace {
		s.add("HW29", "limits.timeout",
			"a call may take "+lim.Timeout+", but pods are killed "+strconv.Itoa(f.Pod.TerminationGracePeriodSeconds)+
				" s after they are told to stop; the event is then processed twice",
			"raise pod.terminationGracePeriodSeconds above limits.timeout")
	}
	if q := f.Resources.Limits["memory"]; q != "" && mem <= 4<<30 && (f.Runtime == "wazero" || f.Runtime == "") {
		n := max(1, int64(lim.Concurrency))
		if have := schema.BytesOf(q); have > 0 && mem*n > have {
			s.add("HW23", "resources.limits.memory",
				"the container may use "+string(q)+", but "+strconv.Itoa(int(n))+" x limits.memory "+string(lim.Memory)+
					" is more: the kernel kills the runner when functions use what they may",
				"raise resources.limits.memory above "+strconv.Itoa(int(mem*n>>20))+"Mi, or lower limits.memory or limits.concurrency")
		}
	}
	s.l.resources(append(s.root[:len(s.root):len(s.root)], "resources"), f.Resources)
}

func (s *scope) pod(f *schema.Function) {
	if b := f.PodDisruptionBudget; b.Enabled {
		switch v := b.MaxUnavailable.(type) {
		case float64, int64:
			if n, _ := schema.ToInteger(v); n == 0 {
				s.add("HW28", "podDisruptionBudget.maxUnavailable", "maxUnavailable 0 blocks every drain of a node", "set it to 1")
			}
		case string:
			if strings.Trim(v, "0") == "%" {
				s.add("HW28", "podDisruptionBudget.maxUnavailable", "maxUnavailable 0% blocks every drain of a node", "set it to 1")
			}
		}
	}
	if f.ABI != "extism" {
		for _, k := range slices.Sorted(maps.Keys(f.Config)) {
			if !schema.IsEnvName(k) {
				s.l.add("HW27", s.pathKey("config", k),
					strconv.Quote(k)+" cannot be the name of an environment variable",
					"use letters, digits and _, not starting with a digit; only abi extism takes any key")
			} else if strings.HasPrefix(k, "KAFKA_SASL_") {
				s.l.add("HW27", s.pathKey("config", k), strconv.Quote(k)+" is the runner's own", "use another key")
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(f.Pod.Env)) {
		if !schema.IsEnvName(k) {
			s.l.add("HW27", s.pathKey("pod.env", k),
				strconv.Quote(k)+" cannot be the name of an environment variable",
				"use letters, digits and _, not starting with a digit")
		} else if strings.HasPrefix(k, "KAFKA_SASL_") {
			s.l.add("HW27", s.pathKey("pod.env", k), strconv.Quote(k)+" is the runner's own", "use another name")
		}
	}
}

// pathKey is path for a map's key, which may hold dots.
func (s *scope) pathKey(field, key string) []string {
	for _, root := range [][]string{s.root, {"defaults"}} {
		p := append(append([]string{}, root...), strings.Split(field, ".")...)
		if p = append(p, key); s.l.given(p...) {
			return p
		}
	}
	return append(s.path(field), key)
}
