// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/lint"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// The kind and apiVersion of a WasmStack.
const (
	Kind       = "WasmStack"
	APIVersion = "helm-wasm.dev/v1alpha1"
)

// The fields of a WasmStack and of its options.
var (
	objectStack = schema.Object{Fields: []schema.Field{
		{Name: "apiVersion", Kind: schema.KindString},
		{Name: "kind", Kind: schema.KindString},
		{Name: "metadata", Kind: schema.KindMap, Elem: schema.KindAny},
		{Name: "options", Kind: schema.KindObject, Object: &objectOptions},
		{Name: "spec", Kind: schema.KindObject, Object: schema.ValuesObject()},
	}}
	objectOptions = schema.Object{Fields: []schema.Field{
		{Name: "scope", Kind: schema.KindString, Enum: []string{"functions", "all"}},
		{Name: "kubeVersion", Kind: schema.KindString},
		{Name: "ignore", Kind: schema.KindList, Elem: schema.KindString},
	}}
)

// wasmStack is a WasmStack to render.
type wasmStack struct {
	*object
	results
	item     bool           // it is one of the items
	declares bool           // it only declares the function and its options
	defaults map[string]any // options that apply where it has none
	objects  []stack.RenderedObject
}

// spec returns the values, nil if there are none.
func (s *wasmStack) spec() any { return s.doc.Tree()["spec"] }

// option returns an option of the object, or else of the functionConfig.
func (s *wasmStack) option(name string) any {
	own, _ := s.doc.Tree()["options"].(map[string]any)
	if v := own[name]; v != nil {
		return v
	}
	return s.defaults[name]
}

// render checks a WasmStack and renders its objects. Mistakes become results.
func (s *wasmStack) render() {
	s.of = s.object
	if s.apiVersion != APIVersion {
		s.mistake("apiVersion", strconv.Quote(s.apiVersion)+" is not the apiVersion of a "+Kind+"; write "+APIVersion)
	}
	found := lint.Check(s.doc, &objectStack)
	for i := range found {
		s.finding(&found[i], found[i].Path)
	}
	if s.declares {
		return
	}
	if s.spec() == nil {
		s.mistake("spec", "the values are missing; write below it what a values file would contain")
	}
	if !lint.IsReleaseName(s.name) {
		s.mistake("metadata.name", strconv.Quote(s.name)+" is not a valid name for a Helm release; "+
			"use lower-case letters, digits and -, with a letter or digit at both ends, at most 53 characters (a namePrefix counts)")
	}
	if s.mistakes > 0 {
		return
	}
	if err := s.renderValues(); err != nil {
		s.mistake("spec", err.Error())
	}
}

// renderValues renders values whose fields are known to be valid.
func (s *wasmStack) renderValues() error {
	values, _, err := s.doc.Below(s.where, "spec")
	if err != nil {
		return err
	}
	if values, err = s.addLabels(values); err != nil {
		return err
	}
	ignored, _ := s.option("ignore").([]any)
	lint := stack.LintOptions{Ignore: make([]string, len(ignored)), Release: s.name, Namespace: effective(s.namespace)}
	for i, id := range ignored {
		lint.Ignore[i], _ = id.(string)
	}
	found := stack.Lint(values, lint)
	for i := range found {
		path := found[i].Path
		if path != "" {
			path = "spec." + path
		}
		s.finding(&found[i], path)
	}
	if s.mistakes > 0 {
		return nil
	}
	opts := stack.RenderOptions{Release: s.name, Namespace: s.namespace, NoHooks: true}
	opts.KubeVersion, _ = s.option("kubeVersion").(string)
	if s.option("scope") == "all" {
		opts.Scope = stack.All
	}
	rendered, err := stack.Render(values, opts)
	if err != nil {
		return err
	}
	s.objects = rendered.Objects()
	return nil
}

// addLabels makes the labels of the WasmStack, which is where kustomize puts
// labels, defaults of commonLabels.
func (s *wasmStack) addLabels(values *stack.Document) (*stack.Document, error) {
	labels, _ := s.metadata["labels"].(map[string]any)
	if len(labels) == 0 {
		return values, nil
	}
	text, err := yamlout.AppendYAML(nil, map[string]any{"commonLabels": labels})
	if err != nil {
		return nil, err
	}
	common, err := stack.Parse("metadata.labels", text)
	if err != nil {
		return nil, err
	}
	return stack.Merge(common, values), nil
}
