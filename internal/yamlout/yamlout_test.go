// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

// compare compares both writers with the libraries that they replace.
func compare(t *testing.T, v any) {
	t.Helper()
	wantJSON, wantErr := json.Marshal(v)
	gotJSON, gotErr := AppendJSON(nil, v)
	if (wantErr == nil) != (gotErr == nil) {
		t.Fatalf("JSON of %#v: error %v, want %v", v, gotErr, wantErr)
	}
	if wantErr == nil && string(gotJSON) != string(wantJSON) {
		t.Fatalf("JSON of %#v:\n got %q\nwant %q", v, gotJSON, wantJSON)
	}
	want, wantErr := yaml.Marshal(v)
	got, gotErr := AppendYAML(nil, v)
	if (wantErr == nil) != (gotErr == nil) {
		t.Fatalf("YAML of %#v: error %v, want %v (%q, want %q)", v, gotErr, wantErr, got, want)
	}
	if wantErr == nil && string(got) != string(want) && !undecided(v, want) {
		t.Fatalf("YAML of %#v:\n got %q\nwant %q", v, got, want)
	}
}

// undecided reports whether the library does not always write a value in the same way,
// because the order of its keys has a cycle.
func undecided(v any, first []byte) bool {
	for range 500 {
		if again, err := yaml.Marshal(v); err != nil || !bytes.Equal(again, first) {
			return true
		}
	}
	return false
}

// TestCycle: if the order of keys has a cycle, the result is always the same here, and
// one that the library writes too.
func TestCycle(t *testing.T) {
	for _, v := range []map[string]any{
		{"1ZZZZZZZZ": 1, "10": 2, "2": 3},
		{"a1b": 1, "a01": 2, "a2": 3, "a10": 4},
	} {
		first, err := AppendYAML(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		theirs := false
		for range 500 {
			if again, _ := AppendYAML(nil, v); !bytes.Equal(again, first) {
				t.Fatalf("%q and then %q", first, again)
			}
			want, _ := yaml.Marshal(v)
			theirs = theirs || bytes.Equal(want, first)
		}
		if !theirs {
			t.Errorf("the library never writes %q", first)
		}
		if !undecided(v, first) {
			t.Errorf("the library always writes %q", first)
		}
	}
}

// odd are the strings that YAML libraries disagree about.
var odd = []string{
	"", " ", "a", "abc def", " lead", "trail ", "a  b", "-", "--", "---", "--- a", "...", "....", "-a", "- a", "?", "?a", "? a",
	":", "a:", "a: b", "a:b", ":a", "a #b", "a#b", "#a", "[a", "{a}", "a,b", "&a", "*a", "!a", "|", ">", "'", "it's", `"`, `say "x"`,
	"%a", "@a", "`a", "\\", "a\\b", "yes", "Yes", "YES", "no", "on", "off", "y", "N", "true", "True", "TRUE", "tRUE", "null", "Null",
	"~", "~a",
	".nan", ".inf", "-.inf", "+.Inf", ".5", ".", "..", ".e5", "1", "01", "0x1f", "0o17", "0b11", "-0b11", "0b-1", "1_000",
	"1__0", "_1", "1_",
	"+1", "-1", "+-1", "1.5", "1.", "1e3", "1e", "1e+3", "1.5e-7", "0x1p4", "1:30", "190:20:30", "1:60", "1:5:", "-1:30.5_0",
	"2001-01-01", "2001-1-1", "2001-13-01", "2001-02-30", "2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43Z", "2001-12-14 21:59:43.1",
	"2001-12-14 21:59:43.10 -5", "2001-12", "20011-01-01", "9223372036854775807", "9223372036854775808", "18446744073709551616",
	"-9223372036854775809",
	"0", "-0", "00", "08", "0_8", "1e400", "=", "<<", "<", "a<b>&c", "\t", "a\tb", "\ta", "\n", "a\n", "a\n\n", "\na", "\n\na",
	" \na", "a \nb", "a\n b", "a\n b\n", "a\nb", "a\nb ",
	"a\r\nb", "\r", "a\u0085b", "a \u0085 b", "\u0085", "a\u0085\u0085b", "a\u0085---", "a\u0085--- b", "a\u0085...x", "a\u2028b",
	"a \u2028b", "a\u2029\nb", "\u2028 a",
	"\x00", "\x07", "\x1b", "\x7f", "\u0080", "\u00a0", "\ufeffabc", "a\ufeff", "\ufffe", "\uffff", "\ufffd", "\xff", "\xff\xfe",
	"a\xc3", "é", "日本", "😀", "😀\n", "é é\né", "Ж:",
	"true\n", "- a\n- b\n", "key: |\n  x\n", "{}", "[]", "0.0.0.0", "1.2.3", "64Mi", "250m", "5s", "1e3Mi",
	"ghcr.io/a/b:1.0@sha256:abc", "0123abc", "0x", "1.5.6", "e1", "E", "f", "F", "t", "Of",
	strings.Repeat("word ", 30), strings.Repeat("word  two ", 20), strings.Repeat("x", 200), strings.Repeat("é ", 70),
	strings.Repeat("it's ", 40), strings.Repeat(`a"b `, 40), strings.Repeat("x ", 60) + "\n" + strings.Repeat("y ", 60),
	"# " + strings.Repeat("w ", 80), strings.Repeat("a\u2028", 5), strings.Repeat(" ", 100) + "x", "1" + strings.Repeat(" 2", 70),
	strings.Repeat("\\ ", 60), strings.Repeat("k", 127), strings.Repeat("k", 128), strings.Repeat("k", 129),
	strings.Repeat("k", 1022), strings.Repeat("k", 1023),
	strings.Repeat("<", 200), strings.Repeat("\u00e9", 64), strings.Repeat("\u00e9", 65),
}

func TestStrings(t *testing.T) {
	for _, s := range odd {
		compare(t, s)
		compare(t, []any{s})
		compare(t, map[string]any{"k": s})
		compare(t, map[string]any{s: "v", "other": s})
		compare(t, map[string]any{s: []any{s, map[string]any{s: s}}})
		compare(t, map[string]any{s: map[string]any{s: []any{[]any{s}}}})
	}
}

func TestNumbers(t *testing.T) {
	for _, f := range []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 1e5, 1e6, 1234567, 1e15, 1e20, 1e21, 1e22, -1e21, 1e-4, 1e-5, 1e-6, 1e-7, 1.5e-9, 1.5e300,
		1 << 53, 1 << 63, 1 << 62, -1 << 63, -1<<63 - 2048, 1 << 64, 123456789.5, 1e6 + 0.5, 0.1, math.MaxFloat64,
		math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(),
	} {
		compare(t, f)
		compare(t, map[string]any{"a": f, "b": []any{f}})
	}
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1000000} {
		compare(t, n)
		compare(t, int(n))
		compare(t, []any{n})
	}
	compare(t, uint64(math.MaxUint64))
}

