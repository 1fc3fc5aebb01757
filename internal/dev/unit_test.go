// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/stack"
)

const pair = `
kafka:
  topics:
    in: {partitions: 2}
    out: {partitions: 1}
    dead: {partitions: 1}
functions:
  mirror:
    module: {image: "registry.invalid/mirror:1"}
    source: {topic: in}
    sink: {topic: out}
    onError: {retries: 1, backoff: 10ms, deadLetterTopic: dead}
  off:
    enabled: false
    module: {image: "registry.invalid/off:1"}
    source: {topic: in}
`

func parse(t testing.TB, text string) *stack.Document {
	t.Helper()
	doc, err := stack.Parse("stack.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestPlan: what runs is what the chart renders.
func TestPlan(t *testing.T) {
	p, err := makePlan(parse(t, pair+`
  undeclared:
    module: {image: "registry.invalid/other:1"}
    source: {topic: out}
    sink: {topic: extra}
`))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.functions) != 2 {
		t.Fatalf("%d functions, want the two enabled ones", len(p.functions))
	}
	f := p.functions[0]
	if f.Name != "mirror" || f.Source.ConsumerGroup == "" || f.OnError.Retries != 1 || f.Limits.Timeout == "" {
		t.Errorf("the configuration is not the chart's: %+v", f)
	}
	if p.topics.Topics["in"].Partitions != 2 || p.topics.Topics["extra"].Partitions != 1 {
		t.Errorf("topics %+v", p.topics.Topics)
	}
	if !strings.Contains(strings.Join(p.notes, "\n"), `"extra"`) {
		t.Errorf("no note of the topic that nobody declares: %q", p.notes)
	}
	if p.terminal("in") || p.terminal("out") || !p.terminal("extra") || !p.dead("dead") || p.dead("out") {
		t.Error("wrong ends of the flow")
	}
	if _, err := makePlan(parse(t, "functions: {}")); err == nil || !strings.Contains(err.Error(), "no enabled function") {
		t.Errorf("a stack without functions: %v", err)
	}
}

func TestOptions(t *testing.T) {
	doc := parse(t, pair)
	for name, tc := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"replicas":      {func(o *Options) { o.Replicas = 99 }, "replicas are 99"},
		"other host":    {func(o *Options) { o.HTTP = map[string]string{"a": "http://example.com:80/"} }, "must be on this machine"},
		"no port":       {func(o *Options) { o.HTTP = map[string]string{"a": "http://127.0.0.1/"} }, "has no port"},
		"https":         {func(o *Options) { o.HTTP = map[string]string{"a": "https://localhost:1/"} }, "must be on this machine"},
		"unknown name":  {func(o *Options) { o.Modules = map[string]string{"mirorr": "x.wasm"} }, `names function "mirorr"`},
		"unknown topic": {func(o *Options) { o.Samples = map[string]string{"inn": "x.json"} }, `topic "inn"`},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Document: doc, CacheDir: t.TempDir(), Dir: t.TempDir()}
			tc.change(&o)
			if err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

// TestGuard: nothing but the page itself gets an answer.
func TestGuard(t *testing.T) {
	h := guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	const json = "application/json"
	tests := []struct {
		name, method, host string
		header             map[string]string
		want               int
	}{
		{"own page", "GET", "127.0.0.1:8090", nil, 204},
		{"by name", "GET", "localhost:8090", nil, 204},
		{"IPv6", "GET", "[::1]:8090", nil, 204},
		{"rebound name", "GET", "evil.example:8090", nil, 421},
		{"name that begins alike", "GET", "127.0.0.1.evil.example:8090", nil, 421},
		{"name that ends alike", "GET", "evil-localhost:8090", nil, 421},
		{"user in the host", "GET", "localhost@evil.example", nil, 421},
		{"no host", "GET", "", nil, 421},
		{
			"own post", "POST", "localhost:8090",
			map[string]string{"Content-Type": json, "Origin": "http://localhost:8090", "Sec-Fetch-Site": "same-origin"},
			204,
		},
		{"curl", "POST", "localhost:8090", map[string]string{"Content-Type": "application/json; charset=utf-8"}, 204},
		{"other site", "POST", "localhost:8090", map[string]string{"Content-Type": json, "Origin": "http://evil.example"}, 403},
		{"other port", "POST", "localhost:8090", map[string]string{"Content-Type": json, "Origin": "http://localhost:3000"}, 403},
		{"no origin", "POST", "localhost:8090", map[string]string{"Content-Type": json, "Origin": "null"}, 403},
		{"cross-site fetch", "GET", "localhost:8090", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{
			"link from elsewhere", "GET", "localhost:8090",
			map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
			204,
		},
		{"a form", "POST", "localhost:8090", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		{"plain text", "POST", "localhost:8090", map[string]string{"Content-Type": "text/plain"}, 415},
		{"no type", "POST", "localhost:8090", nil, 415},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "/", nil)
			r.Host = tc.host
			for k, v := range tc.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tc.want {
				t.Errorf("status %d, want %d", w.Code, tc.want)
			}
			if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Error("no content security policy")
			}
		})
	}
}

