// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"reflect"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

func TestBelow(t *testing.T) {
	for name, text := range map[string]string{
		"usual":   "kind: WasmStack\nspec:\n  functions:\n    a: {sink: {topic: 1}}\n",
		"library": "kind: !!str WasmStack\nspec:\n  functions:\n    a: {sink: {topic: 1}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := values.Parse("list.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			spec, ok, err := doc.Below("list.yaml", "spec")
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			if !reflect.DeepEqual(spec.Tree(), doc.Tree()["spec"]) {
				t.Errorf("tree is %v", spec.Tree())
			}
			if got := spec.Position("functions", "a", "sink", "topic").String(); got != "list.yaml:4:16" {
				t.Errorf("functions.a.sink.topic is at %s", got)
			}
			if got := spec.Position("nothing").String(); got != "list.yaml:2:1" && got != "list.yaml:3:3" {
				t.Errorf("what is not there is at %s", got)
			}
			if got := doc.Position("spec").String(); got != "list.yaml:2:1" {
				t.Errorf("the whole document's spec is at %s", got)
			}
			absent, ok, err := doc.Below("list.yaml", "status")
			if !ok || err != nil || len(absent.Tree()) != 0 {
				t.Errorf("an absent key gives %v, %v, %v", absent, ok, err)
			}
			if _, ok, _ := doc.Below("list.yaml", "kind"); ok {
				t.Error("text is taken for a mapping")
			}
		})
	}
}

func TestBelowKeepsIgnores(t *testing.T) {
	doc, err := values.Parse("list.yaml", []byte("spec:\n  functions:\n    a:\n      sinc: {} # helm-wasm:ignore HW01\n"))
	if err != nil {
		t.Fatal(err)
	}
	spec, _, _ := doc.Below("list.yaml", "spec")
	if found := Validate(spec); len(found) != 0 {
		t.Errorf("findings: %v", found)
	}
}
