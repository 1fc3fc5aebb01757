// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"reflect"
	"testing"
)

func TestSame(t *testing.T) {
	a := map[string]any{"a": []any{1.0, "b", nil, true}, "c": map[string]any{}}
	b := map[string]any{"a": []any{1.0, "b", nil, true}, "c": map[string]any{}}
	if !same(a, b) {
		t.Error("equal trees differ")
	}
	for _, other := range []any{
		nil,
		[]any{},
		map[string]any{"a": nil, "c": nil},
		map[string]any{"a": []any{1.0, "b", nil, false}, "c": map[string]any{}},
		map[string]any{"a": []any{1.0, "b", nil, true}, "d": map[string]any{}},
	} {
		if same(a, other) || same(other, a) {
			t.Errorf("%v equals %v", a, other)
		}
	}
}

func TestLookup(t *testing.T) {
	tree := map[string]any{"a": map[string]any{"b.c": []any{1.0, map[string]any{"d": "x"}}}}
	for path, want := range map[string]any{
		`a.b\.c[1].d`: "x", `a.b\.c[0]`: 1.0, `a.b\.c[7]`: nil, `a.b\.c[x]`: nil, "a.x": nil,
		"x.y.z": nil, `a.b\.c[0].d`: nil,
	} {
		if got := lookup(tree, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}
