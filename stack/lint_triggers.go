// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
)

// scalerParam is a parameter of a KEDA scaler, from scalerTable.
type scalerParam struct {
	name, flags string
	allowed     []string
}

// scaler reads a type's line of the table.
func scaler(typ string) (params []scalerParam, ok bool) {
	for line := range strings.SplitSeq(strings.TrimSuffix(scalerTable, "\n"), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		if name != typ {
			continue
		}
		for _, word := range strings.Fields(rest) {
			p := strings.SplitN(word, "/", 3)
			sp := scalerParam{name: p[0], flags: p[1]}
			if len(p) == 3 {
				sp.allowed = strings.Split(p[2], "|")
			}
			params = append(params, sp)
		}
		return params, true
	}
	return nil, false
}

func scalerTypes() []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSuffix(scalerTable, "\n"), "\n") {
		name, _, _ := strings.Cut(line, " ")
		out = append(out, name)
	}
	return out
}

func (s *scope) triggers(sc *Scaling, src *Source) {
	kafka, always := 0, 0
	if src.Topic != "" {
		kafka++
	}
	for _, name := range sortedKeys(sc.Triggers) {
		t := sc.Triggers[name]
		field := "scaling.triggers." + name
		if name == "kafka" && src.Topic != "" {
			s.add("KE20", field, `a trigger is named "kafka", as the one of source is`, "rename it; names must be unique")
		}
		if t.Type == "" {
			s.add("KE01", field+".type", "trigger "+quoted(name)+" has no type", "set type to a scaler of KEDA, such as cron or prometheus")
			continue
		}
		params, ok := scaler(t.Type)
		if !ok {
			fix := "see the list of scalers of KEDA " + kedaVersion
			if best := suggest.Nearest(t.Type, scalerTypes()); best != "" {
				fix = "did you mean " + best + "?"
			}
			s.add("KE01", field+".type", quoted(t.Type)+" is not a scaler of KEDA", fix)
			continue
		}
		s.metadata(field, &t, params)
		s.metricType(field, &t, sc, src)
		if t.AuthenticationRef.Kind != "" && t.AuthenticationRef.Name == "" {
			s.add("KE24", field+".authenticationRef", "authenticationRef has a kind but no name", "name the "+t.AuthenticationRef.Kind)
		}
		s.authRef(field, &t)
		switch t.Type {
		case "kafka", "apache-kafka":
			kafka++
		case "cpu", "memory":
			always++
		}
	}
	if kafka > 1 && sc.ScalingModifiers.Formula == "" {
		s.add("KE23", "scaling.triggers", "several Kafka triggers: the HPA follows the largest, not the sum", "set scaling.scalingModifiers.formula, such as \"kafka + other\", if the sum is meant")
	}
	if always > 0 && always == len(sc.Triggers) && src.Topic == "" && sc.MinReplicas == 0 {
		s.add("KE18", "scaling.minReplicas", "cpu and memory triggers alone cannot start from zero replicas; KEDA refuses the ScaledObject", "set minReplicas to 1 or more, or add another trigger")
	}
}

func (s *scope) authRef(field string, t *Trigger) {
	name := t.AuthenticationRef.Name
	if name == "" {
		return
	}
	kind := t.AuthenticationRef.Kind
	if kind == "" {
		kind = "TriggerAuthentication"
	}
	for _, o := range s.l.extraObjects() {
		if o.name != name || !strings.HasSuffix(o.kind, "TriggerAuthentication") {
			continue
		}
		if o.kind != kind {
			s.add("KE24", field+".authenticationRef", "authenticationRef names the "+kind+" "+quoted(name)+", but extraObjects has a "+o.kind+" of that name", "set authenticationRef.kind to "+o.kind)
		} else if kind == "TriggerAuthentication" && o.namespace != "" && o.namespace != s.l.opts.Namespace {
			s.add("KE24", field+".authenticationRef", "the TriggerAuthentication "+quoted(name)+" is in namespace "+quoted(o.namespace)+"; KEDA reads those of the ScaledObject's namespace only", "remove metadata.namespace from the extra object, or use a ClusterTriggerAuthentication")
		}
	}
}

