// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// TestDev is a developer's session: events, a dead letter, a broken module, a
// better one, more replicas, and the end.
func TestDev(t *testing.T) {
	mirror := guest(t, "mirror")
	upper := guest(t, "upper")
	before := left()
	dir := t.TempDir()
	file := filepath.Join(dir, "mirror.wasm")
	write(t, file, mirror)
	s := serve(t, Options{Document: parse(t, pair), Name: "pair", Dir: dir})
	s.running("mirror", 2)

	t.Run("an event and its result", func(t *testing.T) {
		trace := s.follow("in", "hello")
		if len(trace.Steps) != 2 || trace.Steps[1].Topic != "out" || trace.Steps[1].Value != "hello" ||
			trace.Steps[1].By != "mirror" || trace.Steps[1].After <= 0 {
			t.Errorf("trace %+v", trace)
		}
	})
	t.Run("no result", func(t *testing.T) {
		if trace := s.follow("in", "drop"); len(trace.Silent) != 1 || trace.Silent[0] != "mirror" {
			t.Errorf("trace %+v", trace)
		}
	})
	t.Run("a dead letter", func(t *testing.T) {
		trace := s.follow("in", "fail too sour")
		if last := trace.Steps[len(trace.Steps)-1]; last.Topic != "dead" || !last.Dead || last.By != "mirror" {
			t.Errorf("trace %+v", trace)
		}
		var records []Record
		s.call("GET", "/api/topics/dead/records", "", &records)
		if len(records) != 1 || !strings.Contains(fmt.Sprint(records[0].Headers), "too sour") {
			t.Errorf("dead letters %+v", records)
		}
		s.eventually("the counts", func() bool {
			f := s.function("mirror")
			return f.Processed == 1 && f.Filtered == 1 && f.DeadCount == 1 && f.Retries == 1 && f.Lag == 0
		})
	})
	t.Run("many", func(t *testing.T) {
		if code := s.call("POST", "/api/burst", `{"topic": "in", "count": 500}`, nil); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
		s.eventually("all of them", func() bool {
			f := s.function("mirror")
			return f.Processed == 501 && f.Lag == 0 && f.Latency[0] > 0
		})
	})
	t.Run("a broken module", func(t *testing.T) {
		write(t, file, []byte("not wasm"))
		s.eventually("the refusal", func() bool { return s.function("mirror").Reason != "" })
		if f := s.function("mirror"); f.State != stateRunning || f.Generation != 1 ||
			!strings.Contains(f.Reason, "not usable WebAssembly") {
			t.Errorf("function %+v", f)
		}
		if trace := s.follow("in", "still"); len(trace.Steps) != 2 {
			t.Errorf("the old module does not continue: %+v", trace)
		}
	})
	t.Run("a new module", func(t *testing.T) {
		write(t, file, upper)
		s.eventually("the reload", func() bool { return s.function("mirror").Generation == 2 })
		if f := s.function("mirror"); f.Reason != "" || f.ABI != "wasi" {
			t.Errorf("function %+v", f)
		}
		if trace := s.follow("in", "louder"); len(trace.Steps) != 2 || trace.Steps[1].Value != "LOUDER" {
			t.Errorf("trace %+v", trace)
		}
		if f := s.function("mirror"); f.Processed < 502 {
			t.Errorf("the old runners' counts are lost: %+v", f)
		}
	})
	t.Run("replicas", func(t *testing.T) {
		for _, n := range []int{3, 1} {
			if code := s.call("POST", "/api/functions/mirror/replicas", fmt.Sprintf(`{"replicas": %d}`, n), nil); code != http.StatusOK {
				t.Fatalf("status %d", code)
			}
			s.running("mirror", n)
		}
		if trace := s.follow("in", "alone"); len(trace.Steps) != 2 {
			t.Errorf("trace %+v", trace)
		}
	})
	t.Run("requests that are refused", func(t *testing.T) { refusals(t, s) })
	t.Run("the stream", func(t *testing.T) { streams(t, s) })
	t.Run("the end", func(t *testing.T) {
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		http.DefaultClient.CloseIdleConnections()
		var now []string
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if now = left(); len(now) <= len(before) {
				return
			}
		}
		t.Errorf("%d goroutines before, %d after:\n%s", len(before), len(now), strings.Join(now, "\n\n"))
	})
}

