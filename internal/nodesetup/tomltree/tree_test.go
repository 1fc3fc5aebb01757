// SPDX-License-Identifier: Apache-2.0

package tomltree

import (
	"math"
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	parse := func(text string) map[string]any {
		t.Helper()
		tree, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	tree, overlay := parse("a = 1\n[t]\nb = 1\nc = [1, 2]\n"), parse("[t]\nb = 2\n[u.v]\nd = true\n")
	got := Merge(tree, overlay)
	if want := parse("a = 1\n[t]\nb = 2\nc = [1, 2]\n[u.v]\nd = true\n"); !Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !Equal(tree, parse("a = 1\n[t]\nb = 1\nc = [1, 2]\n")) {
		t.Errorf("the tree changed: %v", tree)
	}
	if At(got, "u", "v")["d"] != true || At(got, "a", "v") != nil || At(got, "none") != nil {
		t.Errorf("At finds %v, %v, %v", At(got, "u", "v"), At(got, "a", "v"), At(got, "none"))
	}
	if _, err := Parse([]byte("a = 1\nb =\n")); err == nil || !strings.Contains(err.Error(), "line 2, column") {
		t.Errorf("error is %v", err)
	}
}

func TestEqual(t *testing.T) {
	list := func(items ...any) []any { return items }
	for name, c := range map[string]struct {
		a, b any
		want bool
	}{
		"NaN":            {math.NaN(), math.NaN(), true},
		"NaN in a list":  {list(1.5, math.NaN()), list(1.5, math.NaN()), true},
		"types":          {int64(1), 1.0, false},
		"longer list":    {list("a"), list("a", "b"), false},
		"other key":      {map[string]any{"a": "x"}, map[string]any{"b": "x"}, false},
		"table and list": {map[string]any{}, list(), false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
