// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// helmCases are values files that Helm and we must read alike.
var helmCases = []string{
	"a: |\n  no end of line",
	"{}", "a: 1", "a: {b: [1, 2.5, 'x', null, ~, yes, No, on, OFF, y, n, Y]}",
	"a: 010\nb: 0x1f\nc: 0b11\nd: 0o17\ne: 1_000\nf: -0b101\nf2: 0b+1\nf3: -0b+1\ng: +5\nh: 1e3\ni: 1.\nj: .5\nk: 1e400\nl: 0.1\nm: 12345678901234567890\nn: 99999999999999999999999\no: -1",
	"a: 2001-01-01\nb: 2001-12-14t21:59:43.10-05:00\nc: 12:30\nd: 1.2.3\ne: 1-2\nf: .5.5\ng: ._5\nh: '-'\ni: +\nj: .\n",
	"1: a\ntrue: b\nno: c\n1.5: d\n0x10: e\n1_0: f\n010: g\n'1e3': h\n1e6: i\n2001-01-01: j\n\"null\": k\n",
	"a: !!str 1\nb: !!int 2\nc: !!float 3\nd: !!bool yes\ne: !!null ~\nf: !!binary aGk=\ng: !!str yes\n",
	"base: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\nd:\n  y: 3\n  <<: *b\ne:\n  <<: [*b, {x: 9, z: 8}]\n  w: *b\n",
	"a: &x [1, 2]\nb: *x\nc: &s text\nd: *s\n",
	"a: |\n  line\n  two\nb: >-\n  fold\n  ed\nc: \"q\\tuote\"\nd: 'it''s'\ne: plain text # comment\nf:\n- 1\n- b: 2\n  c: 3\n",
	"a: {x: 1, y: {z: 1}}\n---\na: {y: {w: 2}}\nb: 1\n---\n",
	"\xef\xbb\xbfa: 1\n", "a:\nb:\n", "a: \"\\u00e9 \\U0001F600 é\"\n", "{\"a\": [1, {\"b\": null}], \"c\": \"\\u0041\"}",
	"a: ''\n\"\": 1\n", "a: - 1\n"[:0] + "a: -1\n", "x: \"<<\"\n\"<<\": 1\n", "a: 1\r\nb: 2\r\n",
	"a: 9007199254740993\nb: 1.7976931348623157e308\nc: -0\nd: -0.0\n", "? a\n: b\n", "1.7e308: x\n-1.7e308: z\n.nan: w\n",
}

