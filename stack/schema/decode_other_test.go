// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// What is not a mapping where one is required is an error of its own, and must not
// become an empty entry.
func TestDecodeSkipsWhatIsNotAMapping(t *testing.T) {
	d, err := values.Parse("values.yaml", []byte("functions: {wrong: 5, right: {source: {topic: a}}, empty: }\n"))
	if err != nil {
		t.Fatal(err)
	}
	functions := Effective(d.Tree()).Functions
	if _, ok := functions["wrong"]; ok {
		t.Error("a number became a function")
	}
	for _, name := range []string{"right", "empty"} {
		if _, ok := functions[name]; !ok {
			t.Errorf("function %s is missing", name)
		}
	}
}
