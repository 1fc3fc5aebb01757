// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// allocations counts those of reading and rendering n functions.
func allocations(t *testing.T, n int) (parse, render float64) {
	data := manyFunctions(n)
	doc, err := values.Parse("values.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	parse = testing.AllocsPerRun(3, func() {
		if _, err := values.Parse("values.yaml", data); err != nil {
			t.Fatal(err)
		}
	})
	render = testing.AllocsPerRun(3, func() {
		r, err := Render(doc, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Manifests(), "fn-0\"") {
			t.Fatal("nothing rendered")
		}
	})
	return parse, render
}

// TestCost bounds what one function costs. Allocations are counted because
// they are the same on every machine, and a sandbox pays for each: a function
// takes some 36 to read and 155 to render.
func TestCost(t *testing.T) {
	parse100, render100 := allocations(t, 100)
	parse200, render200 := allocations(t, 200)
	t.Logf("allocations for 100 functions: %.0f to read, %.0f to render; for 200: %.0f and %.0f", parse100, render100, parse200, render200)
	if parse100 > 100*45 || render100 > 100*200 {
		t.Errorf("100 functions take %.0f allocations to read and %.0f to render, want at most 4500 and 20000", parse100, render100)
	}
	if parse200 > 2.2*parse100 || render200 > 2.2*render100 {
		t.Errorf(
			"200 functions take more than 2.2 times what 100 take: %.0f to read (100: %.0f), %.0f to render (100: %.0f)",
			parse200, parse100, render200, render100,
		)
	}
}