func (s *scope) metadata(field string, t *Trigger, params []scalerParam) {
	open := t.Type == "external" || t.Type == "external-push" || len(params) == 0
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.name
	}
	for _, k := range sortedKeys(t.Metadata) {
		path := field + ".metadata." + k
		v := t.Metadata[k]
		switch v.(type) {
		case map[string]any, []any:
			s.add("KE02", path, k+" is "+kindName(v)+"; KEDA takes strings only", "write it as one string")
			continue
		}
		p := findParam(params, strings.TrimSuffix(k, "FromEnv"))
		fromEnv := p != nil && k != p.name
		switch {
		case findParam(params, k) != nil:
			s.metadataValue(path, t.Type, findParam(params, k), v)
		case fromEnv && strings.Contains(p.flags, "e"):
		case fromEnv:
			s.add("KE01", path, p.name+" of the "+t.Type+" scaler cannot come from the environment", "write "+p.name+" itself"+authHint(p))
		case open || k == "authModes" || k == "metricName":
		default:
			fix := "KEDA ignores it silently; remove it, or see the scaler's page"
			if best := suggest.Nearest(k, names); best != "" {
				fix = "did you mean " + best + "? KEDA ignores unknown keys silently"
			} else if objectScaling.field(k) != nil || kedaSpelling(&objectScaling, k, "") != "" {
				fix = "it belongs to scaling, not into a trigger's metadata"
			}
			s.addAs(SeverityWarning, "KE01", path, quoted(k)+" is not a parameter of the "+t.Type+" scaler", fix)
		}
	}
	for _, p := range params {
		if p.flags != "rm" && p.flags != "rme" {
			continue
		}
		if _, ok := t.Metadata[p.name]; ok {
			continue
		}
		if _, ok := t.Metadata[p.name+"FromEnv"]; ok {
			continue
		}
		s.add("KE01", field, "the "+t.Type+" scaler needs "+p.name, "set metadata."+p.name)
	}
	if (t.Type == "kafka" || t.Type == "apache-kafka") && t.Metadata["topic"] == nil && t.Metadata["topicFromEnv"] == nil {
		s.addAs(SeverityWarning, "KE09", field, "the "+t.Type+" trigger names no topic: a group without commits never wakes, and the cap is the partitions of all topics", "set metadata.topic")
	}
}

func authHint(p *scalerParam) string {
	if strings.Contains(p.flags, "a") {
		return ", or use a TriggerAuthentication"
	}
	return ""
}

func findParam(params []scalerParam, name string) *scalerParam {
	for i := range params {
		if params[i].name == name {
			return &params[i]
		}
	}
	return nil
}