func TestSamples(t *testing.T) {
	list, err := parseSamples([]byte(`[{"key": "k${n}", "value": {"id": "${n}"}, "weight": 3}, {"name": "text", "value": "no ${n}"}]`))
	if err != nil {
		t.Fatal(err)
	}
	key, value := list[0].fill(7)
	if string(key) != "k7" || string(value) != `{"id":"7"}` {
		t.Errorf("%s %s", key, value)
	}
	if _, value := list[1].fill(8); string(value) != "no 8" {
		t.Errorf("a string is sent as its text, not %s", value)
	}
	times := map[string]int{}
	for n := range 400 {
		times[pick(list, n).Name]++
	}
	if times["sample 1"] != 300 || times["text"] != 100 {
		t.Errorf("weights are not kept: %v", times)
	}
	for text, want := range map[string]string{
		"{}": "want a list", "[]": "empty", `[{"name": "x"}]`: "no value", `[{"velue": 1}]`: "unknown field",
	} {
		if _, err := parseSamples([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzSamples(f *testing.F) {
	f.Add([]byte(`[{"name": "a", "key": "${n}", "value": {"a": "${n}"}, "weight": 2}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseSamples(data)
		if err != nil || len(list) > 100 {
			return
		}
		total := 0
		for i := range list {
			list[i].fill(1)
			total += list[i].Weight
		}
		if total < len(list) {
			t.Errorf("weights below 1: %+v", list)
		}
	})
}

func TestQuantiles(t *testing.T) {
	c := counts{bounds: []float64{1, 2, 4}, buckets: []uint64{50, 40, 9, 1}}
	got, ok := c.quantiles(counts{}, 0.5, 0.9, 0.95, 1)
	if !ok || got[0] != 1 || got[1] != 2 || got[2] < 3.1 || got[2] > 3.2 || got[3] != 4 {
		t.Errorf("%v, %v", got, ok)
	}
	if got, ok := c.quantiles(c, 0.5); ok || got[0] != 0 {
		t.Errorf("nothing happened since, but %v", got)
	}
	since := counts{bounds: c.bounds, buckets: []uint64{50, 0, 0, 0}}
	if got, _ := c.quantiles(since, 0.5); got[0] < 1.5 {
		t.Errorf("what was before the window counts: %v", got)
	}
}

func TestSource(t *testing.T) {
	dir := t.TempDir()
	cfg := contract.RunnerConfig{Name: "f", Module: contract.RunnerModule{Image: "127.0.0.1:1/none:1"}}
	s := newSource(cfg, dir, "")
	_, _, err := s.load(context.Background())
	for _, want := range []string{
		"--module f=FILE", filepath.Join(dir, "f.wasm"), filepath.Join(dir, "build", "functions", "f.wasm"),
		"image 127.0.0.1:1/none:1: ",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "f.wasm"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if wasm, from, err := s.load(context.Background()); err != nil || string(wasm) != "x" || filepath.Base(from) != "f.wasm" {
		t.Errorf("%q from %q: %v", wasm, from, err)
	}
	if _, _, err := newSource(cfg, dir, "gone.wasm").load(context.Background()); err == nil ||
		!strings.Contains(err.Error(), "--module f=gone.wasm: no such file") {
		t.Errorf("a given file that is not there: %v", err)
	}
}

func TestJournal(t *testing.T) {
	j := &journal{}
	told := 0
	j.told = func(Entry) { told++ }
	for n := range 200 {
		j.add("error", "f", `order "o-%d" at %d failed`, n, n)
		j.add("info", "", "sent %d", n)
	}
	list := j.list()
	if len(list) != journalSize || told != 201 {
		t.Errorf("%d entries, %d told", len(list), told)
	}
	for _, e := range list {
		if e.Kind == "error" && (e.Count != 200 || !strings.Contains(e.Text, "o-199")) {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestTraces(t *testing.T) {
	var tr traces
	id, header := newTrace()
	tr.open(id, "in", true)
	r := &kgo.Record{Topic: "out", Headers: []kgo.RecordHeader{{Key: traceparent, Value: []byte(header)}}}
	if traceOf(r) != id {
		t.Fatalf("trace of %q is %q", header, traceOf(r))
	}
	tr.note(r, time.Now(), true, false)
	tr.note(&kgo.Record{Topic: "out"}, time.Now(), true, false)
	if results, dead, open := tr.outcome([]string{id}); results != 1 || dead != 0 || open != 0 {
		t.Error(results, dead, open)
	}
	if q := tr.latency(time.Now().Add(-time.Minute), 0.5); len(q) != 1 {
		t.Errorf("latency %v", q)
	}
	for range detailMax {
		other, _ := newTrace()
		tr.open(other, "in", true)
	}
	if _, ok := tr.get(id); ok {
		t.Error("old traces are kept forever")
	}
}

// TestReached: all partitions of all topics count.
func TestReached(t *testing.T) {
	o := &observer{next: map[string][]int64{"a": {3, 5}, "b": {0}}}
	for _, tt := range []struct {
		a0, a1, b int64
		want      bool
	}{{3, 5, 0, true}, {2, 0, 0, true}, {4, 5, 0, false}, {3, 6, 0, false}, {3, 5, 1, false}} {
		ends := map[string][]position{"a": {{end: tt.a0}, {end: tt.a1}}, "b": {{end: tt.b}}}
		if got := o.reached(ends); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
	if !o.reached(nil) {
		t.Error("no output is not reached")
	}
}
