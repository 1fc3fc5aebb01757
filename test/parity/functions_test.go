// SPDX-License-Identifier: Apache-2.0

package parity

import (
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/tmpl"
)

// arguments are expressions of every type that values can have, and literals.
var arguments = []string{
	`""`, `"a"`, `"A b"`, `"  x\n y\n"`, `"10"`, `"1.00"`, `"0x1f"`, `"true"`, `"é<&>"`, `"a,b,,c"`,
	`0`, `1`, `-3`, `2.5`, `true`, `false`, `nil`,
	`.Values.str`, `.Values.zero`, `.Values.int`, `.Values.big`, `.Values.float`, `.Values.neg`,
	`.Values.yes`, `.Values.no`, `.Values.null`, `.Values.missing`,
	`.Values.list`, `.Values.mixed`, `.Values.emptyList`, `.Values.map`, `.Values.emptyMap`, `.Values.nested`, `.Values.multi`,
	`(int .Values.int)`, `(int64 5)`, `(.Values.missing)`, `(list "b" "a" "b")`, `(list)`, `(dict "a" 1 "b" "x")`, `(dict)`,
	`(until 3)`, `(splitList "," "z,y,z")`,
	`.Values.int64`,
}

func samples() map[string]any {
	return map[string]any{
		"str": "hello world", "zero": 0.0, "int": 3.0, "big": 1e6, "float": 1.5, "neg": -7.0,
		"yes": true, "no": false, "null": nil, "int64": int64(1000000), "multi": "one\ntwo\n",
		"list": []any{"b", "a", "c", "a"}, "emptyList": []any{},
		"mixed": []any{1.0, "x", nil, true, []any{"y"}, map[string]any{"k": "v"}, "", 0.0},
		"map":   map[string]any{"x": "1", "y": 2.0, "z": nil}, "emptyMap": map[string]any{},
		"nested": map[string]any{"a": map[string]any{"b": map[string]any{"c": "deep", "n": nil}}, "x": "own", "l": []any{1.0}},
	}
}

// TestFunctionsOfOneArgument calls every function with every argument, plain,
// piped, and shown through toJson where the result has structure.
func TestFunctionsOfOneArgument(t *testing.T) {
	for _, f := range tmpl.Functions() {
		if f == "include" || f == "lookup" {
			continue
		}
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			for _, a := range arguments {
				if f == "keys" || f == "values" {
					// Sprig's order is random.
					check(t, `{{ `+f+` `+a+` | sortAlpha | toJson }}`, samples())
					continue
				}
				check(t, `[{{ `+f+` `+a+` }}]`, samples())
				check(t, `[{{ `+a+` | `+f+` | toJson }}]`, samples())
			}
			check(t, `[{{ `+f+` }}]`, samples())
		})
	}
}

// TestFunctionsOfTwoArguments crosses the arguments.
func TestFunctionsOfTwoArguments(t *testing.T) {
	for n, f := range tmpl.Functions() {
		switch f {
		case "include", "lookup", "keys", "repeat", "nindent", "indent":
			continue
		}
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			for i, a1 := range arguments {
				for j, a2 := range arguments {
					// A quarter of all pairs, a different one for each function.
					if (i*len(arguments)+j+n)%(4*slower) != 0 {
						continue
					}
					check(t, `[{{ `+f+` `+a1+` `+a2+` | toJson }}]`, samples())
				}
			}
		})
	}
}
