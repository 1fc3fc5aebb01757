// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE01", Severity: Error, Title: "A trigger's type or metadata is unknown to KEDA",
	Why: "KEDA creates no HPA for an unknown type or a missing parameter, and silently ignores metadata that it " +
		"does not know, so a typing mistake means that the default is used.",
	Fix: "Use a type and parameters of KEDA's scaler; the finding suggests the nearest.",
	Bad: "functions: {enrich: {scaling: {triggers: {office: {type: corn, metadata: {}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: Europe/Berlin, " +
		"start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: 2}}}}}}",

	Scaling: unknownScaler,
	Trigger: unknownParameters,
})

func unknownScaler(s *pass.Scope) {
	for _, t := range s.Triggers {
		switch {
		case t.Type == "":
			s.Report(s.At(t.Field+".type"), "trigger "+strconv.Quote(t.Name)+" has no type",
				"set type to a scaler of KEDA, such as cron or prometheus")
		case !t.Known:
			fix := "see the list of scalers of KEDA " + pass.KedaVersion
			if !s.Full(Error) {
				if best := s.Nearest(t.Type, pass.ScalerTypes()); best != "" {
					fix = "did you mean " + best + "?"
				}
			}
			s.Report(s.At(t.Field+".type"), strconv.Quote(t.Type)+" is not a scaler of KEDA", fix)
		}
	}
}

func unknownParameters(s *pass.Scope, t *pass.Trigger) {
	for _, key := range slices.Sorted(maps.Keys(t.Metadata)) {
		if isNested(t.Metadata[key]) {
			continue
		}
		if p := t.Param(key); p != nil {
			if !p.InMetadata() && p.FromAuth() {
				s.Report(s.At(t.MetadataAt(key)), key+" of the "+t.Type+" scaler comes from a TriggerAuthentication only",
					"move it to a Secret, and name a TriggerAuthentication in authenticationRef")
			}
			continue
		}
		unknownParameter(s, t, key)
	}
	for _, p := range t.Params {
		if !p.MetadataRequired() {
			continue
		}
		if _, ok := t.Metadata[p.Name]; ok {
			continue
		}
		if _, ok := t.Metadata[p.Name+"FromEnv"]; ok {
			continue
		}
		s.Report(s.At(t.Field), "the "+t.Type+" scaler needs "+p.Name, "set metadata."+p.Name)
	}
}

// unknownParameter looks at a key of metadata that is not a parameter's name: it
// may be one with FromEnv.
func unknownParameter(s *pass.Scope, t *pass.Trigger, key string) {
	path := s.At(t.MetadataAt(key))
	open := t.Type == "external" || t.Type == "external-push" || len(t.Params) == 0
	name, fromEnv := strings.CutSuffix(key, "FromEnv")
	p := t.Param(name)
	switch {
	case fromEnv && p != nil && p.FromEnv():
	case fromEnv && p != nil:
		fix := "write " + p.Name + " itself"
		if p.FromAuth() {
			fix += ", or use a TriggerAuthentication"
		}
		s.Report(path, p.Name+" of the "+t.Type+" scaler cannot come from the environment", fix)
	case open || key == "authModes" || key == "metricName":
	default:
		s.ReportAs(Warning, path, strconv.Quote(key)+" is not a parameter of the "+t.Type+" scaler", parameterFix(s, t, key))
	}
}

func parameterFix(s *pass.Scope, t *pass.Trigger, key string) string {
	if s.Full(Warning) {
		return ""
	}
	if word, ok := foreign(t, key); ok {
		return "KEDA ignores it silently; here it is called " + word
	}
	names := make([]string, len(t.Params))
	for i := range t.Params {
		names[i] = t.Params[i].Name
	}
	if best := s.Nearest(key, names); best != "" {
		return "did you mean " + best + "? KEDA ignores unknown keys silently"
	}
	if schema.ScalingObject().Field(key) != nil || schema.KedaSpelling(schema.ScalingObject(), key, "") != "" {
		return "it belongs to scaling, not into a trigger's metadata"
	}
	return "KEDA ignores it silently; remove it, or see the scaler's page"
}
