// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

const krmDir = "../../../kustomize/krm"

// TestSchema: the schema for editors has the fields that are read, and accepts the
// examples.
func TestSchema(t *testing.T) {
	name := filepath.Join(krmDir, "wasmstack.schema.json")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var text struct {
		Properties map[string]struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(data, &text); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		object *schema.Object
		keys   []string
	}{{&objectStack, keys(text.Properties)}, {&objectOptions, keys(text.Properties["options"].Properties)}} {
		var want []string
		for _, f := range tc.object.Fields {
			want = append(want, f.Name)
		}
		sort.Strings(want)
		if got := strings.Join(tc.keys, " "); got != strings.Join(want, " ") {
			t.Errorf("the schema has the fields %s, not %v", got, want)
		}
	}
	schema, err := jsonschema.NewCompiler().Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		"example/base/stack.yaml", "example/prod/values.yaml", "example/generated/stack.yaml",
		"sandboxed/expand.yaml",
	} {
		data, err := os.ReadFile(filepath.Join(krmDir, file))
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(data, &tree); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(tree); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		tree["options"] = map[string]any{"scop": "all"}
		if schema.Validate(tree) == nil {
			t.Errorf("%s: the schema accepts a typo", file)
		}
	}
}

func keys[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
