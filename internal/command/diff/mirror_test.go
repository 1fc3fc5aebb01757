// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// places finds moved elements in a path, and quoted keys, which may look like them.
var places = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\[(\d+)->(\d+)\]`)

// mirrorPath returns the path on the other side.
func mirrorPath(path string) string {
	return places.ReplaceAllStringFunc(path, func(s string) string {
		if m := places.FindStringSubmatch(s); m[1] != "" {
			return "[" + m[2] + "->" + m[1] + "]"
		}
		return s
	})
}

// facts returns the statements of a report in a fixed order, as they are or mirrored.
func facts(r *Report, mirrored bool) []string {
	turn := func(op Op) Op {
		if mirrored {
			switch op {
			case Added:
				return Removed
			case Removed:
				return Added
			}
		}
		return op
	}
	list := []string{fmt.Sprint(r.Same)}
	for _, o := range r.Objects {
		list = append(list, fmt.Sprint(turn(o.Op), o.ID))
		for _, f := range o.Fields {
			old, new := canonical(f.Old), canonical(f.New)
			if mirrored {
				old, new = new, old
				f.Path = mirrorPath(f.Path)
			}
			list = append(list, fmt.Sprint(o.ID, turn(f.Op), f.Path, old, new))
			for _, line := range f.Lines {
				if line.Op != "" {
					list = append(list, fmt.Sprint(o.ID, f.Path, turn(line.Op), line.Number, line.Text))
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

func FuzzCompare(f *testing.F) {
	f.Add(configMap("data: {a: x}"), configMap("data: {a: y}"))
	f.Add(configMap("l: [{name: a}, {name: b}]"), configMap("l: [{name: b}, {name: a, v: 1}]"))
	f.Add(configMap("l: [a, b, c, a]"), configMap("l: [c, a, b, x]"))
	f.Add(configMap("data:\n  f: |\n    a: [1, 2]\n"), configMap("data:\n  f: |\n    a: [2, 1]\n"))
	f.Add(configMap("data:\n  f: |\n    a\n    b\n"), configMap("data:\n  f: |\n    b\n    a\n    c"))
	f.Add(object("v1", "Secret", "s", "data: {a: eA==}"), object("v1", "Secret", "s", "stringData: {a: x, b: y}"))
	f.Add("{apiVersion: v1, kind: A, metadata: {name: a}}", object("v1", "A", "a"))
	f.Add(configMap("data: {\"[1-\\x3e2]\": [a, b, c]}"), configMap("data: {\"[1-\\x3e2]\": [c, d, a]}"))
	f.Add(configMap("data:\n  f: |\n    1: a\n    '1': b\n"), configMap("data:\n  f: |\n    1: c\n"))
	f.Add(configMap("l: "+strings.Repeat("[", 300)+strings.Repeat("]", 300)), configMap("l: 1"))
	f.Fuzz(func(t *testing.T, old, new string) {
		a, err := Read("old", []byte(old))
		if err != nil {
			return
		}
		b, err := Read("new", []byte(new))
		if err != nil {
			return
		}
		same, err := Compare(a, a, "prod")
		if err != nil {
			return
		}
		if len(same.Objects) != 0 || same.Same != len(a) {
			t.Fatalf("of itself: %s", same.Text(Plain))
		}
		there, err := Compare(a, b, "prod")
		if err != nil {
			return
		}
		back, err := Compare(b, a, "prod")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := facts(&back, true), facts(&there, false); !slices.Equal(got, want) {
			t.Errorf("no mirror image:\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		again, _ := Compare(a, b, "prod")
		if text := there.Text(Plain); text != again.Text(Plain) || strings.ContainsAny(text, "\x1b\r\t") {
			t.Errorf("text %q", text)
		}
		if _, err := there.JSON(); err != nil {
			t.Error(err)
		}
	})
}
