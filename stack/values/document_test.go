// SPDX-License-Identifier: Apache-2.0

package values

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

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
		{
			"duplicate", "functions:\n  a: {}\n  b: {}\n  a: {}\n",
			`v.yaml:4:3: key "a" is given twice in one mapping, first in line 2; keep one`,
		},
		{"duplicate after conversion", "1: a\n0x1: b\n", `v.yaml:2:1: key "1" is given twice`},
		{"tab", "a:\n\tb: 1\n", "v.yaml:2:2: a tab is used for indentation (in a); YAML allows only spaces"},
		{
			"indentation", "functions:\n  enrich:\n    source: {topic: t}\n   sink: {topic: u}\n",
			"v.yaml:4:4: the indentation or the text does not fit the mapping that starts in line",
		},
		{"colon", "a: b: c\n", "v.yaml:1:1: a colon is where YAML expects no key"},
		{"quote", "a: 1\nb: \"open\nc: 2\n", "v.yaml:2:1: a quote is opened and never closed; close the quote"},
		{"bracket", "a: 1\nb: [1, 2\nc: 3\n", "a bracket or brace opened in line 2 is not closed"},
		{"brace", "a:\n  b: {c: 1\n", "a bracket or brace opened in line 2 is not closed"},
		{"no colon", "a: 1\nsome words\nb: 2\n", "v.yaml:2:1: a line is neither `key: value` nor `- item`"},
		{"at sign", "a: @x\n", "v.yaml:1:1: a value starts with a character that YAML reserves; put the value into quotes"},
		{"template", "a: {{ .Values.x }}\n", "v.yaml:1:5: a key must be plain text, not a mapping; did a template expression"},
		{"anchor", "a: *nobody\n", "unknown anchor 'nobody' referenced; define it with &"},
		{"anchor in itself", "a: &a [*a]\n", "v.yaml:1:8: alias *a stands for something that contains it"},
		{"alias bomb", bomb, "aliases expand to more than 50000 values"},
		{
			"merge bomb", "a: &x {}\n" + manyLines(30, "a%d: &y {<<: [*x, *x]}\nb%[1]d: &x {<<: [*y, *y]}\n"),
			"aliases expand to more than 50000 values",
		},
		{"merge of text", "a:\n  <<: text\n", "v.yaml:2:7: merge key << needs a mapping"},
		{"tag", "a: !secret x\n", "v.yaml:1:4: has the tag !secret, which values cannot have"},
		{"tag with escapes", "a: !x%0Ay%00z 1\n", `v.yaml:1:4: has the tag !x\ny\x00z, which values cannot have`},
		{"infinity", "a: .inf\n", "v.yaml:1:4: value .inf is not a number"},
		{"null key", "a:\n  ~: 1\n", "v.yaml:2:3: a key is missing before the colon"},
		{"nul", "a: 1\nb: x\x00y\n", "v.yaml:2:5: a NUL byte is not allowed in YAML"},
		{"control", "a: \x07\n", "v.yaml:1:4: control character 0x7 is not allowed in YAML"},
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
		{
			"version", "# c\n%YAML 1.2\n---\na: b\n",
			"the %YAML header asks for a version other than 1.1, which Helm reads; remove the line",
		},
		{
			"broken at the end", "x: [1, 2]\ny: [1, 2]\nz: [1, 2]\n" + strings.Repeat("# text\n", 100000) + "b: }\n",
			"v.yaml:100004:1: a value is missing",
		},
		{
			"deep but closed", "a: " + strings.Repeat("[", 150) + strings.Repeat("]", 150),
			"v.yaml:1:104: is nested more than 100 levels deep",
		},
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

const setBase = "m: {x: {q: 1}}\nl: [1, {x: 2}, [3]]\ns: text\nn: null\n"

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

func manyLines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