func (s *scope) metadataValue(path, typ string, p *scalerParam, v any) {
	if !strings.Contains(p.flags, "m") {
		if strings.Contains(p.flags, "a") {
			s.add("KE01", path, p.name+" of the "+typ+" scaler comes from a TriggerAuthentication only", "move it to a Secret, and name a TriggerAuthentication in authenticationRef")
		}
		return
	}
	text := strings.TrimSpace(scalarText(v))
	if text == "" {
		return
	}
	switch {
	case strings.Contains(p.flags, "b"):
		if _, err := strconv.ParseBool(text); err != nil {
			s.add("KE03", path, quoted(text)+" is not a boolean", `write "true" or "false"`)
		}
	case strings.Contains(p.flags, "n"):
		var n float64
		if json.Unmarshal([]byte(text), &n) != nil || strings.ContainsAny(text, "eE") {
			s.add("KE03", path, quoted(text)+" is not a number that KEDA can read", "write plain digits: no 1e+06, no leading zero or plus, no underscore")
		} else if (typ == "kafka" || typ == "apache-kafka") && (p.name == "lagThreshold" && n <= 0 || p.name == "activationLagThreshold" && n < 0) {
			s.add("KE11", path, p.name+" is "+text, map[bool]string{true: "write 1 or more", false: "write 0 or more"}[p.name == "lagThreshold"])
		}
	case len(p.allowed) > 0:
		for part := range strings.SplitSeq(text, ",") {
			if !contains(p.allowed, strings.TrimSpace(part)) {
				s.add("KE03", path, quoted(text)+" is not legal for "+p.name, "write one of "+strings.Join(p.allowed, ", "))
				break
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func (s *scope) metricType(field string, t *Trigger, sc *Scaling, src *Source) {
	resource := t.Type == "cpu" || t.Type == "memory"
	switch {
	case resource && t.MetricType != "Utilization" && t.MetricType != "AverageValue":
		s.add("KE18", field+".metricType", "a "+t.Type+" trigger needs metricType Utilization or AverageValue", "set metricType: Utilization")
	case !resource && t.MetricType == "Utilization":
		s.add("KE18", field+".metricType", "metricType Utilization is for cpu and memory only", "use AverageValue or Value")
	case resource && t.MetricType == "Utilization" && s.root[0] == "functions":
		r := s.l.v.Functions[s.root[1]].Resources
		if r.Requests[t.Type] == "" && r.Limits[t.Type] == "" {
			s.add("KE18", field+".metricType", s.what+" requests no "+t.Type+", so there is no utilization to measure", "set resources.requests."+t.Type)
		}
	}
	if t.UseCachedMetrics && (resource || t.Type == "cron") {
		s.add("KE19", field+".useCachedMetrics", "useCachedMetrics is not allowed on a "+t.Type+" trigger; KEDA refuses the ScaledObject", "remove it")
	}
}

func (s *scope) modifiers(sc *Scaling, src *Source) {
	m := sc.ScalingModifiers
	if m.Formula == "" {
		if m.Target != "" || m.ActivationTarget != "" || m.MetricType != "" {
			s.add("KE20", "scaling.scalingModifiers", "scalingModifiers have no formula", "write the formula, or remove the section")
		}
		return
	}
	if m.Target == "" {
		s.add("KE20", "scaling.scalingModifiers", "scalingModifiers have no target", "set target to the formula's value that one replica is meant to have")
	} else if f, err := strconv.ParseFloat(string(m.Target), 64); err != nil || f <= 0 {
		s.add("KE20", "scaling.scalingModifiers.target", "target "+quoted(string(m.Target))+" is not a number above 0", "write a number without a unit")
	} else if f != float64(int64(f)) && sc.Fallback.FailureThreshold != nil {
		s.addAs(SeverityWarning, "KE20", "scaling.scalingModifiers.target", "with the fractional target "+string(m.Target)+" KEDA never uses the fallback", "write a whole number, and scale the formula instead")
	}
	if m.ActivationTarget != "" {
		if _, err := strconv.ParseFloat(string(m.ActivationTarget), 64); err != nil {
			s.add("KE20", "scaling.scalingModifiers.activationTarget", "activationTarget "+quoted(string(m.ActivationTarget))+" is not a number; KEDA finds out only when it runs", "write a number without a unit")
		}
	}
	known := sortedKeys(sc.Triggers)
	if src.Topic != "" {
		known = append(known, "kafka")
	}
	formula := m.Formula
	for _, name := range known {
		if strings.Contains(name, "-") && strings.Contains(formula, name) {
			s.add("KE20", "scaling.scalingModifiers.formula", "the formula reads the trigger name "+quoted(name)+" as a subtraction", "rename the trigger without -")
			formula = strings.ReplaceAll(formula, name, "0")
		}
	}
	for _, id := range identifiers(formula) {
		if contains(known, id) {
			if t := sc.Triggers[id]; t.Type == "cpu" || t.Type == "memory" {
				s.add("KE20", "scaling.scalingModifiers.formula", "the "+t.Type+" trigger "+quoted(id)+" cannot be part of a formula", "use triggers with external metrics only")
			}
			continue
		}
		fix := "its triggers are " + strings.Join(known, ", ")
		if best := suggest.Nearest(id, known); best != "" {
			fix = "did you mean " + best + "?"
		}
		s.add("KE20", "scaling.scalingModifiers.formula", "the formula uses "+quoted(id)+", which is no trigger", fix)
	}
	if f := strings.TrimSpace(m.Formula); strings.ContainsAny(f, "<>") && !strings.Contains(f, "?") && !strings.Contains(f, "{") || strings.Contains(f, "==") && !strings.Contains(f, "?") && !strings.Contains(f, "{") {
		s.add("KE20", "scaling.scalingModifiers.formula", "the formula yields true or false, not a number", "write condition ? 1 : 0")
	}
}

// identifiers are the names that an expression uses, without calls, fields,
// strings and the words of the language.
func identifiers(expr string) []string {
	var out []string
	for i := 0; i < len(expr); {
		c := expr[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			end := strings.IndexByte(expr[i+1:], c)
			if end < 0 {
				return out
			}
			i += end + 2
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			j := i
			for j < len(expr) && (expr[j] == '_' || isLower(expr[j]) || expr[j] >= 'A' && expr[j] <= 'Z') {
				j++
			}
			word := expr[i:j]
			rest := strings.TrimLeft(expr[j:], " ")
			call := strings.HasPrefix(rest, "(")
			member := i > 0 && (expr[i-1] == '.' || expr[i-1] == '#')
			switch {
			case call || member:
			case contains([]string{"true", "false", "nil", "and", "or", "not", "in", "let", "contains", "matches"}, word):
			case contains(out, word):
			default:
				out = append(out, word)
			}
			i = j
		case isDigit(c):
			for i < len(expr) && (isLower(expr[i]) || expr[i] == '.' || expr[i] == '_') {
				i++
			}
		default:
			i++
		}
	}
	return out
}
