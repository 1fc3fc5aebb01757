// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
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

// scaler is the function of that name, remembering what it read.
func (l *linter) scaler(typ string) (params []scalerParam, ok bool) {
	if params, ok = l.scalers[typ]; ok {
		return params, true
	}
	if params, ok = scaler(typ); ok {
		if l.scalers == nil {
			l.scalers = map[string][]scalerParam{}
		}
		l.scalers[typ] = params
	}
	return params, ok
}

func (s *scope) triggers(sc *schema.Scaling, src *schema.Source) {
	kafka, always := 0, 0
	if src.Topic != "" {
		kafka++
		own := ownTrigger(sc, src)
		s.kafkaTrigger(&own, sc)
	}
	for _, name := range slices.Sorted(maps.Keys(sc.Triggers)) {
		t := sc.Triggers[name]
		field := "scaling.triggers." + name
		if name == "kafka" && src.Topic != "" {
			s.add("KE20", field, `a trigger is named "kafka", as the one of source is`, "rename it; names must be unique")
		}
		if t.Type == "" {
			s.add("KE01", field+".type", "trigger "+strconv.Quote(name)+" has no type",
				"set type to a scaler of KEDA, such as cron or prometheus")
			continue
		}
		params, ok := s.l.scaler(t.Type)
		if !ok {
			fix := "see the list of scalers of KEDA " + kedaVersion
			if !s.l.full("KE01") {
				if best := s.l.nearest(t.Type, scalerTypes()); best != "" {
					fix = "did you mean " + best + "?"
				}
			}
			s.add("KE01", field+".type", strconv.Quote(t.Type)+" is not a scaler of KEDA", fix)
			continue
		}
		s.metadata(field, &t, params)
		s.metricType(field, &t, sc, src)
		auth := s.authRef(field, &t)
		switch t.Type {
		case "kafka", "apache-kafka":
			kafka++
			k := rawTrigger(field, &t)
			k.sole = src.Topic == "" && len(sc.Triggers) == 1
			s.kafkaTrigger(&k, sc)
			s.credentials(&k, auth)
		case "cron":
			s.cron(field, &t)
		case "cpu", "memory":
			always++
			if t.Metadata["containerName"] != nil && sc.ScalingModifiers.Formula != "" {
				s.addAs(SeverityWarning, "KE20", field+".metadata.containerName",
					"with scalingModifiers KEDA drops the metric of a single container from the HPA, so this trigger does nothing",
					"remove containerName to measure the whole pod, or remove scalingModifiers")
			}
		}
	}
	if kafka > 1 && sc.ScalingModifiers.Formula == "" {
		s.add("KE23", "scaling.triggers",
			"several Kafka triggers: the HPA follows the largest, not the sum",
			"set scaling.scalingModifiers.formula, such as \"kafka + other\", if the sum is meant")
	}
	if always > 0 && always == len(sc.Triggers) && src.Topic == "" && sc.MinReplicas == 0 {
		s.add("KE18", "scaling.minReplicas",
			"cpu and memory triggers alone cannot start from zero replicas; KEDA refuses the ScaledObject",
			"set minReplicas to 1 or more, or add another trigger")
	}
}

