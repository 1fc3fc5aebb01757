// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// What a strategic merge has to know about a list.
const (
	mergeKey      = "x-kubernetes-patch-merge-key"
	mergeStrategy = "x-kubernetes-patch-strategy"
	groupVersions = "x-kubernetes-group-version-kind"
)

// definition is a type: the fields whose lists are merged, and the way to them.
type definition struct {
	Kinds      any                    `json:"x-kubernetes-group-version-kind,omitempty"`
	Type       string                 `json:"type,omitempty"`
	Key        string                 `json:"x-kubernetes-patch-merge-key,omitempty"`
	Strategy   string                 `json:"x-kubernetes-patch-strategy,omitempty"`
	Ref        string                 `json:"$ref,omitempty"`
	Items      *definition            `json:"items,omitempty"`
	Properties map[string]*definition `json:"properties,omitempty"`
}

// schema writes base/openapi.json. A kustomization's own schema replaces kustomize's
// built-in one, so it must also say for Kubernetes' kinds which lists merge by which
// key: it does, for all of them, and says nothing else.
func (g *generator) schema() error {
	openapi.ResetOpenAPI()
	defer openapi.ResetOpenAPI()
	p := pruner{from: openapi.Schema().Definitions, to: map[string]*definition{}, busy: map[string]bool{}}
	for name, s := range p.from {
		if _, kind := s.Extensions[groupVersions]; kind && !strings.HasSuffix(name, "List") {
			p.definition(name)
		}
	}
	for name, d := range custom() {
		p.to[name] = d
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString("{\"definitions\": {\n")
	first := true
	for _, name := range sorted(p.to) {
		if !first {
			b.WriteString(",\n")
		}
		first = false
		text, err := json.Marshal(p.to[name])
		if err != nil {
			return err
		}
		b.WriteString(`"` + name + `": ` + string(text))
	}
	b.WriteString("\n}}\n")
	g.out.text("base/openapi.json", b.String())
	return nil
}

// pruner copies what matters of definitions.
type pruner struct {
	from spec.Definitions
	to   map[string]*definition
	busy map[string]bool
}

// definition copies one and reports whether anything was left of it.
func (p *pruner) definition(name string) bool {
	if d, done := p.to[name]; done {
		return d != nil
	}
	if p.busy[name] {
		return false // types that contain themselves (JSONSchemaProps) merge nothing
	}
	p.busy[name] = true
	s, there := p.from[name]
	if !there {
		return false
	}
	d := &definition{Properties: map[string]*definition{}}
	for field, f := range s.Properties {
		if kept := p.field(&f); kept != nil {
			d.Properties[field] = kept
		}
	}
	d.Kinds = s.Extensions[groupVersions]
	if len(d.Properties) == 0 {
		return false
	}
	d.Type = "object"
	p.to[name] = d
	return true
}

// field copies one that is merged or leads to one that is; otherwise it returns nil.
func (p *pruner) field(f *spec.Schema) *definition {
	if ref := f.Ref.String(); ref != "" {
		if p.definition(strings.TrimPrefix(ref, "#/definitions/")) {
			return &definition{Ref: ref}
		}
		return nil
	}
	if f.Items == nil || f.Items.Schema == nil {
		return nil
	}
	d := &definition{Type: "array", Items: p.field(f.Items.Schema)}
	d.Key, _ = f.Extensions.GetString(mergeKey)
	d.Strategy, _ = f.Extensions.GetString(mergeStrategy)
	if d.Strategy == "" && d.Items == nil {
		return nil
	}
	if d.Items == nil {
		d.Items = &definition{Type: "object"}
		if len(f.Items.Schema.Type) > 0 {
			d.Items.Type = f.Items.Schema.Type[0]
		}
	}
	return d
}

// custom returns the kinds, not of Kubernetes, that the base and the components have.
func custom() map[string]*definition {
	meta := &definition{Ref: "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
	object := func(fields map[string]*definition) *definition {
		return &definition{Type: "object", Properties: fields}
	}
	list := func(key string) *definition {
		return &definition{Type: "array", Key: key, Strategy: "merge", Items: object(nil)}
	}
	top := func(group, version, kind string, spec map[string]*definition) *definition {
		d := object(map[string]*definition{"metadata": meta, "spec": object(spec)})
		d.Kinds = []map[string]string{{"group": group, "version": version, "kind": kind}}
		return d
	}
	auth := map[string]*definition{"secretTargetRef": list("parameter"), "configMapTargetRef": list("parameter"), "env": list("parameter")}
	pods := &definition{Ref: "#/definitions/io.k8s.api.core.v1.PodTemplateSpec"}
	listeners := object(map[string]*definition{"listeners": list("name")})
	return map[string]*definition{
		"sh.keda.v1alpha1.ScaledObject": top("keda.sh", "v1alpha1", "ScaledObject", map[string]*definition{"triggers": list("name")}),
		"sh.keda.v1alpha1.ScaledJob": top("keda.sh", "v1alpha1", "ScaledJob", map[string]*definition{
			"triggers": list("name"), "jobTargetRef": object(map[string]*definition{"template": pods}),
		}),
		"sh.keda.v1alpha1.TriggerAuthentication":        top("keda.sh", "v1alpha1", "TriggerAuthentication", auth),
		"sh.keda.v1alpha1.ClusterTriggerAuthentication": top("keda.sh", "v1alpha1", "ClusterTriggerAuthentication", auth),
		"io.strimzi.kafka.v1.Kafka":                     top("kafka.strimzi.io", "v1", "Kafka", map[string]*definition{"kafka": listeners}),
		"com.coreos.monitoring.v1.PodMonitor": top("monitoring.coreos.com", "v1", "PodMonitor",
			map[string]*definition{"podMetricsEndpoints": list("port")}),
		"com.coreos.monitoring.v1.PrometheusRule": top("monitoring.coreos.com", "v1",
			"PrometheusRule", map[string]*definition{"groups": list("name")}),
	}
}