func refusals(t *testing.T, s *server) {
	for body, want := range map[string]string{
		`{"topic": "nowhere", "value": "1"}`:                 `no topic "nowhere"`,
		`{"topic": "in", "value": "{"}`:                      "not JSON",
		`{"topic": "in", "value": "1", "tpoic": ""}`:         "unknown field",
		`{"topic": "in", "value": 1}`:                        "reading the request",
		"":                                                   "reading the request",
		`{"topic": "in", "value": "` + tooMuch() + `"}`:      "too large",
		`{"topic": "in", "value": "1", "headers": ["a"]}`:    "reading the request",
		`{"topic": "__consumer_offsets", "value": "[1, 2]"}`: "no topic",
	} {
		var answer struct{ Error string }
		if code := s.call("POST", "/api/produce", body, &answer); code != http.StatusBadRequest || !strings.Contains(answer.Error, want) {
			t.Errorf("%.60s: status %d, %q, want %q", body, code, answer.Error, want)
		}
	}
	for path, body := range map[string]string{
		"/api/burst":                     `{"topic": "in", "count": 1000000}`,
		"/api/functions/mirror/replicas": `{"replicas": 0}`,
	} {
		if code := s.call("POST", path, body, nil); code != http.StatusBadRequest {
			t.Errorf("%s %s: status %d", path, body, code)
		}
	}
	for _, path := range []string{"/api/topics/nowhere/records", "/api/traces/none", "/nothing"} {
		if code := s.call("GET", path, "", nil); code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, code)
		}
	}
}

func tooMuch() string { return strings.Repeat("x", 3<<20) }

func streams(t *testing.T, s *server) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	seen := 0
	for seen < 3 && lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var state State
			if err := json.Unmarshal([]byte(text), &state); err != nil || len(state.Topics) != 3 {
				t.Fatalf("%v in %s", err, text)
			}
			seen++
		}
	}
	if seen < 3 {
		t.Errorf("%d states, then %v", seen, lines.Err())
	}
}

// TestModuleArrives: a function without a module waits for one.
func TestModuleArrives(t *testing.T) {
	dir := t.TempDir()
	s := serve(t,
		Options{
			Document: parse(t, strings.Replace(pair, `"registry.invalid/mirror:1"`, `"127.0.0.1:1/mirror:1"`, 1)),
			Dir:      dir, Replicas: 1,
		})
	s.eventually("the message", func() bool { return s.function("mirror").State == stateWaiting })
	if reason := s.function("mirror").Reason; !strings.Contains(reason, filepath.Join(dir, "mirror.wasm")) {
		t.Errorf("reason %q", reason)
	}
	write(t, filepath.Join(dir, "build", "functions", "mirror.wasm"), guest(t, "mirror"))
	s.running("mirror", 1)
	if trace := s.follow("in", "at last"); len(trace.Steps) != 2 {
		t.Errorf("trace %+v", trace)
	}
}

// TestOtherBrokers: brokers that exist keep their topics, and earlier dead letters are
// there. HTTP functions run where another program serves them.
func TestOtherBrokers(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mirror.wasm"), guest(t, "mirror"))
	target := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "answered")
	})}
	listener, err := listen(0)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = target.Serve(listener) }()
	defer target.Close()
	text := pair + `
  served:
    module: {image: "registry.invalid/served:1"}
    runtime: wasmtime
    source: {topic: out}
    sink: {topic: answers}
  unserved:
    module: {image: "registry.invalid/unserved:1"}
    runtime: wasmtime
    source: {topic: out}
`
	for round := range 2 {
		s := serve(t,
			Options{
				Document: parse(t, text), Dir: dir, Brokers: cluster.ListenAddrs(),
				HTTP: map[string]string{"served": "http://" + listener.Addr().String() + "/"},
			})
		s.running("mirror", 2)
		s.running("served", 1)
		if f := s.function("unserved"); f.State != stateWaiting || !strings.Contains(f.Reason, "--http unserved=") {
			t.Errorf("unserved: %+v", f)
		}
		if round == 1 {
			var records []Record
			s.eventually("the earlier dead letter", func() bool {
				s.call("GET", "/api/topics/dead/records", "", &records)
				return len(records) == 1
			})
		}
		body, _ := json.Marshal(map[string]any{"topic": "in", "value": `"hi"`})
		var sent struct{ Trace string }
		s.call("POST", "/api/produce", string(body), &sent)
		var trace Trace
		s.eventually("the answer", func() bool {
			s.call("GET", "/api/traces/"+sent.Trace, "", &trace)
			return len(trace.Steps) == 3
		})
		if last := trace.Steps[2]; last.Value != "answered" || last.By != "served" {
			t.Errorf("trace %+v", trace)
		}
		if round == 0 {
			s.call("POST", "/api/produce", `{"topic": "in", "value": "fail x", "raw": true}`, nil)
			s.eventually("a dead letter", func() bool { return s.function("mirror").DeadCount == 1 })
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEvents is the run that ends on its own, as `make demo` does.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mirror.wasm"), guest(t, "mirror"))
	write(t, filepath.Join(dir, "samples", "in.json"),
		[]byte(`[{"value": "fine ${n}", "weight": 97}, {"value": "drop", "weight": 2}, {"value": "fail x"}]`))
	out := &output{}
	o := Options{Document: parse(t, pair), Dir: dir, Events: 300, Out: out, CacheDir: compiled}
	if err := Run(t.Context(), o); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"300 sent: 291 with a result, 3 dead letters, 6 without output", "2 attempts of in/",
		"300 events through in",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	o.Modules = map[string]string{"mirror": "gone.wasm"}
	if err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), `function "mirror" does not run`) {
		t.Errorf("without a module: %v", err)
	}
}
