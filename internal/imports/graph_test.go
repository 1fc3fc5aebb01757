// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"strings"
	"testing"
)

// TestCheck shows that the rules fail on a small graph.
func TestCheck(t *testing.T) {
	g := Graph{
		Module + "/stack":         {Imports: []string{Module + "/internal/x", "strings"}},
		Module + "/internal/x":    {Imports: []string{"os", "example.com/yaml"}},
		"example.com/yaml":        {Imports: []string{"net", "k8s.io/api/core/v1"}},
		"strings":                 {Imports: []string{"os/signal"}, Standard: true},
		Module + "/internal/pure": {Imports: []string{"strings"}},
	}
	tests := []struct {
		name string
		rule Rule
		want []string
	}{
		{
			"not into the standard library",
			Rule{From: []string{Module + "/stack"}, Direct: true, Forbidden: []string{"os", "net", "os/signal"}, Why: "pure"},
			[]string{
				Module + "/stack -> " + Module + "/internal/x -> example.com/yaml -> net: pure",
				Module + "/stack -> " + Module + "/internal/x -> os: pure",
			},
		},
		{
			"everything linked",
			Rule{From: []string{Module + "/stack"}, Forbidden: []string{"k8s.io/...", "net"}, Why: "small"},
			[]string{
				Module + "/stack -> " + Module + "/internal/x -> example.com/yaml -> k8s.io/api/core/v1: small",
				Module + "/stack -> " + Module + "/internal/x -> example.com/yaml -> net: small",
			},
		},
		{
			"nothing forbidden",
			Rule{From: []string{Module + "/internal/pure"}, Direct: true, Forbidden: []string{"os", "os/signal"}, Why: "pure"},
			nil,
		},
		{
			"a prefix is a whole path element",
			Rule{From: []string{Module + "/stack"}, Direct: true, Forbidden: []string{"str/...", "o/..."}, Why: "x"},
			nil,
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := g.Check(tc.rule)
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}