func (s *scope) metadata(field string, t *schema.Trigger, params []scalerParam) {
	open := t.Type == "external" || t.Type == "external-push" || len(params) == 0
	var names []string
	for _, p := range params {
		names = append(names, p.name)
	}
	for _, k := range slices.Sorted(maps.Keys(t.Metadata)) {
		path := field + ".metadata." + k
		v := t.Metadata[k]
		switch v.(type) {
		case map[string]any, []any:
			s.add("KE02", path, k+" is "+values.KindName(v)+"; KEDA takes strings only", "write it as one string")
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
			if l := s.l; *l.count("KE01", SeverityWarning) >= maxAlike {
				fix = ""
			} else if best := s.l.nearest(k, names); best != "" {
				fix = "did you mean " + best + "? KEDA ignores unknown keys silently"
			} else if schema.ScalingObject().Field(k) != nil || schema.KedaSpelling(schema.ScalingObject(), k, "") != "" {
				fix = "it belongs to scaling, not into a trigger's metadata"
			}
			s.addAs(SeverityWarning, "KE01", path, strconv.Quote(k)+" is not a parameter of the "+t.Type+" scaler", fix)
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
		s.addAs(SeverityWarning, "KE09", field,
			"the "+t.Type+" trigger names no topic: a group without commits never wakes, and the cap is the partitions of all topics",
			"set metadata.topic")
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
			s.add("KE01", path, p.name+" of the "+typ+" scaler comes from a TriggerAuthentication only",
				"move it to a Secret, and name a TriggerAuthentication in authenticationRef")
		}
		return
	}
	text := strings.TrimSpace(schema.ScalarText(v))
	if text == "" {
		return
	}
	kafka := typ == "kafka" || typ == "apache-kafka"
	flags := p.flags
	if typ == "apache-kafka" { // its schema does not say which are booleans
		params, _ := s.l.scaler("kafka")
		if same := findParam(params, p.name); same != nil {
			flags = same.flags
		}
	}
	switch {
	case strings.Contains(flags, "b"):
		if _, err := strconv.ParseBool(text); err != nil {
			s.add("KE03", path, strconv.Quote(text)+" is not a boolean", `write "true" or "false"`)
		}
	case strings.Contains(flags, "n"):
		n, ok := plainDigits(text)
		if !ok || kafka && strings.IndexByte(text, '.') >= 0 {
			s.add("KE03", path, strconv.Quote(text)+" is not a number that KEDA can read",
				"write plain digits: no 1e+06, no leading zero or plus, no underscore")
		} else if kafka && (p.name == "lagThreshold" && n <= 0 || p.name == "activationLagThreshold" && n < 0) {
			s.add("KE11", path, p.name+" is "+text,
				map[bool]string{true: "write 1 or more", false: "write 0 or more"}[p.name == "lagThreshold"])
		}
	case len(p.allowed) > 0:
		for part := range strings.SplitSeq(text, ",") {
			if !slices.Contains(p.allowed, strings.TrimSpace(part)) {
				s.add("KE03", path, strconv.Quote(text)+" is not legal for "+p.name, "write one of "+strings.Join(p.allowed, ", "))
				break
			}
		}
	}
}

// plainDigits is a number as JSON has it, without an exponent. (Reading JSON would
// bring a decoder into the plugin that nothing else there needs.)
func plainDigits(text string) (float64, bool) {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	digits := whole
	if dotted {
		digits += fraction
	}
	if whole == "" || len(whole) > 1 && whole[0] == '0' || dotted && fraction == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func (s *scope) metricType(field string, t *schema.Trigger, sc *schema.Scaling, src *schema.Source) {
	resource := t.Type == "cpu" || t.Type == "memory"
	switch {
	case resource && t.MetricType != "Utilization" && t.MetricType != "AverageValue":
		s.add("KE18", field+".metricType",
			"a "+t.Type+" trigger needs metricType Utilization or AverageValue", "set metricType: Utilization")
	case !resource && t.MetricType == "Utilization":
		s.add("KE18", field+".metricType", "metricType Utilization is for cpu and memory only", "use AverageValue or Value")
	case resource && t.MetricType == "Utilization" && s.root[0] == "functions":
		r := s.l.v.Functions[s.root[1]].Resources
		if r.Requests[t.Type] == "" && r.Limits[t.Type] == "" {
			s.add("KE18", field+".metricType",
				s.what+" requests no "+t.Type+", so there is no utilization to measure",
				"set resources.requests."+t.Type)
		}
	}
	if t.UseCachedMetrics && (resource || t.Type == "cron") {
		s.add("KE19", field+".useCachedMetrics",
			"useCachedMetrics is not allowed on a "+t.Type+" trigger; KEDA refuses the ScaledObject",
			"remove it")
	}
}