func TestParseReadsWhatHelmReads(t *testing.T) {
	for _, in := range helmCases {
		want, err := loader.LoadValues(strings.NewReader(in))
		if err != nil {
			t.Fatalf("Helm refuses %q: %v", in, err)
		}
		d, err := Parse("values.yaml", []byte(in))
		if err != nil {
			t.Errorf("Parse(%q): %v", in, err)
			continue
		}
		if !reflect.DeepEqual(d.Tree(), want) {
			t.Errorf("Parse(%q)\n got %#v\nHelm %#v", in, d.Tree(), want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		p, n := string(rune('0'+i-1)), string(rune('0'+i))
		bomb += "a" + n + ": &a" + n + " [" + strings.TrimSuffix(strings.Repeat("*a"+p+", ", 10), ", ") + "]\n"
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", "v.yaml:1:1: is empty; `helm wasm init` writes an example"},
		{"only comments", "# nothing\n---\n# more\n", "v.yaml:1:1: is empty"},
		{"list", "- a\n- b\n", "v.yaml:1:1: holds a list where a mapping is expected; start with `functions:`"},
		{"text", "hello\n", "v.yaml:1:1: holds a string where a mapping is expected"},
		{"duplicate", "functions:\n  a: {}\n  b: {}\n  a: {}\n", `v.yaml:4:3: key "a" is given twice in one mapping, first in line 2; keep one`},
		{"duplicate after conversion", "1: a\n0x1: b\n", `v.yaml:2:1: key "1" is given twice`},
		{"tab", "a:\n\tb: 1\n", "v.yaml:2:2: a tab is used for indentation (in a); YAML takes spaces only"},
		{"indentation", "functions:\n  enrich:\n    source: {topic: t}\n   sink: {topic: u}\n", "v.yaml:4:4: the indentation or the text does not fit the mapping that starts in line"},
		{"colon", "a: b: c\n", "v.yaml:1:1: a colon stands where YAML expects no key"},
		{"quote", "a: 1\nb: \"open\nc: 2\n", "v.yaml:2:1: a quote is opened and never closed; close the quote"},
		{"bracket", "a: 1\nb: [1, 2\nc: 3\n", "a bracket or brace opened in line 2 is not closed"},
		{"brace", "a:\n  b: {c: 1\n", "a bracket or brace opened in line 2 is not closed"},
		{"no colon", "a: 1\nsome words\nb: 2\n", "v.yaml:2:1: a line is neither `key: value` nor `- item`"},
		{"at sign", "a: @x\n", "v.yaml:1:1: a value starts with a character that YAML reserves; put the value into quotes"},
		{"template", "a: {{ .Values.x }}\n", "v.yaml:1:5: a key must be plain text, not a mapping; did a template expression"},
		{"anchor", "a: *nobody\n", "unknown anchor 'nobody' referenced; define it with &"},
		{"anchor in itself", "a: &a [*a]\n", "v.yaml:1:8: alias *a stands for something that contains it"},
		{"alias bomb", bomb, "aliases expand to more than 50000 values"},
		{"merge bomb", "a: &x {}\n" + manyLines(30, "a%d: &y {<<: [*x, *x]}\nb%[1]d: &x {<<: [*y, *y]}\n"), "aliases expand to more than 50000 values"},
		{"merge of text", "a:\n  <<: text\n", "v.yaml:2:7: merge key << needs a mapping"},
		{"tag", "a: !secret x\n", "v.yaml:1:4: has the tag !secret, which values cannot have"},
		{"tag with escapes", "a: !x%0Ay%00z 1\n", `v.yaml:1:4: has the tag !x\ny\x00z, which values cannot have`},
		{"infinity", "a: .inf\n", "v.yaml:1:4: value .inf is not a number"},
		{"null key", "a:\n  ~: 1\n", "v.yaml:2:3: a key is missing before the colon"},
		{"nul", "a: 1\nb: x\x00y\n", "v.yaml:2:5: a NUL byte cannot stand in YAML"},
		{"control", "a: \x07\n", "v.yaml:1:4: control character 0x7 cannot stand in YAML"},
		{"latin-1", "a: 1\nb: caf\xe9\n", "v.yaml:2:7: byte 0xe9 is not valid UTF-8"},
		{"utf-16 with mark", "\xff\xfea\x00:\x00", "v.yaml: is UTF-16 text, not YAML; save it as UTF-8"},
		{"utf-16 without mark", "a\x00:\x00 \x001\x00", "v.yaml: is UTF-16 text, not YAML"},
		{"wasm", "\x00asm\x01\x00\x00\x00", "v.yaml: looks like a Wasm binary, not YAML; `helm wasm inspect`"},
		{"gzip", "\x1f\x8b\x08\x00", "v.yaml: looks like a gzip archive"},
		{"elf", "\x7fELF\x02", "v.yaml: looks like a Linux program"},
		{"tar", strings.Repeat("x", 257) + "ustar\x00", "v.yaml: looks like a tar archive"},
		{"20 MB", strings.Repeat("a: 1\n", 4<<20), "v.yaml: is 20 MiB; the limit is 2 MiB"},
		{"deep brackets", "a: " + strings.Repeat("[", 200000), "levels deep"},
		{"deep braces", "a: " + strings.Repeat("{a: ", 200000), "levels deep"},
		{"deep dashes", strings.Repeat("- ", 200000), "levels deep"},
		{"deep question marks", strings.Repeat("? ", 200000), "levels deep"},
		{"deep blocks", func() string {
			var b strings.Builder
			for i := range 1500 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(), "levels deep"},
		{"version", "# c\n%YAML 1.2\n---\na: b\n", "the %YAML header asks for another version than 1.1, which Helm reads; remove the line"},
		{"broken at the end", "x: [1, 2]\ny: [1, 2]\nz: [1, 2]\n" + strings.Repeat("# text\n", 100000) + "b: }\n", "v.yaml:100004:1: a value is missing"},
		{"deep but closed", "a: " + strings.Repeat("[", 150) + strings.Repeat("]", 150), "v.yaml:1:104: is nested more than 100 levels deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse("v.yaml", []byte(tt.in))
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("want a ParseError, got %v", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
				t.Errorf("not one short line: %q", err)
			}
			// Finds work that grows with the square, not slow machines.
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	a, _ := Parse("a.yaml", []byte("functions:\n  f: {config: {x: '1', y: '2'}, runtime: wazero}\nlist: [1]\n"))
	b, _ := Parse("b.yaml", []byte("functions:\n  f: {config: {y: null}, runtime: spin}\n  g: {}\nlist: [2, 3]\n"))
	m := Merge(a, b)
	helmA, _ := loader.LoadValues(strings.NewReader("functions:\n  f: {config: {x: '1', y: '2'}, runtime: wazero}\nlist: [1]\n"))
	want := loader.MergeMaps(helmA, b.Tree())
	if !reflect.DeepEqual(m.Tree(), want) {
		t.Errorf("got  %v\nwant %v", m.Tree(), want)
	}
	if err := m.Set("functions.f.config.x=changed"); err != nil {
		t.Fatal(err)
	}
	if got := a.Tree()["functions"].(map[string]any)["f"].(map[string]any)["config"].(map[string]any)["x"]; got != "1" {
		t.Errorf("Merge shares its input: %v", got)
	}
	for path, want := range map[string]string{
		"functions.f.runtime":  "b.yaml:2:26",
		"functions.f.config.x": "a.yaml:2:16",
		"functions.g":          "b.yaml:3:3",
		"list.1":               "b.yaml:4:11",
		"functions.f.nothing":  "b.yaml:2:3",
		"nothing.at.all":       "b.yaml:1:1",
	} {
		if got := m.Position(strings.Split(path, ".")...).String(); got != want {
			t.Errorf("Position(%s) = %s, want %s", path, got, want)
		}
	}
}

func TestPositionThroughAliases(t *testing.T) {
	d, err := Parse("v", []byte("base: &b\n  x: 1\nc:\n  <<: *b\n  w: 2\nd: *b\n---\nc:\n  z: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"c.x": "v:2:3", "c.w": "v:5:3", "c.z": "v:9:3", "d.x": "v:2:3"} {
		if got := d.Position(strings.Split(path, ".")...).String(); got != want {
			t.Errorf("Position(%s) = %s, want %s", path, got, want)
		}
	}
}

var setCases = []string{
	"a=b", "a.b=c,d[0]=x,e={1,2},f=null", "a=true,b=False,c=0,d=007,e=-5,f=1.5,g=", "a=", "a.b.c.d=1", "a[0][1]=x", "a[1].b=c", "a[0].b=c,a[0].d=e",
	"a\\.b=c", "a=b\\,c", "a={}", "a={x", "a={x,y},b=1", "a={x}b=1", "a,b=1", "=x", "a.=x", ".a=x", "a[0]=", "a[-1]=x", "a[x]=y", "a[0", "a[0]x=y", "a[70000]=1",
	"m.x=1", "m.y.z=1", "l[0]=1", "l[5]=1", "s.x=1", "s[0]=1", "n.x=1", "n[0]=2", "l[1].x=9", "l.x=1", "a=9223372036854775808", "a=b=c", "a.b=c,a.d=e", "m=null", "a[0][0][0]=1",
	strings.Repeat("a.", 31) + "b=1", strings.Repeat("a.", 30) + "b=1", "a[0]", "a[0].", "é=ü", "a=\\", "a\\=b=c", "a=NULL,b=TRUE", "a[0]={1,2}", ",", "", "a=1,", "a..b=1", "l[0][0]=1", "a[0]=x,a[2]=y",
}

const setBase = "m: {x: {q: 1}}\nl: [1, {x: 2}, [3]]\ns: text\nn: null\n"

func checkSet(t *testing.T, expr string, ours func(*Document, string) error, helm func(string, map[string]any) error) {
	t.Helper()
	d, err := Parse("base", []byte(setBase))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := loader.LoadValues(strings.NewReader(setBase))
	helmErr := helm(expr, want)
	err = ours(d, expr)
	if err != nil && helmErr == nil && strings.Contains(err.Error(), "is not closed") {
		return // Helm takes "a[" for nothing said; we do not
	}
	if (err == nil) != (helmErr == nil) {
		t.Fatalf("%q: ours %v, Helm %v", expr, err, helmErr)
	}
	if err == nil && !reflect.DeepEqual(d.Tree(), want) {
		t.Errorf("%q:\n got %#v\nHelm %#v", expr, d.Tree(), want)
	}
}

func TestSetIsHelms(t *testing.T) {
	for _, expr := range setCases {
		checkSet(t, expr, (*Document).Set, strvals.ParseInto)
		checkSet(t, expr, (*Document).SetString, strvals.ParseIntoString)
	}
	for _, expr := range []string{"a=1", `a={"x": [1, null]},b="t"`, "a=", "a=,b=2", "a[1]={}", "a.b= [1] ,c=2", "a=x", `a={"x"`, "m.x=null", `é="é",b=1`} {
		checkSet(t, expr, (*Document).SetJSON, strvals.ParseJSON)
	}
	d, _ := Parse("base", []byte(setBase))
	if err := d.SetJSON(`{"m": {"y": 1}}`); err != nil || !reflect.DeepEqual(d.Tree()["m"], map[string]any{"x": map[string]any{"q": 1.0}, "y": 1.0}) {
		t.Errorf("SetJSON of an object: %v %v", err, d.Tree()["m"])
	}
}

func TestSetMessages(t *testing.T) {
	for expr, want := range map[string]string{
		"a":      `reading --set "a": key "a" has no value; write a=VALUE`,
		"s.x=1":  `reading --set "s.x=1": key "s" is a string, so nothing can be set below it`,
		"m[0]=1": `reading --set "m[0]=1": key "m" is a mapping, so it has no index [0]`,
		"a[x]=1": `reading --set "a[x]=1": reading a list index: "x" is not a number`,
	} {
		d, _ := Parse("base", []byte(setBase))
		if err := d.Set(expr); err == nil || err.Error() != want {
			t.Errorf("Set(%q) = %v, want %s", expr, err, want)
		}
	}
	d, _ := Parse("base", []byte(setBase))
	if err := d.Set("new.key=1,m.x.q=2"); err != nil {
		t.Fatal(err)
	}
	if got := d.Position("new", "key").File; got != "--set" {
		t.Errorf("position of a value from --set: %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range helmCases {
		f.Add([]byte(c))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("fuzz", data)
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Fatalf("bad error %q", err)
			}
			return
		}
		checkTree(t, d.Tree())
		// Helm splits streams line by line and stops at the first document of
		// each part, so only single documents compare.
		if bytes.Contains(data, []byte("---")) || bytes.Contains(data, []byte("...")) || bytes.ContainsAny(data, "%!\r") {
			return
		}
		want, err := loader.LoadValues(bytes.NewReader(data))
		if err == nil && !reflect.DeepEqual(d.Tree(), want) && len(want) > 0 && !maps.EqualFunc(d.Tree(), want, reflect.DeepEqual) {
			t.Errorf("%q\n got %#v\nHelm %#v", data, d.Tree(), want)
		}
	})
}

func checkTree(t *testing.T, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			checkTree(t, e)
		}
	case []any:
		for _, e := range v {
			checkTree(t, e)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("number %v", v)
		}
	case nil, bool, string:
	default:
		t.Fatalf("unexpected %T", v)
	}
}

func FuzzSet(f *testing.F) {
	for _, c := range setCases {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		checkSet(t, expr, (*Document).Set, strvals.ParseInto)
		checkSet(t, expr, (*Document).SetString, strvals.ParseIntoString)
	})
}

func manyLines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
