// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// poison is an event that fails, and what its dead letter says of it.
type poison struct {
	value string
	want  []string
}

// TestPoison sends bad events among good ones through each ABI: the good ones
// arrive, the bad ones end in the dead-letter topic with their reason.
func TestPoison(t *testing.T) {
	tests := []struct {
		name    string
		module  func(testing.TB) []byte
		good    func(string) string
		poisons []poison
	}{
		{
			name:   "redpanda",
			module: func(t testing.TB) []byte { return guestbuild.Command(t, mirror) },
			good:   func(s string) string { return s },
			poisons: []poison{
				{"fail on purpose", []string{"guest: ", "transforming record failed: on purpose"}},
				{"panic attack", []string{"panic: attack"}},
				{"exit", []string{"guest: ", "exit code 3"}},
				{"loop", []string{"timeout: ", "limits.timeout (4s)"}},
				{"sleep", []string{"timeout: ", "limits.timeout (4s)"}},
				{"hoard", []string{"memory: ", "limits.memory"}},
				{"huge", []string{"memory: "}},
				{"to nowhere", []string{"guest: ", "writing record failed with errno: -3"}},
			},
		},
		{
			name:   "wasi",
			module: func(t testing.TB) []byte { return guestbuild.Command(t, "./testdata/guests/upper") },
			good:   strings.ToUpper,
			poisons: []poison{
				{"fail on purpose", []string{"guest: on purpose", "exit code 7"}},
				{"panic attack", []string{"panic: attack"}},
				{"loop", []string{"timeout: ", "limits.timeout (4s)"}},
				{"sleep", []string{"timeout: ", "limits.timeout (4s)"}},
				{"hoard", []string{"memory: ", "limits.memory"}},
				{"huge", []string{"output: ", "limits.output (1048576 bytes)"}},
			},
		},
		{
			name:   "extism",
			module: func(t testing.TB) []byte { return guestbuild.Library(t, "./testdata/guests/plugin") },
			good:   strings.ToUpper,
			poisons: []poison{
				{"fail on purpose", []string{"guest: on purpose"}},
				{"code", []string{"guest: handle returned 4"}},
				{"panic attack", []string{"panic: attack"}},
				{"loop", []string{"timeout: ", "limits.timeout (4s)"}},
				{"hoard", []string{"memory: ", "limits.memory"}},
				{"huge", []string{"output: ", "limits.output"}},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBroker(t)
			cfg := b.config()
			cfg.Limits.Timeout = "4s" // longer than a busy machine takes to fill the memory
			_, stop := start(t, cfg, WithModule(test.module(t)))
			var values, good []string
			for i, p := range test.poisons {
				g := "good-" + string(rune('a'+i))
				values = append(values, g, p.value)
				good = append(good, test.good(g))
			}
			values, good = append(values, "last"), append(good, test.good("last"))
			b.produce(values...)

			var got []string
			for _, r := range b.read("out", len(good)) {
				got = append(got, string(r.Value))
			}
			slices.Sort(got)
			slices.Sort(good)
			if !slices.Equal(got, good) {
				t.Errorf("results %q, want %q", got, good)
			}
			letters := map[string]*kgo.Record{}
			for _, r := range b.read("dead", len(test.poisons)) {
				letters[string(r.Value)] = r
			}
			for _, p := range test.poisons {
				letter := letters[p.value]
				if letter == nil {
					t.Errorf("%q has no dead letter", p.value)
					continue
				}
				text := string(header(letter, HeaderError).Value)
				for _, want := range p.want {
					if !strings.Contains(text, want) {
						t.Errorf("%q: the error is %q, want %q in it", p.value, text, want)
					}
				}
				if attempts := string(header(letter, HeaderAttempts).Value); attempts != "2" {
					t.Errorf("%q: attempts %s, want 2", p.value, attempts)
				}
				if digest := string(header(letter, HeaderDigest).Value); !strings.HasPrefix(digest, "sha256:") {
					t.Errorf("%q: digest %q", p.value, digest)
				}
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			if lag := b.lag(); lag != 0 {
				t.Errorf("lag %d after stop", lag)
			}
		})
	}
}
