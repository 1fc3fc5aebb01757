// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack"
)

// FuzzResourceList: whatever comes in, Run says what is wrong or gives a list
// that it takes again and does not change.
func FuzzResourceList(f *testing.F) {
	files, err := filepath.Glob("testdata/*/input.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(head + "items:\n- a: |+\n    b\n\n\n# c\n- {}\nresults: []\n" + inConfig(stackText("shop", ""))))
	f.Add([]byte(`{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[],"functionConfig":{"kind":"WasmStack"}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Run(in)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a message")
			}
			return
		}
		if !stack.IsYAML(out) {
			t.Fatalf("the output is no YAML:\n%s\nof\n%s", out, in)
		}
		again, err := Run(out)
		if err != nil && strings.HasPrefix(err.Error(), "nothing to render") {
			return // nothing came of the stacks that were there
		}
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("the second run says %v and gives\n%s\nof\n%s", err, again, out)
		}
	})
}
