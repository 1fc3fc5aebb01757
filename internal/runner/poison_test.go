// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
)

// poison is an event that fails, and what its dead letter says about it.
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
		// A limit that ends loops soon is too short for a busy machine to fill the
		// memory in, so these poisons have a function of their own.
		var slow, other []poison
		for _, p := range test.poisons {
			if p.want[0] == "timeout: " {
				slow = append(slow, p)
			} else {
				other = append(other, p)
			}
		}
		t.Run(test.name+"/timeouts", func(t *testing.T) { poisonRun(t, test.module, test.good, "4s", slow) })
		t.Run(test.name+"/others", func(t *testing.T) { poisonRun(t, test.module, test.good, "3m", other) })
	}
}

// poisonRun sends poisons to a function, each after a good event.
func poisonRun(t *testing.T, build func(testing.TB) []byte, answer func(string) string, timeout string, poisons []poison) {
	t.Parallel() // most of the time goes into timeouts
	b := newBroker(t)
	cfg := b.config()
	cfg.Limits.Timeout, cfg.Limits.Memory = timeout, "40Mi"
	wasm := build(t)
	_, stop := start(t, cfg, WithModule(wasm))
	var values, good []string
	for i, p := range poisons {
		g := "good-" + string(rune('a'+i))
		values = append(values, g, p.value)
		good = append(good, answer(g))
	}
	values, good = append(values, "last"), append(good, answer("last"))
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
	checkLetters(t, b, poisons, len(values), module.Digest(wasm))
	if err := stop(); err != nil {
		t.Error(err)
	}
	if lag := b.lag(); lag != 0 {
		t.Errorf("lag %d after stop", lag)
	}
}

// checkLetters looks at the dead letters of poisons, which came as events of "in".
func checkLetters(t *testing.T, b *testBroker, poisons []poison, events int, digest string) {
	t.Helper()
	sent := map[string]*kgo.Record{}
	for _, r := range b.read("in", events) {
		sent[string(r.Value)] = r
	}
	letters := map[string]*kgo.Record{}
	for _, r := range b.read("dead", len(poisons)) {
		letters[string(r.Value)] = r
	}
	for _, p := range poisons {
		letter := letters[p.value]
		if letter == nil {
			t.Errorf("%q has no dead letter", p.value)
			continue
		}
		text := string(header(letter, onerror.HeaderError).Value)
		for _, want := range p.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q: the error is %q, want %q in it", p.value, text, want)
			}
		}
		at := sent[p.value]
		for name, want := range map[string]string{
			onerror.HeaderAttempts: "2", onerror.HeaderTopic: "in", onerror.HeaderPartition: fmt.Sprint(at.Partition),
			onerror.HeaderOffset:   fmt.Sprint(at.Offset),
			onerror.HeaderFunction: "test", onerror.HeaderDigest: digest,
		} {
			if h := header(letter, name); h == nil || string(h.Value) != want {
				t.Errorf("%q: %s is %v, want %q", p.value, name, h, want)
			}
		}
		if string(letter.Key) != string(at.Key) || !letter.Timestamp.Equal(at.Timestamp) {
			t.Errorf("%q: key %q at %s, want %q at %s", p.value, letter.Key, letter.Timestamp, at.Key, at.Timestamp)
		}
	}
}

// TestLoopsOutsideRecords: a guest that loops forever before it reads its
// first record, or after its last, is stopped like any other. In the first case
// the record it should have read is to blame, in the second none is.
func TestLoopsOutsideRecords(t *testing.T) {
	for where, topic := range map[string]string{"before": "dead", "after": "out"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			cfg := b.config()
			cfg.Config = map[string]string{"LOOP": where}
			cfg.Limits.Timeout = "1s"
			r, stop := start(t, cfg, WithModule(guestbuild.Command(t, "./testdata/guests/stray")))
			b.produce("one", "two", "three")
			got := map[string]bool{}
			for _, record := range b.read(topic, 3) {
				got[string(record.Value)] = true
				if h := header(record, onerror.HeaderError); where == "before" &&
					!strings.Contains(string(h.Value), "timeout: the call took longer than limits.timeout (1s)") {
					t.Errorf("the error is %q", h.Value)
				}
			}
			if len(got) != 3 {
				t.Errorf("got %v", got)
			}
			eventually(t, "timeouts are counted",
				func() bool { return strings.Contains(metric(r, "wasm_runner_failures_total"), `kind="timeout"`) })
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if lag := b.lag(); lag != 0 || b.end("out")+b.end("dead") != 3 {
				t.Errorf("lag %d, %d results, %d dead letters", lag, b.end("out"), b.end("dead"))
			}
		})
	}
}