func TestShapes(t *testing.T) {
	compare(t, nil)
	compare(t, true)
	compare(t, map[string]any{})
	compare(t, map[string]any(nil))
	compare(t, []any(nil))
	compare(t, []any{})
	compare(t, []any{[]any{}, map[string]any{}, nil, true, false})
	compare(t, []any{[]any{[]any{1.0, 2.0}, "x"}, []any{map[string]any{"a": []any{"b"}}}})
	compare(t, map[string]any{"a": []any{map[string]any{"b": 1.0, "c": []any{1.0}}}, "m": map[string]any{"n": map[string]any{}}})
	compare(t, []string{"a", "no", ""})
	compare(t, []string{})
	compare(t, []int{1, 2})
	compare(t, map[string]string{"b": "1", "a": "x"})
	compare(t, map[string]any{"l": []string{"x"}, "i": []int{}, "s": map[string]string{}})
}

func TestKeyOrder(t *testing.T) {
	m := map[string]any{}
	for _, k := range []string{
		"a", "A", "b", "a1", "a2", "a10", "a01", "1", "10", "2", "_", "-", "a-b", "a_b", "a.b", "ab", "é", "z", "日", "", "a 1", "0",
		"00", "01", "1.5", "1.10",
		"app.kubernetes.io/name", "app.kubernetes.io/instance", "helm-wasm.dev/function", "lagThreshold", "lag", "x100", "x20", "x3",
	} {
		m[k] = "v"
	}
	compare(t, m)
	for _, a := range odd {
		for _, b := range odd {
			// Invalid bytes become U+FFFD, and then one of two equal keys wins by
			// chance.
			if len(a)+len(b) < 40 && utf8.ValidString(a) && utf8.ValidString(b) {
				compare(t, map[string]any{a: 1.0, b: 2.0})
			}
		}
	}
}

func TestManyKeys(t *testing.T) {
	m := map[string]any{}
	for i := range 500 {
		m["key-"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("9", i%3)] = float64(i)
	}
	compare(t, m)
}

func TestRefusesForeignTypes(t *testing.T) {
	for _, v := range []any{struct{}{}, make(chan int), []any{func() {}}, map[string]any{"a": struct{}{}}} {
		if _, err := AppendYAML(nil, v); err == nil {
			t.Errorf("AppendYAML(%T): no error", v)
		}
		if _, err := AppendJSON(nil, v); err == nil {
			t.Errorf("AppendJSON(%T): no error", v)
		}
	}
	deep := any("x")
	for range maxDepth + 2 {
		deep = []any{deep}
	}
	if _, err := AppendYAML(nil, deep); err != errDepth {
		t.Errorf("deep nesting: %v", err)
	}
}

func FuzzString(f *testing.F) {
	for _, s := range odd {
		f.Add(s, "k")
		f.Add("v", s)
	}
	f.Fuzz(func(t *testing.T, s, k string) {
		compare(t, s)
		compare(t, map[string]any{k: s})
		compare(t, map[string]any{"a": []any{s, map[string]any{k: map[string]any{s: k}}}})
	})
}

func FuzzTree(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5,null,{"b":"yes"}]}`, `[[],{},[[{"a":"x\ny"}]]]`, `{"1":1,"10":2,"2":3}`,
		`{"1ZZZZZZZZ":1,"10":2,"2":3}`, `1e6`, `{"k":"a: b","l":[[""]]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		// Ten thousand nested mappings, which are valid, would be 100 MB of YAML.
		if len(data) > 16<<10 || json.Unmarshal(data, &v) != nil {
			return
		}
		compare(t, v)
	})
}

func BenchmarkYAML(b *testing.B) {
	v := map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{
			"name":   "x-y",
			"labels": map[string]any{"app.kubernetes.io/name": "a", "app.kubernetes.io/instance": "b"},
		},
		"spec": map[string]any{
			"containers": []any{
				map[string]any{
					"name":      "c",
					"image":     "ghcr.io/helm-wasm/runner:1.0",
					"args":      []any{"a", "b"},
					"resources": map[string]any{"limits": map[string]any{"cpu": "1", "memory": "64Mi"}},
				},
			},
		},
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf, _ = AppendYAML(buf[:0], v)
		}
	})
	b.Run("sigs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = yaml.Marshal(v)
		}
	})
}
