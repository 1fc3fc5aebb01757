// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// TestLintManyAlike: a file with one mistake a thousand times gets a report of
// bearable length that hides no other mistake.
func TestLintManyAlike(t *testing.T) {
	var b strings.Builder
	b.WriteString("functions:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  f%d: {a: b, scaling: {maxReplicas: 3}}\n", i)
	}
	b.WriteString("  z: {scaling: {maxReplicas: many}}\n")
	doc, err := values.Parse("x", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	found := Validate(doc)
	if len(found) != pass.MaxAlike+2 {
		t.Fatalf("%d findings", len(found))
	}
	if last := found[len(found)-1]; last.Rule != "HW01" || last.Message != "and 900 more like those of this rule" {
		t.Errorf("last: %+v", last)
	}
	if found[pass.MaxAlike].Rule != "HW02" {
		t.Errorf("the other mistake is hidden: %+v", found[pass.MaxAlike])
	}
}
