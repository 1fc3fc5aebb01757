// SPDX-License-Identifier: Apache-2.0

package suggest

import "testing"

func TestNearest(t *testing.T) {
	candidates := []string{"lint", "render", "schema", "lagThreshold", "maxReplicas", "minReplicas"}
	tests := []struct{ word, want string }{
		{"lnit", "lint"},
		{"lint", "lint"},
		{"rendr", "render"},
		{"lagTreshold", "lagThreshold"},
		{"lagthreshold", "lagThreshold"},
		{"maxReplica", "maxReplicas"},
		{"", ""},
		{"zzzzzz", ""},
		{"completely-different", ""},
		{"maxRepilcas", "maxReplicas"},
		{"LINT", "lint"},
	}
	for _, tc := range tests {
		if got := Nearest(tc.word, candidates); got != tc.want {
			t.Errorf("Nearest(%q) = %q, want %q", tc.word, got, tc.want)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "abcdefghijk", 9}, // further than the limit
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"kitten", "sitting", 3},
		{"a", "b", 1},
		{"kitten-kitten", "sitting-sitting", 6},
		{"ab", "ba", 1},
	}
	var r rows // of all, as Nearest uses it
	for _, tc := range tests {
		if got := r.distance(tc.a, tc.b, 9); got != tc.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
